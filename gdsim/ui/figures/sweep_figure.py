"""The map of a sweep as a picture in a file; needs no window and no display."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFontMetricsF, QPainter

from gdsim.engine.sweep.pieces import Outcomes
from gdsim.ui.figures.picture_file import write_figure
from gdsim.ui.figures.run_figure import start_drawing
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.sweep_map import SweepMap
from gdsim.ui.views.sweep_scale import LOSS, SETTLED

WIDTH, HEIGHT = 960, 680
MARGIN = 20.0


def draw_sweep(target: Path, outcomes: Outcomes) -> None:
    """Write the map in the format of the file's ending, whole or not at all.

    It shows when the runs settled, or their last losses where none was to be asked or did.
    """
    start_drawing()
    settled = bool((outcomes.settled >= 0).any())
    write_figure(target, _SweepFigure(SweepMap(outcomes, SETTLED if settled else LOSS, LIGHT)))


class _SweepFigure:
    """A title over the map."""

    def __init__(self, shown: SweepMap) -> None:
        self._map = shown

    @property
    def size(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paint(self, painter: QPainter) -> None:
        theme, outcomes = self._map.theme, self._map.outcomes
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(QPointF(), QSizeF(self.size)), theme.color("plot"))
        font = sized_font(theme, 1.25, bold=True)
        metrics = QFontMetricsF(font)
        title = tr(outcomes.grid.problem.title, "problem")
        base = MARGIN + metrics.ascent()
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(QPointF(MARGIN, base), title)
        painter.setFont(sized_font(theme, 1.0))
        painter.setPen(theme.color("muted"))
        at = QPointF(MARGIN + metrics.horizontalAdvance(title) + 14.0, base)
        painter.drawText(at, self._map.summary())
        top = MARGIN + 1.8 * metrics.height()
        room = QRectF(MARGIN, top, WIDTH - 2.0 * MARGIN, HEIGHT - top - 0.5 * MARGIN)
        self._map.paint(painter, room)
