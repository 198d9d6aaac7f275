"""Lookahead against plain loops, its limits, and the theory of its critical rate."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.optimizers.lookahead import INNER, Lookahead
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation

Step = Callable[[list[float], list[float], float, int], list[float]]


def descent(theta: list[float], g: list[float], rate: float, t: int) -> list[float]:
    return [p - rate * d for p, d in zip(theta, g, strict=True)]


def momentum() -> Step:
    v = [0.0, 0.0]

    def step(theta: list[float], g: list[float], rate: float, t: int) -> list[float]:
        v[:] = [0.9 * a + d for a, d in zip(v, g, strict=True)]
        return [p - rate * a for p, a in zip(theta, v, strict=True)]

    return step


def adam() -> Step:
    m, v = [0.0, 0.0], [0.0, 0.0]

    def step(theta: list[float], g: list[float], rate: float, t: int) -> list[float]:
        m[:] = [0.9 * a + 0.1 * d for a, d in zip(m, g, strict=True)]
        v[:] = [0.999 * a + 0.001 * d * d for a, d in zip(v, g, strict=True)]
        return [
            p - rate * (a / (1 - 0.9**t)) / (math.sqrt(b / (1 - 0.999**t)) + 1e-8)
            for p, a, b in zip(theta, m, v, strict=True)
        ]

    return step


def plain(
    problem: Problem, step: Step, rates: list[float], k: int, s: float, start: tuple[float, ...]
) -> Array:
    """Two nested loops, as in the paper's Algorithm 1: (steps, parameters)."""
    slow, fast, rows, t = list(start), list(start), [], 0
    while t < len(rates):
        for _ in range(k):
            t += 1
            if t > len(rates):
                break
            fast = step(fast, problem.gradient_at(np.array(fast)).tolist(), rates[t - 1], t)
            rows.append(fast)
        else:
            slow = [p + s * (f - p) for p, f in zip(slow, fast, strict=True)]
            fast = rows[-1] = list(slow)
    return np.array(rows)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize(("k", "s"), [(5, 0.5), (6, 0.8), (1, 0.3), (7, 1.0)])
@pytest.mark.parametrize(
    ("inner", "make"), [("gd", lambda: descent), ("momentum", momentum), ("adam", adam)]
)
def test_it_is_the_papers_two_loops(
    inner: str, make: Callable[[], Step], k: int, s: float, schedule: str
) -> None:
    problem = make_problem("rosenbrock")
    settings = {"lr": 5e-4, "inner": inner, "sync_period": k, "slow_step": s}
    run = make_run(problem, "lookahead", settings, schedule)
    found = Simulation(problem, [run]).advance(150).theta[:, :, 0]
    rates = run.rate_schedule.rate(5e-4, np.arange(150)).tolist()
    np.testing.assert_allclose(found, plain(problem, make(), rates, k, s, run.start), rtol=1e-11)


@pytest.mark.parametrize("inner", INNER)
def test_until_the_slow_weights_follow_it_is_the_inner_method(inner: str) -> None:
    """Bit for bit, with its defaults, clocks, curvature and all; and the next step it is not."""
    problem = make_problem("article")
    both = [
        make_run(problem, name, {"lr": 0.003, **settings}, "exponential", {}, Sampling(2))
        for name, settings in (("lookahead", {"inner": inner, "sync_period": 40}), (inner, {}))
    ]
    theta = Simulation(problem, both).advance(40).theta
    np.testing.assert_array_equal(theta[:39, :, 0], theta[:39, :, 1])
    half = 0.5 * (np.array(both[0].start) + theta[39, :, 1])
    np.testing.assert_allclose(theta[39, :, 0], half, rtol=1e-14)


@pytest.mark.parametrize(("k", "s"), [(5, 0.5), (1, 0.5), (3, 0.8), (4, 0.5), (5, 1.0)])
def test_the_critical_rate_of_descent_within(k: int, s: float) -> None:
    """On ½(x² + κy²) just below it shrinks, just above it grows."""
    problem = make_problem("ravine")
    settings = {"inner": "gd", "sync_period": k, "slow_step": s}
    method = make_run(problem, "lookahead", settings).method
    factor = method.stability_factor()
    assert factor is not None
    rates = [factor * share / 100.0 for share in (0.99, 1.01)]
    runs = [make_run(problem, "lookahead", {"lr": rate, **settings}) for rate in rates]
    y = np.abs(Simulation(problem, runs).advance(60 * k).theta[k - 1 :: k, 1])
    assert y[-1, 0] < 0.9 * y[0, 0]
    assert y[-1, 1] > 1.1 * y[0, 1]


def test_what_has_no_constant_critical_rate_has_none() -> None:
    problem = make_problem("ravine")
    for inner in INNER:
        factor = make_run(problem, "lookahead", {"inner": inner}).method.stability_factor()
        assert (factor is not None) == (inner == "gd")


def test_it_goes_over_whatever_is_registered_but_what_averages_by_itself() -> None:
    assert {"adamw", "rprop", "newton", "lamb"} <= set(INNER)
    assert not {"lookahead", "schedule_free_adamw", "sgd"} & set(INNER)
    assert Lookahead([Lookahead.Settings()]).inner.name == "momentum"
