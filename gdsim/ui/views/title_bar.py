"""The slim bar above a view: its title to the left, its tools to the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QIcon,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gdsim.ui.icons import drawn_icon

Strokes = Sequence[Sequence[tuple[float, float]]]
"""Lines of an icon in a unit square."""

MAXIMISE = [
    [(0.6, 0.12), (0.88, 0.12), (0.88, 0.4)], [(0.88, 0.12), (0.58, 0.42)],
    [(0.4, 0.88), (0.12, 0.88), (0.12, 0.6)], [(0.12, 0.88), (0.42, 0.58)],
]  # fmt: skip
RESTORE = [
    [(0.58, 0.14), (0.58, 0.42), (0.86, 0.42)], [(0.58, 0.42), (0.88, 0.12)],
    [(0.42, 0.86), (0.42, 0.58), (0.14, 0.58)], [(0.42, 0.58), (0.12, 0.88)],
]  # fmt: skip
UNZOOM = [
    [(0.1, 0.36), (0.1, 0.1), (0.36, 0.1)], [(0.64, 0.1), (0.9, 0.1), (0.9, 0.36)],
    [(0.9, 0.64), (0.9, 0.9), (0.64, 0.9)], [(0.36, 0.9), (0.1, 0.9), (0.1, 0.64)],
]  # fmt: skip


class TitleLabel(QLabel):
    """A title that shortens itself where room is scarce."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setProperty("heading", True)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            text = self.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, self.width()
            )
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), int(flags), text)


class TitleBar(QWidget):
    """Title to the left, tools to the right; a double click on it asks for the whole window."""

    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = TitleLabel(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 4, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.label, 1)

    def add(self, tool: QWidget) -> None:
        """Put a tool at the right end."""
        self._row.addWidget(tool)

    def insert(self, tool: QWidget) -> None:
        """Put a tool right behind the title."""
        self._row.insertWidget(1, tool)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()


def icon(strokes: Strokes, size: int, color: QColor) -> QIcon:
    """The strokes in a square of `size` pixels."""

    def paint(painter: QPainter) -> None:
        painter.setPen(QPen(color, max(1.4, size / 11)))
        for stroke in strokes:
            path = QPainterPath(QPointF(stroke[0][0] * size, stroke[0][1] * size))
            for x, y in stroke[1:]:
                path.lineTo(x * size, y * size)
            painter.drawPath(path)

    return drawn_icon(size, paint)
