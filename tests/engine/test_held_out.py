"""Samples that are held back: nothing learns from them, and what is said of them is so."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import gdsim
from gdsim.cli.main import main
from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import Value
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.sentences import Fault

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 40))
Y = 1.0 + X[0] - 0.5 * X[1] + 0.1 * RNG.normal(size=40)
LABELS = (X[0] + 0.3 * RNG.normal(size=40) > 0.0).astype(float)


def held(name: str = "linear", columns: int = 2, **settings: Value) -> Problem:
    y = LABELS if name == "logistic" else Y
    return make_problem(name, data_of(X[:columns], y), {"test_share": 0.25, **settings})


def parts(problem: Problem) -> tuple[Data, Data]:
    assert problem.data is not None
    return problem.data, problem.held_data


@pytest.mark.parametrize("name", ["linear", "polynomial", "logistic", "network"])
def test_a_quarter_is_held_back_and_no_sample_is_lost(name: str) -> None:
    train, test = parts(held(name, 1))
    assert (train.size, test.size) == (30, 10)
    both = np.concatenate([train.x[0], test.x[0]])
    assert sorted(both.tolist()) == sorted(X[0].tolist())
    again = held(name, 1)
    assert np.array_equal(again.held, held(name, 1).held)
    assert not np.array_equal(held(name, 1, test_seed=1).held, again.held)


@pytest.mark.parametrize("name", ["linear", "polynomial", "logistic", "network"])
def test_a_run_is_that_of_the_other_samples_alone(name: str) -> None:
    settings = {} if name == "polynomial" else {"standardise": True}
    problem = held(name, 1, **settings)
    train, _ = parts(problem)
    alone = gdsim.simulate(make_problem(name, data_of(train.x, train.y), settings), "adam",
                           lr=0.05, steps=50, batch_size=7, seed=3)  # fmt: skip
    run = gdsim.simulate(problem, "adam", lr=0.05, steps=50, batch_size=7, seed=3)
    assert np.array_equal(run.parameters, alone.parameters)


@pytest.mark.parametrize("loss", ["mse", "half_mse", "sse", "mae", "huber"])
def test_the_loss_on_held_back_samples_is_counted_like_the_other(loss: str) -> None:
    problem = held(loss=loss, standardise=True, standardise_y=True, l2=0.0)
    train, test = parts(problem)
    theta = np.array([0.3, -0.2, 0.9])
    z = (test.x - train.x.mean(1, keepdims=True)) / train.x.std(1, keepdims=True)
    r = theta[0] + theta[1:] @ z - (test.y - train.y.mean()) / train.y.std()
    size = np.abs(r)
    expected = {
        "mse": np.mean(r**2), "half_mse": np.mean(r**2) / 2, "sse": 30 * np.mean(r**2),
        "mae": np.mean(size), "huber": np.mean(np.where(size <= 1, r**2 / 2, size - 0.5)),
    }[loss]  # fmt: skip
    assert problem.loss_on(theta[:, None], test)[0] == pytest.approx(expected, rel=1e-12)
    assert problem.loss_on(theta[:, None], train)[0] == pytest.approx(problem.loss_at(theta))


def test_l2_is_no_part_of_it() -> None:
    theta = np.array([[0.5], [1.0], [2.0]])
    plain, bound = held(), held(l2=3.0)
    assert bound.loss_on(theta, bound.held_data) == plain.loss_on(theta, plain.held_data)


def test_a_column_of_the_table_is_the_loss_on_them(tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    rows = "\n".join(f"{x},{y}" for x, y in zip(X[0].tolist(), Y.tolist(), strict=True))
    table.write_text(f"x,y\n{rows}\n", encoding="utf-8")
    words = ["run", "--data", str(table), "--test-share", "0.25", "--steps", "5", "--out", str(out)]
    assert main(words) == 0
    with out.open(encoding="utf-8", newline="") as stream:
        last = list(csv.DictReader(stream))[-1]
    problem = make_problem("linear", data_of(X[:1], Y), {"test_share": 0.25})
    _, test = parts(problem)
    predicted = float(last["theta_0"]) + float(last["theta_1"]) * test.x[0]
    assert float(last["test_loss"]) == pytest.approx(np.mean((test.y - predicted) ** 2), rel=1e-12)


def test_over_fitting_is_said_where_it_is_so(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "--problem", "polynomial", "--degree", "12", "--problem-set", "samples=30",
             "noise=0.5", "--test-share", "0.3", "--steps", "900"]  # fmt: skip
    assert main(words) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "Test loss" in one]
    run = gdsim.simulate("polynomial", lr=0.01, steps=900, problem_settings={
        "degree": 12, "samples": 30, "noise": 0.5, "test_share": 0.3})  # fmt: skip
    assert run.test_loss is not None
    least = int(run.test_loss.argmin())
    assert 0 < least < 900
    assert f"the test loss was {run.test_loss[least]:.4g} at step {least} and has risen" in line
    assert line.endswith("over-fitting.")
    assert run.loss[-1] < run.loss[least]


def test_a_fit_that_carries_over_is_not_blamed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--problem", "linear", "--test-share", "0.3", "--steps", "900"]) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "Test loss" in one]
    assert "over-fitting" not in line
    assert "times better" not in line


def test_a_run_that_leaves_is_not_called_over_fitting(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "--problem", "linear", "--test-share", "0.3", "--lr", "0.4", "--steps", "30"]
    assert main(words) == 0
    assert "over-fitting" not in capsys.readouterr().out


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(Fault, match="three samples at least; the data have 2"):
        make_problem("linear", data_of([1.0, 2.0], [1.0, 2.0]), {"test_share": 0.5})
