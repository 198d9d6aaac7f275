"""The tools at the right end of a card: the eye, and a menu of what can be done with the run."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from gdsim.ui.controls.eye import eye_icon
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.theme import Theme


class Eye(QToolButton):
    """Shows and hides a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: tuple[bool, Theme] | None = None
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("plain", True)
        self.setCheckable(True)
        self.setChecked(True)

    def show_state(self, visible: bool, theme: Theme) -> None:
        """Open or crossed out, without a signal."""
        with QSignalBlocker(self):
            self.setChecked(visible)
        if (visible, theme) != self._drawn:
            self._drawn = visible, theme
            side = round(1.6 * theme.text_points)
            self.setIconSize(QSize(side, side))
            self.setIcon(eye_icon(side, theme.color("muted"), visible))
            told = tr("Hide this run") if visible else tr("Show this run")
            self.setAccessibleDescription(told)

    def retranslate(self) -> None:
        text = tr("Show or hide this run")
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._drawn = None


class RunTools(QWidget):
    """The eye and the menu of an open card."""

    visible_toggled = Signal(bool)
    branch_requested = Signal()
    duplicate_requested = Signal()
    remove_requested = Signal()
    help_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.eye = Eye()
        self.eye.toggled.connect(self.visible_toggled)
        self.more_actions = QToolButton()
        self.more_actions.setAutoRaise(True)
        self.more_actions.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more_actions.setText("⋮")
        self.more_actions.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more_actions)
        self._branch = menu.addAction("")
        self._branch.triggered.connect(self.branch_requested)
        self._duplicate = menu.addAction("")
        self._duplicate.triggered.connect(self.duplicate_requested)
        self._remove = menu.addAction("")
        self._remove.triggered.connect(self.remove_requested)
        menu.addSeparator()
        self._help = menu.addAction("")
        self._help.triggered.connect(self.help_requested)
        self.more_actions.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.eye)
        row.addWidget(self.more_actions)
        name_controls(self, name)

    def retranslate(self) -> None:
        self.eye.retranslate()
        text = tr("Branch, duplicate, remove")
        self.more_actions.setToolTip(text)
        self.more_actions.setAccessibleName(text)
        self._branch.setText(tr("Branch from here"))
        self._duplicate.setText(tr("Duplicate"))
        self._remove.setText(tr("Remove"))
        self._help.setText(tr("About this optimizer"))
