"""`gdsim lesson`, as teachers use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdsim.experiment.document import default_experiment, save
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.lessons.shelf import bundled
from tests.cli.calling import gdsim, refused

RATES = next(path for path in bundled() if "rates" in path.name)


def test_check_says_each_number_and_whether_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert gdsim("lesson", "check", "rates", str(RATES)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * (7 + 1 + 4)
    assert "rates: ok: run 2, settles 0.57: 548; asked: 548." in lines
    assert all(": ok: " in line for line in lines)


def test_a_wrong_number_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RATES.read_text(encoding="utf-8").replace("is = 548", "is = 547"))
    assert gdsim("lesson", "check", str(path)) == 1
    wrong = [line for line in capsys.readouterr().out.splitlines() if ": WRONG: " in line]
    assert wrong == [f"{path}: WRONG: run 2, settles 0.57: 548, not 547."]


def test_a_file_that_cannot_be_read_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('format = "gdsim lesson"\nversion = 9\n')
    assert gdsim("lesson", "check", str(path), "half") == 2
    told = capsys.readouterr()
    assert told.err == (
        "gdsim: mine.toml, line 2: version: this gdsim reads version 1 of lessons.\n"
    )
    assert "half: ok: " in told.out


def test_a_new_lesson_opens_and_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    assert gdsim("lesson", "new", str(path), "--lang", "zh", "--views", "loss,rate") == 0
    assert read_lesson(path).question.views == ("loss", "rate")
    assert gdsim("lesson", "check", str(path)) == 0
    capsys.readouterr()
    assert "there already" in refused(capsys, "lesson", "new", str(path))
    assert "no view 'los'" in refused(capsys, "lesson", "new", "--views", "los")


def test_a_lesson_is_made_of_an_experiment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "mine.gdsim"
    save(source, default_experiment())
    assert gdsim("lesson", "new", "--from", str(source)) == 0
    assert 'problem = "article"' in capsys.readouterr().out
    assert gdsim("lesson", "new", str(tmp_path / "mine.toml"), "--from", str(source)) == 0
    assert read_lesson(tmp_path / "mine.toml").setup == default_experiment().setup
    capsys.readouterr()
    assert "no file" in refused(capsys, "lesson", "new", "--from", str(tmp_path / "none.gdsim"))


def test_lessons_are_listed_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gdsim("lesson", "list", "--lang", "zh") == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) >= 16
    assert listed[1].startswith("rates")
    assert "太小、正好、太大" in listed[1]
    page = tmp_path / "sheet.html"
    assert gdsim("lesson", "print", "rates", "--out", str(page), "--lang", "zh") == 0
    assert "动手试" in page.read_text(encoding="utf-8")
    assert "no file" in refused(capsys, "lesson", "print", "nothing")
