"""Orders follow their customer through merges."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.following import follow

follow("commerce_order", label=_("Orders"))
