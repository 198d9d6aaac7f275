"""Which line is whose: a box with the runs' names in the corner where it hides least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from gdsim.engine.arrays import Array
from gdsim.ui.plot.marks import symbol_of
from gdsim.ui.theme import RunStyle, Theme

MARKER = 9.0
"""The marker's size in pixels."""
FEWEST, MOST = 2, 4
"""So many runs have a legend; of more the list names them."""
NARROWEST = 360.0
"""A picture of less than so many pixels has no room for one."""
WIDEST = 0.5
"""The share of the picture that a legend may be wide."""
_MARGIN, _GAP, _LOOK = 8.0, 6.0, 26.0
_OPAQUE = 0.92
_LAZY = 40
"""So many more points must be hidden before a legend leaves its corner: nothing shall hop about."""


def paint_swatch(
    painter: QPainter, style: RunStyle, left: float, middle: float, width: float
) -> None:
    """A piece of the run's line, with its marker in the middle."""
    painter.setPen(style.pen(2.5))
    painter.drawLine(QPointF(left + 1, middle), QPointF(left + width - 1, middle))
    painter.save()
    painter.translate(left + width / 2.0, middle)
    painter.scale(MARKER, MARKER)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.color)
    painter.drawPath(symbol_of(style))
    painter.restore()


@dataclass(frozen=True, slots=True)
class Entry:
    """A run's look, its names from long to short, and what is said beside it."""

    style: RunStyle
    names: tuple[str, ...]
    value: str


class Legend:
    """Keeps its corner as long as that hides about as little as any."""

    def __init__(self) -> None:
        self._corner = 1
        self.box: QRectF | None = None
        """Where it was painted last; None where there was no room, or nothing to tell apart."""

    def place(
        self,
        entries: Sequence[Entry],
        area: QRectF,
        points: Array,
        taken: Sequence[QRectF],
        font: QFont,
    ) -> QRectF | None:
        """Its box within `area`, off `taken` and over as few `points` (n, 2) as may be.

        None for too many runs or too little room.
        """
        self.box = None
        if not FEWEST <= len(entries) <= MOST or area.width() < NARROWEST:
            return None
        size = next((s for s in _sizes(entries, font) if s[0] <= WIDEST * area.width()), None)
        if size is None or size[1] > 0.5 * area.height():
            return None
        corners = [_corner(place, size, area) for place in range(4)]
        hidden = [_within(points, box) for box in corners]
        hidden = [
            count + (10_000 if any(box.intersects(one) for one in taken) else 0)
            for count, box in zip(hidden, corners, strict=True)
        ]
        best = min(range(4), key=lambda place: (hidden[place], place != self._corner))
        if hidden[self._corner] > hidden[best] + _LAZY:
            self._corner = best
        self.box = corners[self._corner]
        return self.box

    def paint(self, painter: QPainter, entries: Sequence[Entry], theme: Theme, font: QFont) -> None:
        """What `place` found room for."""
        box = self.box
        if box is None:
            return
        ground = theme.color("panel")
        ground.setAlphaF(_OPAQUE)
        painter.setPen(QPen(theme.color("line"), 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4.0, 4.0)
        bold = QFont(font)
        bold.setBold(True)
        number = max(QFontMetricsF(bold).horizontalAdvance(one.style.label) for one in entries)
        name = _name_of(entries, font, box.width())
        metrics = QFontMetricsF(font)
        longest = max(metrics.horizontalAdvance(one.names[name]) for one in entries)
        tall = (box.height() - _MARGIN) / len(entries)
        for row, one in enumerate(entries):
            line = QRectF(box.left(), box.top() + _MARGIN / 2 + row * tall, box.width(), tall)
            x = box.left() + _MARGIN
            paint_swatch(painter, one.style, x, line.center().y(), _LOOK)
            x += _LOOK + _GAP
            for text, face, purpose, width in (
                (one.style.label, bold, "text", number),
                (one.names[name], font, "text", longest),
                (one.value, font, "muted", box.width()),
            ):
                painter.setFont(face)
                painter.setPen(theme.color(purpose))
                line.setLeft(x)
                painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
                x += width + _GAP


def _sizes(entries: Sequence[Entry], font: QFont) -> list[tuple[float, float]]:
    """Width and height with each of the names."""
    metrics = QFontMetricsF(font)
    bold = QFont(font)
    bold.setBold(True)
    number = max(QFontMetricsF(bold).horizontalAdvance(one.style.label) for one in entries)
    value = max(metrics.horizontalAdvance(one.value) for one in entries)
    height = max(metrics.height(), MARKER) + 3.0
    return [
        (
            2 * _MARGIN + _LOOK + 3 * _GAP + number + value
            + max(metrics.horizontalAdvance(one.names[place]) for one in entries),
            _MARGIN + height * len(entries),
        )
        for place in range(len(entries[0].names))
    ]  # fmt: skip


def _name_of(entries: Sequence[Entry], font: QFont, width: float) -> int:
    """Which of the names a box of that width was made for."""
    return next(i for i, size in enumerate(_sizes(entries, font)) if size[0] <= width + 0.5)


def _corner(place: int, size: tuple[float, float], area: QRectF) -> QRectF:
    """Upper left, upper right, lower left, lower right."""
    width, height = size
    x = area.right() - width - _MARGIN if place % 2 else area.left() + _MARGIN
    y = area.bottom() - height - _MARGIN if place > 1 else area.top() + _MARGIN
    return QRectF(x, y, width, height)


def _within(points: Array, box: QRectF) -> int:
    x, y = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        inside = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
    return int(np.count_nonzero(inside))
