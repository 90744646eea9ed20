"""Runs of forecasts: one row a customer, all at once or not at all, every night and when asked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guanxi.analytics import queries, services, tasks
from guanxi.analytics.forecasts import FORECASTS
from guanxi.analytics.models.stored import CustomerValue, ModelRun, RunState
from guanxi.analytics.tests.forecasts.buyers import NOW, Row, customers, order, shop
from guanxi.core import jobs
from guanxi.core.models import AuditEntry, Job
from guanxi.core.models.jobs import JobState
from guanxi.core.testing import make_user
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as refreshing
from guanxi.warehouse.testing import given

NAME = "customer_value"


def run(tables: dict[str, list[Row]], *, days: int = 0) -> ModelRun:
    with given(tables, now=NOW):
        return services.run_forecast(NAME, now=NOW + timedelta(days=days), progress=lambda *_: None)


@pytest.mark.django_db
def test_each_buyer_has_a_row() -> None:
    tables = shop()
    made = run(tables)
    assert (made.state, made.customers, made.version, made.currency) == (RunState.DONE, 60, 1, "CNY")
    rows = {row.customer_id: row for row in CustomerValue.objects.all()}
    assert rows.keys() == {row["customer_id"] for row in tables["orders"]}
    for row in rows.values():
        assert 0 <= (row.p_alive or 0) <= 1
        assert 0 <= (row.churn_risk or 0) <= 1
        assert row.expected_orders_30 <= row.expected_orders_90 <= row.expected_orders_365  # type: ignore[operator]
        assert row.lifetime_value_low <= row.lifetime_value <= row.lifetime_value_high  # type: ignore[operator]
        assert row.next_order_at is None or row.next_order_at > NOW - timedelta(days=1)
    assert made.result["totals"]["lifetime_value"] == sum(row.lifetime_value or 0 for row in rows.values())
    assert sum(made.result["alive"]) == sum(made.result["churn"]) == 60
    assert sum(tenth["customers"] for tenth in made.result["values"]) == 60


@pytest.mark.django_db
def test_the_last_weeks_are_held_out() -> None:
    made = run(shop(300))
    checked = made.result["calibration"]
    assert made.quality["weeks"] == checked["weeks"] == len(checked["seen_by_week"]) == 14
    assert made.quality["seen"] == sum(checked["seen_by_week"]) == sum(group["seen"] for group in checked["groups"])
    assert abs(made.quality["error"]) < 0.35


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({}, "no_orders"),
        (
            {"customers": customers(3), "orders": [order(n, n, NOW - timedelta(days=90 * n)) for n in (1, 2, 3)]},
            "customers",
        ),
        (
            {"customers": customers(20), "orders": [order(n, n, NOW - timedelta(hours=n)) for n in range(1, 21)]},
            "days",
        ),
        (
            {"customers": customers(20), "orders": [order(n, n, NOW - timedelta(days=9 * n)) for n in range(1, 21)]},
            "returned",
        ),
    ],
)
def test_not_enough_data_yet(tables: dict[str, list[Row]], reason: str) -> None:
    made = run(tables)
    assert (made.state, made.message) == (RunState.NOT_ENOUGH, reason)
    assert not CustomerValue.objects.exists()


@pytest.mark.django_db
def test_who_is_gone_keeps_an_empty_row() -> None:
    tables = shop()
    run(tables)
    without = {**tables, "orders": [row for row in tables["orders"] if row["customer_id"] != 7]}
    run(without, days=1)
    gone = CustomerValue.objects.get(customer_id=7)
    assert (gone.p_alive, gone.lifetime_value, gone.next_order_at) == (None, None, None)
    assert queries.outlook_of(7) is None
    outlook = queries.outlook_of(8)
    assert outlook is not None
    assert outlook.lifetime_value_low <= outlook.lifetime_value <= outlook.lifetime_value_high


@pytest.mark.django_db
def test_stopped_on_the_way_nothing_changes() -> None:
    run(shop())
    before = list(CustomerValue.objects.order_by("customer_id").values())

    def stop(done: int, total: int, step: str) -> None:
        if done == 3:
            raise jobs.JobCancelled

    with given(shop(seed=9), now=NOW), pytest.raises(jobs.JobCancelled):
        services.run_forecast(NAME, now=NOW, progress=stop)
    assert list(CustomerValue.objects.order_by("customer_id").values()) == before
    assert ModelRun.objects.count() == 1


@pytest.mark.django_db
def test_as_a_job() -> None:
    user = make_user()
    with given(shop(), now=NOW):
        job = services.start_forecast(NAME, user=user, now=NOW)
        assert job is not None
        assert services.start_forecast(NAME, user=user, now=NOW) is None
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.SUCCEEDED, {"customers": 60, "state": "done"})
    assert (job.done, job.total) == (4, 4)
    assert ModelRun.objects.get().started_by == user
    assert AuditEntry.objects.filter(action="model.run", actor=user).count() == 1


@pytest.mark.django_db
def test_as_a_job_without_a_warehouse(home: object) -> None:
    job = services.start_forecast(NAME, now=NOW)
    assert job is not None
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, "empty" in job.error) == (JobState.FAILED, True)


@pytest.mark.django_db
def test_every_night_once() -> None:
    """From three o'clock in the merchant's zone, which is 19:00 the day before in Greenwich."""
    night = NOW.replace(hour=19, minute=0)
    started = services.start_nightly(now=night)
    assert [job.arguments for job in started] == [{"name": name} for name in FORECASTS.names()]
    Job.objects.update(created_at=night, state=JobState.FAILED)
    assert services.start_nightly(now=night + timedelta(hours=2)) == []
    assert len(services.start_nightly(now=night + timedelta(hours=24))) == len(FORECASTS.names())


@pytest.mark.django_db
def test_nothing_is_started_before_there_is_a_warehouse(home: object) -> None:
    tasks.run_nightly()
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_facts_follow(home: object) -> None:
    CustomerValue.objects.create(customer_id=5, p_alive=0.5, lifetime_value=700)
    from django.apps import apps

    now = timezone.now()
    model = apps.get_model("customers", "Customer")
    model.objects.create(pk=5, created_at=now, updated_at=now)
    model.objects.create(pk=6, created_at=now, updated_at=now)
    refreshing.refresh(now=now)

    def facts() -> list[tuple[int, float | None, int | None]]:
        table = warehouse.table("customer_facts").select("customer_id", "p_alive", "lifetime_value")
        return [tuple(row.values()) for row in warehouse.execute(table.order_by("customer_id")).to_pylist()]

    assert facts() == [(5, 0.5, 700), (6, None, None)]
    CustomerValue.objects.all().delete()
    CustomerValue.objects.create(customer_id=5)
    refreshing.refresh(now=now)
    assert facts() == [(5, None, None), (6, None, None)]
