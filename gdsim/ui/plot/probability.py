"""A probability as an area of colours, and a strip that says which is which."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from gdsim.engine.arrays import Array
from gdsim.ui.plot.canvas import Projection, sized_font
from gdsim.ui.plot.relief import palette_of, picture_of
from gdsim.ui.theme import Theme

COLUMNS, ROWS = 72, 54
"""Places at which the probability is worked out: between them the picture is smoothed."""
STRIP = QRectF(0.0, 0.0, 84.0, 8.0)

Probability = Callable[[Array], Array]
"""(2, n) places → (n,), 0 … 1."""


class ProbabilityArea:
    """Paints the area; it is worked out anew only where `key` or the picture's place changes."""

    def __init__(self) -> None:
        self._known: tuple[Hashable, QImage] | None = None

    def paint(
        self,
        painter: QPainter,
        projection: Projection,
        theme: Theme,
        key: Hashable,
        probability: Probability,
    ) -> None:
        """The area under everything else, and the strip in its corner."""
        whole = key, projection, theme
        if self._known is None or self._known[0] != whole:
            self._known = whole, _picture(projection, theme, probability)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(projection.area, self._known[1])
        painter.restore()

    @staticmethod
    def paint_strip(painter: QPainter, projection: Projection, theme: Theme) -> None:
        """p from 0 to 1 in the colours of the area, in the lower right corner."""
        font = sized_font(theme, 0.8)
        painter.setFont(font)
        tall = painter.fontMetrics().height()
        wide = painter.fontMetrics().horizontalAdvance("p = 0")
        right = projection.width - 10.0 - painter.fontMetrics().horizontalAdvance("1") - 6.0
        strip = STRIP.translated(right - STRIP.width(), projection.height - tall - 4.0)
        around = QRectF(
            strip.left() - wide - 12.0, strip.center().y() - tall / 2 - 2.0,
            projection.width - 4.0 - strip.left() + wide + 12.0, tall + 4.0,
        )  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("plot"))
        painter.drawRoundedRect(around, 4.0, 4.0)
        painter.drawImage(strip, picture_of(palette_of(theme)[None]))
        painter.setPen(QPen(theme.color("text")))
        middle = strip.center().y() + 0.35 * tall
        painter.drawText(QPointF(strip.left() - wide - 6.0, middle), "p = 0")
        painter.drawText(QPointF(strip.right() + 6.0, middle), "1")


def _picture(projection: Projection, theme: Theme, probability: Probability) -> QImage:
    across = (np.arange(COLUMNS) + 0.5) / COLUMNS
    down = (np.arange(ROWS) + 0.5) / ROWS
    x = projection.left + across * (projection.right - projection.left)
    y = projection.top + down * (projection.bottom - projection.top)
    places = np.stack([np.tile(x, ROWS), np.repeat(y, COLUMNS)])
    with np.errstate(all="ignore"):
        values = np.nan_to_num(probability(places), nan=0.5)
    shades = np.rint(255.0 * np.clip(values, 0.0, 1.0)).astype(np.uint8)
    return picture_of(palette_of(theme)[shades.reshape(ROWS, COLUMNS)])
