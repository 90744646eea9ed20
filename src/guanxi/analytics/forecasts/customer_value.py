"""What each customer will order and be worth, and whether they are still there."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.forecasts import customer_value_words, purchases
from guanxi.analytics.forecasts.base import Context, Forecast, Outcome, Progress
from guanxi.analytics.forecasts.purchases import Purchases
from guanxi.analytics.models.buying import fitting, lifetime, spend
from guanxi.analytics.models.buying.base import BuyingModel
from guanxi.analytics.models.buying.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from guanxi.analytics.models.buying.calibration import Calibration, calibrate
from guanxi.analytics.models.buying.fitting import Fit, Prior
from guanxi.analytics.models.buying.histories import Floats, Histories
from guanxi.analytics.models.buying.lifetime import Horizon, Worth
from guanxi.analytics.models.buying.pareto import Pareto
from guanxi.analytics.models.buying.spend import SpendFit

if TYPE_CHECKING:
    import pyarrow

    from guanxi.analytics.models.stored import ModelRun

MODELS: tuple[BuyingModel, ...] = (BetaGeometric(), ModifiedBetaGeometric(), Pareto())
WITHIN = (30, 90, 365)
YEAR = 365
HORIZON = Horizon(periods=12, period=YEAR / 12, discount=0.01)
"""The next twelve months; money of the k-th month counts 1.01 ** -k."""
LATEST_TOLD = 3 * YEAR
MIN_CUSTOMERS = 10
MIN_DAYS = 28
MIN_RETURNED = 3
"""Customers who came back: without any, the answer would be the prior's alone."""
MOST_HELD_OUT = 26
LEAST_HELD_OUT = 4
"""Weeks."""
BINS = 10


class CustomerValueForecast(Forecast):
    name = "customer_value"
    label = _("Customer value")
    summary = _("Who is still your customer, what each will order in the next months, and what that will be worth.")
    icon = "crystal-ball"
    version = 1
    table = "analytics_customervalue"
    template = "analytics/customer_value.html"
    reasons = {
        "no_orders": _("Nobody has bought yet."),
        "customers": _("It needs ten customers who have bought."),
        "days": _("It needs four weeks between the first order and now."),
        "returned": _("It needs three customers who have bought on more than one day."),
    }

    def run(self, context: Context, progress: Progress) -> Outcome:
        progress(0, 4, "")
        known = purchases.read(context)
        if known is None:
            return Outcome(too_thin="no_orders")
        histories = known.histories
        window: dict[str, Any] = {"first_day": known.first_day, "last_day": known.last_day, "customers": histories.size}
        if thin := _too_thin(known, histories):
            return Outcome(too_thin=thin, **window)
        progress(1, 4, "")
        fit, likelihoods = fitting.choose(MODELS, histories, prior=Prior())
        paid = known.value > 0
        money = spend.fit(known.days[paid].astype(np.float64), known.mean[paid], prior=Prior())
        progress(2, 4, "")
        orders = known.days.astype(np.float64)
        worth = lifetime.worth(fit, histories, money, orders=orders, mean=known.mean, horizon=HORIZON)
        rows = _rows(context, known, histories, fit, worth)
        progress(3, 4, "")
        checked = _calibration(context, known, fit.model)
        progress(4, 4, "")
        return Outcome(
            **window,
            parameters={**fit.named, **money.named},
            quality=_quality(checked),
            result={
                "model": fit.model.name,
                "log_likelihoods": likelihoods,
                "errors": _errors(fit, money),
                "repeat_buyers": histories.repeat_buyers,
                "totals": _totals(rows),
                "calibration": _calibration_json(checked),
                "alive": _shares(rows, "p_alive"),
                "churn": _shares(rows, "churn_risk"),
                "values": _tenths(rows),
            },
            rows=rows,
        )

    def quality_words(self, run: "ModelRun") -> str:
        return customer_value_words.quality(run)

    def page(self, run: "ModelRun", *, segments: bool) -> dict[str, Any]:
        return customer_value_words.page(run, segments=segments)


def _too_thin(known: Purchases, histories: Histories) -> str:
    if histories.size < MIN_CUSTOMERS:
        return "customers"
    if (known.last_day - known.first_day).days < MIN_DAYS:
        return "days"
    return "returned" if histories.repeat_buyers < MIN_RETURNED else ""


def _rows(context: Context, known: Purchases, histories: Histories, fit: Fit, worth: Worth) -> "pyarrow.Table":
    import pyarrow as pa

    def each(values: Floats) -> Floats:
        return histories.per_customer(values)

    model, values = fit.model, fit.values
    expected = {f"expected_orders_{days}": each(model.expected(values, histories, float(days))) for days in WITHIN}
    wait = each(model.next_order(values, histories))
    midnight = datetime.combine(known.last_day, time.min, context.zone).astimezone(UTC)
    soon = np.where(wait <= LATEST_TOLD, wait, 0.0)
    moments = np.datetime64(midnight.replace(tzinfo=None), "us") + np.ceil(soon).astype("timedelta64[D]")
    amounts = {
        "lifetime_value": worth.value,
        "lifetime_value_low": worth.low,
        "lifetime_value_high": worth.high,
    }
    return pa.table(
        {
            "customer_id": known.customer_id,
            "p_alive": each(model.alive(values, histories)),
            **expected,
            **{name: np.rint(np.minimum(amount, 9e17)).astype(np.int64) for name, amount in amounts.items()},
            "churn_risk": np.clip(1 - each(model.chance_of_order(values, histories, float(YEAR))), 0.0, 1.0),
            "next_order_at": pa.array(
                moments.astype("datetime64[us]"), pa.timestamp("us", "UTC"), mask=wait > LATEST_TOLD
            ),
        }
    )


def _calibration(context: Context, known: Purchases, model: BuyingModel) -> tuple[int, Calibration] | None:
    """The model fitted anew to the first part, held against the last quarter; None where that is too short."""
    weeks = min(MOST_HELD_OUT, (known.last_day - known.first_day).days // 28)
    if weeks < LEAST_HELD_OUT:
        return None
    late = purchases.held_out(context, known, weeks=weeks)
    if late.histories.size < MIN_CUSTOMERS or late.histories.repeat_buyers < MIN_RETURNED:
        return None
    fit = fitting.fit(model, late.histories, prior=Prior())
    return weeks, calibrate(fit, late.histories, seen=late.seen, seen_by_period=late.seen_by_week, period=7.0)


def _quality(checked: tuple[int, Calibration] | None) -> dict[str, Any]:
    if checked is None:
        return {}
    weeks, result = checked
    return {"weeks": weeks, "expected": result.expected, "seen": result.seen, "error": result.error}


def _calibration_json(checked: tuple[int, Calibration] | None) -> dict[str, Any] | None:
    if checked is None:
        return None
    weeks, result = checked
    names = ("fewest", "most", "customers", "expected", "seen")
    return {
        "weeks": weeks,
        "groups": [{name: getattr(group, name) for name in names} for group in result.groups],
        "expected_by_week": list(result.expected_by_period),
        "seen_by_week": list(result.seen_by_period),
    }


def _errors(fit: Fit, money: SpendFit) -> dict[str, float]:
    """Standard errors of the logarithms: 0.1 is about ten percent. Of q they are of what it is above 1."""
    names = [*fit.model.parameters, "p", "q", "gamma"]
    return dict(zip(names, map(float, np.sqrt([*np.diag(fit.covariance), *np.diag(money.covariance)])), strict=True))


def _totals(rows: "pyarrow.Table") -> dict[str, float]:
    summed = [name for name in rows.column_names if name not in ("customer_id", "next_order_at")]
    return {name: float(rows.column(name).to_numpy().sum()) for name in summed}


def _shares(rows: "pyarrow.Table", column: str) -> list[int]:
    """Customers by tenths of a chance; the last tenth holds 1 too."""
    values = rows.column(column).to_numpy()
    return [int(count) for count in np.histogram(values, bins=np.linspace(0, 1, BINS + 1))[0]]


def _tenths(rows: "pyarrow.Table") -> list[dict[str, float]]:
    """Customers from the most to the least valuable in ten groups of the same size, and what each is worth."""
    values = np.sort(rows.column("lifetime_value").to_numpy())[::-1]
    return [
        {"customers": len(part), "value": int(part.sum()), "least": int(part[-1])}
        for part in np.array_split(values, BINS)
        if len(part)
    ]
