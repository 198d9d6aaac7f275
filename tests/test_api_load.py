"""`load`, and the lists of what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import gdsim
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.run import make_run
from gdsim.experiment.document import Experiment, save
from gdsim.experiment.setup import Setup, Track
from gdsim.experiment.text_to_paste import to_text


def saved(folder: Path) -> tuple[Path, Experiment]:
    """Two runs on data; the second has another rate from step 5 on."""
    problem = gdsim.simulate("linear", data=([1.0, 2.0, 4.0], [1.0, 3.0, 4.0]), steps=1)._problem
    first, second = make_run(problem, "adam"), make_run(problem, "gd", {"lr": 0.01})
    tracks = (Track(0, first), Track(1, second, ((5, make_run(problem, "gd", {"lr": 0.1})),)))
    experiment = Experiment(Setup(problem, tracks, 20, "three.csv"))
    save(folder / "mine.gdsim", experiment)
    return folder / "mine.gdsim", experiment


def test_an_experiment_of_the_window_is_run_on(tmp_path: Path) -> None:
    path, _ = saved(tmp_path)
    mine = gdsim.load(str(path))
    assert repr(mine) == "<LoadedExperiment: linear, 2 runs of 20 steps: adam, gd>"
    adam, descent = mine.simulate()
    np.testing.assert_array_equal(
        adam.parameters, gdsim.simulate(mine.problem, "adam", steps=20).parameters
    )
    assert descent.learning_rate[[0, 4, 5, 20]].tolist() == [0.01, 0.01, 0.1, 0.1]
    assert mine.simulate(np.int64(3))[0].loss.shape == (4,)
    assert mine.runs[1].learning_rate == 0.01
    found = gdsim.sweep(mine.problem, grid={"lr": [0.1]}, steps=20)
    assert found.loss.shape == (1,)


def test_its_text_is_read_as_well(tmp_path: Path) -> None:
    _, experiment = saved(tmp_path)
    assert gdsim.load(to_text(experiment)).simulate()[0].loss.shape == (21,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "damaged or no gdsim experiment"),
        ("hours,score\n1,2\n", "x.gdsim is damaged or no gdsim experiment"),
        ('{"format": "gdsim", "version": 99}', "newer gdsim"),
        ("[1, 2]", "x.gdsim is not a gdsim experiment"),
    ],
)
def test_what_is_no_experiment_is_said(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.gdsim"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        gdsim.load(path)


@pytest.mark.parametrize("path", ["nowhere.gdsim", "", None, 3, [], b"x", "a\0b"])
def test_what_names_no_file_is_said(path: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"There is no file nowhere|named by a text or a path"):
        gdsim.load(path)


def test_the_steps_asked_for_are_checked(tmp_path: Path) -> None:
    mine = gdsim.load(saved(tmp_path)[0])
    for steps in (0, 2.5, "many"):
        with pytest.raises(ValueError, match="steps must be a whole number"):
            mine.simulate(steps)  # type: ignore[arg-type] # as users do


def test_what_is_listed_can_be_taken() -> None:
    assert list(gdsim.problems()) == [one.name for one in PROBLEMS]
    assert list(gdsim.optimizers()) == [one.name for one in OPTIMIZERS]
    for name in ("cosine", "step"):
        assert name in gdsim.schedules()
    assert "beta1" in gdsim.optimizers("adam")
    shown = repr(gdsim.problems()).splitlines()
    assert len(shown) == len(PROBLEMS)
    rows = ElementTree.fromstring(gdsim.optimizers("adam")._repr_html_()).findall("tr")
    assert len(rows) == len(gdsim.optimizers("adam"))


def test_what_is_not_there_is_said_with_what_is_near() -> None:
    with pytest.raises(ValueError, match="Did you mean 'adam'"):
        gdsim.optimizers("adamm")
    with pytest.raises(ValueError, match="name must be a name, such as 'rosenbrock', not 3"):
        gdsim.problems(3)  # type: ignore[arg-type] # as users do
