"""What every connector must do. A new one adds its sample to ``samples`` and passes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.commerce.connectors import CONNECTORS, recognise
from guanxi.commerce.connectors.base import Read
from guanxi.commerce.types import IncomingOrder, IncomingOrderLines
from guanxi.core.table_files.base import RejectedRow, UnreadableFile

from .samples import Sample, samples

ALL = pytest.mark.parametrize("name", CONNECTORS.names())


def read(name: str, path: Path, sample: Sample) -> list[Read]:
    return list(CONNECTORS.get(name).read(path, shop=sample.shop))


def test_every_connector_has_a_sample() -> None:
    assert sorted(samples()) == sorted(CONNECTORS.names())


@ALL
def test_says_who_it_is(name: str) -> None:
    connector = CONNECTORS.get(name)
    assert connector.name == name
    assert str(connector.label) and str(connector.help) and connector.icon


@ALL
def test_is_the_surest_about_its_own_file(name: str, tmp_path: Path) -> None:
    found = recognise(samples()[name].write(tmp_path))
    assert found[0][0] == name
    assert all(confidence < found[0][1] for _other, confidence in found[1:])


@ALL
def test_reads_all_orders(name: str, tmp_path: Path) -> None:
    sample = samples()[name]
    found = read(name, sample.write(tmp_path), sample)
    assert [type(item) for item in found] == [IncomingOrder] * sample.orders


@ALL
def test_reads_the_same_file_the_same_way(name: str, tmp_path: Path) -> None:
    sample = samples()[name]
    path = sample.write(tmp_path, bad=True)
    assert read(name, path, sample) == read(name, path, sample)


@ALL
def test_money_adds_up(name: str, tmp_path: Path) -> None:
    sample = samples()[name]
    for order in read(name, sample.write(tmp_path), sample):
        assert isinstance(order, IncomingOrder)
        off_lines = order.discount_total - sum(line.discount for line in order.lines)
        goods = sum(line.total for line in order.lines)
        assert order.total == goods + order.shipping_total + order.tax_total - off_lines
        assert sum(payment.amount for payment in order.payments) == order.paid_total
        assert sum(refund.amount for refund in order.refunds) <= order.paid_total


@ALL
def test_times_are_aware(name: str, tmp_path: Path) -> None:
    sample = samples()[name]
    for order in read(name, sample.write(tmp_path), sample):
        assert isinstance(order, IncomingOrder)
        times = (order.placed_at, order.paid_at, order.shipped_at, order.completed_at, order.cancelled_at)
        assert all(when is None or when.utcoffset() is not None for when in times)


@ALL
def test_bad_rows_are_rejected_with_a_reason_and_good_ones_read(name: str, tmp_path: Path) -> None:
    sample = samples()[name]
    found = read(name, sample.write(tmp_path, bad=True), sample)
    rejected = [item for item in found if isinstance(item, RejectedRow)]
    assert len(rejected) == sample.rejected
    assert all(item.reason and item.row and any(item.cells) for item in rejected)
    assert sum(isinstance(item, IncomingOrder) for item in found) == sample.orders


@ALL
def test_never_gives_hidden_identifiers(name: str, tmp_path: Path) -> None:
    sample = samples()[name]
    hidden = sample.good
    for real in (b"buyer", b"ann", b"1990000", b"'1990000", b"5550123"):
        hidden = hidden.replace(real, b"13****")
    path = tmp_path / sample.name
    path.write_bytes(hidden)
    for order in read(name, path, sample):
        assert isinstance(order, IncomingOrder)
        found = order.buyer.identifiers if order.buyer else ()
        assert not [one for one in found if "*" in one.value or "#" in one.value]


@ALL
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_refused_or_its_rows_are(name: str, tmp_path: Path, data: st.DataObject) -> None:
    sample = samples()[name]
    whole = sample.good
    cut = data.draw(st.integers(min_value=0, max_value=len(whole)))
    damaged = bytearray(whole[:cut])
    for _change in range(data.draw(st.integers(min_value=0, max_value=6))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / sample.name
    path.write_bytes(bytes(damaged))
    recognise(path)
    try:
        found = read(name, path, sample)
    except UnreadableFile as error:
        assert str(error)
        return
    assert all(isinstance(item, IncomingOrder | IncomingOrderLines | RejectedRow) for item in found)
