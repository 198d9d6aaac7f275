"""A loss of one variable as a curve, with the runs as balls on it, the tangent, the next step."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Slot
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.history import LOSS, THETA, Trace
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.marks import blank, draw_cross, draw_note
from gdsim.ui.plot.polylines import clipped_segment, cut, draw_segments
from gdsim.ui.plot.ranges import fitted, padded, still_good, with_starts
from gdsim.ui.views.plane import rows_of
from gdsim.ui.views.stage import Point, StageView, Start

SAMPLES = 481
TANGENT = 0.16
"""Half the tangent's length, as a share of the picture's width."""
STEEP = 6.0
"""How many times the usual height the curve may reach before its top is cut off."""


class CurveView(StageView):
    """J(x) with one ball a run; a click or drag sets the start's x."""

    name = "curve"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve: tuple[object, QPixmap] | None = None
        self.finish()

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        return len(problem.parameters) == 1

    def description(self) -> str:
        return tr(
            "The loss as a curve with each run on it, the tangent at the selected one and its next "
            "step. The left and right arrow keys move the starting point, with Shift finely."
        )

    # Places.

    def place(self, theta: Sequence[float] | Array) -> Point:
        assert self._snapshot is not None
        x = float(theta[0])
        return x, self._snapshot.problem.loss_at(np.array([x]))

    def theta_at(self, at: Point, start: Start) -> Start:
        return (at[0],)

    def way(self, trace: Trace, key: int, kind: int = 0) -> tuple[Array, Array]:
        return trace.rows[:, THETA], trace.rows[:, LOSS]

    # Ranges.

    def refresh(self, before: Snapshot | None) -> None:
        super().refresh(before)
        if self.is_other_problem(before):
            self.name_axes()

    def name_axes(self) -> None:
        if self._snapshot is not None:
            problem = self._snapshot.problem
            self.plot.set_labels(problem.parameters[0].symbol, problem.loss_name)

    def reset_range(self) -> None:
        if self._snapshot is None:
            return
        problem = self._snapshot.problem
        starts = [run.run.start[0] for run in self.visible_runs()]
        across = with_starts(problem.bounds()[0], starts)
        wanted = across, self._heights(problem, across, starts)
        if self._home is None or not all(map(still_good, self._home, wanted)):
            self._home = wanted
        self.plot.show_range(*self._home)

    def _heights(self, problem: Problem, across: Range, starts: Sequence[float]) -> Range:
        """From the lowest point to the highest, but no higher than is needed to see the rest."""
        with np.errstate(all="ignore"):
            loss = problem.loss(np.linspace(*across, SAMPLES)[None])
            begun = problem.loss(np.array([starts])) if starts else np.empty(0)
        loss, begun = loss[np.isfinite(loss)], begun[np.isfinite(begun)]
        if not len(loss):
            return -1.0, 1.0
        low = float(np.quantile(loss, 0.005))
        usual = float(np.median(loss)) - low
        high = min(float(loss.max()), low + STEEP * usual) if usual > 0.0 else float(loss.max())
        high = max([high, *(v for v in begun.tolist() if v - low <= 4.0 * STEEP * usual)])
        return padded(max(low, float(loss.min())), high, 0.08)

    @Slot()
    def fit_paths(self) -> None:
        if self._snapshot is None or not self.visible_runs():
            return
        bounds = self._snapshot.problem.bounds()[0]
        across = fitted(rows_of(self.visible_runs())[:, 0], bounds)
        if across is not None:
            self._range_taken(None)
            starts = [run.run.start[0] for run in self.visible_runs()]
            inside = [x for x in starts if across[0] <= x <= across[1]]
            self.plot.show_range(across, self._heights(self._snapshot.problem, across, inside))

    # Painting.

    def seen(self, shown: Snapshot) -> Hashable:
        cell = self.plot.projection().cell
        places = []
        for run in self.visible_runs():
            following = self.next_place(run)
            places.append((cell(float(run.theta[0]), run.loss), following and cell(*following)))
        return tuple(places)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        self.paint_grid(painter, projection)
        problem, runs = self._snapshot.problem, self.visible_runs()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_curve(painter, projection, problem)
        lines, under = self.lines(runs, self._snapshot.step)
        hurried = self._snapshot.playing
        self.ink.paint(painter, projection, self.plot.resolution, lines, under, hurried=hurried)
        taken = self._paint_minima(painter, projection, problem)
        run = self.selected_run()
        if run is not None and run in runs:
            taken.append(self._paint_tangent(painter, projection, problem, run))
        self.paint_runs(painter, projection, runs, taken)
        self.paint_readout(painter, projection)

    def _paint_curve(self, painter: QPainter, projection: Projection, problem: Problem) -> None:
        """From a pixmap, drawn anew only when something about it changes."""
        key = problem, projection, self.theme, self.plot.resolution
        if self._curve is None or self._curve[0] != key:
            pixmap = blank(projection, self.plot.resolution)
            with QPainter(pixmap) as inner:
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                pen = QPen(self.theme.color("muted"), 1.2 * self.theme.line_width)
                draw_segments(inner, _segments(problem, projection), pen, projection.area)
            self._curve = key, pixmap
        painter.drawPixmap(0, 0, self._curve[1])

    def _paint_minima(
        self, painter: QPainter, projection: Projection, problem: Problem
    ) -> list[QRectF]:
        taken = []
        color, ground = self.theme.color("text"), self.theme.color("plot")
        for minimum in problem.minima:
            at = projection.point(*self.place(minimum))
            if projection.area.contains(at):
                draw_cross(painter, at, 0.55 * self.theme.marker_size, color, ground)
                taken.append(QRectF(at.x() - 6.0, at.y() - 6.0, 12.0, 12.0))
        return taken

    def _paint_tangent(
        self, painter: QPainter, projection: Projection, problem: Problem, run: RunSnapshot
    ) -> QRectF:
        """The tangent at the run's present point, and its slope in numbers."""
        theme = self.theme
        slope = float(run.gradient[0])
        here = projection.point(float(run.theta[0]), run.loss)
        steep = slope * float(projection.y(0.0) - projection.y(1.0))
        across = float(projection.x(1.0) - projection.x(0.0))
        length = float(np.hypot(across, steep))
        if np.isfinite([here.x(), here.y(), length]).all() and length > 0.0:
            reach = TANGENT * projection.width / length
            way = QPointF(reach * across, -reach * steep)
            ends = clipped_segment(here - way, here + way, projection.area)
            if ends is not None:
                pen = QPen(theme.color("accent"), 0.8 * theme.line_width)
                pen.setDashPattern([5.0, 3.0])
                painter.setPen(pen)
                painter.drawLine(*ends)
        symbol = problem.parameters[0].symbol
        values = (
            (symbol, float(run.theta[0])), (problem.loss_name, run.loss),
            (f"{problem.loss_name}′", slope),
        )  # fmt: skip
        text = "   ".join(f"{name} = {number(float(f'{value:.4g}'))}" for name, value in values)
        font = sized_font(theme, 0.85)
        corner = QPointF(6.0, 5.0)
        room = projection.width - 10.0
        return draw_note(
            painter, corner, text, font, theme.color("text"), theme.color("plot"), room
        )


def _segments(problem: Problem, projection: Projection) -> Array:
    """The curve in pixels, (n, 4); with a gap where the function is not defined."""
    x = np.linspace(projection.left, projection.right, SAMPLES)
    with np.errstate(all="ignore"):
        py = projection.y(problem.loss(x[None]))
    points = np.stack([projection.x(x), py], axis=1)
    whole = np.asarray(np.isfinite(points).all(axis=1))
    solid, _, _ = cut(np.where(whole[:, None], points, 0.0), (), 0.0)
    return np.asarray(solid[whole[:-1] & whole[1:]])
