"""What the views over the steps share: a line a run, the cursor, seeking, labels at the ends."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdsim.engine.history import Trace
from gdsim.experiment.view_state import ViewOptions
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, sized_font
from gdsim.ui.plot.marks import label_size, mix, spread
from gdsim.ui.plot.paths import Ink, Line
from gdsim.ui.plot.ranges import Extent
from gdsim.ui.theme import Theme
from gdsim.ui.views.base import View

LEFT = 0.018
"""Room left of step 0, as a share of the steps shown, so that the first points are seen whole."""
MOST_COLUMNS = 2
"""Columns of labels at the lines' ends; more would hide the lines."""
LABELS = 5.4
"""What so many columns take, in points of the type."""


def words_width(text: str, theme: Theme) -> float:
    """Pixels that words behind the last step take, beside two columns of labels at lines' ends."""
    words = QFontMetricsF(sized_font(theme, 0.8)).horizontalAdvance(f"↑ {text}")
    return words + LABELS * theme.text_points


class StepsView(View):
    """A view whose x axis is the step; a click or a drag asks for a step."""

    log_option: ClassVar[str]
    """The option that says whether the y axis is logarithmic."""
    column: ClassVar[int]
    """What is drawn of each run, as a column of its history."""
    stairs: ClassVar[bool] = False
    """Whether a value holds until the next, and jumps there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot.bottom.whole = True
        self.ink = Ink()
        self.extent = Extent(self.column)
        self._sought: int | None = None
        self._log = False
        self.base = 0.0
        """What is taken off every value."""
        self._bare = False
        self._followed: ViewOptions | None = None

    def retranslate(self) -> None:
        super().retranslate()
        self.name_axes()

    def set_bare(self, bare: bool) -> None:
        """Leave the step axis without numbers: another view has it right beneath."""
        if bare != self._bare:
            self._bare = bare
            self.plot.bottom.setStyle(showValues=not bare)
            self.name_axes()
            self.plot.bottom.showLabel(not bare)
            # Half a line, so that the lowest number beside the axis is not cut.
            half = 0.5 * QFontMetricsF(sized_font(self.theme, 0.85)).height()
            self.plot.bottom.setHeight(math.ceil(half) if bare else None)

    @property
    def shares(self) -> bool:
        """Whether it leaves its step axis to another view, or follows that one's."""
        return self._bare

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """For a picture of it alone: with all that another view shows for it in the window."""
        bare = self._bare
        self.set_bare(False)
        try:
            yield
        finally:
            self.set_bare(bare)

    @property
    def log_scale(self) -> bool:
        """Whether the y axis is logarithmic."""
        return self._log

    def _set_log(self, log: bool) -> None:
        if log != self._log:
            self._log = log
            self.plot.left.set_log(log)
            self.show_all()

    def refresh(self, before: Snapshot | None) -> None:
        self.name_axes()
        options = self._scene.options
        if options is not self._followed:
            self._followed = options
            self._set_log(bool(getattr(options, self.log_option)))
        if before is not None and self.is_other_problem(before):
            self.show_all()
        if not self.manual:
            self.reset_range()

    def range_changed(self) -> None:
        if not self.manual:
            self.reset_range()

    def pointer_pressed(self, at: QPointF) -> bool:
        self._seek(at)
        return True

    def pointer_dragged(self, at: QPointF) -> None:
        self._seek(at)

    def pointer_released(self, at: QPointF, moved: bool) -> None:
        self._sought = None

    def _seek(self, at: QPointF) -> None:
        if self._snapshot is None:
            return
        x = self.plot.projection().inverse(at)[0]
        step = round(min(max(x, 0.0), float(self._snapshot.recorded)))
        if step != self._sought:
            self._sought = step
            self.seek_requested.emit(step)

    # What subclasses say

    def value(self, run: RunSnapshot) -> float:
        """Where a run's line is at the present step."""
        raise NotImplementedError

    def beneath(self, run: RunSnapshot, pale: QColor, width: float) -> list[Line]:
        """What is drawn under all lines, besides what is recorded beyond the present step."""
        return []

    def paint_mark(self, painter: QPainter, projection: Projection) -> None:
        """What lies over the lines and under the cursor."""

    # Painting

    def line(self, run: RunSnapshot, trace: Trace, color: QColor, width: float) -> Line:
        """A trace of a run as it is drawn."""
        values = trace.rows[:, self.column]
        return Line(
            run.key, trace.steps, values - self.base if self.base else values, trace.lineage, color,
            width, monotone=True, stairs=self.stairs,
        )  # fmt: skip

    def end(self, run: RunSnapshot) -> tuple[RunSnapshot, float, float]:
        """Where a run's line ends, in plot coordinates."""
        value = self.value(run) - self.base
        if self._log:
            value = math.log10(value) if value > 0.0 else math.nan
        return run, float(run.step), value

    def seen(self, shown: Snapshot) -> Hashable:
        cell = self.plot.projection().cell
        ends = [self.end(run)[1:] for run in self.visible_runs()]
        return cell(float(shown.step), 0.0), tuple(cell(x, y) for x, y in ends)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        self.paint_grid(painter, projection)
        runs = self.visible_runs()
        lines: list[Line] = []
        under: list[Line] = []
        for run in runs:
            style, width = self.style_of(run.key), self.line_width(run.key)
            past = run.trace.until(self._snapshot.step)
            pale = self.pale(style.color)
            under += self.beneath(run, pale, width - 0.5)
            if len(past.steps) < len(run.trace.steps):
                under.append(self.line(run, run.trace, pale, width - 0.5))
            lines.append(replace(self.line(run, past, style.color, width), dash=style.dash))
        resolution = self.plot.resolution
        hurried = self._snapshot.playing
        self.ink.paint(
            painter, projection, resolution, lines, under, log=self._log, hurried=hurried
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_mark(painter, projection)
        self.paint_cursor(painter, projection, self._snapshot)
        self.paint_ends(painter, projection, [self.end(run) for run in runs])

    def paint_cursor(self, painter: QPainter, projection: Projection, snapshot: Snapshot) -> None:
        """The step cursor: a line with a handle at its top; on paper there is no cursor."""
        if self.on_paper:
            return
        x = float(projection.x(float(snapshot.step)))
        # Opaque: Qt draws wide lines that are not at a tenth of the speed.
        color = mix(self.theme.color("cursor"), self.theme.color("plot"), 0.6)
        painter.setPen(QPen(color, 1.0))
        painter.drawLine(QPointF(x, 0.0), QPointF(x, projection.height))
        painter.setBrush(self.theme.color("cursor"))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x, 7)]))

    def paint_ends(
        self,
        painter: QPainter,
        projection: Projection,
        ends: list[tuple[RunSnapshot, float, float]],
    ) -> None:
        """A marker at each line's end (run, x, y in plot coordinates) and its label beside it."""
        theme, area = self.theme, projection.area
        font = sized_font(theme, 0.75, bold=True)
        shown = []
        for run, x, y in ends:
            if math.isfinite(x) and math.isfinite(y):
                at = projection.point(x, y)
                at.setY(min(max(at.y(), 0.0), area.height()))
                if -1.0 <= at.x() <= area.width() + 1.0:
                    shown.append((run, at))
        if not shown:
            return
        sizes = [label_size(self.style_of(run.key).label, font) for run, _ in shown]
        places = self._label_places([at for _, at in shown], sizes, area)
        for (run, at), box in zip(shown, places, strict=True):
            style = self.style_of(run.key)
            chosen = run.key == self._scene.selected
            size = theme.marker_size * (0.95 if chosen else 0.8)
            if box is not None and abs(box.center().y() - at.y()) > 0.6 * box.height():
                painter.setPen(QPen(style.color, 1.0))
                painter.drawLine(at, box.center())
            self.stamps.marker(painter, at, style, size, theme, hollow=False)
        for (run, _), box in zip(shown, places, strict=True):
            if box is not None:
                strong = run.key == self._scene.selected and len(shown) > 1
                style = self.style_of(run.key)
                self.stamps.label(painter, box, style, font, theme.color("plot"), strong=strong)

    def _label_places(
        self, ends: list[QPointF], sizes: list[tuple[float, float]], area: QRectF
    ) -> list[QRectF | None]:
        """Boxes beside the ends, in as many columns as they need; none where that is too many."""
        gap = 0.8 * self.theme.marker_size + 3.0
        tall, wide = (max(side) for side in ((h for _, h in sizes), (w for w, _ in sizes)))
        fitting = max(1, int((area.height() + 2.0) / (tall + 2.0)))
        columns = -(-len(ends) // fitting)
        if columns > MOST_COLUMNS:
            return [None] * len(ends)
        found: list[QRectF | None] = [None] * len(ends)
        order = sorted(range(len(ends)), key=lambda i: ends[i].y())
        low, high = tall / 2 + 1.0, area.height() - tall / 2 - 1.0
        for column in range(columns):
            mine = order[column::columns]
            middles = spread([ends[i].y() for i in mine], tall + 2.0, low, max(high, low))
            for i, y in zip(mine, middles, strict=True):
                (width, height), x = sizes[i], ends[i].x()
                right = x + gap + column * (wide + 3.0)
                left = min(right, area.width() - width - 3.0)
                if left < right - 0.5:
                    left = min(left, x - gap - width - column * (wide + 3.0))
                found[i] = QRectF(left, y - height / 2, width, height)
        return found

    def label_room(self, projection: Projection) -> float:
        """The share of the width that labels beyond the last step need."""
        return min(0.3, (3.2 * self.theme.text_points + 8.0) / projection.width)

    def steps_name(self) -> str:
        return "" if self._bare else tr("Step", "axis")
