"""BG/NBD and Gamma-Gamma of a million customers: fitted and scored in seconds, beside the package lifetimes.

    python -m bench.value_models [--customers 1000000]

Customers are invented as the two models say they are, up to three years old, with times in whole days. Both sides get
the same arrays, estimate the same seven parameters by maximum likelihood, and give each customer P(alive), expected
orders in 30, 90 and 365 days, and a value of twelve months; Guanxi gives its range as well. The wish is measured in
processor time, because the machine may do other things.

lifetimes 0.11.3 is installed into a throw-away environment with pip. Where that cannot be had, the baseline is plain
scipy in this file: the same likelihoods over every customer, minimised without gradients, scored by the closed forms.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np

from bench.harness import Clock, begin, finish, report

PACKAGES = ["lifetimes==0.11.3", "numpy<2", "pandas<2.2", "scipy<1.12"]
LIFETIMES = """
import json, sys, time, warnings
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
warnings.simplefilter("ignore")
data = np.load(sys.argv[1])
x, t_x, T, mean = (pd.Series(data[name]) for name in ("repeats", "last", "age", "mean"))
orders = x + 1.0
took = {}
def clock(name, work):
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    took[name] = [time.perf_counter() - wall, time.process_time() - cpu]
    return answer
buying = clock("fit", lambda: BetaGeoFitter().fit(x, t_x, T))
money = clock("spend", lambda: GammaGammaFitter().fit(orders, mean))
def score():
    buying.conditional_probability_alive(x, t_x, T)
    for days in (30, 90, 365):
        buying.conditional_expected_number_of_purchases_up_to_time(days, x, t_x, T)
    expected = money.conditional_expected_average_profit(orders, mean)
    last = 0.0
    value = 0.0
    for month in range(1, 13):
        now = buying.conditional_expected_number_of_purchases_up_to_time(month * 365 / 12, x, t_x, T)
        value, last = value + expected * (now - last) / 1.01**month, now
    return value
value = clock("score", score)
values = [float(buying.params_[n]) for n in ("r", "alpha", "a", "b")] + [float(money.params_[n]) for n in "pqv"]
print(json.dumps({"took": took, "values": values, "worth": float(np.nansum(value))}))
"""
PLAIN = """
import json, sys, time, warnings
import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1
warnings.simplefilter("ignore")
data = np.load(sys.argv[1])
x, t_x, T, mean = (data[name] for name in ("repeats", "last", "age", "mean"))
orders = x + 1.0
took = {}
def clock(name, work):
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    took[name] = [time.perf_counter() - wall, time.process_time() - cpu]
    return answer
def odds(v):
    r, alpha, a, b = v
    return np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x), 0.0)
def buying_loss(logs):
    r, alpha, a, b = v = np.exp(logs)
    ll = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    return -np.mean(ll - (r + x) * np.log(alpha + T) + np.log1p(odds(v)))
def money_loss(logs):
    p, q, v = np.exp(logs)
    ll = gammaln(p * orders + q) - gammaln(p * orders) - gammaln(q) + q * np.log(v) + (p * orders - 1) * np.log(mean)
    return -np.mean(ll + p * orders * np.log(orders) - (p * orders + q) * np.log(v + orders * mean))
tight = {"xatol": 1e-5, "fatol": 1e-10, "maxiter": 2000}
best = lambda loss, start: np.exp(minimize(loss, np.log(start), method="Nelder-Mead", options=tight).x)
buying = clock("fit", lambda: best(buying_loss, [0.5, T.mean(), 1, 3]))
money = clock("spend", lambda: best(money_loss, [4, 4, mean.mean()]))
def expected(t):
    r, alpha, a, b = buying
    power = ((alpha + T) / (alpha + T + t)) ** (r + x)
    whole = 1 - power * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
    return (a + b + x - 1) / (a - 1) * whole / (1 + odds(buying))
def score():
    [1 / (1 + odds(buying)), *(expected(days) for days in (30, 90, 365))]
    p, q, v = money
    z = p * (v + orders * mean) / (p * orders + q - 1)
    last, value = 0.0, 0.0
    for month in range(1, 13):
        now = expected(month * 365 / 12)
        value, last = value + z * (now - last) / 1.01**month, now
    return value
value = clock("score", score)
print(json.dumps({"took": took, "values": [*buying, *money], "worth": float(np.nansum(value))}))
"""


def invent(customers: int) -> dict[str, np.ndarray]:
    """BG/NBD with the parameters of CDNOW in days, Gamma-Gamma with its own."""
    draw = np.random.default_rng(20260510)
    age = draw.integers(0, 1095, customers).astype(float)
    rate, leave = draw.gamma(0.243, 4.414 * 7, customers) / (4.414 * 7) ** 2, draw.beta(0.793, 2.426, customers)
    repeats, last = np.zeros(customers, np.int64), np.zeros(customers)
    now, here = np.zeros(customers), np.arange(customers)
    while len(here):
        now[here] += draw.exponential(1 / np.maximum(rate[here], 1e-12))
        here = here[now[here] <= age[here]]
        repeats[here] += 1
        last[here] = now[here]
        here = here[draw.random(len(here)) >= leave[here]]
    last = np.ceil(last)
    mean = draw.gamma(6.25 * (repeats + 1)) / draw.gamma(3.74, 1 / 1544.0, customers) / (repeats + 1)
    return {"repeats": repeats, "last": np.minimum(last, age), "age": age, "mean": mean}


def ours(data: dict[str, np.ndarray]) -> tuple[dict[str, Clock], list[float], float]:
    from guanxi.analytics.models.buying import fitting, lifetime, spend
    from guanxi.analytics.models.buying.beta_geometric import BetaGeometric
    from guanxi.analytics.models.buying.histories import Histories

    took: dict[str, Clock] = {}
    with Clock() as took["fit"]:
        histories = Histories.group(data["repeats"], data["last"], data["age"])
        fit = fitting.fit(BetaGeometric(), histories)
    orders = data["repeats"] + 1.0
    with Clock() as took["spend"]:
        money = spend.fit(orders, data["mean"])
    with Clock() as took["score"]:
        histories.per_customer(fit.model.alive(fit.values, histories))
        for days in (30.0, 90.0, 365.0):
            histories.per_customer(fit.model.expected(fit.values, histories, days))
        horizon = lifetime.Horizon(12, 365 / 12, 0.01)
        worth = lifetime.worth(fit, histories, money, orders=orders, mean=data["mean"], horizon=horizon)
    print(f"{len(histories.repeats):,} distinct histories of {histories.size:,} customers", flush=True)
    return took, [*map(float, fit.values), *map(float, money.values)], float(worth.value.sum())


def theirs(data: dict[str, np.ndarray], folder: Path) -> tuple[str, dict[str, list[float]], list[float], float]:
    np.savez(folder / "data.npz", **data)
    name, python, program = "lifetimes", folder / "venv" / "bin" / "python", LIFETIMES
    try:
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        name, python, program = "plain scipy", Path(sys.executable), PLAIN
    done = subprocess.run([python, "-c", program, folder / "data.npz"], check=True, stdout=subprocess.PIPE)
    answer = json.loads(done.stdout.splitlines()[-1])
    return name, answer["took"], answer["values"], answer["worth"]


def main() -> None:
    options = begin(__doc__, customers=1_000_000)
    data = invent(options.customers)
    took, values, worth = ours(data)
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        name, base, base_values, base_worth = theirs(data, Path(folder))
    print("parameters:", *(f"{value:.4g}" for value in values), "· worth", f"{worth:,.0f}")
    print(f"of {name}:", *(f"{value:.4g}" for value in base_values), "· worth", f"{base_worth:,.0f}", flush=True)
    for part, said in (("fit", "BG/NBD: fit"), ("spend", "Gamma-Gamma: fit"), ("score", "scores and values")):
        report(f"{said}, processor", took[part].cpu, "s", baseline=base[part][1], of=name)
    seconds, cpu = (sum(getattr(clock, kind) for clock in took.values()) for kind in ("seconds", "cpu"))
    base_seconds, base_cpu = (sum(part[kind] for part in base.values()) for kind in (0, 1))
    limit = 5 * max(options.customers, 200_000) / 1_000_000
    report("customer value: all of it, elapsed", seconds, "s", baseline=base_seconds, of=name)
    met = cpu <= limit and cpu * 20 <= base_cpu
    report(
        "customer value: all of it, processor",
        cpu,
        "s",
        baseline=base_cpu,
        of=name,
        goal="5 s a million, 0.05",
        met=met,
    )
    finish(options)


if __name__ == "__main__":
    main()
