"""Uploaded order files: written to disk as they arrive, refused in words, removed when nobody wants them."""

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext as _

from guanxi.commerce.models import OrderImport
from guanxi.core.table_files.tables import ending

LARGEST = 2 << 30
"""Bytes of one file."""
SPARE = 500 << 20
"""Bytes of the disk that stay free for the database."""
UNWANTED_AFTER = timedelta(days=3)
"""How long a file waits that was uploaded and never started; it holds personal data."""


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "orders"


class OrderFile(UploadedFile):
    """An uploaded file that lies on disk already."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(name=name, size=size)
        self.path = path


class OrderFileHandler(FileUploadHandler):
    """Streams the file named ``file`` to disk. What it refuses, it reads to the end and says in ``refusal``."""

    chunk_size = 1 << 20

    def __init__(self) -> None:
        super().__init__()
        self.refusal = ""
        self.path = folder() / f"{uuid4().hex}.part"
        self._out: IO[bytes] | None = None

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        folder().mkdir(parents=True, exist_ok=True)
        if content_length > LARGEST + (1 << 20):
            self.refusal = too_large()
        elif shutil.disk_usage(folder()).free < content_length + SPARE:
            self.refusal = no_room()

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        if self.refusal or self.field_name != "file":
            raise StopUpload(connection_reset=False)
        self._out = self.path.open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._out is not None
        try:
            self._out.write(raw_data)
        except OSError:
            self._give_up(no_room())
        if start + len(raw_data) > LARGEST:
            self._give_up(too_large())

    def _give_up(self, refusal: str) -> None:
        self.refusal = refusal
        self.upload_interrupted()
        raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> OrderFile:
        assert self._out is not None
        self._out.close()
        return OrderFile(self.path, str(self.file_name), file_size)

    def upload_interrupted(self) -> None:
        if self._out is not None:
            with suppress(OSError):
                self._out.close()
        self.path.unlink(missing_ok=True)


def too_large() -> str:
    return _("The file is larger than 2 GB. Export the orders in parts, for example a year at a time.")


def no_room() -> str:
    return _("The server's disk has no room for this file. Ask whoever runs Guanxi to free some, then upload it again.")


def keep(file: OrderFile) -> Path:
    """Give a file the ending that its content asks for, by which readers know it. Raises UnreadableFile."""
    return file.path.rename(file.path.with_suffix(ending(file.path, file.name or "")))


def stored(row: OrderImport) -> Path:
    return Path(settings.MEDIA_ROOT) / row.stored_path


def forget(row: OrderImport) -> None:
    """Remove the file; an import that never started goes with it, one that did keeps its record."""
    if row.stored_path:
        stored(row).unlink(missing_ok=True)
    if row.job_id is None:
        row.delete()
    else:
        OrderImport.objects.filter(pk=row.pk).update(stored_path="")


def sweep(*, now: datetime) -> None:
    """Forget files that were uploaded long ago and never started, and parts of uploads that broke off."""
    old = now - UNWANTED_AFTER
    for row in OrderImport.objects.filter(job_id=None, finished_at=None, created_at__lt=old).exclude(stored_path=""):
        forget(row)
    for part in folder().glob("*.part"):
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < old.timestamp():
                part.unlink()
