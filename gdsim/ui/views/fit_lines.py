"""Lines over data: where they enter and leave, least squares, a passing guess, residuals."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import number
from gdsim.engine.problems import LinearRegression
from gdsim.ui.language import tr
from gdsim.ui.theme import Theme
from gdsim.ui.views.canvas import Projection, sized_font
from gdsim.ui.views.marks import draw_note
from gdsim.ui.views.points import EDITABLE, Points
from gdsim.ui.views.polylines import clipped_segment, draw_segments


def ends_of_line(
    projection: Projection, problem: LinearRegression, theta: Array
) -> tuple[QPointF, QPointF] | None:
    """The part of θ's line within the plot area, from left to right, or None."""
    x = np.array([projection.left, projection.right])
    with np.errstate(all="ignore"):
        y = projection.y(problem.predict(theta, x))
    if not np.isfinite(y).all():
        return None
    left, right = QPointF(0.0, float(y[0])), QPointF(projection.width, float(y[1]))
    return clipped_segment(left, right, projection.area)


def paint_least_squares(
    painter: QPainter, projection: Projection, problem: LinearRegression, theme: Theme
) -> None:
    """The best line, thin and dotted, and a legend where there is room for it."""
    ends = ends_of_line(projection, problem, np.array(problem.minima[0]))
    if ends is None:
        return
    pen = QPen(theme.color("muted"), max(1.2, 0.6 * theme.line_width))
    pen.setDashPattern([1.5, 3.0])
    painter.setPen(pen)
    painter.drawLine(*ends)
    font = sized_font(theme, 0.8)
    text = tr("least squares")
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 10.0, metrics.height() + 4.0
    if projection.width < 2.5 * width + 60.0:
        return
    right, bottom = projection.width - 3.6 * theme.text_points, projection.height - 5.0
    middle = bottom - 0.5 * height
    painter.drawLine(QPointF(right - width - 26.0, middle), QPointF(right - width - 2.0, middle))
    corner = QPointF(right - width, bottom - height)
    draw_note(painter, corner, text, font, theme.color("muted"), theme.color("plot"))


def paint_ghost(
    painter: QPainter,
    projection: Projection,
    problem: LinearRegression,
    theta: Array,
    theme: Theme,
) -> None:
    """The line of a θ that someone points at, dashed, with its loss in the corner."""
    ends = ends_of_line(projection, problem, theta)
    if ends is not None:
        pen = QPen(theme.color("accent"), theme.line_width)
        pen.setDashPattern([5.0, 4.0])
        painter.setPen(pen)
        painter.drawLine(*ends)
    loss = problem.loss_at(theta)
    text = f"{problem.loss_name} = {number(float(f'{loss:.4g}'))}"
    font = sized_font(theme, 0.85)
    draw_note(painter, QPointF(6.0, 5.0), text, font, theme.color("accent"), theme.color("plot"))


def paint_residuals(
    painter: QPainter,
    projection: Projection,
    problem: LinearRegression,
    theta: Array,
    points: Points,
    color: QColor,
) -> None:
    """A square on each residual, whose area is what it adds to the loss; sticks for many points."""
    drawn = points.drawn
    x, y = points.x[drawn], points.y[drawn]
    with np.errstate(all="ignore"):
        px, py = projection.x(x), projection.y(y)
        fitted = projection.y(problem.predict(theta, x))
    finite = np.isfinite(fitted)
    px, py, fitted = px[finite], py[finite], fitted[finite]
    edge = QColor(color)
    if len(drawn) > EDITABLE:
        edge.setAlpha(90)
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
