"""The loss over the steps."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrival import TOLERANCE, arrival
from gdsim.engine.history import LOSS
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.arrivals import Arrival, paint_tolerance
from gdsim.ui.plot.canvas import Projection, sized_font
from gdsim.ui.plot.marks import draw_note, first_fitting
from gdsim.ui.plot.paths import Line
from gdsim.ui.plot.ranges import linear_range, log_range, reach
from gdsim.ui.views.steps import LABELS, LEFT, StepsView, words_width

NEAR = 1e-4
"""A minimum of more than this share of the greatest start belongs in view from the start."""
DEEPEST = 1e-16
"""Losses below this share of the greatest start are rounding noise and do not widen the view."""

DEEP = 1e-5
"""What lies below this share of the tolerance does not widen a view of losses above the minimum."""

HELD_DASH = (4.0, 3.0)
"""Of the loss on samples that are held back."""
FEW, ONE_COLUMN = 4, 0.62
"""So many runs have their labels in one column, of that share of two."""
WIDE = 600.0
"""In a wider picture a note has room beside the lines that fall."""
GRID = 33
"""Points a side at which a function is asked whether it goes below zero."""


class LossView(StepsView):
    """One curve a run over the step, on a logarithmic scale unless switched."""

    name = "loss"
    title = short = "Loss"
    where = "loss"
    log_option = "log_scale"
    above_option = "above_minimum"
    options = (above_option, log_option)
    column = LOSS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gave_way = False
        self._is_named = True
        """Whether the axis says what it counts; else the title does."""
        self._least: float | None = None
        """The known least loss, as long as losses are shown above it."""
        self._arrived: dict[int, tuple[object, int, int | None]] = {}
        self.finish()

    def description(self) -> str:
        return tr("The loss of each run over the steps. A click or drag goes to that step.")

    def heading(self) -> str:
        return super().heading() if self._least is None else tr("Loss above the minimum", "view")

    def name_axes(self) -> None:
        # Above the strip of the rates there is no height for a name beside the axis.
        quantity = self._quantity()
        length = QFontMetricsF(sized_font(self.theme, 0.9)).horizontalAdvance(quantity)
        self._is_named = not self.shares and length <= self.plot.box.rect().height()
        self.plot.set_labels(self.steps_name(), quantity if self._is_named else "")
        self.call_title()

    def range_changed(self) -> None:
        super().range_changed()
        self.name_axes()  # another height may have room for the name, or none

    def note(self) -> str:
        said = [] if self._is_named else [self._quantity()]
        if said and self.shares:
            said.append(tr("beneath, the learning rate α"))
        if self._snapshot is not None and len(self._snapshot.problem.held):
            said.append(tr("dashed: held-back samples"))
        return "; ".join(said)

    def _quantity(self) -> str:
        """What the axis counts."""
        name = self._snapshot.problem.loss_name if self._snapshot is not None else "J"
        if not self.base:
            return name
        sign = "−" if self.base > 0.0 else "+"
        return f"{name} {sign} {number(abs(self.base), 4)}"

    def label_room(self, projection: Projection) -> float:
        if not self.shares:
            return super().label_room(projection)
        # The strip beneath has the same steps, and names the critical rate behind the last one.
        wide = words_width(tr("critical {value}", value="0.08888"), self.theme)
        return min(0.3, max(super().label_room(projection), wide / projection.width))

    def refresh(self, before: Snapshot | None) -> None:
        problem = None if self._snapshot is None else self._snapshot.problem
        if problem is not None:
            self._measure_from(problem)
        super().refresh(before)
        if problem is not None and (before is None or problem is not before.problem):
            self._suit_scale(problem)

    def _measure_from(self, problem: Problem) -> None:
        """Losses are shown above the least one, where it is known and this is wanted."""
        # Held-back samples have a least loss of their own: two curves need one ground.
        known = None if len(problem.held) else problem.least_loss
        self.bar.offer(self.switches[self.above_option], known is not None)
        least = known if self._scene.options.above_minimum else None
        if least == self._least:
            return
        changed = (least is None) is not (self._least is None)
        self._least, self.base = least, least or 0.0
        self.extent.measure_from(self.base)
        self._arrived.clear()
        self.ink.forget()
        if changed:
            self.retranslate()
            self._suit_scale(problem)
            self.show_all()

    def _suit_scale(self, problem: Problem) -> None:
        """A log scale gives way where losses go below zero, and comes back where they do not."""
        below = self._least is None and _goes_below_zero(problem)
        if below and self._log:
            self._gave_way = True
            self._change_scale(False)
        elif not below and self._gave_way:
            self._gave_way = False
            self._change_scale(True)

    def _change_scale(self, log: bool) -> None:
        self._set_log(log)  # at once: nothing shall flash
        self.option_changed.emit(self.log_option, log)

    def reset_range(self) -> None:
        if self._snapshot is None:
            return
        x = max(reach(self._snapshot.recorded, self._snapshot.step_limit), self._scene.span)
        room = self.label_room(self.plot.projection())
        y = self._heights(self.visible_runs())
        if y is not None:
            self.plot.show_range((-LEFT * x, x / (1.0 - room)), y)

    def _heights(self, runs: list[RunSnapshot]) -> tuple[float, float] | None:
        lows, highs, starts = [], [], []
        for run in runs:
            found = self.extent.of(run.key, run.trace)
            if found.greatest < found.least:
                continue
            start = abs(float(run.trace.rows[0, LOSS]) - self.base)
            # A run that diverges, or falls without end, shall not press the others flat.
            limit, near = run.trace.limit, 3.0 * max(start, 1e-300)
            highest = limit if self._log or found.greatest <= limit else near
            lowest = found.least if found.least >= -limit else -near
            if run.held is not None:
                finite = run.held.loss[np.isfinite(run.held.loss)]
                if len(finite):
                    lows.append(float(finite.min()))
                    highs.append(min(float(finite.max()), highest))
            starts.append(start)
            lows.append(found.least_positive if self._log else lowest)
            highs.append(min(found.greatest, highest))
        if not starts or self._snapshot is None:
            return None
        low, high = min(lows), max(highs)
        # Where the least loss is known and not far below, the view shows from the first step on
        # how far there is to go.
        problem = self._snapshot.problem
        for minimum in problem.minima if self._least is None else ():
            least = problem.loss_at(np.array(minimum))
            if least > NEAR * max(starts):
                low = min(low, least)
        if not self._log:
            return linear_range(low, high)
        if not high > 0.0:
            return -1.0, 1.0
        if self._least is not None:
            # The line of the tolerance is seen, and what is far below it presses nothing flat.
            low = min(low, 0.3 * TOLERANCE) if high < 1e6 * TOLERANCE else low
            low = max(low, min(DEEP * TOLERANCE, DEEP * high))
        return log_range(max(low, DEEPEST * max(starts), 1e-300), high)

    def visible_runs(self) -> list[RunSnapshot]:
        return [] if "loss" in self._scene.hides else super().visible_runs()

    def value(self, run: RunSnapshot) -> float:
        return run.loss

    def beneath(self, run: RunSnapshot, pale: QColor, width: float) -> list[Line]:
        lines = [] if run.ghost is None else [self.line(run, run.ghost, pale, 1.0)]
        held = run.held
        if held is None:
            return lines
        return [
            *lines,
            Line(
                run.key, held.steps, held.loss, held.lineage, self.style_of(run.key).color, width,
                HELD_DASH, monotone=True,
            ),
        ]  # fmt: skip

    def arrivals(self) -> list[Arrival]:
        """Where the visible runs stay within the tolerance, as far as is recorded."""
        found: list[Arrival] = []
        if self._least is None or "verdict" in self._scene.hides:
            return found
        for run in self.visible_runs():
            last = int(run.trace.steps[-1])
            known = self._arrived.get(run.key)
            if known is None or known[:2] != (run.trace.lineage, last):
                known = run.trace.lineage, last, arrival(run.trace, self.base)
                self._arrived[run.key] = known
            if known[2] is not None:
                found.append(Arrival(known[2], self.style_of(run.key).color))
        return found

    def paint_mark(self, painter: QPainter, projection: Projection) -> None:
        """The tolerance; or why there is nothing to see."""
        runs = self.visible_runs()
        if self._least is not None:
            line = math.log10(TOLERANCE) if self._log else TOLERANCE
            y = float(projection.y(line))
            if 0.0 <= y <= projection.height:
                text = tr("tolerance {value}", value=number(TOLERANCE))
                font = sized_font(self.theme, 0.8)
                step = 0 if self._snapshot is None else self._snapshot.step
                cursor = float(projection.x(float(step)))
                labels = LABELS * (ONE_COLUMN if len(runs) <= FEW else 1.0)
                kept = cursor - 6.0, cursor + labels * self.theme.text_points
                paint_tolerance(
                    painter, projection, y, text, self.arrivals(), self.theme, font, kept
                )
        if self._log and runs and all(run.loss <= self.base for run in runs):
            text = tr("No loss above zero to show on a log scale.")
            if self._least is not None:
                text = tr("All are at the minimum: nothing above it to show on a log scale.")
            font, theme = sized_font(self.theme, 0.85), self.theme
            left = 0.3 * projection.width if projection.width > WIDE else 8.0  # beside the falls
            corner = QPointF(left, 0.62 * projection.height)
            room = projection.width - left - 8.0
            text = first_fitting([text, tr("All are at the minimum.")], font, room)
            draw_note(painter, corner, text, font, theme.color("muted"), theme.color("plot"), room)


def _goes_below_zero(problem: Problem) -> bool:
    """Whether a known minimum, or a point of a coarse grid over a function's bounds, lies below."""
    points = [np.array(minimum) for minimum in problem.minima]
    if problem.data is None and len(problem.parameters) <= 2:
        sides = [np.linspace(low, high, GRID) for low, high in problem.bounds()]
        grid = np.stack([side.ravel() for side in np.meshgrid(*sides)])
        with np.errstate(all="ignore"):
            losses = problem.loss(grid)
        if bool((losses < 0.0).any()):
            return True
    return any(problem.loss_at(point) < 0.0 for point in points)
