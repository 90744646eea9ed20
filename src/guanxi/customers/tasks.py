"""Work of the customers room for the worker."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.customers import passing
from guanxi.customers.merging import looking

WORDS = {"customers": _("Customers compared"), "pairs": _("New pairs that may be one person")}


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
