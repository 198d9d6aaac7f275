"""Losses, gradients and curvatures of all problems against each other and against known minima."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gdsim.engine.arrays import Array
from gdsim.engine.problems import PROBLEMS, Problem, Surface, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation
from tests.engine.strategies import problem_settings

NAMES = [cls.name for cls in PROBLEMS]
FLAT = ("ackley", "absolute", "quartic")  # a kink, or no curvature at the very bottom
SURFACES = [cls.name for cls in PROBLEMS if issubclass(cls, Surface)]

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
    "goldstein_price": ((0.0, 0.0), 600.0),
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


problems = pytest.mark.parametrize("cls", PROBLEMS, ids=lambda cls: cls.name)
SAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def problem_and_point(draw: st.DrawFn, cls: type[Problem]) -> tuple[Problem, Array]:
    """Any settings that the class allows, and a point where its view begins.

    Round parts of a view would meet the kinks of losses squarely; these odd ones do not.
    """
    problem = make_problem(cls.name, None, draw(problem_settings(cls)))
    share = draw(st.lists(st.floats(0.1, 0.9), min_size=4, max_size=4))
    ranges = enumerate(problem.bounds())
    odd = 0.01 * np.sin(np.arange(1, 1 + len(problem.parameters)))
    point = [low + (high - low) * share[i % 4] for i, (low, high) in ranges]
    return problem, np.array(point) + odd


def slopes(of: Callable[[Array], Any], point: Array, h: float) -> Array:
    """Central differences with the step `h`: (parameters, …)."""
    ways = np.eye(len(point)) * h
    return np.array([(np.array(of(point + w)) - np.array(of(point - w))) / (2 * h) for w in ways])


@problems
@given(st.data())
@SAMPLES
def test_slope_and_curvature_are_those_of_the_loss(cls: type[Problem], data: st.DataObject) -> None:
    problem, point = data.draw(problem_and_point(cls))
    for exact, of in (
        (problem.gradient_at(point), problem.loss_at),
        (problem.hessian(point), problem.gradient_at),
    ):
        # Differences say nothing across a kink, which two steps of different size betray.
        wide, narrow = (slopes(of, point, h) for h in (2e-5, 1e-5))
        size = 1.0 + float(np.abs(of(point)).max()) + float(np.abs(exact).max())
        assume(np.abs(wide - narrow).max() < 1e-5 * size)
        np.testing.assert_allclose(exact, narrow, rtol=1e-5, atol=2e-6 * size)


@problems
@given(st.data())
@settings(SAMPLES, max_examples=10)
def test_runs_have_the_same_bits_alone_and_among_many(
    cls: type[Problem], data: st.DataObject
) -> None:
    problem, point = data.draw(problem_and_point(cls))
    lanes = np.stack([point, *(0.5 * point + 0.01 * k for k in range(69))], axis=1)
    together, alone = np.empty_like(lanes), np.empty((len(point), 1))
    with np.errstate(all="ignore"):
        problem.gradient(lanes, together)
        losses = problem.loss(lanes)
        for lane in (0, 1, 57):
            column = np.ascontiguousarray(lanes[:, lane : lane + 1])
            problem.gradient(column, alone)
            np.testing.assert_array_equal(alone[:, 0], together[:, lane])
            assert problem.loss(column)[0] == losses[lane]


@given(st.floats(-360.0, 360.0), st.sampled_from(SURFACES))
def test_a_turned_surface_is_the_same_surface(angle: float, name: str) -> None:
    plain, turned = make_problem(name), make_problem(name, None, {"angle": angle})
    for problem in (plain, turned):
        for (low, high), value in zip(problem.bounds(), problem.start, strict=True):
            assert low < value < high
    assert turned.loss_at(np.array(turned.start)) == pytest.approx(
        plain.loss_at(np.array(plain.start)), rel=1e-9, abs=1e-9
    )
    for one, other in zip(plain.minima, turned.minima, strict=True):
        assert turned.loss_at(np.array(other)) == pytest.approx(
            plain.loss_at(np.array(one)), abs=1e-9
        )
    values = [np.linalg.eigvalsh(p.hessian(np.array(p.start))) for p in (plain, turned)]
    np.testing.assert_allclose(values[0], values[1], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ["gd", "momentum", "nesterov"])
def test_a_turned_ravine_is_descended_alike(name: str) -> None:
    """Methods of one rate for all parameters do not feel the turn; Adam does (see facts)."""
    ends = []
    for angle in (0.0, 45.0):
        problem = make_problem("ravine", None, {"angle": angle})
        run = make_run(problem, name, {"learning_rate": 0.01})
        ends.append(Simulation(problem, [run]).advance(100).loss[:, 0])
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_minima_are_flat_and_in_view(name: str) -> None:
    problem = make_problem(name)
    for minimum in problem.minima:
        point = np.array(minimum)
        assert np.abs(problem.gradient_at(point)).max() < 1e-11
        hessian = problem.hessian(point)
        assert name in FLAT or np.linalg.eigvalsh(hessian)[0] > 0.0
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
    walls = make_problem("goldstein_price")
    minima = {(0.0, -1.0): 3.0, (-0.6, -0.4): 30.0, (1.8, 0.2): 84.0, (1.2, 0.8): 840.0}
    for minimum, depth in minima.items():
        assert walls.loss_at(np.array(minimum)) == pytest.approx(depth, rel=1e-12)
        assert np.abs(walls.gradient_at(np.array(minimum))).max() < 1e-9
        assert np.linalg.eigvalsh(walls.hessian(np.array(minimum)))[0] > 0.0


def test_the_rate_that_the_wall_bears_crawls_on_the_floor() -> None:
    walls = make_problem("goldstein_price")
    simulation = Simulation(walls, [make_run(walls), make_run(walls, settings={"lr": 2e-5})])
    loss = simulation.advance(1000).loss
    assert loss[99, 0] < 1e-3 * walls.loss_at(np.array(walls.start))  # down the wall in no time,
    assert loss[-1, 0] > 1.01 * 3.0  # and not there yet at the end
    assert not simulation.alive[1]  # what is a hundredth of the floor's limit leaves by the wall


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
