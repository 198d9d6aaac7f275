"""L2 in the loss and sums of squares, against scikit-learn 1.7 and the exact fit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gdsim
from gdsim.codegen import export
from gdsim.engine.answer import answer_of
from gdsim.engine.data import data_of
from gdsim.engine.fields import Value
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sentences import Fault

X = np.array([[1.0, 2.0, 4.0, 5.5, 7.0, 9.0], [3.0, 1.0, 2.0, 8.0, -1.0, 4.0]])
Y = np.array([2.0, 3.5, 4.0, 9.0, 6.0, 11.0])
LABELS = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 1.0])
RIDGE = [
    (0.5, [0.05407003008429445, 0.9584394613661921, 0.46235618650339766], 0.9622941479929299),
    (10.0, [0.9779621982210935, 0.8013818297331639, 0.39957909783989837], 0.9357321562934731),
]
"""Ridge(alpha): intercept, coefficients, score."""
LOGISTIC = [
    (1.0, [-3.6453413880996792, 0.4638998828462618, 0.7177113448358304]),
    (0.05, [-1.0928167584543664, 0.13019221049290067, 0.17190555517059466]),
]
"""LogisticRegression(C), which minimises |w|²/2 + C Σ log loss."""


@pytest.mark.parametrize(("alpha", "best", "score"), RIDGE)
@pytest.mark.parametrize("loss", ["sse", "mse", "half_mse"])
def test_the_exact_fit_with_l2_is_ridge_regression(
    alpha: float, best: list[float], score: float, loss: str
) -> None:
    """Ridge counts Σ(y − ŷ)² + α|w|²; a mean over n takes α/n."""
    share = {"sse": 1.0, "mse": 6.0, "half_mse": 12.0}[loss]
    problem = make_problem("linear", data_of(X, Y), {"loss": loss, "l2": alpha / share})
    assert problem.minima[0] == pytest.approx(best, rel=1e-10)
    slope = problem.gradient_at(np.array(best))
    assert np.abs(slope).max() < 1e-12 * np.abs(problem.gradient_at(np.zeros(3))).max()
    found = answer_of(problem, np.array(best))
    assert found is not None
    assert found.r_squared == pytest.approx(score, rel=1e-10)
    assert "Exact fit with L2" in str(found.exact_told)
    assert problem.loss_name.endswith(" + L2")


@pytest.mark.parametrize(("c", "best"), LOGISTIC)
@pytest.mark.parametrize("standardise", [False, True])
def test_logistic_regression_with_l2(c: float, best: list[float], standardise: bool) -> None:
    if standardise:  # the penalty is of what descends: raw columns brought to spread 1 by hand
        mean, spread = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
        plain = make_problem("logistic", data_of((X - mean) / spread, LABELS), {"l2": 0.5 / 6 / c})
        best = list(plain.minima[0])
    problem = make_problem(
        "logistic", data_of(X, LABELS), {"l2": 0.5 / 6 / c, "standardise": standardise}
    )
    assert problem.minima[0] == pytest.approx(best, rel=1e-8)
    assert not problem.separable


@pytest.mark.parametrize("method", ["gd", "sgd", "adam"])
@pytest.mark.parametrize(("loss_name", "l2"), [("mse", 0.3), ("sse", 0.0), ("sse", 2.0)])
def test_runs_descend_what_the_formula_says(method: str, loss_name: str, l2: float) -> None:
    """Plain NumPy: J = Σ or mean of (y − ŷ)², + λ(θ₁² + θ₂²)."""
    run = gdsim.simulate(
        "linear",
        method,
        data=(X.T, Y),
        lr=1e-4,
        steps=60,
        batch_size="full",
        problem_settings={"loss": loss_name, "l2": l2},
    )
    design = np.vstack([np.ones(6), X]).T
    times = 1.0 if loss_name == "sse" else 1.0 / 6.0
    for theta, loss in zip(run.parameters, run.loss, strict=True):
        error = design @ theta - Y
        assert loss == pytest.approx(times * error @ error + l2 * theta[1:] @ theta[1:], rel=1e-11)
    if method != "adam":
        theta = np.zeros(3)
        for _ in range(60):
            slope = 2.0 * times * design.T @ (design @ theta - Y)
            theta = theta - 1e-4 * (slope + 2.0 * l2 * np.array([0.0, *theta[1:]]))
        assert run.parameters[-1] == pytest.approx(theta, rel=1e-10)


def test_the_mean_over_the_samples_gradients_is_the_whole_gradient() -> None:
    problem = make_problem("linear", data_of(X, Y), {"loss": "sse", "l2": 0.7})
    theta = np.array([0.3, -1.0, 2.0])
    each = problem.sample_gradients(theta, np.arange(6))
    assert each.mean(axis=1) == pytest.approx(problem.gradient_at(theta), rel=1e-12)


def test_the_critical_rate_follows_l2() -> None:
    plain = np.linalg.eigvalsh(make_problem("article").hessian(np.zeros(2)))[-1]
    held = make_problem("article", None, {"l2": 5.0}).hessian(np.zeros(2))
    assert held[1, 1] - make_problem("article").hessian(np.zeros(2))[1, 1] == pytest.approx(10.0)
    assert np.linalg.eigvalsh(held)[-1] > plain


def test_what_goes_with_no_l2_says_so() -> None:
    with pytest.raises(Fault, match="L2 goes with squared losses"):
        make_problem("article", None, {"loss": "mae", "l2": 1.0})
    problem = make_problem("article", None, {"l2": 1.0})
    for framework in ("pytorch", "keras"):
        with pytest.raises(Fault, match="have no L2: export for NumPy or Optax"):
            export(problem, make_run(problem, "gd", {}), 10, framework)


@pytest.mark.parametrize("scaled_by", ["population", "sample"])
@pytest.mark.parametrize("columns", [1, 2])
def test_either_deviation_standardises(scaled_by: str, columns: int) -> None:
    """As Octave's course does it: z = (x − mean)/std, here with ddof 0 or 1, by a plain loop."""
    x = X[:columns]
    settings: dict[str, Value] = {
        "standardise": True, "scaled_by": scaled_by, "loss": "half_mse",
    }  # fmt: skip
    run = gdsim.simulate("linear", data=(x.T, Y), lr=0.1, steps=40, problem_settings=settings)
    ddof = int(scaled_by == "sample")
    z = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True, ddof=ddof)
    design = np.vstack([np.ones(6), z]).T
    theta = np.zeros(columns + 1)
    for _ in range(40):
        theta = theta - 0.1 / 6 * design.T @ (design @ theta - Y)
    assert run.parameters[-1] == pytest.approx(theta, rel=1e-12)
    assert run.answer is not None
    raw = np.linalg.lstsq(np.vstack([np.ones(6), x]).T, Y, rcond=None)[0]
    assert run.answer.exact == pytest.approx(raw, rel=1e-9)
    classes = {"standardise": True, "scaled_by": scaled_by, "l2": 0.1}
    problem = make_problem("logistic", data_of(x, LABELS), classes)
    assert np.abs(problem.gradient_at(np.array(problem.minima[0]))).max() < 1e-12


@pytest.mark.parametrize("problem", ["linear", "polynomial", "logistic"])
@pytest.mark.parametrize("method", ["gd", "adam", "newton"])
def test_a_numpy_script_descends_the_same_loss(tmp_path: Path, problem: str, method: str) -> None:
    made = make_problem(problem, None, {"l2": 0.2})
    rate = 1.0 if method == "newton" else made.learning_rate
    text = export(made, make_run(made, method, {"lr": rate}), 25, "numpy")
    path = tmp_path / "script.py"
    path.write_text(text.text, encoding="utf-8")
    told = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    (line,) = [one for one in told.stdout.splitlines() if one.startswith("theta = ")]
    theta = json.loads(line.removeprefix("theta = "))
    run = gdsim.simulate(made, method, lr=rate, steps=25)
    assert theta == pytest.approx(run.parameters[-1].tolist(), rel=1e-9)
