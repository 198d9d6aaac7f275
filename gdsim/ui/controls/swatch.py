"""A run's look in small: its colour, dash, marker and number."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.ui.plot.legend import paint_swatch
from gdsim.ui.theme import RunStyle


class Swatch(QWidget):
    """The run's colour, dash, marker and number, as its lines are drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: RunStyle | None = None
        self.setFixedSize(QSize(44, 18))

    @property
    def color(self) -> QColor:
        """The run's."""
        return QColor() if self._style is None else self._style.color

    def show_style(self, style: RunStyle) -> None:
        if style is not self._style:
            self._style = style
            self._fit()
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """As wide as line and number want it."""
        font = QFont(self.font())
        font.setBold(True)
        metrics = QFontMetrics(font)
        label = "8" if self._style is None else self._style.label
        self.setFixedSize(34 + metrics.horizontalAdvance(label), max(18, metrics.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_swatch(painter, self._style, 0.0, self.height() / 2.0, 26.0)
            painter.setPen(self.palette().color(self.foregroundRole()))
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(
                self.rect().adjusted(32, 0, 0, 0),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
                self._style.label,
            )
