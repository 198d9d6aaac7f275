"""Predicted against observed, for data of several columns: on the diagonal nothing is missed."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Projection, Range, sized_font
from gdsim.ui.plot.dots import COUNTED, draw_dots, sample
from gdsim.ui.plot.marks import draw_note
from gdsim.ui.plot.ranges import padded, still_good
from gdsim.ui.views.base import View
from gdsim.ui.views.fit_lines import fits

LABEL_SPREAD = 0.12
"""How far labels 0 and 1 are drawn apart from their like, so that each is seen."""
OTHERS = 150
"""Dots of each run that is not selected."""


class PredictionView(View):
    """Each sample's ŷ over its y; the selected run in full, the others pale beneath it."""

    name = "prediction"
    title = "Predicted against observed"
    where = "beside"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Range, Range] | None = None
        self.finish()

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        return fits(problem) and problem.data.columns > 1

    def description(self) -> str:
        return tr(
            "For each sample what the selected run predicts, over what was observed. On the "
            "diagonal both are the same."
        )

    def retranslate(self) -> None:
        super().retranslate()
        self.name_axes()

    def name_axes(self) -> None:
        if self._snapshot is not None and self._snapshot.problem.data is not None:
            target = self._snapshot.problem.data.target
            self.plot.set_labels(
                tr("Observed {name}", name=target), tr("Predicted {name}", name=target)
            )

    def refresh(self, before: Snapshot | None) -> None:
        if self._snapshot is None:
            return
        if self.is_other_problem(before):
            self._shown = None
            self.name_axes()
            self.show_all()
        if not self.manual:
            self.reset_range()

    def reset_range(self) -> None:
        problem = None if self._snapshot is None else self._snapshot.problem
        if problem is None or problem.data is None:
            return
        y = problem.data.y
        low, high = float(y.min()), float(y.max())
        across = padded(low, high, 0.2 if problem.labels else 0.06)
        up = padded(low, high, 0.06)
        if not problem.labels:
            # Room for starts that are near.
            near = [v for run in self.visible_runs() for v in self._ends(problem, run)]
            span = high - low
            kept = [v for v in near if low - span / 2 <= v <= high + span / 2]
            up = padded(min([low, *kept]), max([high, *kept]), 0.06)
        if self._shown is None or not all(map(still_good, self._shown, (across, up))):
            self._shown = across, up
        self.plot.show_range(*self._shown)

    def _ends(self, problem: Problem, run: RunSnapshot) -> list[float]:
        predicted = self._predicted(problem, np.array(run.run.start), 60)[1]
        return [float(predicted.min()), float(predicted.max())] if len(predicted) else []

    def _predicted(
        self, problem: Problem, theta: Array, most: int, data: Data | None = None
    ) -> tuple[Array, Array]:
        """Observed and predicted values of (a sample of) the data, those that are finite."""
        if not fits(problem):
            return np.empty(0), np.empty(0)
        data = data or problem.data
        places = sample(data.size, most)
        with np.errstate(all="ignore"):
            predicted = problem.predict(theta, data.x[:, places])
        kept = np.isfinite(predicted)
        observed = data.y[places]
        if problem.labels:
            observed = observed + LABEL_SPREAD * _apart(len(places))
        return observed[kept], np.asarray(predicted[kept])

    def seen(self, shown: Snapshot) -> Hashable:
        projection = self.plot.projection()
        places = []
        for run in self.visible_runs():
            _, predicted = self._predicted(shown.problem, run.theta, 12)
            places.append(tuple(projection.cell(0.0, value) for value in predicted.tolist()))
        return tuple(places)

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        if self._snapshot is None:
            return
        self.paint_grid(painter, projection)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        problem, theme = self._snapshot.problem, self.theme
        self._paint_diagonal(painter, projection, problem)
        chosen = self.selected_run()
        for run in self.visible_runs():
            mine = chosen is not None and run.key == chosen.key
            observed, predicted = self._predicted(
                problem, run.theta, 600 if mine else OTHERS
            )  # fmt: skip
            color = QColor(self.style_of(run.key).color)
            color.setAlpha(210 if mine else 70)
            size = theme.marker_size * (0.62 if len(observed) <= 200 else 0.42)
            draw_dots(painter, projection.x(observed), projection.y(predicted), color, size)
            if mine and len(problem.held):
                seen, told = self._predicted(problem, run.theta, 600, problem.held_data)
                at = projection.x(seen), projection.y(told)
                draw_dots(painter, *at, color, size)
                draw_dots(painter, *at, theme.color("plot"), 0.6 * size)
        if chosen is not None:
            self._paint_numbers(painter, problem, chosen)

    def _paint_diagonal(self, painter: QPainter, projection: Projection, problem: Problem) -> None:
        pen = QPen(self.theme.color("muted"), max(1.2, 0.6 * self.theme.line_width))
        pen.setDashPattern([1.5, 3.0])
        painter.setPen(pen)
        if problem.labels:
            # Above one half the label 1 is predicted.
            middle = projection.point(0.0, 0.5).y()
            painter.drawLine(QPointF(0.0, middle), QPointF(projection.width, middle))
            return
        low = max(projection.left, projection.bottom)
        high = min(projection.right, projection.top)
        if low < high:
            painter.drawLine(projection.point(low, low), projection.point(high, high))

    def _paint_numbers(self, painter: QPainter, problem: Problem, run: RunSnapshot) -> None:
        """How good the selected run's predictions are."""
        if not fits(problem):
            return
        places = sample(problem.data.size, COUNTED)
        y = problem.data.y[places]
        with np.errstate(all="ignore"):
            predicted = problem.predict(run.theta, problem.data.x[:, places])
        label = self.style_of(run.key).label
        if problem.labels:
            right = float(np.mean((predicted >= 0.5) == (y >= 0.5)))
            text = tr("Run {run}: {share} % right", run=label, share=number(round(100 * right, 1)))
        else:
            with np.errstate(over="ignore"):
                missed = float(np.mean((y - predicted) ** 2))
            variance = float(np.var(y))
            if not (np.isfinite(missed) and variance > 0.0):
                return
            share = float(f"{1.0 - missed / variance:.4g}")
            text = tr("Run {run}: R² = {share}", run=label, share=number(share))
        theme = self.theme
        font = sized_font(theme, 0.85)
        corner = QPointF(6.0, 5.0)
        draw_note(painter, corner, text, font, theme.color("text"), theme.color("plot"))


@lru_cache(maxsize=8)
def _apart(count: int) -> Array:
    """Numbers in −1 … 1, the same each time."""
    numbers = np.random.default_rng(1).uniform(-1.0, 1.0, count)
    numbers.flags.writeable = False
    return numbers
