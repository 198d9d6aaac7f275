"""The arrow of the step to come: as long as the step, or a direction where that is not seen."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from gdsim.ui.language import tr
from gdsim.ui.plot.marks import draw_arrow
from gdsim.ui.plot.polylines import clipped_segment

SHORTEST = 8.0
"""Pixels; a shorter step of the selected run is drawn as a direction."""
DIRECTION = 44.0
"""The length in pixels of a direction."""
LEAST = 1e-6
"""Pixels; of a shorter step rounding decides where it points."""
REACH = 6.0
"""Pixels within which the pointer is on the arrow."""


class StepArrow:
    """The selected run's arrow, and what it is called where someone points at it."""

    def __init__(self) -> None:
        self.shaft: tuple[QPointF, QPointF] | None = None
        """From where to where it was painted last; None if it was not."""
        self.is_direction = False
        """Whether it says only where the step goes, not how far."""

    def find(self, at: QPointF, end: QPointF | None, area: QRectF) -> None:
        """The arrow for a step between two pixels, as far as it lies within the area."""
        self.shaft, self.is_direction = None, False
        if end is None:
            return
        way = end - at
        length = math.hypot(way.x(), way.y())
        if not length >= LEAST:
            return
        if length < SHORTEST:
            self.is_direction = True
            end = at + way * (DIRECTION / length)
        self.shaft = clipped_segment(at, end, area.adjusted(2, 2, -2, -2))

    def paint(self, painter: QPainter, color: QColor, casing: QColor, width: float) -> list[QRectF]:
        """Paint what was found; returns boxes that cover it."""
        if self.shaft is None:
            return []
        draw_arrow(painter, *self.shaft, color, casing, width)
        return along(*self.shaft, width)

    def said(self, is_downhill: bool) -> str:
        """What it is, to one who points at it."""
        if not is_downhill:
            if self.is_direction:
                return tr("The direction of the next step; the step itself is shorter than this.")
            return tr("The next step: not −α∇J alone, but what the rule below makes of it.")
        if self.is_direction:
            return tr("The direction of −α∇J; the step itself is shorter than this.")
        return tr("−α∇J")

    def is_under(self, at: QPointF) -> bool:
        """Whether that pixel is on the arrow."""
        if self.shaft is None:
            return False
        start, way = self.shaft[0], self.shaft[1] - self.shaft[0]
        square = QPointF.dotProduct(way, way)
        share = QPointF.dotProduct(at - start, way) / square if square > 0.0 else 0.0
        off = start + way * min(max(share, 0.0), 1.0) - at
        return square > 0.0 and math.hypot(off.x(), off.y()) <= REACH


def heading(at: QPointF, end: QPointF | None) -> int | None:
    """Where a step that is drawn as a direction points, in whole degrees; None for others."""
    way = QPointF(math.nan, math.nan) if end is None else end - at
    if not LEAST <= math.hypot(way.x(), way.y()) < SHORTEST:
        return None
    return round(math.degrees(math.atan2(way.y(), way.x())))


def along(start: QPointF, end: QPointF, width: float) -> list[QRectF]:
    """Boxes that cover an arrow, for labels to keep off."""
    way = end - start
    count = min(12, max(1, round(math.hypot(way.x(), way.y()) / (3.0 * width))))
    half = 1.5 * width
    points = [start + way * ((i + 1) / count) for i in range(count)]
    return [QRectF(p.x() - half, p.y() - half, 2 * half, 2 * half) for p in points]
