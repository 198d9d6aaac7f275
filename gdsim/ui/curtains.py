"""In front of a class: a black screen, so that they look up, and a spotlight under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QCursor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import Shiboken

from gdsim.ui.language import tr
from gdsim.ui.main_window import MainWindow

RADIUS = 0.16
"""Of the spotlight, as a share of the window's height."""
DIM = 150
"""How dark it is around it, of 255."""


class _Cover(QWidget):
    """Over the whole window; keys go on to the window, whose menus have them."""

    def __init__(self, window: MainWindow, name: str) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def cover(self, on: bool) -> None:
        """Lie over the window as it is now, or go."""
        self.setGeometry(self._window.rect())
        self.setVisible(on)
        self.raise_()


class Blank(_Cover):
    """Nothing but black; any key and any press brings the window back, and does nothing else."""

    _before: QWidget | None = None
    """What had the focus; known of the class already, since hiding begins while it is made."""

    def __init__(self, window: MainWindow, name: str) -> None:
        super().__init__(window, name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Black screen: any key brings the window back"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._before = self._window.focusWidget()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._before is not None and Shiboken.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def focusNextPrevChild(self, next: bool) -> bool:
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor("black"))


class Spotlight(_Cover):
    """Dims all but a circle; the pointer goes through it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "spotlight")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.at = QPoint()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)  # the pointer moves over others; only while shown

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.HoverMove):
            self.point(self._window.mapFromGlobal(QCursor.pos()))
        return False

    def point(self, at: QPoint) -> None:
        """Light up that place of the window."""
        if at != self.at:
            self.at = at
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        radius = RADIUS * self.height()
        path = QPainterPath()
        path.addRect(QRectF(self.rect()))
        path.addEllipse(QPointF(self.at), radius, radius)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(path, QColor(0, 0, 0, DIM))


class Curtains(QObject):
    """Both of them, over one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.blank = Blank(window, "blank")
        self.spotlight = Spotlight(window)
        window.covers += [self.blank, self.spotlight]
        window.language_changed.connect(self.blank.retranslate)
        window.installEventFilter(self)

    @Slot()
    def toggle_blank(self) -> None:
        """Black, or what was there before; the keys that lead on lead back, too."""
        self.blank.cover(self.blank.isHidden())

    @Slot()
    def toggle_spotlight(self) -> None:
        on = self.spotlight.isHidden()
        self.spotlight.point(self._window.mapFromGlobal(QCursor.pos()))
        self.spotlight.cover(on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            for cover in (self.blank, self.spotlight):
                cover.setGeometry(self._window.rect())
        return False
