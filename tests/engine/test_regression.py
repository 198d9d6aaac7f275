"""Regression over columns and losses: against direct sums, lstsq and the article's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, data_of
from gdsim.engine.problems import MultipleRegression, Problem, make_problem
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.engine.run import make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation

LOSSES = ("mse", "half_mse", "mae", "huber")


def table(columns: int, size: int = 40, seed: int = 3) -> Data:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(columns, size)) * 3.0 + 5.0 * rng.normal(size=(columns, 1))
    y = 1.5 + rng.normal(size=columns) @ x + rng.standard_t(2, size=size)
    return data_of(x, y)


def directly(loss: str, prediction: Array, y: Array) -> float:
    r = prediction - y
    return float(
        {
            "mse": lambda: np.mean(r * r),
            "half_mse": lambda: np.mean(r * r) / 2,
            "mae": lambda: np.mean(np.abs(r)),
            "huber": lambda: np.mean(np.where(np.abs(r) <= 1, r * r / 2, np.abs(r) - 0.5)),
        }[loss]()
    )


def regression(columns: int, loss: str, standardise: bool = False) -> LinearModel:
    made = make_problem("linear", table(columns), {"loss": loss, "standardise": standardise})
    assert isinstance(made, LinearModel)
    return made


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("standardise", [False, True])
def test_loss_and_slope_are_those_of_direct_sums(
    columns: int, loss: str, standardise: bool
) -> None:
    problem = regression(columns, loss, standardise)
    rng = np.random.default_rng(1)
    data = table(columns)
    for _ in range(4):
        theta = rng.normal(size=columns + 1) * 2.0
        own = problem.own_units(theta)
        predicted = own[0] + own[1:] @ data.x
        np.testing.assert_allclose(problem.predict(theta, data.x), predicted, rtol=1e-13)
        assert problem.loss_at(theta) == pytest.approx(directly(loss, predicted, data.y), rel=1e-12)
        np.testing.assert_allclose(problem.from_own_units(own), theta, rtol=1e-12)
        for i, way in enumerate(np.eye(columns + 1) * 1e-6):
            rise = problem.loss_at(theta + way) - problem.loss_at(theta - way)
            assert problem.gradient_at(theta)[i] == pytest.approx(rise / 2e-6, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("columns", [1, 2, 5])
@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_the_optimum_is_that_of_least_squares(
    columns: int, standardise: bool, offset: float
) -> None:
    plain = table(columns)
    data = data_of(plain.x + offset, plain.y)
    problem = make_problem("linear", data, {"standardise": standardise})
    assert isinstance(problem, LinearModel)
    centred = np.linalg.lstsq(
        (data.x - data.x.mean(axis=1, keepdims=True)).T, data.y - data.y.mean(), rcond=None
    )[0]
    own = problem.own_units(np.array(problem.minima[0]))
    np.testing.assert_allclose(own[1:], centred, rtol=1e-9)
    gradient = problem.gradient_at(np.array(problem.minima[0]))
    assert np.abs(gradient).max() < 1e-7 * (1.0 + offset)


@pytest.mark.parametrize("loss", ["mse", "half_mse", "huber"])
@pytest.mark.parametrize("columns", [1, 3])
def test_gradient_descent_reaches_the_optimum(columns: int, loss: str) -> None:
    problem = regression(columns, loss, standardise=True)
    top = np.linalg.eigvalsh(problem.hessian(np.array(problem.minima[0])))[-1]
    run = make_run(problem, "momentum", {"learning_rate": 0.5 / top, "momentum": 0.5})
    end = Simulation(problem, [run]).advance(4000).theta[-1, :, 0]
    np.testing.assert_allclose(end, problem.minima[0], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("columns", [1, 2])
def test_no_step_from_the_best_absolute_fit_is_better(columns: int) -> None:
    problem = regression(columns, "mae")
    best = np.array(problem.minima[0])
    least = problem.loss_at(best)
    rng = np.random.default_rng(0)
    for size in (1e-1, 1e-3, 1e-5):
        for _ in range(200):
            assert problem.loss_at(best + size * rng.normal(size=columns + 1)) >= least


def test_half_the_loss_doubles_the_critical_rate() -> None:
    whole, half = (make_problem("article", None, {"loss": name}) for name in ("mse", "half_mse"))
    top = [np.linalg.eigvalsh(p.hessian(np.zeros(2)))[-1] for p in (whole, half)]
    assert 2.0 / top[0] == pytest.approx(0.084524052577, abs=1e-12)
    assert 2.0 / top[1] == pytest.approx(0.169048, abs=1e-6)
    assert (whole.loss_name, half.loss_name) == ("MSE", "½MSE")
    assert half.loss_at(np.array([-1.0, 2.2])) == pytest.approx(0.28)


def test_standardised_the_article_is_solved_in_one_step() -> None:
    problem = make_problem("article", None, {"standardise": True})
    assert isinstance(problem, LinearModel)
    np.testing.assert_allclose(problem.hessian(np.zeros(2)), 2.0 * np.eye(2), rtol=1e-15)
    run = make_run(problem, "gd", {"learning_rate": 0.5})
    end = Simulation(problem, [run]).advance(1).theta[0, :, 0]
    np.testing.assert_allclose(end, [5.6, 2.2 * np.sqrt(2.0)], rtol=1e-14)
    np.testing.assert_allclose(problem.own_units(end), [-1.0, 2.2], rtol=1e-14)


def batches_of(problem: Problem, batch: int) -> list[Any]:
    sampling = Sampling(batch, seed=5)
    return [
        make_run(problem, name, {"learning_rate": rate}, sampling=sampling)
        for name, rate in (("gd", 1e-3), ("gd", 2e-3), ("adam", 0.1))
    ]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("columns", [1, 3, 9])
@pytest.mark.parametrize("batch", [0, 1, 7])
def test_a_run_has_the_same_bits_alone_and_among_many(columns: int, loss: str, batch: int) -> None:
    problem = regression(columns, loss)
    runs = batches_of(problem, batch)
    crowd = [*runs, *(make_run(problem, "gd", {"learning_rate": 1e-3}) for _ in range(70))]
    together = Simulation(problem, crowd, stop_ended=False).advance(30)
    for lane, run in enumerate(runs):
        alone = Simulation(problem, [run], stop_ended=False).advance(30)
        np.testing.assert_array_equal(alone.theta[:, :, 0], together.theta[:, :, lane])
        np.testing.assert_array_equal(alone.loss[:, 0], together.loss[:, lane])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("columns", [1, 2])
@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_batch_gradients_are_those_of_the_samples_alone(
    columns: int, loss: str, sizes: list[int], seed: int
) -> None:
    problem = regression(columns, loss)
    rng = np.random.default_rng(seed)
    picked = [rng.integers(problem.size, size=size) for size in sizes]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    statistics = problem.reduce(np.concatenate(picked), offsets)
    theta = rng.normal(size=(columns + 1, len(sizes)))
    out = np.empty_like(theta)
    problem.batch_gradient(theta, np.ascontiguousarray(statistics), out)
    data = table(columns)
    for lane, chosen in enumerate(picked):
        r = theta[0, lane] + theta[1:, lane] @ data.x[:, chosen] - data.y[chosen]
        slope = {"mse": 2 * r, "half_mse": r, "mae": np.sign(r), "huber": np.clip(r, -1, 1)}[loss]
        design = np.concatenate([np.ones((1, len(chosen))), data.x[:, chosen]])
        np.testing.assert_allclose(out[:, lane], design @ slope / len(chosen), atol=1e-10)


def test_constant_and_collinear_columns_are_said_and_can_be_fitted() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 30))
    data = data_of([a, b, np.full(30, 3.0), a - 2 * b], 1 + a + b, ("a", "b", "c", "d"))
    for standardise in (False, True):
        problem = make_problem("linear", data, {"standardise": standardise})
        said = [str(note) for note in problem.notes]
        assert len(said) == 2
        assert "'c' is constant (3.0)" in said[0]
        assert "a, b, d are collinear" in said[1]
        assert problem.loss_at(np.array(problem.minima[0])) < 1e-20
        run = make_run(problem, "adam", {"learning_rate": 0.05})
        assert Simulation(problem, [run]).advance(3000).loss[-1, 0] < 1e-6
    assert not make_problem("linear", data_of([a, b], a, ("a", "b"))).notes


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0, 3.0], "same number of values"),
        ([[1.0, np.inf], [3.0, 4.0]], [1.0, 2.0], "finite"),
        ([[1.0], [3.0]], [1.0], "at least two samples"),
        (np.ones((80, 5)), np.ones(5), "81 parameters"),
        ([[1.0, 2e200], [3.0, 4.0]], [1.0, 2.0], "too large"),
        (np.empty((0, 3)), [1.0, 2.0, 3.0], "at least one column"),
    ],
)
def test_what_cannot_be_fitted_is_said(x: Any, y: Any, said: str) -> None:
    with pytest.raises(Fault, match=said):
        make_problem("linear", data_of(x, y))


def test_columns_give_the_parameters_and_the_formula() -> None:
    problem = make_problem("linear", table(12))
    assert isinstance(problem, MultipleRegression)
    assert [p.symbol for p in problem.parameters][-2:] == ["θ₁₁", "θ₁₂"]
    assert problem.formula == "ŷ = θ₀ + θ₁x₁ + θ₂x₂ + … + θ₁₂x₁₂"


@pytest.mark.parametrize("loss", ["mse", "half_mse", "mae", "huber"])
def test_a_constant_column_is_nothing_once_standardised(loss: str) -> None:
    """Not even rounding: Adam would make full steps of it."""
    rng = np.random.default_rng(0)
    x = np.stack([rng.normal(size=15), np.full(15, 0.1)])
    problem = make_problem("linear", (x, x[0]), {"loss": loss, "standardise": True})
    assert problem.gradient_at(np.array([0.3, -0.2, 0.7]))[2] == 0.0
