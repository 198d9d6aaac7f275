"""Lines for paper: whole polylines in place of the pixels that a window needs."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPainterPath, QPen

from gdsim.engine.arrays import Array
from gdsim.ui.plot.polylines import clip, dashes
from gdsim.ui.plot.trail import FULL, Strokes
from gdsim.ui.theme import Dash

CASING = 1.2
"""Pixels of casing at either side of a line."""
HAIR = 1.1
"""Width of a line where it lies over itself: wider than a pixel, for hairs are cut at clips."""
JOINED = 1e-6
"""Pixels: a segment that begins no farther from the end of the one before it goes on from there."""
MOST_POINTS = 8000
"""Of a line; more could not be told apart on paper."""


def is_vector(painter: QPainter) -> bool:
    """Whether what is painted becomes lines and text of a file instead of pixels."""
    engine = painter.paintEngine()
    kinds = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)
    return engine is not None and engine.type() in kinds


def draw_polyline(
    painter: QPainter,
    points: Array,
    color: QColor,
    width: float,
    dash: Dash,
    casing: QColor | None,
    area: QRectF,
) -> None:
    """One path through the points (n, 2), on its casing, as far as it lies within the area."""
    if len(points) > MOST_POINTS:
        points = points[np.linspace(0, len(points) - 1, MOST_POINTS).astype(np.int64)]
    path = _clipped_path(points, area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if casing is not None:
        painter.setPen(_pen(casing, width + 2.0 * CASING, ()))
        painter.drawPath(path)
    painter.setPen(_pen(color, width, dash))
    painter.drawPath(path)


def draw_strokes(
    painter: QPainter,
    strokes: Strokes,
    color: QColor,
    width: float,
    dash: Dash,
    casing: QColor | None,
    area: QRectF,
) -> None:
    """Segments of a line, thin where it lies over itself; their casing lies under all of them."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if casing is not None:
        painter.setPen(_pen(casing, width + 2.0 * CASING, ()))
        painter.drawPath(_path_along(strokes.of(FULL)[0], area))
    lengths = [part * width for part in dash]
    for level, segments, starts in strokes.runs():
        cut = dashes(segments, starts, lengths) if lengths else segments
        pen = _pen(color, width if level == FULL else min(HAIR, width), ())
        if lengths:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawPath(_path_along(cut, area))


def _pen(color: QColor, width: float, dash: Dash) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def _clipped_path(points: Array, area: QRectF) -> QPainterPath:
    """Not every reader of SVG minds a clip, so the lines end at the area by themselves."""
    if len(points) < 2:
        return QPainterPath()
    return _path_along(np.concatenate([points[:-1], points[1:]], axis=1), area)


def _path_along(segments: Array, area: QRectF) -> QPainterPath:
    path = QPainterPath()
    if not len(segments):
        return path
    end = math.inf, math.inf
    for x0, y0, x1, y1 in clip(segments, area).tolist():
        if not (abs(x0 - end[0]) < JOINED and abs(y0 - end[1]) < JOINED):
            path.moveTo(x0, y0)
        path.lineTo(x1, y1)
        end = x1, y1
    return path
