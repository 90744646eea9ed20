"""What people call what visits are made of."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

LEVELS = {
    "hot": pgettext_lazy("visitor", "Hot"),
    "warm": pgettext_lazy("visitor", "Warm"),
    "cool": pgettext_lazy("visitor", "Cool"),
}
COLOURS = {"hot": "red", "warm": "orange", "cool": "azure"}
MEDIA = {
    "": gettext_lazy("By themselves"),
    "search": gettext_lazy("Search engine"),
    "social": gettext_lazy("Social network"),
    "referral": gettext_lazy("Another website"),
    "campaign": gettext_lazy("Campaign link"),
}
CONSENTS = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No"), "unknown": gettext_lazy("Not asked")}


def source_name(source: str) -> str:
    """A source as people read it."""
    return source or _("By themselves")


def medium_name(medium: str) -> str:
    """A medium of ours in words; one that a link says itself, as it is."""
    return str(MEDIA.get(medium, medium))
