"""When a run came within the tolerance for good, and when it left the limit for good."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.arrival import arrival, departure
from gdsim.engine.history import Trace
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.runtime.session import Session
from tests.setups import setup_of


def trace(*losses: float) -> Trace:
    rows = np.array([[0.1, loss, 0.0] for loss in losses])
    return Trace(np.arange(len(losses)), rows, object())


@pytest.mark.parametrize(
    ("losses", "step"),
    [
        ((5.0, 1.02, *[1.005] * 17), 2),
        ((5.0, 1.005, 1.5, *[1.001] * 17), 3),  # it left again: only the last arrival counts
        ((5.0, *[1.005] * 17, 1.5), None),
        ((1.0, 1.0), 0),
        ((5.0, float("nan"), *[1.0] * 17), 2),
        ((5.0, *[1.0] * 16), None),  # what swings may only come by
        ((*[5.0] * 600, *[1.0] * 30), None),
        ((*[5.0] * 600, *[1.0] * 31), 600),
    ],
)
def test_arrived_is_who_stays(losses: tuple[float, ...], step: int | None) -> None:
    assert arrival(trace(*losses), 1.0) == step


def test_a_swing_that_comes_by_has_not_arrived() -> None:
    # Heavy ball 0.9 on the article, α 0.0423: 0.0021 above the minimum at step 65, 0.031 at 66,
    # below 0.01 from 79 on.
    problem = make_problem("article")
    session = Session(setup_of(problem, make_run(problem, "momentum", {"learning_rate": 0.0423})))
    found = set()
    for step in range(60, 120):
        session.go(step)
        found.add(arrival(session.snapshot(1, False, 0.0).runs[0].trace, 0.56))
    assert found == {None, 79}


def test_left_is_who_does_not_come_back() -> None:
    far = 1e300
    assert departure(trace(1.0, 2.0, far, far)) == 2
    assert departure(trace(1.0, far, 2.0)) is None
    assert departure(trace(1.0, far, 2.0, far)) == 3
    assert departure(trace(1.0, float("inf"))) == 1


def test_the_articles_runs_arrive_where_the_default_demonstration_says() -> None:
    problem = make_problem("article")
    assert problem.least_loss == pytest.approx(0.56)
    runs = [make_run(problem, name, {"learning_rate": 0.01}) for name in ("gd", "momentum")]
    session = Session(setup_of(problem, *runs))
    session.go(620)
    shown = session.snapshot(1, False, 0.0)
    assert [arrival(run.trace, 0.56) for run in shown.runs] == [548, 76]
