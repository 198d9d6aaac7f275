"""Answers as a table: a row a lesson, in the folder that was named and nowhere else."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from gdsim.engine.sentences import Fault, sentence
from gdsim.experiment.lessons.answers import COLUMNS, answered, keep
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.stages import Course, Try

WHEN = datetime(2026, 3, 4, 10, 5, 7)
RATES = read_lesson(next(path for path in bundled() if "rates" in path.name))


def test_a_row_says_what_was_chosen_counted_and_tried(tmp_path: Path) -> None:
    course = Course(RATES).next().count(1, 11).count(0, 3).next().count(2, 9).choose(2)
    while course.may_go_on:
        course = course.next()
    course = course.tried(Try("α 0.05", "109", "< 70", False, sentence("no")))
    course = course.tried(Try("α 0.08", "68", "< 70", True, sentence("yes")))
    path = keep(tmp_path / "class 3b", course, WHEN)
    keep(tmp_path / "class 3b", Course(RATES).next().choose(0), WHEN)
    assert path.name == "gdsim-answers-2026-03-04.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, first, second = list(csv.reader(file))
    assert tuple(head) == COLUMNS
    assert first == [
        "2026-03-04 10:05:07", "rates", "C", "yes", "A 3, B 11, C 0, D 0", "A 0, B 0, C 9, D 0",
        "2", "α 0.08: 68", "yes",
    ]  # fmt: skip
    assert second[2:4] == ["A", "no"]
    assert second[-1] == "no"


def test_nothing_is_kept_where_nothing_was_answered() -> None:
    assert not answered(Course(RATES).next())
    assert answered(Course(RATES).next().choose(1))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(Fault, match="cannot be written"):
        keep(blocked, Course(RATES).next().choose(1), WHEN)
