"""Fits without an intercept, by the range of the columns, and with y scaled too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gdsim
from gdsim.codegen import export
from gdsim.engine.data import data_of
from gdsim.engine.fields import Value
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sentences import Fault

X = np.array([[1.0, 2.0, 4.0, 5.0, 7.0, 9.0], [30.0, 10.0, 20.0, 60.0, 40.0, 70.0]])
Y = np.array([3.0, 4.5, 9.0, 14.0, 15.5, 22.0])


def fitted(columns: int = 2, **settings: Value) -> Problem:
    return make_problem("linear", data_of(X[:columns], Y), settings)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("standardise", [False, True])
def test_the_exact_fit_through_the_origin(columns: int, standardise: bool) -> None:
    problem = fitted(columns, intercept=False, standardise=standardise)
    exact = np.linalg.lstsq(X[:columns].T, Y, rcond=None)[0]
    own = problem.own_units(np.array(problem.minima[0]))
    assert own == pytest.approx([0.0, *exact], rel=1e-10)
    assert problem.least_loss == pytest.approx(np.mean((Y - exact @ X[:columns]) ** 2), rel=1e-10)
    assert len(problem.parameters) == columns
    assert [one.name for one in problem.parameters] == [f"theta_{j + 1}" for j in range(columns)]


def test_a_line_through_the_origin_by_a_plain_loop() -> None:
    slope = 0.0
    for _ in range(40):
        slope = slope - 0.002 * 2.0 * float(np.mean((slope * X[0] - Y) * X[0]))
    run = gdsim.simulate("linear", data=(X[0], Y), lr=0.002, steps=40,
                         problem_settings={"intercept": False})  # fmt: skip
    assert run.parameters[-1] == pytest.approx([slope], rel=1e-12)
    assert run.answer is not None
    assert run.answer.exact == pytest.approx([0.0, float(X[0] @ Y / (X[0] @ X[0]))])
    assert str(run.answer.exact_told).startswith("Exact fit: 2.412·x, R² 0.97")
    assert run.predict([[10.0]]) == pytest.approx([10.0 * slope])


def test_its_only_critical_rate_is_that_of_the_mean_square() -> None:
    problem = fitted(1, intercept=False)
    curvature = 2.0 * float(np.mean(X[0] ** 2))
    assert problem.hessian(np.zeros(1)) == pytest.approx(np.array([[curvature]]))


@pytest.mark.parametrize("loss", ["mse", "half_mse", "sse", "mae", "huber"])
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("scaled_by", ["", "population", "sample", "range"])
@pytest.mark.parametrize("intercept", [True, False])
def test_slope_and_best_fit_of_every_loss_and_scale(
    loss: str, columns: int, scaled_by: str, intercept: bool
) -> None:
    settings: dict[str, Value] = {"loss": loss, "intercept": intercept}
    if scaled_by:
        settings |= {"standardise": True, "scaled_by": scaled_by, "standardise_y": True}
    problem = fitted(columns, **settings)
    theta = np.linspace(0.3, 1.1, len(problem.parameters))
    each = [
        (problem.loss_at(theta + step) - problem.loss_at(theta - step)) / 2e-6
        for step in np.eye(len(theta)) * 1e-6
    ]
    assert problem.gradient_at(theta) == pytest.approx(each, rel=1e-6, abs=1e-6)
    best = np.array(problem.minima[0])
    least = problem.loss_at(best)
    for way in np.random.default_rng(1).normal(size=(40, len(best))):
        assert problem.loss_at(best + 1e-3 * way) >= least
    # The mean of the samples' own slopes is the slope of all.
    single = problem.sample_gradients(theta, np.arange(6)).mean(axis=1)
    assert single * (6 if loss == "sse" else 1) == pytest.approx(
        problem.gradient_at(theta) * (6 if loss == "sse" else 1), rel=1e-9
    )


def test_min_max_brings_the_columns_to_0_and_1() -> None:
    problem = fitted(standardise=True, scaled_by="range")
    z = problem.features(X)  # type: ignore[attr-defined] # of linear models
    assert (z.min(axis=1).tolist(), z.max(axis=1).tolist()) == ([0, 0], [1, 1])
    run = gdsim.simulate(problem, "momentum", lr=0.3, steps=3000)
    exact = np.linalg.lstsq(np.vstack([np.ones(6), X]).T, Y, rcond=None)[0]
    assert problem.own_units(run.parameters[-1]) == pytest.approx(exact, rel=1e-8)


def test_with_y_scaled_the_run_descends_from_1_and_answers_in_own_units() -> None:
    settings: dict[str, Value] = {"standardise": True, "standardise_y": True}
    run = gdsim.simulate("linear", data=(X.T, Y * 1e6), lr=0.1, steps=3000,
                         problem_settings=settings)  # fmt: skip
    assert run.loss[0] == pytest.approx(1.0)
    exact = np.linalg.lstsq(np.vstack([np.ones(6), X]).T, Y * 1e6, rcond=None)[0]
    assert run.answer is not None
    assert run.answer.exact == pytest.approx(exact, rel=1e-9)
    assert run.answer.own == pytest.approx(exact, rel=1e-6)
    assert run.predict([[3.0, 25.0]]) == pytest.approx([exact @ [1, 3, 25]], rel=1e-6)


def test_ridge_without_an_intercept_is_that_of_the_normal_equations() -> None:
    problem = fitted(intercept=False, l2=2.0)
    best = np.linalg.solve(X @ X.T / 6 + 2.0 * np.eye(2), X @ Y / 6)
    assert problem.minima[0] == pytest.approx(best, rel=1e-10)


def test_a_column_of_zeros_decides_nothing() -> None:
    with pytest.raises(Fault, match="'x2' is 0 throughout"):
        make_problem("linear", data_of(X * [[1.0], [0.0]], Y), {"intercept": False})


CASES: list[dict[str, Value]] = [
    {"intercept": False},
    {"intercept": False, "standardise": True, "standardise_y": True},
    {"intercept": False, "l2": 0.1},
    {"standardise": True, "scaled_by": "range"},
    {"standardise": True, "scaled_by": "sample", "standardise_y": True},
    {"intercept": False, "loss": "huber"},
]


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("settings", CASES, ids=str)
def test_a_numpy_script_descends_the_same(
    tmp_path: Path, columns: int, settings: dict[str, Value]
) -> None:
    problem = fitted(columns, **settings)
    for method in ("gd", "newton") if settings.get("loss") != "huber" else ("adam",):
        rate = 1.0 if method == "newton" else problem.learning_rate
        text = export(problem, make_run(problem, method, {"lr": rate}), 25, "numpy")
        path = tmp_path / "script.py"
        path.write_text(text.text, encoding="utf-8")
        told = subprocess.run(
            [sys.executable, str(path)], capture_output=True, text=True, check=True
        )
        (line,) = [one for one in told.stdout.splitlines() if one.startswith("theta = ")]
        run = gdsim.simulate(problem, method, lr=rate, steps=25)
        theta = json.loads(line.removeprefix("theta = "))
        assert theta == pytest.approx(run.parameters[-1].tolist(), rel=1e-9, abs=1e-12)
        if settings.get("standardise"):
            own = told.stdout.split("in the data's own units: ")[1].splitlines()[0]
            slopes = json.loads(own[own.index("[") :])
            assert slopes == pytest.approx(problem.own_units(run.parameters[-1])[1:], rel=1e-9)


def test_lanes_alone_and_together_have_the_same_bits() -> None:
    grid = gdsim.sweep("linear", data=(X.T, Y), problem_settings={"intercept": False},
                       grid={"lr": [1e-5, 1e-4, 2e-4]}, steps=50)  # fmt: skip
    for place, rate in enumerate((1e-5, 1e-4, 2e-4)):
        alone = gdsim.simulate("linear", data=(X.T, Y), lr=rate, steps=50,
                               problem_settings={"intercept": False})  # fmt: skip
        assert grid.loss[place] == alone.loss[-1]
