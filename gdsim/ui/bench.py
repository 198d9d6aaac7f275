"""The bench: four views, the controls beside them, and the wires between both and the lab."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from gdsim.engine.run import Run
from gdsim.ui.controls.fitted_scroll import FittedScroll
from gdsim.ui.controls.formula_bar import FormulaBar
from gdsim.ui.controls.problem_panel import ProblemPanel
from gdsim.ui.controls.run_list import RunList
from gdsim.ui.controls.transport import Transport
from gdsim.ui.lab import Lab
from gdsim.ui.language import tr
from gdsim.ui.views.base import View
from gdsim.ui.views.boundary_view import BoundaryView
from gdsim.ui.views.curve_view import CurveView
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.prediction_view import PredictionView
from gdsim.ui.views.rate_view import RateView
from gdsim.ui.views.slice_view import SliceView
from gdsim.ui.views.stage import StageView
from gdsim.ui.views.view_stack import ViewStack

SIDE_WIDTH = 330


class Bench(QWidget):
    """Lays out the panels and connects each to the lab; knows no menus and no files."""

    open_data_requested = Signal()
    log_scale_changed = Signal(bool)

    def __init__(self, lab: Lab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lab = lab
        self.stage = ViewStack(CurveView, ParameterView)
        self.stage.built.connect(self._connect_picture)
        self.parameter_view = self.stage.view(ParameterView)
        self.fits = ViewStack(FitView, BoundaryView, PredictionView, SliceView)
        self.fit_view = self.fits.view(FitView)
        self.loss_view = LossView()
        self.rate_view = RateView()
        self.problem_panel = ProblemPanel()
        self.run_list = RunList()
        self.transport = Transport()
        self.formula_bar = FormulaBar()
        self.views: dict[str, View | ViewStack] = {
            "parameters": self.stage,
            "fit": self.fits,
            "loss": self.loss_view,
            "rate": self.rate_view,
        }
        self.controls = (self.problem_panel, self.run_list, self.transport, self.formula_bar)
        self._maximised: View | ViewStack | None = None
        self._lay_out()
        self._connect()

    def retranslate(self) -> None:
        """All texts in the language in use."""
        for view in self.views.values():
            view.retranslate()
        for control in self.controls:
            control.retranslate()

    def view_titles(self) -> dict[str, str]:
        """The views by name, as a menu shows them."""
        return {
            "parameters": tr("Parameter space"),
            "fit": tr("Fit", "view"),
            "loss": tr("Loss", "view"),
            "rate": tr("Learning rate"),
        }

    def export(self, name: str, path: Path) -> None:
        """Write the picture of one view; `Fault` if the file cannot be written."""
        self.views[name].export_png(path)

    def maximise(self, view: View | ViewStack | None) -> None:
        """Give one view the room of all four, or (None) put it back."""
        if view is self._maximised:
            view = None
        self._maximised = view
        for one in self.views.values():
            one.setVisible(view is None or one is view)
            one.set_maximised(one is view)
        self._upper.setVisible(view in (None, self.stage, self.fits))
        self._lower.setVisible(view in (None, self.loss_view, self.rate_view))

    @Slot()
    def show_all_views(self) -> None:
        self.maximise(None)

    def next_region(self) -> None:
        """Move the keyboard's focus to the next region: stage, problem, runs, transport."""
        regions: list[QWidget] = [
            self._quarters, self.problem_panel, self.run_list, self.transport,
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
        self._upper = _splitter(Qt.Orientation.Horizontal, self.stage, self.fits)
        self._lower = _splitter(Qt.Orientation.Horizontal, self.loss_view, self.rate_view)
        self._quarters = _splitter(Qt.Orientation.Vertical, self._upper, self._lower)
        self._upper.setSizes([560, 440])
        self._lower.setSizes([560, 440])
        self._quarters.setSizes([600, 400])
        self._quarters.setStretchFactor(0, 3)
        self._quarters.setStretchFactor(1, 2)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._quarters, 1)
        column.addWidget(self.formula_bar)
        side = QFrame()
        beside = QVBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        beside.addWidget(FittedScroll(self.problem_panel))
        beside.addWidget(self.run_list, 1)
        self._body = _splitter(Qt.Orientation.Horizontal, left, side)
        self._body.setStretchFactor(0, 1)
        self._body.setStretchFactor(1, 0)
        self._body.setSizes([1366 - SIDE_WIDTH, SIDE_WIDTH])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(6, 4, 6, 2)
        whole.setSpacing(4)
        whole.addWidget(self._body, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.transport)
        whole.addLayout(bottom)

    def _connect(self) -> None:
        lab = self.lab
        self.parameter_view.hovered.connect(self.fit_view.show_ghost)
        self.fit_view.data_edited.connect(lab.edit_data)
        self.loss_view.seek_requested.connect(lab.seek)
        self.rate_view.seek_requested.connect(lab.seek)
        for view in self.views.values():
            view.maximise_requested.connect(self._maximise_sender)
        self.problem_panel.problem_chosen.connect(lab.choose_problem)
        self.problem_panel.setting_changed.connect(lab.change_problem)
        self.problem_panel.made_data_requested.connect(lab.make_data)
        lab.setting_refused.connect(self.problem_panel.complain)
        self.problem_panel.open_data_requested.connect(self.open_data_requested)
        self.problem_panel.start_changed.connect(lab.set_start)
        self.problem_panel.data_edited.connect(lab.edit_data)
        self.run_list.run_changed.connect(self._change_run)
        self.run_list.run_selected.connect(lab.select)
        self.run_list.add_requested.connect(lab.add_run)
        self.run_list.branch_requested.connect(lab.branch)
        self.run_list.remove_requested.connect(lab.remove)
        self.run_list.visibility_changed.connect(lab.set_visible)
        self.run_list.restart_toggled.connect(lab.set_restart)
        self.transport.play_requested.connect(lab.play)
        self.transport.pause_requested.connect(lab.pause)
        self.transport.step_requested.connect(lab.step_by)
        self.transport.seek_requested.connect(lab.seek)
        self.transport.reset_requested.connect(lab.reset)
        self.transport.speed_changed.connect(lab.set_speed)
        self.transport.limit_changed.connect(lab.set_limit)

    @Slot(object)
    def _connect_picture(self, picture: StageView) -> None:
        picture.start_chosen.connect(self.lab.set_start)
        picture.start_committed.connect(self.lab.set_start)

    @Slot(int, object)
    def _change_run(self, key: int, run: Run) -> None:
        self.lab.change_run(key, run)

    @Slot()
    def _maximise_sender(self) -> None:
        sender = self.sender()
        if isinstance(sender, View | ViewStack):
            self.maximise(sender)


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter
