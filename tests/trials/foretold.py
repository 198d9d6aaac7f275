"""What verdicts say of the steps that follow, against these steps: python -m tests.trials.foretold.

Problems × methods × rates × steps. A pace ('some N steps for each factor of 10') is held against
the first and the last of the following steps at which the distance to where the run ends is above a
tenth of what it was; 'about N more steps of α' against those until the loss is within a hundredth.
Printed are how many were said, and those that were off by more than a factor of `SHARE`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter

import numpy as np

from gdsim.engine.account import Account, proceed
from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation
from gdsim.engine.verdict import verdict_at

PROBLEMS = (
    "article", "quadratic", "rosenbrock", "sphere", "booth", "matyas", "beale", "parabola",
    "absolute", "quartic", "himmelblau", "logistic", "polynomial", "styblinski_tang",
)  # fmt: skip
METHODS = (
    ("gd", 0.1), ("gd", 1.0), ("gd", 4.0), ("momentum", 1.0), ("momentum", 4.0), ("nesterov", 1.0),
    ("adam", 0.05), ("adam", 0.5), ("rmsprop", 0.01), ("rmsprop", 0.05), ("adagrad", 0.1),
    ("adagrad", 0.5), ("nadam", 0.05), ("amsgrad", 0.1), ("adadelta", 1.0), ("adamax", 0.1),
    ("rprop", 0.01), ("adabelief", 0.05), ("yogi", 0.05), ("lion", 0.01), ("radam", 0.05),
)  # fmt: skip
"""Rates of the first six are shares of the problem's own."""
STEPS = (5, 10, 20, 50, 100, 200, 400, 800)
END = 40_000
SHARE = 2.5


def main() -> int:
    """Print what was counted; 1 where anything was off."""
    said: Counter[str] = Counter()
    off: Counter[str] = Counter()
    for name in PROBLEMS:
        problem = make_problem(name, None, {})
        for method, rate in METHODS:
            share = problem.learning_rate if method in ("gd", "momentum", "nesterov") else 1.0
            run = make_run(problem, method, {"learning_rate": rate * share})
            whole = Simulation(problem, [run]).advance(END)
            way = np.concatenate([np.array(run.start)[None], whole.theta[:, :, 0]])
            if not np.isfinite(way).all():
                continue
            simulation, account = Simulation(problem, [run]), Account(problem, run)
            account.take(simulation.now(), 0)
            for step in STEPS:
                proceed(simulation, [account], step - simulation.step)
                told = str(verdict_at(account, step).sentence)
                kind, count = _foretold(told)
                if not kind:
                    continue
                said[kind] += 1
                first, last = _really(way, step, 10.0 if kind == "pace" else 100.0)
                if not first / SHARE - 1.0 <= count <= last * SHARE + 1.0:
                    off[kind] += 1
                    print(f"{name} {method} {rate:g} step {step}: {told} – {first} to {last}")
    for kind, count in said.items():
        print(f"{kind}: said {count}, off by more than {SHARE:g}: {off[kind]}")
    return bool(off)


def _foretold(told: str) -> tuple[str, float]:
    number = r"([\d.]+(?:×10[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"
    for kind, pattern in (
        ("pace", f"some {number} steps? for each"),
        ("α", f"about {number} more"),
    ):
        found = re.search(pattern, told)
        if found:
            digits, _, power = found[1].partition("×10")
            exponent = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) or "0"
            return kind, float(digits) * 10.0 ** int(exponent)
    return "", 0.0


def _really(way: Array, step: int, factor: float) -> tuple[float, float]:
    """How many steps later the distance to the end is within 1/factor of what it is: the first
    time, and from then on for good."""
    distance = np.sqrt(((way[step:] - way[-1]) ** 2).sum(axis=1))
    near = distance <= distance[0] / factor
    if not near.any():
        return float(END), float("inf")
    outside = np.flatnonzero(~near)
    return float(np.argmax(near)), float(outside[-1] + 1 if len(outside) else 0)


if __name__ == "__main__":
    sys.exit(main())
