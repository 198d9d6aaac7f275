"""Back and next, with their keys, beside the update rule."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gdsim.experiment.lessons.stages import Course, Stage
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls

_LEFT_ALONE = (
    Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
)  # fmt: skip


class _StepButton(QPushButton):
    """Acts on Enter and a press; Space plays and arrows step, as everywhere else."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LEFT_ALONE:
            event.ignore()
        else:
            super().keyPressEvent(event)


class LessonSteps(QWidget):
    """One step on or back in a lesson."""

    next_requested = Signal()
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back, self.next = _StepButton(), _StepButton()
        self.next.setProperty("primary", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.back, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            button.setAutoDefault(True)
            row.addWidget(button)
        self.back.clicked.connect(self.back_requested)
        self.next.clicked.connect(self.next_requested)
        name_controls(self, "lesson")
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self.back.setAccessibleName(tr("Back"))
        self.next.setAccessibleName(tr("Next"))

    def show_course(self, course: Course, *, last: bool) -> None:
        """Name the steps that there are; `last` where no lesson follows this one."""
        self.back.setText(f"{tr('Back')}  PgUp")
        self.back.setAccessibleName(tr("Back"))
        self.back.setToolTip(tr("To the stage before (PageUp)"))
        self.back.setEnabled(course.may_go_back)
        if course.stage is Stage.TITLE:
            text = tr("Begin")
        elif course.stage is not Stage.TASK:
            text = tr("Next")
        elif course.solved:
            text = tr("Finish") if last else tr("Next lesson")
        else:
            text = tr("Skip")
        self.next.setText(f"{text}  {tr('Enter')}")
        self.next.setAccessibleName(text)
        self.next.setToolTip(tr("On (Enter or PageDown)"))
        may = course.may_go_on or course.stage is Stage.TASK
        self.next.setEnabled(may)
