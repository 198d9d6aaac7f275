"""What verdicts say of the steps that follow, against these steps: python -m tests.trials.foretold.

Problems × methods × rates × steps; each method at small shares of its usual rate too. A pace ('some
N steps for each factor of 10') is held against the first and the last of the following steps at
which the distance to where the run ends is above a tenth of what it was; how many times α a minimum
is away against the distance; any other number of steps to come against those until the distance is
within a hundredth. Printed are how many were said, and those that were off by more than a factor of
`SHARE`, a distance by more than its two digits.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace

import numpy as np

from gdsim.engine.account import Account, proceed
from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run, make_run
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
SMALL = (1e-6, 1e-5, 1e-4, 1e-3, 5e-3)
"""Shares of the usual rates, at which most of the way lies before a run."""
RUNS = (*METHODS, *((name, share * rate) for name, rate in METHODS for share in SMALL))
STEPS = (5, 10, 20, 50, 100, 200, 400, 800)
END = 40_000
Span = tuple[float, float]
SHARE = 2.5


def main() -> int:
    """Print what was counted; 1 where anything was off."""
    said: Counter[str] = Counter()
    off: Counter[str] = Counter()
    for name in PROBLEMS:
        problem = make_problem(name, None, {})
        for method, rate in RUNS:
            share = problem.learning_rate if method in ("gd", "momentum", "nesterov") else 1.0
            run = make_run(problem, method, {"learning_rate": rate * share})
            way = _way(problem, run)
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
                if kind == "away":
                    far = _away(problem, way[step]) / run.learning_rate
                    found: Span | None = (far * SHARE * 0.94, far / SHARE * 1.06)
                else:
                    factor = 10.0 if kind == "pace" else 100.0
                    found = _really(problem, run, way, step, factor)
                if found is None:
                    said[f"{kind}, not followed"] += 1
                    continue
                said[kind] += 1
                first, last = found
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
        ("away", f"is some {number} times α away"),
        ("steps to come", f"{number} (?:more )?steps"),
    ):
        found = re.search(pattern, told)
        if found:
            digits, _, power = found[1].partition("×10")
            exponent = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) or "0"
            return kind, float(digits) * 10.0 ** int(exponent)
    return "", 0.0


def _away(problem: Problem, theta: Array) -> float:
    """The greatest distance of a parameter from the nearest minimum."""
    return float(np.abs(np.array(problem.minima) - theta).max(axis=1).min())


def _really(problem: Problem, run: Run, way: Array, step: int, factor: float) -> Span | None:
    """How many steps later the distance to the end is within 1/factor of what it is: the first
    time, and from then on for good.

    A run that is not there after `END` steps goes so slowly that it follows the flow: a hundred
    times the rate takes a hundredth of the steps. None where no such run comes to an end either.
    """
    for times in (1.0, 1e2, 1e3, 1e4, 1e5):
        if times > 1.0:
            if run.learning_rate * times > 0.2 * problem.learning_rate:
                return None
            settings = replace(run.settings, learning_rate=run.learning_rate * times)
            faster = replace(run, settings=settings, start=tuple(way[step].tolist()))
            way, step = _way(problem, faster), 0
        distance = np.sqrt(((way[step:] - way[-1]) ** 2).sum(axis=1))
        near = distance <= distance[0] / factor
        still = distance[-1000:].max() <= 1e-3 * distance[0]
        if still or (run.learning_rate * times > 0.1 * problem.learning_rate and near.any()):
            outside = np.flatnonzero(~near)
            last = float(outside[-1] + 1 if len(outside) else 0)
            return times * float(np.argmax(near)), times * last
    return None


def _way(problem: Problem, run: Run) -> Array:
    whole = Simulation(problem, [run]).advance(END)
    return np.concatenate([np.array(run.start)[None], whole.theta[:, :, 0]])


if __name__ == "__main__":
    sys.exit(main())
