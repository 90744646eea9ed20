"""Any CSV or workbook, by a mapping of its columns: a row is an order, or a line of one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

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
    order_number,
    plain_text,
    positive_money,
    quantity,
    required_moment,
)
from guanxi.commerce.connectors.rows import Group, gathered
from guanxi.commerce.connectors.sources import Cells, Table, header_of, open_table
from guanxi.commerce.connectors.table_buyer import FIELDS as BUYER_FIELDS
from guanxi.commerce.connectors.table_buyer import buyer
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
from guanxi.core.money import Minor

LINE_FIELDS = (
    "title", "sku", "external_product_id", "variant", "category", "quantity", "unit_price", "discount", "line_total",
)  # fmt: skip
SAME_FIELDS = ("customer_id", "account", "email", "currency", "total")
"""What must not differ between the rows of one order."""
ORDER_FIELDS = (
    "currency", "total", "shipping", "tax", "refund", "discount_code", "paid_at", "shipped_at", "completed_at",
    "country", "region", "carrier", "tracking_number",
)  # fmt: skip
Lines = tuple[IncomingLine, ...]


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
        number = table.picker((mapping.columns["order"],))
        shop = replace(shop, currency=mapping.currency or shop.currency, time_zone=mapping.time_zone or shop.time_zone)
        reader = _Reader(table, mapping, shop)
        return gathered(table.rows(), key=lambda cells: order_number(number(cells)[0]), read=reader.order)


class _Reader:
    """One file's rows, gathered by order, to orders."""

    def __init__(self, table: Table, mapping: TableMapping, shop: ShopContext) -> None:
        self.mapping, self.shop = mapping, shop
        self.line_cells = self._picker(table, LINE_FIELDS)
        self.order_cells = self._picker(table, ORDER_FIELDS)
        self.buyer_cells = self._picker(table, BUYER_FIELDS)
        self.same_cells = self._picker(table, SAME_FIELDS)
        self.times = self._picker(table, ("placed_at", "status"))
        self.has_lines = any(name in mapping.columns for name in ("title", "sku", "external_product_id"))

    def _picker(self, table: Table, fields: Sequence[str]) -> Callable[[Cells], tuple[str, ...]]:
        return table.picker([self.mapping.columns.get(name, "\x00no such column") for name in fields])

    def order(self, number: str, group: Group) -> IncomingOrder:
        first = group[0][1]
        if len(group) > 1:
            self._check_rows(number, group)
        currency, total_text, shipping, tax, *rest = self.order_cells(first)
        currency = currency.strip().upper() or self.shop.currency
        lines = self._lines(group, currency)
        shipping_total, tax_total = positive_money(shipping, currency), positive_money(tax, currency)
        if total_text.strip():
            total = money(total_text, currency)
        elif "total" in self.mapping.columns and not self.mapping.by_line:
            raise BadCell(_("The order's total is missing."))
        else:
            total = sum(line.total for line in lines) + shipping_total + tax_total
        placed_at, status = self._when_and_state(group)
        if self._is_credit(number, total, lines):
            return self._credit_note(number, group, currency, abs(total), _turned(lines, total), placed_at)
        if total < 0:
            raise BadCell(_("The amount %(text)s of a sale is below zero.") % {"text": total_text.strip() or total})
        return self._sale(number, group, currency, total, shipping_total, tax_total, lines, placed_at, status, rest)

    def _check_rows(self, number: str, group: Group) -> None:
        if not self.mapping.by_line:
            if any(cells != group[0][1] for _row, cells in group):
                raise BadCell(
                    _(
                        "Order %(number)s stands in several rows. If each row is a line of an order, say so in the mapping."
                    )
                    % {"number": number}
                )
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
        return tuple([_line(*self.line_cells(cells), currency=currency) for _row, cells in group])

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
        self, number: str, group: Group, currency: str, total: Minor, lines: Lines, placed_at: datetime
    ) -> IncomingOrder:
        country, region = self.order_cells(group[0][1])[9:11]
        return IncomingOrder(
            external_id=number,
            currency=currency,
            placed_at=placed_at,
            status=OrderStatus.REFUNDED,
            total=total,
            kind=OrderKind.CREDIT_NOTE,
            country=country_code(country),
            region=plain_text(region),
            lines=lines,
            refunds=(IncomingRefund(amount=total, refunded_at=placed_at, external_id=number),) if total else (),
            buyer=buyer(self.buyer_cells(group[0][1]), seen_at=placed_at, mapping=self.mapping, shop=self.shop),
            source_rows=tuple([row for row, _cells in group]),
        )

    def _sale(
        self,
        number: str,
        group: Group,
        currency: str,
        total: Minor,
        shipping_total: Minor,
        tax_total: Minor,
        lines: Lines,
        placed_at: datetime,
        state: OrderStatus | None,
        rest: Sequence[str],
    ) -> IncomingOrder:
        refund_text, code, paid_text, sent_text, done_text, country, region, carrier, tracking = rest
        paid_at, shipped_at, completed_at = (self._moment(text) for text in (paid_text, sent_text, done_text))
        refund = positive_money(refund_text, currency)
        status = state or self._state_from_times(paid_at)
        if refund > total:
            raise BadCell(_("More was refunded than was paid."))
        if status is OrderStatus.REFUNDED or (refund and refund == total and status is not OrderStatus.CANCELLED):
            status, refund = OrderStatus.REFUNDED, refund or total
        if status not in (OrderStatus.UNPAID, OrderStatus.CANCELLED):
            paid_at = paid_at or placed_at
        paid_total = total if paid_at else 0
        last_known = completed_at or shipped_at or paid_at or placed_at
        return IncomingOrder(
            external_id=number,
            currency=currency,
            placed_at=placed_at,
            status=status,
            total=total,
            paid_at=paid_at,
            shipped_at=shipped_at,
            completed_at=completed_at,
            paid_total=paid_total,
            discount_total=sum([line.discount for line in lines]),
            shipping_total=shipping_total,
            tax_total=tax_total,
            discount_codes=(code.strip(),) if code.strip() else (),
            country=country_code(country),
            region=plain_text(region),
            lines=lines,
            payments=(IncomingPayment(amount=total, paid_at=paid_at),) if paid_at and total else (),
            refunds=(IncomingRefund(amount=refund, refunded_at=last_known, external_id=number),) if refund else (),
            shipments=(
                IncomingShipment(carrier=carrier.strip(), tracking_number=clean_id(tracking), shipped_at=shipped_at),
            )
            if tracking.strip() or shipped_at
            else (),
            buyer=buyer(self.buyer_cells(group[0][1]), seen_at=placed_at, mapping=self.mapping, shop=self.shop),
            source_rows=tuple([row for row, _cells in group]),
        )

    def _moment(self, text: str) -> datetime | None:
        return moment(text, self.shop.time_zone, self.mapping.date_order) if text else None

    def _state_from_times(self, paid_at: datetime | None) -> OrderStatus:
        """Of a file without states: a column of payment times tells who has not paid."""
        return OrderStatus.UNPAID if "paid_at" in self.mapping.columns and not paid_at else self.mapping.status


def _line(
    title: str,
    sku: str,
    product: str,
    variant: str,
    category: str,
    count: str,
    price: str,
    discount_text: str,
    total_text: str,
    *,
    currency: str,
) -> IncomingLine:
    discount = money(discount_text, currency) if discount_text else 0
    total = money(total_text, currency) if total_text.strip() else line_amount(price, count, currency) - discount
    number = quantity(count)
    return IncomingLine(
        title=title.strip(),
        sku=clean_id(sku),
        external_product_id=clean_id(product) if product else "",
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
