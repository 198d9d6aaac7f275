"""The stability gauge: where the learning rate stands among crawl, smooth, zigzag, divergence."""

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
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.engine.diagnosis import Bands, Regime
from gdsim.engine.run import Run
from gdsim.engine.sentences import number
from gdsim.ui.language import tr
from gdsim.ui.theme import LIGHT, Theme

DECADES_ABOVE = 0.5
"""How far the gauge reaches above the critical rate, in powers of ten."""
STEPS_PER_DECADE = 50
NAME_GAP = 5.0
"""Pixels between two bands' names."""
_BAR = 14.0
_PATTERNS = {
    Regime.CRAWL: Qt.BrushStyle.Dense6Pattern,
    Regime.SMOOTH: Qt.BrushStyle.SolidPattern,
    Regime.ZIGZAG: Qt.BrushStyle.BDiagPattern,
    Regime.DIVERGENCE: Qt.BrushStyle.DiagCrossPattern,
}
_PURPOSES = {
    Regime.CRAWL: "muted", Regime.SMOOTH: "good", Regime.ZIGZAG: "warning",
    Regime.DIVERGENCE: "danger",
}  # fmt: skip


def regime_names() -> dict[Regime, str]:
    """The bands' names in the language in use."""
    return {
        Regime.CRAWL: tr("crawl"),
        Regime.SMOOTH: tr("smooth"),
        Regime.ZIGZAG: tr("zigzag"),
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

    The marker can be dragged, or moved with the arrows: a fiftieth of a power of ten a press.
    """

    rate_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bands: Bands | None = None
        self._rate = 0.01
        self._law = ""
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.retranslate()

    @property
    def bands(self) -> Bands | None:
        """What is drawn."""
        return self._bands

    def show_rate(self, run: Run, bands: Bands, rate: float, theme: Theme) -> None:
        """Draw these bands with the marker at `rate`."""
        state = (bands, rate, run.method.law(), theme)
        if state != (self._bands, self._rate, self._law, self._theme):
            self._bands, self._rate, self._law, self._theme = state
            self.setAccessibleDescription(regime_names()[bands.regime(rate)])
            self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Stability gauge of the learning rate"))
        self.setToolTip(tr("Drag the marker to change the learning rate."))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, int(_BAR + 2 * self.fontMetrics().height() + 14))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    # Drawing

    def _decades_below(self) -> float:
        assert self._bands is not None
        return math.log10(self._bands.critical / self._bands.crawl_ends) + 0.45

    def _x_of(self, rate: float) -> float:
        assert self._bands is not None
        below = self._decades_below()
        decades = math.log10(max(rate, 1e-300) / self._bands.critical) + below
        share = decades / (below + DECADES_ABOVE)
        return 6.0 + (self.width() - 12.0) * min(max(share, 0.0), 1.0)

    def _rate_at(self, x: float) -> float:
        assert self._bands is not None
        share = min(max((x - 6.0) / max(self.width() - 12.0, 1.0), 0.0), 1.0)
        below = self._decades_below()
        decades = share * (below + DECADES_ABOVE) - below
        return float(f"{self._bands.critical * 10.0**decades:.3g}")

    def paintEvent(self, event: QPaintEvent) -> None:
        bands = self._bands
        if bands is None:
            return
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            height = self.fontMetrics().height()
            bar = QRectF(6.0, height + 6.0, self.width() - 12.0, _BAR)
            edges = [
                bar.left(), self._x_of(bands.crawl_ends), self._x_of(bands.smooth_ends),
                self._x_of(bands.critical), bar.right(),
            ]  # fmt: skip
            self._paint_bands(painter, bar, edges)
            critical = edges[3]
            painter.setPen(theme.color("text"))
            painter.drawLine(QPointF(critical, bar.top() - 3), QPointF(critical, bar.bottom() + 3))
            painter.drawText(
                QRectF(0.0, 0.0, self.width() - 4.0, height + 2.0),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                f"{self._law} = {number(bands.critical)}",
            )
            self._paint_marker(painter, bar)

    def _paint_bands(self, painter: QPainter, bar: QRectF, edges: list[float]) -> None:
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        bands = list(zip(Regime, edges[:-1], edges[1:], strict=True))
        for regime, left, right in bands:
            band = QRectF(left, bar.top(), right - left, bar.height())
            color = theme.color(_PURPOSES[regime])
            ground = QColor(color)
            ground.setAlpha(60)
            painter.fillRect(band, ground)
            painter.fillRect(band, QBrush(color, _PATTERNS[regime]))
        self._paint_names(painter, bar, bands)

    def _paint_names(
        self, painter: QPainter, bar: QRectF, bands: list[tuple[Regime, float, float]]
    ) -> None:
        """Each name below its band, as near to its middle as its neighbours let it be."""
        theme, names, font = self._theme, regime_names(), painter.font()
        present = self._bands.regime(self._rate) if self._bands else None
        fonts, widths = [], []
        for regime, _, _ in bands:
            fonts.append(QFont(font))
            fonts[-1].setBold(regime is present)
            widths.append(QFontMetricsF(fonts[-1]).horizontalAdvance(names[regime]))
        wanted = [
            (left + right - width) / 2
            for (_, left, right), width in zip(bands, widths, strict=True)
        ]
        places = pushed_apart(wanted, widths, NAME_GAP, self.width())
        metrics = QFontMetricsF(fonts[0])
        for (regime, _, _), own, x in zip(bands, fonts, places, strict=True):
            painter.setFont(own)
            purpose = _PURPOSES[regime] if regime is present else "muted"
            painter.setPen(theme.color(purpose))
            painter.drawText(QPointF(x, bar.bottom() + metrics.ascent() + 3), names[regime])
        painter.setFont(font)

    def _paint_marker(self, painter: QPainter, bar: QRectF) -> None:
        x, theme = self._x_of(self._rate), self._theme
        painter.setPen(theme.color("panel"))
        painter.setBrush(theme.color("text"))
        painter.drawPolygon(
            QPolygonF(
                [QPointF(x, bar.top() + 5), QPointF(x - 6, bar.top() - 5),
                 QPointF(x + 6, bar.top() - 5)]
            )
        )  # fmt: skip
        painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    # Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._rate_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self._rate_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        else:
            self._choose(float(f"{self._rate * 10.0 ** (way / STEPS_PER_DECADE):.3g}"))

    def _choose(self, rate: float) -> None:
        if self._bands is not None and rate != self._rate:
            self._rate = rate
            self.update()
            self.rate_chosen.emit(rate)
