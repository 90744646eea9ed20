from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce import imports
from guanxi.commerce.models import OrderImport
from guanxi.core.jobs import JobFailed, Run, job

WORDS = {
    "rows": gettext_lazy("Rows read"),
    "orders_created": gettext_lazy("New orders"),
    "orders_updated": gettext_lazy("Updated orders"),
    "orders_unchanged": gettext_lazy("Unchanged orders"),
    "customers_created": gettext_lazy("New customers"),
    "customers_matched": gettext_lazy("Matched customers"),
    "rejected": gettext_lazy("Rejected rows"),
}


def import_page(*, import_id: int) -> str:
    return reverse("commerce:import_result", args=[import_id])


@job("orders.import", label=gettext_lazy("Import orders"), words=WORDS, page=import_page)
def import_orders(run: Run, *, import_id: int) -> dict[str, Any]:
    """Import the file of an OrderImport."""
    row = OrderImport.objects.select_related("shop").get(pk=import_id)
    try:
        return imports.run_import(row, imports.stored_file(row), run=run, now=timezone.now())
    except imports.ImportFailed as failure:
        raise JobFailed(str(failure)) from None
    except FileNotFoundError:
        raise JobFailed(_("The uploaded file is gone. Upload it again.")) from None
