"""Importing people on the pages: upload, looked at, corrected, started, and what came of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from guanxi.core import jobs
from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.customers.models import Customer, PeopleBatch, PeopleFile
from guanxi.customers.web.people import files

from .files import FAIR_HEADER, card

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ROW = "张三,海岸家纺有限公司,采购经理,13912340011,,z@guest.example,,"
BAD = ",,,,,,,nobody"
FAIR = "\n".join([",".join(FAIR_HEADER), ROW, BAD])


def upload(
    client: Client, content: str = FAIR, *, name: str = "fair.csv", called: str = "Spring fair", **said: Any
) -> Any:
    form = {"name": called, "occasion": "fair", "occurred_on": "2026-04-15", "country": "CN", **said}
    return client.post("/customers/people/new/", {"file": SimpleUploadedFile(name, content.encode()), **form})


def start(client: Client) -> PeopleFile:
    row = PeopleFile.objects.get()
    client.post(f"/customers/people/files/{row.pk}/start/")
    client.post(f"/customers/people/files/{row.pk}/start/")
    row.refresh_from_db()
    jobs.run(row.job_id or 0)
    row.refresh_from_db()
    return row


def test_from_upload_to_the_batch(client: Client) -> None:
    signed_in(client, role="marketer")
    answer = upload(client, tags="fair, towels")
    row = PeopleFile.objects.get()
    assert answer["Location"] == f"/customers/people/files/{row.pk}/check/"
    checked = client.get(answer["Location"]).content.decode()
    assert "张*" in checked and "139****0011" in checked and "z***@g***.example" in checked
    assert "张三" not in checked and "13912340011" not in checked
    assert "names nobody" in checked
    assert Customer.objects.count() == 0
    row = start(client)
    assert (row.rows, row.customers_created, row.companies_created, row.rejected) == (2, 1, 1, 1)
    page = client.get(f"/customers/people/files/{row.pk}/").content.decode()
    assert f'href="/customers/people/{row.batch_id}/"' in page
    assert b"nobody" in b"".join(client.get(f"/customers/people/files/{row.pk}/rejected/").streaming_content)
    batch = client.get(f"/customers/people/{row.batch_id}/").content.decode()
    assert "海岸家纺有限公司" in batch and "采购经理" in batch and "张*" in batch
    assert "Spring fair" in client.get("/customers/people/").content.decode()
    assert not list(files.folder().iterdir())
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "people.batch_created",
        "people.import_started",
        "people.rejected_downloaded",
    }


def test_columns_are_corrected_before_anything_is_imported(client: Client) -> None:
    signed_in(client)
    upload(client, "A,B\nAnn Invented,ann@guest.example")
    row = PeopleFile.objects.get()
    address = f"/customers/people/files/{row.pk}"
    assert "Say below which it is" in client.get(f"{address}/check/").content.decode()
    assert "Say below which it is" in client.post(f"{address}/mapping/", {"column-tags": "A"}).content.decode()
    answer = client.post(f"{address}/mapping/", {"column-name": "A", "column-email": "B"}, follow=True)
    assert "A*** I***" in answer.content.decode()
    assert start(client).customers_created == 1


def test_consent_without_how_is_refused_and_nothing_is_kept(client: Client) -> None:
    signed_in(client)
    answer = upload(client, consent_channels=["email"])
    assert "a card alone is no consent" in answer.content.decode()
    assert not PeopleBatch.objects.exists()
    assert not list(files.folder().iterdir())


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "fair.csv", "empty"),
        ("%PDF-1.4 …", "fair.pdf", "PDF"),
        ('{"people": []}', "fair.json", "vCard, CSV or Excel"),
        ("PK\x03\x04 half of a workbook", "fair.xlsx", "damaged"),
    ],
)
def test_what_is_no_file_of_people_is_refused_in_words(client: Client, content: str, name: str, said: str) -> None:
    signed_in(client)
    assert said in upload(client, content, name=name).content.decode()
    assert not PeopleBatch.objects.exists()


def test_a_file_goes_into_a_batch_that_is_there(client: Client) -> None:
    signed_in(client)
    upload(client)
    start(client)
    batch = PeopleBatch.objects.get()
    upload(client, card("FN:Bo Invented", "EMAIL:bo@guest.example"), name="bo.vcf", called="", batch=batch.pk)
    assert PeopleFile.objects.latest("pk").batch == batch
    assert PeopleFile.objects.latest("pk").reader == "vcard"


def test_a_new_batch_needs_a_name_of_its_own(client: Client) -> None:
    signed_in(client)
    assert "A batch needs a name" in upload(client, called="").content.decode()
    upload(client)
    assert "There is a batch of this name already" in upload(client).content.decode()
    assert PeopleFile.objects.count() == 1


def test_a_discarded_file_takes_its_empty_batch_along(client: Client) -> None:
    signed_in(client)
    upload(client)
    client.post(f"/customers/people/files/{PeopleFile.objects.get().pk}/discard/")
    assert not PeopleBatch.objects.exists()
    assert not list(files.folder().iterdir())


def test_files_that_nobody_started_are_swept(client: Client) -> None:
    signed_in(client)
    upload(client)
    PeopleFile.objects.update(created_at=timezone.now() - timedelta(days=4))
    files.sweep(now=timezone.now())
    assert not PeopleFile.objects.exists()
    assert not list(files.folder().iterdir())


def test_rejected_rows_are_for_who_brought_them_and_who_may_see_such_data(client: Client) -> None:
    signed_in(client, role="marketer")
    upload(client)
    row = start(client)
    other = Client()
    signed_in(other, role="marketer")
    assert other.get(f"/customers/people/files/{row.pk}/rejected/").status_code == 403
    boss = Client()
    signed_in(boss, role="administrator")
    assert boss.get(f"/customers/people/files/{row.pk}/rejected/").status_code == 200
