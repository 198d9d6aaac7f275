"""Whatever data a user brings: a problem that can be descended, or a sentence that says why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gdsim.engine.data import Data, data_of
from gdsim.engine.problems import PROBLEMS, Problem, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from tests.engine.strategies import problem_settings

FITTING = [cls for cls in PROBLEMS if cls.fits_data]
numbers = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 2.0, 1e-9, 1e9]),
    st.floats(-1e3, 1e3),
)


@st.composite
def odd_data(draw: st.DrawFn) -> Data:
    """Few samples, many alike: constant and collinear columns, one label only, large numbers."""
    size, columns = draw(st.integers(1, 7)), draw(st.sampled_from([1, 1, 2, 3]))
    column = st.lists(numbers, min_size=size, max_size=size)
    x = draw(st.lists(column, min_size=columns, max_size=columns))
    if columns > 1 and draw(st.booleans()):
        x[-1] = x[0]
    labels = st.lists(st.sampled_from([0.0, 1.0]), min_size=size, max_size=size)
    return data_of(x, draw(st.one_of(labels, column)))


@pytest.mark.parametrize("cls", FITTING, ids=lambda cls: cls.name)
@given(st.data())
@settings(
    max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_odd_data_are_fitted_or_refused(cls: type[Problem], data: Any) -> None:
    try:
        problem = make_problem(cls.name, data.draw(odd_data()), data.draw(problem_settings(cls)))
    except Fault as fault:
        said = str(fault)
        assert said.endswith(".")
        return
    start = np.array(problem.start)
    assert np.isfinite(problem.loss_at(start))
    assert np.isfinite(problem.gradient_at(start)).all()
    with np.errstate(all="ignore"):
        assert np.isfinite(problem.hessian(start)).all()
    assert 0.0 < problem.learning_rate < np.inf
    for low, high in problem.bounds():
        assert low < high
    for minimum in problem.minima:
        assert problem.loss_at(np.array(minimum)) <= problem.loss_at(start) * (1.0 + 1e-9) + 1e-9
    simulation = Simulation(problem, [make_run(problem), make_run(problem, "adam")])
    simulation.advance(20)
    assert np.isfinite(simulation.theta).all()
