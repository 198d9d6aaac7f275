"""The plot of a view: pyqtgraph's axes and ranges, and one item that paints all the rest."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QSinglePointEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsWidget,
    QSizePolicy,
    QWidget,
)  # fmt: skip

from gdsim.engine.arrays import Array, Indices
from gdsim.ui.plot.axis import Axis
from gdsim.ui.plot.layer import Layer
from gdsim.ui.plot.zoom import notches, zoomed
from gdsim.ui.theme import LIGHT, Theme

Range = tuple[float, float]

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""Ways of getting the focus after which a ring shows where it is."""


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
        return QPointF(
            (x - self.left) * (self.width / (self.right - self.left)),
            (self.top - y) * (self.height / (self.top - self.bottom)),
        )

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """The pixel of plot coordinates in quarters, or None where it is not finite."""
        px, py = self.point(x, y).toTuple()
        finite = math.isfinite(px) and math.isfinite(py)
        return (round(4.0 * px), round(4.0 * py)) if finite else None

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


class Canvas(pg.GraphicsView):
    """A plot whose contents one item paints and whose events go to its view.

    Not a PlotWidget: its menus, dialogs' pages and further axes, that gdsim hides, take 20 ms each.
    """

    CLICK_SLACK = 4.0
    """Pixels that the pointer may move within a click."""
    _ringed = False  # of the class too: one that is being collected still loses its focus

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.enableMouse(False)
        self.whole = cast("QGraphicsWidget", self.centralWidget)
        self.box = pg.ViewBox(parent=self.whole, enableMenu=False)
        self.left, self.bottom = Axis("left"), Axis("bottom")
        self._lay_out()
        self.export_scale: float | None = None
        self._stage = stage
        self._grabbed = False
        self.zooms = True
        """Whether the wheel zooms."""
        self._pressed_at: QPointF | None = None
        self._holding, self._anchor = False, cast("tuple[QPointF, Range] | None", None)
        """Where in the viewport was zoomed last, and about which plot coordinates."""
        self._theme = LIGHT
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.left.spacing = 48.0
        for axis in (self.left, self.bottom):
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, textFillLimits=[(0, 1.0)], hideOverlappingLabels=8)
            # They touch the plot area, so each frame would draw their texts again.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._layer = Layer(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMinimumSize(40, 40)
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._resized)

    def _lay_out(self) -> None:
        """The plot area with an axis to its left and one below it."""
        self.whole.setContentsMargins(0.0, 6.0, 8.0, 0.0)
        layout = self.centralLayout
        layout.setContentsMargins(1.0, 1.0, 1.0, 1.0)
        layout.setSpacing(0.0)
        layout.addItem(self.box, 0, 1)
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.bottom, 1, 1)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.box)
            axis.setZValue(0.5)
        layout.setRowStretchFactor(0, 1)
        layout.setColumnStretchFactor(1, 1)

    def put_beside(self, item: QGraphicsWidget) -> None:
        """Give an item a place to the right of the plot area."""
        cast("Any", self.centralLayout).addItem(item, 0, 2)

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
        size = sized_font(self._theme, 0.9).pointSizeF()
        style = {"color": self._theme.muted, "font-size": f"{size:.1f}pt"}
        for axis, name in ((self.bottom, bottom), (self.left, left)):
            if (axis.labelText, axis.labelStyle) != (text := html.escape(name), style):
                cast("Any", axis).setLabel(text, **style)  # as a piece of a page

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
        if tuple(map(tuple, self.box.viewRange())) != (x, y):
            self.box.setRange(xRange=x, yRange=y, padding=0.0)

    def grid(self, p: Projection) -> tuple[list[float], list[float]]:
        """The pixels of the ticks on the horizontal and the vertical axis."""
        columns = self.bottom.tickValues(p.left, p.right, p.width)[0][1]
        rows = self.left.tickValues(p.bottom, p.top, p.height)[0][1]
        return p.x(np.array(columns)).tolist(), p.y(np.array(rows)).tolist()

    def lay_out(self, size: QSize) -> None:
        """Take a size although it is not seen: Qt would tell of it only when it is shown."""
        self.resize(size)
        for part in (self, self.viewport()):
            QCoreApplication.sendEvent(part, QResizeEvent(part.size(), part.size()))

    def redraw(self) -> None:
        """Paint again with the next frame."""
        self._layer.update()

    def paint_layer(self, painter: QPainter) -> None:
        projection = self.projection()
        self._stage.begin_paint(self.resolution)
        self._stage.paint_plot(painter, projection)
        if self._ringed and self.export_scale is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRect(projection.area.adjusted(1.0, 1.0, -1.0, -1.0))

    def plot_position(self, event: QSinglePointEvent) -> QPointF:
        """Where in the plot area an event happened, in its pixels."""
        scene = self.mapToScene(event.position().toPoint())
        rest = event.position() - event.position().toPoint()
        return QPointF(self.box.mapFromScene(scene + rest))

    @Slot(object, object, object)
    def _range_changed(self, *_: object) -> None:
        if not self._holding:
            self._anchor = None
        self._stage.range_changed()
        self._layer.update()

    @Slot(object)
    def _resized(self, *_: object) -> None:
        self._layer.prepareGeometryChange()
        self._hold()
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

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer: not pyqtgraph's way, whose transformation is a range late."""
        turned = event.angleDelta().y()
        if turned and self._zoom(self.plot_position(event), event.position(), turned):
            event.accept()
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Two fingers that part on a touchpad zoom as a wheel does."""
        if not (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
            and event.value() > -1.0
        ):
            return bool(super().viewportEvent(event))
        turned = notches(1.0 + event.value())
        if self._zoom(self.plot_position(event), event.position(), turned):
            event.accept()
        return event.isAccepted()

    def _zoom(self, at: QPointF, pointer: QPointF, turned: float) -> bool:
        """Zoom so many eighths of a degree; False where nothing zooms there."""
        if not (self.zooms and self.box.rect().contains(at)):
            return False
        x, y = self.box.viewRange()
        about = self.projection().inverse(at)
        if self._anchor is not None and self._anchor[0] == pointer:
            about = self._anchor[1]
        # Told first: a view that chooses its range itself shall let this one stand.
        self.box.sigRangeChangedManually.emit([True, True])
        self._anchor = None
        self.show_range(zoomed(x, about[0], turned), zoomed(y, about[1], turned))
        self._anchor = pointer, about
        return True

    def _hold(self) -> None:
        """What was zoomed about stays under the pointer when axes take other room."""
        pointer, about = self._anchor or (None, (0.0, 0.0))
        if pointer is None:
            return
        whole = pointer.toPoint()
        at = self.box.mapFromScene(self.mapToScene(whole) + (pointer - whole))
        now = self.projection().inverse(QPointF(at))
        ranges = (
            (low + wanted - is_at, high + wanted - is_at)
            for (low, high), wanted, is_at in zip(self.box.viewRange(), about, now, strict=True)
        )
        self._holding = True
        self.show_range(*ranges)
        self._holding = False

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

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.redraw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._ringed:
            self._ringed = False
            self.redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._ringed = True  # who uses keys wants to see where they go
        if self._stage.wants_key(event):
            self._stage.key_pressed(event)
            event.accept()
        else:
            event.ignore()


def sized_font(theme: Theme, scale: float = 1.0, *, bold: bool = False) -> QFont:
    """The application's font at a share of the theme's type size."""
    font = QFont(QApplication.font())
    font.setPointSizeF(max(theme.text_points * max(scale, theme.least_share), 6.0))
    font.setBold(bold)
    return font
