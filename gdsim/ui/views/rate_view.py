"""The learning rate over the steps: used so far, scheduled ahead, and critical."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.history import RATE
from gdsim.engine.run import Run
from gdsim.engine.sentences import rate_number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.marks import draw_note
from gdsim.ui.plot.paths import Line
from gdsim.ui.plot.ranges import linear_range, log_range, reach
from gdsim.ui.rate_meter import Point, RateMeter, Reading
from gdsim.ui.views.steps import LABELS, LEFT, StepsView

PLANNED = 2000
"""Points of a schedule that are drawn of what is to come."""
IN_SIGHT = 3.0
"""A critical rate up to this many times the greatest rate is worth room in the view."""
ABOVE = 1.1
"""The axis reaches so many times as high as the highest line."""
LEAST = 1e-6
"""On a logarithmic scale rates below this share of the greatest are out of sight."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A schedule ahead: steps and rates (n,), the least positive rate and the greatest."""

    steps: Array
    rates: Array
    least: float
    greatest: float


class RateView(StepsView):
    """The schedule of each run up to the step limit, with the critical rate of the selected one."""

    name = "rate"
    title = "Learning rate"
    where = "rate"
    log_option = "log_rate"
    stairs = True
    options = (log_option,)
    column = RATE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._aheads: dict[tuple[Run, int, int], Ahead] = {}
        self._meter = RateMeter()
        self._aligned: Range | None = None
        self.finish()

    def align(self, steps: Range | None) -> None:
        """Show these steps, as the view above does; None shows the whole schedule."""
        if steps != self._aligned:
            self._aligned = steps
            self.plot.zooms = steps is None  # the view above zooms for both
            self.reset_range()

    @property
    def shares(self) -> bool:
        return self._aligned is not None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        aligned, width = self._aligned, self.plot.left.fixedWidth
        self.align(None)
        self.plot.left.setWidth(None)
        try:
            yield
        finally:
            self.align(aligned)
            self.plot.left.setWidth(width)

    def description(self) -> str:
        return tr(
            "The learning rate of each run over the steps, past and to come, and the critical rate "
            "of the selected run. A click or drag goes to that step."
        )

    def name_axes(self) -> None:
        self.plot.set_labels(self.steps_name(), "α")

    def reset_range(self) -> None:
        if self._snapshot is None:
            return
        lows, highs = [], []
        for run in self.visible_runs():
            used = self.extent.of(run.key, run.trace)
            low, high = used.least_positive, max(used.greatest, 0.0)
            ahead = self._ahead(run)
            low, high = min(low, ahead.least), max(high, ahead.greatest)
            if high > 0.0:
                lows.append(low)
                highs.append(high)
        if not highs:
            return
        low, high = min(lows), max(highs)
        critical = self.reading().limit
        if critical is not None and critical <= IN_SIGHT * high:
            high, low = max(high, critical), min(low, critical)
        last = float(max(self._snapshot.step_limit, self._snapshot.recorded, 1))
        room = self.label_room(self.plot.projection())
        # The step cursor's handle and the labels want some room above the highest line.
        y = (
            log_range(max(low, LEAST * high), high)
            if self.log_scale
            else linear_range(0, ABOVE * high)
        )
        whole = -LEFT * last, last / (1.0 - 0.6 * room)
        self.plot.show_range(self._aligned or whole, y)

    def _ahead(self, run: RunSnapshot) -> Ahead:
        """What the newest settings have ahead: steps and rates, from their beginning to the end."""
        assert self._snapshot is not None
        track = self.track_of(run)
        begin, settings = track.changes[-1] if track.changes else (0, track.run)
        limit = max(self._snapshot.step_limit, begin + 1)
        key = settings, begin, limit
        if key not in self._aheads:
            if len(self._aheads) > 64:
                self._aheads.clear()
            count = min(PLANNED, limit - begin + 1)
            steps = np.unique(np.rint(np.linspace(begin, limit, count)).astype(np.int64))
            rates = settings.rate_schedule.rate(settings.learning_rate, steps)
            above = rates[np.isfinite(rates) & (rates > 0.0)]
            self._aheads[key] = Ahead(
                steps.astype(np.float64), np.asarray(rates, dtype=np.float64),
                float(above.min(initial=math.inf)), float(above.max(initial=0.0)),
            )  # fmt: skip
        return self._aheads[key]

    def seen(self, shown: Snapshot) -> Hashable:
        limit = self.reading().limit
        return super().seen(shown), None if limit is None else float(f"{limit:.3g}")

    def reading(self) -> Reading:
        """What theory says of the selected run's rate where it is."""
        run, shown = self.selected_run(), self._snapshot
        if run is None or shown is None:
            return Reading()
        point = Point(run.theta, run.state, run.step, run.rate)
        return self._meter.of(shown.problem, run.run, point, playing=shown.playing)

    def value(self, run: RunSnapshot) -> float:
        return run.rate

    def beneath(self, run: RunSnapshot, pale: QColor, width: float) -> list[Line]:
        """What the schedule has ahead."""
        if not run.alive:
            return []
        ahead, shown = self._ahead(run), self._snapshot
        count = len(ahead.steps)
        if self._aligned is not None and shown is not None:  # words stand behind the last step
            last = reach(shown.recorded, shown.step_limit)
            count = int(np.searchsorted(ahead.steps, last, side="right"))
        steps, rates = ahead.steps[:count], ahead.rates[:count]
        return [
            Line(
                run.key, steps, rates, ahead, pale, width, (4, 3), monotone=True, stairs=True
            )
        ]  # fmt: skip

    def paint_mark(self, painter: QPainter, projection: Projection) -> None:
        """The critical rate, or an arrow to where it is."""
        reading = self.reading()
        critical = reading.limit
        if critical is None or not critical > 0.0 or "critical" in self._scene.hides:
            return
        theme = self.theme
        value = math.log10(critical) if self.log_scale else critical
        y = float(projection.y(value))
        if self._aligned is not None:
            text = tr("critical {value}", value=rate_number(critical))
        else:
            text = tr("Critical rate {value}", value=rate_number(critical))
            if projection.width > 380.0 and reading.law:
                text += f" = {reading.law}"
        if y < 0.0:
            text = f"↑ {text}"
        elif y <= projection.height:
            pen = QPen(theme.color("danger"), max(1.0, 0.6 * theme.line_width))
            pen.setDashPattern([6.0, 4.0])
            painter.setPen(pen)
            # On whole pixels: between two of them a thin line is pale.
            at = painter.worldTransform().map(QPointF(0.0, y)).y()
            crisp = y + math.floor(at) + 0.5 - at
            painter.drawLine(QPointF(0.0, crisp), QPointF(projection.width, crisp))
        else:
            return
        font = sized_font(theme, 0.8)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(text) + 10.0, metrics.height() + 4.0
        above = y - height - 2.0
        top = above if above >= 0.0 else max(y + 2.0, 2.0)
        if self._aligned is not None:  # behind the last step, where no line comes
            top = min(max(y - 0.5 * height, 0.0), projection.height - height)
        left = projection.width - width - 4.0
        if self._aligned is None and self._snapshot is not None:
            cursor = float(projection.x(float(self._snapshot.step)))
            labels = LABELS * theme.text_points
            if left < cursor + labels:  # neither under the cursor nor under what ends at it
                left = max(min(left, cursor - width - labels), 4.0)
        corner = QPointF(left, top)
        color: QColor = theme.color("danger")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_note(painter, corner, text, font, color, theme.color("plot"))
