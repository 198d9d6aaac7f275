"""Looks at a table and reads it beside the window: asked anew at every change, cancelled by one."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gdsim.engine.data import Data
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.fields import Value, settings_values
from gdsim.engine.problems import Problem, find_problem, make_problem
from gdsim.engine.sentences import Fault, Sentence
from gdsim.experiment.tables import (
    Cancelled,
    Column,
    Look,
    Missing,
    Source,
    Wishes,
    apart,
    chosen,
    data_from,
    look,
)

AROUND = 3
"""Rows that are shown about the first with a gap."""
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a table; columns by their places, None where the look decides."""

    table: Path | Source
    wishes: Wishes
    model: str
    missing: Missing = "drop"
    x: tuple[int, ...] | None = None
    y: int | None = None
    codes_are_gaps: bool = True
    """Whether numbers such as −999 that stand far apart are gaps."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Condition number and critical rate of gradient descent where the window tells them: at the
    start."""

    kappa: float
    critical: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found; `data` where it could be read, else `fault` says why not.

    `plain` and `scaled` are of the model on raw and on standardised columns, where it has both.
    """

    wanted: Wanted
    look: Look
    x: tuple[Column, ...] = ()
    y: Column | None = None
    line: str = ""
    """The first sample as it stands in the file."""
    about_gap: tuple[Row, ...] = ()
    data: Data | None = None
    fault: Sentence | None = None
    plain: Scale | None = None
    scaled: Scale | None = None
    codes: tuple[float, ...] = ()
    """Numbers that stand far apart, as those that mean a gap do."""


class TableWork:
    """Works in a thread of its own; `results` gets fractions, what was seen, or a sentence."""

    def __init__(self, wanted: Wanted, known: Look | None) -> None:
        """`known` is the look of the same table with the same wishes, if there was one."""
        self.results: queue.SimpleQueue[float | Seen | Sentence] = queue.SimpleQueue()
        self._wanted, self._known = wanted, known
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, name="gdsim-reading", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop; nothing more comes of it."""
        self._cancelled.set()

    def join(self) -> None:
        """Wait until the thread has left off."""
        self.cancel()
        self._thread.join(5.0)

    def _progress(self, fraction: float) -> bool:
        self.results.put(fraction)
        return not self._cancelled.is_set()

    def _work(self) -> None:
        try:
            self.results.put(self._seen())
        except Cancelled:
            pass
        except Fault as fault:
            self.results.put(fault.sentence)
        except Exception as error:
            unread = Fault(
                "{file} cannot be read: {reason}. Choose another file.",
                file=self._wanted.table.name, reason=str(error),
            )  # fmt: skip
            self.results.put(unread.sentence)

    def _data(self, found: Look, columns: list[Column], target: Column, *, labelled: bool) -> Data:
        missing = self._wanted.missing
        return data_from(
            found, columns, target, missing, labelled=labelled, progress=self._progress
        )

    def _seen(self) -> Seen:
        wanted = self._wanted
        found = self._known or look(wanted.table, wanted.wishes, self._progress)
        labelled = find_problem(wanted.model).labels
        seen = Seen(wanted, found, line=found.text_of_line(found.first_lines[0][0]))
        try:
            target: Column | None
            if wanted.x is None:
                columns, target = chosen(found, None, None, labelled=labelled)
            else:
                columns = [found.columns[place] for place in wanted.x]
                target = None if wanted.y is None else found.columns[wanted.y]
            # What is chosen stays so, half a choice too.
            seen = replace(seen, x=tuple(columns), y=target)
            if not columns or target is None:
                raise Fault("Choose a column for x and one for y.")
            seen = replace(seen, about_gap=_about_gap(found, columns, target))
            data = self._data(found, columns, target, labelled=labelled)
            codes = () if labelled else _codes(data)
            if codes:
                seen = replace(seen, codes=codes)
                gaps = codes if wanted.codes_are_gaps else ()
                known = replace(found, wishes=replace(found.wishes, gaps=gaps))
                data = self._data(known, columns, target, labelled=labelled)
            make_problem(wanted.model, data)  # what the model refuses is said before it is used
            plain, scaled = (_scale(wanted.model, data, standard) for standard in (False, True))
            return replace(seen, data=data, plain=plain, scaled=scaled)
        except Fault as fault:
            return replace(seen, fault=fault.sentence)


def _codes(data: Data) -> tuple[float, ...]:
    found = {apart(values) for values in (*data.x, data.y)}
    return tuple(sorted(code for code in found if code is not None))


def _about_gap(found: Look, columns: list[Column], target: Column) -> tuple[Row, ...]:
    """Rows about the first of a chosen column that has a gap or another length."""
    firsts = [one.first_gap for one in (*columns, target) if one.first_gap is not None]
    firsts += [found.ragged[0]] if found.ragged is not None else []
    if not firsts or min(firsts) < len(found.first_lines[:4]):
        return ()
    return tuple(found.rows_at(max(min(firsts) - 1, 0), AROUND))


def _scale(model: str, data: Data, standard: bool) -> Scale | None:
    """None where the model has no such choice, or no minimum is known."""
    settings: dict[str, Value] = {"standardise": standard}
    if "standardise" not in settings_values(find_problem(model).Settings()):
        return None
    try:
        problem = make_problem(model, data, settings)
    except Fault:
        return None
    if not problem.minima:
        return None
    with np.errstate(all="ignore"):
        found = curvature_at(problem, np.array(problem.start))
    if found is None or not found.largest > 0.0:
        return None
    return Scale(found.condition_number, 2.0 / found.largest)


def is_hopeless(seen: Seen) -> bool:
    """Whether the raw columns take so many steps that standardising is the first thing to do."""
    if seen.plain is None or seen.scaled is None:
        return False
    return seen.plain.kappa > max(1e4, 100.0 * seen.scaled.kappa) or math.isinf(seen.plain.kappa)


def problem_of(seen: Seen, present: Problem | None, *, standardise: bool | None) -> Problem:
    """The model on the data; one that is at work already keeps its other settings."""
    assert seen.data is not None
    same = present is not None and present.name == seen.wanted.model
    settings: Mapping[str, Value] = settings_values(present.settings) if same and present else {}
    if standardise is not None:
        settings = {**settings, "standardise": standardise}
    return make_problem(seen.wanted.model, seen.data, settings)
