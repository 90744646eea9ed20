"""When a customer is due again: each has a pace of their own, and some never come back.

The gap between two purchases of a customer who comes back is log-normal, ln g ~ N(mu, sigma²), and the customers' own
mu are N(m, tau²) about everyone's (empirical Bayes: the few gaps of one are shrunk to what is usual). After any
purchase a customer leaves for good with chance p, so the open gap c since the last one is either the beginning of a
longer gap or the end: it counts with p + (1 − p) · P(g > c). What is not over yet is censored, not left out; leaving it
out would make shops look quicker than they are. With the normal posterior of mu given the n gaps seen, variance
t = 1 / (1 / tau² + n / sigma²) and mean u, the chance is in closed form: P(g > c) = Φ((u − ln c) / √(sigma² + t)).

The normal model with known variances: Gelman et al., Bayesian Data Analysis, 3rd ed., 5.4. The share that never comes
back: Berkson and Gage (1952), JASA 47:501-515.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SAMPLE = 100_000
"""Histories that are enough to learn four numbers from."""
SHORTEST = 0.5
"""Days: an open gap of less is as good as none."""
LONGEST = 20.0
"""Logarithm of days, beyond which nothing is told."""
PRIOR = {"middle": (4.0, 1.5), "between": (-0.7, 1.0), "within": (-0.7, 1.0), "leaving": (0.0, 1.5)}
"""Normal, on the scale that is searched; so weak that a few dozen customers outweigh it."""
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """One entry for each owner of a history, in the order of the first purchase given."""

    owner: Ints
    """Index of the first purchase of each, in what was summarised."""
    count: Ints
    """Gaps between purchases: one less than their days."""
    mean: Floats
    """Of the logarithms of the gaps in days; 0 without any."""
    squares: Floats
    """Sum of their squared distances from the mean."""
    open: Floats
    """Days since the last purchase."""

    def part(self, chosen: npt.NDArray[np.bool_] | slice) -> "Gaps":
        return Gaps(*(getattr(self, name)[chosen] for name in ("owner", "count", "mean", "squares", "open")))


@dataclass(frozen=True, slots=True)
class Rhythm:
    middle: float
    """m, everyone's usual gap as a logarithm of days."""
    between: float
    """tau: how much customers differ."""
    within: float
    """sigma: how much the gaps of one differ."""
    leaving: float
    """p."""


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """Days from the last purchase, for those who come back; and the chance that this one does.

    ``low``, ``middle`` and ``high`` know that they have not come until now; ``usual``, the pace itself, does not.
    """

    usual: Floats
    low: Floats
    middle: Floats
    high: Floats
    alive: Floats


def summarise(owner: Ints, day: Ints, *, end: int) -> Gaps:
    """Purchases sorted by owner and day, each day once, as histories until the day ``end``."""
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else np.empty(0, np.int64)
    ends = np.r_[starts[1:], len(owner)] - 1 if len(owner) else starts
    of, logs = gaps(owner, day)
    size = len(starts)
    count = np.bincount(of, minlength=size)
    mean = np.bincount(of, weights=logs, minlength=size) / np.maximum(count, 1)
    squares = np.bincount(of, weights=(logs - mean[of]) ** 2, minlength=size).astype(np.float64)
    return Gaps(starts, count.astype(np.int64), mean, squares, np.maximum(end - day[ends], SHORTEST).astype(np.float64))


def gaps(owner: Ints, day: Ints) -> tuple[Ints, Floats]:
    """For each gap, the place of its owner among the owners, and its days as a logarithm."""
    same = owner[1:] == owner[:-1]
    of = np.cumsum(np.r_[True, ~same])[1:][same] - 1 if len(owner) else np.empty(0, np.int64)
    return of.astype(np.int64), np.log(np.diff(day)[same].astype(np.float64))


def fit(seen: Gaps) -> Rhythm:
    """The likeliest rhythm, given the weak prior."""
    from scipy import optimize

    step = -(-len(seen.count) // SAMPLE)
    chosen = seen.part(slice(None, None, max(step, 1)))
    start = np.array([centre for centre, _spread in PRIOR.values()])
    if seen.count.sum():
        start[0] = np.average(seen.mean, weights=seen.count)
    found = optimize.minimize(lambda point: -_posterior(_rhythm(point), point, chosen), start, method="L-BFGS-B")
    return _rhythm(found.x)


def log_likelihood(rhythm: Rhythm, seen: Gaps) -> float:
    """Of histories in whole days, without constants that hang on no parameter."""
    from scipy import special

    one, many = rhythm.within**2, rhythm.within**2 + seen.count * rhythm.between**2
    had = seen.count > 0
    likely = np.where(
        had,
        -0.5 * ((seen.count - 1) * np.log(one) + np.log(many))
        - 0.5 * (seen.squares / one + seen.count * (seen.mean - rhythm.middle) ** 2 / many),
        0.0,
    )
    centre, spread = _posterior_of(rhythm, seen, rhythm.middle)
    lasting = special.ndtr((centre - np.log(seen.open)) / spread)
    staying = seen.count * np.log1p(-rhythm.leaving) + np.log(rhythm.leaving + (1 - rhythm.leaving) * lasting)
    return float((likely + staying).sum())


def due(rhythm: Rhythm, seen: Gaps, *, middle: Floats | float | None = None) -> Due:
    """When each is due, knowing that they have not come until now. ``middle`` may give each a usual gap of its own."""
    from scipy import special

    centre, spread = _posterior_of(rhythm, seen, rhythm.middle if middle is None else middle)
    lasting = special.ndtr((centre - np.log(seen.open)) / spread)
    lasting = np.maximum(lasting, 1e-300)

    def after(part: float) -> Floats:
        return np.asarray(np.exp(np.minimum(centre - spread * special.ndtri((1 - part) * lasting), LONGEST)))

    usual = np.exp(np.minimum(centre, LONGEST))
    staying = (1 - rhythm.leaving) * lasting
    return Due(usual, after(LOW), after(MIDDLE), after(HIGH), staying / (staying + rhythm.leaving))


def shrunk_middles(rhythm: Rhythm, kind: Ints, logs: Floats, kinds: int) -> Floats:
    """Each kind's usual gap as a logarithm, shrunk to everyone's by how much kinds differ beyond chance.

    ``kind`` and ``logs`` have an entry a gap. The variance among kinds is that of their means less what chance gives
    them (DerSimonian and Laird, 1986, without weights), never below a hundredth.
    """
    count = np.bincount(kind, minlength=kinds)
    mean = np.bincount(kind, weights=logs, minlength=kinds) / np.maximum(count, 1)
    one = rhythm.within**2 + rhythm.between**2
    many = count >= 2
    apart = float(np.mean((mean[many] - rhythm.middle) ** 2 - one / count[many])) if many.any() else 0.0
    apart = max(apart, 0.01)
    return np.asarray((count * mean / one + rhythm.middle / apart) / (count / one + 1 / apart))


def _posterior_of(rhythm: Rhythm, seen: Gaps, middle: Floats | float) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the next gap's logarithm."""
    prior, own = 1 / rhythm.between**2, seen.count / rhythm.within**2
    centre = (middle * prior + seen.mean * own) / (prior + own)
    return np.asarray(centre), np.sqrt(rhythm.within**2 + 1 / (prior + own))


def _rhythm(point: Floats) -> Rhythm:
    middle, between, within, leaving = (float(value) for value in point)
    return Rhythm(middle, float(np.exp(between)), float(np.exp(within)), float(1 / (1 + np.exp(-leaving))))


def _posterior(rhythm: Rhythm, point: Floats, seen: Gaps) -> float:
    centres, spreads = (np.array(column) for column in zip(*PRIOR.values(), strict=True))
    return log_likelihood(rhythm, seen) - float((((point - centres) / spreads) ** 2).sum() / 2)
