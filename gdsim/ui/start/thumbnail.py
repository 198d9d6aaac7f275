"""A small picture of an experiment: its landscape and the first steps of its runs, as they are."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from gdsim.engine.arrays import Array
from gdsim.engine.planes import parameter_plane
from gdsim.experiment.setup import Setup
from gdsim.experiment.trajectories import accounts_of, blocks_of
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.marks import Stamps, blank, draw_arrow, draw_cross
from gdsim.ui.plot.relief import Relief
from gdsim.ui.theme import Theme
from gdsim.ui.views.plane import DrawnPlane

SPACING = 2.0
"""Pixels from one height to the next."""
ARROW = 44.0
"""The least length of the arrow that shows the first step."""
ROOM = 0.18
"""Around what a path fills, of its length."""


class Thumbnail:
    """The picture of a setup after `steps`; `work` draws on until it is done."""

    def __init__(
        self, setup: Setup, steps: int, size: QSizeF, theme: Theme, resolution: float,
        near: bool = False,
    ) -> None:  # fmt: skip
        """`near`: only as much of the landscape as the paths fill."""
        self._setup, self._theme, self._size = setup, theme, size
        self._near = near
        self._steps = steps
        self._resolution = resolution
        self._ways: list[Array] = []
        self._relief: Relief | None = None
        self._projection: Projection | None = None
        self.pixmap = QPixmap()

    def work(self, seconds: float) -> bool:
        """Go on for about so long; True when the picture is whole."""
        if not self._ways:
            self._ways = self._walk()
            self._projection = self._look_at()
            return False
        projection = self._projection
        assert projection is not None
        if len(self._setup.problem.parameters) == 1:
            self.pixmap = blank(projection, self._resolution)
            self.pixmap.fill(self._theme.color("plot"))
            self._draw_curve(projection)
            return True
        if self._relief is None:
            problem = self._setup.problem
            plane = parameter_plane(problem, np.zeros(len(problem.parameters)), 0, 1)
            surface = DrawnPlane(problem, (0, 1), plane)
            self._relief = Relief(surface, projection, self._theme, self._resolution, SPACING)
        if not self._relief.work(seconds):
            return False
        self.pixmap = self._relief.pixmap
        self._draw_ways(projection)
        return True

    def _walk(self) -> list[Array]:
        """(rows, 1 + parameters) of each run: loss and parameters after 0, 1, … steps."""
        accounts = accounts_of(
            self._setup.problem, [(track.run, track.changes) for track in self._setup.tracks]
        )
        blocks = list(blocks_of(accounts, self._steps))
        theta = np.concatenate([block.theta for block in blocks])
        loss = np.concatenate([block.loss for block in blocks])
        return [
            np.column_stack([loss[:, lane], theta[:, :, lane]]) for lane in range(theta.shape[2])
        ]

    def _look_at(self) -> Projection:
        size, bounds = self._size, self._setup.problem.bounds()
        if len(bounds) == 1:
            (left, right) = bounds[0]
            heights = self._setup.problem.loss(np.linspace(left, right, 101)[None, :])
            low, high = float(heights.min()), float(np.quantile(heights, 0.75))
            spare = 0.15 * (high - low)
            return Projection(left, right, low - spare, high, size.width(), size.height())
        sides = list(bounds[:2])
        if self._near:
            for axis in range(2):
                way = np.concatenate([way[:, 1 + axis] for way in self._ways])
                low, high = float(way.min()), float(way.max())
                sides[axis] = (low - ROOM * (high - low), high + ROOM * (high - low))
        (left, right), (bottom, top) = sides
        return Projection(left, right, bottom, top, size.width(), size.height())

    # Painting

    def _draw_curve(self, p: Projection) -> None:
        problem, theme = self._setup.problem, self._theme
        x = np.linspace(p.left, p.right, 201)
        with QPainter(self.pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("muted"), 2.0))
            painter.drawPath(_path(p, x, problem.loss(x[None, :])))
            self._mark(painter, p, [np.column_stack([way[:, 1], way[:, 0]]) for way in self._ways])

    def _draw_ways(self, p: Projection) -> None:
        theme, ways = self._theme, [way[:, 1:3] for way in self._ways]
        with QPainter(self.pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(QRectF(QPointF(), self._size))
            if self._steps <= 1:
                for minimum in self._setup.problem.minima:
                    draw_cross(
                        painter, p.point(*minimum), 6.0, theme.color("cursor"),
                        theme.color("casing"),
                    )  # fmt: skip
                for way in ways:
                    draw_arrow(
                        painter, p.point(*way[0]), _far(p.point(*way[0]), p.point(*way[-1])),
                        theme.color("cursor"), theme.color("casing"), 2.0,
                    )  # fmt: skip
            else:
                for number, way in enumerate(ways):
                    path, style = _path(p, way[:, 0], way[:, 1]), theme.run_style(number)
                    casing = QPen(theme.color("casing"), 4.0)
                    painter.strokePath(path, casing)
                    painter.strokePath(path, style.pen(1.8))
            self._mark(painter, p, ways)

    def _mark(self, painter: QPainter, p: Projection, ways: list[Array]) -> None:
        """Where each run begins, and where it has come to."""
        stamps = Stamps()
        stamps.resolution = self._resolution
        for number, way in enumerate(ways):
            style = self._theme.run_style(number)
            start, end = p.point(*way[0]), p.point(*way[-1])
            stamps.marker(painter, start, style, 8.0, self._theme, hollow=True)
            if self._steps > 1:
                stamps.marker(painter, end, style, 8.0, self._theme, hollow=False)


def _far(start: QPointF, end: QPointF) -> QPointF:
    """The end of an arrow that way which can be seen."""
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    return start + (end - start) * max(1.0, ARROW / length) if length else end


def _path(p: Projection, x: Array, y: Array) -> QPainterPath:
    path = QPainterPath()
    finite = np.isfinite(x) & np.isfinite(y)
    for place, (right, down) in enumerate(zip(p.x(x[finite]), p.y(y[finite]), strict=True)):
        (path.lineTo if place else path.moveTo)(float(right), float(down))
    return path
