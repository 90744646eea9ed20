"""Template tags of the house, built into every template."""

import json
from typing import Any

from django import forms, template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.boundfield import BoundField, BoundWidget
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guanxi.core import money
from guanxi.core.web import charts

register = template.Library()


def babel_locale() -> str:
    """The page's language as Babel names it."""
    return {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}.get(get_language() or "en", "en")


@register.filter
def amount(value: int | None, currency: str) -> str:
    """``{{ order.total|amount:order.currency }}``: minor units as people read money."""
    return "" if value is None else money.display(value, currency, locale=babel_locale())


@register.filter
def may(user: Any, code: str) -> bool:
    """``{% if request.user|may:"customers.reveal" %}``"""
    return bool(user.is_authenticated and user.may(code))


class CapturedNode(template.Node):
    """Renders its inside into a variable; a block can so appear twice on a page."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        context[self.name] = SafeString(self.nodelist.render(context).strip())
        return SafeString("")


@register.tag
def captured(parser: Parser, token: Token) -> CapturedNode:
    """``{% captured as name %}…{% endcaptured %}``"""
    words = token.split_contents()
    if len(words) != 3 or words[1] != "as":
        raise template.TemplateSyntaxError("write {% captured as name %}")
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return CapturedNode(nodelist, words[2])


@register.filter
def share_of(done: Any, total: Any) -> int | None:
    """``done`` of ``total`` in whole percent, within 0 and 100; None while the total is not known."""
    if not total:
        return None
    return max(0, min(100, round(100 * (done or 0) / total)))


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


@register.filter
def chart_table(option: dict[str, Any] | None) -> charts.Table:
    """The numbers of a chart as a table; see core/web/charts.py."""
    return charts.table_of(option or {}, locale=babel_locale())


@register.filter
def widget_kind(field: BoundField) -> str:
    """What c-field lays out: ``hidden``, ``checkbox``, ``choices`` or ``plain``."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "choices" if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else "plain"


@register.filter
def styled(field: BoundField) -> SafeString:
    """The field's input in the house's look."""
    widget = field.field.widget
    look = "form-control"
    if isinstance(widget, forms.CheckboxInput):
        look = "form-check-input"
    elif isinstance(widget, forms.Select):
        look = "form-select"
    invalid = " is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {look}{invalid}".strip()})


@register.filter
def styled_option(option: BoundWidget) -> SafeString:
    """One radio button or checkbox of a field, in the house's look."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """``{{ shops|get:order.shop_id }}``: a dict's value, or nothing."""
    return mapping.get(key, "")
