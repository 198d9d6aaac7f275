"""An eye, open or crossed out: whether a run is drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen

from gdsim.ui.icons import drawn_icon


def eye_icon(size: int, color: QColor, is_open: bool) -> QIcon:
    """The sign in a square of `size` pixels."""

    def paint(painter: QPainter) -> None:
        paint_eye(painter, 0.0, 0.0, size, color, is_open=is_open)

    return drawn_icon(size, paint)


def paint_eye(
    painter: QPainter, left: float, top: float, size: float, color: QColor, *, is_open: bool
) -> None:
    """The sign in a square of `size` pixels from that corner on."""
    painter.save()
    painter.translate(left, top)
    painter.scale(size / 16.0, size / 16.0)
    painter.setPen(QPen(color, 1.4))
    lids = QPainterPath(QPointF(1.0, 8.0))
    lids.quadTo(QPointF(8.0, 0.5), QPointF(15.0, 8.0))
    lids.quadTo(QPointF(8.0, 15.5), QPointF(1.0, 8.0))
    painter.drawPath(lids)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(8.0, 8.0), 2.4, 2.4)
    if not is_open:
        painter.setPen(QPen(color, 1.8))
        painter.drawLine(QPointF(2.5, 14.0), QPointF(13.5, 2.0))
    painter.restore()
