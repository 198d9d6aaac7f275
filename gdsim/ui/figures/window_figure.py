"""The picture of the whole window as it is seen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from gdsim.ui.figures.picture_file import SCALE
from gdsim.ui.plot.canvas import Canvas


class WindowFigure:
    """A window, painted by its widgets: lines stay lines, text stays text."""

    def __init__(self, window: QWidget, scale: float = SCALE) -> None:
        self._window, self._scale = window, scale

    @property
    def size(self) -> QSize:
        return self._window.size()

    def paint(self, painter: QPainter) -> None:
        before = {plot: plot.export_scale for plot in seen_plots(self._window)}
        for plot in before:
            plot.export_scale = self._scale
        try:
            self._window.render(painter, QPoint())
        finally:
            for plot, scale in before.items():
                plot.export_scale = scale
                plot.redraw()


def seen_plots(window: QWidget) -> list[Canvas]:
    """The plots of the views that can be seen."""
    return [plot for plot in window.findChildren(Canvas) if plot.isVisible()]
