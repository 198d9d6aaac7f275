"""The map of a sweep on screen: hovering tells a run, a click or Return chooses it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdsim.engine.sweep.pieces import Outcomes
from gdsim.ui.language import tr
from gdsim.ui.theme import Theme
from gdsim.ui.views.sweep_map import SweepMap

_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}
_FAR = 10
"""Places that an arrow with Shift goes."""


class SweepView(QWidget):
    """Paints a `SweepMap`; the arrows move a mark from run to run."""

    pointed = Signal(object)
    """The places of the run under the pointer or the mark; None where there is none."""
    chosen = Signal(object)
    """The places of the run that was clicked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map: SweepMap | None = None
        self.marked: tuple[int, ...] | None = None
        self._theme = theme
        self._picture = QPixmap()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 260)
        self.retranslate()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def show_outcomes(self, outcomes: Outcomes, measure: str) -> None:
        """Draw these outcomes; a mark stays where the grid is the same."""
        old = self.map.outcomes if self.map is not None else None
        self.map = SweepMap(outcomes, measure, self._theme)
        self._picture = QPixmap()
        if old is not outcomes:
            self.marked = None
            self.pointed.emit(None)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.redraw()

    def redraw(self) -> None:
        """Paint anew in the theme and the language in use."""
        if self.map is not None:
            self.map = SweepMap(self.map.outcomes, self.map.measure, self._theme)
        self._picture = QPixmap()
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Map of the sweep"))
        self.setAccessibleDescription(tr("The arrow keys go from run to run, Return adds the run."))
        self.redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self.map is None:
                painter.fillRect(self.rect(), self._theme.color("plot"))
                painter.setPen(self._theme.color("muted"))
                text = tr("Choose the fields and their ranges, then compute.")
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect().adjusted(20, 20, -20, -20), int(flags), text)
            else:
                self._paint_map(painter, self.map)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._theme.color("accent"), 2.0))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_map(self, painter: QPainter, shown: SweepMap) -> None:
        """The picture is kept: only the mark moves with the pointer."""
        ratio = self.devicePixelRatioF()
        if self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self._theme.color("plot"))
            with QPainter(self._picture) as inner:
                inner.setFont(self.font())
                shown.paint(inner, QRectF(self.rect()).adjusted(6.0, 6.0, -6.0, -4.0))
        painter.drawPixmap(QPointF(), self._picture)
        if self.marked is not None:
            shown.paint_mark(painter, self.marked)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        places = self.map.places_at(event.position()) if self.map is not None else None
        self.setCursor(
            Qt.CursorShape.ArrowCursor if places is None else Qt.CursorShape.PointingHandCursor
        )
        self._mark(places)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        places = self.map.places_at(event.position()) if self.map is not None else None
        if places is not None and event.button() == Qt.MouseButton.LeftButton:
            self._mark(places)
            self.chosen.emit(places)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.map is None or key not in (*_WAYS, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        if key not in _WAYS:
            if self.marked is not None:
                self.chosen.emit(self.marked)
            return
        shape = self.map.outcomes.grid.shape
        if self.marked is None:
            self._mark(tuple(n // 2 for n in shape))
            return
        far = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        moved = zip(self.marked, _WAYS[key], shape, strict=False)
        self._mark(tuple(min(max(place + far * way, 0), n - 1) for place, way, n in moved))

    def _mark(self, places: tuple[int, ...] | None) -> None:
        if places != self.marked:
            self.marked = places
            self.pointed.emit(places)
            self.update()
