"""The loss over two parameters as a picture: at once coarsely, and finely when it is at rest."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPixmap

from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.color_bar import Shades
from gdsim.ui.plot.marks import draw_grid
from gdsim.ui.plot.relief import Heights, Relief, seconds_a_point
from gdsim.ui.theme import Theme

COARSE, COARSEST = 3.0, 15.0
"""Pixels from one height to the next while something moves."""
COARSE_SECONDS = 0.02
"""What the heights of one picture may cost before they are found more coarsely."""
FINE, FINE_SLICE = 1.0, 2.0
"""The same at rest, of a whole landscape and of a slice through one of more parameters."""
MOST_HEIGHTS = 300_000
"""Of one picture: to trace the contours of more takes too long for one piece."""
REST_SECONDS = 0.1
"""So long nothing must have changed before the fine picture is begun,"""
LONG_REST_SECONDS = 1.2
"""or of a slice so long where it takes more than `SOON_SECONDS`: while playing it is soon old."""
SOON_SECONDS = 0.15
PAPER_SECONDS = 0.5
"""What the heights of a picture for a file may cost."""
PIECES_SECONDS = 0.0025
"""What is done of a picture in one go, between other events."""
FIRST_SECONDS = 0.1
"""The same where there is no picture yet: nothing else is to be seen."""
PAUSE_MS = 2
"""From one go to the next."""

Grid = tuple[list[float], list[float]]
Wanted = tuple[Heights, Projection, Theme, float]


class Landscape(QObject):
    """The picture, drawn anew only where what it shows is another, in pieces of few milliseconds.

    Until it is drawn, the old one is moved and stretched to where it belongs. What is seen at rest
    does not hang on how fast the machine is.
    """

    rebuild_due = Signal()
    """There is a better picture to be painted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._made: Wanted | None = None
        self._wanted: Wanted | None = None
        self._changed_at = -math.inf
        self._cost = 0.0
        self.shades: Shades | None = None
        """What the colours of the picture that is seen stand for."""
        self._fine = False
        """Whether the picture that is seen is the fine one."""
        self._relief: tuple[Wanted, Relief, bool] | None = None
        """What is being drawn: of what, and whether finely."""
        self._paper: tuple[Wanted, Relief] | None = None
        """The picture that was last drawn for a file: the next frame of a film has the same."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def at_rest(self) -> bool:
        """Whether the picture is the final one of what it was asked for last."""
        return self._fine and _same(self._made, self._wanted)

    def paint(
        self,
        painter: QPainter,
        surface: Heights,
        projection: Projection,
        theme: Theme,
        resolution: float,
        grid: Grid,
        *,
        on_paper: bool = False,
    ) -> None:
        """Paint what there is; `on_paper` the picture is drawn at once, and kept for the next."""
        wanted = surface, projection, theme, resolution
        if on_paper:
            if self._paper is None or not _same(self._paper[0], wanted):
                cost = seconds_a_point(surface, projection)
                spacing = _spacing(projection, cost, PAPER_SECONDS, _finest(surface, projection))
                relief = Relief(surface, projection, theme, resolution, spacing)
                relief.work()
                self._paper = wanted, relief
            self.shades = self._paper[1].shades
            painter.drawPixmap(0, 0, self._paper[1].pixmap)
            _draw_grid(painter, projection, theme, grid)
            return
        if not _same(wanted, self._wanted):
            self._wanted, self._paper = wanted, None
            self._changed_at = time.monotonic()
            if self._relief is not None and self._relief[2]:
                self._relief = None  # a coarse one is seen, though it is late
            self._begin()
        if self._made is None or self._made[2] != theme:
            self._work(FIRST_SECONDS)
        self._blit(painter, projection)
        _draw_grid(painter, projection, theme, grid)

    def _blit(self, painter: QPainter, projection: Projection) -> None:
        if self._made is None:
            return
        old = self._made[1]
        if old == projection:
            painter.drawPixmap(0, 0, self._pixmap)
            return
        corner = projection.point(old.left, old.top)
        opposite = projection.point(old.right, old.bottom)
        painter.drawPixmap(QRectF(corner, opposite), self._pixmap, QRectF(self._pixmap.rect()))

    def _begin(self) -> None:
        """Begin what is due next, if nothing is being drawn, or wait for it."""
        if self._relief is None and self._wanted is not None:
            if not _same(self._made, self._wanted):
                self._cost = seconds_a_point(*self._wanted[:2])
                spacing = _spacing(self._wanted[1], self._cost, COARSE_SECONDS, COARSE)
                self._relief = self._wanted, self._new(min(spacing, COARSEST)), False
            elif not self._fine:
                wait = self._rest_needed() - (time.monotonic() - self._changed_at)
                if wait > 0.0:
                    self._timer.start(math.ceil(1000.0 * wait))
                    return
                self._relief = self._wanted, self._new(_finest(*self._wanted[:2])), True
        if self._relief is not None:
            self._timer.start(PAUSE_MS)

    def _new(self, spacing: float) -> Relief:
        assert self._wanted is not None
        return Relief(*self._wanted, spacing)

    def _rest_needed(self) -> float:
        assert self._wanted is not None
        surface, projection = self._wanted[:2]
        if surface.is_whole:
            return REST_SECONDS
        points = projection.width * projection.height / _finest(surface, projection) ** 2
        return REST_SECONDS if points * self._cost < SOON_SECONDS else LONG_REST_SECONDS

    @Slot()
    def _go_on(self) -> None:
        if self._relief is None:
            self._begin()
        elif self._work(PIECES_SECONDS):
            self.rebuild_due.emit()
        else:
            self._timer.start(PAUSE_MS)

    def _work(self, seconds: float) -> bool:
        """Draw on for so long; True where there is another picture now."""
        if self._relief is None or not self._relief[1].work(seconds):
            return False
        self._made, relief, self._fine = self._relief
        self._pixmap, self.shades, self._relief = relief.pixmap, relief.shades, None
        self._begin()
        return True


def _same(one: Wanted | None, other: Wanted | None) -> bool:
    if one is None or other is None:
        return False
    return one[0] is other[0] and one[1:] == other[1:]


def _draw_grid(painter: QPainter, p: Projection, theme: Theme, grid: Grid) -> None:
    line = QColor("#FFFFFF" if theme.is_dark else "#000000")
    line.setAlpha(26)
    draw_grid(painter, p, grid, line)


def _finest(surface: Heights, p: Projection) -> float:
    """Pixels from one height to the next at rest."""
    finest = FINE if surface.is_whole else FINE_SLICE
    return max(finest, math.sqrt(p.width * p.height / MOST_HEIGHTS))


def _spacing(p: Projection, cost: float, budget: float, finest: float) -> float:
    """Pixels from one height to the next, `finest` or so many that the budget holds."""
    return max(finest, math.sqrt(cost * p.width * p.height / budget))
