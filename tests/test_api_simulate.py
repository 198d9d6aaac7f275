"""`gdsim.simulate`: the command line's runs as arrays."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gdsim
from gdsim import api
from gdsim.engine.problems import make_problem
from gdsim.experiment.trajectories import ROWS

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", api.__all__)
def test_what_its_docstrings_show_is_so(name: str) -> None:
    found = doctest.DocTestFinder().find(getattr(api, name), name, globs={})
    assert not sum(doctest.DocTestRunner().run(example).failed for example in found)
    if name in ("simulate", "sweep"):
        assert sum(len(example.examples) for example in found) >= 4


def test_its_words_are_shown_and_known() -> None:
    """They are listed once, in a function beside it."""
    words = inspect.signature(gdsim.simulate).parameters
    assert list(words)[:2] == ["problem", "optimizer"]
    assert {"lr", "convention", "data", "start", "steps", "seed", "settings"} <= set(words)
    assert "Run one optimizer on a problem" in str(inspect.getdoc(gdsim.simulate))
    run = gdsim.simulate("quadratic", "momentum", lr=0.01, momentum=0.5, steps=3)
    assert run.loss.shape == (4,)


def test_importing_gdsim_brings_nothing_heavy() -> None:
    program = (
        "import sys, gdsim; assert 'numpy' not in sys.modules; "
        "assert 'simulate' in dir(gdsim); gdsim.simulate; assert 'numpy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        getattr(gdsim, "simulat")  # noqa: B009 – mypy knows that it is not there


@pytest.mark.parametrize("steps", [1, ROWS - 1, ROWS, ROWS + 1])
def test_shapes_and_rows(steps: int) -> None:
    run = gdsim.simulate("rosenbrock", lr=1e-4, steps=steps, start=(0.5, -0.5))
    assert run.step.tolist() == list(range(steps + 1))
    assert run.loss.shape == run.learning_rate.shape == (steps + 1,)
    assert run.parameters.shape == (steps + 1, 2)
    assert run.names == ("x", "y")
    assert run.parameters[0].tolist() == [0.5, -0.5]
    x, y = run.parameters.T
    np.testing.assert_allclose(run.loss, (1 - x) ** 2 + 100 * (y - x**2) ** 2, rtol=1e-12)
    np.testing.assert_allclose(np.diff(y), -1e-4 * 200 * (y - x**2)[:-1], rtol=1e-9)
    for array in (run.step, run.learning_rate, run.loss, run.parameters):
        assert not array.flags.writeable


def test_data_batches_and_schedules() -> None:
    x, y = [0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]
    words: dict[str, Any] = {"data": (x, y), "lr": 0.05, "steps": 400}
    exact = gdsim.simulate("linear", **words)
    np.testing.assert_allclose(exact.parameters[-1], [1.0, 2.0], atol=1e-5)
    batches = gdsim.simulate(
        "linear", "momentum", momentum=0.5, batch_size=2, sampling="cyclic",
        schedule="cosine", schedule_settings={"decay_steps": 400}, **words,
    )  # fmt: skip
    assert batches.learning_rate[[0, 200, 400]].tolist() == pytest.approx([0.05, 0.025, 0.0])
    whole = gdsim.simulate("linear", "sgd", batch_size="full", **words)
    np.testing.assert_array_equal(whole.parameters, exact.parameters)
    shuffled = [gdsim.simulate("linear", "sgd", seed=seed, **words) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(shuffled[0].parameters, shuffled[1].parameters)
    assert (shuffled[0].parameters != shuffled[2].parameters).any()


def test_divergence_is_an_outcome() -> None:
    run = gdsim.simulate(lr=0.12, steps=5000)
    assert run.outcome == "diverged"
    assert run.diverged_at is not None
    assert run.loss[run.diverged_at] > 1e6 * 41.6 > run.loss[run.diverged_at - 1]
    assert np.isnan(run.loss[-1])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"steps": 0}, "steps must be a whole number from 1"),
        ({"steps": 2.5}, "steps must be"),
        ({"rho": 0.5}, "'gd' has no setting 'rho'"),
        ({"lr": 0.1, "learning_rate": 0.2}, "given twice"),
        ({"data": ([1, 2], [1, 2])}, "takes no data"),
        ({"problem": make_problem("beale"), "data": ([1], [2])}, "already has its data"),
        ({"batch_size": 0}, "from 1 on, or 'full', not '0'"),
        ({"batch_size": 2.5}, "from 1 on, or 'full', not '2.5'"),
        ({"batch_size": True}, "from 1 on"),
        ({"batch_size": 10**400}, "from 1 on"),
        ({"batch_size": 9}, "there are 5 samples"),
        ({"start": (1, 2, 3)}, "3 were given"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(words: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        gdsim.simulate(**words)
