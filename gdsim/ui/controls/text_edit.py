"""A declared text (an expression, a list of sizes), checked while it is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gdsim.engine.fields import Field, Value
from gdsim.engine.sentences import Fault
from gdsim.ui.language import say
from gdsim.ui.steady import SteadyLine


class TextEdit(SteadyLine):
    """Return or leaving applies what is valid.

    What is not stays as it was typed, with the reason, until it is corrected; Escape brings the
    last valid text back.
    """

    applied = Signal(object)
    refused = Signal(str)
    """A sentence, or nothing where all is well again."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value = str(field.default)
        self.setText(self._value)
        self.setMinimumWidth(64)
        self.textEdited.connect(self._check)
        self.editingFinished.connect(self._apply)

    @property
    def value(self) -> Value:
        """The last text that was valid."""
        return self._value

    def set_value(self, value: Value) -> None:
        """Show a text; one that is being typed gives way only where the value is another."""
        if value != self._value:
            self._value = str(value)
            self._restore()
        elif not self.isModified() and self.text() != self._value:
            self.setText(self._value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._restore()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _check(self, text: str) -> None:
        try:
            self._field.check(text)
        except Fault as fault:
            self.refused.emit(say(fault.sentence))
        else:
            self.refused.emit("")

    @Slot()
    def _apply(self) -> None:
        if not self.isModified():
            return
        try:
            value = str(self._field.check(self.text()))
        except Fault as fault:
            self.refused.emit(say(fault.sentence))
            return
        changed, self._value = value != self._value, value
        self._restore()
        if changed:
            self.applied.emit(value)

    def _restore(self) -> None:
        self.setText(self._value)
        self.setModified(False)
        self.refused.emit("")
