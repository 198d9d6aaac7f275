"""Data over one column of x, and the line or curve of each run."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gdsim.engine.problems import Problem
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.badges import paint_rows
from gdsim.ui.plot.canvas import Projection, Range
from gdsim.ui.plot.marks import Places
from gdsim.ui.plot.points import MOVES, Points, moved
from gdsim.ui.plot.ranges import still_good
from gdsim.ui.theme import RunStyle
from gdsim.ui.views.base import View
from gdsim.ui.views.fit_lines import (
    Fitting,
    curve_of,
    data_range,
    fits,
    lost_line,
    paint_best,
    paint_curve,
    paint_ghost,
    paint_labels,
    paint_residuals,
    right_end,
)
from gdsim.ui.views.my_line import MyLine, paint_sums, served

REACH = 10.0
"""Pixels within which the pointer takes hold of a point."""
EMIT_MS = 33
"""Between two `data_edited` while a point is dragged."""

_NEXT = (Qt.Key.Key_Period, Qt.Key.Key_PageDown)
_PREVIOUS = (Qt.Key.Key_Comma, Qt.Key.Key_PageUp)


class FitView(View):
    """The data with one line a run; while a point is dragged and after each edit it tells them."""

    name = "fit"
    title = "Data and fit"
    where = "beside"
    options = ("residuals", "my_line")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points = Points()
        self.mine = MyLine()
        self._places = Places()
        self.lost: dict[str, list[RunStyle]] = {}
        """Runs whose line was not in the picture when it was painted last, by what is said."""
        self._shown: tuple[Range, Range] | None = None
        self._wanted: tuple[object, tuple[Range, Range]] | None = None
        """The range that would be shown, and what of."""
        self._ghost: tuple[float, ...] | None = None
        self._dragging = False
        self._taken: Fitting | None = None
        self._emit_timer = QTimer(self)
        self._emit_timer.setSingleShot(True)
        self._emit_timer.setInterval(EMIT_MS)
        self._emit_timer.timeout.connect(self._emit_edit)
        self._unsent = False
        self.finish()

    # Texts.

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        return _one_column(problem) is not None

    def description(self) -> str:
        return tr(
            "The data and the line of each run. Comma and full stop choose a point, arrow keys "
            "move it, with Shift finely; Insert adds one, Delete removes it, Escape lets go."
        )

    def retranslate(self) -> None:
        super().retranslate()
        self.name_axes()

    def name_axes(self) -> None:
        data = None if self._snapshot is None else self._snapshot.problem.data
        self.plot.set_labels(*(("x", "y") if data is None else (data.names[0], data.target)))

    @property
    def _fitting(self) -> Fitting | None:
        return None if self._snapshot is None else _one_column(self._snapshot.problem)

    def show_ghost(self, theta: tuple[float, ...] | None) -> None:
        """The line of these parameters, dashed, with its loss."""
        if theta != self._ghost:
            self._ghost = theta
            self.plot.redraw()

    # New values.

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        problem = self._snapshot.problem
        old = None if before is None else before.problem
        if self.is_other_problem(before):
            self._shown = None
            self._dragging = False
            self.retranslate()
            self.show_all()
        if old is not problem and _one_column(problem) is not None:
            self.bar.offer(self.switches["residuals"], not problem.labels)
            self.bar.offer(self.switches["my_line"], served(problem) is not None)
            self.name_axes()
        self._take_data()
        if not self.manual:
            self.reset_range()

    @property
    def _as_set(self) -> Fitting | None:
        """The problem as it is set, which the runs may not have followed yet; None if they cannot.

        Its points are those that are shown and edited.
        """
        shown, setup = self._fitting, self._scene.setup
        if shown is None or setup is None:
            return shown
        wanted = _one_column(setup.problem)
        return wanted if wanted is not None and wanted.parameters == shown.parameters else None

    def _take_data(self) -> None:
        wanted = self._as_set or self._fitting
        if wanted is not None and wanted is not self._taken and not self._dragging:
            self._taken = wanted
            data = wanted.data if wanted.whole is None else wanted.whole
            self.points.take(data.x[0], data.y, wanted.held)

    @Slot()
    def put_back(self) -> None:
        """An edit was refused: show the points that hold."""
        self._dragging = self._unsent = False
        self._taken = None
        self._take_data()
        self.plot.redraw()

    def reset_range(self) -> None:
        if self._dragging or not len(self.points.x):
            return
        wanted = self._data_range()
        if self._shown is None or not all(map(still_good, self._shown, wanted)):
            self._shown = wanted
        self.plot.show_range(*self._shown)

    def _data_range(self) -> tuple[Range, Range]:
        """The data's range, widened to the lines that the runs start with if they are near."""
        starts = [run.run.start for run in self.visible_runs()]
        of = self.points.extent, starts, self._fitting
        if self._wanted is None or self._wanted[0] != of:
            self._wanted = of, data_range(*of)
        return self._wanted[1]

    # Painting.

    def seen(self, shown: Snapshot) -> Hashable:
        fitting = _one_column(shown.problem)
        if fitting is None or self._ghost is not None:
            return None
        projection = self.plot.projection()
        x = np.linspace(projection.left, projection.right, 2 if shown.problem.straight else 9)
        places = []
        for run in self.visible_runs():
            with np.errstate(all="ignore"):
                heights = fitting.predict(run.theta, x).tolist()
            places.append(tuple(projection.cell(0.0, height) for height in heights))
        return tuple(places)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        fitting = self._fitting
        if self._snapshot is None or fitting is None:
            return
        self.paint_grid(painter, projection)
        problem = self._snapshot.problem
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        runs = self.visible_runs()
        chosen = self.selected_run()
        squares = self._scene.options.residuals and "fit" not in self._scene.hides
        if squares and chosen is not None and not problem.labels:
            color = self.style_of(chosen.key).color
            paint_residuals(painter, projection, fitting, chosen.theta, self.points, color)
        self.points.paint(painter, projection, self.plot.resolution, self.theme)
        if problem.minima and "least_squares" not in self._scene.hides:
            best = np.array(problem.minima[0])
            paint_best(painter, projection, fitting, best, self.theme)
        self.lost = {}
        if "fit" in self._scene.hides:
            runs = []
        ends = [(run, self._paint_run(painter, projection, fitting, run)) for run in runs]
        if self._ghost is not None and len(self._ghost) == len(problem.parameters):
            theta = np.array(self._ghost)
            loss = problem.loss_at(theta)
            paint_ghost(painter, projection, fitting, theta, loss, self.theme)
        shown = [(run.key, self.style_of(run.key), end) for run, end in ends if end is not None]
        paint_labels(
            painter, projection, shown, self._scene.selected, self._places, self.stamps, self.theme
        )
        if (beside := self._beside) is not None:
            self._paint_mine(painter, projection, beside)
        beneath = 5.0 if self._ghost is None else 12.0 + 1.9 * self.theme.text_points
        corner = QPointF(6.0, beneath)
        paint_rows(painter, self.stamps, self.lost, corner, projection.area, self.theme)

    def _paint_run(
        self,
        painter: QPainter,
        projection: Projection,
        problem: Fitting,
        run: RunSnapshot,
    ) -> QPointF | None:
        """Draw a run's line; returns its right end."""
        points = curve_of(projection, problem, run.theta)
        style, width, area = self.style_of(run.key), self.line_width(run.key), projection.area
        paint_curve(painter, points, QPen(self.theme.color("casing"), width + 2.0), (), area)
        paint_curve(painter, points, QPen(style.color, width), style.dash, area)
        if why := lost_line(points, area):
            self.lost.setdefault(why, []).append(style)
        return right_end(points, area)

    @property
    def _beside(self) -> LinearModel | None:
        """The problem, if a line of one's own is laid beside its runs."""
        on = self._scene.options.my_line and not self.on_paper
        return served(self._as_set) if on else None

    def _paint_mine(self, painter: QPainter, projection: Projection, problem: LinearModel) -> None:
        self.mine.begin(problem, projection)
        self.mine.paint(painter, projection, problem, self.theme)
        chosen, hides = self.selected_run(), self._scene.hides
        if not hides & {"loss", "fit"}:
            rival = None if chosen is None else (chosen.theta, self.style_of(chosen.key))
            best = "least_squares" not in hides
            sums = self.mine.sums(problem, rival, self.theme, best=best)
            paint_sums(painter, projection, sums, QPointF(6.0, 5.0), self.theme)

    # Pointer.

    def _editable(self) -> bool:
        return self._as_set is not None and self.points.editable

    def _point_at(self, at: QPointF) -> tuple[float, float]:
        projection = self.plot.projection()
        return self._allowed(*projection.rounded(*projection.inverse(at)))

    def _allowed(self, x: float, y: float) -> tuple[float, float]:
        """A label is 0 or 1, wherever the pointer is."""
        labels = self._snapshot is not None and self._snapshot.problem.labels
        return x, (float(y >= 0.5) if labels else y)

    def pointer_pressed(self, at: QPointF) -> bool:
        self.mine.held = self._handle_at(at)
        if self.mine.held is not None:
            self.plot.redraw()
            return True
        if not self._editable():
            return False
        found = self.points.near(at, self.plot.projection(), REACH)
        if found is None:
            return False
        self.points.chosen = found
        self._dragging = True
        self.plot.redraw()
        return True

    def _handle_at(self, at: QPointF) -> int | None:
        if self._beside is None:
            return None
        return self.mine.near(at, self.plot.projection(), REACH)

    def pointer_dragged(self, at: QPointF) -> None:
        projection = self.plot.projection()
        inside = QPointF(
            min(max(at.x(), 0.0), projection.width), min(max(at.y(), 0.0), projection.height)
        )
        if self.mine.held is not None:
            self._move_mine(*projection.inverse(inside))
            return
        if self.points.chosen is None:
            return
        if self.points.move(self.points.chosen, *self._point_at(inside)):
            self._unsent = True
            if not self._emit_timer.isActive():
                self._emit_timer.start()
            self.plot.redraw()

    def pointer_released(self, at: QPointF, moved: bool) -> None:
        if self._dragging:
            self._dragging = False
            self._emit_timer.stop()
            self._emit_edit()
        elif self.points.chosen is not None and not moved:
            self.points.chosen = None
        self.plot.redraw()

    def pointer_double_clicked(self, at: QPointF) -> bool:
        if not self._editable():
            return False
        if self.points.near(at, self.plot.projection(), REACH) is not None:
            return False
        if self.points.add(*self._point_at(at)):
            self._send_edit()
        return True

    def _move_mine(self, x: float, y: float) -> None:
        projection = self.plot.projection()
        if self.mine.move(x, y, projection.right - projection.left):
            self.plot.redraw()

    def pointer_hovered(self, at: QPointF | None) -> None:
        handle = None if at is None else self._handle_at(at)
        if at is None or not (self._editable() or handle is not None):
            self.plot.viewport().unsetCursor()
            return
        near = handle is not None or (
            self.points.near(at, self.plot.projection(), REACH) is not None
        )
        shape = Qt.CursorShape.OpenHandCursor if near else Qt.CursorShape.ArrowCursor
        self.plot.viewport().setCursor(shape)

    @Slot()
    def _emit_edit(self) -> None:
        if self._unsent:
            self._unsent = False
            self.data_edited.emit((self.points.x.copy(), self.points.y.copy()))

    def _send_edit(self) -> None:
        self._unsent = True
        self._emit_edit()
        self.plot.redraw()

    # Keys.

    def wants_key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        editable = self._editable()
        if plain != Qt.KeyboardModifier.NoModifier or not (editable or self._beside is not None):
            return False
        if event.key() in (*_NEXT, *_PREVIOUS):
            return True
        if event.key() == Qt.Key.Key_Insert:
            return editable
        held = self.mine.held is not None and self._beside is not None
        if event.key() in (*MOVES, Qt.Key.Key_Escape):
            return held or self.points.chosen is not None
        delete = Qt.Key.Key_Delete, Qt.Key.Key_Backspace
        return self.points.chosen is not None and event.key() in delete

    def _choose_next(self, way: int) -> None:
        """The handles of one's own line come first, then the points."""
        if self._beside is not None and self.points.chosen is None:
            self.mine.choose_next(way)
        if self._beside is None or self.mine.held is None:
            self.points.choose_next(way)

    def key_pressed(self, event: QKeyEvent) -> None:
        key, projection = event.key(), self.plot.projection()
        chosen, held = self.points.chosen, self.mine.held if self._beside is not None else None
        if key in _NEXT or key in _PREVIOUS:
            self._choose_next(1 if key in _NEXT else -1)
        elif key == Qt.Key.Key_Insert:
            if self.points.add(*self._point_at(projection.area.center())):
                self._send_edit()
        elif key == Qt.Key.Key_Escape:
            self.points.chosen = self.mine.held = None
        elif held is not None and key in MOVES:
            self._move_mine(*moved(*self.mine.handles[held], event, projection))
        elif chosen is None:
            return
        elif key in MOVES:
            x, y = float(self.points.x[chosen]), float(self.points.y[chosen])
            labels = self._snapshot is not None and self._snapshot.problem.labels
            x, y = moved(x, y, event, projection, labels=labels)
            if self.points.move(chosen, *self._allowed(*projection.rounded(x, y))):
                self._send_edit()
        elif self.points.remove(chosen):
            self._send_edit()
        self.plot.redraw()


def _one_column(problem: Problem) -> Fitting | None:
    """The problem as one whose data and fit can be drawn over x, or None."""
    return problem if fits(problem) and problem.data.columns == 1 else None
