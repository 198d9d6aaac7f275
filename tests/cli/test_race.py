"""`gdsim race`, as scripts use it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.calling import gdsim, refused


def test_the_table_holds_each_optimizer_at_its_best(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    words = ["--problem", "article", "--optimizers", "gd,momentum,adam", "--steps", "1000"]
    assert gdsim("race", *words, "--quiet", "--out", str(target)) == 0
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "optimizer,best_lr,steps,width_decades,outcome,steps_before"
    rows = list(csv.DictReader(lines))
    assert [row["optimizer"] for row in rows] == ["gd", "momentum", "adam"]
    assert [float(row["best_lr"]) for row in rows] == pytest.approx([10**-1.1, 0.01, 10**-0.4])
    assert [row["steps"] for row in rows] == ["69", "76", "72"]
    assert [row["width_decades"] for row in rows] == ["0.35", "1.7", "1.85"]
    assert [row["steps_before"] for row in rows] == ["548", "76", ""]
    assert {row["outcome"] for row in rows} == {"converged"}


def test_it_tells_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--start", "-2.5,1", "--optimizers", "gd,adam", "--distance", "0.05"]
    assert gdsim("race", "--problem", "quadratic", *words, "--lr", "0.015", "--steps", "2000") == 0
    title, finish, names, gd, adam = capsys.readouterr().out.splitlines()
    assert "81 rates from 0.001 to 10" in title
    assert "within 0.05 of a minimum" in finish
    assert names.split() == ["optimizer", "best", "lr", "steps", "before", "decades", "outcome"]
    assert gd.split() == ["gd", "0.01778", "219", "259", "0.35", "converged"]
    assert adam.split() == ["adam", "0.1", "63", "344", "1.5", "converged"]


def test_a_width_that_the_range_cuts_and_a_run_that_never_gets_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["--optimizers", "gd", "--rates", "log:0.01:0.05:15"]
    assert gdsim("race", *words) == 0
    assert "> " in capsys.readouterr().out
    assert gdsim("race", *words, "--steps", "20") == 0
    row = capsys.readouterr().out.splitlines()[-1].split()
    assert row[2:] == ["never", "never", "–", "moving"]


def test_where_no_minimum_is_known_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--problem", "network", "--optimizers", "gd,adam", "--steps", "60"]
    assert gdsim("race", *words, "--rates", "log:0.01:1:9", "--tolerance", "0.1") == 0
    assert "within 0.1 of the least found, 0." in capsys.readouterr().out
    assert gdsim("race", *words, "--rates", "log:0.01:1:9", "--target-loss", "0.3") == 0
    assert "stays at most 0.3" in capsys.readouterr().out


def test_a_second_field_and_rates_about_the_best(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--optimizers", "gd,momentum", "--field", "momentum=0,0.6", "--refine", "9"]
    assert gdsim("race", *words, "--rates", "log:1e-3:1:31", "--steps", "200") == 0
    names, *lines = capsys.readouterr().out.splitlines()[2:]
    rows = {line.split()[0]: line.split() for line in lines}
    assert names.split()[-2:] == ["outcome", "momentum"]
    assert (rows["momentum"][-1], rows["gd"][-1]) == ("0.6", "–")
    assert int(rows["momentum"][2]) < int(rows["gd"][2]) < 70


BAD = {
    "--optimizers gd,gd": "gd is given twice",
    "--optimizers gd,": "optimizer ''",
    "--optimizers adm": "Did you mean 'adam'",
    "--steps 0": "--steps",
    "--steps many": "--steps",
    "--tolerance 0": "greater than zero",
    "--tolerance x": "--tolerance must be a finite number",
    "--tolerance 1 --target-loss 1": "one of",
    "--rates 0.1,1": "log:LOW:HIGH:COUNT",
    "--rates log:1e-3:1e9:81": "learning_rate",
    "--refine -1": "--refine",
    "--field momentun": "Did you mean 'momentum'",
    "--field momentum=2": "momentum",
    "--field momentum=": "momentum",
    "--jobs none": "--jobs",
    "--problem saddle": "target loss",
    "--problem network --distance 0.1": "target loss instead",
    "--out race.npz": ".csv",
    "--out nowhere/race.csv": "no folder",
    "--optimizer gd": "--optimizer",
    "--set momentum=0.5": "momentum",
    "--problem expression --expression 1/x --start 0": "No value where run 1 starts",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_words_get_one_line(
    words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert BAD[words] in refused(capsys, "race", *words.split())
    assert list(tmp_path.iterdir()) == []
