"""The tolerance as a dotted line, and a tick on it where each run gets there for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gdsim.ui.plot.canvas import Projection
from gdsim.ui.theme import Theme

WIDE, TALL = 3.0, 14.0
"""A tick, in pixels."""
NEAR = 40.0
"""Ticks nearer than this share one text with the range of their steps."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A run that stays within the tolerance from `step` on."""

    step: int
    color: QColor


def groups(xs: Sequence[float]) -> list[list[int]]:
    """The places of ticks (in pixels, ascending) that share a text."""
    found: list[list[int]] = []
    for place, x in enumerate(xs):
        if found and x - xs[found[-1][-1]] < NEAR:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def paint_tolerance(
    painter: QPainter,
    projection: Projection,
    y: float,
    text: str,
    arrivals: Sequence[Arrival],
    theme: Theme,
    font: QFont,
    kept: tuple[float, float],
) -> None:
    """The line at `y` (pixels) with what it is called, and the runs' ticks.

    The words stand at the right end, left of the pixels `kept` for the cursor and what ends there
    where these would hide them.
    """
    pen = QPen(theme.color("text"), 1.2, Qt.PenStyle.DotLine)
    painter.setPen(pen)
    painter.drawLine(QPointF(0.0, y), QPointF(projection.width, y))
    metrics = QFontMetricsF(font)
    tall = metrics.height()
    above = y - tall - 1.0 >= 0.0
    painter.setFont(font)
    wide = metrics.horizontalAdvance(text)
    left = projection.width - wide - 6.0
    if kept[0] < projection.width and left < kept[1]:
        left = max(min(left, kept[0] - wide - 6.0), 2.0)
    box = QRectF(left, y - tall - 1.0 if above else y + 1.0, wide, tall)
    taken = [box]
    _write(painter, box, text, theme.color("muted"), theme)
    ordered = sorted(
        (one for one in arrivals if 0.0 <= projection.x(float(one.step)) <= projection.width),
        key=lambda one: one.step,
    )
    xs = [float(projection.x(float(one.step))) for one in ordered]
    tick = TALL * theme.text_points / 10.0
    for x, one in zip(xs, ordered, strict=True):
        painter.fillRect(QRectF(x - WIDE / 2, y - tick / 2, WIDE, tick), one.color)
    bold = QFont(font)
    bold.setBold(True)
    painter.setFont(bold)
    wider = QFontMetricsF(bold)
    for group in groups(xs):
        first, last = ordered[group[0]].step, ordered[group[-1]].step
        words = f"{first:,}" if first == last else f"{first:,} – {last:,}"
        width = wider.horizontalAdvance(words)
        top = y - tick / 2 - tall if y - tick / 2 - tall >= 0.0 else y + tick / 2
        left = min(max(xs[group[0]] + 4.0, 0.0), projection.width - width - 2.0)
        place = QRectF(left, top, width, tall)
        if any(place.intersects(other) for other in taken):
            place.moveTop(y + tick / 2 if top < y else y - tick / 2 - tall)
        if not any(place.intersects(other) for other in taken):
            _write(painter, place, words, theme.color("text"), theme)
            taken.append(place)


def _write(painter: QPainter, box: QRectF, text: str, color: QColor, theme: Theme) -> None:
    """On a ground of its own, so that lines beneath do not cross the letters."""
    ground = theme.color("plot")
    ground.setAlpha(215)
    painter.fillRect(box.adjusted(-2.0, 0.0, 2.0, 0.0), ground)
    painter.setPen(color)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
