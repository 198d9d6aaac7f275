"""The scale of adaptive methods, read off the state that they really have."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation

EVERY = [(cls.name, convention) for cls in OPTIMIZERS for convention in cls.conventions or ("",)]


def state_of(simulation: Simulation) -> dict[str, Array]:
    (lane,) = simulation.lanes()
    return {key: value[:, 0] for key, value in (lane.state or {}).items()}


@pytest.mark.parametrize(("name", "convention"), EVERY)
@pytest.mark.parametrize("steps", [1, 2, 30])
def test_it_is_known_of_the_state_after_every_step(name: str, convention: str, steps: int) -> None:
    problem = make_problem("article")
    run = make_run(problem, name, {"learning_rate": 0.01}, convention=convention or None)
    simulation = Simulation(problem, [run])
    simulation.advance(steps)
    state = state_of(simulation)
    scale = run.method.preconditioner(state, steps)
    if scale is None:
        return
    assert np.isfinite(scale).all()
    assert (scale > 0.0).all()
    if steps == 1 and name not in ("yogi", "adabelief"):
        # The first average of the gradient is the gradient: θ moves by α g/P.
        before = np.array(run.start)
        gradient = np.empty((2, 1))
        problem.gradient(before[:, None], gradient)
        moved = before - simulation.theta[:, 0]
        rate = run.learning_rate
        assert moved == pytest.approx(rate * gradient[:, 0] / scale, rel=1e-5), scale


def test_the_adaptive_methods_have_one() -> None:
    problem = make_problem("article")
    for name in ("adam", "adamw", "amsgrad", "adamax", "adabelief", "rmsprop", "adagrad"):
        run = make_run(problem, name)
        simulation = Simulation(problem, [run])
        simulation.advance(1)
        assert run.method.preconditioner(state_of(simulation), 1) is not None, name
