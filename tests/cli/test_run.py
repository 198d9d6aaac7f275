"""`gdsim run` and `gdsim list`, as scripts use them."""

from __future__ import annotations

import json
import math
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gdsim.cli import run as cli_run
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment.document import save
from tests.cli.calling import as_from_a_terminal, gdsim, refused
from tests.setups import experiment_of

ROOT = Path(__file__).resolve().parents[2]


def table(path: Path) -> tuple[list[str], list[list[float]]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return lines[0].split(","), [[float(cell) for cell in line.split(",")] for line in lines[1:]]


def ran(tmp_path: Path, *words: str) -> tuple[list[str], list[list[float]]]:
    path = tmp_path / "out.csv"
    assert gdsim("run", *words, "--quiet", "--out", str(path)) == 0
    return table(path)


def test_the_articles_numbers(tmp_path: Path) -> None:
    names, rows = ran(tmp_path, "--problem", "article", "--lr", "0.01")
    assert names == ["step", "learning_rate", "loss", "theta_0", "theta_1"]
    assert [row[0] for row in rows] == list(range(1001))
    assert [row[2] for row in rows[:3]] == pytest.approx([41.6, 24.643008, 14.7601857024])
    assert rows[1][3:] == pytest.approx([0.112, 0.424])
    assert rows[-1][2:] == pytest.approx([0.560465130125, -0.949448893427, 2.185998154069])


def test_a_rows_rate_is_that_of_the_update_to_come(tmp_path: Path) -> None:
    words = ["--problem", "rosenbrock", "--lr", "0.001", "--steps", "6", "--start", "-1.2,1"]
    drops = ["--schedule", "multistep", "--schedule-set", "milestones=2,4", "gamma=0.5"]
    names, rows = ran(tmp_path, *words, *drops)
    assert names[3:] == ["x", "y"]
    assert [row[1] for row in rows] == [1e-3] * 2 + [5e-4] * 2 + [2.5e-4] * 3
    for (_, rate, _, x, y), after in pairwise(rows):
        slope = (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))
        assert after[3:] == pytest.approx([x - rate * slope[0], y - rate * slope[1]], rel=1e-13)


def test_every_float_round_trips_and_all_three_formats_agree(tmp_path: Path) -> None:
    words = ["run", "--optimizer", "adam", "--lr", "0.3", "--steps", "5000", "--quiet", "--out"]
    for suffix in (".csv", ".json", ".npz"):
        assert gdsim(*words, str(tmp_path / f"a{suffix}")) == 0
    names, rows = table(tmp_path / "a.csv")
    stored = np.load(tmp_path / "a.npz", allow_pickle=False)
    whole = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert list(stored) == names == list(whole["columns"])
    assert stored["step"].dtype == np.int64
    for place, name in enumerate(names):
        column = [row[place] for row in rows]
        assert stored[name].tolist() == column == whole["columns"][name]
    assert (whole["optimizer"], whole["steps"], whole["outcome"]) == ("adam", 5000, "converged")
    assert whole["parameters"] == {"theta_0": rows[-1][3], "theta_1": rows[-1][4]}


def test_a_diverged_run_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.json"
    assert gdsim("run", "--lr", "3", "--out", str(path)) == 0
    said = capsys.readouterr().out
    assert "steps: diverged" in said
    assert "Left the limit at step 2" in said
    assert "nan" not in said
    assert "of its last finite step" in said
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert whole["outcome"] == "diverged"
    # The first step multiplies the error along the steep axis by 1 − 3 · 23.66 = −70.
    assert whole["diverged_at"] == next(
        step for step, loss in enumerate(whole["columns"]["loss"]) if loss > 1e6 * 41.6
    )
    _, rows = ran(tmp_path, "--lr", "3")
    assert any(math.isinf(row[2]) for row in rows)
    assert all(math.isnan(cell) for cell in rows[-1][2:])
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert text.endswith("1000,3.0,nan,nan,nan\n")
    assert ",inf," in text


def test_lapack_does_not_write_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Of a curvature that is singular and not finite."""
    words = ["--problem", "expression", "--expression", "x^6 + y", "--start", "1e80,1"]
    assert gdsim("run", *words, "--optimizer", "newton", "--steps", "3") == 0
    said = capfd.readouterr()
    assert "DLASCL" not in said.out + said.err
    assert "diverged" in said.out


def test_a_start_without_a_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--problem", "expression", "--problem-set", "expression=1/x", "--start", "0"]
    text = refused(capsys, "run", *words)
    assert "1 divided by 0" in text


def test_a_network_does_not_flood_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """321 weights, in two units: the first of them, how many more there are, and where."""
    path = tmp_path / "net.json"
    words = ["--problem", "network", "--problem-set", "hidden=16, 16", "--steps", "3"]
    assert gdsim("run", *words, "--out", str(path)) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) < 40
    whole = json.loads(path.read_text(encoding="utf-8"))
    shown = [line for line in told if line.startswith("  w1_1_1 ")]
    assert float(shown[0].split()[1]) == whole["columns"]["w1_1_1"][-1]
    assert float(shown[1].split()[1]) == whole["own_units"]["w1_1_1"]
    assert f"  … and {321 + 2 - 12} more: --out FILE.json has all" in told
    assert f"  … and {321 - 12} more: --out FILE.json has all" in told
    # A few are all there.
    assert gdsim("run", "--problem", "polynomial", "--problem-set", "degree=9", "--steps", "3") == 0
    assert "… and" not in capsys.readouterr().out


def test_not_a_number_is_told_from_divergence(capsys: pytest.CaptureFixture[str]) -> None:
    """With ε = 0 the gradient's zero along x at Beale's (1, 1) makes 0/0."""
    where = ["--problem", "beale", "--start", "1,1", "--optimizer", "adam", "--set", "eps=0"]
    assert gdsim("run", *where) == 0
    assert "No value at step 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        (["--optimizer", "adam", "--convention", "keras"], 0.001),
        (["--optimizer", "adamax", "--convention", "pytorch"], 0.002),
        (["--optimizer", "gd", "--convention", "keras"], 0.01),
        (["--optimizer", "adadelta", "--convention", "optax"], 1.0),
        (["--optimizer", "schedule_free_adamw", "--convention", "optax"], 0.0025),
        (["--optimizer", "lion", "--convention", "keras", "--lr", "0.5"], 0.5),
        (["--optimizer", "adam", "--convention", "keras", "--set", "learning_rate=0.25"], 0.25),
        # Optax wants a rate to be given: the problem's holds. So it does without a convention.
        (["--optimizer", "adam", "--convention", "optax"], 0.01),
        (["--optimizer", "adam"], 0.01),
    ],
)
def test_a_convention_brings_its_learning_rate(
    words: list[str], rate: float, tmp_path: Path
) -> None:
    assert ran(tmp_path, *words, "--steps", "1")[1][0][1] == rate


def test_a_convention_sets_formula_and_defaults_and_set_goes_before(tmp_path: Path) -> None:
    """Keras's Adam adds ε to the root that is not corrected: |step| = α|g|√c₂/(√(c₂)|g| + ε)."""
    words = ["--problem", "article", "--optimizer", "adam", "--lr", "1", "--steps", "1"]
    for eps, given in ((1e-7, []), (10.0**-2, ["--set", "eps=0.01"])):
        _, rows = ran(tmp_path, *words, "--convention", "keras", *given)
        root = math.sqrt(1 - 0.999)
        for slope, value in zip((11.2, 42.4), rows[1][3:], strict=True):
            assert value == pytest.approx(root * slope / (root * slope + eps), rel=1e-12)


def test_the_frameworks_own_names_are_understood(tmp_path: Path) -> None:
    ours = ["--set", "beta1=0.8", "eps=0.001", "--schedule-set", "decay_steps=50"]
    theirs = ["--set", "beta_1=0.8", "--set", "epsilon=1e-3", "--schedule-set", "T_max=50"]
    words = ["--optimizer", "adam", "--schedule", "cosine", "--steps", "60"]
    assert ran(tmp_path, *words, *ours) == ran(tmp_path, *words, *theirs)


def test_cyclic_batches_go_through_the_data_in_order(tmp_path: Path) -> None:
    data = tmp_path / "数据.csv"
    xs, ys = [0.5, 1.0, 2.0, 4.0, 5.5], [1.0, 0.0, 3.0, 2.0, 7.0]
    data.write_text("time,height\n" + "".join(f"{x},{y}\n" for x, y in zip(xs, ys, strict=True)))
    words = ["--data", str(data), "--x", "time", "--y", "height", "--lr", "0.01", "--steps", "9"]
    _, rows = ran(tmp_path, *words, "--batch-size", "2", "--sampling", "cyclic")
    a = b = 0.0
    for step in range(9):
        batch = [slice(0, 2), slice(2, 4), slice(4, 5)][step % 3]
        errors = [(a + b * x - y, x) for x, y in zip(xs[batch], ys[batch], strict=True)]
        slope = [2 * sum(e * x**i for e, x in errors) / len(errors) for i in (0, 1)]
        a, b = a - 0.01 * slope[0], b - 0.01 * slope[1]
        assert rows[step + 1][3:] == pytest.approx([a, b], rel=1e-12)


def test_full_means_the_whole_data_whatever_the_order(tmp_path: Path) -> None:
    words = ["--steps", "20", "--batch-size", "full"]
    plain = ran(tmp_path, "--steps", "20")
    assert ran(tmp_path, *words, "--optimizer", "sgd") == plain
    assert ran(tmp_path, *words, "--sampling", "random") == plain


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--optimizer", "adma"], "Did you mean 'adam'"),
        (["--problem", "rosenbrok"], "Did you mean 'rosenbrock'"),
        (["--schedule", "cosin"], "Did you mean 'cosine'"),
        (["--convention", "torch"], "Did you mean 'pytorch'"),
        (["--convention", "keras", "--optimizer", "radam"], "pytorch, optax"),
        (["--convention", "pytorch", "--optimizer", "lion"], "keras, optax"),
        (["--optimizer", "adam", "--set", "rho=0.9"], "'adam' has no setting 'rho'. It has: l"),
        (["--optimizer", "adam", "--set", "beta=0.9"], "Did you mean 'beta"),
        (["--optimizer", "adam", "--set", "beta1=1"], "beta1 cannot be 1: allowed is ≥ 0, < 1"),
        (["--optimizer", "adam", "--set", "beta1"], "KEY=VALUE, not 'beta1'"),
        (["--optimizer", "adam", "--set", "b1=0", "beta1=0"], "beta1 is given twice"),
        (["--lr", "0.1", "--set", "learning_rate=0.2"], "learning_rate is given twice"),
        (["--lr", "0.1", "--set", "lr=0.2"], "learning_rate is given twice: as --lr and as lr."),
        (["--optimizer", "momentum", "--set", "momentum=0.5", "momentum=0.6"],
         "momentum is given twice."),
        (["--set", "lr=0.1", "learning_rate=0.2"], "given twice: as lr and as learning_rate."),
        (["--schedule", "step", "--schedule-set", "gamma=0.5", "gamma=0.6"], "given twice"),
        (["--seed", "1.5"], "allowed is a whole number ≥ 0, ≤ 2.147×10⁹"),
        (["--optimizer", ""], "There is no optimizer ''"),
        (["--schedule", ""], "There is no schedule ''"),
        (["--lr", "fast"], "learning_rate cannot be fast: allowed is > 0"),
        (["--lr", "nan"], "learning_rate cannot be nan"),
        (["--lr", "-0.1"], "learning_rate cannot be -0.1"),
        (["--optimizer", "momentum", "--convention", "keras", "--set", "dampening=0.1"],
         "dampening has no effect with convention = keras"),
        (["--schedule-set", "gamma=0.5"], "'constant' has no settings"),
        (["--schedule", "step", "--schedule-set", "gamma=2"], "gamma cannot be 2"),
        (["--schedule", "step", "--schedule-set", "T_max=2"], "It has: step_size, gamma"),
        (["--optimizer", "newton", "--schedule", "cosine"], "give one for the schedule"),
        (["--batch-size", "6"], "there are 5 samples"),
        (["--batch-size", "0"], "from 1 on, or 'full', not '0'"),
        (["--batch-size", "2.5"], "from 1 on, or 'full', not '2.5'"),
        (["--batch-size", "-1"], "from 1 on, or 'full', not '-1'"),
        (["--batch-size", "some"], "from 1 on, or 'full', not 'some'"),
        (["--batch-size", "nan"], "from 1 on, or 'full', not 'nan'"),
        (["--problem", "beale", "--batch-size", "2"], "not a sum over samples"),
        (["--sampling", "sorted"], "shuffle, cyclic, random"),
        (["--seed", "-1"], "seed cannot be -1"),
        (["--start", "1"], "theta_0, theta_1"),
        (["--start", "1,x"], "--start takes numbers"),
        (["--start", "1,inf"], "theta_1"),
        (["--steps", "0"], "--steps must be a whole number from 1"),
        (["--steps", "1.5"], "--steps"),
        (["--clip-norm", "-1"], "clip_norm cannot be -1"),
        (["--x", "a"], "--data FILE.csv"),
        (["--data", "nowhere.csv"], "nowhere.csv"),
        (["nowhere.gdsim"], "nowhere.gdsim"),
        (["--out", "a.txt"], ".csv, .json, .npz"),
        (["--out", "a.npz", "--steps", "50000000"], "write them as .csv"),
        (["--out", "nowhere/a.csv"], "nowhere"),
        (["--plot", "a.jpg"], ".png, .svg, .pdf"),
        (["--plot", "nowhere/a.svg", "--steps", "3"], "nowhere"),
        (["--lr"], "--lr"),
        (["--fast"], "--fast"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(
    words: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in refused(capsys, "run", *words)
    assert not list(tmp_path.iterdir())


def test_a_folder_and_a_table_of_one_column_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a.csv"
    folder.mkdir()
    assert "is a folder" in refused(capsys, "run", "--out", str(folder))
    thin = tmp_path / "thin.csv"
    thin.write_text("x\n1\n2\n")
    assert "one column" in refused(capsys, "run", "--data", str(thin))


def race(path: Path) -> None:
    """Two runs on Beale's function; the first becomes momentum at step 5."""
    beale = make_problem("beale")
    first, second = make_run(beale, "gd", {"learning_rate": 0.03}), make_run(beale, "adam")
    later = make_run(beale, "momentum", {"learning_rate": 0.01})
    save(path, experiment_of(beale, (first, ((5, later),)), second, limit=12))


def test_an_experiments_runs_are_run_to_its_limit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    race(tmp_path / "race.gdsim")
    names, rows = ran(tmp_path, str(tmp_path / "race.gdsim"))
    assert names == ["run", "step", "learning_rate", "loss", "x", "y"]
    one, two = ([row[1:] for row in rows if row[0] == n] for n in (1.0, 2.0))
    assert [row[0] for row in one] == list(range(13))
    assert [row[1] for row in one] == [0.03] * 5 + [0.01] * 8
    words = ["--problem", "beale", "--steps", "12"]
    assert two == ran(tmp_path, *words, "--optimizer", "adam")[1]
    assert one[:6] == [
        [*row[:1], 0.03 if row[0] < 5 else 0.01, *row[2:]]
        for row in ran(tmp_path, *words, "--lr", "0.03")[1][:6]
    ]
    # Momentum starts afresh where it takes over.
    start = ",".join(map(repr, one[5][3:]))
    after = ran(tmp_path, *words, "--optimizer", "momentum", "--lr", "0.01", "--start", start)[1]
    assert [row[2:] for row in one[5:]] == [row[2:] for row in after[:8]]
    assert gdsim("run", str(tmp_path / "race.gdsim"), "--steps", "2") == 0
    told = capsys.readouterr().out
    assert "1. " in told
    assert "2. " in told


def test_options_change_what_the_file_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = make_problem("article")
    run = make_run(article, "adam", {"learning_rate": 0.2, "beta1": 0.5}, "step", {"step_size": 7})
    path = tmp_path / "one.gdsim"
    save(path, experiment_of(article, run, limit=20))
    whole = ["--optimizer", "adam", "--steps", "20"]
    steps = ["--schedule", "step", "--schedule-set", "step_size=7"]
    kept = ran(tmp_path, *whole, *steps, "--lr", "0.2", "--set", "beta1=0.5")
    assert ran(tmp_path, str(path)) == kept
    assert ran(tmp_path, "--set", "beta2=0.9", str(path)) == ran(
        tmp_path, *whole, *steps, "--lr", "0.2", "--set", "beta1=0.5", "beta2=0.9"
    )
    # Another optimizer or framework keeps the rate, not the settings of the one before.
    assert ran(tmp_path, str(path), "--optimizer", "gd", "--schedule", "constant") == ran(
        tmp_path, "--steps", "20", "--lr", "0.2"
    )
    assert ran(tmp_path, str(path), "--convention", "keras", "--schedule", "constant") == ran(
        tmp_path, *whole, "--lr", "0.2", "--convention", "keras"
    )
    assert "says what the problem is" in refused(capsys, "run", str(path), "--problem", "beale")


ENDINGS = [
    pytest.param(getattr(signal, name), id=name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
]


@pytest.mark.skipif(sys.platform == "win32", reason="one process cannot be told to end there")
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("suffix", [".csv", ".json", ".npz"])
def test_a_stopped_run_leaves_nothing_behind(
    suffix: str, ending: signal.Signals, tmp_path: Path
) -> None:
    target = tmp_path / f"long{suffix}"
    steps = "100000000" if suffix == ".csv" else "9000000"
    process = subprocess.Popen(
        [sys.executable, "-m", "gdsim", "run", "--steps", steps, "--out", str(target)],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        preexec_fn=as_from_a_terminal,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(ending)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + ending
    assert (out, err) == ("", "gdsim: stopped; nothing was written.\n")
    assert not list(tmp_path.iterdir())


def test_what_was_there_stays_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "a.csv"
    kept.write_text("mine")
    refused(capsys, "run", "--out", str(kept), "--plot", str(tmp_path / "no" / "a.svg"),
            "--steps", "3", "--lr", "0")  # fmt: skip
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_is_told_how_far_it_is_and_a_pipe_is_not(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_run, "PATIENCE", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    assert gdsim("run", "--steps", "20000") == 0
    told = capsys.readouterr().err
    assert bool(re.search(r"step 8,192 of 20,000 \(41%\)", told)) is terminal
    assert told.endswith("\n") is terminal
    assert gdsim("run", "--steps", "20000", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["-x^2+y^2", "-y^2 + x^4", "-(x-1)^2"])
def test_a_function_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert gdsim("run", "--expression", text, "--steps", "1") == 0
    assert capsys.readouterr().err == ""
