"""Uploaded files of people: kept on disk until they are imported or nobody wants them."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.table_files.base import UnreadableFile
from guanxi.core.table_files.tables import ending
from guanxi.customers.models import PeopleFile
from guanxi.customers.people.importing import stored_file
from guanxi.customers.people.readers import READERS

LARGEST = 100 << 20
"""Bytes of one file: some hundred thousand cards."""
UNWANTED_AFTER = timedelta(days=3)
"""How long a file waits that was uploaded and never started; it holds personal data."""


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "people"


def too_large() -> str:
    return _("The file is larger than %(limit)d MB; divide it.") % {"limit": LARGEST >> 20}


def keep(file: UploadedFile) -> Path:
    """Write an uploaded file where it waits. Raises UnreadableFile, with nothing left on disk."""
    if (file.size or 0) > LARGEST:
        raise UnreadableFile(too_large())
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{uuid4().hex}.part"
    try:
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        is_cards = READERS.get("vcard").recognises(path) > 0
        return path.rename(path.with_suffix(".vcf" if is_cards else ending(path, file.name or "")))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def waiting(row: PeopleFile) -> bool:
    """Uploaded and not started, with the file still there."""
    return row.job_id is None and row.finished_at is None and has_file(row)


def has_file(row: PeopleFile) -> bool:
    return bool(row.stored_path) and stored_file(row).is_file()


def forget(row: PeopleFile) -> None:
    """Remove the file; what never started goes with it, and with the last of its files a batch that nobody is in."""
    if row.stored_path:
        stored_file(row).unlink(missing_ok=True)
    if row.job_id is not None:
        PeopleFile.objects.filter(pk=row.pk).update(stored_path="")
        return
    with transaction.atomic():
        batch = row.batch
        row.delete()
        if not batch.files.exists() and not batch.members.exists():
            batch.delete()


def sweep(*, now: datetime) -> None:
    """Forget files that were uploaded long ago and never started, and parts of uploads that broke off."""
    old = now - UNWANTED_AFTER
    rows = PeopleFile.objects.filter(job_id=None, finished_at=None, created_at__lt=old).exclude(stored_path="")
    for row in rows.select_related("batch"):
        forget(row)
    for part in folder().glob("*.part"):
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < old.timestamp():
                part.unlink()
