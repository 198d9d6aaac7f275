"""Read two columns of numbers from a text table: comma, semicolon or tab, UTF-8 or GBK."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import Fault
from gdsim.system.files import read_at_most, unreadable

DELIMITERS = (",", ";", "\t")
_BLOCK = 1 << 22
_HEAD = 1 << 16

Progress = Callable[[float], bool]
"""Called with the fraction read; returns False to cancel."""


class Cancelled(Exception):
    """The user stopped the reading."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written."""

    path: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    decimal_comma: bool
    preview: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> int:
        """The place of the column of that name (or number, from 1)."""
        if name in self.names:
            return self.names.index(name)
        if name.isdigit() and 1 <= int(name) <= len(self.names):
            return int(name) - 1
        raise Fault(
            "{file} has no column '{name}'. Its columns: {names}.",
            file=self.path.name, name=name, names=", ".join(self.names),
        )  # fmt: skip


def inspect(path: str | os.PathLike[str]) -> Layout:
    """Find encoding, delimiter and header from the beginning of the file."""
    path = Path(path)
    head = read_at_most(path, _HEAD)
    whole = len(head) < _HEAD
    if not head.strip():
        raise Fault("{file} is empty.", file=path.name)
    if b"\0" in head or head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04")):
        raise Fault(
            "{file} is not a text table. Save the data as CSV (UTF-8) and open that.",
            file=path.name,
        )
    if not whole:
        head = head[: head.rfind(b"\n") + 1 or len(head)]
    encoding = _encoding(head, path)
    numbered = enumerate(head.decode(encoding).splitlines(), 1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    delimiter = _delimiter([line for _, line in lines[:50]])
    read = _cells(path, [line for _, line in lines[:50]], delimiter, lines[0][0])
    rows = [tuple(cell.strip() for cell in row) for row in read]
    decimal_comma = delimiter == ";" and any("," in cell for row in rows[1:] for cell in row)
    if len(rows[0]) < 2:
        raise Fault(
            "{file} has one column only: separate two columns by a comma, semicolon or tab.",
            file=path.name,
        )
    has_header = not all(_is_number(cell, decimal_comma) or not cell for cell in rows[0])
    names = (
        _told_apart([name or str(i + 1) for i, name in enumerate(rows[0])])
        if has_header
        else tuple(str(i + 1) for i in range(len(rows[0])))
    )
    return Layout(path, encoding, delimiter, names, has_header, decimal_comma, tuple(rows[:6]))


def _cells(path: Path, lines: list[str], delimiter: str, first: int) -> list[list[str]]:
    """The cells of lines, the first of which has that number; `Fault` where one is too long."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error:
        raise Fault(
            "{file}, line {line}: a cell is too long for a number. Correct it or remove the line.",
            file=path.name, line=first + reader.line_num - 1,
        ) from None  # fmt: skip


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names, with a number behind those that stand there already."""
    found: list[str] = []
    for name in names:
        place, other = 2, name
        while other in found or (other != name and other in names):
            place, other = place + 1, f"{name} ({place})"
        found.append(other)
    return tuple(found)


def read_columns(
    layout: Layout, columns: Sequence[str], progress: Progress | None = None
) -> tuple[Array, ...]:
    """The named columns as arrays; `Fault` names the line of the first cell that is no number."""
    places = [layout.column(name) for name in columns]
    parts: list[Array] = []
    line = 1
    size = max(os.path.getsize(layout.path), 1)
    skip_header = layout.has_header
    for lines, position in _blocks(layout):
        body = lines
        if skip_header:
            first = next((i for i, text in enumerate(lines) if text.strip()), 0)
            body, line, skip_header = lines[first + 1 :], line + first + 1, False
        parts.append(_numbers(layout, body, line, places))
        line += len(body)
        if progress is not None and not progress(min(position / size, 1.0)):
            raise Cancelled
    table = np.concatenate(parts) if parts else np.empty((0, len(places)))
    return tuple(np.ascontiguousarray(column) for column in table.T)


def _blocks(layout: Layout) -> Iterator[tuple[list[str], int]]:
    rest = b""
    try:
        with layout.path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                block = rest + block
                cut = block.rfind(b"\n") + 1
                rest, block = block[cut:], block[:cut]
                if block:
                    yield _lines(layout, block), stream.tell()
            if rest:
                yield _lines(layout, rest), stream.tell()
    except OSError as error:
        raise unreadable(layout.path, error) from None


def _lines(layout: Layout, block: bytes) -> list[str]:
    try:
        text = block.decode(layout.encoding)
    except UnicodeDecodeError:
        raise _encoding_fault(layout.path) from None
    if layout.decimal_comma:
        text = text.replace(",", ".")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _numbers(layout: Layout, lines: list[str], first: int, places: list[int]) -> Array:
    """Fast path by NumPy; where it fails, find out which line is at fault."""
    if not any(line.strip() for line in lines):
        return np.empty((0, len(places)))
    try:
        table = np.loadtxt(
            lines, delimiter=layout.delimiter, usecols=places, ndmin=2, comments=None, quotechar='"'
        )
    except (ValueError, IndexError):
        table = None
    if table is not None and np.isfinite(table).all():
        return table
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        (cells,) = _cells(layout.path, [line], layout.delimiter, number)
        for place in places:
            _check_cell(layout, cells, place, number)
    raise Fault("{file} cannot be read as a table of numbers.", file=layout.path.name)


def _check_cell(layout: Layout, cells: list[str], place: int, line: int) -> None:
    name = layout.names[place]
    cell = cells[place].strip() if place < len(cells) else ""
    if not cell:
        raise Fault(
            "{file}, line {line}: the cell in column '{column}' is empty. "
            "Fill it in or remove the line.",
            file=layout.path.name, line=line, column=name,
        )  # fmt: skip
    if not _is_number(cell, False):
        raise Fault(
            "{file}, line {line}: '{cell}' in column '{column}' is not a number. "
            "Correct it or remove the line.",
            file=layout.path.name, line=line, column=name, cell=cell[:40],
        )  # fmt: skip
    if not math.isfinite(float(cell)):
        raise Fault(
            "{file}, line {line}: {cell} in column '{column}' is not a finite number. "
            "Correct it or remove the line.",
            file=layout.path.name, line=line, column=name, cell=cell,
        )  # fmt: skip


def _encoding(head: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            head.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _encoding_fault(path)


def _encoding_fault(path: Path) -> Fault:
    return Fault("{file} is neither UTF-8 nor GBK text. Save it as CSV UTF-8.", file=path.name)


def _delimiter(lines: list[str]) -> str:
    """The one that splits the most lines into the same number (> 1) of cells."""

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count)
        return (counts.count(usual) if usual else 0, usual)

    if score(";")[0] >= max(len(lines) - 1, 1):
        return ";"  # a semicolon table may hold decimal commas; a comma table holds no semicolons
    return max(DELIMITERS, key=score)


def _is_number(cell: str, decimal_comma: bool) -> bool:
    try:
        float(cell.replace(",", ".") if decimal_comma else cell)
    except ValueError:
        return False
    return "_" not in cell
