"""A line of one's own beside those of the runs, and what the squares of each add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gdsim.engine.arrays import Array
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.engine.sentences import number
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, sized_font
from gdsim.ui.theme import RunStyle, Theme
from gdsim.ui.views.fit_lines import curve_of, paint_curve

AT = 0.22, 0.78
"""Where its two handles stand at first, in shares of the width."""
LEAST = 0.02
"""How near each other they may come, as a share of the width."""
MOST_PARTS = 60
"""Samples whose squares are told apart in a bar."""
HEADING = "Σ(ŷ − y)²"
LONGEST = 0.3
"""The longest bar, as a share of the width."""


class MyLine:
    """Two handles, (x, y) each in the data's units, and the line through both.

    Where the model has no intercept the line goes through the origin, and one handle turns it.
    """

    def __init__(self) -> None:
        self.handles: list[tuple[float, float]] = []
        self.held: int | None = None
        """The handle that is moved."""

    def begin(self, problem: LinearModel, projection: Projection) -> None:
        """Lay it level through the middle of y, where it is not yet."""
        wanted = 2 if problem.has_intercept else 1
        if len(self.handles) != wanted:
            level = float(problem.data.y.mean())
            span = projection.right - projection.left
            places = [projection.left + share * span for share in AT]
            self.handles = [(x, level) for x in places[-wanted:]]
            self.held = None

    def near(self, at: QPointF, projection: Projection, within: float) -> int | None:
        """The handle at a pixel."""
        for place, handle in enumerate(self.handles):
            way = projection.point(*handle) - at
            if way.x() ** 2 + way.y() ** 2 <= within**2:
                return place
        return None

    def choose_next(self, way: int) -> None:
        """Hold the next handle (1) or the one before (−1); beyond the last one none."""
        order = [None, *range(len(self.handles))]
        self.held = order[(order.index(self.held) + way) % len(order)]

    def move(self, x: float, y: float, span: float) -> bool:
        """Put the held handle there; False where the line would stand upright."""
        if self.held is None:
            return False
        others = [one for place, one in enumerate(self.handles) if place != self.held]
        apart = min((abs(x - other) for other, _ in others), default=abs(x))
        if apart < LEAST * span:
            return False
        self.handles[self.held] = x, y
        return True

    def theta(self, problem: LinearModel) -> Array:
        """The parameters (parameters,) whose line it is."""
        if len(self.handles) == 1:
            ((x, y),) = self.handles
            return problem.from_own_units(np.array([0.0, y / x]))
        (x, y), (other_x, other_y) = self.handles
        slope = (other_y - y) / (other_x - x)
        return problem.from_own_units(np.array([y - slope * x, slope]))

    def sums(
        self,
        problem: LinearModel,
        rival: tuple[Array, RunStyle] | None,
        theme: Theme,
        *,
        best: bool,
    ) -> list[Sum]:
        """Those of this line, of a run (its θ and style) and, if wished, of the best fit."""
        found = [sum_of(problem, self.theta(problem), tr("my line"), theme.color("text"))]
        if rival is not None and len(rival[0]) == len(problem.parameters):
            found.append(sum_of(problem, rival[0], rival[1].label, rival[1].color))
        if best:
            theta, name = np.array(problem.minima[0]), tr("least squares")
            found.append(sum_of(problem, theta, name, theme.color("muted")))
        return found

    def paint(
        self, painter: QPainter, projection: Projection, problem: LinearModel, theme: Theme
    ) -> None:
        """The line and its handles."""
        points = curve_of(projection, problem, self.theta(problem))
        pen = QPen(theme.color("text"), theme.line_width)
        paint_curve(painter, points, pen, (6.0, 2.0, 1.0, 2.0), projection.area)
        size = 0.6 * theme.marker_size
        painter.setPen(QPen(theme.color("plot"), 1.5))
        for place, handle in enumerate(self.handles):
            painter.setBrush(theme.color("accent" if place == self.held else "text"))
            at = projection.point(*handle)
            painter.drawRect(QRectF(at.x() - size, at.y() - size, 2.0 * size, 2.0 * size))


@dataclass(frozen=True, slots=True)
class Sum:
    """One bar: what is added up, by whom, and what each sample (n,) adds."""

    name: str
    color: QColor
    parts: Array

    @property
    def total(self) -> float:
        return float(self.parts.sum())


def served(problem: object) -> LinearModel | None:
    """The problem as one that a line can be laid beside, or None."""
    if isinstance(problem, LinearModel) and problem.straight and problem.squares:
        return problem
    return None


def sum_of(problem: LinearModel, theta: Array, name: str, color: QColor) -> Sum:
    """The squares (ŷ − y)² of θ over the samples that are learned from, in the data's units."""
    with np.errstate(all="ignore"):
        missed = problem.predict(theta, problem.data.x) - problem.data.y
        return Sum(name, color, missed * missed)


def paint_sums(
    painter: QPainter, projection: Projection, sums: Sequence[Sum], corner: QPointF, theme: Theme
) -> None:
    """A bar for each sum, its squares laid end to end; they have one scale."""
    sums = [one for one in sums if np.isfinite(one.total)]
    if not sums:
        return
    font = sized_font(theme, 0.85)
    metrics = QFontMetricsF(font)
    row = metrics.height() + 2.0
    texts = [number(one.total, 4) for one in sums]
    names = max(metrics.horizontalAdvance(text) for text in (HEADING, *(o.name for o in sums)))
    values = max(metrics.horizontalAdvance(text) for text in texts)
    longest = LONGEST * projection.width
    box = QRectF(
        corner.x(), corner.y(), names + longest + values + 26.0, row * (len(sums) + 1) + 6.0
    )
    ground = QColor(theme.color("plot"))
    ground.setAlpha(225)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3.0, 3.0)
    most = max(one.total for one in sums)
    painter.setFont(font)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    left = box.left() + 5.0
    painter.setPen(theme.color("muted"))
    painter.drawText(QRectF(left, box.top() + 3.0, names + 2.0, row), int(flags), HEADING)
    for place, (one, text) in enumerate(zip(sums, texts, strict=True), 1):
        top = box.top() + 3.0 + place * row
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(left, top, names + 2.0, row), int(flags), one.name)
        begin = left + names + 8.0
        length = longest * one.total / most if most else 0.0
        bar = QRectF(begin, top + 0.2 * row, max(length, 1.0), 0.6 * row)
        painter.fillRect(bar, one.color)
        if 1 < len(one.parts) <= MOST_PARTS and length > 0.0:
            painter.setPen(QPen(theme.color("plot"), 1.0))
            for share in np.cumsum(one.parts[:-1]).tolist():
                x = begin + longest * share / most
                painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        painter.setPen(theme.color("text"))
        after = QRectF(bar.right() + 6.0, top, values + 4.0, row)
        painter.drawText(after, int(flags), text)
