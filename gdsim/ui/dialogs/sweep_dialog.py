"""Sweep over one or two fields of the selected run; see the map, and take runs from it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.fields import Field
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault, Sentence, number
from gdsim.engine.sweep.grid import make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Outcomes
from gdsim.runtime.sweeping import run_sweep
from gdsim.ui.controls.form import ChoiceBox, NumberEdit
from gdsim.ui.dialogs.axis_chooser import NONE, AxisChooser
from gdsim.ui.dialogs.computation import Watch, jobs
from gdsim.ui.dialogs.pointed_run import PointedRun
from gdsim.ui.dialogs.room import open_at
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyNumber
from gdsim.ui.theme import Theme, unit_of
from gdsim.ui.views.sweep_scale import LOSS, SETTLED
from gdsim.ui.views.sweep_view import SweepView

STEPS, MOST_STEPS = 500, 1_000_000
TOLERANCE = Field("tolerance", "float", 0.05, "Tolerance", "", above=0.0, maximum=1e12, scale="log")
FIRST_VALUES = (120, 80)

Breathe = Callable[[], None]
Source = Callable[[], tuple[Problem, Run]]
"""Tells the problem and the run that a sweep starts from, as they are now."""


class SweepDialog(QDialog):
    """Two axes, a map, and progress; the window goes on meanwhile."""

    run_chosen = Signal(object, object)
    """A run that was taken from the map, after the problem that it belongs to."""

    def __init__(
        self, source: Source, breathe: Breathe, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._source, self._breathe = source, breathe
        self._watch = Watch(self)
        self._watch.working.connect(self._show_working)
        self._watch.ended.connect(self._end)
        self._problem: Problem | None = None
        self._asked: tuple[Problem, Run] | None = None
        self._mapped: tuple[Problem, Run] | None = None
        """What the map that is seen was computed of; `_asked` is the newest one asked for."""
        self.axes = (
            AxisChooser("sweep.across", False, FIRST_VALUES[0]),
            AxisChooser("sweep.upwards", True, FIRST_VALUES[1]),
        )
        self.steps, self.tolerance = SteadyNumber(), NumberEdit(TOLERANCE)
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setValue(STEPS)
        self.steps.setGroupSeparatorShown(True)
        self.measure = ChoiceBox()
        self.compute, self.cancel = QPushButton(), QPushButton()
        self.compute.setProperty("primary", True)
        self.compute.setDefault(True)
        self.progress, self.left = self._watch.progress, self._watch.left
        self.message, self.told = PlainLabel(), PointedRun(breathe)
        self.base = PlainLabel()
        self.view = SweepView(theme)
        self._names = [PlainLabel() for _ in range(3)]
        self._lay_out()
        self.compute.clicked.connect(self.start)
        self.cancel.clicked.connect(self.stop)
        self.measure.activated.connect(self._show_measure)
        self.tolerance.refused.connect(self.message.setText)
        self.view.pointed.connect(self._tell)
        self.view.chosen.connect(self._choose)
        name_controls(self, "sweep")
        self._look()
        self.retranslate()
        self._show_working(False)

    # Building

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        for label in (self.base, self.message):
            label.setWordWrap(True)
        self.base.setProperty("muted", True)
        side.addWidget(self.base)
        for axis in self.axes:
            side.addWidget(axis)
        self._more = QGroupBox()
        form = QFormLayout(self._more)
        form.setVerticalSpacing(4)
        for label, editor in zip(
            self._names, (self.steps, self.tolerance, self.measure), strict=True
        ):
            label.setBuddy(editor)
            form.addRow(label, editor)
        side.addWidget(self._more)
        buttons = QHBoxLayout()
        buttons.addWidget(self.compute, 1)
        buttons.addWidget(self.cancel, 1)
        side.addLayout(buttons)
        side.addWidget(self.progress)
        side.addWidget(self.left)
        side.addWidget(self.message)
        side.addStretch(1)
        panel = QWidget()
        panel.setLayout(side)
        panel.setFixedWidth(round(290 * unit_of(self.font())))
        side.setContentsMargins(0, 0, 0, 0)
        stage = QVBoxLayout()
        stage.addWidget(self.view, 1)
        stage.addWidget(self.told)
        row = QHBoxLayout(self)
        row.addWidget(panel)
        row.addLayout(stage, 1)
        open_at(self, 980, 640)

    def retranslate(self) -> None:
        """Every text in the language in use."""
        self.setWindowTitle(tr("Sweep"))
        self.axes[0].setTitle(tr("Across"))
        self.axes[1].setTitle(tr("Upwards"))
        for axis in self.axes:
            axis.retranslate()
        self._more.setTitle(tr("Runs"))
        names = (tr("Steps"), tr("Tolerance"), tr("Show"))
        tips = (
            tr("Updates that each run makes."),
            tr("A run is there once it stays within this distance of the nearest minimum."),
            tr("What the colours tell."),
        )
        editors: tuple[QWidget, ...] = (self.steps, self.tolerance, self.measure)
        for label, editor, name, tip in zip(self._names, editors, names, tips, strict=True):
            label.setText(name)
            editor.setAccessibleName(name)
            editor.setToolTip(tip)
        self.measure.show_choices(
            {SETTLED: tr("Steps until it stays there"), LOSS: tr("Loss above the lowest")},
            str(self.measure.currentData() or SETTLED),
        )
        self.compute.setText(tr("&Compute"))
        self.cancel.setText(tr("C&ancel"))
        self.progress.setAccessibleName(tr("Progress"))
        self.view.retranslate()
        self._name_base()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Recolour the map."""
        self.view.set_theme(theme)

    # Working

    def _look(self) -> None:
        """Offer the fields of the problem and the run there are now."""
        self._problem, run = self._source()
        self.axes[0].offer(self._problem, run, "learning_rate")
        self.axes[1].offer(self._problem, run, run.family.memory() or NONE)
        self.tolerance.setEnabled(bool(self._problem.minima))
        self._name_base()

    def _name_base(self) -> None:
        if self._problem is None:
            return
        _, run = self._source()
        text = _named(self._problem, run)
        told = tr("From the selected run: {run}", run=text)
        if self.view.map is not None and self._mapped is not None:
            problem, before = self._mapped
            if problem is not self._problem or before != run:
                told += "\n" + tr("The map is still that of {run}.", run=_named(problem, before))
        self.base.setText(told)

    def ask_for(self, name: str) -> None:
        """Choose that setting alone, over its usual range."""
        self._look()
        for axis, wanted in zip(self.axes, (name, NONE), strict=True):
            axis.choose(wanted)

    def showEvent(self, event: object) -> None:
        self._look()
        self.axes[0].field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def start(self) -> None:
        """Compute the sweep; what cannot be is said."""
        if self._watch.is_working:
            return
        self._look()
        problem, run = self._source()
        specs: dict[str, object] = {a.key: a.spec() for a in self.axes if a.key != NONE}
        goal = Goal(float(self.tolerance.value) if problem.minima else None)
        try:
            if len({axis.key for axis in self.axes}) < len(self.axes):
                raise Fault("Both axes are {name}: name two different fields.",
                            name=self.axes[0].key)  # fmt: skip
            grid = make_grid(problem, run, specs)
        except Fault as fault:
            self.message.setText(say(fault.sentence))
            return
        self.message.clear()
        self._asked = problem, run
        steps, breathe = self.steps.value(), self._breathe
        self._watch.begin(
            lambda report: run_sweep(grid, steps, goal, jobs=jobs(), report=report, breathe=breathe)
        )

    @Slot()
    def stop(self) -> None:
        """Cancel what is being computed; the map that was there stays."""
        self._watch.stop()

    def done(self, result: int) -> None:
        """However the dialog ends, no thread goes on computing."""
        self.stop()
        self.told.point(None, None)
        super().done(result)

    @Slot(bool)
    def _show_working(self, working: bool) -> None:
        self.compute.setEnabled(not working)
        self.cancel.setEnabled(working)
        self.progress.setVisible(working)
        self.left.setVisible(working)

    @Slot(object)
    def _end(self, result: Outcomes | Sentence) -> None:
        if isinstance(result, Sentence):
            self.message.setText(say(result))
        else:
            self._show(result)

    def _show(self, outcomes: Outcomes) -> None:
        settled = bool((outcomes.settled >= 0).any())
        if not settled and self.measure.currentData() == SETTLED:
            self.measure.setCurrentIndex(self.measure.findData(LOSS))
        self.view.show_outcomes(outcomes, str(self.measure.currentData()))
        self._mapped = self._asked
        self._name_base()
        self.message.setText(tr("Click a run to add it to the window."))

    @Slot()
    def _show_measure(self) -> None:
        if self.view.map is not None:
            self.view.show_outcomes(self.view.map.outcomes, str(self.measure.currentData()))

    @Slot(object)
    def _tell(self, places: tuple[int, ...] | None) -> None:
        self.told.point(self.view.map, places)

    @Slot(object)
    def _choose(self, places: tuple[int, ...]) -> None:
        if self.view.map is not None:
            grid = self.view.map.outcomes.grid
            self.run_chosen.emit(grid.problem, grid.run_at(*places))


def _named(problem: Problem, run: Run) -> str:
    method = tr(run.family.title, "optimizer")
    return f"{tr(problem.title, 'problem')} · {method} · α = {number(run.learning_rate)}"
