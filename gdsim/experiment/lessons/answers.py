"""Answers to lessons as a table in a folder that the teacher names; nothing else leaves gdsim."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

from gdsim.experiment.lessons.stages import LETTERS, Course
from gdsim.system.files import read_at_most, unwritable

COLUMNS = (
    "time", "lesson", "answer", "right", "hands_before", "hands_after", "tries", "last_try",
    "solved",
)  # fmt: skip


def answered(course: Course) -> bool:
    """Whether there is something to keep."""
    voted = any(course.hands[0]) or any(course.hands[1])
    return course.chosen is not None or voted or bool(course.tries)


def row_of(course: Course, when: datetime) -> list[str]:
    """One row, in the order of `COLUMNS`; hands are counted as A 3, B 11, ...."""
    chosen, right = course.chosen, course.lesson.question.right
    last = course.tries[-1] if course.tries else None
    return [
        when.isoformat(sep=" ", timespec="seconds"),
        course.lesson.id,
        "" if chosen is None else LETTERS[chosen],
        "" if chosen is None or right is None else _said(chosen == right),
        *(_hands(tally) for tally in course.hands),
        str(len(course.tries)),
        "" if last is None else f"{last.change}: {last.measured}",
        _said(course.solved),
    ]


def keep(folder: Path, course: Course, when: datetime) -> Path:
    """Add a row to the day's table in that folder; `Fault` where it cannot be written."""
    path = folder / f"gdsim-answers-{when:%Y-%m-%d}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = io.StringIO()
        table = csv.writer(text)
        is_new = not path.exists()
        if not is_new:
            read_at_most(path, 0)  # a pipe in its place would take the row and never end
        if is_new:
            table.writerow(COLUMNS)
        table.writerow(row_of(course, when))
        # One write: two programs that keep answers in one folder do not cut each other's rows.
        encoding = "utf-8-sig" if is_new else "utf-8"
        with path.open("a", encoding=encoding, newline="") as file:
            file.write(text.getvalue())
    except OSError as error:
        raise unwritable(path, error) from None
    return path


def _said(truth: bool) -> str:
    return "yes" if truth else "no"


def _hands(tally: tuple[int, ...]) -> str:
    if not any(tally):
        return ""
    return ", ".join(f"{LETTERS[place]} {count}" for place, count in enumerate(tally))
