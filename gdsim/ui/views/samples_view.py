"""How the samples' gradients scatter about their mean: why a step by one of them is noisy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.sampling import Sampler
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.marks import draw_note
from gdsim.ui.plot.ranges import still_good
from gdsim.ui.views.base import View

MOST = 5_000
"""Of more samples, so many are looked at, evenly through the data."""
BARS = 24
SLACK = 0.4
"""The range stays while the bars fill so much of it: they move with every step."""


@dataclass(frozen=True)
class Pulls:
    """How far each sample's gradient goes along ∇J: gᵢ·∇J/‖∇J‖, whose mean is ‖∇J‖.

    `counts` (bars,) are of the samples between `edges` (bars + 1,). `batch` is the mean over what
    the next step sees, None where it sees all. `against` is the share of samples below 0.
    """

    edges: Array
    counts: Array
    mean: float
    batch: float | None
    against: float


def pulls_of(problem: Problem, run: RunSnapshot) -> Pulls | None:
    """The pulls where the run is; None where it has no slope or no number."""
    length = math.hypot(*run.gradient.tolist())
    if not (math.isfinite(length) and length > 0.0):
        return None
    way = run.gradient / length
    every = max(1, -(-problem.size // MOST))
    size, batch = run.run.batch_size_for(problem), None
    with np.errstate(all="ignore"):  # of data as large as numbers can be
        pulls = way @ problem.sample_gradients(run.theta, np.arange(0, problem.size, every))
        if size:
            seen = Sampler(problem, run.run.sampling, size).indices(run.step)
            batch = float((way @ problem.sample_gradients(run.theta, seen)).mean())
        low, high = float(pulls.min()), float(pulls.max())
        if not math.isfinite(high - low):
            return None
        most = max(abs(low), abs(high))
        if high - low <= 1e-9 * most:  # all alike: one bar
            low, high = low - 0.05 * most, high + 0.05 * most
        bars = min(BARS, 4 + 2 * math.isqrt(len(pulls)))
        counts, edges = np.histogram(pulls, bars, (low, high))
    return Pulls(edges, counts.astype(np.float64), length, batch, float((pulls < 0.0).mean()))


class SamplesView(View):
    """A histogram over the samples, with their mean and that of the next step's batch."""

    name = "samples"
    title = "Gradients of the samples"
    short = "Scatter"
    where = "beside"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pulls: Pulls | None = None
        self._shown: tuple[Range, Range] | None = None
        self.finish()

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        return problem.size > 1

    def description(self) -> str:
        return tr(
            "How far the gradient of each sample points the way of the whole gradient, for the "
            "selected run where it is now; their mean, and that of the next step's samples."
        )

    def retranslate(self) -> None:
        super().retranslate()
        self.name_axes()

    def name_axes(self) -> None:
        self.plot.set_labels(
            tr("Gradient of a sample along the mean gradient"), tr("Number of samples")
        )

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        if self.is_other_problem(before):
            self._shown = None
            self.name_axes()
            self.show_all()
        run = self.selected_run()
        self._pulls = None if run is None else pulls_of(self._snapshot.problem, run)
        if not self.manual:
            self.reset_range()

    def reset_range(self) -> None:
        pulls = self._pulls
        if pulls is None:
            return
        marks = [0.0, pulls.mean] if pulls.batch is None else [0.0, pulls.mean, pulls.batch]
        low, high = min(*marks, float(pulls.edges[0])), max(*marks, float(pulls.edges[-1]))
        room = 0.05 * (high - low)
        wanted = (low - room, high + room), (0.0, 1.3 * float(pulls.counts.max()))
        if self._shown is None or not all(
            still_good(now, new, SLACK) for now, new in zip(self._shown, wanted, strict=True)
        ):
            self._shown = wanted
        self.plot.show_range(*self._shown)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        self.paint_grid(painter, projection)
        run, theme, pulls = self.selected_run(), self.theme, self._pulls
        if pulls is None or run is None:
            painter.setFont(sized_font(theme, 0.85))
            painter.setPen(theme.color("muted"))
            text = tr("Nothing finite to show here.")
            painter.drawText(projection.area, Qt.AlignmentFlag.AlignCenter, text)
            return
        painter.setPen(QPen(theme.color("plot"), 1.0))
        painter.setBrush(self.pale(self.style_of(run.key).color))
        sides = zip(pulls.edges[:-1].tolist(), pulls.edges[1:].tolist(), strict=True)
        for (left, right), count in zip(sides, pulls.counts.tolist(), strict=True):
            if count:
                corner = projection.point(left, count)
                painter.drawRect(QRectF(corner, projection.point(right, 0.0)).normalized())
        self._line(painter, projection, 0.0, QPen(theme.color("muted"), 1.0))
        self._line(painter, projection, pulls.mean, self.style_of(run.key).pen(theme.line_width))
        told = tr("mean: the whole gradient, {length}", length=number(pulls.mean, 3))
        if pulls.batch is not None:
            pen = QPen(theme.color("text"), theme.line_width, Qt.PenStyle.DashLine)
            self._line(painter, projection, pulls.batch, pen)
            told += "\n" + tr("dashed: the next step's, {length}", length=number(pulls.batch, 3))
        told += "\n" + tr(
            "{share} % of the samples pull the other way", share=f"{100.0 * pulls.against:.0f}"
        )
        at = projection.area.topLeft() + QPointF(6.0, 5.0)
        font = sized_font(theme, 0.85)
        draw_note(painter, at, told, font, theme.color("text"), theme.color("plot"))

    def _line(self, painter: QPainter, projection: Projection, x: float, pen: QPen) -> None:
        area, at = projection.area, projection.point(x, 0.0).x()
        painter.setPen(pen)
        painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
