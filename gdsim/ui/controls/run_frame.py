"""What a card is before its settings: a frame that shows focus and hover, and the run in a line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QToolTip, QWidget

from gdsim.engine.problems import Problem
from gdsim.runtime.snapshot import RunSnapshot
from gdsim.ui.controls.run_line import RunLine, standing_told
from gdsim.ui.controls.run_tools import Eye
from gdsim.ui.looks import plain_tip
from gdsim.ui.theme import LIGHT, Theme

RING = 3.0
"""Width of the ring around a card that the keyboard acts on."""


class RunFrame(QFrame):
    """Folded it is one line, with an eye while the pointer is over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._folded = False
        self._seen: tuple[Problem, RunSnapshot, int] | None = None
        """Problem, run and step that the line tells of; None where it tells nothing."""
        self.setProperty("card", True)
        self.setProperty("run", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.line = RunLine()
        self.line_eye = Eye(self)
        self.line_eye.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys have 1 … 9
        self.line_eye.hide()

    def set_folded(self, folded: bool) -> None:
        """The line alone, or what stands in place of it."""
        self._folded = folded
        self.setProperty("selected", not folded)
        self.setProperty("folded", folded)
        self.line.setVisible(folded)
        self._point(self.underMouse())
        self.polish()

    def told(self) -> str:
        """What the line says, in a sentence."""
        return "" if self._seen is None else standing_told(*self._seen)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._folded:
            QToolTip.showText(event.globalPos(), plain_tip(self.told()), self)
            return True
        return bool(super().event(event))

    def polish(self) -> None:
        """Look as the properties say that have changed; what was never shown does so anyway."""
        if self.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            self.style().unpolish(self)
            self.style().polish(self)

    def _point(self, over: bool) -> None:
        """The pointer is over it, or no longer."""
        shown = over and self._folded
        side = self.line.sizeHint().height()
        self.line_eye.setGeometry(self.width() - side - 4, (self.height() - side) // 2, side, side)
        self.line_eye.setVisible(shown)
        self.line.leave_room(side - 4 if shown else 0)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._point(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(False)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.line_eye.isHidden():
            self._point(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            with QPainter(self) as painter:  # no border of the style: nothing shall move
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(self._theme.color("recorded"), RING))
                inside = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
                painter.drawRoundedRect(inside, 5.0, 5.0)
