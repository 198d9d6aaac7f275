"""The list of runs: one card each, "Add run", and what a change of settings does."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.experiment.more_runs import MORE
from gdsim.experiment.setup import Setup
from gdsim.experiment.view_state import OPTIONS
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.lock_sign import LockReason
from gdsim.ui.controls.run_card import RunCard
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.scene import Scene
from gdsim.ui.steady import SteadyScroll

LEAST_LINES = 13
"""Lines of text that stay in sight however much room the problem wants."""
COMPACT_FROM = 6
"""With so many runs the open card takes less room, so that eight fit.

Not under the pointer, which may be about to press there again: when it leaves the panel.
"""
UNFOLDED_LINES = 4
"""Lines of what "More" unfolds that are scrolled into sight."""
ORIGIN_MILLISECONDS = 2000
"""For so long a new branch says of which run it is one."""


class RunList(QWidget):
    """Follows the runs that are set, card by card."""

    run_edited = Signal(int, str, str, object)
    problem_setting_changed = Signal(str, object, object)
    run_selected = Signal(int)
    add_requested = Signal()
    more_requested = Signal(str)
    """Runs of that kind of `MORE` shall be added."""
    branch_requested = Signal(int)
    remove_requested = Signal(int)
    tune_requested = Signal(int)
    why_requested = Signal(int)
    help_requested = Signal(int)
    """The manual's page on that run's optimizer shall be opened."""
    axis_pointed = Signal(object)
    """The way of the axis that the why under the pointer speaks of, or None."""
    visibility_changed = Signal(int, bool)
    restart_toggled = Signal(bool)
    compact_changed = Signal(bool)
    """There is little room for so many runs, or there is again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[int, RunCard] = {}
        self.add = QPushButton()
        self.add.clicked.connect(self.add_requested)
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more = QToolButton()
        self.more.setText("▾")
        self.more.setFixedWidth(22)
        self.more.setAutoRaise(True)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        for kind in MORE:
            menu.addAction("").setData(kind)
        menu.triggered.connect(self._add_more)
        self.more.setMenu(menu)
        self.changes = PlainLabel()
        self.changes.setProperty("muted", True)
        self.restart, self.from_here = QPushButton(), QPushButton()
        for button in (self.restart, self.from_here):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("either", "first" if button is self.restart else "last")
            button.clicked.connect(self._choose_change)
        self.restart.toggled.connect(self._tell_change)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.reason = LockReason()
        self._column.addWidget(self.reason)
        self._column.addStretch(1)
        self._scroll = SteadyScroll()
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._selected = -1
        self._narrow = self._compact = False
        self._pointed = False
        self._fresh = -1
        self._unfolded: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ORIGIN_MILLISECONDS)
        self._timer.timeout.connect(self._forget_origin)
        # Cards grow when their runs are judged: the selected one is followed until a user scrolls.
        self._following = False
        self._scroll.verticalScrollBar().rangeChanged.connect(self._follow_selected)
        self._scroll.verticalScrollBar().actionTriggered.connect(self._let_go)
        self.title = PlainLabel()
        self.title.setProperty("heading", True)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title)
        row.addWidget(self.add)
        row.addWidget(self.more)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.changes)
        either = QHBoxLayout()
        either.setSpacing(0)
        either.addWidget(self.restart)
        either.addWidget(self.from_here)
        row.addLayout(either)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addWidget(self._scroll, 1)
        name_controls(self, "runs")
        self.retranslate()

    @Slot(QAction)
    def _add_more(self, action: QAction) -> None:
        self.more_requested.emit(str(action.data()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        """What the two buttons are about is said before what the list is, if not both can be."""
        parts = (self.add, self.changes, self.restart, self.from_here)
        needed = sum(part.sizeHint().width() for part in parts) + 3 * 8
        more = needed + self.more.width() + 8
        self.changes.setVisible(needed <= self.width())
        self.more.setVisible(more <= self.width())
        self.title.setVisible(more + self.title.sizeHint().width() <= self.width())

    def minimumSizeHint(self) -> QSize:
        """Room for the selected card's first lines, whatever stands above."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), LEAST_LINES * self.fontMetrics().lineSpacing())

    def show_setup(self, setup: Setup, step: int, scene: Scene) -> None:
        """Follow the runs as they are set at that step."""
        with QSignalBlocker(self.restart):
            self.restart.setChecked(scene.options.restart)
        self.from_here.setChecked(not scene.options.restart)
        if setup.keys != tuple(self.cards):
            self._arrange(setup.keys)
        self._head.setVisible(scene.free is None)
        for track in setup.tracks:
            self.cards[track.key].show_settings(setup.problem, track.own_at(step), scene)
        if scene.selected != self._selected and scene.selected in self.cards:
            self._selected = scene.selected
            self._following = True
            self._show_selected()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow what becomes of them."""
        setup = scene.setup
        if setup is not None:
            step = scene.step(snapshot)
            self.show_setup(setup, step, scene)
            for track in setup.tracks:
                card = self.cards[track.key]
                card.show_results(setup.problem, track.own_at(step), snapshot, scene)

    @Slot(int, str)
    def complain(self, key: int, text: str) -> None:
        """Say in the run's card why a setting was refused."""
        self.cards[key].complain(text)

    def retranslate(self) -> None:
        self.title.setText(tr("Runs", "list"))
        self.add.setText(tr("+ Add"))
        self.add.setAccessibleName(tr("Add run"))
        self.add.setToolTip(tr("A copy of the selected run, to compare"))
        self.more.setAccessibleName(tr("Add other runs"))
        self.more.setToolTip(tr("Add other runs"))
        for action in self.more.menu().actions():
            action.setText(say(MORE[str(action.data())][0]))
        self.changes.setText(tr("Changes"))
        self.restart.setText(tr("restart"))
        self.from_here.setText(tr("from here"))
        self.restart.setAccessibleName(tr("A change begins the run again"))
        self.from_here.setAccessibleName(tr("A change applies from this step on"))
        for widget in (self.changes, self.restart, self.from_here):
            widget.setToolTip(tr(OPTIONS["restart"].help))
        for card in self.cards.values():
            card.retranslate()
        self._fit_head()

    def set_narrow(self, narrow: bool) -> None:
        """Whether the panel is one of those that have little room."""
        self._narrow = narrow
        self._suit()

    @Slot(bool)
    def hold_still(self, pointed: bool) -> None:
        """Whether the pointer is over the panel: what is under it stays there."""
        self._pointed = pointed
        if not pointed:
            self._suit()

    def tell_origin(self, key: int, text: str) -> None:
        """Let a new branch say for a while where it comes from."""
        self._forget_origin()
        if key in self.cards:
            self._fresh = key
            self.cards[key].tell_origin(text)
            self._timer.start()

    @Slot()
    def _forget_origin(self) -> None:
        if self._fresh in self.cards:
            self.cards[self._fresh].tell_origin("")
        self._fresh = -1

    @Slot()
    def _follow_selected(self) -> None:
        if self._following:
            self._show_selected()
        elif self._unfolded is not None:
            fold, self._unfolded = self._unfolded, None
            foot = fold.mapTo(self._inside, fold.rect().bottomLeft()).y()
            wanted = foot + UNFOLDED_LINES * self.fontMetrics().lineSpacing()
            bar = self._scroll.verticalScrollBar()
            bar.setValue(max(bar.value(), wanted - self._scroll.viewport().height()))

    @Slot(bool)
    def _reveal(self, unfolded: bool) -> None:
        """Show the first lines of what was unfolded; the button may be pressed again at once."""
        self._following = False
        fold = self.sender()
        self._unfolded = fold if unfolded and isinstance(fold, QWidget) else None

    @Slot()
    def _let_go(self) -> None:
        self._following = False

    @Slot()
    def _show_selected(self) -> None:
        card = self.cards.get(self._selected)
        if card is not None:
            self._column.activate()
            self._scroll.ensureWidgetVisible(card, 0, 4)
            bar = self._scroll.verticalScrollBar()  # of one that is taller, its head
            bar.setValue(min(bar.value(), card.y()))

    @Slot()
    def _choose_change(self) -> None:
        """One of the two is pressed, always."""
        restart = self.sender() is self.restart
        self.restart.setChecked(restart)
        self.from_here.setChecked(not restart)

    @Slot(bool)
    def _tell_change(self, restart: bool) -> None:
        self.from_here.setChecked(not restart)
        self.restart_toggled.emit(restart)

    @Slot(int, int)
    def _go_to_neighbour(self, key: int, way: int) -> None:
        keys = list(self.cards)
        place = keys.index(key) + way
        if 0 <= place < len(keys):
            self.run_selected.emit(keys[place])
            self.cards[keys[place]].setFocus(Qt.FocusReason.OtherFocusReason)

    def _suit(self) -> None:
        many = self._compact if self._pointed else len(self.cards) >= COMPACT_FROM
        compact = self._narrow or many
        if compact != self._compact:
            self._compact = compact
            self.compact_changed.emit(compact)
        for card in self.cards.values():
            card.set_compact(compact)

    def _arrange(self, keys: tuple[int, ...]) -> None:
        for key in [key for key in self.cards if key not in keys]:
            card = self.cards.pop(key)
            card.hide()
            card.deleteLater()
        self.cards = {key: self.cards.get(key) or self._card(key) for key in keys}
        for place, card in enumerate(self.cards.values()):
            self._column.insertWidget(place, card)
        self._suit()

    def _card(self, key: int) -> RunCard:
        card = RunCard(key)
        card.edited.connect(self.run_edited)
        card.fold.toggled.connect(self._reveal)
        card.problem_setting_changed.connect(self.problem_setting_changed)
        card.selected.connect(self.run_selected)
        card.visibility_changed.connect(self.visibility_changed)
        card.branch_requested.connect(self.branch_requested)
        card.duplicate_requested.connect(self._duplicate)
        card.remove_requested.connect(self.remove_requested)
        card.tune_requested.connect(self.tune_requested)
        card.why_requested.connect(self.why_requested)
        card.help_requested.connect(self.help_requested)
        card.axis_pointed.connect(self.axis_pointed)
        card.neighbour_requested.connect(self._go_to_neighbour)
        return card

    @Slot(int)
    def _duplicate(self, key: int) -> None:
        self.run_selected.emit(key)
        self.add_requested.emit()
