"""A small picture of the samples: y over one column of x."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.ui.plot.axis import tick_texts, ticks
from gdsim.ui.theme import Theme

MOST = 1500
"""Samples that are drawn; of more every so-manyth."""


class ScatterSketch(QWidget):
    """Paints the samples of the last column of x."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._data: Data | None = None
        self.setMinimumSize(220, 120)
        self.setProperty("card", True)

    def show_data(self, data: Data | None) -> None:
        """None: nothing to show."""
        self._data = data
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        data, theme = self._data, self._theme
        if data is None or not data.size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        step = max(1, data.size // MOST)
        x, y = data.x[-1][::step], data.y[::step]
        down = _spaced(y, 3)
        texts = tick_texts(down)
        left = max(metrics.horizontalAdvance(text) for text in texts) + 14 if texts else 14
        area = QRectF(self.rect()).adjusted(left, 10, -12, -2.4 * metrics.height())
        px, py = _placed(x, area.left(), area.right()), _placed(y, area.bottom(), area.top())
        painter.setPen(QPen(theme.color("line"), 1.0))
        painter.drawRect(area)
        painter.setPen(theme.color("muted"))
        for value, text in zip(down, texts, strict=True):
            at = _place(value, y, area.bottom(), area.top())
            box = QRectF(0, at - metrics.height() / 2, left - 6, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        along = _fitting(x, area.width(), metrics)
        for value, text in zip(along, tick_texts(along), strict=True):
            at = _place(value, x, area.left(), area.right())
            box = QRectF(at - 40, area.bottom() + 2, 80, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        name = metrics.elidedText(data.names[-1], Qt.TextElideMode.ElideRight, int(area.width()))
        below = QRectF(
            area.left(), area.bottom() + metrics.height(), area.width(), metrics.height()
        )
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, name)
        color = theme.color("accent")
        color.setAlphaF(0.5 if len(x) > 60 else 0.9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        size = 2.0 if len(x) > 60 else 3.5
        for one, other in zip(px.tolist(), py.tolist(), strict=True):
            painter.drawEllipse(QPointF(one, other), size, size)


def _ends(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _spaced(values: Array, count: int) -> list[float]:
    return ticks(*_ends(values), count)


def _fitting(values: Array, room: float, metrics: QFontMetrics) -> list[float]:
    """Ticks along the foot whose numbers stand clear of each other."""
    for count in (4, 3, 2):
        found = _spaced(values, count)
        wide = sum(metrics.horizontalAdvance(text) + 10 for text in tick_texts(found))
        if wide <= room:
            return found
    return found[:1]


def _placed(values: Array, first: float, last: float) -> Array:
    low, high = _ends(values)
    return np.asarray(first + (values / (high - low) - low / (high - low)) * (last - first))


def _place(value: float, values: Array, first: float, last: float) -> float:
    low, high = _ends(values)
    return first + (value - low) / (high - low) * (last - first)
