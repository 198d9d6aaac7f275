"""`gdsim code`, as people and scripts use it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gdsim.codegen import export
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment.document import save
from gdsim.experiment.view_state import ViewState
from tests.cli.calling import gdsim
from tests.setups import experiment_of


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert gdsim("code", *words) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that says what is wrong."""
    assert gdsim("code", *words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1, told.err
    return told.err


@pytest.mark.parametrize("framework", ["numpy", "pytorch", "keras", "optax"])
def test_the_words_of_run_describe_what_is_written(
    capsys: pytest.CaptureFixture[str], framework: str
) -> None:
    text = printed(
        capsys, "--framework", framework, "--problem", "rosenbrock", "--optimizer", "adam",
        "--lr", "0.02", "--schedule", "step", "--schedule-set", "step_size=50", "--steps", "300",
    )  # fmt: skip
    problem = make_problem("rosenbrock")
    run = make_run(problem, "adam", {"learning_rate": 0.02}, "step", {"step_size": 50})
    assert text == export(problem, run, 300, framework).text


def test_a_file_gives_its_selected_run_and_another_on_demand(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    problem = make_problem("beale")
    runs = [make_run(problem, name) for name in ("gd", "momentum", "adam")]
    path = tmp_path / "实验 1.gdsim"
    save(path, experiment_of(problem, *runs, limit=40, view=ViewState(selected=1)))
    assert printed(capsys, str(path), "--framework", "numpy") == (
        export(problem, runs[1], 40, "numpy").text
    )
    assert printed(capsys, str(path), "--framework", "numpy", "--run", "3", "--steps", "7") == (
        export(problem, runs[2], 7, "numpy").text
    )
    assert "--run" in refused(capsys, str(path), "--framework", "numpy", "--run", "4")


def test_data_are_named_and_a_large_table_lies_beside_the_script(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    x = np.random.default_rng(1).uniform(0, 3, 400)
    data = tmp_path / "big.csv"
    data.write_text("h;score\n" + "".join(f"{a!r};{2 * a + 1!r}\n" for a in x.tolist()))
    script = tmp_path / "big.py"
    words = ["--framework", "numpy", "--data", str(data), "--steps", "50", "--out", str(script)]
    before = data.read_bytes()
    assert printed(capsys, *words) == ""
    # The user's own table is left alone.
    assert data.read_bytes() == before
    assert "big.csv" in script.read_text(encoding="utf-8")
    subprocess.run([sys.executable, "big.py"], cwd=tmp_path, check=True, capture_output=True)
    printed(capsys, *words)  # once more: the same data may be written again
    (tmp_path / "big_data.csv").write_text("mine")
    assert "big_data.csv" in refused(capsys, *words)
    assert "too many to be printed in a script: --out FILE.py" in refused(capsys, *words[:-2])
    assert (tmp_path / "big_data.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "--framework"),
        (["--framework", "torch"], "pytorch"),
        (["--framework", "keras", "--optimizer", "newton"], "curvatures"),
        (["--framework", "numpy", "--run", "1"], "--run"),
        (["--framework", "numpy", "--steps", "0"], "--steps"),
        (["--framework", "numpy", "--optimizer", "adem"], "adam"),
        (["none.gdsim", "--framework", "numpy"], "none.gdsim"),
        (["--framework", "numpy", "--out", "/proc/none/script.py"], "cannot be written"),
    ],
)
def test_bad_words_get_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], named: str
) -> None:
    assert named in refused(capsys, *words)
