"""Any CSV or workbook, by a mapping of its columns: a row is an order, or a line of one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors.addresses import country_code
from guanxi.commerce.connectors.base import Connector, Read, ShopContext
from guanxi.commerce.connectors.cells import (
    BadCell,
    clean_id,
    line_amount,
    moment,
    money,
    plain_text,
    positive_money,
    quantity,
    required_moment,
)
from guanxi.commerce.connectors.rows import Group, gathered
from guanxi.commerce.connectors.table_buyer import ACCOUNTS, buyer
from guanxi.commerce.connectors.table_buyer import FIELDS as BUYER_FIELDS
from guanxi.commerce.connectors.table_guess import guess_columns, guess_mapping, is_enough
from guanxi.commerce.connectors.table_mapping import TableMapping, parse_mapping
from guanxi.commerce.types import (
    STATUS_RANK,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderKind,
    OrderStatus,
)
from guanxi.core.money import Minor, to_decimal
from guanxi.core.table_files.tables import Table, header_of, open_table
from guanxi.customers.types import IncomingProfile

LINE_FIELDS = (
    "title", "sku", "external_product_id", "variant", "category", "quantity", "unit_price", "discount", "line_total",
)  # fmt: skip
SAME_FIELDS = ("customer_id", "account", "email", "currency", "total")
"""What must not differ between the rows of one order."""
Lines = tuple[IncomingLine, ...]


class Head(NamedTuple):
    """The cells of an order's first row that belong to the whole order."""

    currency: str
    total: str
    shipping: str
    tax: str
    refund: str
    discount_code: str
    paid_at: str
    shipped_at: str
    completed_at: str
    country: str
    region: str
    carrier: str
    tracking_number: str


class Amounts(NamedTuple):
    currency: str
    total: Minor
    """Below zero for what may be a credit note."""
    shipping: Minor
    tax: Minor


class AnyTable(Connector):
    name = "table"
    label = gettext_lazy("Any table")
    icon = "table"
    help = gettext_lazy(
        "A CSV or Excel file from any till, shop or ERP system. Say once which column is what; the shop remembers it."
    )

    def recognises(self, path: Path) -> float:
        header = header_of(path)
        if not header:
            return 0.0
        return 0.4 if is_enough(guess_columns(header)) else 0.1

    def header(self, path: Path) -> list[str]:
        return open_table(path, sample=True).header

    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        mapping = parse_mapping(shop.mapping or guess_mapping(path))
        table = open_table(path)
        table.require(mapping.columns.values())
        shop = replace(shop, currency=mapping.currency or shop.currency, time_zone=mapping.time_zone or shop.time_zone)
        reader = _Reader(table, mapping, shop)
        return gathered(table, number=mapping.columns["order"], read=reader.order)


class _Reader:
    """One file's rows, gathered by order, to orders."""

    def __init__(self, table: Table, mapping: TableMapping, shop: ShopContext) -> None:
        self.mapping, self.shop = mapping, shop
        self.line_cells = self._picker(table, LINE_FIELDS)
        self.order_cells = self._picker(table, Head._fields)
        self.buyer_cells = self._picker(table, BUYER_FIELDS)
        self.same_cells = self._picker(table, SAME_FIELDS)
        self.accounts = {name: table.cell(mapping.columns[name]) for name in ACCOUNTS if name in mapping.columns}
        self.times = self._picker(table, ("placed_at", "status"))
        self.has_lines = any(name in mapping.columns for name in ("title", "sku", "external_product_id"))

    def _picker(self, table: Table, fields: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
        return table.picker([self.mapping.columns.get(name, "\x00no such column") for name in fields])

    def order(self, number: str, group: Group) -> IncomingOrder:
        if len(group) > 1:
            self._check_rows(number, group)
        head = Head(*self.order_cells(group[0][1]))
        currency = head.currency.strip().upper() or self.shop.currency
        lines = self._lines(group, currency)
        amounts = self._amounts(head, lines, currency)
        placed_at, state = self._when_and_state(group)
        if self._is_credit(number, amounts.total, lines):
            return self._credit_note(number, group, head, amounts, lines, placed_at)
        if amounts.total < 0:
            said = head.total.strip() or str(to_decimal(amounts.total, currency))
            raise BadCell(_("The amount %(text)s of a sale is below zero.") % {"text": said})
        return self._sale(number, group, head, amounts, lines, placed_at, state)

    def _amounts(self, head: Head, lines: Lines, currency: str) -> Amounts:
        shipping, tax = positive_money(head.shipping, currency), positive_money(head.tax, currency)
        if head.total.strip():
            return Amounts(currency, money(head.total, currency), shipping, tax)
        if "total" in self.mapping.columns and not self.mapping.by_line:
            raise BadCell(_("The order's total is missing."))
        return Amounts(currency, sum([line.total for line in lines]) + shipping + tax, shipping, tax)

    def _check_rows(self, number: str, group: Group) -> None:
        if not self.mapping.by_line:
            if any(cells != group[0][1] for _row, cells in group):
                reason = _("Order %(number)s stands in several rows. Is each row a line? Then say so in the mapping.")
                raise BadCell(reason % {"number": number})
            del group[1:]
            return
        said = {self.same_cells(cells) for _row, cells in group}
        if len(said) > 1 and any(
            len({value for value in values if value.strip()}) > 1 for values in zip(*said, strict=True)
        ):
            raise BadCell(_("The rows of order %(number)s contradict each other.") % {"number": number})

    def _lines(self, group: Group, currency: str) -> Lines:
        if not self.mapping.by_line and not self.has_lines:
            return ()
        return tuple([_line(self.line_cells(cells), currency) for _row, cells in group])

    def _when_and_state(self, group: Group) -> tuple[datetime, OrderStatus | None]:
        said = {self.times(cells) for _row, cells in group}
        order = self.mapping.date_order
        placed_at = min(required_moment(text, self.shop.time_zone, order) for text, _state in said)
        states = [self._state(text) for _placed, text in said if text.strip()]
        return placed_at, min(states, key=STATUS_RANK.__getitem__, default=None)

    def _state(self, text: str) -> OrderStatus:
        status = self.mapping.statuses.get(text.strip().lower())
        if status is None:
            raise BadCell(_("The order state “%(state)s” is not known.") % {"state": text.strip()})
        return status

    def _is_credit(self, number: str, total: Minor, lines: Lines) -> bool:
        """By its prefix, by quantities that are all below zero, or, with lines of its own, by its total."""
        prefix = self.mapping.cancellation_prefix
        if prefix and number.startswith(prefix):
            return True
        if not self.mapping.negative_is_credit or not lines:
            return False
        return (total < 0 and self.mapping.by_line) or (total <= 0 and all(line.quantity < 0 for line in lines))

    def _credit_note(
        self, number: str, group: Group, head: Head, amounts: Amounts, lines: Lines, placed_at: datetime
    ) -> IncomingOrder:
        total = abs(amounts.total)
        return IncomingOrder(
            external_id=number,
            currency=amounts.currency,
            placed_at=placed_at,
            status=OrderStatus.REFUNDED,
            total=total,
            kind=OrderKind.CREDIT_NOTE,
            country=country_code(head.country),
            region=plain_text(head.region),
            lines=_turned(lines, amounts.total),
            refunds=(IncomingRefund(amount=total, refunded_at=placed_at, external_id=number),) if total else (),
            buyer=self._buyer(group, placed_at),
            source_rows=tuple([row for row, _cells in group]),
        )

    def _sale(
        self,
        number: str,
        group: Group,
        head: Head,
        amounts: Amounts,
        lines: Lines,
        placed_at: datetime,
        state: OrderStatus | None,
    ) -> IncomingOrder:
        currency, total, shipping_total, tax_total = amounts
        paid_at, shipped_at, completed_at = map(self._moment, (head.paid_at, head.shipped_at, head.completed_at))
        refund = positive_money(head.refund, currency)
        status = state or self._state_from_times(paid_at)
        if refund > total:
            raise BadCell(_("More was refunded than was paid."))
        if status is OrderStatus.REFUNDED or (refund and refund == total and status is not OrderStatus.CANCELLED):
            status, refund = OrderStatus.REFUNDED, refund or total
        if status not in (OrderStatus.UNPAID, OrderStatus.CANCELLED):
            paid_at = paid_at or placed_at
        last_known = completed_at or shipped_at or paid_at or placed_at
        tracking = clean_id(head.tracking_number)
        return IncomingOrder(
            external_id=number,
            currency=currency,
            placed_at=placed_at,
            status=status,
            total=total,
            paid_at=paid_at,
            shipped_at=shipped_at,
            completed_at=completed_at,
            paid_total=total if paid_at else 0,
            discount_total=sum([line.discount for line in lines]),
            shipping_total=shipping_total,
            tax_total=tax_total,
            discount_codes=(head.discount_code.strip(),) if head.discount_code.strip() else (),
            country=country_code(head.country),
            region=plain_text(head.region),
            lines=lines,
            payments=(IncomingPayment(amount=total, paid_at=paid_at),) if paid_at and total else (),
            refunds=(IncomingRefund(amount=refund, refunded_at=last_known, external_id=number),) if refund else (),
            shipments=(IncomingShipment(carrier=head.carrier.strip(), tracking_number=tracking, shipped_at=shipped_at),)
            if tracking or shipped_at
            else (),
            buyer=self._buyer(group, placed_at),
            source_rows=tuple([row for row, _cells in group]),
        )

    def _buyer(self, group: Group, placed_at: datetime) -> IncomingProfile | None:
        """Of the first row that identifies anyone."""
        rows = (cells for _row, cells in group)
        row = next((one for one in rows if any(self.buyer_cells(one)[:4]) or self._accounts(one)), group[0][1])
        return buyer(
            self.buyer_cells(row),
            accounts=self._accounts(row),
            seen_at=placed_at,
            mapping=self.mapping,
            shop=self.shop,
        )

    def _accounts(self, row: Sequence[str]) -> dict[str, str]:
        """What few tables have, and most rows of those not."""
        return {name: text for name, cell in self.accounts.items() if (text := cell(row))}

    def _moment(self, text: str) -> datetime | None:
        return moment(text, self.shop.time_zone, self.mapping.date_order) if text else None

    def _state_from_times(self, paid_at: datetime | None) -> OrderStatus:
        """Of a file without states: a column of payment times tells who has not paid."""
        return OrderStatus.UNPAID if "paid_at" in self.mapping.columns and not paid_at else self.mapping.status


@lru_cache(maxsize=65536)
def _line(cells: tuple[str, ...], currency: str) -> IncomingLine:
    title, sku, product, variant, category, count, price, discount_text, total_text = cells
    discount = money(discount_text, currency)
    total = money(total_text, currency) if total_text.strip() else line_amount(price, count, currency) - discount
    number = quantity(count)
    return IncomingLine(
        title=title.strip(),
        sku=clean_id(sku),
        external_product_id=clean_id(product),
        variant=variant.strip(),
        category=category.strip(),
        quantity=number,
        unit_price=money(price, currency) if price.strip() else (round(total / number) if number else total),
        discount=discount,
        total=total,
    )


def _turned(lines: Lines, total: Minor) -> Lines:
    """Lines of a credit note as positive amounts. A line below zero in price rather than quantity turns its price."""
    if total > 0:
        return lines
    return tuple(
        replace(
            line,
            quantity=-line.quantity if line.quantity < 0 else line.quantity,
            unit_price=line.unit_price if line.quantity < 0 else -line.unit_price,
            discount=-line.discount,
            total=-line.total,
        )
        for line in lines
    )
