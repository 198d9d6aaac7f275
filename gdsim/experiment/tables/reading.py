"""Columns of a table as numbers: gaps counted and left out on a word, labels and dates told."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import Fault, Sentence, number, sentence
from gdsim.experiment.tables.column import Column, Kind
from gdsim.experiment.tables.dates import DAYS_A_YEAR, READERS, YEARS_FROM, day_named
from gdsim.experiment.tables.look import Look
from gdsim.experiment.tables.numbers import fast_numbers, is_gap, label_of, number_in
from gdsim.experiment.tables.source import Progress

Missing = Literal["drop", "refuse"]


@dataclass(frozen=True, slots=True)
class Reading:
    """`columns` (columns, samples) as numbers, with the names that they have then; `left_out` of
    `total` samples had gaps; `notes` say what was made of labels and dates."""

    columns: Array
    names: tuple[str, ...]
    total: int
    left_out: int = 0
    notes: tuple[Sentence, ...] = ()


def read(
    look: Look,
    columns: Sequence[Column],
    missing: Missing = "refuse",
    *,
    labels: Column | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Those columns of a table; the two values of the column `labels` become 0 and 1.

    `Fault` names line and cell of what is no number, and counts the gaps that are not to be left
    out.
    """
    _check(look, columns)
    if look.ragged is not None:
        raise _of_other_length(look, *look.ragged)
    readers_of = [_reader(column, is_label=column == labels) for column in columns]
    parts: list[Array] = []
    row = 0
    is_number = [one.is_number and not (one == labels and one.labels) for one in columns]
    places = [one.place for one in columns]
    signs = {one.decimal for one in columns}
    for batch in look.batches(progress):
        part = batch.plain_numbers(places, *signs) if all(is_number) and len(signs) == 1 else None
        if part is None:
            part = np.empty((len(columns), len(batch.rows)))
            for place, (column, reader) in enumerate(zip(columns, readers_of, strict=True)):
                cells = [one[column.place] for one in batch.rows]
                fast = fast_numbers(cells, column.decimal) if is_number[place] else None
                part[place] = _slowly(look, column, reader, cells, row) if fast is None else fast
        parts.append(part)
        row += part.shape[1]
    table = np.concatenate(parts, axis=1) if parts else np.empty((len(columns), 0))
    notes = _take_out(table, columns, is_number, look.wishes.gaps)
    gaps = np.isnan(table)
    if gaps.any():
        incomplete = gaps.any(axis=0)
        if missing == "refuse":
            raise _gaps(look, columns, gaps)
        table = table[:, ~incomplete]
        if not table.shape[1]:
            raise Fault("Every line of {file} has a gap in these columns.", file=look.name)
    names = []
    for place, column in enumerate(columns):
        name, note = _named(column, table[place], is_label=column == labels)
        names.append(name)
        notes += [note] if note is not None else []
    return Reading(
        np.ascontiguousarray(table), tuple(names), row, row - table.shape[1], tuple(notes)
    )


CODES = (99.0, 999.0, 9999.0, 99999.0, 999999.0, 99.9, 999.9, 9999.9, 32768.0, 1e20, 1e30, 1e36)
"""Numbers, of either sign, that stand in place of a value that nobody has."""
APART = 2.0
"""How many spans of all others such a number must be away from them."""


def apart(values: Array) -> float | None:
    """A number in place of gaps: one of `CODES` that is far from all other values (n,)."""
    there = values[~np.isnan(values)]
    for code in (float(there.min()), float(there.max())) if len(there) else ():
        rest = there[there != code]
        if abs(code) in CODES and len(rest) > 2:
            low, high = float(rest.min()), float(rest.max())
            if min(abs(code - low), abs(code - high)) > APART * (high - low) > 0.0:
                return code
    return None


def _take_out(
    table: Array, columns: Sequence[Column], is_number: Sequence[bool],
    gaps: tuple[float, ...] | None,
) -> list[Sentence]:  # fmt: skip
    """Make the numbers in `gaps` gaps; notes on others that look like some."""
    notes = []
    for one, values, numbers in zip(columns, table, is_number, strict=True):
        for gap in gaps or () if numbers else ():
            values[values == gap] = math.nan
        code = apart(values) if numbers and gaps is None else None
        if code is not None:
            notes.append(
                sentence(
                    "{column}: {value} in {count} lines stands far apart – a gap?",
                    column=one.name, value=number(code), count=int((values == code).sum()),
                )
            )  # fmt: skip
    return notes


def _check(look: Look, columns: Sequence[Column]) -> None:
    for column in columns:
        if column.kind is Kind.EMPTY:
            raise Fault(
                "{file}: the column '{column}' is empty. Choose another one.",
                file=look.name, column=column.name,
            )  # fmt: skip
        if column.doubt is not None:
            row, cell = column.doubt
            sign = "," if "," in cell else "."
            raise Fault(
                "{file}, line {line}: the '{sign}' of '{cell}' in column '{column}' may part "
                "thousands or be the decimal sign. Say which: --decimal point or --decimal comma.",
                file=look.name, line=look.line_of(row), cell=cell, column=column.name, sign=sign,
            )  # fmt: skip


def _of_other_length(look: Look, row: int, count: int) -> Fault:
    return Fault(
        "{file}, line {line} has {count} cells, where the others have {usual}. Correct it or "
        "remove the line.",
        file=look.name, line=look.line_of(row), count=count, usual=look.length,
    )  # fmt: skip


def _reader(column: Column, *, is_label: bool) -> Callable[[str], float]:
    """What makes a number of a cell; NaN of a gap, `ValueError` of anything else."""
    if column.kind is Kind.LABELS or (is_label and column.labels):
        places = {label: float(place) for place, label in enumerate(column.labels)}

        def labelled(cell: str) -> float:
            if is_gap(cell):
                return math.nan
            try:
                return places[label_of(cell, column.decimal)]
            except KeyError:
                raise ValueError(cell) from None

        return labelled
    if column.kind is Kind.DATE:
        return READERS[column.pattern]
    return lambda cell: number_in(cell, column.decimal)


def _slowly(
    look: Look, column: Column, reader: Callable[[str], float], cells: list[str], first: int
) -> list[float]:
    values = []
    for row, cell in enumerate(cells, first):
        try:
            values.append(reader(cell))
        except ValueError:
            raise _bad_cell(look, column, cell, row) from None
    return values


def _bad_cell(look: Look, column: Column, cell: str, row: int) -> Fault:
    where = {"file": look.name, "line": look.line_of(row), "column": column.name}
    text = cell.strip()
    if text.lower().lstrip("+-") in ("inf", "infinity", "∞") or _is_huge(text):
        return Fault(
            "{file}, line {line}: {cell} in column '{column}' is not a finite number. "
            "Correct it or remove the line.",
            **where, cell=quoted(text),
        )  # fmt: skip
    return Fault(
        "{file}, line {line}: '{cell}' in column '{column}' is not a number. "
        "Correct it or remove the line.",
        **where, cell=quoted(text),
    )  # fmt: skip


def _is_huge(text: str) -> bool:
    try:
        return math.isinf(float(text))
    except ValueError:
        return False


def quoted(cell: str) -> str:
    """A cell in a sentence: its control characters shown, at most 60 characters."""
    shown = "".join(
        chr(0x2400 + ord(c)) if ord(c) < 32 else "␡" if c == "\x7f" else c for c in cell[:61]
    )
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def _gaps(look: Look, columns: Sequence[Column], gaps: np.ndarray) -> Fault:
    incomplete = np.flatnonzero(gaps.any(axis=0))
    first = int(incomplete[0])
    column = columns[int(np.flatnonzero(gaps[:, first])[0])]
    return Fault(
        "{file} has gaps in {count} of {total} lines, the first in line {line}, column '{column}'. "
        "Leave them out (--missing drop), or fill them in.",
        file=look.name, count=f"{len(incomplete):,}", total=f"{gaps.shape[1]:,}",
        line=look.line_of(first), column=column.name,
    )  # fmt: skip


def _named(column: Column, values: Array, *, is_label: bool) -> tuple[str, Sentence | None]:
    """The column's name once it is numbers, and what was made of it; dates begin at 0 here."""
    if column.kind is Kind.DATE and column.pattern == "hours":
        return f"{column.name} (h)", sentence("{column}: hours", column=column.name)
    if column.kind is Kind.DATE:
        first = float(values.min())
        values -= first
        day = day_named(first)
        if float(values.max()) > YEARS_FROM:
            values /= DAYS_A_YEAR
            return f"{column.name} (a)", sentence(
                "{column}: years since {day}, read as {pattern}",
                column=column.name, day=day, pattern=column.pattern,
            )  # fmt: skip
        return f"{column.name} (d)", sentence(
            "{column}: days since {day}, read as {pattern}",
            column=column.name, day=day, pattern=column.pattern,
        )  # fmt: skip
    if column.kind is Kind.LABELS or (is_label and column.labels):
        low, high = column.labels
        if (low, high) == ("0", "1"):
            return column.name, None
        return column.name, sentence(
            "{column}: {low} → 0, {high} → 1",
            column=column.name, low=quoted(low), high=quoted(high),
        )  # fmt: skip
    return column.name, None
