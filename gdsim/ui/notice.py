"""A sentence beside the menus: what was saved or written, or what failed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6 import QtCore  # not Qt itself, which is dear: theme.py
from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenuBar, QPushButton, QWidget

from gdsim.ui.plain_label import PlainLabel

SECONDS = 5.0
"""Good news goes by itself; what failed stays until something else holds."""
LONG_SECONDS = 10.0
"""The same where there is something to decide."""
_MARGIN = 12
SIDE = 8
"""Pixels between it and the window's right edge, as of all that stands there."""


class Notice(QFrame):
    """Lies over `parent` and takes no room in its layout: where the menus leave some, else (with
    the menus elsewhere, as on macOS) over the lower edge, above what is pressed there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("notice")
        self.setProperty("card", True)
        self._label: QLabel | None = None
        self._button: QPushButton | None = None
        self.hide()
        self._above: QWidget | None = None
        self._menus: QMenuBar | None = None
        self._then: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)
        parent.installEventFilter(self)

    @property
    def label(self) -> QLabel:
        self._furnish()
        assert self._label is not None
        return self._label

    @property
    def button(self) -> QPushButton:
        """What does something about it."""
        self._furnish()
        assert self._button is not None
        return self._button

    def _furnish(self) -> None:
        """At first use: Qt's namespace is not asked for before the window is painted."""
        if self._label is not None:
            return
        self._label = PlainLabel()
        self._label.setWordWrap(True)
        self._button = QPushButton()
        self._button.setObjectName("notice.act")
        self._button.setProperty("slim", True)
        self._button.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 1, 1, 1)
        row.setSpacing(_MARGIN)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)

    def stand_beside(self, menus: QMenuBar) -> None:
        """Stand right of these menus, where nothing else is."""
        self._menus = menus

    def stand_above(self, widget: QWidget) -> None:
        """Keep clear of that widget at the lower edge."""
        self._above = widget

    def text(self) -> str:
        """What it says, or said last."""
        return "" if self._label is None else self._label.text()

    def say(self, text: str, *, lasting: bool = False) -> None:
        """Show it for some seconds, or until it is taken back by an empty text."""
        self._show(text, "", None, 0.0 if lasting else SECONDS)

    def offer(self, text: str, action: str, then: Callable[[], None]) -> None:
        """Show it for a while with a button that does something about it."""
        self._show(text, action, then, LONG_SECONDS)

    def _show(
        self, text: str, action: str, then: Callable[[], None] | None, seconds: float
    ) -> None:
        self._timer.stop()
        self._then = then
        if not text and self._label is None:
            return
        self.button.setText(action)
        self.button.setVisible(bool(action))
        focus = QtCore.Qt.FocusPolicy
        self.button.setFocusPolicy(focus.TabFocus if action else focus.NoFocus)
        if not text:
            self.hide()
            return
        self.label.setText(text)
        self._place()
        self.show()
        self.raise_()
        if seconds:
            self._timer.start(round(1000 * seconds))

    @Slot()
    def _end(self) -> None:
        self.say("")

    @Slot()
    def _act(self) -> None:
        then = self._then
        self.say("")
        if then is not None:
            then()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent, left, bar = self._over, _MARGIN, 0
        menus = self._menus
        if menus is not None and menus.isVisible() and menus.height() > 0:
            bar = menus.height()
            left += max((menus.actionGeometry(one).right() for one in menus.actions()), default=0)
        wide = self.label.fontMetrics().horizontalAdvance(self.text()) + 3 * _MARGIN
        if not self.button.isHidden():
            wide += self.button.sizeHint().width() + _MARGIN
        width = min(wide, parent.width() - left - SIDE)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        if bar:  # a long one hangs over the titles beneath
            self.setGeometry(parent.width() - SIDE - width, 1, width, max(height, bar - 2))
            return
        height += _MARGIN
        taken = _MARGIN if self._above is None else self._above.height() + _MARGIN
        self.setGeometry(left, parent.height() - taken - height, width, height)
