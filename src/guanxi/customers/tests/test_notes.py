"""Notes and files on customers: sealed, through merges and back, gone with the customer."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from guanxi.core import events
from guanxi.core.crypto import SealBroken, decrypt, encrypt
from guanxi.core.models import AuditEntry, User
from guanxi.core.testing import make_user
from guanxi.customers import services
from guanxi.customers.models import CustomerFile, FileContent, Note
from guanxi.customers.notes import queries
from guanxi.customers.notes import services as notes
from guanxi.customers.notes.services import BadNote, NotThere
from guanxi.customers.services import Pair
from guanxi.customers.testing import NOW, customers
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
SECRET = b"%PDF contract of Robin Invented"


@pytest.fixture
def ann() -> User:
    return make_user(role="sales", name="Ann Seller")


def told(customer_id):
    return [note.text for note in queries.notes_of(customer_id)]


def files(customer_id):
    return [file.name for file in queries.files_of(customer_id)]


def merge(kept, gone):
    return services.merge([Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=NOW)[0]


def test_a_note_is_sealed_and_its_event_says_nothing_of_it(ann):
    (one,) = customers(1)
    number = notes.write(one, " Wants a call\r\nin May ", user=ann, now=NOW)
    (note,) = queries.notes_of(one)
    assert (note.text, note.author, note.written_at) == ("Wants a call\nin May", "Ann Seller", NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM customers_note")
        assert b"call" not in bytes(cursor.fetchone()[0])
    (event,) = [row for row in events.timeline(customer_id=one) if row.kind == "customer.note_written"]
    assert (event.subject_id, event.data) == (number, {})


def test_a_note_is_changed_and_deleted_by_its_author_or_with_the_right_only(ann):
    (one,) = customers(1)
    number = notes.write(one, "tea", user=ann, now=NOW)
    with pytest.raises(PermissionDenied):
        notes.change(one, number, "coffee", user=make_user(role="sales"), now=LATER)
    with pytest.raises(PermissionDenied):
        notes.delete(one, number, user=make_user(role="sales"), now=LATER)
    assert told(one) == ["tea"]

    notes.change(one, number, "coffee", user=ann, now=LATER)
    (note,) = queries.notes_of(one)
    assert (note.text, note.changed_at) == ("coffee", LATER)
    notes.delete(one, number, user=make_user(), now=LATER)
    assert told(one) == []
    assert AuditEntry.objects.get(action="note.deleted").detail == {"note": number}


def test_what_cannot_be_kept_is_refused(ann):
    (one,) = customers(1)
    for text in ("", " \n", "x" * 10_001):
        with pytest.raises(BadNote):
            notes.write(one, text, user=ann, now=NOW)
    for content in (b"", b"x" * (notes.LARGEST + 1)):
        with pytest.raises(BadNote):
            notes.attach(one, name="a", content=content, user=ann, now=NOW)
    with pytest.raises(NotThere):
        notes.write(one + 1, "x", user=ann, now=NOW)
    assert not Note.objects.exists() and not CustomerFile.objects.exists()


def test_a_file_is_encrypted_named_without_folders_and_opened_on_record(ann):
    (one,) = customers(1)
    number = notes.attach(one, name="C:\\Users\\ann\\合同\t1.pdf", content=SECRET, user=ann, now=NOW)
    assert files(one) == ["合同1.pdf"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT f.name, c.encrypted FROM customers_customerfile f, customers_filecontent c")
        name, encrypted = map(bytes, cursor.fetchone())
    assert "合同".encode() not in name
    assert b"Robin" not in encrypted
    opened = notes.open_file(one, number, user=ann, now=NOW)
    assert (opened.name, opened.content) == ("合同1.pdf", SECRET)
    assert AuditEntry.objects.get(action="file.opened").detail == {"file": number}
    with pytest.raises(PermissionDenied):
        notes.open_file(one, number, user=make_user(role="analyst"), now=NOW)


def test_content_altered_or_of_another_key_is_not_opened():
    key, encrypted = encrypt(SECRET)
    assert decrypt(key, encrypted) == SECRET
    for broken in ((key, encrypted[:-1] + b"x"), (encrypt(b"other")[0], encrypted), ("", encrypted)):
        with pytest.raises(SealBroken):
            decrypt(*broken)


def test_notes_and_files_follow_merges_and_go_back(ann):
    one, two = customers(2)
    notes.write(one, "first", user=ann, now=NOW)
    notes.write(two, "second", user=ann, now=LATER)
    notes.attach(two, name="two.pdf", content=SECRET, user=ann, now=NOW)
    done = merge(one, two)
    notes.write(two, "for two", user=ann, now=LATER)
    assert told(one) == ["for two", "second", "first"]
    assert (files(one), files(two)) == (["two.pdf"], [])

    services.undo_merge(done.merge_id, user=None, now=LATER)
    assert (told(one), told(two)) == (["first"], ["for two", "second"])
    assert files(two) == ["two.pdf"]


def test_erasing_a_customer_destroys_notes_and_files_of_all_who_are_merged(ann):
    one, two = customers(2)
    notes.write(one, "first", user=ann, now=NOW)
    notes.attach(two, name="two.pdf", content=SECRET, user=ann, now=NOW)
    merge(one, two)
    services.erase(one, user=None, now=LATER)
    assert not Note.objects.exists() and not CustomerFile.objects.exists() and not FileContent.objects.exists()
    with pytest.raises(NotThere):
        notes.write(one, "again", user=ann, now=LATER)
