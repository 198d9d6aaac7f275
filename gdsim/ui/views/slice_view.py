"""The loss along the steepest direction through the selected run, for problems without data."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.ranges import still_good
from gdsim.ui.step_to_come import theta_to_come
from gdsim.ui.views.base import View
from gdsim.ui.views.slice import Slice, paint_slice, slice_through

SLACK = 0.45
"""The range stays while the slice fills so much of it, since the slice moves with every step."""


class SliceView(View):
    """A cut through the landscape where overshooting can be seen; it serves every problem."""

    name = "slice"
    title = "Slice along the steepest direction"
    short = "Slice"
    where = "beside"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slice: Slice | None = None
        self._shown: tuple[Range, Range] | None = None
        self.finish()

    def description(self) -> str:
        return tr(
            "The loss along the direction of greatest curvature through the present point of "
            "the selected run, and where the next step lands."
        )

    def retranslate(self) -> None:
        super().retranslate()
        self.name_axes()

    def name_axes(self) -> None:
        if self._snapshot is not None:
            loss = self._snapshot.problem.loss_name
            self.plot.set_labels(tr("Distance from the present point"), loss)

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        problem = self._snapshot.problem
        if self.is_other_problem(before):
            self._shown = self._slice = None
            self.name_axes()
            self.show_all()
        run = self.selected_run()
        if run is None:
            self._slice = None
        else:
            after = theta_to_come(self._snapshot, run, chosen=True)
            self._slice = slice_through(problem, run, after, self._slice)
        if not self.manual:
            self.reset_range()

    def reset_range(self) -> None:
        if self._slice is None:
            return
        wanted = (-self._slice.reach, self._slice.reach), self._slice.heights
        if self._shown is None or not all(
            still_good(now, new, SLACK) for now, new in zip(self._shown, wanted, strict=True)
        ):
            self._shown = wanted
        self.plot.show_range(*self._shown)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        self.paint_grid(painter, projection)
        run, theme = self.selected_run(), self.theme
        if self._slice is None or run is None:
            painter.setFont(sized_font(theme, 0.85))
            painter.setPen(theme.color("muted"))
            text = tr("Nothing finite to show here.")
            painter.drawText(projection.area, Qt.AlignmentFlag.AlignCenter, text)
            return
        style, loss = self.style_of(run.key), self._snapshot.problem.loss_name
        paint_slice(painter, projection, self._slice, style, theme, loss, self.stamps)
