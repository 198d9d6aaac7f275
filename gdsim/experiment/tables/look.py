"""A look at a whole table before it is read: what was found out, and why.

Nothing is guessed in silence: each finding is a field of `Look`, which dialog and command line
show, and each can be overruled by a field of `Wishes`.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from gdsim.engine.sentences import Fault, some
from gdsim.experiment.tables import layout
from gdsim.experiment.tables.batches import Batch, Row, batches, line_of_row, numbered, rows_at
from gdsim.experiment.tables.column import Column, Tally
from gdsim.experiment.tables.numbers import Notation
from gdsim.experiment.tables.source import Cancelled, Progress, Source, source_of

SAMPLE = 300
"""Lines that delimiter and names are told from."""
MOST_COLUMNS = 5000
SHOWN = 40
"""Rows at the beginning that a preview has."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of a table; None where the look decides."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None
    gaps: tuple[float, ...] | None = None
    """Numbers that mean a gap, such as −999; None where nothing is said of any."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found out about a table. Lines are counted from 1, rows of samples from 0."""

    source: Source
    wishes: Wishes
    encoding: str
    delimiter: str
    decimal: str
    has_header: bool
    columns: tuple[Column, ...]
    rows: int
    skipped: int
    """Lines before the first row that are no rows: titles, comments, sep=;."""
    begins: int
    """All lines before the first sample, empty ones among them."""
    length: int
    """Cells of a row."""
    first_lines: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """The first rows of samples, each with its line in the file."""
    ragged: tuple[int, int] | None = None
    """The first row of another length, and how many cells it has."""

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def encoding_is_sure(self) -> bool:
        return self.wishes.encoding is not None or self.source.scan.is_sure

    def column(self, name: str) -> Column:
        """The column of that name, or of that number from 1; `Fault` where there is none."""
        for one in self.columns:
            if one.name == name:
                return one
        same = [one for one in self.columns if one.name.rpartition(" (")[0] == name]
        if len(same) > 1:
            raise Fault(
                "{file} has several columns called '{name}': say which, as '{first}'.",
                file=self.name, name=name, first=same[0].name,
            )  # fmt: skip
        if name.isascii() and name.isdigit() and 1 <= int(name) <= len(self.columns):
            return self.columns[int(name) - 1]
        names = [one.name for one in self.columns]
        raise Fault(
            "{file} has no column '{name}'. Its columns: {names}.",
            file=self.name, name=name, names=some(names),
        )  # fmt: skip

    def line_of(self, row: int) -> int:
        """The line of the file in which a row of samples begins."""
        with self.source.text(self.encoding) as (stream, _):
            return line_of_row(stream, self.delimiter, self.begins, row)

    def rows_at(self, first: int, count: int) -> list[tuple[int, tuple[str, ...]]]:
        """Some rows of samples, each with the line in which it begins."""
        with self.source.text(self.encoding) as (stream, _):
            return rows_at(stream, self.delimiter, self.begins, first, count)

    def text_of_line(self, line: int) -> str:
        """A line of the file as it stands there, as much of it as one looks at."""
        with self.source.text(self.encoding) as (stream, _):
            return next(islice(stream, line - 1, line), "").rstrip("\n")[:400]

    def batches(self, progress: Progress | None = None) -> Iterator[Batch]:
        """The rows of samples, some thousands at a time."""
        quoted = self.source.scan.has_quotes
        try:
            with self.source.text(self.encoding) as (stream, share):
                for batch in batches(stream, self.delimiter, self.begins, quoted=quoted):
                    yield batch
                    if progress is not None and not progress(share()):
                        raise Cancelled
        except csv.Error:
            raise too_long(self.name, self.line_of(sys.maxsize)) from None


def look(
    path: Path | Source, wishes: Wishes | None = None, progress: Progress | None = None
) -> Look:
    """Look at a whole table, in memory that does not grow with it; `Fault` where it is none."""
    wished = wishes or Wishes()
    source = path if isinstance(path, Source) else source_of(path, progress)
    encoding = wished.encoding or source.scan.encoding
    with source.text(encoding) as (stream, _):
        sample = list(islice(stream, SAMPLE))
    begins = 0
    delimiter = wished.delimiter
    if sample[0].lower().startswith("sep=") and len(sample[0].strip()) == 5:
        begins, delimiter = 1, delimiter or sample[0].strip()[-1]
    if delimiter is None:
        delimiter = layout.delimiter_of(sample[begins:])
    head = _Head.of(source.name, sample, begins, delimiter, wished.header)
    if head.length > MOST_COLUMNS:
        raise Fault(
            "{file} has {count} columns, more than {most}: keep those that are needed.",
            file=source.name, count=head.length, most=MOST_COLUMNS,
        )  # fmt: skip
    found = Look(
        source, wished, encoding, delimiter, ".", head.has_header, (), 0, head.skipped,
        head.begins, head.length, tuple(head.first_lines),
    )  # fmt: skip
    tallies = [Tally() for _ in range(head.length)]
    rows, ragged = _tally(found, tallies, progress)
    if not rows:
        raise Fault("{file} has no line with data.", file=source.name)
    decimal, is_open = _decimal(tallies, delimiter, wished.decimal)
    columns = []
    for place, (tally, name) in enumerate(zip(tallies, head.names, strict=True)):
        one = tally.column(place, name, _own_decimal(tally, decimal, wished.decimal))
        doubtful = tally.doubtful if is_open else None
        columns.append(one if doubtful is None else replace(one, doubt=doubtful))
    return replace(found, decimal=decimal, columns=tuple(columns), rows=rows, ragged=ragged)


@dataclass(slots=True)
class _Head:
    """The beginning of a table: what is passed over, the names, the length of rows."""

    names: tuple[str, ...]
    has_header: bool
    skipped: int
    begins: int
    length: int
    first_lines: list[tuple[int, tuple[str, ...]]]

    @classmethod
    def of(
        cls, name: str, sample: list[str], begins: int, delimiter: str, wanted: bool | None
    ) -> _Head:
        rows: list[Row] = []
        try:
            rows.extend(row for row in numbered(sample, delimiter, begins) if any(row.cells))
        except csv.Error:
            raise too_long(name, (rows[-1].last if rows else begins) + 1) from None
        length = layout.usual_length([row.cells for row in rows[-200:]])
        while len(rows) > 1 and length > 1 and _is_title(rows[0].cells, length):
            rows.pop(0)
        if not rows:
            raise Fault("{file} has no line with data.", file=name)
        before = rows[0].first - 1
        skipped = sum(bool(line.strip()) for line in sample[:before])
        first, others = rows[0].cells, [row.cells for row in rows[1:]]
        comment = _names_in_comment(sample, delimiter, length)
        named = layout.has_names(first, others) if wanted is None else wanted
        if wanted is None and comment and not named:
            names = layout.names_from(comment, length)
            return cls(names, True, skipped, before, length, _shown(rows))
        if not named:
            names = tuple(f"x{i + 1}" for i in range(length))
            return cls(names, False, skipped, before, length, _shown(rows))
        cells = list(first)
        full = [row for row in others if len(row) == length]
        if len(cells) == length - 1 and any(row[-1].strip() for row in full):
            cells = ["row names", *cells]  # as R writes them
        length = max(length, len(layout.without_end(cells)))
        names = layout.names_from(cells, length)
        return cls(names, True, skipped, rows[0].last, length, _shown(rows[1:]))


def _is_title(cells: list[str], length: int) -> bool:
    """One cell alone; but for a first one that is empty in a row of the usual length."""
    alone = len(layout.without_end(cells)) == 1
    return alone and (bool(cells[0].strip()) or len(cells) != length)


def _shown(rows: Sequence[Row]) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.first, tuple(row.cells)) for row in rows[:SHOWN]]


def _names_in_comment(sample: Sequence[str], delimiter: str, length: int) -> list[str] | None:
    """The cells of the last comment before the first row, if they are as many as a row's."""
    last = ""
    for line in sample:
        if line.startswith("#"):
            last = line
        elif line.strip():
            break
    text = last.lstrip("#").strip()
    if not text:
        return None
    (cells,) = layout.rows_of([text.replace("\t", " ") if delimiter == " " else text], delimiter)
    return cells if len(cells) == length else None


def _tally(
    found: Look, tallies: Sequence[Tally], progress: Progress | None
) -> tuple[int, tuple[int, int] | None]:
    """Count all cells; the number of rows, and the first of another length with its own."""
    count, ragged = 0, None
    for batch in found.batches(progress):
        values = batch.plain_numbers(None) if count and found.delimiter != ";" else None
        if values is not None and len(values) == found.length:
            for tally, numbers in zip(tallies, values, strict=True):
                tally.add_numbers(numbers)
            count += values.shape[1]
            continue
        rows = batch.rows
        if set(map(len, rows)) != {found.length}:
            for place, row in enumerate(rows):
                fitted = fit_length(row, found.length)
                if fitted is None:
                    ragged = ragged or (count + place, len(row))
                rows[place] = fitted or [*row, *[""] * found.length][: found.length]
        for tally, cells in zip(tallies, zip(*rows, strict=True), strict=True):
            tally.add(cells, count)
        count += len(rows)
    return count, ragged


def fit_length(row: list[str], length: int) -> list[str] | None:
    """The row without empty cells beyond that length; None where it has another length."""
    if len(row) > length and not any(row[length:]):
        return row[:length]
    return row if len(row) == length else None


def _decimal(tallies: Sequence[Tally], delimiter: str, wished: str | None) -> tuple[str, bool]:
    """The decimal sign of a table, and whether its cells leave that open."""
    if wished is not None:
        return wished, False
    sure = set().union(*(tally.sure for tally in tallies))
    if sure:
        return (",", False) if sure == {","} else (".", False)
    counts: Counter[Notation] = sum((tally.counts for tally in tallies), Counter())
    commas = counts[Notation.COMMA_OR_GROUP] > 0
    # Three decimals behind a point are common; only where semicolons are, a comma may be expected.
    points = counts[Notation.POINT_OR_GROUP] > 0 and delimiter == ";"
    return ".", commas or points


def _own_decimal(tally: Tally, decimal: str, wished: str | None) -> str:
    """That of a column whose cells leave no doubt, else the table's."""
    if wished is None and len(tally.sure) == 1:
        return next(iter(tally.sure))
    return decimal


def too_long(name: str, line: int) -> Fault:
    """A cell that never ends: mostly a quotation mark that is not closed."""
    return Fault(
        "{file}, line {line}: a cell is too long for a number. Correct it or remove the line.",
        file=name, line=line,
    )  # fmt: skip
