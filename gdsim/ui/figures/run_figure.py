"""A figure of a run's way, loss and rate; needs no window and no display."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from gdsim.engine.history import LOSS
from gdsim.engine.sentences import number
from gdsim.experiment.view_state import ViewOptions
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.figures.picture_file import SCALE, write_figure
from gdsim.ui.language import say, tr
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.plot.marks import Stamps, label_size
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT, RunStyle, Theme, load_fonts
from gdsim.ui.views import serving
from gdsim.ui.views.base import View

WIDTH, HEIGHT = 1200, 640
"""Of the plots, in pixels of 1/96 inch; the legend comes on top."""
MARGIN, GAP = 20.0, 18.0
SHOWN = ("stage", "loss", "rate")
"""The places of the window whose first views are in it."""
MOST_LINES = 12
"""Runs that the legend names; more are counted."""


def draw_figure(target: Path, snapshot: Snapshot) -> None:
    """Write the figure in the format of the file's ending, whole or not at all."""
    start_drawing()
    views = [serving(snapshot.problem, place)[0]() for place in SHOWN]
    try:
        write_figure(target, _RunFigure(snapshot, views))
    finally:
        for view in views:
            view.deleteLater()


class _RunFigure:
    """Where everything lies, and how it is painted."""

    def __init__(self, snapshot: Snapshot, views: list[View]) -> None:
        self._snapshot, self._views = snapshot, views
        self._theme: Theme = LIGHT
        selected = -1 if len(snapshot.runs) > 1 else 0
        options = ViewOptions(log_scale=_all_positive(snapshot))
        scene = Scene(self._theme, selected=selected, options=options)
        for view, place in zip(views, self._places(), strict=True):
            view.on_paper = True
            view.bar.hide()
            view.resize(round(place.width()), round(place.height() - self._line))
            view.grab()  # lays out what is never shown
            view.show_snapshot(snapshot, scene)
            view.plot.export_scale = SCALE
        QCoreApplication.sendPostedEvents()  # the axes make room for their names

    @property
    def _line(self) -> float:
        """The height of a line of text."""
        return 2.2 * self._theme.text_points

    @property
    def _head(self) -> float:
        """The height of title and legend."""
        lines = min(len(self._snapshot.runs), MOST_LINES + 1)
        return 1.5 * self._line + lines * self._line + 12.0

    @property
    def size(self) -> QSize:
        return QSize(WIDTH, round(HEIGHT + self._head))

    def _places(self) -> list[QRectF]:
        """The way on the left, the loss over the rate on the right."""
        top = self._head + MARGIN
        height = HEIGHT - 2.0 * MARGIN
        half = (height - GAP) / 2.0
        left = round(0.52 * WIDTH)
        x, rest = MARGIN + left, WIDTH - 2.0 * MARGIN - left
        return [
            QRectF(MARGIN, top, left - GAP, height),
            QRectF(x, top, rest, half),
            QRectF(x, top + half + GAP, rest, half),
        ]

    def paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(QPointF(), QSizeF(self.size)), self._theme.color("plot"))
        self._paint_head(painter)
        for view, place in zip(self._views, self._places(), strict=True):
            painter.setFont(sized_font(self._theme, 0.95, bold=True))
            painter.setPen(self._theme.color("text"))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft), view.heading())
            below = place.adjusted(0.0, self._line, 0.0, 0.0)
            view.plot.render(painter, below, view.plot.viewport().rect())

    def _paint_head(self, painter: QPainter) -> None:
        problem, theme = self._snapshot.problem, self._theme
        font = sized_font(theme, 1.25, bold=True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        base = MARGIN + QFontMetricsF(font).ascent()
        title = tr(problem.title, "problem")
        painter.drawText(QPointF(MARGIN, base), title)
        painter.setPen(theme.color("muted"))
        x = MARGIN + QFontMetricsF(font).horizontalAdvance(title) + 14.0
        painter.setFont(sized_font(theme, 1.0))
        painter.drawText(QPointF(x, base), problem.formula)
        y = MARGIN + 1.5 * self._line
        for run in self._snapshot.runs[:MOST_LINES]:
            self._paint_entry(painter, y, run)
            y += self._line
        more = len(self._snapshot.runs) - MOST_LINES
        if more > 0:
            painter.setPen(theme.color("muted"))
            text = tr("and {count} more", count=more)
            painter.drawText(QPointF(MARGIN, y + 0.7 * self._line), text)

    def _paint_entry(self, painter: QPainter, y: float, run: RunSnapshot) -> None:
        """Line, number, optimizer, rate, schedule and outcome of one run."""
        theme, middle = self._theme, y + 0.5 * self._line
        style: RunStyle = theme.run_style(run.key)
        pen = QPen(style.color, 2.5)
        if style.dash:
            pen.setDashPattern(list(style.dash))
        painter.setPen(pen)
        painter.drawLine(QPointF(MARGIN, middle), QPointF(MARGIN + 36.0, middle))
        small = sized_font(theme, 0.75, bold=True)
        width, height = label_size(style.label, small)
        box = QRectF(MARGIN + 44.0, middle - height / 2.0, width, height)
        stamps = Stamps()
        stamps.resolution = SCALE
        stamps.label(painter, box, style, small, theme.color("plot"), strong=False)
        text = f"{tr(run.run.family.title, 'optimizer')} · α {number(run.run.learning_rate)}"
        if framework := run.run.other_convention:
            text += f" · {framework}"
        if not run.run.rate_schedule.constant:
            text += f" · {tr(run.run.rate_schedule.title, 'schedule')}"
        font = sized_font(theme, 0.95)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        at = QPointF(box.right() + 10.0, middle + 0.36 * QFontMetricsF(font).ascent())
        painter.drawText(at, text)
        painter.setPen(theme.color("muted"))
        at.setX(at.x() + QFontMetricsF(font).horizontalAdvance(text) + 14.0)
        painter.drawText(at, say(run.verdict))


def _all_positive(snapshot: Snapshot) -> bool:
    """Whether a logarithmic scale can show every loss but that of a minimum met exactly."""
    return all(bool((run.trace.rows[:, LOSS] >= 0.0).all()) for run in snapshot.runs)


def start_drawing() -> None:
    """Qt without a display, unless a window is there already."""
    if isinstance(QApplication.instance(), QApplication):
        return
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    global _kept
    _kept = QApplication(sys.argv[:1])
    load_fonts()


_kept: QApplication | None = None
"""Or Python would end the application as soon as nobody names it."""
