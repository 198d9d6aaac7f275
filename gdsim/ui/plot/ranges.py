"""Ranges that move seldom: a change of range costs a layout, and unrest to the eye."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.history import Trace
from gdsim.ui.plot.canvas import Range

FARTHEST = 50.0
"""How many times the problem's bounds a start or a path may widen the view."""


@dataclass(frozen=True, slots=True)
class Extremes:
    """Over the finite values of a column: the least, the least above 0, and the greatest."""

    least: float = math.inf
    least_positive: float = math.inf
    greatest: float = -math.inf


class Extent:
    """The extremes of one column of each run's trace, kept up as the traces grow."""

    def __init__(self, column: int) -> None:
        self._column = column
        self._base = 0.0
        self._known: dict[int, tuple[object, int, Extremes]] = {}

    def measure_from(self, base: float) -> None:
        """Take the values as they are above `base`."""
        if base != self._base:
            self._base = base
            self._known.clear()

    def of(self, key: int, trace: Trace) -> Extremes:
        """The extremes so far; only what was added since the last call is looked at."""
        last = int(trace.steps[-1])
        begin, found = 0, Extremes()
        known = self._known.get(key)
        if known is not None and known[0] is trace.lineage and known[1] <= last:
            _, seen, found = known
            begin = int(np.searchsorted(trace.steps, seen, side="right"))
        if begin < len(trace.steps):
            values = trace.rows[begin:, self._column] - self._base
            values = values[np.isfinite(values)]
            if len(values):
                above = values[values > 0.0]
                found = Extremes(
                    min(found.least, float(values.min())),
                    min(found.least_positive, float(above.min()) if len(above) else math.inf),
                    max(found.greatest, float(values.max())),
                )
            self._known[key] = trace.lineage, last, found
        return found


def reach(recorded: int, limit: int) -> float:
    """The last step that the axis shows: it grows in jumps of ×1.5, and not beyond the limit."""
    if recorded >= limit:
        return float(max(recorded, 1))
    jumps = max(0, math.ceil(math.log(max(recorded, 1) / 20.0) / math.log(1.5)))
    return float(min(20.0 * 1.5**jumps, max(limit, 1)))


def nice_above(value: float) -> float:
    """The next round number at or above a positive value."""
    unit = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
    return next((s * unit for s in steps if s * unit >= value), 10.0 * unit)


def linear_range(low: float, high: float) -> Range:
    """From 0, or below it, to the next round number."""
    top = nice_above(1.02 * high) if high > 0.0 else 0.0
    bottom = -nice_above(-1.02 * low) if low < 0.0 else 0.0
    if top == bottom:
        return -1.0, 1.0
    return bottom - 0.03 * (top - bottom), top


def log_range(low: float, high: float) -> Range:
    """Exponents of ten from below `low` to above `high`, in half decades; both positive."""
    bottom = math.floor(2.0 * math.log10(min(low, high)) - 0.12) / 2.0
    top = math.ceil(2.0 * math.log10(high) + 0.12) / 2.0
    return bottom, max(top, bottom + 1.0)


def still_good(now: Range, wanted: Range, slack: float = 0.1) -> bool:
    """Whether `now` shows all that is wanted, with at most `slack` of its length to spare."""
    length = now[1] - now[0]
    noise = 1e-9 * length
    return (
        now[0] - noise <= wanted[0] <= now[0] + slack * length
        and now[1] - slack * length <= wanted[1] <= now[1] + noise
    )


def padded(low: float, high: float, share: float) -> Range:
    """The range with some of its length added at either end."""
    room = share * (high - low) if high > low else max(abs(low), 1.0) * share
    return low - room, high + room


def with_starts(bounds: Range, starts: Sequence[float]) -> Range:
    """The bounds, widened to hold the starts that are not too far off, with some room."""
    low, high = bounds
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    near = [value for value in starts if abs(value - middle) <= FARTHEST * half]
    least, most = min([low, *near]), max([high, *near])
    room = 0.06 * (most - least)
    return (least - room if least < low else low, most + room if most > high else high)


def fitted(values: Array, bounds: Range) -> Range | None:
    """A range that shows those of the values that are not too far off; None if none is near."""
    low, high = bounds
    middle, span = 0.5 * (low + high), high - low
    with np.errstate(invalid="ignore"):
        near = values[np.abs(values - middle) <= FARTHEST * span / 2]
    if not len(near):
        return None
    least, most = float(near.min()), float(near.max())
    room = max(0.08 * (most - least), 0.01 * span)
    return least - room, most + room
