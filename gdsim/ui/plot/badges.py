"""Numbers of many runs: a column beside their ends, with leader lines; and those out of sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gdsim.engine.arrays import Array
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.plot.marks import Stamps, label_size, spread
from gdsim.ui.plot.polylines import clipped_segment
from gdsim.ui.theme import RunStyle, Theme

FEWEST = 5
"""So many runs in sight have their numbers in a column."""
MARGIN, APART = 8.0, 4.0
_LAZY = 40
"""So many more points must be hidden before a column changes sides: nothing shall hop about."""


class Column:
    """Boxes for labels at the side of the picture that hides less, in the order of their ends."""

    def __init__(self) -> None:
        self._right = False

    def forget(self) -> None:
        """Choose anew next time."""
        self._right = False

    def place(
        self,
        ends: Sequence[QPointF],
        sizes: Sequence[tuple[float, float]],
        area: QRectF,
        points: Array,
        taken: Sequence[QRectF],
    ) -> list[QRectF]:
        """A box for each end, over as few `points` (n, 2) as may be and off `taken`."""
        wide = max((width for width, _ in sizes), default=0.0)
        tall = max((height for _, height in sizes), default=0.0)
        room = len(ends) * (tall + APART)
        found = []
        for right in (False, True):
            x = area.right() - MARGIN - wide if right else area.left() + MARGIN
            strip = QRectF(x, area.top() + MARGIN, wide, max(area.height() - 2 * MARGIN, tall))
            for box in taken:
                if box.intersects(strip) and strip.height() - box.height() > room:
                    if box.center().y() < area.center().y():
                        strip.setTop(max(strip.top(), box.bottom() + APART))
                    else:
                        strip.setBottom(min(strip.bottom(), box.top() - APART))
            low, high = strip.top() + tall / 2, max(strip.bottom() - tall / 2, strip.top() + tall)
            middles = spread([end.y() for end in ends], tall + APART, low, high)
            boxes = [
                QRectF(x + (wide - w) / 2, y - h / 2, w, h)
                for y, (w, h) in zip(middles, sizes, strict=True)
            ]
            found.append((_hidden(points, boxes), boxes))
        here, there = found[self._right][0], found[not self._right][0]
        if here > there + _LAZY:
            self._right = not self._right
        return found[self._right][1]


def paint_leaders(
    painter: QPainter, ends: Sequence[QPointF], boxes: Sequence[QRectF], color: QColor
) -> None:
    """A thin line from each label to the end that it names: level first, then straight there."""
    painter.setPen(QPen(color, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for end, box in zip(ends, boxes, strict=True):
        left = end.x() > box.center().x()
        start = QPointF(box.right() if left else box.left(), box.center().y())
        knee = start + QPointF(min(box.height(), abs(end.x() - start.x())) * (1 if left else -1), 0)
        painter.drawPolyline([start, knee, end])


def left_by(way: Array, end: QPointF, area: QRectF) -> tuple[QPointF, bool]:
    """Where a run that ends outside the area is named, and whether it has been inside before.

    `way` are its points in pixels, (n, 2); those not finite are gaps. It is where the way crosses
    the edge for the last time; of one that was never inside, the place nearest to its end.
    """
    x, y = way[:, 0], way[:, 1]
    with np.errstate(invalid="ignore"):
        inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    seen = np.flatnonzero(inside)
    if len(seen):
        last = int(seen[-1])
        at = QPointF(*way[last].tolist())
        after = way[last + 1 :]
        after = after[np.isfinite(after).all(axis=1)]
        beyond = QPointF(*after[0].tolist()) if len(after) else end
        crossed = clipped_segment(at, beyond, area) if _is_finite(beyond) else None
        return (at if crossed is None else crossed[1]), True
    if not _is_finite(end):
        ends = way[np.isfinite(way).all(axis=1)]
        end = QPointF(*ends[-1].tolist()) if len(ends) else area.center()
    return QPointF(
        min(max(end.x(), area.left()), area.right()), min(max(end.y(), area.top()), area.bottom())
    ), False


@dataclass(frozen=True, slots=True)
class Gone:
    """A run that is out of sight: its look, its way in pixels (n, 2), and where it would be."""

    style: RunStyle
    way: Array
    at: QPointF


def paint_gone(
    painter: QPainter,
    stamps: Stamps,
    gone: Sequence[Gone],
    words: tuple[str, str],
    area: QRectF,
    taken: Sequence[QRectF],
    theme: Theme,
) -> list[QRectF]:
    """Each number where its run left the area, and beside it the first or second of the words.

    The first are for those that have been inside. Returns the boxes that are covered.
    """
    bold, font = sized_font(theme, 0.75, bold=True), sized_font(theme, 0.8)
    places = [left_by(one.way, one.at, area) for one in gone]
    sizes = [label_size(one.style.label, bold) for one in gone]
    boxes: list[QRectF] = []
    for (at, _), (width, height) in zip(places, sizes, strict=True):
        inner = area.adjusted(MARGIN, MARGIN, -MARGIN - width, -MARGIN - height)
        box = QRectF(0.0, 0.0, width, height)
        x = min(max(at.x() - width / 2, inner.left()), inner.right())
        y = min(max(at.y() - height / 2, inner.top()), inner.bottom())
        tops = [y + way * n * (height + APART) for n in range(8) for way in (1, -1)]
        for top in tops:
            box.moveTo(x, top)
            free = not any(box.intersects(one) for one in (*taken, *boxes))
            if free and inner.top() <= top <= inner.bottom():
                break
        else:
            box.moveTo(x, y)
        boxes.append(box)
    said: list[QRectF] = []
    for one, (_, was_inside), box in zip(gone, places, boxes, strict=True):
        others = [*taken, *said, *(other for other in boxes if other is not box)]
        text = words[0] if was_inside else words[1]
        place = beside(box, text, font, area, others)
        if place is not None:
            draw_words(painter, place, text, font, theme)
            said.append(place)
        stamps.label(painter, box, one.style, bold, theme.color("casing"), strong=False)
    return [*boxes, *said]


def paint_rows(
    painter: QPainter,
    stamps: Stamps,
    rows: Mapping[str, Sequence[RunStyle]],
    corner: QPointF,
    area: QRectF,
    theme: Theme,
) -> list[QRectF]:
    """From a corner downwards, what is said of runs that are not seen, each with their numbers.

    Returns the boxes that are covered.
    """
    bold, font = sized_font(theme, 0.75, bold=True), sized_font(theme, 0.8)
    metrics = QFontMetricsF(font)
    tall = max(metrics.height(), label_size("1", bold)[1]) + 2.0
    room = max(area.right() - corner.x() - MARGIN, 1.0)
    covered, top = [], corner.y()
    for text, styles in rows.items():
        sizes = [label_size(style.label, bold) for style in styles]
        numbers = sum(width + APART for width, _ in sizes)
        said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room - numbers, 0.0))
        words = QRectF(corner.x(), top, metrics.horizontalAdvance(said) + 6.0, tall)
        draw_words(painter, words, said, font, theme)
        x = words.right() + APART
        for style, (width, height) in zip(styles, sizes, strict=True):
            box = QRectF(x, top + (tall - height) / 2, width, height)
            stamps.label(painter, box, style, bold, theme.color("plot"), strong=False)
            x += width + APART
        covered.append(QRectF(words.left(), top, x - words.left(), tall))
        top += tall + APART
    return covered


def beside(
    label: QRectF, text: str, font: QFont, area: QRectF, taken: Sequence[QRectF]
) -> QRectF | None:
    """Room for words to the left of a label, or to its right; None where there is none."""
    metrics = QFontMetricsF(font)
    wide, tall = metrics.horizontalAdvance(text) + 6.0, metrics.height()
    for x in (label.left() - wide - 2.0, label.right() + 2.0):
        box = QRectF(x, label.center().y() - tall / 2, wide, tall)
        if area.contains(box) and not any(box.intersects(one) for one in taken):
            return box
    return None


def draw_words(painter: QPainter, box: QRectF, text: str, font: QFont, theme: Theme) -> None:
    """The words, on a ground of their own."""
    ground = theme.color("panel")
    ground.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3.0, 3.0)
    painter.setPen(theme.color("text"))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _is_finite(at: QPointF) -> bool:
    return bool(np.isfinite([at.x(), at.y()]).all())


def _hidden(points: Array, boxes: Sequence[QRectF]) -> int:
    """How many of the points (n, 2) lie in boxes beneath each other."""
    if not boxes:
        return 0
    sides = np.array([box.getCoords() for box in boxes])
    x = points[:, 0]
    with np.errstate(invalid="ignore"):  # most points are beside all boxes
        near = points[(x >= sides[:, 0].min()) & (x <= sides[:, 2].max())]
    x, y = near[:, :1], near[:, 1:]
    left, top, right, bottom = sides.T
    with np.errstate(invalid="ignore"):
        inside = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    return int(np.count_nonzero(inside))
