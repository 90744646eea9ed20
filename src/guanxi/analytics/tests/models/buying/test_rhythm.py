"""When customers are due: the likelihood against integrals, the fit and the dates against simulated customers."""

import numpy as np
import pytest
from scipy import integrate, stats

from guanxi.analytics.models.buying import rhythm
from guanxi.analytics.models.buying.rhythm import Rhythm

TRUE = Rhythm(middle=3.4, between=0.5, within=0.4, leaving=0.15)
END = 1_000


def simulated(customers: int, *, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Owner and whole day of every purchase until END, and who has left by then."""
    rng = np.random.default_rng(seed)
    owner, day, gone = [], [], []
    for customer in range(customers):
        mu, moment, left = rng.normal(TRUE.middle, TRUE.between), rng.uniform(0, END), False
        while moment <= END:
            owner.append(customer)
            day.append(int(moment))
            left = rng.random() < TRUE.leaving
            if left:
                break
            moment = int(moment) + max(round(rng.lognormal(mu, TRUE.within)), 1)
        gone.append(left)
    return np.array(owner), np.array(day), np.array(gone)


def test_histories_as_counted_by_hand() -> None:
    seen = rhythm.summarise(np.array([4, 4, 4, 9, 9, 11]), np.array([10, 20, 50, 3, 90, 95]), end=95)
    logs = [[np.log(10), np.log(30)], [np.log(87)], []]
    assert seen.owner.tolist() == [0, 3, 5]
    assert seen.count.tolist() == [2, 1, 0]
    assert seen.mean.tolist() == pytest.approx([np.mean(logs[0]), logs[1][0], 0])
    assert seen.squares.tolist() == pytest.approx([np.var(logs[0]) * 2, 0, 0])
    assert seen.open.tolist() == [45, 5, rhythm.SHORTEST]


def test_the_likelihood_is_the_integral_over_each_customers_own_pace() -> None:
    """Density of the gaps times the chance of the open one, integrated over mu; constants apart."""
    owner, day, _gone = simulated(12)
    seen = rhythm.summarise(owner, day, end=END)
    total = 0.0
    for at in range(len(seen.count)):
        mine = np.log(np.diff(day[owner == owner[seen.owner[at]]]))

        def both(mu: float, mine: np.ndarray = mine, open_for: float = seen.open[at]) -> float:
            alive = stats.norm.sf(np.log(open_for), mu, TRUE.within)
            density = np.prod(stats.norm.pdf(mine, mu, TRUE.within)) if len(mine) else 1.0
            return float(
                density * (TRUE.leaving + (1 - TRUE.leaving) * alive) * stats.norm.pdf(mu, TRUE.middle, TRUE.between)
            )

        area = integrate.quad(both, 0, 8, points=[TRUE.middle], limit=300, epsabs=1e-14)[0]
        constants = len(mine) * 0.5 * np.log(2 * np.pi)
        total += np.log(area) + constants + len(mine) * np.log(1 - TRUE.leaving)
    assert rhythm.log_likelihood(TRUE, seen) == pytest.approx(total, abs=1e-4)


def test_the_fit_finds_what_made_the_customers() -> None:
    owner, day, _gone = simulated(6_000)
    found = rhythm.fit(rhythm.summarise(owner, day, end=END))
    assert found.middle == pytest.approx(TRUE.middle, abs=0.05)
    assert found.between == pytest.approx(TRUE.between, abs=0.04)
    assert found.within == pytest.approx(TRUE.within, abs=0.03)
    assert found.leaving == pytest.approx(TRUE.leaving, abs=0.02)


def test_dates_hold_what_they_say() -> None:
    """Told halfway: of those still there eight of ten come within the range, half by the middle."""
    owner, day, _gone = simulated(6_000, seed=8)
    cut = 600
    before = day <= cut
    seen = rhythm.summarise(owner[before], day[before], end=cut)
    due = rhythm.due(rhythm.fit(seen), seen)
    last = day[before][np.r_[seen.owner[1:], before.sum()] - 1]
    customers, place = np.unique(owner[~before], return_index=True)
    following = dict(zip(customers.tolist(), day[~before][place].tolist(), strict=True))
    came = np.array([following.get(one, np.inf) for one in owner[before][seen.owner].tolist()]) - last
    # 400 days are enough for nearly everyone who comes back at all.
    assert (came < np.inf).sum() == pytest.approx(due.alive.sum(), rel=0.03)
    back = came < np.inf
    assert ((came >= due.low) & (came <= due.high))[back].mean() == pytest.approx(0.8, abs=0.03)
    assert (came <= due.middle)[back].mean() == pytest.approx(0.5, abs=0.03)


def test_few_gaps_lean_on_everyone_many_on_themselves() -> None:
    one = rhythm.summarise(np.zeros(2, int), np.array([0, 200]), end=201)
    many = rhythm.summarise(np.zeros(11, int), np.arange(11) * 200, end=2_001)
    none = rhythm.summarise(np.zeros(1, int), np.zeros(1, int), end=1)
    dates = [float(rhythm.due(TRUE, seen).middle[0]) for seen in (none, one, many)]
    assert dates[0] == pytest.approx(np.exp(TRUE.middle), rel=0.01)
    assert dates[0] < dates[1] < dates[2]
    assert dates[2] == pytest.approx(200, rel=0.15)


def test_who_is_long_overdue_has_probably_left() -> None:
    day = np.array([0, 30, 60, 90])
    told = [rhythm.due(TRUE, rhythm.summarise(np.zeros(4, int), day, end=90 + late)) for late in (5, 60, 400)]
    chances = [float(due.alive[0]) for due in told]
    assert chances[0] > 0.8 > chances[1] > chances[2]
    assert chances[2] < 0.01
    assert all(due.middle[0] > late for due, late in zip(told, (5, 60, 400), strict=True))


def test_kinds_are_shrunk_to_everyone() -> None:
    rng = np.random.default_rng(1)
    kind = np.r_[np.zeros(400, int), np.ones(2, int)]
    logs = np.r_[rng.normal(2.0, 0.6, 400), [2.0, 2.0]]
    many, few, none = rhythm.shrunk_middles(TRUE, kind, logs, 3)
    assert many == pytest.approx(2.0, abs=0.1)
    assert 2.0 < few < TRUE.middle
    assert none == TRUE.middle


def test_nothing_to_learn_from() -> None:
    empty = rhythm.summarise(np.empty(0, np.int64), np.empty(0, np.int64), end=0)
    assert len(empty.count) == 0
    assert rhythm.fit(empty).leaving == pytest.approx(0.5)
