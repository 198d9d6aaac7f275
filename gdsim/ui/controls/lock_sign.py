"""A padlock: over a control that is locked, and before the reason."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from gdsim.ui.theme import Theme


class LockSign(QWidget):
    """Over the right end of a control, which it leaves legible."""

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._over = over
        self._color = theme.color("muted")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        side = round(1.3 * theme.text_points)
        self.setFixedSize(side, side)
        self.place()
        self.show()

    def place(self) -> None:
        """Where it stands, after the control has another size."""
        over = self._over
        inside = min(6, max(over.width() - self.width(), 0) // 2)
        self.move(over.width() - self.width() - inside, (over.height() - self.height()) // 2)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_lock(painter, QRectF(self.rect()), self._color)


class LockReason(QLabel):
    """Why something is locked; hidden where nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("muted", True)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def tell(self, reasons: str) -> None:
        """These reasons, a line each."""
        side = self.fontMetrics().height()
        self.setContentsMargins(side + 6, 0, 0, 0)
        self.setText(reasons)
        self.setVisible(bool(reasons))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = self.fontMetrics().height()
        with QPainter(self) as painter:
            color = self.palette().color(self.foregroundRole())
            paint_lock(painter, QRectF(2.0, 0.0, side, side), color)


def paint_lock(painter: QPainter, box: QRectF, color: QColor) -> None:
    """A padlock that fills the box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 12.0, box.height() / 12.0)
    painter.setPen(QPen(color, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(3.5, 1.0, 5.0, 7.0), 0, 180 * 16)
    painter.drawLine(QPointF(3.5, 4.5), QPointF(3.5, 6.0))
    painter.drawLine(QPointF(8.5, 4.5), QPointF(8.5, 6.0))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(2.0, 5.5, 8.0, 6.0), 1.2, 1.2)
    painter.restore()
