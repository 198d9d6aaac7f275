"""Problem and data: which landscape, how it is made, where to start, and how it is curved."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.fields import Field, Settings, settings_values
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.experiment.setup import Setup
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.form import Fold, NumberEdit, SettingsForm
from gdsim.ui.controls.problem_choice import ProblemChoice
from gdsim.ui.language import listed, say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.scene import Scene

LARGEST_START = 1e150
MOST_POINTS = 200
"""So many can be edited as a table."""
MOST_SPOTS = 2
"""Up to so many parameters have their start in a row; more have it in a dialog."""
MOST_SHOWN = 4
"""So many coefficients are written out."""
TEXT_SECONDS = 0.25


class ProblemPanel(QFrame):
    """Chooses the problem, its settings, data and start; shows the curvature that they make."""

    problem_chosen = Signal(str)
    setting_changed = Signal(str, object)
    open_data_requested = Signal()
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
        self._spots: list[NumberEdit] = []
        self._forms: tuple[SettingsForm, SettingsForm] | None = None
        self._theta: Array | None = None
        self._measured = False
        """Whether the curvature that is told is that of this problem and start."""
        self._told_at = 0.0
        self.setProperty("card", True)
        self.problem = ProblemChoice()
        self.problem.activated.connect(self._choose)
        self.formula, self.facts, self.own_units, self.notes, self.data = (
            _paragraph(muted=muted) for muted in (False, True, True, True, True)
        )
        self.open = QPushButton()
        self.open.clicked.connect(self.open_data_requested)
        self.edit = QPushButton()
        self.edit.clicked.connect(self.points_requested)
        self.made = QPushButton()
        self.made.clicked.connect(self.made_data_requested)
        self.all_starts = QToolButton()
        self.all_starts.setText("…")
        self.all_starts.clicked.connect(self.starts_requested)
        self._start_label = QLabel()
        self._more = QWidget()
        self.fold = Fold(self._more)
        self._lay_out()
        self.problem.setObjectName("problem.kind")
        name_controls(self, "problem")
        self.retranslate()

    def _lay_out(self) -> None:
        self._data_row = QWidget()
        buttons = QHBoxLayout(self._data_row)
        for button in (self.edit, self.made, self.open):
            buttons.addWidget(button, 1)
        self._settings = QWidget()
        settings = QVBoxLayout(self._settings)
        settings.setSpacing(2)
        self._form_slots = QVBoxLayout(), QVBoxLayout(self._more)
        self._form_slots[1].setContentsMargins(8, 0, 0, 0)
        settings.addLayout(self._form_slots[0])
        settings.addWidget(self.fold)
        settings.addWidget(self._more)
        self._start_row = QHBoxLayout()
        start = self._start_line = QHBoxLayout()
        start.addWidget(self._start_label)
        start.addLayout(self._start_row, 1)
        start.addWidget(self.all_starts)
        for row in (buttons, self._start_row, start):
            row.setSpacing(4)
        for inner in (buttons, settings):
            inner.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.problem)
        column.addWidget(self.formula)
        column.addWidget(self._settings)
        column.addWidget(self.data)
        column.addWidget(self._data_row)
        column.addLayout(start)
        for text in (self.own_units, self.facts, self.notes):
            column.addWidget(text)

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
            for spot, value in zip(self._spots, self._start, strict=False):
                spot.set_value(value)
            if not self._spots:
                self.all_starts.setText(self._starts_text())

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Follow the curvature, and the selected run's place."""
        if scene.setup is None:
            return
        self.show_setup(scene.setup, scene.step(snapshot), scene)
        if not self._measured:
            self._tell_curvature()
        problem = scene.setup.problem
        run = snapshot.run(scene.selected) if snapshot.problem is problem else None
        theta = None if run is None else run.theta
        now = time.monotonic()
        if theta is not self._theta and (
            not snapshot.playing or now - self._told_at > TEXT_SECONDS
        ):
            self._theta, self._told_at = theta, now
            self._tell_own_units()

    def complain(self, text: str) -> None:
        """Say why a setting was refused, and show again those that hold."""
        if self._forms is not None and self._problem is not None:
            self._show_settings(self._problem)
            self._forms[0].complain(text)

    def retranslate(self) -> None:
        self.problem.setAccessibleName(tr("Problem"))
        self.open.setText(tr("Open CSV…"))
        self.open.setToolTip(tr("Open data of your own; a file can also be dropped on the window"))
        self.edit.setText(tr("Edit…"))
        self.edit.setToolTip(tr("Edit the points as a table"))
        self.made.setText(tr("Made data"))
        self.made.setToolTip(tr("Back to data that are made by the settings"))
        self.fold.setText(tr("More"))
        self._start_label.setText(tr("Start"))
        self.all_starts.setToolTip(tr("Where all runs begin, as a table, or at random"))
        self.all_starts.setAccessibleName(tr("All starts"))
        for form in self._forms or ():
            form.retranslate()
        self._name_spots()
        if self._problem is not None:
            self._name_problem(self._problem)
            self._show_settings(self._problem)
            self._tell_curvature()
            self._tell_own_units()

    # Showing

    def _take(self, problem: Problem) -> None:
        old = self._problem
        self._problem = problem
        if old is None or old.parameters != problem.parameters:
            self._build_start(problem)
        if old is None or type(old.settings) is not type(problem.settings):
            self._build_forms(type(problem.settings))
        self._show_settings(problem)
        self._name_problem(problem)
        self._measured = False

    def _name_problem(self, problem: Problem) -> None:
        self.problem.show_problem(problem)
        data = problem.data
        for widget in (self.data, self._data_row):
            widget.setVisible(data is not None)
        if data is None:
            text = f"{problem.loss_name} = {problem.formula}"
        else:
            text = tr(
                "{formula}, loss: {loss} over {count} points",
                formula=problem.formula, loss=problem.loss_name, count=f"{problem.size:,}",
            )  # fmt: skip
            names = ", ".join(data.names[:6]) + (" …" if data.columns > 6 else "")
            said = f"{names} → {data.target}"
            if problem.own_data is not None:
                said = tr("Own data: {columns}", columns=said)
            self.data.setText(said)
            self.data.setVisible(problem.own_data is not None)
            self.edit.setVisible(problem.size <= MOST_POINTS)
            self.made.setVisible(problem.own_data is not None)
        self.formula.setText(text)
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

    def _build_start(self, problem: Problem) -> None:
        while (item := self._start_row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._spots = []
        self._start = ()
        many = len(problem.parameters) > MOST_SPOTS
        # The button takes the row where it stands for all numbers.
        wide = QSizePolicy.Policy.Ignored if many else QSizePolicy.Policy.Fixed
        self.all_starts.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self._start_line.setStretch(1, 0 if many else 1)
        self._start_line.setStretch(2, 1 if many else 0)
        if many:
            return
        self.all_starts.setText("…")
        for parameter in problem.parameters:
            field = Field(
                parameter.name, "float", 0.0, parameter.symbol, "Where the runs begin.",
                minimum=-LARGEST_START, maximum=LARGEST_START,
            )  # fmt: skip
            spot = NumberEdit(field)
            spot.setObjectName(f"problem.start.{parameter.name}")
            spot.applied.connect(self._move)
            spot.refused.connect(self._refuse)
            label = QLabel(parameter.symbol)
            label.setBuddy(spot)
            self._start_row.addWidget(label)
            self._start_row.addWidget(spot, 1)
            self._spots.append(spot)
        self._name_spots()

    def _name_spots(self) -> None:
        parameters = self._problem.parameters if self._problem is not None else ()
        for spot, parameter in zip(self._spots, parameters, strict=False):
            spot.setAccessibleName(tr("Start {name}", name=parameter.symbol))

    def _starts_text(self) -> str:
        shown = ", ".join(f"{value:.3g}" for value in self._start[:MOST_SHOWN])
        rest = len(self._start) - MOST_SHOWN
        return shown.replace("-", "−") + (f" … ({len(self._start)})" if rest > 0 else "")

    def _tell_curvature(self) -> None:
        problem = self._problem
        if problem is None or not self._start:
            return
        self._measured = True
        here = curvature_at(problem, np.array(self._start))
        if here is None:
            self.facts.setText(tr("The curvature here is not finite."))
            return
        low, high = float(here.eigenvalues[0]), here.largest
        if len(self._start) == 1:
            name = f"{problem.loss_name}″"
            texts = [tr("Curvature {name} = {value}", name=name, value=number(high))]
        else:
            texts = [tr("Curvature λ {low} … {high}", low=number(low), high=number(high))]
        if high > 0.0:
            if low > 0.0 and len(self._start) > 1:
                texts.append(tr("condition {value}", value=number(here.condition_number)))
            texts.append(tr("critical rate 2/λmax = {rate}", rate=number(2.0 / high)))
        self.facts.setText(listed(texts))

    def _tell_own_units(self) -> None:
        """The coefficients in the data's units, where those that descend are others."""
        problem = self._problem
        text = ""
        if problem is not None and problem.own_terms and self._theta is not None:
            own = problem.own_units(self._theta)
            if not np.array_equal(own, self._theta):
                text = tr("In the data's units: {formula}", formula=_sum(problem.own_terms, own))
        if self.own_units.text() != text:
            self.own_units.setText(text)
        if self.own_units.isHidden() == bool(text):
            self.own_units.setVisible(bool(text))

    # Acting

    @Slot()
    def _choose(self) -> None:
        self.problem_chosen.emit(str(self.problem.currentData()))

    @Slot()
    def _move(self) -> None:
        start = tuple(float(spot.value) for spot in self._spots)
        if start != self._start:
            self.start_changed.emit(start)

    @Slot(str)
    def _refuse(self, text: str) -> None:
        if text:
            self.facts.setText(text)
        else:
            self._tell_curvature()


def _sum(terms: Sequence[str], own: Array) -> str:
    """a + bx + …, with the columns' names or the powers of x."""
    text = number(float(f"{own[0]:.4g}"))
    for value, name in zip(own[1:MOST_SHOWN].tolist(), terms, strict=False):
        text += f" {'−' if value < 0 else '+'} {number(float(f'{abs(value):.4g}'))}·{name}"
    return text + (" …" if len(own) > MOST_SHOWN else "")


def _paragraph(*, muted: bool) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    if muted:
        label.setProperty("muted", True)
    return label
