"""`gdsim sweep`, as scripts use it."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gdsim.cli import progress as cli_progress
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation
from tests.cli.calling import as_from_a_terminal, gdsim

ROOT = Path(__file__).resolve().parents[2]


def test_a_sweep_as_npz_holds_what_each_run_did(tmp_path: Path) -> None:
    target = tmp_path / "sweep.npz"
    grid = ["--grid", "lr=log:1e-3:1:20", "--grid", "momentum=lin:0:0.9:10"]
    words = ["--optimizer", "momentum", *grid, "--steps", "300", "--quiet"]
    assert gdsim("sweep", *words, "--out", str(target)) == 0
    with np.load(target) as found:
        arrays = dict(found)
    assert arrays["learning_rate"].shape == (20,)
    assert arrays["loss"].shape == arrays["settled"].shape == (20, 10)
    problem = make_problem("article")
    for i, j in ((0, 0), (9, 9), (12, 4), (19, 3)):
        rate, beta = arrays["learning_rate"][i], arrays["momentum"][j]
        run = make_run(problem, "momentum", {"learning_rate": rate, "momentum": beta})
        alone = Simulation(problem, [run])
        alone.advance(300)
        assert arrays["loss"][i, j] == alone.loss[0]
        assert arrays["final_theta_1"][i, j] == alone.theta[1, 0]
        assert (arrays["diverged"][i, j] < 0) == (alone.loss[0] <= 41.6e6)


def test_the_rate_that_is_swept_over_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    """Newton's method under a schedule wants a rate, which the grid brings."""
    words = ["--optimizer", "newton", "--schedule", "cosine", "--steps", "50"]
    for key in ("lr", "learning_rate"):
        assert gdsim("sweep", *words, "--grid", f"{key}=0.1,1") == 0
        assert "2 runs" in capsys.readouterr().out
    both = ["--grid", "lr=0.1,1", "--grid", "schedule=constant,cosine"]
    assert gdsim("sweep", *words, *both) == 0
    assert gdsim("sweep", *words, "--grid", "clip_norm=0,1") == 2
    assert "give one for the schedule" in capsys.readouterr().err


def test_a_sweep_as_csv_leaves_empty_what_did_not_happen(tmp_path: Path) -> None:
    target = tmp_path / "sweep.csv"
    words = ["--grid", "lr=0.001,0.01,0.05,0.12", "--target-loss", "0.57", "--quiet"]
    assert gdsim("sweep", *words, "--out", str(target)) == 0
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["learning_rate"] for row in rows] == ["0.001", "0.01", "0.05", "0.12"]
    assert [row["settled"] for row in rows] == ["", "548", "109", ""]
    assert [bool(row["diverged"]) for row in rows] == [False, False, False, True]
    assert [row["outcome"] for row in rows] == ["moving", "moving", "converged", "diverged"]
    assert rows[1]["regime"] == "Rate 0.01 is smooth: 12 % of the critical 0.08452 = 2/λmax."
    assert "diverges" in rows[3]["regime"]
    # The loss that the article's loop ends at.
    assert float(rows[1]["loss"]) == pytest.approx(0.560465130125, rel=1e-10)


def test_it_tells_the_soonest_and_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--problem", "quadratic", "--start", "-2.5,1", "--optimizer", "gd"]
    assert gdsim("sweep", *words, "--grid", "lr=0.005,0.015,0.03") == 0
    told = capsys.readouterr().out
    assert "3 runs · 1,000 steps" in told
    assert "step 259 at learning_rate = 0.015" in told
    assert "diverged  1" in told


BAD = {
    "--grid lr": "KEY=SPEC",
    "": "swept over",
    "--grid lr=log:0:1:5": "above zero",
    "--grid lr=lin:2:1:5": "low end",
    "--grid lrr=1,2": "field to sweep over 'lrr'",
    "--grid lr=1 --grid lr=2": "twice",
    "--grid lr=1 --grid learning_rate=2": "two different fields",
    "--grid momentum=0.1": "no field to sweep over",
    "--grid lr=1 --steps 0": "--steps",
    "--grid lr=1 --jobs none": "--jobs",
    "--grid lr=1 --tolerance zero": "--tolerance",
    "--grid lr=1 --tolerance 1 --target-loss 1": "not both",
    "--grid x=1 --problem saddle --tolerance 1": "--target-loss",
    "--grid lr=log:1e-5:1:1e6 --grid theta_0=lin:0:1:1e6": "40 TB",
    "--grid lr=1 --out sweep.txt": ".csv, .npz",
    "--grid lr=1 --plot sweep.jpg": ".png",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_words_get_one_line(
    words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert gdsim("sweep", *words.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert BAD[words] in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_is_told_how_far_it_is_and_how_long_yet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(cli_progress, "PATIENCE", 0.0)
    words = ["--optimizer", "adam", "--grid", "lr=log:1e-3:1:20000", "--steps", "400"]
    assert gdsim("sweep", *words) == 0
    told = capsys.readouterr().err
    assert "of 20,000 runs" in told
    assert "s left" in told
    assert told.rstrip().endswith("100% of 20,000 runs, 0 s left")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM"])
def test_a_stopped_sweep_leaves_nothing_half_written(ending: str, tmp_path: Path) -> None:
    words = ["sweep", "--grid", "lr=log:1e-5:0.01:300", "--grid", "theta_0=lin:0:1:300"]
    words += ["--steps", "10000000", "--out", str(tmp_path / "sweep.npz")]
    # The signal comes once the threads are at work.
    program = (
        "import os, signal, sys\n"
        "from gdsim.cli import main as cli, sweep as cli_sweep\n"
        "cli_sweep.progress = lambda runs, *, quiet: lambda share: ("
        f"os.kill(os.getpid(), signal.{ending}) or True)\n"
        f"sys.exit(cli.main({words!r}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100,
        preexec_fn=as_from_a_terminal,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (128 + getattr(signal, ending), "")
    assert run.stderr == "gdsim: stopped; nothing was written.\n"
    assert list(tmp_path.iterdir()) == []
