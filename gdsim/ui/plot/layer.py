"""The one item of a plot, which lies over the plot area and lets its view paint there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

if TYPE_CHECKING:
    from gdsim.ui.plot.canvas import Canvas


class Layer(QGraphicsItem):
    """The one item of the plot: lies over the plot area and lets its view paint there."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.box)
        self._canvas = canvas
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(1.0)

    def boundingRect(self) -> QRectF:
        return QRectF(self._canvas.box.rect())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        # An exception that leaves a paint event would end the process.
        try:
            self._canvas.paint_layer(painter)
        except Exception:
            sys.excepthook(*sys.exc_info())
