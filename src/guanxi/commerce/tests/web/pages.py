"""Files and steps that the tests of the import pages share."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from guanxi.commerce.models import OrderImport, Shop
from guanxi.core import jobs


def upload(
    client: Client, content: bytes, *, name: str = "orders.csv", shop: Shop | None = None, new: str = "", **said: Any
) -> Any:
    """Post a file to the upload page, for a shop or for a new one of the name said."""
    file = SimpleUploadedFile(name, content)
    return client.post(
        reverse("commerce:import"), {"shop": shop.pk if shop else "new", "name": new, "file": file, **said}
    )


def page(name: str, row: OrderImport) -> str:
    return reverse(f"commerce:{name}", args=[row.pk])


def start(client: Client, row: OrderImport) -> HttpResponse:
    """Press Start, do the worker's part here, and give the result page."""
    client.post(page("import_start", row))
    row.refresh_from_db()
    jobs.run(row.job_id or 0)
    return client.get(page("import_result", row))


def stored_files() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
