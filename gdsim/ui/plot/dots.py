"""Many equal dots at once: in a pixmap while they rest, as points of a pen while they move."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import numpy as np
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gdsim.engine.arrays import Array, Indices

MOST = 600
"""So many dots are drawn anew in a frame; of more, a sample."""
COUNTED = 20_000
"""So many samples are enough for a share in words, while each frame asks for it."""

_points = PrimitiveArray(QPointF, 2)


@lru_cache(maxsize=32)
def sample(size: int, most: int = MOST) -> Indices:
    """Places of all samples, or of `most` of them, the same ones each time."""
    places: Indices = np.arange(size)
    if size > most:
        places = np.sort(np.random.default_rng(0).choice(size, most, replace=False))
    places.flags.writeable = False
    return places


def draw_dots(
    painter: QPainter, px: Array, py: Array, color: QColor, size: float, *, square: bool = False
) -> None:
    """Dots of `size` pixels at these pixels (n,); those not finite or far outside are left out."""
    kept = (np.abs(px) < 1e4) & (np.abs(py) < 1e4)
    count = int(kept.sum())
    if not count:
        return
    pen = QPen(color, size)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap if square else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    _points.resize(count)
    memory = cast("Array", _points.ndarray())
    memory[:, 0], memory[:, 1] = px[kept], py[kept]
    cast("Any", painter).drawPoints(*_points.drawargs())
