"""The stage: the loss over two parameters, each run's way across it, and the step to come."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import number
from gdsim.engine.history import THETA, Trace
from gdsim.engine.problems import Bounds, Problem
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.views.base import View
from gdsim.ui.views.canvas import Projection, Range, sized_font
from gdsim.ui.views.landscape import Landscape
from gdsim.ui.views.marks import (
    Places,
    draw_arrow,
    draw_cross,
    draw_note,
    label_size,
    mix,
)
from gdsim.ui.views.paths import Ink, Line
from gdsim.ui.views.polylines import clipped_segment
from gdsim.ui.views.ranges import still_good

REACH = 10.0
"""Pixels within which the pointer takes hold of a marker."""
FARTHEST = 50.0
"""How many times the problem's bounds a start or a path may widen the view."""

PATIENCE = 0.5
"""Seconds that a start is shown before the engine has taken it up."""

Point = tuple[float, float]

_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class ParameterView(View):
    """Contours of the loss with one trajectory a run.

    `start_chosen` follows a start that is being dragged, `start_committed` is its final place;
    `hovered` is the point under the pointer, or None. All carry (θ₀, θ₁).
    """

    start_chosen = Signal(object)
    start_committed = Signal(object)
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._landscape = Landscape(self)
        self._landscape.rebuild_due.connect(self.plot.redraw)
        self._ink = Ink()
        self._places = Places()
        self._home: tuple[Range, Range] | None = None
        self._dragged: Point | None = None
        self._asked: tuple[int, Point, float] | None = None
        self._pointer: Point | None = None
        self._fit = self.tool()
        self._fit.clicked.connect(self.fit_paths)
        self.finish()

    def title(self) -> str:
        return tr("Parameter space")

    def description(self) -> str:
        return tr(
            "Contours of the loss with the trajectory of each run. Arrow keys move the starting "
            "point of the selected run, with Shift finely."
        )

    def retranslate(self) -> None:
        self._fit.setText(tr("Fit"))
        self._fit.setToolTip(tr("Fit the view to the trajectories"))
        self._fit.setAccessibleName(tr("Fit the view to the trajectories"))
        super().retranslate()

    # Ranges.

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        if self._asked is not None:
            key, start, at = self._asked
            run = self._snapshot.run(key)
            taken = run is None or run.track.run.start == start
            if taken or time.monotonic() - at > PATIENCE:
                self._asked = None
        if self.is_other_problem(before):
            self._home = None
            self.show_all()
        self.name_axes()
        if not self.manual and self._dragged is None:
            self.reset_range()

    def name_axes(self) -> None:
        if self._snapshot is not None and self._is_plane():
            self.plot.set_labels(*(p.symbol for p in self._snapshot.problem.parameters))

    def reset_range(self) -> None:
        if self._snapshot is None or len(self._snapshot.problem.parameters) != 2:
            return
        wanted = _with_starts(self._snapshot.problem.bounds(), self.visible_runs())
        if self._home is None or not all(map(still_good, self._home, wanted)):
            self._home = wanted
        self.plot.show_range(*self._home)

    @Slot()
    def fit_paths(self) -> None:
        """Show the finite part of all visible trajectories."""
        if self._snapshot is None or len(self._snapshot.problem.parameters) != 2:
            return
        paths = [run.trace.rows[:, THETA:] for run in self.visible_runs()]
        if not paths:
            return
        points = np.concatenate(paths)
        ranges = []
        for axis, (low, high) in enumerate(self._snapshot.problem.bounds()):
            middle, span = 0.5 * (low + high), high - low
            values = points[:, axis]
            with np.errstate(invalid="ignore"):
                near = values[np.abs(values - middle) <= FARTHEST * span / 2]
            if not len(near):
                return
            least, most = float(near.min()), float(near.max())
            room = max(0.08 * (most - least), 0.01 * span)
            ranges.append((least - room, most + room))
        self._range_taken(None)
        self.plot.show_range(ranges[0], ranges[1])

    # Painting.

    def seen(self, shown: Snapshot) -> Hashable:
        if not self._is_plane():
            return None
        cell = self.plot.projection().cell
        places = []
        for run in self.visible_runs():
            x, y = run.theta.tolist()
            dx, dy = run.gradient.tolist()
            places.append((cell(x, y), cell(x - run.rate * dx, y - run.rate * dy)))
        return tuple(places)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        problem, theme = self._snapshot.problem, self.theme
        font = sized_font(theme, 0.85)
        if len(problem.parameters) != 2:
            text = tr("Contours need a problem of two parameters.")
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            painter.drawText(projection.area, Qt.AlignmentFlag.AlignCenter, text)
            return
        resolution = self.plot.resolution
        grid = self.plot.grid(projection)
        self._landscape.paint(painter, problem, projection, theme, resolution, grid)
        runs = self.visible_runs()
        lines, under = self._lines(runs, self._snapshot.step)
        self._ink.paint(painter, projection, resolution, lines, under)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        taken = self._paint_minima(painter, projection, problem)
        self._paint_runs(painter, projection, runs, taken)
        self._paint_readout(painter, projection, problem)

    def _lines(self, runs: list[RunSnapshot], step: int) -> tuple[list[Line], list[Line]]:
        lines, under = [], []
        casing = self.theme.color("casing")
        casing.setAlpha(190)
        for run in runs:
            style = self.style_of(run.key)
            past = run.trace.until(step)
            width = self.line_width(run.key)
            if run.ghost is not None:
                pale = mix(style.color, self.theme.color("casing"), 0.45)
                under.append(_line(run.key, run.ghost, pale, 1.0))
            if len(past.steps) < len(run.trace.steps):
                pale = mix(style.color, self.theme.color("casing"), 0.5)
                under.append(_line(run.key, run.trace, pale, width - 0.5))
            x, y = past.rows[:, THETA], past.rows[:, THETA + 1]
            lines.append(
                Line(
                    run.key, x, y, run.trace.lineage, style.color, width, style.dash, casing,
                    steps=past.steps,
                )
            )  # fmt: skip
        return lines, under

    def _paint_minima(
        self, painter: QPainter, projection: Projection, problem: Problem
    ) -> list[QRectF]:
        theme, taken = self.theme, []
        color, casing = theme.color("text"), theme.color("casing")
        for minimum in problem.minima:
            at = projection.point(minimum[0], minimum[1])
            if projection.area.contains(at):
                draw_cross(painter, at, 0.55 * theme.marker_size, color, casing)
                taken.append(QRectF(at.x() - 6.0, at.y() - 6.0, 12.0, 12.0))
        return taken

    def _paint_runs(
        self,
        painter: QPainter,
        projection: Projection,
        runs: list[RunSnapshot],
        taken: list[QRectF],
    ) -> None:
        theme, area = self.theme, projection.area
        casing = theme.color("casing")
        font = sized_font(theme, 0.75, bold=True)
        near = area.adjusted(-20.0, -20.0, 20.0, 20.0)
        points, sizes, shown = [], [], []
        for run in runs:
            style = self.style_of(run.key)
            chosen = run.key == self._scene.selected
            start = projection.point(*self._start_of(run))
            if near.contains(start):
                self.stamps.marker(painter, start, style, theme.marker_size, theme, hollow=True)
            at = projection.point(*(float(value) for value in run.theta[:2]))
            if not (math.isfinite(at.x()) and math.isfinite(at.y())):
                continue
            end = _next_point(projection, run)
            shaft = clipped_segment(at, end, area.adjusted(2, 2, -2, -2)) if end else None
            if shaft is not None and run.alive:
                width = theme.line_width * (1.5 if chosen else 0.75)
                draw_arrow(painter, *shaft, style.color, casing, width)
                if chosen:
                    taken = [*taken, *_along(*shaft, width)]
            if not near.contains(at):
                # Out of sight: its label stands at the edge that it has left by.
                edge = area.adjusted(4.0, 4.0, -4.0, -4.0)
                at.setX(min(max(at.x(), edge.left()), edge.right()))
                at.setY(min(max(at.y(), edge.top()), edge.bottom()))
            else:
                size = theme.marker_size * (1.2 if chosen else 1.0)
                self.stamps.marker(painter, at, style, size, theme, hollow=False)
            points.append((run.key, at))
            sizes.append(label_size(style.label, font))
            shown.append((style, chosen))
        boxes = self._places.find(points, sizes, area, taken)
        for box, (style, chosen) in zip(boxes, shown, strict=True):
            self.stamps.label(painter, box, style, font, casing, strong=chosen and len(shown) > 1)

    def _paint_readout(self, painter: QPainter, projection: Projection, problem: Problem) -> None:
        point = self._pointer if self._dragged is None else self._dragged
        if point is None:
            return
        loss = problem.loss_at(np.array(point))
        values = zip(problem.parameters, point, strict=True)
        parts = [f"{parameter.symbol} = {number(float(f'{v:.4g}'))}" for parameter, v in values]
        parts.append(f"{problem.loss_name} = {number(float(f'{loss:.4g}'))}")
        text = "   ".join(parts)
        for minimum in problem.minima:
            way = projection.point(minimum[0], minimum[1]) - projection.point(*point)
            if math.hypot(way.x(), way.y()) <= REACH:
                text = tr("Minimum")
                for parameter, value in zip(problem.parameters, minimum, strict=True):
                    text += f"   {parameter.symbol} = {number(value)}"
                loss = problem.loss_at(np.array(minimum))
                text += f"   {problem.loss_name} = {number(loss)}"
        theme = self.theme
        font = sized_font(theme, 0.85)
        height = 1.9 * theme.text_points + 6.0
        corner = QPointF(5.0, projection.height - height - 5.0)
        draw_note(painter, corner, text, font, theme.color("text"), theme.color("panel"))

    # Pointer and keys.

    def _start_of(self, run: RunSnapshot) -> Point:
        if self._dragged is not None and run.key == self._scene.selected:
            return self._dragged
        if self._asked is not None and self._asked[0] == run.key:
            return self._asked[1]
        return run.track.run.start[0], run.track.run.start[1]

    def _commit(self, start: Point) -> None:
        """Ask for a start, and show it at once: the next key goes on from there."""
        self._asked = self._scene.selected, start, time.monotonic()
        self.start_committed.emit(start)
        self.plot.redraw()

    def _on_start(self, at: QPointF) -> bool:
        run = self.selected_run()
        if run is None or run.key in self._scene.hidden or not self._is_plane():
            return False
        way = self.plot.projection().point(*self._start_of(run)) - at
        return math.hypot(way.x(), way.y()) <= max(REACH, self.theme.marker_size)

    def _is_plane(self) -> bool:
        return self._snapshot is not None and len(self._snapshot.problem.parameters) == 2

    def _point_at(self, at: QPointF) -> Point:
        projection = self.plot.projection()
        return projection.rounded(*projection.inverse(at))

    def pointer_pressed(self, at: QPointF) -> bool:
        if not self._on_start(at):
            return False
        run = self.selected_run()
        self._dragged = self._start_of(run) if run is not None else None
        self._pointer = None
        return True

    def pointer_dragged(self, at: QPointF) -> None:
        area = self.plot.projection().area
        inside = QPointF(min(max(at.x(), 0.0), area.width()), min(max(at.y(), 0.0), area.height()))
        self._dragged = self._point_at(inside)
        self.start_chosen.emit(self._dragged)
        self.plot.redraw()

    def pointer_released(self, at: QPointF, moved: bool) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is not None:
            if moved:
                self._commit(dragged)
        elif not moved and self._is_plane():
            self._commit(self._point_at(at))
        self.plot.redraw()

    def pointer_hovered(self, at: QPointF | None) -> None:
        point = None if at is None or not self._is_plane() else self._point_at(at)
        if point == self._pointer:
            return
        self._pointer = point
        if at is not None:
            grab = self._on_start(at)
            shape = Qt.CursorShape.OpenHandCursor if grab else Qt.CursorShape.CrossCursor
            self.plot.viewport().setCursor(shape)
        self.hovered.emit(point)
        self.plot.redraw()

    def wants_key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        return (
            event.key() in _MOVES
            and plain == Qt.KeyboardModifier.NoModifier
            and self.selected_run() is not None
            and self._is_plane()
        )

    def key_pressed(self, event: QKeyEvent) -> None:
        run = self.selected_run()
        if run is None:
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        share = 1 / 500 if fine else 1 / 50
        dx, dy = _MOVES[Qt.Key(event.key())]
        p = self.plot.projection()
        x, y = self._start_of(run)
        self._commit(
            p.rounded(x + dx * share * (p.right - p.left), y + dy * share * (p.top - p.bottom))
        )


def _line(key: int, trace: Trace, color: QColor, width: float) -> Line:
    x, y = trace.rows[:, THETA], trace.rows[:, THETA + 1]
    return Line(key, x, y, trace.lineage, color, width, steps=trace.steps)


def _along(start: QPointF, end: QPointF, width: float) -> list[QRectF]:
    """Boxes that cover an arrow, for labels to keep off."""
    way = end - start
    count = min(12, max(1, round(math.hypot(way.x(), way.y()) / (3.0 * width))))
    half = 1.5 * width
    points = [start + way * ((i + 1) / count) for i in range(count)]
    return [QRectF(p.x() - half, p.y() - half, 2 * half, 2 * half) for p in points]


def _next_point(projection: Projection, run: RunSnapshot) -> QPointF | None:
    """The pixel of θ − α∇J, or None where it is not finite."""
    with np.errstate(all="ignore"):
        end: Array = run.theta[:2] - run.rate * run.gradient[:2]
    if not np.isfinite(end).all():
        return None
    return projection.point(float(end[0]), float(end[1]))


def _with_starts(bounds: Bounds, runs: list[RunSnapshot]) -> tuple[Range, Range]:
    """The bounds, widened to hold the starts that are not too far off, with some room."""
    ranges = []
    for axis, (low, high) in enumerate(bounds):
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        starts = [run.track.run.start[axis] for run in runs]
        near = [value for value in starts if abs(value - middle) <= FARTHEST * half]
        least, most = min([low, *near]), max([high, *near])
        room = 0.06 * (most - least)
        ranges.append((least - room if least < low else low, most + room if most > high else high))
    return ranges[0], ranges[1]
