"""Fields that leave the window what is not theirs: the wheel on its way past, keys they do not use.

A wheel changes only what is focused. Where nothing is being typed, undo and redo are the
experiment's; behind Return Space and ← → are the window's, until the field is gone into again.
"""

from __future__ import annotations

from PySide6 import QtCore  # not Qt itself, which is dear: theme.py
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QSpinBox, QWidget


class SteadyChoice(QComboBox):
    """A combo box that the wheel changes only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)  # no wheel and no click bring it

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SteadyLine(QLineEdit):
    """A line of text that keeps its keys only while something is typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = _Keys()

    def event(self, event: QtCore.QEvent) -> bool:
        if self._keys.are_others(event, typed=self.isModified()):
            event.ignore()
            return False
        return bool(super().event(event))


class SteadyNumber(QSpinBox):
    """A whole number that the wheel changes only while it has the focus, as the arrow keys do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = _Keys()
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QtCore.QEvent) -> bool:
        typed = self.text() != self.textFromValue(self.value())
        if self._keys.are_others(event, typed=typed):
            event.ignore()
            return False
        return bool(super().event(event))


class SteadyScroll(QScrollArea):
    """Scrolls up and down only: ← and → are the window's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (QtCore.Qt.Key.Key_Left, QtCore.Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Keys:
    """Whose keys are those that a field gets."""

    def __init__(self) -> None:
        self._entered = False

    def are_others(self, event: QtCore.QEvent, *, typed: bool) -> bool:
        """Whether this is a key that the field has no use for now."""
        kind, kinds = event.type(), QtCore.QEvent.Type
        if kind in (kinds.FocusIn, kinds.MouseButtonPress):
            self._entered = False
        if not isinstance(event, QKeyEvent) or kind == kinds.KeyRelease:
            return False
        key, keys = event.key(), QtCore.Qt.Key
        if not typed and (
            event.matches(QKeySequence.StandardKey.Undo)
            or event.matches(QKeySequence.StandardKey.Redo)
        ):
            self._entered = True
            return True
        plain = event.modifiers() == QtCore.Qt.KeyboardModifier.NoModifier
        if plain and self._entered and key in (keys.Key_Space, keys.Key_Left, keys.Key_Right):
            return True
        if kind == kinds.KeyPress:
            self._entered = key in (keys.Key_Return, keys.Key_Enter)
        return False
