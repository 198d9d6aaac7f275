"""The plot of a view: pyqtgraph's axes and ranges, and one item that paints all the rest."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.diagnosis import number
from gdsim.ui.theme import LIGHT, Theme

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """Between plot coordinates and the pixels of the plot area, whose y grows downwards.

    On a logarithmic axis the plot coordinate is log₁₀ of the value.
    """

    left: float
    right: float
    bottom: float
    top: float
    width: float
    height: float

    def x(self, values: Array | Indices | float) -> Array:
        return (np.asarray(values) - self.left) * (self.width / (self.right - self.left))

    def y(self, values: Array | float) -> Array:
        return (self.top - np.asarray(values)) * (self.height / (self.top - self.bottom))

    def point(self, x: float, y: float) -> QPointF:
        return QPointF(float(self.x(x)), float(self.y(y)))

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """The pixel of plot coordinates in quarters, or None where it is not finite."""
        px = (x - self.left) * (self.width / (self.right - self.left))
        py = (self.top - y) * (self.height / (self.top - self.bottom))
        if not (math.isfinite(px) and math.isfinite(py)):
            return None
        return round(4.0 * px), round(4.0 * py)

    def inverse(self, at: QPointF) -> tuple[float, float]:
        """The plot coordinates at a pixel."""
        return (
            self.left + at.x() * (self.right - self.left) / self.width,
            self.top - at.y() * (self.top - self.bottom) / self.height,
        )

    def rounded(self, x: float, y: float) -> tuple[float, float]:
        """Plot coordinates to a tenth of a pixel, so that their numbers stay short."""
        return (
            _rounded(x, (self.right - self.left) / self.width),
            _rounded(y, (self.top - self.bottom) / self.height),
        )

    @property
    def area(self) -> QRectF:
        return QRectF(0.0, 0.0, self.width, self.height)


def _rounded(value: float, pixel: float) -> float:
    return round(value, -math.floor(math.log10(0.2 * pixel)))


class Stage(Protocol):
    """What a canvas asks of its view; positions are pixels of the plot area."""

    def begin_paint(self, resolution: float) -> None: ...
    def paint_plot(self, painter: QPainter, projection: Projection) -> None: ...
    def range_changed(self) -> None: ...
    def pointer_pressed(self, at: QPointF) -> bool: ...
    def pointer_dragged(self, at: QPointF) -> None: ...
    def pointer_released(self, at: QPointF, moved: bool) -> None: ...
    def pointer_hovered(self, at: QPointF | None) -> None: ...
    def pointer_double_clicked(self, at: QPointF) -> bool: ...
    def wants_key(self, event: QKeyEvent) -> bool: ...
    def key_pressed(self, event: QKeyEvent) -> None: ...


class Axis(pg.AxisItem):
    """An axis with few ticks, each labelled, in numbers as people write them."""

    spacing = 80.0
    """Pixels that a tick should have for itself."""
    whole = False
    """Whether only whole numbers are meant, as for steps."""

    def tickValues(
        self, low: float, high: float, size: float
    ) -> list[tuple[float | None, list[float]]]:
        values = ticks(low, high, size / self.spacing, log=self.logMode, whole=self.whole)
        return [(None, values)]

    def tickStrings(
        self, values: Sequence[float], scale: float, spacing: float | None
    ) -> list[str]:
        if not self.logMode:
            return [tick_text(value) for value in values]
        # All as powers of ten, or none.
        powers = len(values) > 0 and (min(values) < -2.5 or max(values) > 3.5)
        return [power_text(v) if powers else tick_text(10.0**v) for v in values]

    def set_log(self, log: bool) -> None:
        """Take values for exponents of ten, or as they are."""
        cast("Any", self).setLogMode(log)

    def wheelEvent(self, event: object) -> None:
        """Axes do not zoom on their own."""

    def mouseDragEvent(self, event: object) -> None:
        """Axes do not pan on their own."""


def ticks(
    low: float, high: float, count: float, *, log: bool = False, whole: bool = False
) -> list[float]:
    """About `count` round places between `low` and `high` (exponents of ten where `log`)."""
    span = high - low
    # Beneath the precision of the numbers themselves there are no round places.
    if not max(1e-300, 1e-13 * max(abs(low), abs(high))) < span < math.inf:
        return []
    count = max(count, 2.2)
    if log and span < 0.7:
        linear = ticks(10.0**low, 10.0**high, count)
        return [math.log10(value) for value in linear if value > 0.0]
    if log and span < count:
        found: list[float] = []
        for digits in ((1,), (1, 3), (1, 2, 5)):
            marks = [math.log10(digit) for digit in digits]
            finer = [e + m for e in range(math.floor(low), math.ceil(high) + 1) for m in marks]
            finer = [value for value in finer if low <= value <= high]
            if len(finer) <= max(3.0, 1.1 * count):
                found = finer
        return found
    step = _round_up(span / count)
    if log or whole:
        step = max(1.0, step)
        step = step if step != 2.5 else 3.0
    while True:
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last > first or ((log or whole) and step <= 1.0):
            return [step * i for i in range(first, last + 1)]
        step = math.ceil(step / 2.0) if log or whole else step / 2.0


def _round_up(value: float) -> float:
    unit = 10.0 ** math.floor(math.log10(value))
    return next((m * unit for m in (1.0, 2.0, 2.5, 5.0) if m * unit >= value), 10.0 * unit)


def power_text(exponent: float) -> str:
    """10 to that power; with a leading digit where it is no whole number."""
    whole = math.floor(exponent + 1e-9)
    digit = round(10.0 ** (exponent - whole), 2)
    power = "10" + str(whole).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if digit == 1.0 else f"{digit:g}×{power}"


def tick_text(value: float) -> str:
    """A tick's number; rounding noise is left off, large powers of ten are written as such."""
    if value == 0.0 or abs(value) < 1e-300:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 1e5:
        return f"{value:.6g}".replace("-", "−")
    return number(float(f"{value:.4g}")).removeprefix("1×")


class _Layer(QGraphicsItem):
    """The one item of the plot: lies over the plot area and lets its view paint there."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.box)
        self._canvas = canvas
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(1.0)

    def boundingRect(self) -> QRectF:
        return QRectF(self._canvas.box.rect())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        # An exception that leaves a paint event would end the process.
        try:
            self._canvas.paint_layer(painter)
        except Exception:
            sys.excepthook(*sys.exc_info())


class Canvas(pg.PlotWidget):
    """A PlotWidget whose contents one item paints and whose events go to its view."""

    CLICK_SLACK = 4.0
    """Pixels that the pointer may move within a click."""

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        axes = {"left": Axis("left"), "bottom": Axis("bottom")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self.left, self.bottom = axes["left"], axes["bottom"]
        plot = self.getPlotItem()
        assert plot is not None
        self.box: pg.ViewBox = plot.getViewBox()
        self.export_scale: float | None = None
        self._stage = stage
        self._grabbed = False
        self._pressed_at: QPointF | None = None
        self._theme = LIGHT
        plot.hideButtons()
        plot.disableAutoRange()
        plot.setContentsMargins(0.0, 6.0, 8.0, 0.0)
        self.box.setDefaultPadding(0.0)
        self.left.spacing = 48.0
        for axis in (self.left, self.bottom):
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, textFillLimits=[(0, 1.0)], hideOverlappingLabels=8)
            # They touch the plot area, so each frame would draw their texts again.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._layer = _Layer(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumSize(40, 40)
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._resized)

    def set_theme(self, theme: Theme) -> None:
        """Axes, text and ground in the theme's colours and type size."""
        self._theme = theme
        self.setBackground(theme.plot)
        font = sized_font(theme, 0.85)
        scale = theme.text_points / 10.0
        self.left.spacing, self.bottom.spacing = 46.0 * scale, 84.0 * scale
        for axis in (self.left, self.bottom):
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.muted))
            axis.setTickFont(font)
        height = QFontMetricsF(font).height()
        self.bottom.setStyle(tickTextHeight=round(height), tickTextOffset=3)
        self.left.setStyle(tickTextOffset=4)

    def set_labels(self, bottom: str, left: str) -> None:
        """Names of the axes, where they changed."""
        style = {"color": self._theme.muted, "font-size": f"{0.9 * self._theme.text_points:.1f}pt"}
        for axis, text in ((self.bottom, bottom), (self.left, left)):
            if (axis.labelText, axis.labelStyle) != (text, style):
                cast("Any", axis).setLabel(text, **style)

    @property
    def resolution(self) -> float:
        """Device pixels per pixel, that pixmaps are to be made for."""
        return self.export_scale or float(self.devicePixelRatioF())

    def projection(self) -> Projection:
        """How plot coordinates lie on the plot area now."""
        (left, right), (bottom, top) = self.box.viewRange()
        area = self.box.rect()
        return Projection(left, right, bottom, top, max(area.width(), 1.0), max(area.height(), 1.0))

    def show_range(self, x: Range, y: Range) -> None:
        """Show that range, if it is another than now."""
        now = self.box.viewRange()
        if (tuple(now[0]), tuple(now[1])) != (x, y):
            self.box.setRange(xRange=x, yRange=y, padding=0.0)

    def grid(self, projection: Projection) -> tuple[list[float], list[float]]:
        """The pixels of the ticks on the horizontal and the vertical axis."""
        p = projection
        columns = self.bottom.tickValues(p.left, p.right, p.width)[0][1]
        rows = self.left.tickValues(p.bottom, p.top, p.height)[0][1]
        return p.x(np.array(columns)).tolist(), p.y(np.array(rows)).tolist()

    def redraw(self) -> None:
        """Paint again with the next frame."""
        self._layer.update()

    def paint_layer(self, painter: QPainter) -> None:
        projection = self.projection()
        self._stage.begin_paint(self.resolution)
        self._stage.paint_plot(painter, projection)
        if self.hasFocus() and self.export_scale is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRect(projection.area.adjusted(1.0, 1.0, -1.0, -1.0))

    def plot_position(self, event: QMouseEvent) -> QPointF:
        """Where in the plot area an event happened, in its pixels."""
        scene = self.mapToScene(event.position().toPoint())
        rest = event.position() - event.position().toPoint()
        return QPointF(self.box.mapFromScene(scene + rest))

    def widget_position(self, x: float, y: float) -> QPointF:
        """Where in this widget's viewport a point in plot coordinates is seen."""
        return QPointF(self.mapFromScene(self.box.mapToScene(self.projection().point(x, y))))

    @Slot(object, object, object)
    def _range_changed(self, *_: object) -> None:
        self._stage.range_changed()
        self._layer.update()

    @Slot(object)
    def _resized(self, *_: object) -> None:
        self._layer.prepareGeometryChange()
        self._stage.range_changed()
        self._layer.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.plot_position(event)
        inside = self.box.rect().contains(at)
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self._pressed_at = at
            self._grabbed = self._stage.pointer_pressed(at)
            if self._grabbed:
                event.accept()
                return
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.plot_position(event)
        if self._grabbed:
            self._stage.pointer_dragged(at)
            return
        super().mouseMoveEvent(event)
        inside = self.box.rect().contains(at)
        free = event.buttons() == Qt.MouseButton.NoButton
        self._stage.pointer_hovered(at if inside and free else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._grabbed:
            super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            return
        at, way = self.plot_position(event), self.plot_position(event) - self._pressed_at
        grabbed, self._grabbed, self._pressed_at = self._grabbed, False, None
        moved = math.hypot(way.x(), way.y()) > self.CLICK_SLACK
        if grabbed or not moved:
            self._stage.pointer_released(at, moved)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.plot_position(event)
        left = event.button() == Qt.MouseButton.LeftButton
        inside = self.box.rect().contains(at)
        if left and inside and self._stage.pointer_double_clicked(at):
            event.accept()
            return
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._stage.pointer_hovered(None)

    def event(self, event: QEvent) -> bool:
        # A key that the view uses must not go to a window's shortcut first.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._stage.wants_key(event)
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._stage.wants_key(event):
            self._stage.key_pressed(event)
            event.accept()
        else:
            event.ignore()


def sized_font(theme: Theme, scale: float = 1.0, *, bold: bool = False) -> QFont:
    """The application's font at a share of the theme's type size."""
    font = QFont(QApplication.font())
    font.setPointSizeF(max(theme.text_points * scale, 6.0))
    font.setBold(bold)
    return font
