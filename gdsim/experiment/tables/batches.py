"""The rows of a table, some thousands at a time: by C where they are plain numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
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


def batches(
    stream: io.TextIOWrapper, delimiter: str, begins: int, *, quoted: bool
) -> Iterator[Batch]:
    """All rows of a text behind the line `begins`; `csv.Error` where a cell has no end."""
    for _ in islice(stream, begins):
        pass
    if not quoted:
        while lines := list(islice(stream, SIZE)):
            if not "".join(lines).isspace():
                yield Batch(delimiter, lines)
        return
    reader = rows_of(Lines(stream, delimiter), delimiter)
    while rows := list(islice(reader, SIZE)):
        filled = [row for row in rows if any(row)]
        if filled:
            yield Batch(delimiter, None, filled)


def line_of_row(stream: io.TextIOWrapper, delimiter: str, begins: int, row: int) -> int:
    """The line in which a row begins; that of the first row without an end, if there is one."""
    for _ in islice(stream, begins):
        pass
    lines = Lines(stream, delimiter)
    found, line = -1, begins
    try:
        for cells in rows_of(lines, delimiter):
            if any(cells):
                found += 1
            line = begins + lines.number
            if found == row:
                return line - ends_within(cells)
    except csv.Error:
        pass
    return line + 1


def rows_at(
    stream: io.TextIOWrapper, delimiter: str, begins: int, first: int, count: int
) -> list[tuple[int, tuple[str, ...]]]:
    """So many rows from one on, each with the line in which it begins."""
    for _ in islice(stream, begins):
        pass
    lines = Lines(stream, delimiter)
    found, place = [], -1
    for cells in rows_of(lines, delimiter):
        place += any(cells)
        if place >= first and any(cells):
            found.append((begins + lines.number - ends_within(cells), tuple(cells)))
        if len(found) == count:
            break
    return found


def ends_within(row: Sequence[str]) -> int:
    """How many ends of lines a row has in its cells."""
    return sum(cell.count("\n") for cell in row)
