"""Words for what this room calls by a code."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.countries import country_name
from guanxi.customers import queries
from guanxi.customers.identifier_kinds import TRAITS
from guanxi.customers.parties.kinds import Party, Role

register = template.Library()
register.filter(country_name)

IDENTIFIER_KINDS = {kind.value: traits.label for kind, traits in TRAITS.items()}
CHANNELS: dict[str, Promise] = {"email": _("E-mail"), "sms": _("SMS")}
SOURCES: dict[str, Promise | str] = {
    "taobao": _("Taobao and Tmall"),
    "pinduoduo": _("Pinduoduo"),
    "douyin": _("Douyin"),
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "table": _("from a table"),
    "api": _("by the API"),
    "form": _("entered here"),
    "people": _("with a batch of people"),
    "restored": _("put back"),
    "split": _("split from another"),
    "website": _("on the website"),
    "unsubscribe": _("unsubscribed"),
}
"""Where a record came from."""


@register.filter
def percent(share: float) -> str:
    """A share of one, as people write it: 0.987 is 98.7%."""
    return f"{share:.1%}"


@register.filter
def source_name(source: str) -> Promise | str:
    return SOURCES.get(source, source)


@register.filter
def identifier_kind(kind: str) -> Promise | str:
    return IDENTIFIER_KINDS.get(kind, kind)


@register.filter
def division_name(code: str) -> str:
    """A division of China in Chinese, as an address is written."""
    return queries.division_name(code)


@register.filter
def channel_name(channel: str) -> Promise | str:
    return CHANNELS.get(channel, channel)


@register.filter
def party_name(party: str) -> Promise | str:
    return Party(party).label if party in Party.values else party


@register.filter
def role_name(role: str) -> Promise | str:
    return Role(role).label if role in Role.values else role
