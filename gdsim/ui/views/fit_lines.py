"""Lines and curves over data: a run's, the best one, a passing guess; and residuals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, TypeGuard

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.data import Data
from gdsim.engine.problems import Problem
from gdsim.engine.problems.base import Parameter
from gdsim.engine.sentences import number
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.marks import Places, Stamps, draw_note, label_size, spread
from gdsim.ui.plot.points import EDITABLE, Points
from gdsim.ui.plot.polylines import clipped_segment, cut, draw_segments
from gdsim.ui.plot.ranges import padded
from gdsim.ui.theme import Dash, RunStyle, Theme

PIXELS_APART = 4.0
"""Between two points at which a curve is computed."""
UNSEEN = 0.04
"""Pixels by which a chord may be off the curve; where the bend changes, a few times that."""
LONGEST = 16.0
"""So many of those distances a chord may span."""


class Fitting(Protocol):
    """A problem whose θ predict y from one column of x or several."""

    data: Data
    whole: Data | None
    held: Indices
    loss_name: str
    labels: ClassVar[bool]
    straight: ClassVar[bool]
    squares: bool
    parameters: tuple[Parameter, ...]

    def predict(self, theta: Array, x: Array) -> Array: ...


def fits(problem: Problem) -> TypeGuard[Fitting]:
    """Whether a problem's θ predict something that data can be drawn beside."""
    return problem.data is not None and hasattr(problem, "predict")


def curve_of(projection: Projection, problem: Fitting, theta: Array) -> Array:
    """The pixels (n, 2) of θ's predictions from left to right; those not finite are left out."""
    count = 2 if problem.straight else max(2, int(projection.width / PIXELS_APART))
    px = np.linspace(0.0, projection.width, count)
    x = np.linspace(projection.left, projection.right, count)
    with np.errstate(all="ignore"):
        py = projection.y(problem.predict(theta, x))
    points = np.stack([px, py], axis=1)
    finite = np.isfinite(py)
    return _without_needless(points) if finite.all() else np.asarray(points[finite])


def _without_needless(points: Array) -> Array:
    """Points (n, 2), equally far apart across: those without which the curve would look the same.

    A chord of length h leaves a curve by h² |y″| / 8: where it bends little, few points do.
    """
    if len(points) < 4:
        return points
    bend = np.abs(np.diff(points[:, 1], n=2))  # y″ times the distance of two points squared
    bend = np.maximum(np.concatenate([bend[:1], bend]), np.concatenate([bend, bend[-1:]]))
    ways = np.clip(np.sqrt(bend / (8.0 * UNSEEN)), 1.0 / LONGEST, 1.0)
    place = np.floor(np.cumsum(ways))
    kept = np.ones(len(points), dtype=bool)
    kept[1:-1] = place[:-1] > np.concatenate([[0.0], place[:-2]])
    return np.asarray(points[kept])


def paint_curve(painter: QPainter, points: Array, pen: QPen, dash: Dash, area: QRectF) -> None:
    """A polyline whose dashes run on from one piece to the next."""
    if len(points) < 2:
        return
    if len(points) == 2:
        ends = clipped_segment(QPointF(*points[0].tolist()), QPointF(*points[1].tolist()), area)
        if ends is not None:
            pen = QPen(pen)
            if dash:
                pen.setDashPattern(list(dash))
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(*ends)
        return
    _, dashed, _ = cut(clipped_path(points, area), [part * pen.widthF() for part in dash], 0.0)
    cap = Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.SquareCap
    pen = QPen(pen)
    pen.setCapStyle(cap)
    draw_segments(painter, dashed, pen, area)


def clipped_path(points: Array, area: QRectF) -> Array:
    """Points (n, 2) with heights brought near the area, so that no dash is drawn far outside."""
    far = area.height()
    heights = np.clip(points[:, 1], area.top() - far, area.bottom() + far)
    return np.stack([points[:, 0], heights], axis=1)


def right_end(points: Array, area: QRectF) -> QPointF | None:
    """Where a curve leaves the area at the right, or was in it last; None if it never is."""
    if len(points) == 2:
        ends = clipped_segment(QPointF(*points[0].tolist()), QPointF(*points[1].tolist()), area)
        return None if ends is None else ends[1]
    inside = (points[:, 1] >= area.top()) & (points[:, 1] <= area.bottom())
    if not inside.any():
        return None
    last = int(np.flatnonzero(inside)[-1])
    return QPointF(float(points[last, 0]), float(points[last, 1]))


def lost_line(points: Array, area: QRectF) -> str:
    """Why nothing is seen of a curve: that it is above, below, or has no numbers; "" if it is."""
    if not len(points):
        return tr("no line: its numbers have ended")
    if right_end(points, area) is not None:
        return ""
    if points[-1, 1] < area.top():
        return tr("line above the picture")
    return tr("line below the picture")


def paint_best(
    painter: QPainter, projection: Projection, problem: Fitting, best: Array, theme: Theme
) -> None:
    """The best fit, thin and dotted, and a legend where there is room for it."""
    points = curve_of(projection, problem, best)
    pen = QPen(theme.color("muted"), max(1.2, 0.6 * theme.line_width))
    paint_curve(painter, points, pen, (1.5, 3.0), projection.area)
    font = sized_font(theme, 0.8)
    text = tr("least squares") if problem.squares else tr("best fit")
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 10.0, metrics.height() + 4.0
    if projection.width < 2.5 * width + 60.0:
        return
    right, bottom = projection.width - 3.6 * theme.text_points, projection.height - 5.0
    middle = bottom - 0.5 * height
    pen.setDashPattern([1.5, 3.0])
    painter.setPen(pen)
    painter.drawLine(QPointF(right - width - 26.0, middle), QPointF(right - width - 2.0, middle))
    corner = QPointF(right - width, bottom - height)
    draw_note(painter, corner, text, font, theme.color("muted"), theme.color("plot"))


def paint_ghost(
    painter: QPainter,
    projection: Projection,
    problem: Fitting,
    theta: Array,
    loss: float,
    theme: Theme,
) -> None:
    """The curve of a θ that someone points at, dashed, with its loss in the corner."""
    points = curve_of(projection, problem, theta)
    pen = QPen(theme.color("accent"), theme.line_width)
    paint_curve(painter, points, pen, (5.0, 4.0), projection.area)
    text = f"{problem.loss_name} = {number(float(f'{loss:.4g}'))}"
    font = sized_font(theme, 0.85)
    draw_note(painter, QPointF(6.0, 5.0), text, font, theme.color("accent"), theme.color("plot"))


def paint_residuals(
    painter: QPainter,
    projection: Projection,
    problem: Fitting,
    theta: Array,
    points: Points,
    color: QColor,
) -> None:
    """A square on each residual, whose area is what it adds to the loss.

    Sticks for many points, and for losses that do not count squares.
    """
    drawn = points.drawn
    x, y = points.x[drawn], points.y[drawn]
    with np.errstate(all="ignore"):
        px, py = projection.x(x), projection.y(y)
        fitted = projection.y(problem.predict(theta, x))
    finite = np.isfinite(fitted)
    px, py, fitted = px[finite], py[finite], fitted[finite]
    edge = QColor(color)
    if len(drawn) > EDITABLE or not problem.squares:
        edge.setAlpha(90 if len(drawn) > EDITABLE else 200)
        sticks = np.stack([px, py, px, fitted], axis=1)
        draw_segments(painter, sticks, QPen(edge, 1.0), projection.area)
        return
    painter.setPen(QPen(edge, 1.0))
    fill = QColor(color)
    fill.setAlpha(38)
    painter.setBrush(fill)
    far = 20.0 * (projection.width + projection.height)
    for left, top, line in zip(px.tolist(), py.tolist(), fitted.tolist(), strict=True):
        side = min(abs(line - top), far)
        # Towards the side with more room, so that the squares stay in sight.
        at = left if left + side <= projection.width or left < side else left - side
        painter.drawRect(QRectF(at, min(top, max(line, top - far)), side, side))


def data_range(
    extent: tuple[Range, Range], starts: Sequence[tuple[float, ...]], fitting: Fitting | None
) -> tuple[Range, Range]:
    """The data's range, widened to the lines that runs start with if they are near."""
    (left, right), (low, high) = extent
    across = padded(left, right, 0.09)
    near = 0.5 * (high - low)
    heights = [low, high]
    if fitting is not None:
        for start in starts:
            with np.errstate(all="ignore"):
                ends = fitting.predict(np.array(start), np.linspace(*across, 9))
            heights += [v for v in ends.tolist() if low - near <= v <= high + near]
    return across, padded(min(heights), max(heights), 0.1)


def paint_labels(
    painter: QPainter,
    projection: Projection,
    ends: Sequence[tuple[int, RunStyle, QPointF]],
    chosen: int,
    places: Places,
    stamps: Stamps,
    theme: Theme,
) -> None:
    """The labels of lines that end at these pixels, by the runs' keys and styles.

    Lines that leave at the right have theirs in a column; others beside their ends.
    """
    font = sized_font(theme, 0.75, bold=True)
    sizes = [label_size(style.label, font) for _, style, _ in ends]
    area = projection.area.adjusted(1.0, 1.0, -1.0, -1.0)
    boxes: dict[int, QRectF] = {}
    column = [i for i, (_, _, end) in enumerate(ends) if end.x() >= projection.width - 1.0]
    tall = max((sizes[i][1] for i in column), default=0.0)
    wanted = [ends[i][2].y() for i in column]
    low, high = 0.5 * tall + 2.0, max(projection.height - 0.5 * tall - 2.0, tall)
    for i, y in zip(column, spread(wanted, tall + 3.0, low, high), strict=True):
        width, height = sizes[i]
        boxes[i] = QRectF(area.right() - width - 2.0, y - 0.5 * height, width, height)
    rest = [i for i in range(len(ends)) if i not in boxes]
    points = [(ends[i][0], ends[i][2]) for i in rest]
    found = places.find(points, [sizes[i] for i in rest], area, list(boxes.values()))
    boxes.update(zip(rest, found, strict=True))
    for i, (key, style, _) in enumerate(ends):
        strong = key == chosen and len(ends) > 1
        stamps.label(painter, boxes[i], style, font, theme.color("plot"), strong=strong)
