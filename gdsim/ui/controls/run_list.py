"""The list of runs: one card each, "Add run", and what a change of settings does."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gdsim.experiment.setup import Setup
from gdsim.experiment.view_state import OPTIONS
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.run_card import RunCard
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.scene import Scene

LEAST_LINES = 13
"""Lines of text that stay in sight however much room the problem wants."""


class RunList(QWidget):
    """Follows the runs that are set, card by card."""

    run_edited = Signal(int, str, str, object)
    run_selected = Signal(int)
    add_requested = Signal()
    branch_requested = Signal(int)
    remove_requested = Signal(int)
    visibility_changed = Signal(int, bool)
    restart_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[int, RunCard] = {}
        self.add = QPushButton()
        self.add.clicked.connect(self.add_requested)
        self.restart = QCheckBox()
        self.restart.toggled.connect(self.restart_toggled)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 2, 0)
        self._column.setSpacing(5)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._selected = -1
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addStretch(1)
        row.addWidget(self.restart)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._scroll, 1)
        name_controls(self, "runs")
        self.retranslate()

    def minimumSizeHint(self) -> QSize:
        """Room for the selected card's first lines, whatever stands above."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), LEAST_LINES * self.fontMetrics().lineSpacing())

    def show_setup(self, setup: Setup, step: int, scene: Scene) -> None:
        """Follow the runs as they are set at that step."""
        with QSignalBlocker(self.restart):
            self.restart.setChecked(scene.options.restart)
        if setup.keys != tuple(self.cards):
            self._arrange(setup.keys)
        for track in setup.tracks:
            self.cards[track.key].show_settings(setup.problem, track.at(step), scene)
        if scene.selected != self._selected and scene.selected in self.cards:
            self._selected = scene.selected
            self._scroll.ensureWidgetVisible(self.cards[scene.selected], 0, 0)

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow what becomes of them."""
        setup = scene.setup
        if setup is not None:
            step = scene.step(snapshot)
            self.show_setup(setup, step, scene)
            for track in setup.tracks:
                card = self.cards[track.key]
                card.show_results(setup.problem, track.at(step), snapshot, scene)

    @Slot(int, str)
    def complain(self, key: int, text: str) -> None:
        """Say in the run's card why a setting was refused."""
        self.cards[key].complain(text)

    def retranslate(self) -> None:
        self.add.setText(tr("Add run"))
        self.add.setToolTip(tr("A copy of the selected run, to compare"))
        self.restart.setText(tr(OPTIONS["restart"].label, "setting"))
        self.restart.setToolTip(tr(OPTIONS["restart"].help))
        for card in self.cards.values():
            card.retranslate()

    def _arrange(self, keys: tuple[int, ...]) -> None:
        for key in [key for key in self.cards if key not in keys]:
            card = self.cards.pop(key)
            card.hide()
            card.deleteLater()
        self.cards = {key: self.cards.get(key) or self._card(key) for key in keys}
        for place, card in enumerate(self.cards.values()):
            self._column.insertWidget(place, card)

    def _card(self, key: int) -> RunCard:
        card = RunCard(key)
        card.edited.connect(self.run_edited)
        card.selected.connect(self.run_selected)
        card.visibility_changed.connect(self.visibility_changed)
        card.branch_requested.connect(self.branch_requested)
        card.duplicate_requested.connect(self._duplicate)
        card.remove_requested.connect(self.remove_requested)
        return card

    @Slot(int)
    def _duplicate(self, key: int) -> None:
        self.run_selected.emit(key)
        self.add_requested.emit()
