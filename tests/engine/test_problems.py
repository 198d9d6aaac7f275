"""Losses, gradients and curvatures of all problems against each other and against known minima."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation

NAMES = [cls.name for cls in PROBLEMS if cls.name != "linear"]

VALUES = {
    # (point, loss), from the formulas by hand.
    "sphere": ((3.0, 4.0), 25.0),
    "booth": ((0.0, 0.0), 74.0),
    "matyas": ((1.0, 1.0), 0.04),
    "saddle": ((2.0, 1.0), 3.0),
    "gentle_saddle": ((2.0, 2.0), 4.0),
    "rosenbrock": ((-1.2, 1.0), 24.2),
    "beale": ((0.0, 0.0), 14.203125),
    "himmelblau": ((0.0, 0.0), 170.0),
    "rastrigin": ((0.5, 0.5), 40.5),
    "camel": ((1.0, 1.0), 2.0 - 1.05 + 1.0 / 6.0 + 2.0),
    "styblinski_tang": ((1.0, 2.0), -24.0),
    "quadratic": ((1.0, 1.0), 50.5),
}


@pytest.mark.parametrize("name", VALUES)
def test_value_at_a_point(name: str) -> None:
    point, loss = VALUES[name]
    assert make_problem(name).loss_at(np.array(point)) == pytest.approx(loss, rel=1e-14)


def test_ackley_far_out_and_at_its_kink() -> None:
    ackley = make_problem("ackley")
    assert ackley.loss_at(np.zeros(2)) == 0.0
    np.testing.assert_array_equal(ackley.gradient_at(np.zeros(2)), 0.0)
    # At whole numbers the waves are at their top: 20(1 − e^(−0.2 r)).
    assert ackley.loss_at(np.array([1.0, 1.0])) == pytest.approx(20 - 20 * np.exp(-0.2), rel=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_slope_and_curvature_are_those_of_the_loss(name: str) -> None:
    problem = make_problem(name)
    generator, h = np.random.default_rng(1), 1e-5
    bounds = np.array(problem.bounds())
    for _ in range(5):
        point = generator.uniform(bounds[:, 0], bounds[:, 1]) * 0.8
        slope, hessian = problem.gradient_at(point), problem.hessian(point)
        for i, way in enumerate(np.eye(2) * h):
            rise = (problem.loss_at(point + way) - problem.loss_at(point - way)) / (2 * h)
            assert slope[i] == pytest.approx(rise, rel=1e-5, abs=1e-4)
            bend = (problem.gradient_at(point + way) - problem.gradient_at(point - way)) / (2 * h)
            np.testing.assert_allclose(hessian[i], bend, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_minima_are_flat_and_in_view(name: str) -> None:
    problem = make_problem(name)
    for minimum in problem.minima:
        point = np.array(minimum)
        assert np.abs(problem.gradient_at(point)).max() < 1e-11
        hessian = problem.hessian(point)
        assert name == "ackley" or np.linalg.eigvalsh(hessian)[0] > 0.0
        for (low, high), value in zip(problem.bounds(), minimum, strict=True):
            assert low < value < high
    for (low, high), value in zip(problem.bounds(), problem.start, strict=True):
        assert low < value < high


def test_known_depths() -> None:
    tang = make_problem("styblinski_tang")
    assert tang.loss_at(np.array(tang.minima[0])) == pytest.approx(-78.3323, abs=5e-5)
    camel = make_problem("camel")
    trap = np.array([1.7476, -0.8738])
    assert camel.loss_at(trap) == pytest.approx(0.2986, abs=5e-5)
    assert np.abs(camel.gradient_at(trap)).max() < 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_first_rate_goes_down(name: str) -> None:
    problem = make_problem(name)
    simulation = Simulation(problem, [make_run(problem, "gd")])
    before = float(simulation.loss[0])
    simulation.advance(200)
    assert simulation.alive[0]
    assert simulation.loss[0] < before


@pytest.mark.parametrize(
    ("name", "settings", "steps"),
    [
        ("gd", {}, 349),
        ("rmsprop", {"rho": 0.99}, 17),
        ("nesterov", {}, 67),
        ("momentum", {}, 72),
        ("adam", {}, 77),
        ("adagrad", {}, 1263),
    ],
)
def test_steps_to_leave_the_saddle(name: str, settings: dict[str, float], steps: int) -> None:
    saddle = make_problem("saddle")
    run = make_run(saddle, name, settings)
    y = Simulation(saddle, [run]).advance(1500).theta[:, 1, 0]
    assert int(np.argmax(np.abs(y) > 1.0)) + 1 == steps


def test_gradient_descent_never_leaves_the_ridge() -> None:
    saddle = make_problem("saddle")
    theta = Simulation(saddle, [make_run(saddle, "gd", start=(1.5, 0.0))]).advance(2000).theta
    np.testing.assert_array_equal(theta[:, 1, 0], 0.0)
