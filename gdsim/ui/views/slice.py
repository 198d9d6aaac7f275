"""A cut through the landscape along its steepest direction, where overshooting can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QPainter

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.marks import Stamps, draw_arrow, draw_note
from gdsim.ui.plot.polylines import cut, draw_segments
from gdsim.ui.plot.ranges import padded
from gdsim.ui.theme import RunStyle, Theme

SAMPLES = 161


@dataclass(frozen=True, slots=True)
class Slice:
    """J(θ + s·v) for the unit eigenvector v of the largest curvature.

    `ahead` is how far the next step goes along v, None where that is not known; `now` and `then`
    are the losses at s = 0 and there.
    """

    along: Array
    loss: Array
    ahead: float | None
    now: float
    then: float
    vector: Array
    reach: float

    @property
    def heights(self) -> Range:
        """The range of the loss that is worth showing."""
        finite = self.loss[np.isfinite(self.loss)]
        low = float(min(finite.min(), self.now, self.then))
        most = max(self.now, self.then)
        # The curve shall fill half the width at least, whatever the step.
        top = max(low + 3.0 * (most - low), float(np.median(finite)))
        return padded(low, max(min(top, float(finite.max())), most), 0.1)


def slice_through(
    problem: Problem, run: RunSnapshot, after: Array | None, before: Slice | None
) -> Slice | None:
    """The slice at a run's present point, or None where nothing is finite.

    `after` is θ after its next step, if that is known.

    Direction and reach are those of the slice `before` as far as they still serve.
    """
    curvature = curvature_at(problem, run.theta)
    if curvature is None or not np.isfinite(run.gradient).all():
        return None
    vector = curvature.vectors[:, -1]
    like = before.vector if before is not None else np.ones(len(vector))
    if float(vector @ like) < 0.0:
        vector = -vector
    slope = float(run.gradient @ vector)
    ahead = None if after is None else float((after - run.theta) @ vector)
    spans = [high - low for low, high in problem.bounds()]
    bottom = slope / curvature.largest if curvature.largest > 0.0 else 0.0
    wanted = max(1.8 * abs(ahead or 0.0), 1.8 * abs(bottom), 0.02 * min(spans))
    wanted = min(wanted, 3.0 * max(spans))
    reach = wanted
    if before is not None and wanted <= before.reach <= 3.0 * wanted:
        reach = before.reach
    along = np.linspace(-reach, reach, SAMPLES)
    with np.errstate(all="ignore"):
        loss = problem.loss(run.theta[:, None] + vector[:, None] * along)
        then = problem.loss_at(run.theta + (ahead or 0.0) * vector)
    if not np.isfinite([run.loss, then]).all() or not np.isfinite(loss).any():
        return None
    return Slice(along, loss, ahead, run.loss, then, vector, reach)


def paint_slice(
    painter: QPainter,
    projection: Projection,
    cut_through: Slice,
    style: RunStyle,
    theme: Theme,
    loss_name: str,
    stamps: Stamps,
) -> None:
    """The curve, the present point, and an arrow to where the next step lands."""
    area = projection.area
    with np.errstate(all="ignore"):
        px, py = projection.x(cut_through.along), projection.y(cut_through.loss)
    finite = np.isfinite(py)
    points = np.stack([px[finite], py[finite]], axis=1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    solid, _, _ = cut(points, (), 0.0)
    pen = style.pen(theme.line_width)
    pen.setDashPattern([])
    pen.setStyle(pen.style().SolidLine)
    pen.setColor(theme.color("muted"))
    draw_segments(painter, solid, pen, area)
    here = projection.point(0.0, cut_through.now)
    text, color = f"{loss_name} {_short(cut_through.now)}", theme.color("text")
    if cut_through.ahead is not None:
        there = projection.point(cut_through.ahead, cut_through.then)
        casing = theme.color("casing")
        draw_arrow(painter, here, there, style.color, casing, 1.2 * theme.line_width)
        stamps.marker(painter, there, style, theme.marker_size, theme, hollow=True)
        text += f" → {_short(cut_through.then)}"
        if cut_through.then > cut_through.now:
            color = theme.color("danger")
    stamps.marker(painter, here, style, 1.2 * theme.marker_size, theme, hollow=False)
    font = sized_font(theme, 0.85)
    at = projection.area.topLeft()
    at.setX(at.x() + 6.0)
    at.setY(at.y() + 5.0)
    draw_note(painter, at, text, font, color, theme.color("plot"))


def _short(value: float) -> str:
    return number(float(f"{value:.4g}"))
