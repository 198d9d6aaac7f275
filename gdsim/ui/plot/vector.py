"""Lines for paper: whole polylines in place of the pixels that a window needs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPainterPath, QPen

from gdsim.engine.arrays import Array
from gdsim.ui.plot.polylines import clip
from gdsim.ui.theme import Dash

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
        painter.setPen(_pen(casing, width + 2.4, ()))
        painter.drawPath(path)
    painter.setPen(_pen(color, width, dash))
    painter.drawPath(path)


def _pen(color: QColor, width: float, dash: Dash) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def _clipped_path(points: Array, area: QRectF) -> QPainterPath:
    """Not every reader of SVG minds a clip, so the lines end at the area by themselves."""
    path = QPainterPath()
    if len(points) < 2:
        return path
    end: tuple[float, float] | None = None
    for x0, y0, x1, y1 in clip(np.concatenate([points[:-1], points[1:]], axis=1), area).tolist():
        if end != (x0, y0):
            path.moveTo(x0, y0)
        path.lineTo(x1, y1)
        end = x1, y1
    return path
