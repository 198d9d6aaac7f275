"""The foot of an open card: what else can be set, and two questions about the run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gdsim.ui.controls.form import Fold
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls


class RunFoot(QWidget):
    """More · Tune… · Why?"""

    tune_requested = Signal()
    """Which rate is best?"""
    why_requested = Signal()
    """Why does it go as it goes?"""

    def __init__(self, name: str, more: QWidget, parent: QWidget | None = None) -> None:
        """`more` is what "More" unfolds."""
        super().__init__(parent)
        self.fold, self.tune, self.why = Fold(more), QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.fold)
        row.addStretch(1)
        for button in (self.tune, self.why):
            button.setProperty("link", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.tune.clicked.connect(self.tune_requested)
        self.why.clicked.connect(self.why_requested)
        self.why.setObjectName(f"{name}.explain")
        name_controls(self, name)

    def retranslate(self) -> None:
        self.fold.setText(tr("More"))
        self.tune.setText(tr("Tune…"))
        self.why.setText(tr("Why?"))
        for button, told in (
            (self.tune, tr("Sweep the learning rate of this run")),
            (self.why, tr("Explain this verdict, axis by axis")),
        ):
            button.setToolTip(told)
            button.setAccessibleDescription(told)
