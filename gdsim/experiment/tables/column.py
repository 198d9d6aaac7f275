"""What stands in one column: numbers, dates, two labels, text; counted batch by batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.experiment.tables.dates import READERS
from gdsim.experiment.tables.numbers import Notation, fast_numbers, label_of, notation, tidy

MOST_LABELS = 2
MOST_SPELLINGS = 16
"""How many ways of writing its values are kept of a column: 1, 1.0 and 1,0 are one label."""
_SURE = {Notation.POINT: ".", Notation.COMMA: ","}
_DOUBTFUL = (Notation.POINT_OR_GROUP, Notation.COMMA_OR_GROUP)


class Kind(Enum):
    """What a column can be used as."""

    NUMBER = "number"
    RUNNING = "running number"
    DATE = "date"
    LABELS = "labels"
    MIXED = "numbers and words"
    """Most cells are numbers; the first that is none is the column's `bad`."""
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, as found; rows are counted from 0."""

    place: int
    name: str
    kind: Kind
    decimal: str = "."
    gaps: int = 0
    first_gap: int | None = None
    labels: tuple[str, ...] = ()
    """Its values where there are two, in the order in which they become 0 and 1."""
    pattern: str = ""
    """How its dates are written."""
    bad: tuple[int, str] | None = None
    """The first cell that keeps it from being numbers: its row, and the cell."""
    doubt: tuple[int, str] | None = None
    """A cell whose sign may be that of decimals or of thousands, and its row."""

    @property
    def is_usable(self) -> bool:
        """Whether it can be made numbers."""
        return self.kind not in (Kind.TEXT, Kind.EMPTY, Kind.MIXED)

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers as they stand, or were meant to be."""
        return self.kind in (Kind.NUMBER, Kind.RUNNING, Kind.MIXED)


class Tally:
    """Counts the cells of one column."""

    def __init__(self) -> None:
        self.counts: Counter[Notation] = Counter()
        self.examples: dict[Notation, tuple[int, str]] = {}
        """The first cell of each notation, and its row."""
        self._spellings: set[str] = set()
        self._runs_from: float | None = None
        self._next = 0.0
        self._runs = True
        self._readers = dict(READERS)

    def add(self, cells: tuple[str, ...], first: int) -> None:
        """The column's cells of some rows, the first of which is row `first`."""
        values = fast_numbers(cells, ".")
        if values is not None:
            self._add_plain(cells, values, first)
            return
        self._runs = False
        counted = Counter(cells)
        for cell, count in counted.items():
            found = notation(cell)
            self.counts[found] += count
            if found not in self.examples:
                self.examples[found] = first + cells.index(cell), cell
            if found is Notation.GAP:
                continue
            if len(self._spellings) <= MOST_SPELLINGS:
                self._spellings.add(tidy(cell))
            self._try_dates(cell)

    def _add_plain(self, cells: tuple[str, ...], values: list[float], first: int) -> None:
        if self.counts[Notation.POINT] == 0 and "." in "".join(cells):
            for row, cell in enumerate(cells, first):
                found = notation(cell)
                self.counts[found] += 1
                self.examples.setdefault(found, (row, cell))
        else:
            self.counts[Notation.WHOLE] += len(cells)
            self.examples.setdefault(Notation.WHOLE, (first, cells[0]))
        if len(self._spellings) <= MOST_SPELLINGS:
            self._spellings.update(map(tidy, set(cells)))
        self._readers.clear()
        if self._runs:
            if self._runs_from is None:
                self._runs_from = self._next = values[0]
                self._runs = values[0] in (0.0, 1.0)
            expected = [self._next + i for i in range(len(values))] if self._runs else []
            self._runs = values == expected
            self._next += len(values)

    def add_numbers(self, values: Array) -> None:
        """Plain numbers with decimal points, read already."""
        self._readers.clear()
        whole = bool((values == np.floor(values)).all())
        found = Notation.WHOLE if whole else Notation.POINT
        self.counts[found] += len(values)
        self.examples.setdefault(found, (0, ""))
        if len(self._spellings) <= MOST_SPELLINGS:
            some = np.unique(values)[: MOST_LABELS + 1].tolist()
            self._spellings.update(map(repr, some))
        if self._runs:
            expected = self._next + np.arange(len(values))
            self._runs = self._runs_from is not None and bool((values == expected).all())
            self._next += len(values)

    def _try_dates(self, cell: str) -> None:
        for name in list(self._readers):
            try:
                self._readers[name](cell)
            except ValueError:
                del self._readers[name]

    @property
    def sure(self) -> set[str]:
        """The decimal signs that some cells leave no doubt about."""
        return {sign for found, sign in _SURE.items() if self.counts[found]}

    @property
    def doubtful(self) -> tuple[int, str] | None:
        """A cell whose sign may be that of decimals or of thousands, and its row."""
        return next((self.examples[one] for one in _DOUBTFUL if self.counts[one]), None)

    def column(self, place: int, name: str, decimal: str) -> Column:
        """What the column is, its decimal sign being that one."""
        gaps = self.counts[Notation.GAP]
        first_gap = self.examples[Notation.GAP][0] if gaps else None
        total = sum(self.counts.values())
        labels = self._labels(decimal)
        if gaps == total:
            return Column(place, name, Kind.EMPTY, decimal, gaps, first_gap)
        bad = self._bad(decimal)
        if bad is None:
            runs = self._runs and total > 2
            kind = Kind.RUNNING if runs else Kind.NUMBER
            return Column(place, name, kind, decimal, gaps, first_gap, labels)
        if self._readers and not self.counts[Notation.WHOLE]:
            pattern = next(iter(self._readers))
            return Column(place, name, Kind.DATE, decimal, gaps, first_gap, pattern=pattern)
        kind = Kind.LABELS if labels and total - gaps > MOST_LABELS else Kind.TEXT
        if 2 * self.counts[Notation.NONE] < total - gaps and kind is Kind.TEXT:
            kind = Kind.MIXED
        return Column(place, name, kind, decimal, gaps, first_gap, labels, bad=bad)

    def _labels(self, decimal: str) -> tuple[str, ...]:
        """Its two values in the order of numbers or letters; none where there are not two."""
        if len(self._spellings) > MOST_SPELLINGS:
            return ()
        found = {label_of(cell, decimal) for cell in self._spellings}
        if len(found) != MOST_LABELS:
            return ()
        try:
            return tuple(sorted(found, key=float))
        except ValueError:
            return tuple(sorted(found, key=lambda text: (text.casefold(), text)))

    def _bad(self, decimal: str) -> tuple[int, str] | None:
        """The first cell that is no number in that notation."""
        other = Notation.COMMA if decimal == "." else Notation.POINT
        found = [self.examples[one] for one in (Notation.NONE, other) if self.counts[one]]
        return min(found, default=None)
