"""Periods, their presets, and the clocks of the merchant's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guanxi.analytics.reports.parameters import BadParameters, read
from guanxi.analytics.reports.periods import Period, add_months, clock_changes, step_column, steps
from guanxi.warehouse.testing import given

SHANGHAI, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 30, 17, 0, tzinfo=UTC)
"""Already 31 March in Shanghai."""


@pytest.mark.parametrize(
    ("raw", "first", "last", "first_before", "last_before"),
    [
        ({"period": "month"}, "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
        ({"period": "30d"}, "2026-03-02", "2026-03-31", "2026-01-31", "2026-03-01"),
        ({"period": "90d"}, "2026-01-01", "2026-03-31", "2025-10-03", "2025-12-31"),
        ({"period": "year"}, "2026-01-01", "2026-03-31", "2025-01-01", "2025-03-31"),
        ({"period": "12m"}, "2025-04-01", "2026-03-31", "2024-04-01", "2025-03-31"),
        ({}, "2025-04-01", "2026-03-31", "2024-04-01", "2025-03-31"),
        ({"from": "2026-02-03", "to": "2026-02-04"}, "2026-02-03", "2026-02-04", "2026-02-01", "2026-02-02"),
    ],
)
def test_a_period_and_the_one_before_it(
    raw: dict[str, str], first: str, last: str, first_before: str, last_before: str
) -> None:
    params = read(raw, now=NOW, zone=SHANGHAI)
    assert params.before is not None
    found = (params.period.start, params.period.last, params.before.start, params.before.last)
    assert found == tuple(map(date.fromisoformat, (first, last, first_before, last_before)))


def test_everything_has_nothing_before_it() -> None:
    everything = Period(date(2020, 1, 2), date(2026, 1, 2))
    params = read({"period": "all"}, now=NOW, zone=SHANGHAI, everything=everything)
    assert (params.period, params.before, params.grain) == (everything, None, "month")


def test_a_period_goes_from_midnight_to_midnight() -> None:
    start, end = Period(date(2026, 3, 29), date(2026, 3, 30)).bounds(LONDON)
    assert (start, end) == (datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 23, tzinfo=UTC))


def test_so_many_days_that_no_page_could_show_them_become_months() -> None:
    params = read({"from": "1995-01-01", "to": "2025-12-31", "grain": "day"}, now=NOW, zone=SHANGHAI)
    assert params.grain == "month"


@pytest.mark.parametrize(
    "raw", [{"period": "x"}, {"from": "x"}, {"from": "2026-02-02", "to": "2026-02-01"}, {"by": "x"}]
)
def test_what_makes_no_sense_is_refused(raw: dict[str, str]) -> None:
    with pytest.raises(BadParameters):
        read(raw, now=NOW, zone=SHANGHAI)


def test_months_end_where_they_end() -> None:
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2024, 12, 31), 2) == date(2025, 2, 28)
    assert add_months(date(2026, 1, 15), -13) == date(2024, 12, 15)


def test_steps_cover_the_period() -> None:
    period = Period(date(2026, 1, 30), date(2026, 2, 10))
    assert [step.start for step in steps(period, "week")] == [date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 9)]
    assert [step.start for step in steps(period, "month")] == [date(2026, 1, 1), date(2026, 2, 1)]
    assert len(list(steps(period, "day"))) == 11


def test_the_clocks_of_london_and_shanghai() -> None:
    year = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    assert clock_changes(LONDON, *year) == [
        (datetime(2025, 1, 1, tzinfo=UTC), 0),
        (datetime(2025, 3, 30, 1, tzinfo=UTC), 3600),
        (datetime(2025, 10, 26, 1, tzinfo=UTC), 0),
    ]
    assert clock_changes(SHANGHAI, *year) == [(datetime(2025, 1, 1, tzinfo=UTC), 8 * 3600)]


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
def test_a_column_of_times_falls_on_the_days_of_the_zone(engine: str, zone: str) -> None:
    place = ZoneInfo(zone)
    period = Period(date(2024, 1, 1), date(2026, 1, 1))
    start = period.bounds(place)[0]
    times = [start + timedelta(minutes=minutes) for minutes in range(0, period.days * 1440, 757)]
    rows = [{"order_id": number, "placed_at": moment} for number, moment in enumerate(times)]
    with given({"orders": rows}, engine=engine) as snapshot:
        orders = snapshot.tables["orders"]
        days = {
            grain: step_column(orders.placed_at, grain, period=period, zone=place) for grain in ("day", "week", "month")
        }
        found = snapshot.execute(orders.select("order_id", **days).order_by("order_id")).to_pylist()
    for row, moment in zip(found, times, strict=True):
        day = moment.astimezone(place).date()
        assert (row["day"], row["week"], row["month"]) == (day, day - timedelta(days=day.weekday()), day.replace(day=1))
