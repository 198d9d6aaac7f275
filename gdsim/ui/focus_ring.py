"""A ring around the field or button that the keyboard acts on, outside its border."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from shiboken6 import Shiboken

from gdsim.ui.theme import Theme

WIDTH = 3
"""Pixels of the ring."""
RADIUS = 4.0
RINGED = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)
"""What it is drawn around; cards and pictures have rings of their own."""
_MOVED = frozenset(
    {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}
)  # fmt: skip


class FocusRing(QWidget):
    """It lies in what scrolls with what it is around, and is cut off with it."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focus.ring")
        self.hide()
        self._home = window
        self._around: QWidget | None = None
        self._chain: list[QWidget] = []
        """What it is around, and what that lies in, up to what scrolls or to the window."""
        self._theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    @property
    def around(self) -> QWidget | None:
        """What it is around now."""
        return self._around

    def set_theme(self, theme: Theme) -> None:
        """Its colours."""
        self._theme = theme
        self.update()

    @Slot(QWidget, QWidget)
    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        if not Shiboken.isValid(self._home):
            return
        # A press of the mouse gives the focus too, but who presses sees where.
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        wanted = now if isinstance(now, RINGED) and not pressed else None
        if wanted is not None and wanted.window() is not self._home:
            wanted = None  # dialogs have few fields, and a text cursor
        if wanted is self._around:
            return
        if self._around is not None:
            self._around.destroyed.disconnect(self._lose)
        for one in self._chain:
            if Shiboken.isValid(one):  # a page may go with all that is on it
                one.removeEventFilter(self)
        self._chain = [] if wanted is None else _up_to_what_scrolls(wanted)
        self._around = wanted
        if wanted is None:
            self.setParent(self._home)
            self.hide()
            return
        # What is between moves it too.
        for one in self._chain[:-1]:
            one.installEventFilter(self)
        self.setParent(self._chain[-1])
        wanted.destroyed.connect(self._lose)
        self._fit()

    @Slot()
    def _lose(self) -> None:
        self._around, self._chain = None, []
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED:
            self._fit()
        return False

    def _fit(self) -> None:
        around = self._around
        if around is None:
            return
        within = self._chain[-1]
        box = QRect(around.mapTo(within, QPoint(0, 0)), around.size())
        self.setGeometry(box.adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH))
        self.setVisible(around.isVisibleTo(within))
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        around = self._around
        primary = around is not None and bool(around.property("primary"))
        color = self._theme.color("text" if primary else "recorded")
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(0, 0, 0, 0))
            width = 2.0 if primary else float(WIDTH)  # a primary button keeps a gap
            painter.setPen(QPen(color, width))
            inset = 0.5 * width
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(box, RADIUS + WIDTH - inset, RADIUS + WIDTH - inset)


def _up_to_what_scrolls(widget: QWidget) -> list[QWidget]:
    chain = [widget]
    while True:
        above = chain[-1].parentWidget()
        if above is None:
            return chain
        area = above.parentWidget()
        if isinstance(area, QScrollArea) and area.viewport() is above:
            return chain
        chain.append(above)
        if above.isWindow():
            return chain
