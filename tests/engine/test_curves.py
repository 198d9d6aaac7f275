"""Functions of one variable: each tells the story that it is there for."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation


def path(name: str, optimizer: str = "gd", steps: int = 1000, **settings: float) -> Array:
    """x after each step from the problem's own start, at its own rate unless one is given."""
    problem = make_problem(name)
    return (
        Simulation(problem, [make_run(problem, optimizer, settings)]).advance(steps).theta[:, 0, 0]
    )


@pytest.mark.parametrize(("rate", "steps"), [(0.01, 297), (0.1, 27), (0.5, 1), (0.9, 27)])
def test_steps_on_the_parabola(rate: float, steps: int) -> None:
    x = path("parabola", learning_rate=rate)
    assert int(np.argmax(x * x < 1e-4)) + 1 == steps


def test_the_parabolas_threshold() -> None:
    assert set(np.abs(path("parabola", learning_rate=1.0))) == {4.0}
    far = np.abs(path("parabola", learning_rate=1.05, steps=20))
    assert (np.diff(far) > 0.0).all()


@pytest.mark.parametrize(
    ("name", "trap", "best"),
    [("double_well", 0.945649, -1.046681), ("wave", -2.760723, 0.0)],
)
def test_momentum_rolls_out_of_the_trap(name: str, trap: float, best: float) -> None:
    assert path(name)[-1] == pytest.approx(trap, abs=1e-4)
    assert path(name, "momentum")[-1] == pytest.approx(best, abs=1e-4)
    assert make_problem(name).minima[0][0] == pytest.approx(best, abs=1e-6)


def test_a_slope_that_never_fades_ends_in_a_bounce() -> None:
    x = path("absolute")
    assert set(np.round(np.abs(x[-10:]), 9)) == {0.1, 0.2}
    assert set(np.sign(x[-10:])) == {-1.0, 1.0}


def test_a_flat_bottom_is_neared_like_the_root_of_the_steps() -> None:
    x = np.abs(path("quartic", steps=10_000))
    assert x[-1] == pytest.approx(1.0 / np.sqrt(2.0 * 0.05 * 10_000), rel=0.05)


def test_the_plateau_holds_gradient_descent_and_not_adam() -> None:
    slow, fast = (path("plateau", name, 25) for name in ("gd", "adam"))
    assert abs(slow[-1]) > 2.5
    assert abs(fast[-1]) < 1.0
