"""What became of a sweep's runs as a picture: a map over two fields, a curve over one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import number
from gdsim.engine.sweep.boundary import critical_rates, place_of
from gdsim.engine.sweep.grid import Axis
from gdsim.engine.sweep.judge import NEVER
from gdsim.engine.sweep.pieces import Outcomes
from gdsim.ui.language import tr
from gdsim.ui.plot.axis import power_text, tick_text, ticks
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.plot.relief import picture_of
from gdsim.ui.sweep_words import target_name, value_text
from gdsim.ui.theme import Theme
from gdsim.ui.views.sweep_scale import SETTLED, exponents_of, scale_of

MOST_CELLS = 2000
"""Rows and columns of the picture; of more runs every second, third … is shown."""


class SweepMap:
    """The picture of outcomes by one measure; laid out anew for each rectangle it is painted in."""

    def __init__(self, outcomes: Outcomes, measure: str, theme: Theme) -> None:
        self.outcomes, self.measure, self.theme = outcomes, measure, theme
        self.axes = outcomes.grid.axes
        self.exponents = exponents_of(outcomes, measure)
        self.diverged = outcomes.diverged != NEVER
        self.scale = scale_of(self.exponents[~self.diverged], measure)
        self.critical = critical_rates(outcomes.grid)
        self.plot = QRectF()
        """Where the runs lie, since it was last painted."""
        self._image = self._draw_image() if len(self.axes) == 2 else QImage()

    # Places

    def places_at(self, at: QPointF) -> tuple[int, ...] | None:
        """The run under a point, by its places on the axes."""
        area = self.plot
        if not area.contains(at):
            return None
        x = int((at.x() - area.left()) / area.width() * len(self.axes[0]))
        y = int((area.bottom() - at.y()) / area.height() * len(self.axes[-1]))
        places = (x, y)[: len(self.axes)]
        return tuple(min(p, len(axis) - 1) for p, axis in zip(places, self.axes, strict=True))

    def cell(self, places: Sequence[int]) -> QRectF:
        """Where a run lies; over one field the whole height."""
        area, n = self.plot, len(self.axes[0])
        width = area.width() / n
        left = area.left() + places[0] * width
        if len(self.axes) == 1:
            return QRectF(left, area.top(), width, area.height())
        height = area.height() / len(self.axes[1])
        return QRectF(left, area.bottom() - (places[1] + 1) * height, width, height)

    def told(self, places: tuple[int, ...]) -> str:
        """A run in words: its values, and what the sweep noted of it."""
        outcomes = self.outcomes
        values = [
            f"{target_name(axis.target)} = {value_text(axis.target, axis.value(place))}"
            for axis, place in zip(self.axes, places, strict=True)
        ]
        diverged, settled = int(outcomes.diverged[places]), int(outcomes.settled[places])
        if diverged != NEVER:
            fate = tr("left the limit at step {step}", step=diverged)
        elif settled != NEVER:
            fate = tr("stays there from step {step} on", step=settled)
        elif self._asked:
            fate = tr("not there after {steps} steps", steps=outcomes.steps)
        else:
            fate = tr("within the limit for {steps} steps", steps=outcomes.steps)
        loss = tr("loss {loss}", loss=number(float(outcomes.loss[places])))
        return " · ".join([*values, fate, loss])

    def summary(self) -> str:
        """The method, how many runs and steps."""
        outcomes = self.outcomes
        words = {axis.name for axis in self.axes}
        run = outcomes.grid.run
        method = [] if "optimizer" in words else [tr(run.family.title, "optimizer")]
        if "schedule" not in words and not run.rate_schedule.constant:
            method.append(tr(run.rate_schedule.title, "schedule"))
        size = " × ".join(f"{n:,}" for n in outcomes.grid.shape)
        return " · ".join([*method, tr("{size} runs, {steps} steps", size=size,
                                       steps=f"{outcomes.steps:,}")])  # fmt: skip

    @property
    def _asked(self) -> bool:
        """Whether runs had a goal that they could reach."""
        goal = self.outcomes.goal
        return goal.loss is not None or bool(goal.tolerance and self.outcomes.grid.problem.minima)

    # Painting

    def paint(self, painter: QPainter, within: QRectF) -> None:
        """Axes, runs, theory's boundary, and the key to the colours."""
        theme = self.theme
        self._lay_out(within)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if len(self.axes) == 2:
            small = self._image.width() > self.plot.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, small)
            painter.drawImage(self.plot, self._image)
        else:
            self._paint_curve(painter)
        painter.setPen(theme.color("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_boundary(painter)
        self._paint_bottom(painter)
        self._paint_left(painter)
        self._paint_key(painter, within)

    def paint_mark(self, painter: QPainter, places: tuple[int, ...]) -> None:
        """A frame around a run, where it was last painted."""
        cell = self.cell(places)
        grown = max(0.0, 7.0 - min(cell.width(), cell.height())) / 2.0
        frame = cell.adjusted(-grown, -grown, grown, grown)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("casing", 4.0), ("text", 1.5)):
            painter.setPen(QPen(self.theme.color(color), width))
            painter.drawRect(frame)

    def _lay_out(self, within: QRectF) -> None:
        metrics = QFontMetricsF(sized_font(self.theme, 0.85))
        line = metrics.height()
        texts = [text for _, text in self._left_ticks(200.0)]
        wide = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
        key = 0.0 if len(self.axes) == 1 else 16.0 + 4.6 * line
        self.plot = QRectF(
            within.left() + 1.6 * line + wide + 10.0,
            within.top() + 1.9 * line,
            max(60.0, within.width() - 1.6 * line - wide - 22.0 - key),
            max(60.0, within.height() - 5.0 * line - 4.0),
        )

    def _paint_bottom(self, painter: QPainter) -> None:
        area, font = self.plot, sized_font(self.theme, 0.85)
        line = QFontMetricsF(font).height()
        painter.setFont(font)
        painter.setPen(self.theme.color("muted"))
        end = -math.inf
        for share, text in _axis_ticks(self.axes[0], area.width() / (84.0 * line / 15.0)):
            width = QFontMetricsF(font).horizontalAdvance(text)
            left = area.left() + share * area.width() - width / 2.0
            if left > end:
                painter.drawText(QPointF(left, area.bottom() + 1.1 * line), text)
                end = left + width + 6.0
        place = QRectF(area.left(), area.bottom() + 1.4 * line, area.width(), 1.3 * line)
        self._paint_name(painter, place, target_name(self.axes[0].target))

    def _paint_left(self, painter: QPainter) -> None:
        area, font = self.plot, sized_font(self.theme, 0.85)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self.theme.color("muted"))
        wide = 0.0
        for share, text in self._left_ticks(area.height()):
            width = metrics.horizontalAdvance(text)
            wide = max(wide, width)
            y = area.bottom() - share * area.height() + 0.35 * metrics.ascent()
            painter.drawText(QPointF(area.left() - 6.0 - width, y), text)
        name = target_name(self.axes[1].target) if len(self.axes) == 2 else self.scale.title
        painter.save()
        painter.translate(area.left() - wide - 12.0, area.center().y())
        painter.rotate(-90.0)
        half = area.height() / 2.0
        place = QRectF(-half, -1.3 * metrics.height(), 2.0 * half, 1.3 * metrics.height())
        self._paint_name(painter, place, name)
        painter.restore()

    def _paint_name(self, painter: QPainter, place: QRectF, name: str) -> None:
        painter.setFont(sized_font(self.theme, 0.9))
        painter.setPen(self.theme.color("text"))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), name)

    def _left_ticks(self, height: float) -> list[tuple[float, str]]:
        line = QFontMetricsF(sized_font(self.theme, 0.85)).height()
        count = height / (3.0 * line)
        if len(self.axes) == 2:
            return _axis_ticks(self.axes[1], count)
        low, high = self.scale.low, self.scale.high
        return [((e - low) / (high - low), _text(e)) for e in ticks(low, high, count, log=True)]

    def _paint_key(self, painter: QPainter, within: QRectF) -> None:
        """The colour bar with its numbers, and what the other colours and the line mean."""
        area, theme = self.plot, self.theme
        font = sized_font(theme, 0.85)
        metrics = QFontMetricsF(font)
        line = metrics.height()
        painter.setFont(font)
        if len(self.axes) == 2:
            bar = QRectF(area.right() + 16.0, area.top(), line, area.height())
            shades = np.linspace(1.0, 0.0, 256)[:, None]
            low, high = self.scale.low, self.scale.high
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(bar, picture_of(self._colors(low + (high - low) * shades)))
            painter.setPen(theme.color("muted"))
            for e in ticks(low, high, area.height() / (3.0 * line), log=True):
                y = bar.bottom() - (e - low) / (high - low) * bar.height()
                painter.drawText(QPointF(bar.right() + 5.0, y + 0.35 * metrics.ascent()), _text(e))
            painter.save()
            painter.translate(within.right() - 2.0, area.center().y())
            painter.rotate(-90.0)
            half = area.height() / 2.0
            place = QRectF(-half, -1.3 * line, 2.0 * half, 1.3 * line)
            self._paint_name(painter, place, self.scale.title)
            painter.restore()
        x, y = area.left(), within.top() + 0.2 * line
        for color, text in self._entries():
            mark = QRectF(x, y + 0.15 * line, line if color else 2.0 * line, 0.75 * line)
            if color is None:
                middle = mark.center().y()
                self._stroke(painter, [QPointF(mark.left(), middle), QPointF(mark.right(), middle)])
            else:
                painter.setPen(theme.color("line"))
                painter.setBrush(color)
                painter.drawRect(mark)
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            x += mark.width() + 6.0
            painter.drawText(QPointF(x, y + metrics.ascent()), text)
            x += metrics.horizontalAdvance(text) + 18.0

    def _entries(self) -> list[tuple[QColor | None, str]]:
        """What stands beside the scale: diverged, not there, theory's line."""
        entries: list[tuple[QColor | None, str]] = []
        if self.diverged.any():
            entries.append((_diverged_color(self.theme), tr("beyond the limit")))
        if self.measure == SETTLED and (np.isnan(self.exponents) & ~self.diverged).any():
            text = tr("not there after {steps} steps", steps=self.outcomes.steps)
            entries.append((_absent_color(self.theme), text))
        if self.critical is not None:
            last = self.outcomes.grid.run_at(*(len(axis) - 1 for axis in self.axes))
            entries.append((None, tr("theory: α = {law}", law=last.method.law())))
        return entries

    def _paint_boundary(self, painter: QPainter) -> None:
        if self.critical is None:
            return
        rate = next(i for i, axis in enumerate(self.axes) if axis.name == "learning_rate")
        along = place_of(self.axes[rate], self.critical)
        n, area = len(self.axes[rate]), self.plot
        share = (along + 0.5) / n
        beside = (np.arange(len(share)) + 0.5) / len(share)
        if len(share) == 1:
            share, beside = np.repeat(share, 2), np.array([0.0, 1.0])
        x, y = (share, beside) if rate == 0 else (beside, share)
        points = [
            QPointF(area.left() + a * area.width(), area.bottom() - b * area.height())
            for a, b, s in zip(x.tolist(), y.tolist(), share.tolist(), strict=True)
            if 0.0 <= s <= 1.0
        ]
        self._stroke(painter, points)

    def _stroke(self, painter: QPainter, points: list[QPointF]) -> None:
        """A dashed line that is seen on any ground."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width, dash in (("casing", 3.6, ()), ("text", 1.8, (4.0, 2.5))):
            pen = QPen(self.theme.color(color), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if dash:
                pen.setDashPattern(list(dash))
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))

    def _paint_curve(self, painter: QPainter) -> None:
        """Over one field: the measure as a line, diverged runs as a shade."""
        area, n = self.plot, len(self.axes[0])
        painter.fillRect(area, self.theme.color("plot"))
        absent = np.isnan(self.exponents) & ~self.diverged
        shades = ((absent, _absent_color), (self.diverged, _diverged_color))
        for flags, color in shades:
            for begin, end in _spans(flags):
                left, right = self.cell((begin,)).left(), self.cell((end - 1,)).right()
                span = QRectF(left, area.top(), right - left, area.height())
                painter.fillRect(span, color(self.theme))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.color("accent"), self.theme.line_width))
        low, high = self.scale.low, self.scale.high
        x = area.left() + (np.arange(n) + 0.5) / n * area.width()
        y = area.bottom() - (self.exponents - low) / (high - low) * area.height()
        for begin, end in _spans(np.isfinite(self.exponents) & ~self.diverged):
            points = [QPointF(a, b) for a, b in zip(x[begin:end], y[begin:end], strict=True)]
            if len(points) == 1:
                painter.drawEllipse(points[0], 2.5, 2.5)
            else:
                painter.drawPolyline(QPolygonF(points))

    # Colours

    def _colors(self, exponents: Array) -> NDArray[np.uint8]:
        """(rows, columns, 3) of exponents, NaN as `_absent_color`."""
        share = self.scale.share(exponents)
        table = pg.colormap.get("cividis").getLookupTable(0.0, 1.0, 256)[:, :3]
        absent = np.isnan(share)
        colors = table[(np.where(absent, 0.0, share) * 255.0).astype(np.uint8)]
        colors[absent] = _rgb(_absent_color(self.theme))
        return np.asarray(colors, dtype=np.uint8)

    def _draw_image(self) -> QImage:
        thin = tuple(slice(None, None, -(-len(axis) // MOST_CELLS)) for axis in self.axes)
        colors = self._colors(self.exponents[thin])
        colors[self.diverged[thin]] = _rgb(_diverged_color(self.theme))
        return picture_of(colors.transpose(1, 0, 2)[::-1])


def _axis_ticks(axis: Axis, count: float) -> list[tuple[float, str]]:
    """(share of the axis's length, text) of its ticks."""
    n = len(axis)
    if axis.spacing == "list" or n == 1 or axis.target.field.kind == "int":
        stride = max(1, math.ceil(n / max(count, 1.0)))
        return [
            ((i + 0.5) / n, value_text(axis.target, axis.value(i))) for i in range(0, n, stride)
        ]
    low, high = float(axis.values[0]), float(axis.values[-1])
    log = axis.spacing == "log"
    ends = (math.log10(low), math.log10(high)) if log else (low, high)
    found = ticks(*ends, count, log=log)
    places = place_of(axis, np.array([10.0**v if log else v for v in found]))
    texts = [_text(v) if log else tick_text(v) for v in found]
    return [((p + 0.5) / n, text) for p, text in zip(places.tolist(), texts, strict=True)]


def _text(exponent: float) -> str:
    return tick_text(10.0**exponent) if -3.5 < exponent < 4.5 else power_text(exponent)


def _spans(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(begin, end) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _diverged_color(theme: Theme) -> QColor:
    return QColor("#8C3A26" if theme.is_dark else "#E59B80")


def _absent_color(theme: Theme) -> QColor:
    return QColor("#2B2E33" if theme.is_dark else "#E9EBEE")


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
