"""Polynomial and logistic regression, and made data, against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gdsim.engine.data import data_of
from gdsim.engine.forecast import forecast
from gdsim.engine.generators import GENERATORS
from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.engine.problems.polynomial import PolynomialRegression
from gdsim.engine.run import make_run
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation


def model(name: str, data: Any = None, **chosen: object) -> LinearModel:
    made = make_problem(name, data, chosen)
    assert isinstance(made, LinearModel)
    return made


@pytest.mark.parametrize("basis", ["legendre", "scaled", "plain"])
@pytest.mark.parametrize("degree", [1, 2, 5])
def test_a_polynomial_is_found_in_its_own_units(basis: str, degree: int) -> None:
    x = np.linspace(2.0, 5.0, 30)
    coefficients = np.array([3.0, -2.0, 0.5, 1.0, -0.25, 0.125])[: degree + 1]
    y = np.polynomial.polynomial.polyval(x, coefficients)
    problem = model("polynomial", data_of(x, y), degree=degree, basis=basis)
    best = np.array(problem.minima[0])
    assert problem.loss_at(best) < 1e-12
    np.testing.assert_allclose(problem.own_units(best), coefficients, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(problem.predict(best, x), y, atol=1e-7)
    theta = np.random.default_rng(0).normal(size=degree + 1)
    again = np.polynomial.polynomial.polyval(x, problem.own_units(theta))
    np.testing.assert_allclose(problem.predict(theta, x), again, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(problem.from_own_units(problem.own_units(theta)), theta, rtol=1e-6)


@pytest.mark.parametrize("degree", [3, 9, 15])
def test_legendre_powers_train_at_any_degree(degree: int) -> None:
    problem = model("polynomial", degree=degree, samples=200)
    values = np.linalg.eigvalsh(problem.hessian(np.zeros(degree + 1)))
    assert values[-1] / values[0] < 4 * (2 * degree + 1)
    end = Simulation(problem, [make_run(problem)]).advance(20_000).loss[-1, 0]
    assert end == pytest.approx(problem.loss_at(np.array(problem.minima[0])), rel=1e-9)


def test_plain_powers_make_the_valley_thin() -> None:
    plain = model("polynomial", degree=5, basis="plain")
    values = np.linalg.eigvalsh(plain.hessian(np.zeros(6)))
    assert values[-1] / values[0] > 1e4


def test_few_points_for_a_high_degree_are_said() -> None:
    problem = model("polynomial", data_of([0.0, 1.0, 1.0, 2.0], [0.0, 1.0, 2.0, 0.0]), degree=3)
    assert "3 different x only" in str(problem.notes[0])
    assert np.isfinite(Simulation(problem, [make_run(problem)]).advance(100).loss).all()


@pytest.mark.parametrize("basis", ["legendre", "scaled"])
@pytest.mark.parametrize("close", [1e-3, 1e-6, 1e-9])
def test_squares_keep_their_digits_where_the_best_fit_is_far_away(close: float, basis: str) -> None:
    x, y = (
        np.array([-4.4, 0.02, -6.8, close, 0.0, -6.5]),
        np.array([5.1, 8.8, 7.4, -6.4, 0.3, -1.8]),
    )
    problem = make_problem("polynomial", data_of([x], y), {"degree": 15, "basis": basis})
    assert isinstance(problem, PolynomialRegression)
    design = np.vstack([np.ones(6), problem.features(x[None])])
    for seed in range(5):
        theta = np.random.default_rng(seed).normal(size=16) * (seed > 0)
        residual = theta @ design - y
        assert problem.loss_at(theta) == pytest.approx(np.mean(residual**2), rel=1e-12)
        np.testing.assert_allclose(
            problem.gradient_at(theta), 2.0 / 6.0 * design @ residual, rtol=1e-11, atol=1e-11
        )


def test_cross_entropy_is_exact_where_exponentials_overflow() -> None:
    problem = model("logistic", data_of([-1.0, 1.0, 2.0], [0.0, 1.0, 0.0]))
    loss = problem.loss_at(np.array([0.0, 1000.0]))
    assert loss == pytest.approx(2000.0 / 3.0, rel=1e-15)
    assert problem.loss_at(np.array([0.0, 0.0])) == pytest.approx(np.log(2.0), rel=1e-15)
    gradient = problem.gradient_at(np.array([0.0, 1000.0]))
    np.testing.assert_allclose(gradient, [1.0 / 3.0, 2.0 / 3.0], rtol=1e-14)
    ends = problem.predict(np.array([0.0, 1e4]), np.array([-1.0, 0.0, 1.0]))
    np.testing.assert_array_equal(ends, [0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([0.0, 1.0, 2.0, 1.0], r"column 'y' has 2\."),
        ([-1.0, 1.0, -1.0, 1.0], r"has -1\."),
        ([0.1, 0.2, 0.3, 0.4], r"has 0\.1, 0\.2, 0\.3, 0\.4\."),
    ],
)
def test_labels_other_than_0_and_1_are_named(y: list[float], said: str) -> None:
    with pytest.raises(Fault, match=said):
        model("logistic", data_of([1.0, 2.0, 3.0, 4.0], y))


@pytest.mark.parametrize(
    ("x", "y", "parted"),
    [
        ([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 1.0], True),
        ([1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0], False),
        ([1.0, 2.0, 2.0, 4.0], [0.0, 0.0, 1.0, 1.0], True),  # met on the border
        ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 1.0], True),
        ([[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]], [0.0, 1.0, 1.0, 0.0], False),
        ([[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]], [0.0, 1.0, 1.0, 1.0], True),
        ([1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4], [0.0, 1.0, 0.0, 1.0], False),
    ],
)
def test_labels_that_can_be_parted_are_said(x: Any, y: list[float], parted: bool) -> None:
    problem = model("logistic", data_of(x, y))
    assert bool(problem.notes) is parted
    assert bool(problem.minima) is not parted
    if parted:
        assert "can be parted" in str(problem.notes[0])
    else:
        best = np.array(problem.minima[0])
        assert np.abs(problem.gradient_at(best)).max() < 1e-7 * np.max(x)


@pytest.mark.parametrize("cls", [c for c in PROBLEMS if c.fits_data], ids=lambda c: c.name)
@pytest.mark.parametrize("generator", GENERATORS)
def test_made_data_are_descended_and_come_again(cls: Any, generator: str) -> None:
    chosen = {"generator": generator, "samples": 50}
    problem, again = (make_problem(cls.name, None, chosen) for _ in range(2))
    other = make_problem(cls.name, None, {**chosen, "data_seed": 2})
    assert problem.data is not None
    assert problem.data == again.data
    assert problem.data != other.data
    assert problem.data.size == 50
    assert problem.own_data is None
    assert "generator" in [field.name for field in problem.shown_settings()]
    given = make_problem(cls.name, problem.data, chosen)
    assert given.own_data is problem.data
    assert "generator" not in [field.name for field in given.shown_settings()]
    simulation = Simulation(problem, [make_run(problem), make_run(problem, "adam")])
    before = simulation.loss.copy()
    simulation.advance(1000)
    assert (simulation.loss < before).all()


def test_a_loss_without_curvature_has_no_critical_rate() -> None:
    for problem in (make_problem("absolute"), make_problem("article", None, {"loss": "mae"})):
        run = make_run(problem, "gd")
        assert "without curvature" in str(forecast(problem, run, np.array(problem.start), 100))


def test_outliers_tilt_squares_and_not_absolute_errors() -> None:
    slopes = {
        loss: model("linear", generator="outliers", loss=loss, samples=100).minima[0][1]
        for loss in ("mse", "mae", "huber")
    }
    assert abs(slopes["mse"] - 2.0) > 0.5
    assert abs(slopes["mae"] - 2.0) < 0.1
    assert abs(slopes["huber"] - 2.0) < 0.3
