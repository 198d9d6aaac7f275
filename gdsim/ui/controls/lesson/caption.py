"""The observation's text, where the view that it speaks of is emptiest."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QWidget

from gdsim.engine.arrays import Array
from gdsim.ui.controls.lesson.markdown import rich_text
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import LIGHT, Theme

WIDEST, SHARE = 300, 0.6
"""Pixels of type 13 pixels high, and share of the picture's width, that it takes at most."""
MARGIN = 12
REST_MILLISECONDS = 60
"""A picture that is being resized is looked at when it has rested for so long."""
GRAIN = 4
"""Pixels a side of what counts as one cell, where the picture is looked at for empty corners."""


class Caption(PlainLabel):
    """Lies over the picture; the pointer goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lesson.caption")
        self.setProperty("caption", True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setMargin(8)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._home = parent
        self._area, self._size = QRect(), QSize()
        self._picture: QWidget | None = None
        self._unit = 1.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._come_back)
        self.hide()

    def say_in(self, picture: QWidget, area: QRect, text: str, theme: Theme) -> None:
        """Say it in that part of the picture; the picture is looked at as it is now."""
        if self._picture is not picture:
            if self._picture is not None:
                self._picture.removeEventFilter(self)
            self._picture = picture
            picture.installEventFilter(self)
            self.setParent(picture)
        self._size = picture.size()
        self._area, self._unit = area, theme.text_points / LIGHT.text_points
        font = QFont(self.font())
        font.setPointSizeF(theme.text_points)
        self.setFont(font)
        self.setText(rich_text(text))
        self.style().unpolish(self)
        self.style().polish(self)
        self.hide()  # it shall not see itself
        self.place()
        self.show()
        self.raise_()

    def end(self) -> None:
        """Say nothing any more."""
        self._rest.stop()
        self.hide()
        if self._picture is not None:
            self._picture.removeEventFilter(self)
            self._picture = None
            self.setParent(self._home)

    def place(self) -> None:
        """Go where it hides least."""
        picture = self._picture
        if picture is None:
            return
        area = self._area.intersected(picture.rect())
        wide = min(round(WIDEST * self._unit), round(SHARE * area.width()))
        self.setFixedWidth(max(wide, 120))
        size = QSize(self.width(), self.heightForWidth(self.width()))
        self.resize(size)
        margin = round(MARGIN * self._unit)
        left, top = area.left() + margin, area.top() + margin
        right = max(area.right() - margin - size.width(), left)
        foot = max(area.bottom() - margin - size.height(), top)
        # Corners first: of places that hide as little the one at the edge is taken.
        across, down = (
            [low, high, (low + high) // 2] for low, high in ((left, right), (top, foot))
        )
        places = [QPoint(x, y) for y in down for x in across]
        image = picture.grab().toImage()
        ink = _ink_of(image.scaled(picture.width() // GRAIN, picture.height() // GRAIN))
        self.move(min(places, key=lambda place: _hidden(ink, QRect(place, size))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = event.type() == QEvent.Type.Resize and watched is self._picture
        if resized and self._picture is not None and self._picture.size() != self._size:
            # Not at once: looking at the picture may lay it out, and resize it again.
            self._size, self._area = self._picture.size(), self._picture.rect()
            self.hide()
            self._rest.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _come_back(self) -> None:
        self.place()
        self.show()


def _ink_of(image: QImage) -> Array:
    """How much each cell differs from its neighbours: (rows, columns)."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    shape = grey.height(), grey.bytesPerLine()
    cells = np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(shape)[:, : grey.width()]
    values = cells.astype(np.float64)
    ink = np.zeros_like(values)
    ink[:, 1:] += np.abs(np.diff(values, axis=1))
    ink[1:] += np.abs(np.diff(values, axis=0))
    return ink


def _hidden(ink: Array, box: QRect) -> float:
    """What of it lies under the box."""
    rows = slice(max(box.top() // GRAIN, 0), box.bottom() // GRAIN + 1)
    columns = slice(max(box.left() // GRAIN, 0), box.right() // GRAIN + 1)
    return float(ink[rows, columns].sum())
