"""The pictures that one plot draws its lines upon."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap

from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.trail import Strokes

MOST_SPARE = 16
"""So many pictures are kept at most to be drawn upon again."""


class Sheet:
    """What all pictures of one plot have in common: their size, and device pixels per pixel.

    Pictures that are given back are used again: new memory of that size takes a millisecond.
    """

    def __init__(self, width: int, height: int, resolution: float) -> None:
        self.width, self.height, self.resolution = width, height, resolution
        self._spare: list[tuple[QPixmap, QRect]] = []

    @classmethod
    def over(cls, p: Projection, resolution: float, before: Sheet) -> Sheet:
        width, height = (max(1, math.ceil(side * resolution)) for side in (p.width, p.height))
        same = (width, height, resolution) == (before.width, before.height, before.resolution)
        return before if same else cls(width, height, resolution)

    def blank(self) -> QPixmap:
        """A transparent picture."""
        if not self._spare:
            pixmap = QPixmap(self.width, self.height)
            pixmap.fill(Qt.GlobalColor.transparent)
            return pixmap
        pixmap, covered = self._spare.pop()
        with QPainter(pixmap) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(covered, Qt.GlobalColor.transparent)
        return pixmap

    def take_back(self, pictures: Sequence[tuple[QPixmap, QRect]]) -> None:
        """Pictures that are no longer shown, each with what of it is drawn upon."""
        self._spare = [*pictures, *self._spare][:MOST_SPARE]

    def painter(self, picture: QPixmap) -> QPainter:
        """For lines in pixels."""
        painter = QPainter(picture)
        painter.scale(self.resolution, self.resolution)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def bounds(self, strokes: Strokes, room: float) -> QRect:
        """The device pixels that strokes may touch, their pens reaching `room` pixels beyond it."""
        found = strokes.bounds()
        if found is None:
            return QRect()
        left, top, right, bottom = (
            math.floor((edge + way * room) * self.resolution)
            for edge, way in zip(found, (-1, -1, 1, 1), strict=True)
        )
        reached = QRect(left, top, right - left + 1, bottom - top + 1)
        return reached.intersected(QRect(0, 0, self.width, self.height))
