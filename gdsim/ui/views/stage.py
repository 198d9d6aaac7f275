"""What the pictures of the parameter space share: where runs start and stand, and moving starts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.history import Trace
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot import badges
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.legend import Entry, Legend
from gdsim.ui.plot.marks import Places, draw_arrow, draw_note, label_size, mix
from gdsim.ui.plot.paths import Ink, Line, to_the_limit
from gdsim.ui.plot.polylines import clipped_segment
from gdsim.ui.plot.step_arrow import StepArrow
from gdsim.ui.step_to_come import is_downhill, theta_to_come
from gdsim.ui.views.base import View

SAMPLED = 200
"""Points of a way that say where a legend would hide it."""
REACH = 10.0
"""Pixels within which the pointer takes hold of a marker."""

AHEAD = 0.38
"""Share of a run's colour in what is recorded beyond the step that is shown."""

Point = tuple[float, float]
Start = tuple[float, ...]

_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class StageView(View):
    """A picture in which every θ has a place, and where the start can be moved."""

    title = "Parameter space"
    short = "Parameters"
    where = "stage"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ink = Ink()
        self._places = Places()
        self.legend = Legend()
        self.badges = badges.Column()
        self.step_arrow = StepArrow()
        self._home: tuple[Range, Range] | None = None
        self._dragged: Start | None = None
        self._asked: tuple[int, Start] | None = None
        """The start that was asked for since the view was last shown, and of which run."""
        self._pointer: Start | None = None
        self._fit = self.tool("fit")
        self._fit.clicked.connect(self.fit_paths)

    def retranslate(self) -> None:
        self._fit.setText(tr("Fit", "button"))
        self._fit.setToolTip(tr("Fit the view to the trajectories"))
        self._fit.setAccessibleName(tr("Fit the view to the trajectories"))
        super().retranslate()

    # What subclasses say.

    def place(self, theta: Sequence[float] | Array) -> Point:
        """Where θ is drawn, in plot coordinates."""
        raise NotImplementedError

    def theta_at(self, at: Point, start: Start) -> Start:
        """The θ that is meant by a place; what the picture does not show is as in `start`."""
        raise NotImplementedError

    def way(self, trace: Trace, key: int, kind: int = 0) -> tuple[Array, Array]:
        """The x and y of a recorded way; `kind` tells several of one run apart."""
        raise NotImplementedError

    @property
    def is_ready(self) -> bool:
        """Whether there is something that θ could be drawn in."""
        return self._snapshot is not None

    # New values.

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        self._asked = None
        if self.is_other_problem(before):
            self._home = self._dragged = self._pointer = None
            self.show_all()
        if not self.manual and self._dragged is None:
            self.reset_range()

    @Slot()
    def fit_paths(self) -> None:
        """Show the finite part of all visible trajectories."""

    # Painting.

    def lines(self, runs: list[RunSnapshot], step: int) -> tuple[list[Line], list[Line]]:
        """The ways up to the cursor, and beneath them what lies ahead or was left behind."""
        lines: list[Line] = []
        under: list[Line] = []
        casing = self.theme.color("casing")
        casing.setAlpha(190)
        for run in () if "path" in self._scene.hides else runs:
            style = self.style_of(run.key)
            past = run.trace.until(step)
            width = self.line_width(run.key)
            x, y = to_the_limit(run.trace, *self.way(run.trace, run.key))
            if run.ghost is not None:
                pale = mix(style.color, self.theme.color("casing"), 0.45)
                gx, gy = to_the_limit(run.ghost, *self.way(run.ghost, run.key, 1))
                ghost = run.ghost
                under.append(
                    Line(run.key, gx, gy, ghost.lineage, pale, 1.0, steps=ghost.steps)
                )  # fmt: skip
            if len(past.steps) < len(run.trace.steps):
                pale = mix(style.color, self.theme.color("casing"), AHEAD)
                under.append(
                    Line(
                        run.key, x, y, run.trace.lineage, pale, width - 0.5,
                        steps=run.trace.steps,
                    )
                )  # fmt: skip
            count = len(past.steps)
            lines.append(
                Line(
                    run.key, x[:count], y[:count], run.trace.lineage, style.color, width,
                    style.dash, casing, steps=past.steps,
                )
            )  # fmt: skip
        return lines, under

    def next_place(self, run: RunSnapshot) -> Point | None:
        """Where the next step ends; None where it is not finite, not known, or hidden."""
        if self._snapshot is None or "arrow" in self._scene.hides:
            return None
        end = theta_to_come(self._snapshot, run, chosen=run.key == self._scene.selected)
        return None if end is None else self.place(end)

    def paint_runs(
        self,
        painter: QPainter,
        projection: Projection,
        runs: list[RunSnapshot],
        taken: list[QRectF],
    ) -> None:
        """Starts, present points with their next steps, and labels that keep off `taken`."""
        theme, area = self.theme, projection.area
        casing = theme.color("casing")
        font, small = sized_font(theme, 0.75, bold=True), sized_font(theme, 0.85)
        near = area.adjusted(-20.0, -20.0, 20.0, 20.0)
        points, sizes, shown = [], [], []
        entries = self._entries(runs)
        seen = self._seen_points(runs, projection)
        # On a projector the runs are named above the views.
        named = not (self.on_paper or theme.is_far) and self.legend.place(
            entries, area, seen, taken, small
        )
        self.step_arrow.shaft = None
        left = []
        for run in runs:
            style = self.style_of(run.key)
            chosen = run.key == self._scene.selected
            start = projection.point(*self.place(self.start_of(run)))
            if near.contains(start):
                self.stamps.marker(painter, start, style, theme.marker_size, theme, hollow=True)
            if "path" in self._scene.hides:
                continue
            at = projection.point(*self.place(run.theta))
            finite = math.isfinite(at.x()) and math.isfinite(at.y())
            following = self.next_place(run) if finite and run.alive else None
            end = None if following is None else projection.point(*following)
            if chosen:
                self.step_arrow.find(at, end, area)
                width = 1.5 * theme.line_width
                taken = [*taken, *self.step_arrow.paint(painter, style.color, casing, width)]
            elif end and (shaft := clipped_segment(at, end, area.adjusted(2, 2, -2, -2))):
                draw_arrow(painter, *shaft, style.color, casing, 0.75 * theme.line_width)
            if not near.contains(at):
                left.append((run, at))
                continue
            size = theme.marker_size * (1.2 if chosen else 1.0)
            self.stamps.marker(painter, at, style, size, theme, hollow=False)
            if not (named or len(runs) == 1):  # the legend says whose it is
                points.append((run.key, at))
                sizes.append(label_size(style.label, font))
                shown.append((style, chosen))
        taken = [*taken, *self._name_the_left(painter, projection, left, taken)]
        if named:
            taken.append(named)
        if self._snapshot is None or not self._snapshot.playing:
            # At rest they shall not hang on where they have been.
            self._places.forget()
            self.badges.forget()
        if len(points) < badges.FEWEST:
            boxes = self._places.find(points, sizes, area, taken)
        else:
            ends = [at for _, at in points]
            boxes = self.badges.place(ends, sizes, area, seen, taken)
            badges.paint_leaders(painter, ends, boxes, theme.color("muted"))
        for box, (style, chosen) in zip(boxes, shown, strict=True):
            strong = chosen and len(shown) > 1
            self.stamps.label(painter, box, style, font, casing, strong=strong)
        if named:
            self.legend.paint(painter, entries, theme, small)

    def _name_the_left(
        self,
        painter: QPainter,
        projection: Projection,
        left: list[tuple[RunSnapshot, QPointF]],
        taken: list[QRectF],
    ) -> list[QRectF]:
        """Each run that is out of sight, at the edge that it has left by."""
        found = []
        for run, at in left:
            x, y = self.way(run.trace, run.key)
            count = len(run.trace.until(run.step).steps)
            way = np.stack([projection.x(x[:count]), projection.y(y[:count])], axis=1)
            found.append(badges.Gone(self.style_of(run.key), way, at))
        words = tr("left the picture"), tr("outside the picture")
        return badges.paint_gone(
            painter, self.stamps, found, words, projection.area, taken, self.theme
        )

    def _entries(self, runs: list[RunSnapshot]) -> list[Entry]:
        """The runs in the order of their list, as the legend names them, with what is in force."""
        found: list[Entry] = []
        shown = self._snapshot
        if shown is None:
            return found
        for run in sorted(runs, key=lambda one: one.key):
            set_to = self.track_of(run).own_at(self._scene.step(shown))
            family = set_to.family
            names = (tr(family.title, "optimizer"), tr(family.short or family.title, "optimizer"))
            value = f"α {number(set_to.learning_rate, 4)}"
            found.append(Entry(self.style_of(run.key), names, value))
        return found

    def _seen_points(self, runs: list[RunSnapshot], projection: Projection) -> Array:
        """Some hundred points of each run's way and where it is, in pixels: (n, 2)."""
        found = []
        for run in runs:
            x, y = self.way(run.trace, run.key)
            every = max(1, len(x) // SAMPLED)
            found.append(np.stack([projection.x(x[::every]), projection.y(y[::every])], axis=1))
            at = projection.point(*self.place(run.theta))
            found.append(np.full((SAMPLED, 2), (at.x(), at.y())))
        return np.concatenate([np.empty((0, 2)), *found])  # all may be hidden

    def paint_readout(self, painter: QPainter, projection: Projection) -> None:
        """What is under the pointer, or where the start is being dragged to."""
        point = self._pointer if self._dragged is None else self._dragged
        if point is None or self._snapshot is None:
            return
        text = self.readout(point, projection)
        theme = self.theme
        font = sized_font(theme, 0.85)
        height = 1.9 * theme.text_points + 6.0
        corner = QPointF(5.0, projection.height - height - 5.0)
        draw_note(painter, corner, text, font, theme.color("text"), theme.color("panel"))

    def readout(self, point: Start, projection: Projection) -> str:
        """The words on a θ."""
        assert self._snapshot is not None
        problem = self._snapshot.problem
        loss = problem.loss_at(np.array(point))
        parts = [] if len(point) > 2 else [
            f"{parameter.symbol} = {number(float(f'{value:.4g}'))}"
            for parameter, value in zip(problem.parameters, point, strict=True)
        ]  # fmt: skip
        return "   ".join([*parts, f"{problem.loss_name} = {number(float(f'{loss:.4g}'))}"])

    # Pointer and keys.

    def start_of(self, run: RunSnapshot) -> Start:
        """Where a run starts: as it is being dragged, as was asked for, or as it is set."""
        if self._dragged is not None and run.key == self._scene.selected:
            return self._dragged
        if self._asked is not None and self._asked[0] == run.key:
            return self._asked[1]
        return self.track_of(run).run.start if self._is_current else run.run.start

    @property
    def _is_current(self) -> bool:
        """Whether a place in the picture is one of the problem that is set."""
        shown, setup = self._snapshot, self._scene.setup
        if shown is None:
            return False
        return setup is None or setup.problem.parameters == shown.problem.parameters

    def _commit(self, start: Start) -> None:
        """Ask for a start, and show it at once: the next key goes on from there."""
        self._asked = self._scene.selected, start
        self.start_committed.emit(start)
        self.plot.redraw()

    def _on_start(self, at: QPointF) -> bool:
        run = self.selected_run()
        if run is None or run.key in self._scene.hidden or not (self.is_ready and self._is_current):
            return False
        way = self.plot.projection().point(*self.place(self.start_of(run))) - at
        return math.hypot(way.x(), way.y()) <= max(REACH, self.theme.marker_size)

    def _theta_under(self, at: QPointF) -> Start | None:
        run = self.selected_run()
        if run is None or not self._is_current:
            return None
        projection = self.plot.projection()
        return self.theta_at(projection.rounded(*projection.inverse(at)), self.start_of(run))

    def pointer_pressed(self, at: QPointF) -> bool:
        if not self._on_start(at):
            return False
        run = self.selected_run()
        self._dragged = self.start_of(run) if run is not None else None
        self._pointer = None
        return True

    def pointer_dragged(self, at: QPointF) -> None:
        area = self.plot.projection().area
        inside = QPointF(min(max(at.x(), 0.0), area.width()), min(max(at.y(), 0.0), area.height()))
        self._dragged = self._theta_under(inside)
        self.start_chosen.emit(self._dragged)
        self.plot.redraw()

    def pointer_released(self, at: QPointF, moved: bool) -> None:
        dragged, self._dragged = self._dragged, None
        if dragged is not None:
            if moved:
                self._commit(dragged)
        elif not moved and self.is_ready:
            start = self._theta_under(at)
            if start is not None:
                self._asked = self._scene.selected, start
                self.start_clicked.emit(start)
        self.plot.redraw()

    def pointer_hovered(self, at: QPointF | None) -> None:
        point = None if at is None or not self.is_ready else self._theta_under(at)
        self.plot.box.setToolTip(self._said_of_arrow(at))
        if point == self._pointer:
            return
        self._pointer = point
        if at is not None:
            grab = self._on_start(at)
            shape = Qt.CursorShape.OpenHandCursor if grab else Qt.CursorShape.CrossCursor
            self.plot.viewport().setCursor(shape)
        self.hovered.emit(self.ghost_of(point))
        self.plot.redraw()

    def _said_of_arrow(self, at: QPointF | None) -> str:
        shown, run = self._snapshot, self.selected_run()
        if at is None or shown is None or run is None or not self.step_arrow.is_under(at):
            return ""
        return self.step_arrow.said(is_downhill(shown.problem, run))

    def ghost_of(self, point: Start | None) -> Start | None:
        """The θ that the fit of another view shall be shown for."""
        return point

    def wants_key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        return (
            event.key() in _MOVES
            and plain == Qt.KeyboardModifier.NoModifier
            and self.selected_run() is not None
            and self.is_ready
            and self._is_current
        )

    def key_pressed(self, event: QKeyEvent) -> None:
        run = self.selected_run()
        if run is None:
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        share = 1 / 500 if fine else 1 / 50
        dx, dy = _MOVES[Qt.Key(event.key())]
        p = self.plot.projection()
        start = self.start_of(run)
        x, y = self.place(start)
        to = p.rounded(x + dx * share * (p.right - p.left), y + dy * share * (p.top - p.bottom))
        self._commit(self.theta_at(to, start))
