"""A lesson that is spoilt, or made to do harm: opened, or refused in a sentence with a line."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gdsim.engine.sentences import Fault, sentence
from gdsim.experiment.lessons.reading import MOST_BYTES, lesson_from_text, read_lesson
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.toml_lines import lines_of
from tests.trials.lessons import spoilt, try_one

RATES = next(path for path in bundled() if "rates" in path.name).read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(8))
def test_a_spoilt_lesson_opens_or_is_refused_in_a_sentence(seed: int) -> None:
    """`python -m tests.trials.lessons` tries thousands."""
    chance = random.Random(seed)
    for _ in range(50):
        text = spoilt(chance)
        assert try_one(text) in ("refused", "no lesson", "opened", "opened and tried"), text


def refused(text: str) -> str:
    with pytest.raises(Fault) as found:
        lesson_from_text(text, Path("mine.toml"))
    said = str(found.value)
    assert "\n" not in said
    return said


NO_TOML = {
    "minutes = eight": "a text stands in quotes",
    "minutes 8": "'=' is missing",
    "minutes = 8 minutes": "begin a new line",
    'title = "Too small': "not closed",
    'path = "C:\\lessons"': "\\ is written \\\\",
    "[experiment": "is not closed",
    "x = [1, 2": "a bracket",
    "a = 1\na = 2": "given twice",
    "[a]\nb = 1\n[a]": "there already, or is a value",
    "day = 2024-02-31": "no such date",
    "= 1": "a line is 'name = value'",
    "a. = 1": "name is missing",
    "a = '''never": "not closed",
    "x = " + "[" * 3000 + "]" * 3000: "too many brackets",
    "x = " + "9" * 5000: "too many digits",
    "a." * 20_000 + "a = 1": "too many dots",
}


@pytest.mark.parametrize("wrong", NO_TOML, ids=lambda text: text[:12])
def test_what_is_no_toml_is_said_with_line_and_remedy(wrong: str) -> None:
    lines = wrong.count("\n") + 1
    said = refused('format = "gdsim lesson"\n' + wrong)
    assert said.startswith(f"mine.toml, line {1 + lines}"), said
    assert NO_TOML[wrong] in said


def test_a_text_that_does_not_end_on_its_line_is_told_on_that_line() -> None:
    said = refused('format = "gdsim lesson"\ntitle = "Too\nsmall"')
    assert said.startswith("mine.toml, line 2, ")
    assert "on its own line" in said


def test_what_is_missing_in_the_whole_file_has_a_line_too() -> None:
    assert refused('format = "gdsim lesson"\nversion = 1\nid = "a"').startswith(
        "mine.toml, line 1: 'experiment' is missing"
    )


def test_a_quoted_value_stays_on_the_line_of_the_sentence() -> None:
    said = refused(RATES.replace('problem = "article"', 'problem = "a\\nb"'))
    assert "no problem 'a\\nb'" in said
    fault = Fault("{inner}", inner=sentence("'{word}' is none.", word="a\nb\r\nc\u2028d"))
    assert str(fault) == r"'a\nb\r\nc\u2028d' is none."


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_key_of_a_lesson_has_its_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines, found = text.split("\n"), lines_of(text)
    for way in _ways(tomllib.loads(text)):
        if way in found:
            name = str(way[-1]) if isinstance(way[-1], str) else str(way[-2])
            assert name in lines[found[way] - 1], way
    assert len(found) >= text.count(" = ")


def _ways(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if way:
        yield way
    listed = enumerate(value) if isinstance(value, list) else ()
    for key, one in value.items() if isinstance(value, dict) else listed:
        yield from _ways(one, (*way, key))


def test_lines_of_quoted_dotted_and_spaced_keys() -> None:
    text = 'a.b = 1\n"c d" = 2\n"e\\"=f" = 3\n[ g . h ]\n i . "j.k" = 4\n'
    found = lines_of(text)
    wanted = {("a", "b"): 1, ("c d",): 2, ('e"=f',): 3, ("g", "h"): 4, ("g", "h", "i", "j.k"): 5}
    assert {way: found[way] for way in wanted} == wanted


def test_a_file_that_is_no_lesson_is_not_read_to_its_end(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(Fault, match="too large"):
        read_lesson(large)
    with pytest.raises(Fault, match="folder"):
        read_lesson(tmp_path)
    with pytest.raises(Fault, match="There is no file"):
        read_lesson(tmp_path / "none.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"a = 1\nb = '\xe9'\n")
    with pytest.raises(Fault, match="line 2: this is not UTF-8"):
        read_lesson(latin)
