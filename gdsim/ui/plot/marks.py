"""What stands on lines: markers, arrows, numbered labels that make room for each other, notes."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)

from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.polylines import clipped_segment
from gdsim.ui.plot.vector import is_vector
from gdsim.ui.theme import RunStyle, Theme

# Where a label may stand around its point, as directions in turn, and how far out, in its sizes.
_AROUND = [(1, -1), (1, 1), (-1, -1), (-1, 1), (1, 0), (0, -1), (-1, 0), (0, 1)]
_OUT = (0.9, 1.7, 2.6, 3.6)


def symbol_of(style: RunStyle) -> QPainterPath:
    """The run's marker, within a square of side 1 around the origin."""
    path: QPainterPath = Symbols[style.marker]
    return path


def mix(color: QColor, ground: QColor, share: float) -> QColor:
    """`share` of the colour over the ground, opaque."""
    return QColor.fromRgbF(
        share * color.redF() + (1.0 - share) * ground.redF(),
        share * color.greenF() + (1.0 - share) * ground.greenF(),
        share * color.blueF() + (1.0 - share) * ground.blueF(),
    )


def ink_on(color: QColor) -> QColor:
    """Black or white, whichever reads better on `color` (WCAG's relative luminance)."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return QColor("#000000" if luminance > 0.179 else "#FFFFFF")


class Stamps:
    """Markers and labels, each painted once into a pixmap and then stamped wherever it is due."""

    def __init__(self) -> None:
        self.resolution = 1.0
        """Device pixels per pixel."""
        self._made: dict[Hashable, QPixmap] = {}

    def marker(
        self,
        painter: QPainter,
        at: QPointF,
        style: RunStyle,
        size: float,
        theme: Theme,
        *,
        hollow: bool,
    ) -> None:
        """The run's marker; hollow for the start, filled for the present point."""
        if is_vector(painter):
            painter.save()
            painter.translate(at)
            _paint_marker(painter, style, size, theme, hollow=hollow)
            painter.restore()
            return
        key = style.color.rgba(), style.marker, size, theme.casing, hollow, self.resolution
        pixmap = self._made.get(key)
        if pixmap is None:
            side = 2.0 * math.ceil(0.5 * size + 4.0)
            pixmap = self._new(key, side, side)
            with QPainter(pixmap) as inner:
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                inner.translate(side / 2, side / 2)
                _paint_marker(inner, style, size, theme, hollow=hollow)
        self._stamp(painter, at, pixmap)

    def label(
        self,
        painter: QPainter,
        box: QRectF,
        style: RunStyle,
        font: QFont,
        ground: QColor,
        *,
        strong: bool,
    ) -> None:
        """A run's number on its colour; with a ring around it for the selected run."""
        if is_vector(painter):
            painter.save()
            _paint_label(painter, box, style, font, ground, strong=strong)
            painter.restore()
            return
        key = (
            style.color.rgba(), style.label, font.pointSizeF(), ground.rgba(), strong,
            self.resolution, box.width(), box.height(),
        )  # fmt: skip
        pixmap = self._made.get(key)
        if pixmap is None:
            pixmap = self._new(key, box.width() + 8.0, box.height() + 8.0)
            with QPainter(pixmap) as inner:
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                inside = QRectF(4.0, 4.0, box.width(), box.height())
                _paint_label(inner, inside, style, font, ground, strong=strong)
        self._stamp(painter, box.center(), pixmap)

    def _new(self, key: Hashable, width: float, height: float) -> QPixmap:
        if len(self._made) > 300:
            self._made.clear()
        pixmap = QPixmap(math.ceil(width * self.resolution), math.ceil(height * self.resolution))
        pixmap.setDevicePixelRatio(self.resolution)
        pixmap.fill(Qt.GlobalColor.transparent)
        self._made[key] = pixmap
        return pixmap

    def _stamp(self, painter: QPainter, at: QPointF, pixmap: QPixmap) -> None:
        # On whole device pixels, or it would be blurred.
        scale = self.resolution
        x = round((at.x() * scale) - pixmap.width() / 2) / scale
        y = round((at.y() * scale) - pixmap.height() / 2) / scale
        painter.drawPixmap(QPointF(x, y), pixmap)


def _paint_marker(
    painter: QPainter, style: RunStyle, size: float, theme: Theme, *, hollow: bool
) -> None:
    symbol = symbol_of(style)
    painter.scale(size, size)
    ground = theme.color("casing")
    pen = QPen(ground, 4.5 / size if hollow else 3.0 / size)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QBrush(ground) if hollow else QBrush(style.color))
    painter.drawPath(symbol)
    painter.setPen(QPen(style.color, 1.8 / size) if hollow else Qt.PenStyle.NoPen)
    painter.drawPath(symbol)


def draw_arrow(
    painter: QPainter, start: QPointF, end: QPointF, color: QColor, casing: QColor, width: float
) -> None:
    """A shaft with a filled head at `end`, on a casing; shorter than its head it is left out."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    length = math.hypot(dx, dy)
    if length < 4.0:
        return
    ux, uy = dx / length, dy / length
    head = min(4.5 * width, 0.7 * length)
    half = 0.42 * head
    neck = QPointF(end.x() - ux * head, end.y() - uy * head)
    tip = QPolygonF(
        [
            end,
            QPointF(neck.x() - uy * half, neck.y() + ux * half),
            QPointF(neck.x() + uy * half, neck.y() - ux * half),
        ]
    )
    for tint, extra in ((casing, 2.4), (color, 0.0)):
        pen = QPen(tint, width + extra)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(start, neck)
        pen.setWidthF(max(extra, 0.1))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(tint)
        painter.drawPolygon(tip)


def draw_cross(painter: QPainter, at: QPointF, size: float, color: QColor, casing: QColor) -> None:
    """An upright cross: a minimum."""
    for tint, width in ((casing, 4.5), (color, 2.0)):
        painter.setPen(QPen(tint, width))
        painter.drawLine(QPointF(at.x() - size, at.y()), QPointF(at.x() + size, at.y()))
        painter.drawLine(QPointF(at.x(), at.y() - size), QPointF(at.x(), at.y() + size))


def draw_axis(
    painter: QPainter, area: QRectF, at: QPointF, to: QPointF, color: QColor, casing: QColor
) -> None:
    """The line through two points, across the whole area."""
    way = to - at
    length = math.hypot(way.x(), way.y())
    if not (math.isfinite(length) and length > 0.0):
        return
    far = way * ((area.width() + area.height() + math.hypot(at.x(), at.y())) / length)
    ends = clipped_segment(at - far, at + far, area)
    if ends is not None:
        for tint, width in ((casing, 6.0), (color, 3.0)):
            painter.setPen(QPen(tint, width))
            painter.drawLine(*ends)


def label_size(text: str, font: QFont) -> tuple[float, float]:
    """Width and height of a numbered label; a single digit is round."""
    metrics = QFontMetricsF(font)
    height = metrics.height() + 1.0
    return max(height, metrics.horizontalAdvance(text) + 0.55 * height), height


def _paint_label(
    painter: QPainter, box: QRectF, style: RunStyle, font: QFont, ground: QColor, *, strong: bool
) -> None:
    painter.setPen(QPen(ground, 1.5))
    painter.setBrush(style.color)
    radius = 0.5 * box.height()
    painter.drawRoundedRect(box, radius, radius)
    if strong:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.color, 1.5))
        outer = box.adjusted(-2.5, -2.5, 2.5, 2.5)
        painter.drawRoundedRect(outer, radius + 2.5, radius + 2.5)
    painter.setPen(ink_on(style.color))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, style.label)


def draw_grid(
    painter: QPainter, p: Projection, grid: tuple[list[float], list[float]], color: QColor
) -> None:
    """Lines at the pixels in `grid`, down and across."""
    painter.setPen(QPen(color, 1.0))
    for x in grid[0]:
        painter.drawLine(round(x), 0, round(x), math.ceil(p.height))
    for y in grid[1]:
        painter.drawLine(0, round(y), math.ceil(p.width), round(y))


def blank(projection: Projection, resolution: float) -> QPixmap:
    """A transparent picture of the size of the plot area."""
    width = max(1, math.ceil(projection.width * resolution))
    height = max(1, math.ceil(projection.height * resolution))
    pixmap = QPixmap(width, height)
    pixmap.setDevicePixelRatio(resolution)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def first_fitting(texts: Sequence[str], font: QFont, room: float) -> str:
    """The first text that a note of that width has room for, or the last one."""
    metrics = QFontMetricsF(font)
    for text in texts:
        if max(metrics.horizontalAdvance(line) for line in text.split("\n")) + 10.0 <= room:
            return text
    return texts[-1]


def draw_note(
    painter: QPainter,
    at: QPointF,
    text: str,
    font: QFont,
    color: QColor,
    ground: QColor,
    room: float = math.inf,
) -> QRectF:
    """Text on a patch of the ground, its upper left corner at `at`; returns the patch.

    Lines that are wider than `room` are cut short.
    """
    metrics = QFontMetricsF(font)
    lines = text.split("\n")
    if room < math.inf:
        right = Qt.TextElideMode.ElideRight
        lines = [metrics.elidedText(line, right, room - 10.0) for line in lines]
        text = "\n".join(lines)
    painter.setFont(font)
    # Laid out, since the metrics know nothing of a fallback's taller Chinese lines.
    needed = painter.boundingRect(QRectF(), Qt.AlignmentFlag.AlignLeft, text)
    box = QRectF(at.x(), at.y(), needed.width() + 10.0, needed.height() + 4.0)
    backing = QColor(ground)
    backing.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(backing)
    painter.drawRoundedRect(box, 3.0, 3.0)
    painter.setPen(color)
    painter.drawText(box.adjusted(5.0, 2.0, -5.0, -2.0), Qt.AlignmentFlag.AlignLeft, text)
    return box


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near to those wanted as may be, `gap` apart, within `low` … `high` if they fit."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    gap = min(gap, (high - low) / max(1, len(wanted) - 1)) if len(wanted) > 1 else gap
    # Neighbours that would overlap are joined to a block, which stands at their mean.
    blocks: list[list[float]] = []
    for i in order:
        blocks.append([min(max(wanted[i], low), high), 1])
        while len(blocks) > 1 and (
            blocks[-1][0] - blocks[-2][0] < gap * (blocks[-1][1] + blocks[-2][1]) / 2
        ):
            (b, m), (a, n) = blocks.pop(), blocks.pop()
            half = gap * (n + m - 1) / 2
            middle = (a * n + b * m) / (n + m)
            blocks.append([min(max(middle, low + half), max(high - half, low + half)), n + m])
    places = [0.0] * len(wanted)
    at = iter(order)
    for middle, count in blocks:
        for k in range(int(count)):
            places[next(at)] = middle + gap * (k - (count - 1) / 2)
    return places


class Places:
    """Places for labels beside points in the plane, that keep still from frame to frame."""

    def __init__(self) -> None:
        self._chosen: dict[int, tuple[int, float]] = {}

    def forget(self) -> None:
        """Choose anew next time."""
        self._chosen = {}

    def find(
        self,
        points: Sequence[tuple[int, QPointF]],
        sizes: Sequence[tuple[float, float]],
        area: QRectF,
        taken: Sequence[QRectF] = (),
    ) -> list[QRectF]:
        """A box for each (key, point), apart from each other and from `taken`, within `area`."""
        boxes: list[QRectF] = []
        chosen: dict[int, tuple[int, float]] = {}
        for (key, at), (width, height) in zip(points, sizes, strict=True):
            options = [(way, out) for out in _OUT for way in range(len(_AROUND))]
            before = self._chosen.get(key)
            if before is not None:
                options.insert(0, before)
            best = None
            for way, out in options:
                box = _beside(at, width, height, way, out)
                if best is None:
                    best = box, (way, out)
                free = not any(box.intersects(other) for other in (*boxes, *taken))
                if free and area.contains(box):
                    best = box, (way, out)
                    break
            if best is not None:
                boxes.append(best[0])
                chosen[key] = best[1]
        self._chosen = chosen
        return boxes


def _beside(at: QPointF, width: float, height: float, way: int, out: float) -> QRectF:
    dx, dy = _AROUND[way]
    lean = 0.75 if dx and dy else 1.0
    x, y = at.x() + dx * lean * out * (height + 2.0), at.y() + dy * lean * out * (height + 2.0)
    return QRectF(x - width / 2, y - height / 2, width, height)
