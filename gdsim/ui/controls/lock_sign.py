"""A padlock: over a control that is locked, and before the reason."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QWidget,
)

from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import Theme

FIELD_MARGIN, ICON_GAP = 2, 4
"""Pixels that Qt leaves before a field's text, and between a button's icon and its text."""


class LockSign(QWidget):
    """Over the right end of a control; not where it would lie on the control's text."""

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._over = over
        self._color = theme.color("muted")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        side = round(1.3 * theme.text_points)
        self.setFixedSize(side, side)
        self.place()

    def place(self) -> None:
        """Where it stands, after the control has another size."""
        over = self._over
        inside = min(6, max(over.width() - self.width(), 0) // 2)
        self.move(over.width() - self.width() - inside, (over.height() - self.height()) // 2)
        # The dashed border and the reason beneath say it too; nothing else says the value.
        self.setVisible(self.x() >= _end_of_text(over))
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_lock(painter, QRectF(self.rect()), self._color)


def _end_of_text(over: QWidget) -> int:
    """Up to which pixel a field, a list or a button shows its text."""
    if isinstance(over, QLineEdit):
        option = QStyleOptionFrame()
        over.initStyleOption(option)
        box = over.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, over)
        text, left = over.text(), box.left() + over.textMargins().left() + FIELD_MARGIN
    elif isinstance(over, QComboBox):
        listed = QStyleOptionComboBox()
        over.initStyleOption(listed)
        part = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        box = over.style().subControlRect(kind, listed, part, over)
        text, left = over.currentText(), box.left()
    elif isinstance(over, QPushButton) and over.text():
        wide = over.fontMetrics().horizontalAdvance(over.text())
        icon = 0 if over.icon().isNull() else over.iconSize().width() + ICON_GAP
        return (over.width() + icon + wide) // 2
    else:
        return 0
    return left + over.fontMetrics().horizontalAdvance(text)


class LockReason(PlainLabel):
    """Why something is locked; hidden where nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("muted", True)
        self.setWordWrap(True)
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
