"""Work of the customers room for the worker."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.customers import passing
from guanxi.customers.merging import looking
from guanxi.customers.models import PeopleFile
from guanxi.customers.people import importing

WORDS = {"customers": _("Customers compared"), "pairs": _("New pairs that may be one person")}


PEOPLE_WORDS = {
    "rows": _("Rows read"),
    "customers_created": _("New customers"),
    "customers_matched": _("Matched customers"),
    "companies_created": _("New companies"),
    "unchanged": _("Unchanged rows"),
    "rejected": _("Rejected rows"),
}


def duplicates_page() -> str:
    return reverse("merging:duplicates")


@jobs.every(3600, name="customers.forget_passed")
def forget_passed() -> None:
    """Identifiers that say nothing any more are not kept."""
    passing.forget(now=timezone.now())


@jobs.job("customers.duplicates", label=_("Look for duplicates"), words=WORDS, page=duplicates_page)
def look_for_duplicates(run: jobs.Run) -> dict[str, Any]:
    """Compare all customers by names, birthdays, addresses and what else they share; suggest pairs."""
    customers, pairs = looking.look(now=timezone.now(), report=lambda done, total: run.progress(done, total=total))
    return {"customers": customers, "pairs": pairs}


def people_page(*, file_id: int) -> str:
    return reverse("people:file", args=[file_id])


@jobs.job("people.import", label=_("Import people"), words=PEOPLE_WORDS, page=people_page)
def import_people(run: jobs.Run, *, file_id: int) -> dict[str, Any]:
    """Import the file of a PeopleFile."""
    row = PeopleFile.objects.select_related("batch").get(pk=file_id)
    try:
        return importing.run_import(row, importing.stored_file(row), run=run, now=timezone.now())
    except importing.ImportFailed as failure:
        raise jobs.JobFailed(str(failure)) from None
    except FileNotFoundError:
        raise jobs.JobFailed(gettext("The uploaded file is gone. Upload it again.")) from None
