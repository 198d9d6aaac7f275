"""The stage: the loss over two parameters, each run's way across it, and the step to come."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.history import Trace
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.color_bar import ColorBar, bar_width
from gdsim.ui.plot.landscape import Landscape
from gdsim.ui.plot.marks import draw_axis, draw_cross, draw_note, first_fitting
from gdsim.ui.plot.ranges import fitted, padded, still_good, with_starts
from gdsim.ui.plot.relief import palette_of
from gdsim.ui.plot.step_arrow import heading
from gdsim.ui.plot.vector import is_vector
from gdsim.ui.theme import Theme
from gdsim.ui.views.plane import DrawnPlane, PlaneKeeper, Shadows, rows_of
from gdsim.ui.views.plane_chooser import PlaneChooser
from gdsim.ui.views.stage import REACH, Point, StageView, Start

LEAST_SHARE = 0.05
"""Of an axis's length must lie in a plane for it to be shown there."""

AHEAD = 0.15
"""Share of what the paths take up by which the view of a moving plane reaches beyond it."""
NARROWEST = 440.0
"""A view of less than so many pixels has no room for a bar of its colours."""


class ParameterView(StageView):
    """Contours of the loss in a plane through the parameter space, with one trajectory a run.

    Two parameters are that plane. Of more, two are chosen, or the two directions in which the
    selected run has moved most; it is then a slice through that run's present point.
    """

    name = "parameters"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._landscape = Landscape(self)
        self._landscape.rebuild_due.connect(self.plot.redraw)
        self._keeper = PlaneKeeper()
        self._plane: DrawnPlane | None = None
        self._shadows = Shadows()
        self.color_bar = ColorBar()
        self.plot.put_beside(self.color_bar)
        self._equal = False
        """Whether both axes have one scale, whatever is zoomed or resized."""
        self._lit: tuple[float, ...] | None = None
        """The way of the axis that is pointed at."""
        self.chooser = PlaneChooser(self.bar)
        self.chooser.chosen.connect(self._choose_plane)
        self.bar.insert(self.chooser)
        name_controls(self.chooser, f"view.{self.name}")
        self.finish()

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        return len(problem.parameters) > 1

    def description(self) -> str:
        return tr(
            "Contours of the loss with the trajectory of each run. Arrow keys move the starting "
            "point of the selected run, with Shift finely."
        )

    def retranslate(self) -> None:
        self.chooser.retranslate()
        super().retranslate()
        self.name_axes()

    @property
    def is_ready(self) -> bool:
        return self._plane is not None

    @property
    def at_rest(self) -> bool:
        return self._landscape.at_rest

    def _apply_theme(self, theme: Theme) -> None:
        super()._apply_theme(theme)
        self.color_bar.set_look(theme, sized_font(theme, 0.85), palette_of(theme))
        self._fit_color_bar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_color_bar()

    def _fit_color_bar(self) -> None:
        """It is left out where it would take too much of the picture."""
        wide = self.width() >= NARROWEST * self.theme.text_points / 10.0
        self.color_bar.set_width(bar_width(sized_font(self.theme, 0.85)) if wide else 0.0)

    # Places.

    def place(self, theta: Sequence[float] | Array) -> Point:
        plane = self._plane
        if plane is None:
            return math.nan, math.nan
        if not plane.is_principal:
            i, j = plane.pair
            return float(theta[i]), float(theta[j])
        a, b = plane.coordinates(np.asarray(theta)).tolist()
        return a, b

    def theta_at(self, at: Point, start: Start) -> Start:
        return at if self._plane is None else self._plane.moved(start, at)

    def way(self, trace: Trace, key: int, kind: int = 0) -> tuple[Array, Array]:
        assert self._plane is not None
        flat = self._shadows.of(key, trace, self._plane, kind)
        return flat[:, 0], flat[:, 1]

    def ghost_of(self, point: Start | None) -> Start | None:
        """What lies under the pointer in the drawn plane, not in that through the start."""
        plane = self._plane
        if point is None or plane is None or plane.is_whole:
            return point
        return tuple(plane.theta_at(self.place(point)).tolist())

    def light_axis(self, way: tuple[float, ...] | None) -> None:
        """A line through the selected run's point, as far as the axis lies in the plane."""
        if way != self._lit:
            self._lit = way
            self.plot.redraw()

    # New values.

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        equal = self._scene.options.equal_scales
        if equal is not self._equal:
            self._equal = equal
            self.plot.box.setAspectLocked(equal)
            self._home = None
        run = self.selected_run() or self._snapshot.runs[0]
        if self.is_other_problem(before):
            self._plane = None
            self._keeper = PlaneKeeper()
        self._take_plane(self._keeper.follow(self._snapshot, run))
        super().refresh(before)

    def _take_plane(self, plane: DrawnPlane) -> None:
        old, self._plane = self._plane, plane
        if old is None or old.problem.parameters != plane.problem.parameters:
            self.chooser.show_parameters(plane.problem.parameters)
        self.chooser.show_pair(plane.pair)
        if not plane.same_picture(old):
            self.ink.forget()
            if old is None or old.pair != plane.pair:
                self.name_axes()

    def name_axes(self) -> None:
        plane = self._plane
        if plane is None:
            return
        if plane.is_principal:
            self.plot.set_labels(tr("First principal direction"), tr("Second principal direction"))
        else:
            first, second = (plane.problem.parameters[i].symbol for i in plane.pair)
            self.plot.set_labels(first, second)

    @Slot(object)
    def _choose_plane(self, pair: tuple[int, int]) -> None:
        if self._snapshot is None:
            return
        self._keeper.choose(pair)
        run = self.selected_run() or self._snapshot.runs[0]
        self._take_plane(self._keeper.follow(self._snapshot, run))
        self._home = None
        self.show_all()
        self.plot.redraw()

    def reset_range(self) -> None:
        plane = self._plane
        if self._snapshot is None or plane is None:
            return
        runs = self.visible_runs()
        if plane.is_principal:
            needed = self._around_ways(plane)
            # Some way ahead, or each step of a path that widens would be another picture.
            wanted = padded(*needed[0], AHEAD), padded(*needed[1], AHEAD)
            slack = 0.4
        else:
            bounds = self._snapshot.problem.bounds()
            first, second = (
                with_starts(bounds[i], [run.run.start[i] for run in runs]) for i in plane.pair
            )
            needed = wanted = first, second
            slack = 0.1
        if self._home is None or not all(
            still_good(now, new, slack) for now, new in zip(self._home, needed, strict=True)
        ):
            self._home = wanted
        self.plot.show_range(*self._home)

    def _around_ways(self, plane: DrawnPlane) -> tuple[Range, Range]:
        """Room around what the visible runs have gone through so far."""
        spans = [high - low for low, high in plane.problem.bounds()]
        room = 0.15 * float(np.median(spans))
        far = 4.0 * float(np.linalg.norm(spans))
        least, most = np.zeros(2), np.zeros(2)
        for run in self.visible_runs():
            flat = self._shadows.of(run.key, run.trace, plane)
            near = np.abs(flat) <= far
            least = np.minimum(least, flat.min(axis=0, where=near, initial=0.0))
            most = np.maximum(most, flat.max(axis=0, where=near, initial=0.0))
        (left, bottom), (right, top) = (least - room).tolist(), (most + room).tolist()
        return padded(left, right, 0.1), padded(bottom, top, 0.1)

    @Slot()
    def fit_paths(self) -> None:
        plane, runs = self._plane, self.visible_runs()
        if plane is None or not runs:
            return
        flat = plane.coordinates(rows_of(runs))
        if plane.is_principal:
            bounds = self._around_ways(plane)
        else:
            limits = plane.problem.bounds()
            bounds = limits[plane.pair[0]], limits[plane.pair[1]]
        x, y = (fitted(flat[:, axis], bounds[axis]) for axis in (0, 1))
        if x is not None and y is not None:
            self._range_taken(None)
            self.plot.show_range(x, y)

    # Painting.

    def seen(self, shown: Snapshot) -> Hashable:
        plane = self._plane
        if plane is None:
            return None
        projection = self.plot.projection()
        cell = projection.cell
        places: list[Hashable] = []
        for run in self.visible_runs():
            here, following = self.place(run.theta), self.next_place(run)
            places.append((cell(*here), following and cell(*following)))
            if following is not None and run.key == self._scene.selected:
                places.append(heading(projection.point(*here), projection.point(*following)))
        return tuple(places), id(plane)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        plane = self._plane
        if self._snapshot is None or plane is None:
            return
        resolution = self.plot.resolution
        grid = self.grid(projection)
        on_paper = self.on_paper or self.plot.export_scale is not None or is_vector(painter)
        self._landscape.paint(
            painter, plane, projection, self.theme, resolution, grid, on_paper=on_paper
        )
        self.color_bar.show_shades(self._landscape.shades, plane.problem.loss_name)
        runs = self.visible_runs()
        lines, under = self.lines(runs, self._snapshot.step)
        hurried = self._snapshot.playing
        self.ink.paint(painter, projection, resolution, lines, under, hurried=hurried)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter, projection, plane)
        taken = self._paint_minima(painter, projection, plane)
        if not plane.is_whole:
            taken.append(self._paint_words(painter, plane, projection.width - 10.0))
        self.paint_runs(painter, projection, runs, taken)
        self.paint_readout(painter, projection)

    def _paint_axis(self, painter: QPainter, projection: Projection, plane: DrawnPlane) -> None:
        run, way = self.selected_run(), self._lit
        if way is None or run is None or len(way) != len(run.theta) or self.on_paper:
            return
        step = plane.coordinates(run.theta + np.array(way)) - plane.coordinates(run.theta)
        if not float(np.hypot(*step)) > LEAST_SHARE:  # across the plane, or θ is not finite
            return
        theme = self.theme
        at = projection.point(*self.place(run.theta))
        to = projection.point(*(np.array(self.place(run.theta)) + step).tolist())
        draw_axis(painter, projection.area, at, to, theme.color("text"), theme.color("casing"))

    def _paint_minima(
        self, painter: QPainter, projection: Projection, plane: DrawnPlane
    ) -> list[QRectF]:
        theme, taken = self.theme, []
        color, casing = theme.color("text"), theme.color("casing")
        for minimum in plane.minima:
            at = projection.point(*minimum)
            if projection.area.contains(at):
                draw_cross(painter, at, 0.55 * theme.marker_size, color, casing)
                taken.append(QRectF(at.x() - 6.0, at.y() - 6.0, 12.0, 12.0))
        return taken

    def _paint_words(self, painter: QPainter, plane: DrawnPlane, room: float) -> QRectF:
        """That it is a slice, and through what; as far as there is room."""
        run = self.selected_run()
        label = self.style_of(run.key).label if run is not None else ""
        texts = [
            tr("A slice through the present point of run {run}; paths are projected.", run=label),
            tr("Slice through run {run}", run=label),
        ]
        theme = self.theme
        font = sized_font(theme, 0.8)
        text = first_fitting(texts, font, room)
        if plane.is_principal and plane.share is not None:
            share = number(float(f"{100.0 * plane.share:.3g}"))
            said = tr("{share} % of its way's variance lies in it.", share=share)
            text += "\n" + first_fitting([said, f"{share} %"], font, room)
        color, ground = theme.color("muted"), theme.color("panel")
        return draw_note(painter, QPointF(5.0, 4.0), text, font, color, ground, room)

    def readout(self, point: Start, projection: Projection) -> str:
        plane = self._plane
        assert plane is not None
        at = self.place(point)
        for minimum in plane.minima:
            way = projection.point(*minimum) - projection.point(*at)
            if math.hypot(way.x(), way.y()) <= REACH:
                return self._say_place(tr("Minimum"), plane, minimum, 6)
        return self._say_place("", plane, at, 4)

    def _say_place(self, first: str, plane: DrawnPlane, at: Point, digits: int) -> str:
        def short(value: float) -> str:
            return number(float(f"{value:.{digits}g}"))

        problem = plane.problem
        parts = [first] if first else []
        if not plane.is_principal:
            symbols = (problem.parameters[i].symbol for i in plane.pair)
            parts += [f"{s} = {short(v)}" for s, v in zip(symbols, at, strict=True)]
        parts.append(f"{problem.loss_name} = {short(plane.loss_at(np.array(at)))}")
        return "   ".join(parts)
