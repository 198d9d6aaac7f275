"""Problem and data: which landscape, how it is made, where to start, and how it is curved."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.fields import Settings, settings_values
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Sentence, number
from gdsim.experiment.setup import Setup
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.answer_label import AnswerLabel
from gdsim.ui.controls.boxed_menu import BoxedMenu
from gdsim.ui.controls.form import Fold, SettingsForm
from gdsim.ui.controls.predict_row import PredictRow
from gdsim.ui.controls.problem_choice import ProblemChoice
from gdsim.ui.controls.start_row import StartRow
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.scene import Scene

MOST_POINTS = 200
"""So many can be edited as a table."""
"""So many coefficients are written out."""
LONG = 72
"""Characters of a formula that has the curvatures beside it."""
TEXT_SECONDS = 0.25


class ProblemPanel(QFrame):
    """Chooses the problem, its settings, data and start; shows the curvature that they make."""

    problem_chosen = Signal(str)
    setting_changed = Signal(str, object)
    open_data_requested = Signal()
    boxed_requested = Signal(str)
    """The name of a table in the box."""
    made_data_requested = Signal()
    start_changed = Signal(object)
    starts_requested = Signal()
    """All starts as a table."""
    points_requested = Signal()
    """The points as a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._start: tuple[float, ...] = ()
        self._forms: tuple[SettingsForm, SettingsForm] | None = None
        self._theta: Array | None = None
        self._held: Sentence | None = None
        self._facts: list[str] = []
        self._hides: frozenset[str] = frozenset()
        self._untold = False
        """Whether a lesson hides the curvatures: the critical rate follows from them."""
        self._measured = False
        """Whether the curvature that is told is that of this problem and start."""
        self._told_at = 0.0
        self.setProperty("card", True)
        self.problem = ProblemChoice()
        self.problem.activated.connect(self._choose)
        self.formula, self.facts, self.notes, self.data = (_paragraph(muted=True) for _ in range(4))
        self.answer = AnswerLabel()
        self.predict = PredictRow()
        self.data_button = QPushButton()
        self.data_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.data_button)
        self.edit = menu.addAction("")
        self.edit.triggered.connect(self.points_requested)
        self.open = menu.addAction("")
        self.open.triggered.connect(self.open_data_requested)
        self.boxed = BoxedMenu(menu)
        self.boxed.chosen.connect(self.boxed_requested)
        menu.addMenu(self.boxed)
        self.data_button.setMenu(menu)
        self.unfold = QToolButton()
        self.unfold.setProperty("boxed", True)
        self.unfold.setCheckable(True)
        self.unfold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unfold.setArrowType(Qt.ArrowType.RightArrow)
        self.unfold.toggled.connect(self._fold)
        self.unfold.hide()
        self.brief = _paragraph(muted=True)
        self._compact = False
        self.made = QPushButton()
        self.made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.made.clicked.connect(self.made_data_requested)
        self.start = StartRow()
        self.start.start_changed.connect(self._move)
        self.start.table_requested.connect(self.starts_requested)
        self.start.refused.connect(self._refuse)
        self.all_starts = self.start.table
        self.all_starts.setObjectName("problem.all_starts")
        self.complaint = _paragraph(muted=False)
        self.complaint.setProperty("danger", True)
        self.complaint.hide()
        self.facts.setWordWrap(False)
        self._more = QWidget()
        self.fold = Fold(self._more)
        self._lay_out()
        self.problem.setObjectName("problem.kind")
        self.setObjectName("problem")
        name_controls(self, "problem")
        self.retranslate()

    def _lay_out(self) -> None:
        self._data_row = QWidget()
        buttons = QHBoxLayout(self._data_row)
        buttons.addWidget(self.made)
        buttons.addStretch(1)
        self._settings = QWidget()
        settings = QVBoxLayout(self._settings)
        settings.setSpacing(2)
        self._form_slots = QVBoxLayout(), QVBoxLayout(self._more)
        self._form_slots[1].setContentsMargins(8, 0, 0, 0)
        settings.addLayout(self._form_slots[0])
        settings.addWidget(self.fold)
        settings.addWidget(self._more)
        buttons.setSpacing(4)
        for inner in (buttons, settings):
            inner.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.problem, 1)
        head.addWidget(self.data_button)
        head.addWidget(self.unfold)
        self._details = QWidget()
        column = QVBoxLayout(self._details)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._told = QHBoxLayout()
        self._told.setSpacing(8)
        self._told.addWidget(self.formula, 1)
        self._told.addWidget(self.facts)
        column.addLayout(self._told)
        column.addWidget(self._settings)
        column.addWidget(self.data)
        column.addWidget(self._data_row)
        column.addWidget(self.start)
        column.addWidget(self.complaint)
        column.addWidget(self.answer)
        column.addWidget(self.predict)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 8)
        whole.setSpacing(6)
        whole.addLayout(head)
        whole.addWidget(self.brief)
        whole.addWidget(self._details)
        whole.addWidget(self.notes)
        self.brief.hide()

    def set_compact(self, compact: bool) -> None:
        """One row and a line beneath it, until it is unfolded."""
        if compact != self._compact:
            self._compact = compact
            self.unfold.setVisible(compact)
            self._fold(self.unfold.isChecked())

    @Slot(bool)
    def _fold(self, unfolded: bool) -> None:
        folded = self._compact and not unfolded
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.unfold.setArrowType(arrow)
        self._details.setVisible(not folded)
        self.data_button.setVisible(self._has_data and not folded)
        self.brief.setVisible(folded)

    @property
    def _has_data(self) -> bool:
        return self._problem is not None and self._problem.data is not None

    def _tell_brief(self) -> None:
        """What the folded panel says of the problem: size, loss, start and condition."""
        problem = self._problem
        if problem is None:
            return
        parts = [tr("{count} points", count=f"{problem.size:,}")] if problem.data else []
        parts.append(problem.loss_name)
        if self.start.is_short:
            start = ", ".join(number(value, 3) for value in self._start)
            parts.append(tr("start ({values})", values=start))
        self.brief.setText(" · ".join([*parts, *self._facts[:1]]))

    @property
    def shown(self) -> Problem | None:
        """The problem that the panel shows now."""
        return self._problem

    def show_setup(self, setup: Setup, step: int, scene: Scene) -> None:
        """Follow the problem that is set, and the selected run's start."""
        start = setup.track(scene.selected).run.start
        if setup.problem is not self._problem:
            self._take(setup.problem)
        if start != self._start:
            self._start = start
            self._measured = False
            self.start.show_start(start)
            self._tell_brief()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the curvature, and the selected run's place."""
        if scene.setup is None:
            return
        self.show_setup(scene.setup, scene.step(snapshot), scene)
        problem = scene.setup.problem
        self.notes.setVisible(bool(problem.notes) and "note" not in scene.hides)
        if ("critical" in scene.hides) is not self._untold:
            self._untold, self._measured = not self._untold, False
        if not self._measured:
            self._tell_curvature()
        run = snapshot.run(scene.selected) if snapshot.problem is problem else None
        theta = None if run is None else run.theta
        now = time.monotonic()
        rested = not snapshot.playing or now - self._told_at > TEXT_SECONDS
        if (theta is not self._theta and rested) or scene.hides != self._hides:
            self._theta, self._told_at, self._hides = theta, now, scene.hides
            self._held = None if run is None else run.held_verdict
            self._tell_answer()

    def complain(self, text: str) -> None:
        """Say why a setting was refused, and show again those that hold."""
        if self._forms is not None and self._problem is not None:
            self._show_settings(self._problem)
            self._forms[0].complain(text)

    def retranslate(self) -> None:
        self.problem.setAccessibleName(tr("Problem"))
        self.data_button.setText(tr("Data…"))
        self.data_button.setToolTip(
            tr("Open data of your own; a file can also be dropped on the window")
        )
        self.open.setText(tr("Open CSV…"))
        self.edit.setText(tr("Edit the points as a table"))
        self.boxed.retranslate()
        self.facts.setToolTip(
            tr("Of the loss where the runs start: condition number κ, curvatures λ or J″")
        )
        name = tr("All settings of the problem")
        self.unfold.setToolTip(name)
        self.unfold.setAccessibleName(name)
        self.made.setText(tr("Made data"))
        self.made.setToolTip(tr("Back to data that are made by the settings"))
        self.fold.setText(tr("More"))
        self.start.retranslate()
        self.predict.retranslate()
        for form in self._forms or ():
            form.retranslate()
        if self._problem is not None:
            self._name_problem(self._problem)
            self._show_settings(self._problem)
            self._tell_curvature()
            self._tell_answer()

    # Showing

    def _take(self, problem: Problem) -> None:
        old = self._problem
        self._problem = problem
        if old is None or old.parameters != problem.parameters:
            self._start = ()
        self.start.show_problem(problem)
        if old is None or type(old.settings) is not type(problem.settings):
            self._build_forms(type(problem.settings))
        self._show_settings(problem)
        self._name_problem(problem)
        self._measured = False

    def _name_problem(self, problem: Problem) -> None:
        self.problem.show_problem(problem)
        data = problem.data
        self.data.setVisible(data is not None)
        self._data_row.setVisible(problem.own_data is not None)
        if data is None:
            text = f"{problem.loss_name} = {problem.formula}"
        else:
            count = {"formula": problem.formula, "count": f"{problem.size:,}"}
            text = tr("{formula} · {count} points", **count)
            if len(problem.held):
                held = f"{len(problem.held):,}"
                text = tr("{formula} · {count} points, {held} held back", **count, held=held)
            names = ", ".join(data.names[:6]) + (" …" if data.columns > 6 else "")
            said = f"{names} → {data.target}"
            if problem.own_data is not None:
                said = tr("Own data: {columns}", columns=said)
            self.data.setText(said)
            self.data.setVisible(problem.own_data is not None)
            self.edit.setEnabled(problem.size <= MOST_POINTS)
            self.made.setVisible(problem.own_data is not None)
        self._fold(self.unfold.isChecked())
        self._tell_brief()
        self.formula.setText(text)
        # A long formula takes the whole line, and the facts the next.
        beside = len(text) <= LONG
        ways = QBoxLayout.Direction
        self._told.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        # What is typed stands in its field already.
        typed = any(field.kind == "text" for field in problem.shown_settings())
        self.formula.setVisible(data is not None or not typed)
        self.notes.setText("\n".join(f"⚠ {say(note)}" for note in problem.notes))
        self.notes.setVisible(bool(problem.notes))

    def _build_forms(self, settings: type[Settings]) -> None:
        for form in self._forms or ():
            form.hide()
            form.deleteLater()
        self._forms = (
            SettingsForm(settings, name="problem", advanced=False),
            SettingsForm(settings, name="problem", advanced=True),
        )
        for form, slot in zip(self._forms, self._form_slots, strict=True):
            form.edited.connect(self.setting_changed)
            slot.addWidget(form)

    def _show_settings(self, problem: Problem) -> None:
        if self._forms is None:
            return
        names = {field.name for field in problem.shown_settings()}
        values = settings_values(problem.settings)
        for form in self._forms:
            form.set_values(values, names)
            form.complain("")
        first, more = (any(f.name in names for f in form.fields) for form in self._forms)
        self._settings.setVisible(first or more)
        self.fold.setVisible(more)
        self._more.setVisible(more and self.fold.isChecked())

    def _tell_curvature(self) -> None:
        problem = self._problem
        if problem is None or not self._start:
            return
        self._measured = True
        self.facts.setVisible(not self._untold)
        if self._untold:
            self._facts = []
            self._tell_brief()
            return
        here = curvature_at(problem, np.array(self._start))
        if here is None:
            self.facts.setText(tr("The curvature here is not finite."))
            return
        low, high = float(here.eigenvalues[0]), here.largest
        if len(self._start) == 1:
            name = f"{problem.loss_name}″"
            texts = [f"{name} = {number(high, 3)}"]
        else:
            texts = [f"λ {number(low, 3)} … {number(high, 3)}"]
            if low > 0.0:
                texts.insert(0, f"κ {number(here.condition_number, 3)}")
        self._facts = texts
        self.facts.setText(" · ".join(texts))
        self._tell_brief()

    def _tell_answer(self) -> None:
        """What the selected run has come to, where data are fitted."""
        self.answer.show_theta(self._problem, self._theta, self._hides, self._held)
        self.predict.show_theta(self._problem, self._theta, self._hides)

    # Acting

    @Slot()
    def _choose(self) -> None:
        self.problem_chosen.emit(str(self.problem.currentData()))

    @Slot(object)
    def _move(self, start: tuple[float, ...]) -> None:
        self.complaint.hide()
        self.start_changed.emit(start)

    @Slot(str)
    def _refuse(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))


def _paragraph(*, muted: bool) -> QLabel:
    label = PlainLabel()
    label.setWordWrap(True)
    if muted:
        label.setProperty("muted", True)
    return label
