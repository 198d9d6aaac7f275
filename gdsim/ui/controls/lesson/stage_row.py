"""Where in a lesson one is: question, watch, why, try, as a row of numbers and ticks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.experiment.lessons.stages import Part
from gdsim.ui.language import tr
from gdsim.ui.theme import LIGHT, Theme

_BALL, _GAP, _LINE = 19, 5, 14
"""Pixels of a number's circle, between it and its word, and of the line between two, in type 13
pixels high."""


class StageRow(QWidget):
    """Painted: four words, of which one is bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = Part.QUESTION
        self._theme: Theme = LIGHT
        self.setObjectName("lesson.stages")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_part(self, part: Part, theme: Theme) -> None:
        """Show which part of the lesson it is."""
        self._part, self._theme = part, theme
        names = self._names()
        self.setAccessibleName(
            tr("{name}, {number} of {count}", name=names[part.value - 1], number=part.value,
               count=len(names))
        )  # fmt: skip
        self.updateGeometry()
        self.update()

    @staticmethod
    def _names() -> tuple[str, ...]:
        return (tr("Question"), tr("Watch"), tr("Why", "lesson"), tr("Try"))

    def _unit(self) -> float:
        return self._theme.text_points / LIGHT.text_points

    def _font(self, *, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(0.92 * self._theme.text_points)
        font.setBold(bold)
        return font

    def sizeHint(self) -> QSize:
        unit, bold = self._unit(), QFontMetrics(self._font(bold=True))
        words = sum(bold.horizontalAdvance(name) for name in self._names())
        wide = 4 * (_BALL + _GAP) + 3 * (_LINE + 2 * 8)
        return QSize(words + round(wide * unit) + 4, round((_BALL + 4) * unit))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, unit = self._theme, self._unit()
        middle, ball = 0.5 * self.height(), _BALL * unit
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            x = 1.0
            for place, name in enumerate(self._names(), 1):
                here, done = place == self._part.value, place < self._part.value
                circle = QRectF(x, middle - 0.5 * ball, ball, ball)
                color = theme.color("accent" if here else "good" if done else "line")
                painter.setPen(QPen(color, 1.5 * unit))
                painter.setBrush(color if here else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(circle)
                if done:
                    self._tick(painter, circle)
                else:
                    painter.setFont(self._font(bold=True))
                    painter.setPen(theme.color("on_accent" if here else "muted"))
                    painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(place))
                x += ball + _GAP * unit
                painter.setFont(self._font(bold=here))
                painter.setPen(theme.color("text" if here else "muted"))
                wide = QFontMetrics(self._font(bold=True)).horizontalAdvance(name)
                painter.drawText(QRectF(x, 0.0, wide + 2.0, self.height()),
                                 Qt.AlignmentFlag.AlignVCenter, name)  # fmt: skip
                x += wide + 8 * unit
                if place < len(Part):
                    painter.setPen(QPen(theme.color("line"), 1.0))
                    painter.drawLine(QPointF(x, middle), QPointF(x + _LINE * unit, middle))
                    x += (_LINE + 8) * unit

    def _tick(self, painter: QPainter, circle: QRectF) -> None:
        side, left, top = circle.width(), circle.left(), circle.top()
        painter.drawPolyline(QPolygonF([
            QPointF(left + 0.28 * side, top + 0.52 * side),
            QPointF(left + 0.45 * side, top + 0.68 * side),
            QPointF(left + 0.73 * side, top + 0.36 * side),
        ]))  # fmt: skip
