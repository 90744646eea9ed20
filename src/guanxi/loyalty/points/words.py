"""Why an entry is there, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.commerce import queries as commerce
from guanxi.core import money, preferences
from guanxi.loyalty.models import PointsEntry, PointsRule
from guanxi.loyalty.points.types import EntryKind, LotKind

LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}


def days(rule: PointsRule) -> str:
    """On which days a rule holds; empty for one without dates."""
    zone = preferences.time_zone()
    first = rule.valid_from.astimezone(zone).date().isoformat() if rule.valid_from else ""
    last = (
        (rule.valid_until - timedelta(microseconds=1)).astimezone(zone).date().isoformat() if rule.valid_until else ""
    )
    if first and last:
        return _("From %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("From %(first)s on") % {"first": first}
    return _("To %(last)s") % {"last": last} if last else ""


@dataclass(frozen=True, slots=True)
class Words:
    """What the entries of a page need to be told: numbers of orders and names of shops, looked up once."""

    orders: Mapping[int, str]
    shops: Mapping[int, str]
    currency: str

    @classmethod
    def of(cls, entries: Sequence[PointsEntry]) -> "Words":
        ids = {number for entry in entries for number in (entry.order_id, entry.lot.order_id) if number is not None}
        spent = any(entry.kind == EntryKind.SPEND for entry in entries)
        shops = {shop.id: shop.name for shop in commerce.shops()} if spent else {}
        return cls(commerce.order_numbers(ids) if ids else {}, shops, preferences.currency())

    def why(self, entry: PointsEntry) -> str:
        tell = {
            EntryKind.EARN: self._earned,
            EntryKind.REVERSE: self._reversed,
            EntryKind.SPEND: self._spent,
            EntryKind.EXPIRE: self._expired,
            EntryKind.SETTLE: self._settled,
            EntryKind.ADJUST: lambda one: one.reason,
        }
        return tell[EntryKind(entry.kind)](entry)

    def _order(self, order_id: int | None) -> str:
        return self.orders.get(order_id or 0, str(order_id or ""))

    def _money(self, amount: int, currency: str) -> str:
        return money.display(amount, currency, locale=LOCALES.get(get_language() or "", "en"))

    def _earned(self, entry: PointsEntry) -> str:
        lot = entry.lot
        if lot.kind == LotKind.SIGNUP:
            return _("For becoming a customer")
        if lot.kind == LotKind.BIRTHDAY:
            return _("For the month of birth")
        if lot.kind == LotKind.REVIEW:
            return _("For the review of %(product)s") % {"product": entry.detail.get("product", "")}
        if lot.kind == LotKind.COUPON:
            return _("Cash back of the coupon “%(coupon)s”") % {"coupon": entry.detail.get("coupon", "")}
        said = {"order": self._order(lot.order_id), "amount": self._money(lot.amount, self.currency)}
        if lot.multiplier != 1:
            factor = format(Decimal(lot.multiplier).normalize(), "f")
            return _("Order %(order)s, for %(amount)s, times %(factor)s") % {**said, "factor": factor}
        return _("Order %(order)s, for %(amount)s") % said

    def _reversed(self, entry: PointsEntry) -> str:
        if entry.order_id is None:
            return _("The coupon that brought them was given back")
        if forgiven := entry.detail.get("forgiven"):
            said = {"order": self._order(entry.order_id), "points": forgiven}
            return _("Order %(order)s: %(points)d points more were spent already and are let go") % said
        said = {
            "order": self._order(entry.order_id),
            "amount": self._money(int(entry.detail.get("given_back", 0)), str(entry.detail.get("currency", "CNY"))),
            "total": self._money(int(entry.detail.get("total", 0)), str(entry.detail.get("currency", "CNY"))),
        }
        if entry.lot.kind == LotKind.DEBT:
            return _("Order %(order)s: %(amount)s of %(total)s does not count any more; spent already, so owed") % said
        return _("Order %(order)s: %(amount)s of %(total)s does not count any more") % said

    def _spent(self, entry: PointsEntry) -> str:
        shop = self.shops.get(entry.detail.get("shop_id", 0), "")
        said = {"shop": shop, "reference": entry.detail.get("reference", "")}
        return _("At %(shop)s, %(reference)s") % said if shop else str(said["reference"])

    def _expired(self, entry: PointsEntry) -> str:
        day = date_format(localtime(entry.lot.earned_at), "Y-m-d")
        return _("Of the points earned on %(day)s") % {"day": day}

    def _settled(self, entry: PointsEntry) -> str:
        order = self._order(entry.order_id)
        if entry.lot.kind == LotKind.DEBT:
            return _("Debt of order %(order)s, settled") % {"order": order} if order else _("Debt settled")
        return _("For the debt of order %(order)s") % {"order": order} if order else _("For a debt")
