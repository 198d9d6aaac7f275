"""A run's look in small: its colour, dash and label."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gdsim.ui.theme import RunStyle


class Swatch(QWidget):
    """The run's colour, dash and label, as its lines are drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: RunStyle | None = None
        self.setFixedSize(QSize(42, 18))

    def show_style(self, style: RunStyle) -> None:
        if style is not self._style:
            self._style = style
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._style.pen(2.5))
            painter.drawLine(QPointF(1, 9), QPointF(24, 9))
            painter.setPen(QPen(self._style.color))
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(
                self.rect().adjusted(27, 0, 0, 0),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
                self._style.label,
            )
