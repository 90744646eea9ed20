"""Intervals and tests for the difference between two independent groups.

Everything works on aggregates, so that a million customers cost no more than ten. ``level`` is the confidence, 0.95
for a 95 % interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval; ``low`` and ``high`` are both None when no interval is claimed."""

    value: float
    low: float | None = None
    high: float | None = None

    def scaled(self, factor: float, *, minus: float = 0.0) -> "Estimate":
        """``value * factor - minus`` and its interval, for an exactly known factor that is not negative."""
        if self.low is None or self.high is None:
            return Estimate(self.value * factor - minus)
        return Estimate(self.value * factor - minus, self.low * factor - minus, self.high * factor - minus)


@dataclass(frozen=True, slots=True)
class Effect:
    """A group against a base.

    ``difference`` is in the unit of what is compared; ``lift`` is group / base - 1 (0.25 is 25 % more), None when the
    base is not above zero. ``p_value`` is for this comparison alone, ``adjusted_p_value`` for all that were made
    together; both are None when no interval is claimed.
    """

    difference: Estimate
    lift: Estimate | None
    p_value: float | None = None
    adjusted_p_value: float | None = None

    def without_interval(self) -> "Effect":
        return Effect(Estimate(self.difference.value), self.lift and Estimate(self.lift.value))


@dataclass(frozen=True, slots=True)
class Mean:
    """A group's mean, its (n - 1) variance and its size."""

    mean: float
    variance: float
    size: int

    @property
    def squared_error(self) -> float:
        """Variance of the mean itself; 0 for an empty group."""
        return self.variance / self.size if self.size else 0.0


def compare_means(group: Mean, base: Mean, *, level: float = 0.95) -> Effect:
    """Welch's test of two means with unequal variances, and Fieller's interval for the lift.

    Welch (1947), Biometrika 34:28-35, with Satterthwaite's degrees of freedom. Fieller (1954), JRSS B 16:175-185, for
    the lift rather than the delta method: the delta method forces a symmetric interval, wrong when the base is noisy
    (Hirschberg and Lye 2010, The American Statistician 64:234-241), and Fieller's with Welch's quantile leaves out 0
    exactly when Welch's does, so the two never contradict each other on the page. No interval is given when a group
    has fewer than two members or neither varies, and none for the lift when the base is not clearly above zero.
    """
    from scipy import stats

    difference = group.mean - base.mean
    squared_error = group.squared_error + base.squared_error
    if min(group.size, base.size) < 2 or squared_error <= 0:
        return Effect(Estimate(difference), Estimate(group.mean / base.mean - 1) if base.mean > 0 else None)
    freedom = squared_error**2 / (group.squared_error**2 / (group.size - 1) + base.squared_error**2 / (base.size - 1))
    error = sqrt(squared_error)
    quantile = float(stats.t.ppf((1 + level) / 2, freedom))
    return Effect(
        difference=Estimate(difference, difference - quantile * error, difference + quantile * error),
        lift=_fieller(group, base, quantile=quantile),
        p_value=float(2 * stats.t.sf(abs(difference) / error, freedom)),
    )


def _fieller(group: Mean, base: Mean, *, quantile: float) -> Estimate | None:
    """The ratios r for which ``group - r * base`` does not differ from zero lie between the roots of a quadratic."""
    if base.mean <= 0:
        return None
    ratio = Estimate(group.mean / base.mean)
    square = base.mean**2 - quantile**2 * base.squared_error
    if square > 0:
        product = group.mean * base.mean
        spread = quantile * sqrt(group.squared_error * square + base.squared_error * group.mean**2)
        ratio = Estimate(ratio.value, (product - spread) / square, (product + spread) / square)
    return ratio.scaled(1, minus=1)


@dataclass(frozen=True, slots=True)
class Proportion:
    """``hits`` of ``size``."""

    hits: int
    size: int

    @property
    def value(self) -> float:
        """0 for an empty group."""
        return self.hits / self.size if self.size else 0.0


def wilson(proportion: Proportion, *, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a proportion of one or more: Wilson (1927), JASA 22:209-212."""
    from scipy import stats

    quantile, size, value = float(stats.norm.ppf((1 + level) / 2)), proportion.size, proportion.value
    centre = value + quantile**2 / (2 * size)
    spread = quantile * sqrt(value * (1 - value) / size + quantile**2 / (4 * size**2))
    scale = 1 + quantile**2 / size
    # The bounds at 0 and at all hits are exact; rounding would leave them a hair away from the estimate.
    low = 0.0 if proportion.hits == 0 else (centre - spread) / scale
    high = 1.0 if proportion.hits == size else (centre + spread) / scale
    return low, high


def compare_proportions(group: Proportion, base: Proportion, *, level: float = 0.95) -> Effect:
    """Newcombe's hybrid-score interval of the difference, MOVER-R of the lift, Pearson's test.

    Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine
    17:873-890, method 10 (no continuity correction). The lift from the same score limits: Donner and Zou (2012),
    Statistical Methods in Medical Research 21:347-359; it leaves out 0 exactly when Newcombe's does. The p-value is
    Pearson's chi-square without correction, which near the border can differ from the interval by a hair. No interval
    is given when a group is empty.
    """
    difference = group.value - base.value
    if not group.size or not base.size:
        return Effect(Estimate(difference), Estimate(group.value / base.value - 1) if base.hits else None)
    (group_low, group_high), (base_low, base_high) = wilson(group, level=level), wilson(base, level=level)
    return Effect(
        difference=Estimate(
            difference,
            difference - hypot(group.value - group_low, base_high - base.value),
            difference + hypot(group_high - group.value, base.value - base_low),
        ),
        lift=_mover_lift(group.value, base.value, (group_low, group_high), (base_low, base_high)),
        p_value=_pearson(group, base),
    )


def _mover_lift(
    group: float, base: float, group_limits: tuple[float, float], base_limits: tuple[float, float]
) -> Estimate | None:
    if base <= 0:
        return None
    product = group * base
    low_top = group_limits[0] * (2 * group - group_limits[0])
    low_square = base_limits[1] * (2 * base - base_limits[1])
    high_top = group_limits[1] * (2 * group - group_limits[1])
    high_square = base_limits[0] * (2 * base - base_limits[0])
    # Written so that it holds when ``low_square`` is zero or negative, as it is with few hits in the base.
    low = low_top / (product + sqrt(product**2 - low_top * low_square)) if group > 0 else 0.0
    high = (product + sqrt(product**2 - high_top * high_square)) / high_square
    return Estimate(group / base, low, high).scaled(1, minus=1)


def _pearson(group: Proportion, base: Proportion) -> float:
    from scipy import stats

    pooled = (group.hits + base.hits) / (group.size + base.size)
    variance = pooled * (1 - pooled) * (1 / group.size + 1 / base.size)
    if variance <= 0:
        return 1.0
    return float(2 * stats.norm.sf(abs(group.value - base.value) / sqrt(variance)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given: Holm (1979), Scandinavian Journal of Statistics 6:65-70.

    The chance of even one false claim among them stays below the threshold, whatever their dependence.
    """
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        running = max(running, (len(p_values) - rank) * p_values[index])
        adjusted[index] = min(1.0, running)
    return adjusted


def power_quantile(*, level: float = 0.95, power: float = 0.8) -> float:
    """How many standard errors a true difference must be for the test to see it with that power (2.80)."""
    from scipy import stats

    return float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power))
