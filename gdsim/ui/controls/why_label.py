"""Why a run goes as it goes, in one line under its settings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QEnterEvent, QHideEvent
from PySide6.QtWidgets import QWidget

from gdsim.engine.why import Why
from gdsim.ui.language import say
from gdsim.ui.plain_label import PlainLabel


class WhyLabel(PlainLabel):
    """What a step makes of the error along the axis that decides; empty where theory is silent."""

    axis_pointed = Signal(object)
    """The way of that axis, (parameters,), as long as the pointer is over the line; then None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis: tuple[float, ...] | None = None
        self._told: tuple[float, ...] | None = None
        self._under_pointer = False
        self.setProperty("muted", True)
        self.setWordWrap(True)

    def show_why(self, why: Why | None) -> None:
        text = "" if why is None else say(why.sentence).replace(" %", "\u00a0%")
        if self.text() != text:
            self.setText(text)
        self._axis = None if why is None else why.axis
        self._tell()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._under_pointer = True
        self._tell()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._under_pointer = False
        self._tell()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._under_pointer = False
        self._tell()
        super().hideEvent(event)

    def _tell(self) -> None:
        axis = self._axis if self._under_pointer else None
        if axis != self._told:
            self._told = axis
            self.axis_pointed.emit(axis)
