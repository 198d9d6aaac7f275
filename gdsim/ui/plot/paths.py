"""All lines of a plot, painted together; what is drawn as a line grows is what is drawn at once.

Each line is kept on a layer of its own, and all layers together in one picture. While lines only
grow, a frame draws what was added, and lays the layers anew over each other where they changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRegion

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.history import LOSS, Trace
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.polylines import dashes, draw_all, project, with_corners
from gdsim.ui.plot.sheet import Sheet
from gdsim.ui.plot.trail import FULL, Strokes, Trail
from gdsim.ui.plot.vector import CASING, HAIR, draw_polyline, draw_strokes, is_vector
from gdsim.ui.theme import Dash

BRIDGED = 12.0
"""Pixels that a curve over the steps may go on and wait, bridged by a stroke."""
UNSEEN = 3.0
"""Pixels that an addition may span and wait: the marker at the line's end covers them."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One polyline; `x`, `y` (n,) in values, not logarithms.

    `source` says whose past it is: as long as it is the same object, a line only grows, or is told
    less finely (`Trace.lineage`). `steps` (n,) ascend and number the points; None where x does so.
    `monotone` lines have ascending x; those with `stairs` keep each value until the next. A casing
    of None is left out.
    """

    key: int
    x: Array | Indices
    y: Array
    source: object
    color: QColor
    width: float
    dash: Dash = ()
    casing: QColor | None = None
    monotone: bool = False
    stairs: bool = False
    steps: Indices | None = None

    def added_after(self, step: float) -> int:
        """The place of the first point beyond `step`."""
        return int(self._order.searchsorted(step, side="right"))

    def step_at(self, place: int) -> float:
        """The step of one point."""
        return float(self._order[place])

    @property
    def last_step(self) -> float:
        return float(self._order[-1]) if len(self._order) else -math.inf

    @property
    def memory(self) -> object:
        """What the points lie in: another one where a history has been sifted."""
        base = self._order.base
        return self._order if base is None else base

    @property
    def _order(self) -> Array | Indices:
        return self.x if self.steps is None else self.steps

    def looks_like(self, other: Line) -> bool:
        return (self.key, self.color, self.width, self.dash, self.casing) == (
            other.key, other.color, other.width, other.dash, other.casing,
        )  # fmt: skip


class _Layer:
    """One line on a picture of its own, of the size of the plot area in device pixels.

    Its casing is on another: so it lies under the whole line, covers what is beneath it no more
    where it crosses itself, and both are the same however the line has grown. It is drawn opaque,
    for Qt takes ten times as long for wide lines that are not, and laid down with its opacity.
    `rest` is drawn with each frame.
    """

    def __init__(self, line: Line, projection: Projection, log: bool) -> None:
        self.line = line
        self.picture: QPixmap | None = None
        self.casing: QPixmap | None = None
        self.last = -math.inf
        """The step up to which the points are done with."""
        self._trail = Trail(
            projection, log=log, monotone=line.monotone, thins=not line.monotone,
            stairs=line.stairs,
        )  # fmt: skip
        self.rest: Strokes | None = None
        self.rest_bounds = QRect()
        self._projection, self._log = projection, log
        self._patience = BRIDGED if line.monotone else UNSEEN
        self._taken: tuple[float, float, float] | None = None
        """The step up to which points were looked at, and where that one is in pixels."""
        self.covered = QRect()
        """Device pixels that are drawn upon."""

    def grow(self, line: Line, canvas: Sheet, hurried: bool) -> QRect:
        """Take up what has come; the device pixels that are others now.

        `hurried`, what is too little to be seen waits: taken up later it is drawn the same.
        """
        self.line = line
        if hurried and self._may_wait(line):
            return QRect()
        self._taken = self._newest(line)
        begin = line.added_after(self.last)
        if begin == len(line.x):
            return QRect()
        # Strokes end square: one that goes aslant reaches as far as its corner.
        room = math.sqrt(2.0) * (0.5 * line.width + CASING) + 1.0
        drawn, rest, done = self._trail.take(line.x[begin:], line.y[begin:])
        if done:
            self.last = line.step_at(begin + done - 1)
        changed = self.rest_bounds
        bounds = canvas.bounds(drawn, room)
        if not bounds.isEmpty():
            if self.picture is None:
                self.picture = canvas.blank()
                self.casing = canvas.blank() if line.casing is not None else None
            draw_on(canvas, self.picture, self.casing, drawn, line)
            self.covered = self.covered.united(bounds)
            changed = changed.united(bounds)
        self.rest = rest if rest.levels.any() else None
        self.rest_bounds = QRect() if self.rest is None else canvas.bounds(self.rest, room)
        return changed.united(self.rest_bounds)

    def _newest(self, line: Line) -> tuple[float, float, float] | None:
        if not len(line.x):
            return None
        y = float(line.y[-1])
        if self._log:
            y = math.log10(y) if y > 0.0 else math.nan
        at = self._projection.point(float(line.x[-1]), y)
        return line.last_step, at.x(), at.y()

    def _may_wait(self, line: Line) -> bool:
        """Whether what was added spans too little; most frames of a run at rest end here."""
        if self._taken is None:
            return False
        step, at_x, at_y = self._taken
        added = line.added_after(step)
        if added == len(line.x):
            return True
        p = self._projection
        across = p.width / (p.right - p.left)
        if line.monotone:
            return (float(line.x[-1]) - p.left) * across - at_x < self._patience
        down = p.height / (p.top - p.bottom)
        x, y = line.x[added:], line.y[added:]
        # Not where a value is not finite: comparisons with nan are false.
        return (
            abs((float(x.min()) - p.left) * across - at_x) < UNSEEN
            and abs((float(x.max()) - p.left) * across - at_x) < UNSEEN
            and abs((p.top - float(y.max())) * down - at_y) < UNSEEN
            and abs((p.top - float(y.min())) * down - at_y) < UNSEEN
        )

    def bridge(self, painter: QPainter) -> None:
        """A stroke over what waits, so that the line does not end before its marker."""
        now = self._newest(self.line)
        if self._taken is None or now is None or now[0] == self._taken[0]:
            return
        ends = (*self._taken[1:], *now[1:])
        if self.line.monotone and all(map(math.isfinite, ends)):
            painter.setPen(_pen(self.line.color, self.line.width, False))
            old_x, old_y, x, y = ends
            corner = old_y if self.line.stairs else y
            painter.drawLines([QLineF(old_x, old_y, x, corner), QLineF(x, corner, x, y)])


class Ink:
    """The drawn lines of one plot."""

    def __init__(self) -> None:
        self._key: object = None
        self._sheet = Sheet(1, 1, 1.0)
        self._whole = QPixmap()
        """All layers together."""
        self._scratch: tuple[QPixmap, QPixmap] | None = None
        self._under: list[_Layer] = []
        self._layers: list[_Layer] = []

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._key = None

    def paint(
        self,
        painter: QPainter,
        projection: Projection,
        resolution: float,
        lines: Sequence[Line],
        under: Sequence[Line] = (),
        *,
        log: bool = False,
        hurried: bool = False,
    ) -> None:
        """Paint `lines` over `under` (those that do not grow); on a logarithmic y axis if `log`.

        `hurried`, what histories have sifted stays as it was drawn.
        """
        if is_vector(painter):
            for line in (*under, *lines):
                draw_on_paper(painter, projection, line, log)
            return
        key = projection, resolution, log
        changed = QRegion()
        if key != self._key:
            self._key = key
            self._lay_out(Sheet.over(projection, resolution, self._sheet))
        self._under, below = self._grown(self._under, under, projection, log, hurried)
        self._layers, above = self._grown(self._layers, lines, projection, log, hurried)
        changed = below.united(above)
        if not changed.isEmpty():
            self._put_together(changed)
        self._whole.setDevicePixelRatio(resolution)
        painter.drawPixmap(0, 0, self._whole)
        if hurried:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for layer in self._layers:
                layer.bridge(painter)

    def _lay_out(self, sheet: Sheet) -> None:
        """Begin with nothing drawn."""
        if sheet is self._sheet:
            sheet.take_back(
                [
                    (picture, one.covered)
                    for one in (*self._under, *self._layers)
                    for picture in (one.picture, one.casing)
                    if picture is not None
                ]
            )
            self._whole.fill(Qt.GlobalColor.transparent)
        else:
            self._sheet, self._whole, self._scratch = sheet, sheet.blank(), None
        self._under, self._layers = [], []

    def _grown(
        self,
        layers: list[_Layer],
        lines: Sequence[Line],
        projection: Projection,
        log: bool,
        hurried: bool,
    ) -> tuple[list[_Layer], QRegion]:
        """The layers of these lines: those that are there where they serve, with what has come."""
        changed = QRegion()
        now: list[_Layer] = []
        for place, line in enumerate(lines):
            layer = layers[place] if place < len(layers) else None
            if layer is None or not _grows_to(layer, line, hurried):
                changed = changed.united(self._all_of(layer))
                layer = _Layer(line, projection, log)
            now.append(layer)
            changed = changed.united(layer.grow(line, self._sheet, hurried))
        for layer in layers[len(lines) :]:
            changed = changed.united(self._all_of(layer))
        return now, changed

    def _all_of(self, layer: _Layer | None) -> QRect:
        return QRect() if layer is None else layer.covered.united(layer.rest_bounds)

    def _put_together(self, changed: QRegion) -> None:
        """Lay the layers over each other anew, where they have changed."""
        sheet = self._sheet
        self._whole.setDevicePixelRatio(1.0)
        painter = QPainter(self._whole)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for rect in _rects(changed):
            painter.fillRect(rect, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for layer in (*self._under, *self._layers):
            over = changed.intersected(layer.rest_bounds)
            if layer.picture is not None:
                rects = _rects(changed.intersected(layer.covered).subtracted(over))
                _lay(painter, rects, layer.picture, layer.casing, layer.line)
            if layer.rest is not None and not over.isEmpty():
                if self._scratch is None:
                    self._scratch = sheet.blank(), sheet.blank()
                self._draw_rest(layer, *self._scratch)
                _lay(painter, _rects(over), *self._scratch, layer.line)
        painter.end()

    def _draw_rest(self, layer: _Layer, ink: QPixmap, casing: QPixmap) -> None:
        """A layer with its rest upon it, as if that were part of it.

        Without a clip: Qt cuts flat lines at it, and rounds them otherwise.
        """
        assert layer.rest is not None
        cased = layer.line.casing is not None
        for scratch, picture in ((ink, layer.picture), (casing, layer.casing))[: 1 + cased]:
            with QPainter(scratch) as copier:
                copier.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                if picture is None:
                    copier.fillRect(layer.rest_bounds, Qt.GlobalColor.transparent)
                else:
                    copier.drawPixmap(layer.rest_bounds, picture, layer.rest_bounds)
        draw_on(self._sheet, ink, casing, layer.rest, layer.line)


def _rects(region: QRegion) -> list[QRect]:
    return [region.boundingRect()] if region.rectCount() == 1 else list(region)  # type: ignore[call-overload] # iterable, though the stubs do not say so


def _grows_to(layer: _Layer, line: Line, hurried: bool) -> bool:
    """Whether what is drawn of a line is a beginning of this one."""
    old = layer.line
    return (
        line.source is old.source
        and line.last_step >= old.last_step
        and line.looks_like(old)
        and (hurried or line.memory is old.memory)
    )


def _lay(
    painter: QPainter, rects: Sequence[QRect], ink: QPixmap, casing: QPixmap | None, line: Line
) -> None:
    """Lay parts of a line down: its casing, its ink upon it."""
    for rect in rects:
        if casing is not None and line.casing is not None:
            painter.setOpacity(line.casing.alphaF())
            painter.drawPixmap(rect, casing, rect)
            painter.setOpacity(1.0)
        painter.drawPixmap(rect, ink, rect)


def draw_on(
    sheet: Sheet, ink: QPixmap, casing: QPixmap | None, strokes: Strokes, line: Line
) -> None:
    """Draw segments one after the other, their casing on a picture of its own."""
    full, _ = strokes.of(FULL)
    if casing is not None and line.casing is not None and len(full):
        opaque = QColor(line.casing.rgb())
        with sheet.painter(casing) as painter:
            draw_all(painter, full, _pen(opaque, line.width + 2.0 * CASING, False))
    dash = [part * line.width for part in line.dash]
    with sheet.painter(ink) as painter:
        for level, segments, starts in strokes.runs():
            cut = dashes(segments, starts, dash) if dash else segments
            width = line.width if level == FULL else min(HAIR, line.width)
            draw_all(painter, cut, _pen(line.color, width, bool(dash)))


def draw_on_paper(painter: QPainter, projection: Projection, line: Line, log: bool) -> None:
    """The whole polyline, for files that hold lines instead of pixels.

    One that may lie over itself is as thin there as on the screen: it hides no landscape.
    """
    look = line.color, line.width, line.dash, line.casing
    if not line.monotone:
        trail = Trail(projection, log=log, monotone=False, thins=True)
        for strokes in trail.take(line.x, line.y)[:2]:
            draw_strokes(painter, strokes, *look, projection.area)
        return
    points = project(line.x, line.y, projection, log, line.monotone)
    if line.stairs:
        points = with_corners(points[:0], points)
    draw_polyline(painter, points, *look, projection.area)


def _pen(color: QColor, width: float, flat: bool) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.SquareCap)
    return pen


def to_the_limit(trace: Trace, x: Array, y: Array) -> tuple[Array, Array]:
    """The way with gaps where it is beyond the limit; crossing lines would hide the rest.

    The first point beyond it is there, so that the line goes out; where it comes back is not known
    before it has, and what was drawn shall stay.
    """
    within = trace.rows[:, LOSS] <= trace.limit
    if within.all():
        return x, y
    seen = within.copy()
    seen[1:] |= within[:-1]
    return np.where(seen, x, np.nan), np.where(seen, y, np.nan)
