"""The tables that come with the program, in a menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from gdsim.experiment.boxed_data import BOXED
from gdsim.ui.language import tr


class BoxedMenu(QMenu):
    """An entry a table; what to look for stands in its tool tip."""

    chosen = Signal(str)
    """The table's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for one in BOXED:
            action = self.addAction(one.title)
            action.setObjectName(f"boxed.{one.name}")
            action.triggered.connect(partial(self.chosen.emit, one.name))

    def retranslate(self) -> None:
        self.setTitle(tr("Data in the box"))
        for one, action in zip(BOXED, self.actions(), strict=True):
            action.setText(tr(one.title, "data"))
            action.setToolTip(tr(one.look_for))
