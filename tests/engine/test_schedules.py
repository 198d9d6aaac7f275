"""Schedules that no framework has, against their closed forms."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from gdsim.engine.plan import MOST_STEPS, plan_of
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation

ARTICLE = make_problem("article")


def rates(steps: int, base: float, schedule: str, **settings: object) -> list[float]:
    """What a real run's updates used, step by step."""
    run = make_run(ARTICLE, "gd", {"learning_rate": base}, schedule, settings)
    simulation = Simulation(ARTICLE, [run])
    return [simulation.rates(0)[0], *simulation.advance(steps - 1).rate[:, 0].tolist()]


def wsd(k: int, base: float, w: int, s: int, d: int, floor: float, root: bool) -> float:
    if k < w:
        return base * k / w
    if k <= w + s:
        return base
    if k >= w + s + d:
        return floor
    u = (k - w - s) / d
    return floor + (base - floor) * (1 - math.sqrt(u) if root else 1 - u)


@pytest.mark.parametrize("alpha", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("shape", ["linear", "sqrt"])
@pytest.mark.parametrize("lengths", [(7, 20, 13), (1, 1, 1), (1, 30, 40)])
def test_warm_up_stable_decay(lengths: tuple[int, int, int], shape: str, alpha: float) -> None:
    w, s, d = lengths
    found = rates(
        80, 0.03, "wsd", warmup_steps=w, stable_steps=s, decay_steps=d, shape=shape, alpha=alpha
    )
    wanted = [wsd(k, 0.03, w, s, d, 0.03 * alpha, shape == "sqrt") for k in range(80)]
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-17)
    assert found[-1] == alpha * 0.03  # not nearly: a run that ends at 0 stands still
    assert max(found) == 0.03


def test_nothing_before_the_fall_depends_on_the_length() -> None:
    """So a run can be prolonged: the long one goes the way of the short one until that falls."""
    short = rates(60, 0.05, "wsd", warmup_steps=5, stable_steps=30, decay_steps=10)
    long = rates(60, 0.05, "wsd", warmup_steps=5, stable_steps=50, decay_steps=10)
    assert short[:36] == long[:36]
    assert short[36] < long[36]


def test_a_plan_of_a_billion_steps_is_looked_at_evenly_and_takes_no_room() -> None:
    """The window's limit goes so far; its step numbers alone would be 8 GB."""
    run = make_run(ARTICLE, "gd", {"learning_rate": 0.01}, "cosine", {"decay_steps": 10**9})
    tracemalloc.start()
    plan = plan_of(run, 10**9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    assert (plan.steps[0], plan.steps[-1]) == (0, 10**9 - 1)
    assert len(plan.steps) == MOST_STEPS
    assert plan.peak == 0.01
