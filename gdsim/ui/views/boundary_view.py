"""Two columns and a label: the samples in their plane, and the line where each run is in doubt."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.problems.logistic import LogisticRegression
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.badges import paint_rows
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.dots import COUNTED, draw_dots, sample
from gdsim.ui.plot.marks import Places, blank, draw_note, first_fitting, label_size, mix
from gdsim.ui.plot.polylines import clipped_segment
from gdsim.ui.plot.probability import ProbabilityArea
from gdsim.ui.plot.ranges import padded, still_good
from gdsim.ui.theme import RunStyle
from gdsim.ui.views.base import View

MOST_DOTS = 2000
DOUBT = float(np.log(9.0))
"""The score of a probability of 0.9."""


class BoundaryView(View):
    """The decision line p = ½ of each run; of the selected one the probability as an area, and the
    lines p = 0.1 and 0.9."""

    name = "boundary"
    title = "Data and decision line"
    where = "beside"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Range, Range] | None = None
        self._places = Places()
        self._probability = ProbabilityArea()
        self.lost: dict[str, list[RunStyle]] = {}
        """Runs whose line was not in the picture when it was painted last, by what is said."""
        self._dots: tuple[object, QPixmap] | None = None
        self.finish()

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        return isinstance(problem, LogisticRegression) and problem.data.columns == 2

    def description(self) -> str:
        return tr(
            "The samples by their two columns, filled where the label is 1, the line where each "
            "run finds both labels equally likely, and the selected run's probability in colours."
        )

    @property
    def _problem(self) -> LogisticRegression | None:
        problem = None if self._snapshot is None else self._snapshot.problem
        return problem if isinstance(problem, LogisticRegression) else None

    def refresh(self, before: Snapshot | None) -> None:
        problem = self._problem
        if problem is None:
            return
        self.plot.set_labels(*problem.data.names[:2])
        if self.is_other_problem(before):
            self._shown = None
            self.show_all()
        if not self.manual:
            self.reset_range()

    def reset_range(self) -> None:
        problem = self._problem
        if problem is None or problem.data.columns != 2:
            return
        first, second = problem.data.x
        wanted = (
            padded(float(first.min()), float(first.max()), 0.08),
            padded(float(second.min()), float(second.max()), 0.08),
        )
        if self._shown is None or not all(map(still_good, self._shown, wanted)):
            self._shown = wanted
        self.plot.show_range(*self._shown)

    def _line(self, projection: Projection, theta: Array, score: float) -> tuple[QPointF, ...]:
        """The pixels where the score is that, from edge to edge; nothing where it is nowhere."""
        problem = self._problem
        if problem is None:
            return ()
        a, b, c = problem.own_units(theta).tolist()
        a -= score
        p = projection
        # Along the axis that the line crosses less steeply, in pixels.
        if abs(b) * (p.right - p.left) > abs(c) * (p.top - p.bottom):
            ends = [(-(a + c * y) / b, y) for y in (p.bottom, p.top)]
        elif c != 0.0:
            ends = [(x, -(a + b * x) / c) for x in (p.left, p.right)]
        else:
            return ()
        if not np.isfinite(ends).all() or np.abs(ends).max() > 1e12:
            return ()
        found = clipped_segment(p.point(*ends[0]), p.point(*ends[1]), p.area)
        return () if found is None else found

    def seen(self, shown: Snapshot) -> Hashable:
        projection = self.plot.projection()
        return tuple(
            tuple(
                (round(4.0 * at.x()), round(4.0 * at.y()))
                for score in (0.0, DOUBT)
                for at in self._line(projection, run.theta, score)
            )
            for run in self.visible_runs()
        ), self._shade_of(projection)

    def _shade_of(self, projection: Projection) -> Hashable:
        """The colours at the corners of the picture, as far as they can be told apart."""
        problem, run = self._problem, self.selected_run()
        if problem is None or run is None:
            return None
        p = projection
        corners = np.array([[p.left, p.right, p.left, p.right], [p.bottom, p.bottom, p.top, p.top]])
        with np.errstate(all="ignore"):
            shades = 255.0 * problem.predict(run.theta, corners)
        return tuple(np.rint(np.nan_to_num(shades)).tolist())

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        problem = self._problem
        if problem is None or problem.data.columns != 2:
            return
        theme, area = self.theme, projection.area
        chosen = self.selected_run()
        colored = None if "fit" in self._scene.hides else chosen
        if colored is not None:
            self._probability.paint(
                painter, projection, theme, (id(problem), colored.theta.tobytes()),
                partial(problem.predict, colored.theta),
            )  # fmt: skip
        self.paint_grid(painter, projection)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_dots(painter, projection, problem)
        labelled: list[tuple[RunSnapshot, QPointF]] = []
        self.lost = {}
        for run in self.visible_runs():
            style, width = self.style_of(run.key), self.line_width(run.key)
            if chosen is not None and run.key == chosen.key:
                for score in (-DOUBT, DOUBT):
                    ends = self._line(projection, run.theta, score)
                    if ends:
                        pen = QPen(self.pale(style.color), 0.6 * width)
                        pen.setDashPattern([3.0, 3.0])
                        painter.setPen(pen)
                        painter.drawLine(*ends)
            ends = self._line(projection, run.theta, 0.0)
            if not ends:
                flat = not problem.own_units(run.theta)[1:].any()
                why = tr("no decision line: its weights are 0")
                if not flat:
                    why = tr("decision line outside the picture")
                self.lost.setdefault(why, []).append(style)
                continue
            painter.setPen(QPen(theme.color("casing"), width + 2.0))
            painter.drawLine(*ends)
            painter.setPen(style.pen(width))
            painter.drawLine(*ends)
            labelled.append((run, max(ends, key=lambda at: at.x())))
        font = sized_font(theme, 0.75, bold=True)
        sizes = [label_size(self.style_of(run.key).label, font) for run, _ in labelled]
        points = [(run.key, at) for run, at in labelled]
        boxes = self._places.find(points, sizes, area.adjusted(1.0, 1.0, -1.0, -1.0))
        for (run, _), box in zip(labelled, boxes, strict=True):
            strong = run.key == self._scene.selected and len(labelled) > 1
            style = self.style_of(run.key)
            self.stamps.label(painter, box, style, font, theme.color("plot"), strong=strong)
        beneath = QPointF(6.0, 12.0 + 1.9 * theme.text_points)
        paint_rows(painter, self.stamps, self.lost, beneath, area, theme)
        if colored is not None:
            self._probability.paint_strip(painter, projection, theme)
        if chosen is not None:
            self._paint_numbers(painter, projection, problem, chosen)

    def _paint_dots(
        self, painter: QPainter, projection: Projection, problem: LogisticRegression
    ) -> None:
        key = problem, projection, self.theme, self.plot.resolution
        if self._dots is None or self._dots[0] != key:
            self._dots = key, self._drawn_dots(projection, problem)
        painter.drawPixmap(0, 0, self._dots[1])

    def _drawn_dots(self, projection: Projection, problem: LogisticRegression) -> QPixmap:
        """Filled dots for the label 1, rings for 0; those held back are pale."""
        pixmap = blank(projection, self.plot.resolution)
        size = self.theme.marker_size * (0.85 if problem.size <= 200 else 0.55)
        text, plot = self.theme.color("text"), self.theme.color("plot")
        parts = [(problem.data, text)]
        if len(problem.held):
            parts.insert(0, (problem.held_data, mix(text, plot, 0.45)))
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for data, color in parts:
                places = sample(data.size, MOST_DOTS)
                px, py = projection.x(data.x[0, places]), projection.y(data.x[1, places])
                ones = data.y[places] == 1.0
                draw_dots(painter, px[~ones], py[~ones], color, size)
                draw_dots(painter, px[~ones], py[~ones], plot, 0.6 * size)
                draw_dots(painter, px[ones], py[ones], color, size)
        return pixmap

    def _paint_numbers(
        self,
        painter: QPainter,
        projection: Projection,
        problem: LogisticRegression,
        run: RunSnapshot,
    ) -> None:
        places = sample(problem.size, COUNTED)
        with np.errstate(all="ignore"):
            predicted = problem.predict(run.theta, problem.data.x[:, places])
        right = float(np.mean((predicted >= 0.5) == (problem.data.y[places] == 1.0)))
        label, theme = self.style_of(run.key).label, self.theme
        text = tr("Run {run}: {share} % right", run=label, share=number(round(100 * right, 1)))
        font = sized_font(theme, 0.85)
        room = projection.width - 10.0
        text = first_fitting([f"{text}   " + tr("● label 1   ○ label 0"), text], font, room)
        color, ground = theme.color("text"), theme.color("plot")
        draw_note(painter, QPointF(6.0, 5.0), text, font, color, ground, room)
