"""Lessons that somebody has spoilt: each opens, or is refused in a sentence with its line.

    python -m tests.trials.lessons [count] [seed]

What opens is also stepped through, and what it asks is tried where that does not take long; what
is refused names the file, a line that there is, and something to be done, in every language.
"""

from __future__ import annotations

import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.facts import try_lesson
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.lessons.reading import lesson_from_text
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.stages import Course

FILE = Path("spoilt.toml")
TEXTS = [path.read_text(encoding="utf-8") for path in bundled()]
VALUES = (
    "nan", "inf", "-inf", "-1", "0", "1", "2", "3.5", "1e400", "1e300", "-1e-320", "0x10", "true",
    "false", '""', '"\\u0000"', '"a\\nb"', "'''a\nb'''", "[]", "[[]]", "[1, 2]", '["a"]', "{}",
    "{ a = 1 }", "{ is = 1 }", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "9" * 400,
    "[0.0]", "[nan, 1.0]", '"article"', '"gd"', '"adam"', '"loss"', '"parameters"', "1_000",
    "{ x = [1.0, 2.0], y = [1.0] }", '{ file = "../../secret.csv" }', '"' + "x" * 5000 + '"',
    '["path", "path"]', '[[["a"]]]', '"{file}"', '"%s"', "[true]", '"1/x"', '"exp(exp(x))"',
)  # fmt: skip
CHARACTERS = "[]{}=\"'#.,\n\t\\ \r\x00\ufeff\u20289aα中😀-+e"
SLOW = 30_000
"""Steps of all runs of a lesson beyond which what it asks is not tried."""

Mutation = Callable[[random.Random, str], str]


def _lines(change: Callable[[random.Random, list[str]], None]) -> Mutation:
    def mutate(chance: random.Random, text: str) -> str:
        lines = text.split("\n")
        change(chance, lines)
        return "\n".join(lines)

    return mutate


def _drop(chance: random.Random, lines: list[str]) -> None:
    at = chance.randrange(len(lines))
    del lines[at : at + chance.choice((1, 1, 1, 2, 5, 20))]


def _double(chance: random.Random, lines: list[str]) -> None:
    at = chance.randrange(len(lines))
    lines.insert(chance.choice((at, chance.randrange(len(lines)))), lines[at])


def _swap(chance: random.Random, lines: list[str]) -> None:
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]


def _borrow(chance: random.Random, lines: list[str]) -> None:
    """Some lines of another lesson."""
    others = chance.choice(TEXTS).split("\n")
    start = chance.randrange(len(others))
    at = chance.randrange(len(lines))
    lines[at : at + chance.choice((0, 1, 3))] = others[start : start + chance.choice((1, 3, 8))]


def _other_value(chance: random.Random, lines: list[str]) -> None:
    keys = [i for i, line in enumerate(lines) if " = " in line]
    if keys:
        at = chance.choice(keys)
        lines[at] = lines[at].partition(" = ")[0] + " = " + chance.choice(VALUES)


def _other_key(chance: random.Random, lines: list[str]) -> None:
    keys = [i for i, line in enumerate(lines) if " = " in line]
    if keys:
        at, other = chance.choice(keys), chance.choice(keys)
        key = chance.choice((lines[other].partition(" = ")[0], '"a b"', "a.b.c", "'x'", "中", "is"))
        lines[at] = key + " = " + lines[at].partition(" = ")[2]


def _other_number(chance: random.Random, text: str) -> str:
    numbers = list(re.finditer(r"(?<== )-?[0-9][0-9.e+-]*|(?<=[\[,] )-?[0-9][0-9.e+-]*", text))
    if not numbers:
        return text
    found = chance.choice(numbers)
    return text[: found.start()] + chance.choice(VALUES) + text[found.end() :]


def _other_character(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(CHARACTERS) + text[at + chance.randrange(2) :]


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


MUTATIONS: tuple[Mutation, ...] = (
    _lines(_drop), _lines(_double), _lines(_swap), _lines(_borrow), _lines(_other_value),
    _lines(_other_value), _lines(_other_key), _other_number, _other_number, _other_character, _cut,
)  # fmt: skip


def spoilt(chance: random.Random) -> str:
    """A lesson of the program with one to four faults."""
    text = chance.choice(TEXTS)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = chance.choice(MUTATIONS)(chance, text)
    return text


def try_one(text: str) -> str:
    """What became of it, in a word; AssertionError where it was not said as it should be."""
    try:
        lesson = lesson_from_text(text, FILE)
    except Fault as fault:
        said = str(fault)
        assert said.startswith(FILE.name), said
        assert len(said) < 800, said
        assert "\n" not in said, said
        found = re.match(rf"{FILE.name}, line (\d+)", said)
        if found is None:
            assert "is no gdsim lesson" in said, said
            return "no lesson"
        assert 1 <= int(found[1]) <= text.count("\n") + 1, said
        return "refused"
    return step_through(lesson)


def step_through(lesson: Lesson) -> str:
    """Go to its end and back, and try what it asks where that is soon done."""
    course = Course(lesson).next().choose(0)
    for _ in range(30):
        assert course.scene.setup.tracks
        course = course.next()
    for _ in range(30):
        course = course.back()
    assert course == Course(lesson).next().choose(0).back()
    steps = lesson.setup.step_limit + lesson.task.setup.step_limit
    if steps > SLOW // 10 or len(lesson.setup.problem.parameters) > 3:
        return "opened"
    for tried in islice(try_lesson(lesson), 6):
        assert str(tried.sentence)
    return "opened and tried"


def main(count: int = 2000, seed: int = 1) -> None:
    warnings.simplefilter("error")
    counts: Counter[str] = Counter()
    slowest = 0.0
    for number in range(count):
        text = spoilt(random.Random(f"{seed} {number}"))
        began = time.perf_counter()
        try:
            counts[try_one(text)] += 1
        except Exception as error:
            Path("spoilt.toml").write_text(text, encoding="utf-8")
            raise AssertionError(f"number {number} of seed {seed}, now in spoilt.toml") from error
        slowest = max(slowest, time.perf_counter() - began)
    print(f"{count} lessons: {dict(counts)}; the longest took {slowest:.2f} s")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
