"""The views, the controls beside them, and the wires between both and the workspace."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from gdsim.experiment.view_state import ViewOptions
from gdsim.ui.controls.class_head import ClassHead
from gdsim.ui.controls.fitted_scroll import FittedScroll
from gdsim.ui.controls.formula_bar import FormulaBar
from gdsim.ui.controls.lesson.lesson_steps import LessonSteps
from gdsim.ui.controls.lesson.lesson_strip import LessonStrip
from gdsim.ui.controls.panel_strip import PanelStrip
from gdsim.ui.controls.problem_panel import ProblemPanel
from gdsim.ui.controls.run_list import RunList
from gdsim.ui.controls.run_table import RunTable
from gdsim.ui.controls.transport import Transport
from gdsim.ui.language import tr
from gdsim.ui.stage_area import GAP, StageArea
from gdsim.ui.theme import unit_of
from gdsim.ui.views import VIEWS, find_view, serving
from gdsim.ui.views.base import View
from gdsim.ui.views.view_stack import ViewStack
from gdsim.ui.workspace import Workspace

V = TypeVar("V", bound=View)

PLACES = ("stage", "beside", "loss", "rate")
"""The places of the views; `StageArea` says which are seen."""
SIDE_WIDTHS = ((1900, 360), (1100, 328), (0, 296))
"""From which width of the window on the panel is how wide, in pixels of a font 13 pixels high."""
WIDE_SCREEN, COLUMN = 1.5, 0.36
"""From which width in heights on a lesson stands in a column before a class, and its share."""
FOLDED_BELOW = 1000
"""In a narrower window the panel is folded, until it is asked for."""


class _Side(QWidget):
    """The panel, which knows whether the pointer is over it."""

    pointed = Signal(bool)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(False)


class CentralWidget(QWidget):
    """Lays out the panels and connects each to the workspace; knows no menus and no files."""

    open_data_requested = Signal()
    boxed_requested = Signal(str)
    start_clicked = Signal(object)
    """A click in the picture sets the start of all runs."""
    pointed = Signal(object)
    """The θ that the pointer is over in the picture of the parameters, or None."""
    arranged = Signal()
    """Something is seen that was not: it wants to be shown the present moment."""
    panel_suits = Signal(bool)
    """There is room for the panel from now on, or no longer."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.places = {
            place: ViewStack([view for view in VIEWS if view.where == place]) for place in PLACES
        }
        self.problem_panel = ProblemPanel()
        self.run_list = RunList()
        self.table = RunTable()
        self.transport = Transport()
        self.formula_bar = FormulaBar()
        self.strip = PanelStrip()
        self.head = ClassHead()
        self.head.hide()
        self.lesson = LessonStrip()
        self.lesson_steps = LessonSteps()
        self.controls = (
            self.problem_panel, self.run_list, self.strip, self.transport, self.formula_bar,
            self.head, self.table,
        )  # fmt: skip
        self._tight = False
        self._connect()
        self._lay_out()
        self.show_panel(True)
        self.show_setup()

    def view(self, kind: type[V]) -> V:
        """The view of that kind, built if it has not been."""
        return self.places[kind.where].view(kind)

    def serving(self) -> list[type[View]]:
        """The views that have a picture of the present problem."""
        return serving(self.workspace.snapshot.problem)

    @Slot(str)
    def toggle_view(self, name: str) -> None:
        """Show that view in its place; where it is seen already, the one that it stands for."""
        where = find_view(name).where
        place = self.places[where]
        self.stage.bring(where)
        place.choose("" if place.shown.name == name else name)

    @Slot()
    def show_rate_whole(self) -> None:
        """The learning rate over the whole stage, and back."""
        self.stage.maximise(self.places["rate"])

    def retranslate(self) -> None:
        """All texts in the language in use."""
        for place in self.places.values():
            place.retranslate()
        for control in (*self.controls, self.lesson, self.lesson_steps):
            control.retranslate()

    def maximise(self, place: ViewStack | None) -> None:
        """Give one place the room of all, or (None) put it back."""
        self.stage.maximise(place)

    @property
    def is_maximised(self) -> bool:
        """Whether one view has the room of all."""
        return self.stage.maximised is not None

    @Slot()
    def show_all_views(self) -> None:
        self.stage.maximise(None)

    @Slot(bool)
    def show_panel(self, shown: bool) -> None:
        """Show the panel, or the strip that it folds to."""
        self.side.setVisible(shown)
        self.strip.setVisible(not shown)
        self.arranged.emit()

    def place_lesson(self, *, beside: bool) -> None:
        """Above the views; or, where there is the width for it, in a column beside them."""
        upright = beside and self.width() >= WIDE_SCREEN * self.height()
        if upright:
            self._body.addWidget(self.lesson)
            self.lesson.setFixedWidth(round(max(COLUMN * self.width(), 560)))
        else:
            self._above.addWidget(self.lesson)
            self.lesson.setMinimumWidth(0)
            self.lesson.setMaximumWidth(16777215)
        self._above.setContentsMargins(GAP, 0 if upright else 4, GAP, 0)
        self.lesson.set_upright(upright)

    def put_lesson_away(self) -> None:
        """The views have all the room again."""
        self._above.setContentsMargins(GAP, 0, GAP, 0)
        self.lesson.hide()
        self.lesson_steps.hide()

    @Slot(bool)
    def present(self, on: bool) -> None:
        """Before a class: two views, above them what the runs have come to; wider margins."""
        unit = unit_of(self.font())
        gap, margin = (round(8.6 * unit), round(13.0 * unit)) if on else (GAP, GAP)
        self.head.setVisible(on)
        self._left.setSpacing(gap)
        self._body.setSpacing(gap)
        self._body.setContentsMargins(margin, 4, margin, gap)
        self.transport.keep_to(margin)
        self.stage.present(on, gap)
        self.arranged.emit()

    @Slot(QWidget, QWidget)
    def keep_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """Where the focused control has gone from sight, Qt takes what follows it: it may be Reset.

        The run's card has the focus then, or where the panel is folded the picture.
        """
        if old is None or now is None or not Shiboken.isValid(old):
            return
        if old.isVisible() or not (self.isAncestorOf(old) and self.isAncestorOf(now)):
            return
        card = self.run_list.cards.get(self.workspace.scene.selected)
        if card is not None and self.side.isVisible() and self.side.isAncestorOf(old):
            card.show()  # a new one would be shown a little later
            card.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            seen = [place for place in self.places.values() if place.isVisible()]
            if seen:
                seen[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def next_region(self) -> None:
        """Move the keyboard's focus to the next region: stage, problem, runs, transport."""
        regions: list[QWidget] = [
            self.stage, self.problem_panel, self.run_list, self.transport,
        ]  # fmt: skip
        focus = self.window().focusWidget()
        inside = [i for i, one in enumerate(regions) if focus and one.isAncestorOf(focus)]
        target = regions[(inside[0] + 1) % len(regions) if inside else 0]
        wanted = [
            widget
            for widget in target.findChildren(QWidget)
            if widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if wanted:
            wanted[0].setFocus(Qt.FocusReason.TabFocusReason)

    # Building

    def _lay_out(self) -> None:
        # From the outside in: what is put into a widget is styled anew, with all that it holds.
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._above = QVBoxLayout()
        self._above.setContentsMargins(GAP, 0, GAP, 0)
        self._above.addWidget(self.lesson)
        whole.addLayout(self._above)
        body = self._body = QHBoxLayout()
        body.setContentsMargins(GAP, 4, GAP, GAP)
        body.setSpacing(GAP)
        whole.addLayout(body, 1)
        left = QWidget()
        self.side = _Side()
        self.side.pointed.connect(self.run_list.hold_still)
        body.addWidget(left, 1)
        body.addWidget(self.side)
        body.addWidget(self.strip)
        whole.addWidget(self.transport)
        column = self._left = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.head)
        self.stage = StageArea(self.places, self.table, self.workspace.snapshot.problem, left)
        self.stage.arranged.connect(self.arranged)
        column.addWidget(self.stage, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self.formula_bar, 1)
        foot.addWidget(self.lesson_steps, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(foot)
        beside = QVBoxLayout(self.side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(GAP)
        beside.addWidget(FittedScroll(self.problem_panel))
        beside.addWidget(self.run_list, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._suit_size()

    def _suit_size(self) -> None:
        """The panel's width, and whether there is room for it."""
        unit = unit_of(self.font())
        width = self.width() / unit
        wide = next(wide for least, wide in SIDE_WIDTHS if width >= least)
        self.side.setFixedWidth(round(wide * unit))
        self.run_list.set_narrow(wide == SIDE_WIDTHS[-1][1])
        tight = width < FOLDED_BELOW
        if tight != self._tight:
            self._tight = tight
            self.panel_suits.emit(not tight)

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.changed.connect(self.show_setup)
        workspace.options_changed.connect(self._show_table)
        for place in self.places.values():
            place.built.connect(self._wire)
            place.maximise_requested.connect(self._maximise_sender)
        self.problem_panel.problem_chosen.connect(workspace.choose_problem)
        self.problem_panel.setting_changed.connect(workspace.change_problem)
        self.problem_panel.made_data_requested.connect(workspace.make_data)
        workspace.setting_refused.connect(self.problem_panel.complain)
        self.problem_panel.open_data_requested.connect(self.open_data_requested)
        self.problem_panel.boxed_requested.connect(self.boxed_requested)
        self.problem_panel.start_changed.connect(workspace.set_start)
        self.run_list.run_edited.connect(workspace.edit_run)
        self.run_list.problem_setting_changed.connect(workspace.change_problem)
        workspace.run_refused.connect(self.run_list.complain)
        self.run_list.axis_pointed.connect(self._light_axis)
        self.run_list.compact_changed.connect(self.problem_panel.set_compact)
        workspace.branched.connect(self._tell_branch)
        self.run_list.run_selected.connect(workspace.select)
        self.strip.run_selected.connect(workspace.select)
        self.table.run_selected.connect(workspace.select)
        self.table.closed.connect(self._close_table)
        self.run_list.add_requested.connect(workspace.add_run)
        self.run_list.more_requested.connect(workspace.add_run)
        self.run_list.branch_requested.connect(workspace.branch)
        self.run_list.remove_requested.connect(workspace.remove)
        self.run_list.visibility_changed.connect(workspace.set_visible)
        self.run_list.restart_toggled.connect(workspace.set_restart)
        self.transport.play_requested.connect(workspace.play)
        self.transport.pause_requested.connect(workspace.pause)
        self.transport.step_requested.connect(workspace.step_by)
        self.transport.seek_requested.connect(workspace.seek)
        self.transport.play_to_requested.connect(workspace.play_to)
        self.transport.reset_requested.connect(workspace.reset)
        self.transport.speed_changed.connect(workspace.set_speed)
        self.transport.limit_changed.connect(workspace.set_limit)

    @Slot(object)
    def _wire(self, view: View) -> None:
        """Take what a new view asks for to the workspace, its pointer's place to the others."""
        workspace = self.workspace
        view.seek_requested.connect(workspace.seek)
        view.start_chosen.connect(workspace.set_start)
        view.start_committed.connect(workspace.set_start)
        view.start_clicked.connect(self.start_clicked)
        view.data_edited.connect(workspace.edit_data)
        view.option_changed.connect(workspace.set_option)
        workspace.data_refused.connect(view.put_back)
        view.hovered.connect(self._show_ghost)
        view.hovered.connect(self.pointed)

    @Slot(object)
    def _show_ghost(self, theta: tuple[float, ...] | None) -> None:
        for place in self.places.values():
            place.shown.show_ghost(theta)

    @Slot(object)
    def _light_axis(self, way: tuple[float, ...] | None) -> None:
        for place in self.places.values():
            place.shown.light_axis(way)

    @Slot()
    def show_setup(self) -> None:
        """Let the controls show what the user has set; what has become of it, the next frame."""
        workspace = self.workspace
        for control in (self.problem_panel, self.run_list, self.strip, self.transport):
            control.show_setup(workspace.setup, workspace.step, workspace.scene)

    @Slot(object)
    def _show_table(self, options: ViewOptions) -> None:
        self.stage.show_table(options.table)

    @Slot()
    def _close_table(self) -> None:
        self.workspace.set_option("table", False)

    @Slot(int, int, int)
    def _tell_branch(self, key: int, parent: int, step: int) -> None:
        text = tr("from {parent} at step {step}", parent=parent + 1, step=f"{step:,}")
        self.run_list.tell_origin(key, text)

    @Slot()
    def _maximise_sender(self) -> None:
        sender = self.sender()
        if isinstance(sender, ViewStack):
            self.maximise(sender)
