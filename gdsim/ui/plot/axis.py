"""An axis of a plot: few ticks at round places, in numbers as people write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import pyqtgraph as pg

from gdsim.engine.sentences import number, superscript

NAME_OVER = 3
"""Pixels by which an upright name's empty margin lies beyond the axis."""
MEDIUM, NAME_ROOM, MOST = 28.0, 0.7, 4.0
"""A name's height that has the right room above it, and what any other has more or less."""
LEAST_WIDTH, LEAST_HEIGHT = 30, 18
"""Pixels that pyqtgraph leaves for numbers before it knows them."""


class Axis(pg.AxisItem):
    """An axis with few ticks, each labelled, in numbers as people write them."""

    spacing = 80.0
    """Pixels that a tick should have for itself."""
    whole = False
    """Whether only whole numbers are meant, as for steps."""
    _least = 0.0

    def tickValues(
        self, low: float, high: float, size: float
    ) -> list[tuple[float | None, list[float]]]:
        values = ticks(low, high, size / self.spacing, log=self.logMode, whole=self.whole)
        return [(None, values)]

    def tickStrings(
        self, values: Sequence[float], scale: float, spacing: float | None
    ) -> list[str]:
        if not self.logMode:
            return tick_texts(values)
        # All as powers of ten, or none.
        powers = len(values) > 0 and (min(values) < -2.5 or max(values) > 3.5)
        return [power_text(v) if powers else tick_text(10.0**v) for v in values]

    def _updateMaxTextSize(self, x: int) -> None:
        """Take the room that the numbers need, whatever they needed before."""
        upright = self.orientation in ("left", "right")
        # No less than what it begins with, or a first painting would move everything.
        room = max(4 * math.ceil(x / 4), LEAST_WIDTH if upright else LEAST_HEIGHT)
        if upright:
            if room != self.textWidth:
                self.textWidth = room
                self._updateWidth()
        elif room != self.textHeight:
            self.textHeight = room
            self._updateHeight()

    def keep_width(self, least: float) -> None:
        """Be no narrower than that: an axis beneath, that has the same width, needs it."""
        if least != self._least:
            self._least = least
            self._updateWidth()

    def wanted_width(self) -> float:
        """What numbers and name need beside each other."""
        width: float = self.textWidth + cast("Any", self.style)["tickTextOffset"][0]
        if self.label.isVisible():
            width += 0.8 * self.label.boundingRect().height()
        return width

    def _updateWidth(self) -> None:
        super()._updateWidth()
        if self.fixedWidth is None and 0.0 < self.minimumWidth() < self._least:
            self.setMaximumWidth(self._least)
            self.setMinimumWidth(self._least)

    def _updateHeight(self) -> None:
        """With some room between the numbers and the name: pyqtgraph leaves small type much of it
        and large type none."""
        super()._updateHeight()
        if self.orientation == "bottom" and self.fixedHeight is None and self.label.isVisible():
            tall = self.label.boundingRect().height()
            room = self.minimumHeight() + max(-MOST, min(MOST, NAME_ROOM * (tall - MEDIUM)))
            self.setMaximumHeight(room)
            self.setMinimumHeight(room)

    def _updateLabel(self) -> None:
        super()._updateLabel()
        self.resizeEvent()  # another name has another length: it stood off the middle, and cut

    def resizeEvent(self, event: object = None) -> None:
        super().resizeEvent(event)
        if self.label is not None and self.orientation == "left":  # not over the edge
            self.label.setX(-NAME_OVER)

    def set_log(self, log: bool) -> None:
        """Take values for exponents of ten, or as they are."""
        cast("Any", self).setLogMode(log)

    def wheelEvent(self, event: object) -> None:
        """Axes do not zoom on their own."""

    def mouseDragEvent(self, event: object) -> None:
        """Axes do not pan on their own."""


def ticks(
    low: float, high: float, count: float, *, log: bool = False, whole: bool = False
) -> list[float]:
    """About `count` round places between `low` and `high` (exponents of ten where `log`)."""
    span = high - low
    # Beneath the precision of the numbers themselves there are no round places.
    if not max(1e-300, 1e-13 * max(abs(low), abs(high))) < span < math.inf:
        return []
    count = max(count, 2.2)
    if log and span < 0.7:
        linear = ticks(10.0**low, 10.0**high, count)
        return [math.log10(value) for value in linear if value > 0.0]
    if log and span < count:
        found: list[float] = []
        for digits in ((1,), (1, 3), (1, 2, 5)):
            marks = [math.log10(digit) for digit in digits]
            finer = [e + m for e in range(math.floor(low), math.ceil(high) + 1) for m in marks]
            finer = [value for value in finer if low <= value <= high]
            if len(finer) <= max(3.0, 1.1 * count):
                found = finer
        return found
    step = _round_up(span / count)
    if log or whole:
        step = max(1.0, step)
        step = step if step != 2.5 else 3.0
    while True:
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last > first or ((log or whole) and step <= 1.0):
            return [step * i for i in range(first, last + 1)]
        step = math.ceil(step / 2.0) if log or whole else step / 2.0


def _round_up(value: float) -> float:
    unit = 10.0 ** math.floor(math.log10(value))
    return next((m * unit for m in (1.0, 2.0, 2.5, 5.0) if m * unit >= value), 10.0 * unit)


def power_text(exponent: float, digits: int = 2) -> str:
    """10 to that power; with a leading number of so many decimals where it is no whole one."""
    whole = math.floor(exponent + 1e-9)
    digit = round(10.0 ** (exponent - whole), digits)
    if digit == 10.0:
        whole, digit = whole + 1, 1.0
    power = "10" + superscript(whole)
    return power if digit == 1.0 else f"{digit:g}×{power}"


def tick_texts(values: Sequence[float]) -> list[str]:
    """The numbers of one axis in one notation: all with powers of ten, or none."""
    largest = max((abs(value) for value in values), default=0.0)
    if not 1e5 <= largest < math.inf:
        return [tick_text(value) for value in values]
    power = math.floor(math.log10(largest) + 1e-9)
    return [_times_power(value / 10.0**power, power) for value in values]


def _times_power(digits: float, power: int) -> str:
    """0.8×10⁶: the digits, with one power that all numbers of an axis have."""
    if digits == 0.0:
        return "0"
    if abs(digits) == 1.0:
        return ("−" if digits < 0.0 else "") + f"10{superscript(power)}"
    return f"{number(float(f'{digits:.4g}'))}×10{superscript(power)}"


def tick_text(value: float) -> str:
    """A tick's number; rounding noise is left off, large powers of ten are written as such."""
    if value == 0.0 or abs(value) < 1e-300:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 1e5:
        return f"{value:.6g}".replace("-", "−")
    return number(float(f"{value:.4g}")).removeprefix("1×")
