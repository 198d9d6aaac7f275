"""How the rows of a table stand in its text: delimiter, comments, titles, names of columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from gdsim.engine.sentences import quoted
from gdsim.experiment.tables.dates import READERS
from gdsim.experiment.tables.numbers import Notation, notation

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
"""By the names that the command line has for them."""
_CANDIDATES = ("\t", ";", ",", "|", "，", " ")
_YEARS = range(1500, 2201)


class Lines:
    """The lines of a text that may be rows; comments are passed over. `number` is of the last."""

    def __init__(self, text: Iterable[str], delimiter: str) -> None:
        self.number = 0
        self._text, self._spaced = text, delimiter == " "

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.number += 1
            if line.startswith("#"):
                continue
            yield line.replace("\t", " ").strip() + "\n" if self._spaced else line


def rows_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The cells of each row; quoted cells may hold delimiters and ends of lines."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def delimiter_of(lines: Sequence[str]) -> str:
    """The one that makes rows of one length, with numbers in their cells."""
    signs = set(_CANDIDATES) - {" "}
    marked = [not signs.isdisjoint(line) for line in lines]
    if 2 * sum(marked) > sum(bool(line.strip()) for line in lines):
        lines = lines[marked.index(True) :]  # before it stand titles
    scores = {candidate: _score(lines, candidate) for candidate in _CANDIDATES}
    return max(_CANDIDATES, key=lambda candidate: scores[candidate])


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, float, int]:
    """How many rows have the usual length, how many of their cells are numbers, that length."""
    try:
        rows = [row for row in rows_of(Lines(lines, delimiter), delimiter) if any(row)]
    except csv.Error:
        return -1.0, 0.0, 0
    lengths = Counter(len(without_end(row)) for row in rows)
    length, count = max(lengths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if length < 2:
        return -1.0, 0.0, 0
    body = [row for row in rows if len(without_end(row)) == length][-20:]
    cells = [cell for row in body for cell in row]
    known = sum(notation(cell) is not Notation.NONE for cell in cells)
    # A share of rows in steps of a tenth: what differs less is decided by the numbers.
    return round(10.0 * count / len(rows)) * (0.2 + known / len(cells)), known / len(cells), length


def without_end(row: list[str]) -> list[str]:
    """The row without the empty cells behind its last one."""
    end = len(row)
    while end > 1 and not row[end - 1].strip():
        end -= 1
    return row[:end]


def usual_length(rows: Sequence[list[str]]) -> int:
    """The number of cells that most rows have; the greater of two that are as usual."""
    counts = Counter(map(len, rows))
    return max(counts, key=lambda length: (counts[length], length), default=0)


def kind_of(cell: str) -> str:
    """A number, a date, a gap or a text."""
    found = notation(cell)
    if found is Notation.GAP:
        return "gap"
    if found is not Notation.NONE:
        return "number"
    for read in READERS.values():
        try:
            read(cell)
        except ValueError:
            continue
        return "date"
    return "text"


def has_names(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns: its cells differ in kind from those beneath them."""
    kinds = [kind_of(cell) for cell in first]
    if len(kinds) > 1 and not first[0].strip() and _counts_up(first[1:]):
        return bool(below)
    if len(kinds) > 1 and not first[0].strip() and set(kinds[1:]) == {"text"}:
        return len(set(first)) == len(first)  # row names have none
    if not below:
        return any(kind == "text" for kind in kinds)
    beneath = [_usual_kind([row[i] for row in below if i < len(row)]) for i in range(len(first))]
    pairs = list(zip(kinds, beneath, strict=True))
    values = [(one, other) for one, other in pairs if other in ("number", "date")]
    if any(one == "text" for one, _ in values):
        # A word among numbers that all stand above numbers is a bad cell, or the name of a gap.
        numbers = [one for one, other in pairs if other == "number"]
        all_differ = not any(one == other for one, other in values)
        return all_differ or 2 * numbers.count("text") > len(numbers)
    if values and all(one in ("number", "gap") for one, _ in values):
        years = [cell for cell, (one, _) in zip(first, pairs, strict=True) if one == "number"]
        words = [cell for cell, (one, _) in zip(first, pairs, strict=True) if one == "text"]
        return bool(words) and len(years) > 1 and _are_years(years)
    if not values:  # words above words: names do not come again
        cells = {cell for row in below for cell in row}
        return len(set(first)) == len(first) and not cells.intersection(first)
    return False


def _usual_kind(cells: Sequence[str]) -> str:
    kinds = Counter(kind_of(cell) for cell in cells)
    kinds.pop("gap", None)
    return kinds.most_common(1)[0][0] if kinds else "gap"


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether they are 0, 1, 2 … or 1, 2, 3 …: numbered columns."""
    texts = [cell.strip() for cell in cells]
    return texts in ([str(i) for i in range(len(texts))], [str(i + 1) for i in range(len(texts))])


def _are_years(cells: Sequence[str]) -> bool:
    """Whether they are years that follow one another."""
    if not all(re.fullmatch(r"\d{4}", cell.strip()) for cell in cells):
        return False
    years = [int(cell) for cell in cells]
    steps = {later - year for year, later in pairwise(years)}
    even = steps == {1} or (len(years) > 2 and len(steps) == 1 and min(steps) > 0)
    return even and all(year in _YEARS for year in years)


def names_from(cells: Sequence[str], count: int) -> tuple[str, ...]:
    """Names for so many columns: those of the cells, on one line; what stands twice gets its place
    behind it, and what has no name is called by its place."""
    # As a terminal, too, can show them: none with its own commands in it.
    texts = [quoted(" ".join(cell.split()), 1 << 20) for cell in cells]
    texts += [""] * (count - len(cells))
    counts = Counter(texts)
    found = []
    for place, text in enumerate(texts[:count], 1):
        name = text or f"column {place}"
        found.append(f"{name} ({place})" if text and counts[text] > 1 else name)
    return tuple(found)
