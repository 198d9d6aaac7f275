"""The rows of a table, some thousands at a time: by C where they are plain numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.experiment.tables.layout import Lines, rows_of

SIZE = 8192


@dataclass(slots=True)
class Batch:
    """Some rows, as lines or as cells; what stands in no cell is passed over."""

    delimiter: str
    lines: list[str] | None = None
    """Where no cell is quoted, so that each line is a row."""
    _rows: list[list[str]] = field(default_factory=list)

    @property
    def rows(self) -> list[list[str]]:
        """The cells of each row."""
        if not self._rows and self.lines is not None:
            lines = Lines(self.lines, self.delimiter)
            try:
                found = list(rows_of(lines, self.delimiter))
            except csv.Error:  # a cell beyond its limit: nothing is quoted here, so it may be cut
                cut = (line.rstrip("\n").split(self.delimiter) for line in lines)
                found = [[cell.strip(" ") for cell in row] for row in cut]
            self._rows = [row for row in found if any(row)]
        return self._rows

    def plain_numbers(self, places: Sequence[int] | None, decimal: str = ".") -> Array | None:
        """These columns (columns, rows), or all, where each cell is a plain number, else None."""
        lines = self.lines
        if lines is None or (decimal == "," and self.delimiter == ","):
            return None
        joined = "".join(lines)
        if "#" in joined:  # lines that are comments, or a cell with that sign
            return None
        if decimal == ",":
            if "." in joined:
                return None
            lines = joined.replace(",", ".").split("\n")
        delimiter = None if self.delimiter == " " else self.delimiter
        try:
            table = np.loadtxt(lines, delimiter=delimiter, usecols=places, ndmin=2, comments=None)
        except ValueError:
            return None
        return np.ascontiguousarray(table.T) if np.isfinite(table).all() else None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the lines of the text in which it begins and ends."""

    first: int
    last: int
    cells: list[str]


def numbered(text: Iterable[str], delimiter: str, begins: int) -> Iterator[Row]:
    """All rows behind the line `begins`, empty ones too; `csv.Error` where a cell has no end."""
    lines = Lines(islice(text, begins, None), delimiter)
    for cells in rows_of(lines, delimiter):
        last = begins + lines.number
        yield Row(last - sum(cell.count("\n") for cell in cells), last, cells)


def batches(
    stream: io.TextIOWrapper, delimiter: str, begins: int, *, quoted: bool
) -> Iterator[Batch]:
    """All rows of a text behind the line `begins`; `csv.Error` where a cell has no end."""
    text = islice(stream, begins, None)
    if not quoted:
        while lines := list(islice(text, SIZE)):
            if not "".join(lines).isspace():
                yield Batch(delimiter, lines)
        return
    reader = rows_of(Lines(text, delimiter), delimiter)
    while rows := list(islice(reader, SIZE)):
        filled = [row for row in rows if any(row)]
        if filled:
            yield Batch(delimiter, None, filled)


def line_of_row(stream: io.TextIOWrapper, delimiter: str, begins: int, row: int) -> int:
    """The line in which a row begins; that of the first row without an end, if there is one."""
    found, last = -1, begins
    try:
        for one in numbered(stream, delimiter, begins):
            found += any(one.cells)
            if found == row:
                return one.first
            last = one.last
    except csv.Error:
        pass
    return last + 1


def rows_at(
    stream: io.TextIOWrapper, delimiter: str, begins: int, first: int, count: int
) -> list[tuple[int, tuple[str, ...]]]:
    """So many rows from one on, each with the line in which it begins."""
    filled = (one for one in numbered(stream, delimiter, begins) if any(one.cells))
    return [(one.first, tuple(one.cells)) for one in islice(filled, first, first + count)]
