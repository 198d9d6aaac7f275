"""The gauge of the learning rate: where it stands among crawl, smooth, zigzag and divergence, or
with momentum overdamped, underdamped, alternating and divergence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.engine.diagnosis import Regime
from gdsim.engine.sentences import rate_number
from gdsim.ui.language import say, tr
from gdsim.ui.rate_meter import Reading
from gdsim.ui.theme import LIGHT, Theme

DECADES_ABOVE, DECADES_BELOW = 0.65, 0.45
"""How far the gauge reaches above the limit and below the crawl, in powers of ten."""
MOST_DECADES = 4.0
"""Below the limit; of momentum near 1 no more of the overdamped band is shown."""
PLAIN = (1e-5, 10.0)
"""From where to where it reaches without bands; farther where the rate is."""
STEPS_PER_DECADE = 50
NAME_GAP = 5.0
"""Pixels between two bands' names."""
TICK_ROOM = 40.0
"""A tick nearer to a limit than so many pixels gives way to it."""
_BAR, _HANDLE = 12.0, (14.0, 22.0)
_MARGIN = 9.0
_PATTERNS = {
    Regime.CRAWL: Qt.BrushStyle.Dense6Pattern,
    Regime.SMOOTH: Qt.BrushStyle.SolidPattern,
    Regime.ZIGZAG: Qt.BrushStyle.BDiagPattern,
    Regime.OVERDAMPED: Qt.BrushStyle.Dense6Pattern,
    Regime.UNDERDAMPED: Qt.BrushStyle.SolidPattern,
    Regime.ALTERNATING: Qt.BrushStyle.BDiagPattern,
    Regime.DIVERGENCE: Qt.BrushStyle.DiagCrossPattern,
}
_PURPOSES = {
    Regime.CRAWL: "muted", Regime.SMOOTH: "good", Regime.ZIGZAG: "warning",
    Regime.OVERDAMPED: "muted", Regime.UNDERDAMPED: "good", Regime.ALTERNATING: "warning",
    Regime.DIVERGENCE: "danger",
}  # fmt: skip


def regime_names() -> dict[Regime, str]:
    """The bands' names in the language in use."""
    return {
        Regime.CRAWL: tr("crawl"),
        Regime.SMOOTH: tr("smooth"),
        Regime.ZIGZAG: tr("zigzag"),
        Regime.OVERDAMPED: tr("overdamped"),
        Regime.UNDERDAMPED: tr("underdamped"),
        Regime.ALTERNATING: tr("alternating"),
        Regime.DIVERGENCE: tr("divergence"),
    }


def pushed_apart(
    wanted: Sequence[float], widths: Sequence[float], gap: float, room: float
) -> list[float]:
    """Left ends near those wanted, `gap` apart and within 0 … `room`, where that can be."""
    places: list[float] = []
    free = 0.0
    for left, width in zip(wanted, widths, strict=True):
        places.append(max(left, free))
        free = places[-1] + width + gap
    limit = room
    for i in reversed(range(len(places))):
        places[i] = max(min(places[i], limit - widths[i]), 0.0)
        limit = places[i] - gap
    return places


class StabilityGauge(QWidget):
    """A log axis of learning rates with the bands of the present landscape.

    The handle is the greatest rate that the schedule plans, a thin mark the one in force. It can be
    dragged, or moved with the arrows: a fiftieth of a power of ten a press.
    """

    rate_chosen = Signal(float)
    """The greatest rate that is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading = Reading()
        """What is drawn."""
        self._peak = self._rate = 0.01
        self._ends = PLAIN
        self._theme: Theme = LIGHT
        self._color = QColor()
        self._drawn_for = LIGHT.text_points
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.retranslate()

    def show_rate(
        self, reading: Reading, peak: float, rate: float, color: QColor, theme: Theme
    ) -> None:
        """Draw this reading with the handle at `peak` and the mark at `rate`."""
        state = (reading, peak, rate, color, theme)
        if state == (self.reading, self._peak, self._rate, self._color, self._theme):
            return
        self.reading, self._peak, self._rate, self._color, self._theme = state
        self._ends = self._reach()
        if theme.text_points != self._drawn_for:
            self._drawn_for = theme.text_points
            self.updateGeometry()
        self._describe()
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Gauge of the learning rate"))
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, math.ceil(2.0 * self._line() + self._handle[1] + 6.0))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    # What is told

    def _describe(self) -> None:
        """In words, for the tool tip and for those who do not see it."""
        reading, told = self.reading, []
        if reading.bands is not None:
            told.append(regime_names()[reading.bands.regime(self._peak)])
        if reading.limit is not None and reading.samples is not None:
            limit, samples = rate_number(reading.limit), say(reading.samples)
            told.append(tr("{rate}: the limit with {samples}", rate=limit, samples=samples))
        elif reading.limit is not None:
            told.append(
                tr(
                    "{rate} = {law}: the limit here",
                    rate=rate_number(reading.limit),
                    law=reading.law,
                )
            )
        if reading.whole is not None:
            told.append(tr("{rate}: the limit with all samples", rate=rate_number(reading.whole)))
        if self._rate != self._peak:
            told.append(tr("thin mark: the rate in force, {rate}", rate=rate_number(self._rate)))
        self.setAccessibleDescription("; ".join(told))
        self.setToolTip("\n".join([tr("Drag the handle to change the learning rate."), *told]))

    # Places

    def _reach(self) -> tuple[float, float]:
        """The rates at both ends."""
        reading = self.reading
        if reading.bands is None:
            low, high = PLAIN
        else:
            highest = max(reading.bands.critical, reading.whole or 0.0)
            lowest = 10.0**-MOST_DECADES * reading.bands.critical
            low = max(reading.bands.slow_ends, lowest) * 10.0**-DECADES_BELOW
            high = highest * 10.0**DECADES_ABOVE
        rates = [rate for rate in (self._peak, reading.limit) if rate]
        low, high = min([low, *rates]), max([high, *rates])
        first, last = (10.0 ** math.floor(math.log10(end)) for end in (low, high))
        return first * math.floor(low / first + 1e-9), last * math.ceil(high / last - 1e-9)

    def x_of(self, rate: float) -> float:
        """Where a rate lies, in pixels."""
        low, high = (math.log10(end) for end in self._ends)
        share = (math.log10(max(rate, 1e-300)) - low) / max(high - low, 1e-9)
        return _MARGIN + (self.width() - 2.0 * _MARGIN) * min(max(share, 0.0), 1.0)

    def _rate_at(self, x: float) -> float:
        low, high = (math.log10(end) for end in self._ends)
        share = (x - _MARGIN) / max(self.width() - 2.0 * _MARGIN, 1.0)
        return float(f"{10.0 ** (low + (high - low) * min(max(share, 0.0), 1.0)):.3g}")

    @property
    def _scale(self) -> float:
        """How much larger than usual the type is."""
        return self._theme.text_points / LIGHT.text_points

    @property
    def _handle(self) -> tuple[float, float]:
        """Its width and height."""
        return _HANDLE[0] * self._scale, _HANDLE[1] * self._scale

    def _line(self) -> float:
        return QFontMetricsF(self._small()).height()

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(0.85, self._theme.least_share) * self._theme.text_points)
        return font

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._small())
            high = _BAR * self._scale
            top = self._line() + 0.5 * (self._handle[1] - high) + 1.0
            bar = QRectF(_MARGIN, top, self.width() - 2.0 * _MARGIN, high)
            locked = bool(self.property("locked"))
            painter.setOpacity(0.55 if locked else 1.0)
            self._paint_bands(painter, bar)
            painter.setOpacity(1.0)  # what is read keeps its contrast
            self._paint_ticks(painter, bar)
            self._paint_handle(painter, bar, locked=locked)

    def _paint_bands(self, painter: QPainter, bar: QRectF) -> None:
        theme, bands = self._theme, self.reading.bands
        painter.setPen(Qt.PenStyle.NoPen)
        if bands is None:
            painter.fillRect(bar.adjusted(0.0, 4.0, 0.0, -4.0), theme.color("line"))
            return
        edges = [
            bar.left(), self.x_of(bands.slow_ends), self.x_of(bands.smooth_ends),
            self.x_of(bands.critical), bar.right(),
        ]  # fmt: skip
        zones = list(zip(bands.regimes, edges[:-1], edges[1:], strict=True))
        for regime, left, right in zones:
            band = QRectF(left, bar.top(), right - left, bar.height())
            color = theme.color(_PURPOSES[regime])
            ground = QColor(color)
            ground.setAlpha(165 if _PURPOSES[regime] == "good" else 60)
            painter.fillRect(band, ground)
            if _PURPOSES[regime] != "good":
                painter.fillRect(band, QBrush(color, _PATTERNS[regime]))
        painter.setOpacity(1.0)
        self._paint_names(painter, bar, zones)

    def _paint_names(
        self, painter: QPainter, bar: QRectF, zones: list[tuple[Regime, float, float]]
    ) -> None:
        """Each name above its band, as near to its middle as its neighbours let it be."""
        theme, names, font = self._theme, regime_names(), painter.font()
        bands = self.reading.bands
        present = bands.regime(self._peak) if bands else None
        zones = [zone for zone in zones if zone[2] - zone[1] > 1.0 or zone[0] is present]
        fonts, widths = [], []
        for regime, _, _ in zones:
            fonts.append(QFont(font))
            fonts[-1].setBold(regime is present)
            widths.append(QFontMetricsF(fonts[-1]).horizontalAdvance(names[regime]))
        wanted = [
            (left + right - width) / 2
            for (_, left, right), width in zip(zones, widths, strict=True)
        ]
        places = pushed_apart(wanted, widths, NAME_GAP, self.width())
        for (regime, _, _), own, x in zip(zones, fonts, places, strict=True):
            painter.setFont(own)
            painter.setPen(theme.color(_PURPOSES[regime] if regime is present else "muted"))
            painter.drawText(QPointF(x, QFontMetricsF(own).ascent()), names[regime])
        painter.setFont(font)

    def _paint_ticks(self, painter: QPainter, bar: QRectF) -> None:
        """The ends, powers of ten and limits with their numbers; a limit is seen before a tick."""
        theme, metrics = self._theme, QFontMetricsF(painter.font())
        bottom = bar.center().y() + 0.5 * self._handle[1]
        taken: list[tuple[float, float]] = []

        def write(rate: float, purpose: str, room: float) -> None:
            text, x = rate_number(rate), self.x_of(rate)
            width = metrics.horizontalAdvance(text)
            left = min(max(x - 0.5 * width, 0.0), self.width() - width)
            if any(left < end + room and begin - room < left + width for begin, end in taken):
                return
            taken.append((left, left + width))
            painter.setPen(theme.color(purpose))
            if purpose == "muted":
                painter.drawLine(QPointF(x, bar.bottom() + 1.0), QPointF(x, bar.bottom() + 4.0))
            painter.drawText(QPointF(left, bottom + metrics.ascent()), text)

        for limit, purpose in ((self.reading.limit, "danger"), (self.reading.whole, "text")):
            if limit is None:
                continue
            x = self.x_of(limit)
            painter.setPen(QPen(theme.color(purpose), 2.0 if purpose == "danger" else 1.0))
            painter.drawLine(QPointF(x, bar.top() - 4.0), QPointF(x, bar.bottom() + 4.0))
            write(limit, purpose, 4.0)
        low, high = self._ends
        decades = [
            10.0**power
            for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
        ]
        for rate in (low, high, *decades):
            write(rate, "muted", 8.0)

    def _paint_handle(self, painter: QPainter, bar: QRectF, *, locked: bool) -> None:
        theme = self._theme
        if self._rate != self._peak and self._rate > 0.0:
            x = self.x_of(self._rate)
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.drawLine(QPointF(x, bar.top() - 3.0), QPointF(x, bar.bottom() + 3.0))
        x, middle = self.x_of(self._peak), bar.center().y()
        wide, high = (0.5 * side for side in self._handle)
        if self.hasFocus():
            ring = QColor(theme.color("accent"))
            ring.setAlphaF(0.45)
            painter.setPen(QPen(ring, 3.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = QRectF(x - wide, middle - high, 2.0 * wide, 2.0 * high)
            painter.drawRoundedRect(around.adjusted(-2.0, 0.5, 2.0, -0.5), 5.0, 5.0)
        painter.setPen(QPen(theme.color("panel"), 1.5))
        painter.setBrush(theme.color("line") if locked else self._color)
        painter.drawPolygon(
            QPolygonF(
                [QPointF(x - wide, middle - high + 1.0), QPointF(x + wide, middle - high + 1.0),
                 QPointF(x + wide, middle + high - 7.0), QPointF(x, middle + high - 1.0),
                 QPointF(x - wide, middle + high - 7.0)]
            )
        )  # fmt: skip

    # Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._rate_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self._rate_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With the keyboard on it; else the panel is scrolled."""
        if not self.hasFocus() or not event.angleDelta().y():
            event.ignore()
            return
        self._move(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -10, Qt.Key.Key_PageUp: 10,
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        else:
            self._move(way)

    def _move(self, way: int) -> None:
        self._choose(float(f"{self._peak * 10.0 ** (way / STEPS_PER_DECADE):.3g}"))

    def _choose(self, rate: float) -> None:
        if rate != self._peak:
            self._peak = rate
            self.update()
            self.rate_chosen.emit(rate)
