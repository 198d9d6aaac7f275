"""Before its first step a method that scales its steps has no scale yet, and no limit is told."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation
from gdsim.engine.why import scaled_limit


@pytest.mark.parametrize("method", ["adam", "rmsprop", "adagrad", "amsgrad"])
def test_no_limit_is_told_of_an_empty_state(method: str) -> None:
    problem = make_problem("article")
    run = make_run(problem, method, {"learning_rate": 0.1})
    simulation = Simulation(problem, [run])
    theta = np.array(run.start)
    here = curvature_at(problem, theta)
    empty = {name: np.zeros(2) for name in ("m", "v", "average")}
    assert scaled_limit(run, here, empty, 0) is None
    assert scaled_limit(run, here, {}, 0) is None
    simulation.advance(30)
    (lane,) = simulation.lanes()
    assert lane.state is not None
    state = {name: array[:, 0] for name, array in lane.state.items()}
    limit = scaled_limit(run, curvature_at(problem, lane.theta), state, 30)
    assert limit is not None
    assert limit > 1e-3  # with ε alone in P it was 10⁻⁸
