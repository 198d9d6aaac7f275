"""Data and the line of each run; for a surface, a slice through it instead."""

from __future__ import annotations

import time
from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gdsim.engine.problems import LinearRegression, Problem
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.views.base import View
from gdsim.ui.views.canvas import Projection, Range, sized_font
from gdsim.ui.views.fit_lines import (
    ends_of_line,
    paint_ghost,
    paint_least_squares,
    paint_residuals,
)
from gdsim.ui.views.marks import Places, label_size, spread
from gdsim.ui.views.points import Points
from gdsim.ui.views.ranges import padded, still_good
from gdsim.ui.views.slice import Slice, paint_slice, slice_through

REACH = 10.0
"""Pixels within which the pointer takes hold of a point."""
EMIT_MS = 33
"""Between two `data_edited` while a point is dragged."""
PATIENCE = 1.0
"""Seconds that an edit is shown before the engine has taken it up."""

_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_NEXT = (Qt.Key.Key_Period, Qt.Key.Key_PageDown)
_PREVIOUS = (Qt.Key.Key_Comma, Qt.Key.Key_PageUp)


class FitView(View):
    """The data with one line a run.

    `data_edited` carries (x, y), arrays (n,), while a point is dragged and after each edit.
    """

    data_edited = Signal(object)
    residuals_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points = Points()
        self._places = Places()
        self._slice: Slice | None = None
        self._shown: tuple[Range, Range] | None = None
        self._ghost: tuple[float, ...] | None = None
        self._dragging = False
        self._edited_at: float | None = None
        self._emit_timer = QTimer(self)
        self._emit_timer.setSingleShot(True)
        self._emit_timer.setInterval(EMIT_MS)
        self._emit_timer.timeout.connect(self._emit_edit)
        self._unsent = False
        self._squares = self.tool(checkable=True)
        self._squares.toggled.connect(self._residuals_toggled)
        self.finish()

    # Texts.

    def title(self) -> str:
        if self.is_regression:
            return tr("Data and fit")
        return tr("Slice along the steepest direction")

    def description(self) -> str:
        if not self.is_regression:
            return tr(
                "The loss along the direction of greatest curvature through the present point of "
                "the selected run, and where the next step lands."
            )
        return tr(
            "The data and the line of each run. Comma and full stop choose a point, arrow keys "
            "move it, with Shift finely; Insert adds one, Delete removes it, Escape lets go."
        )

    def retranslate(self) -> None:
        self._squares.setText(tr("Residuals"))
        self._squares.setToolTip(tr("Show the squared residuals of the selected run"))
        self._squares.setAccessibleName(tr("Show the squared residuals of the selected run"))
        super().retranslate()
        self.name_axes()

    def name_axes(self) -> None:
        if self.is_regression:
            self.plot.set_labels("x", "y")
        elif self._snapshot is not None:
            loss = self._snapshot.problem.loss_name
            self.plot.set_labels(tr("Distance from the present point"), loss)

    @property
    def is_regression(self) -> bool:
        """Whether there are data to fit; a surface has none."""
        return self._snapshot is None or isinstance(self._snapshot.problem, LinearRegression)

    @property
    def residuals(self) -> bool:
        """Whether the residuals of the selected run are shown as squares."""
        return self._squares.isChecked()

    @Slot(bool)
    def set_residuals(self, shown: bool) -> None:
        """Show the residuals of the selected run as squares, or no longer."""
        self._squares.setChecked(shown)

    @Slot(bool)
    def _residuals_toggled(self, shown: bool) -> None:
        self.plot.redraw()
        self.residuals_changed.emit(shown)

    def show_ghost(self, theta: tuple[float, ...] | None) -> None:
        """Draw the line of other parameters, dashed, with its loss; None takes it away."""
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
            self._shown = self._slice = None
            self._dragging = False
            self._squares.setVisible(isinstance(problem, LinearRegression))
            self.retranslate()
            self.show_all()
        if isinstance(problem, LinearRegression):
            self._take_data(problem, changed=old is not problem)
        else:
            run = self.selected_run()
            self._slice = None if run is None else slice_through(problem, run, self._slice)
        if not self.manual:
            self.reset_range()

    def _take_data(self, problem: LinearRegression, *, changed: bool) -> None:
        if self._dragging:
            return
        late = self._edited_at is not None and time.monotonic() - self._edited_at > PATIENCE
        if changed or late:
            self._edited_at = None
            self.points.take(problem.x, problem.y)

    def reset_range(self) -> None:
        if self._snapshot is None or self._dragging:
            return
        if self.is_regression:
            if not len(self.points.x):
                return
            wanted = self._data_range()
            slack = 0.1
        elif self._slice is not None:
            wanted = (-self._slice.reach, self._slice.reach), self._slice.heights
            slack = 0.45
        else:
            return
        if self._shown is None or not all(
            still_good(now, new, slack) for now, new in zip(self._shown, wanted, strict=True)
        ):
            self._shown = wanted
        self.plot.show_range(*self._shown)

    def _data_range(self) -> tuple[Range, Range]:
        """The data's range, widened to the lines that the runs start with if they are near."""
        (left, right), (low, high) = self.points.extent
        across = padded(left, right, 0.09)
        near = 0.5 * (high - low)
        heights = [low, high]
        if self._snapshot is not None and isinstance(self._snapshot.problem, LinearRegression):
            for run in self.visible_runs():
                start = np.array(run.track.run.start)
                with np.errstate(all="ignore"):
                    ends = self._snapshot.problem.predict(start, np.array(across))
                heights += [v for v in ends.tolist() if low - near <= v <= high + near]
        return across, padded(min(heights), max(heights), 0.1)

    # Painting.

    def seen(self, shown: Snapshot) -> Hashable:
        problem = shown.problem
        if not isinstance(problem, LinearRegression) or self._ghost is not None:
            return None
        projection = self.plot.projection()
        x = np.array([projection.left, projection.right])
        places = []
        for run in self.visible_runs():
            with np.errstate(all="ignore"):
                left, right = problem.predict(run.theta, x).tolist()
            places.append((projection.cell(0.0, left), projection.cell(0.0, right)))
        return tuple(places)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        self.paint_grid(painter, projection)
        problem = self._snapshot.problem
        if not isinstance(problem, LinearRegression):
            self._paint_slice(painter, projection, problem)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        runs = self.visible_runs()
        chosen = self.selected_run()
        if self.residuals and chosen is not None:
            color = self.style_of(chosen.key).color
            paint_residuals(painter, projection, problem, chosen.theta, self.points, color)
        self.points.paint(painter, projection, self.plot.resolution, self.theme)
        paint_least_squares(painter, projection, problem, self.theme)
        ends = [(run, self._paint_run(painter, projection, problem, run)) for run in runs]
        if self._ghost is not None:
            paint_ghost(painter, projection, problem, np.array(self._ghost), self.theme)
        self._paint_labels(painter, projection, ends)

    def _paint_slice(self, painter: QPainter, projection: Projection, problem: Problem) -> None:
        run = self.selected_run()
        if self._slice is None or run is None:
            painter.setFont(sized_font(self.theme, 0.85))
            painter.setPen(self.theme.color("muted"))
            text = tr("Nothing finite to show here.")
            painter.drawText(projection.area, Qt.AlignmentFlag.AlignCenter, text)
            return
        style = self.style_of(run.key)
        paint_slice(
            painter, projection, self._slice, style, self.theme, problem.loss_name, self.stamps
        )

    def _paint_run(
        self,
        painter: QPainter,
        projection: Projection,
        problem: LinearRegression,
        run: RunSnapshot,
    ) -> QPointF | None:
        """Draw a run's line; returns its right end."""
        ends = ends_of_line(projection, problem, run.theta)
        if ends is None:
            return None
        style, width = self.style_of(run.key), self.line_width(run.key)
        painter.setPen(QPen(self.theme.color("casing"), width + 2.0))
        painter.drawLine(*ends)
        painter.setPen(style.pen(width))
        painter.drawLine(*ends)
        return ends[1]

    def _paint_labels(
        self,
        painter: QPainter,
        projection: Projection,
        ends: list[tuple[RunSnapshot, QPointF | None]],
    ) -> None:
        font = sized_font(self.theme, 0.75, bold=True)
        shown = [(run, end) for run, end in ends if end is not None]
        sizes = [label_size(self.style_of(run.key).label, font) for run, _ in shown]
        area = projection.area.adjusted(1.0, 1.0, -1.0, -1.0)
        # Lines that leave at the right have their labels in a column; others beside their ends.
        boxes: dict[int, QRectF] = {}
        column = [i for i, (_, end) in enumerate(shown) if end.x() >= projection.width - 1.0]
        tall = max((sizes[i][1] for i in column), default=0.0)
        wanted = [shown[i][1].y() for i in column]
        low, high = 0.5 * tall + 2.0, max(projection.height - 0.5 * tall - 2.0, tall)
        for i, y in zip(column, spread(wanted, tall + 3.0, low, high), strict=True):
            width, height = sizes[i]
            boxes[i] = QRectF(area.right() - width - 2.0, y - 0.5 * height, width, height)
        rest = [i for i in range(len(shown)) if i not in boxes]
        points = [(shown[i][0].key, shown[i][1]) for i in rest]
        taken = list(boxes.values())
        found = self._places.find(points, [sizes[i] for i in rest], area, taken)
        boxes.update(zip(rest, found, strict=True))
        for i, (run, _) in enumerate(shown):
            box = boxes[i]
            strong = run.key == self._scene.selected and len(shown) > 1
            style = self.style_of(run.key)
            self.stamps.label(painter, box, style, font, self.theme.color("plot"), strong=strong)

    # Pointer.

    def _editable(self) -> bool:
        return self._snapshot is not None and self.is_regression and self.points.editable

    def _point_at(self, at: QPointF) -> tuple[float, float]:
        projection = self.plot.projection()
        return projection.rounded(*projection.inverse(at))

    def pointer_pressed(self, at: QPointF) -> bool:
        if not self._editable():
            return False
        found = self.points.near(at, self.plot.projection(), REACH)
        if found is None:
            return False
        self.points.chosen = found
        self._dragging = True
        self.plot.redraw()
        return True

    def pointer_dragged(self, at: QPointF) -> None:
        if self.points.chosen is None:
            return
        projection = self.plot.projection()
        inside = QPointF(
            min(max(at.x(), 0.0), projection.width), min(max(at.y(), 0.0), projection.height)
        )
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

    def pointer_hovered(self, at: QPointF | None) -> None:
        if at is None or not self._editable():
            self.plot.viewport().unsetCursor()
            return
        near = self.points.near(at, self.plot.projection(), REACH) is not None
        shape = Qt.CursorShape.OpenHandCursor if near else Qt.CursorShape.ArrowCursor
        self.plot.viewport().setCursor(shape)

    @Slot()
    def _emit_edit(self) -> None:
        if self._unsent:
            self._unsent = False
            self._edited_at = time.monotonic()
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
        if plain != Qt.KeyboardModifier.NoModifier or not self._editable():
            return False
        if event.key() in (*_NEXT, *_PREVIOUS, Qt.Key.Key_Insert):
            return True
        mine = (*_MOVES, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
        return self.points.chosen is not None and event.key() in mine

    def key_pressed(self, event: QKeyEvent) -> None:
        key, projection = event.key(), self.plot.projection()
        chosen = self.points.chosen
        if key in _NEXT or key in _PREVIOUS:
            self.points.choose_next(1 if key in _NEXT else -1)
        elif key == Qt.Key.Key_Insert:
            if self.points.add(*self._point_at(projection.area.center())):
                self._send_edit()
        elif chosen is None:
            return
        elif key in _MOVES:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            share = 1 / 500 if fine else 1 / 50
            dx, dy = _MOVES[Qt.Key(key)]
            x = float(self.points.x[chosen]) + dx * share * (projection.right - projection.left)
            y = float(self.points.y[chosen]) + dy * share * (projection.top - projection.bottom)
            if self.points.move(chosen, *projection.rounded(x, y)):
                self._send_edit()
        elif key == Qt.Key.Key_Escape:
            self.points.chosen = None
        elif self.points.remove(chosen):
            self._send_edit()
        self.plot.redraw()
