"""Notes and files on the customer's page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.core.testing import signed_in
from guanxi.customers.notes import queries, services
from guanxi.customers.testing import customers

pytestmark = pytest.mark.django_db


def test_a_note_is_written_changed_and_deleted(client: Client) -> None:
    signed_in(client, role="sales")
    (one,) = customers(1)
    client.post(f"/customers/{one}/notes/", {"text": "Wants <b>tea</b>\nin May"})
    (note,) = queries.notes_of(one)
    page = client.get(f"/customers/{one}/").content.decode()
    assert "Wants &lt;b&gt;tea&lt;/b&gt;<br>in May" in page
    assert "Note written" in page
    client.post(f"/customers/{one}/notes/{note.id}/", {"text": "Coffee"})
    assert [card.text for card in queries.notes_of(one)] == ["Coffee"]
    client.post(f"/customers/{one}/notes/{note.id}/", {"delete": "yes"})
    assert queries.notes_of(one) == []
    assert client.post(f"/customers/{one}/notes/{note.id}/", {"text": "x"}).status_code == 404


def test_a_file_is_added_downloaded_and_deleted(client: Client) -> None:
    signed_in(client, role="sales")
    (one,) = customers(1)
    upload = SimpleUploadedFile("offer <1>.html", b"<script>alert(1)</script>", content_type="text/html")
    client.post(f"/customers/{one}/files/", {"file": upload})
    (file,) = queries.files_of(one)
    assert "offer &lt;1&gt;.html" in client.get(f"/customers/{one}/").content.decode()

    got = client.get(f"/customers/{one}/files/{file.id}/")
    assert got.content == b"<script>alert(1)</script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Cache-Control"] == "no-store"

    client.post(f"/customers/{one}/files/{file.id}/delete/")
    assert queries.files_of(one) == []
    assert client.get(f"/customers/{one}/files/{file.id}/").status_code == 404


def test_a_file_that_is_too_large_is_told_and_none_is_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LARGEST", 1024 * 1024)
    signed_in(client, role="sales")
    (one,) = customers(1)
    upload = SimpleUploadedFile("a.bin", b"x" * (1024 * 1024 + 1))
    page = client.post(f"/customers/{one}/files/", {"file": upload}, follow=True).content.decode()
    assert "larger than 1 MB" in page
    assert queries.files_of(one) == []


def test_those_without_the_right_see_none_of_it(client: Client) -> None:
    author = signed_in(client, role="sales")
    (one,) = customers(1)
    client.post(f"/customers/{one}/notes/", {"text": "Wants tea"})
    (note,) = queries.notes_of(one)
    assert note.author_id == author.pk
    signed_in(client, role="analyst")
    page = client.get(f"/customers/{one}/").content.decode()
    assert "Wants tea" not in page
    assert client.post(f"/customers/{one}/notes/", {"text": "x"}).status_code == 403
    signed_in(client, role="service")
    assert client.post(f"/customers/{one}/notes/{note.id}/", {"delete": "yes"}).status_code == 403
    assert [card.text for card in queries.notes_of(one)] == ["Wants tea"]
