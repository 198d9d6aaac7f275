"""What the colours of a surface stand for: a bar beside the picture, with round values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsWidget, QStyleOptionGraphicsItem, QWidget

from gdsim.engine.sentences import number
from gdsim.ui.looks import plain_tip
from gdsim.ui.plot.axis import power_text
from gdsim.ui.theme import Theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAR, GAP, TICK = 10.0, 8.0, 4.0
APART = 1.7
"""Heights of a line of text between two values at least."""
_DIGITS = ((1,), (3,), (2, 5))
"""First digits of round values, the most welcome first."""


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours' scale: a share of 0 … 1 of log(J − base + soft) between `low` and `high`."""

    base: float
    soft: float
    low: float
    high: float

    def share(self, loss: float) -> float:
        """Where that loss lies on the bar, from its lower end."""
        above = loss - self.base + self.soft
        if above <= 0.0:
            return -math.inf
        return (math.log(above) - self.low) / (self.high - self.low)

    def loss(self, share: float) -> float:
        """The loss at that place."""
        return math.exp(self.low + share * (self.high - self.low)) - self.soft + self.base


def values_on(shades: Shades, height: float, apart: float) -> list[float]:
    """Round losses for a bar `height` pixels high, and the least one, `apart` from each other."""
    least, most = shades.loss(0.0), shades.loss(1.0)
    chosen, places = [least], [0.0]
    sizes = [abs(least), abs(most), most - least]
    tops = [math.log10(size) for size in sizes if size > 0.0]
    if not tops:
        return chosen
    decades = range(math.floor(max(tops)) - 6, math.ceil(max(tops)) + 1)
    for digits in _DIGITS:
        found = [digit * 10.0**decade for decade in decades for digit in digits]
        for value in sorted([*found, *(-v for v in found), *([0.0] if digits == (1,) else [])]):
            share = shades.share(value)
            if not 0.0 <= share <= 1.0:
                continue
            place = share * height
            if all(abs(place - other) >= apart for other in places):
                chosen.append(value)
                places.append(place)
    return sorted(chosen)


class ColorBar(QGraphicsWidget):
    """Stands to the right of the plot area, as high as that."""

    def __init__(self) -> None:
        super().__init__()
        self._shades: Shades | None = None
        self._name = ""
        self._image = QImage()
        self._theme: Theme | None = None
        self._font = QFont()
        self.set_width(0.0)
        # It touches the plot area, so each frame would draw its texts again.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:
        """With the halves of the numbers at its ends."""
        half = 0.5 * QFontMetricsF(self._font).height()
        return self.rect().adjusted(0.0, -half, 0.0, half)

    @property
    def shades(self) -> Shades | None:
        """The scale that is shown."""
        return self._shades

    def set_width(self, width: float) -> None:
        """Take so much room beside the picture."""
        if self.maximumWidth() != width:
            self.setMinimumSize(QSizeF(width, 0.0))
            self.setMaximumWidth(width)
            self.setVisible(width > 0.0)

    def set_look(self, theme: Theme, font: QFont, palette: NDArray[np.uint8]) -> None:
        """The theme's colours along the bar, from low to high: (256, RGB)."""
        self.prepareGeometryChange()
        self._theme, self._font = theme, font
        data = np.ascontiguousarray(palette[::-1, None, :])
        image = QImage(data.tobytes(), 1, len(data), 3, QImage.Format.Format_RGB888)
        self._image = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()

    def show_shades(self, shades: Shades | None, name: str) -> None:
        """The scale of the picture as it is, and what is measured."""
        if (shades, name) != (self._shades, self._name):
            self._shades, self._name = shades, name
            self.setToolTip(plain_tip(name))
            self.update()

    def values(self) -> list[tuple[float, float]]:
        """The values beside the bar, and how far down they stand in pixels."""
        bar = self._bar()
        if self._shades is None or bar.height() <= 0.0:
            return []
        tall = QFontMetricsF(self._font).height()
        found = values_on(self._shades, bar.height(), APART * tall)
        return [(v, bar.bottom() - self._shades.share(v) * bar.height()) for v in found]

    def _bar(self) -> QRectF:
        return QRectF(GAP, 0.0, BAR, self.rect().height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        theme = self._theme
        if theme is None or self._shades is None:
            return
        bar = self._bar()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._image)
        painter.setPen(QPen(theme.color("line"), 1.0))
        painter.drawRect(bar)
        painter.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        tall = metrics.height()
        room = self.rect().width() - bar.right() - TICK - 3.0
        places = self.values()
        powers = has_powers(self._shades)
        for value, y in places:
            painter.setPen(QPen(theme.color("muted"), 1.0))
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + TICK, y))
            top = min(max(y - tall / 2, -tall / 4), bar.bottom() - tall + 1.0)
            box = QRectF(bar.right() + TICK + 3.0, top, room, tall)
            text = written(value, metrics, room, powers=powers)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def has_powers(shades: Shades) -> bool:
    """Whether the numbers beside a bar are powers of ten: all of them, or none."""
    return max(abs(shades.loss(0.0)), abs(shades.loss(1.0))) >= 1e5


def written(value: float, metrics: QFontMetricsF, room: float, *, powers: bool = False) -> str:
    """The value with up to three digits, as many as have room."""
    if powers and value != 0.0:
        sign, exponent = "−" if value < 0.0 else "", math.log10(abs(value))
        texts = [sign + power_text(exponent, digits) for digits in (2, 1, 0)]
        return next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])
    plain = (5,) if 1e3 <= abs(value) < 1e5 else ()  # 2000 beside 300, not 2×10³
    texts = [number(value, digits) for digits in (*plain, 3, 2, 1)]
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])


def bar_width(font: QFont) -> float:
    """Room for the bar and values such as 0.0123."""
    return GAP + BAR + TICK + 3.0 + QFontMetricsF(font).horizontalAdvance("0.0000") + 2.0
