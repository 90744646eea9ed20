from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce import imports
from guanxi.commerce.models import OrderImport
from guanxi.core.jobs import JobFailed, Run, job


@job("orders.import", label=gettext_lazy("Import orders"))
def import_orders(run: Run, *, import_id: int) -> dict[str, Any]:
    """Import the file of an OrderImport."""
    row = OrderImport.objects.select_related("shop").get(pk=import_id)
    try:
        return imports.run_import(row, imports.stored_file(row), run=run, now=timezone.now())
    except imports.ImportFailed as failure:
        raise JobFailed(str(failure)) from None
    except FileNotFoundError:
        raise JobFailed(_("The uploaded file is gone. Upload it again.")) from None
