"""One run as a card: its look, optimizer, learning rate, schedule, and how it is doing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.engine.fields import Value, fields_of, settings_values
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import Problem
from gdsim.engine.run import Clipping, Run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES, find_schedule
from gdsim.engine.sentences import number
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.bands_meter import BandsMeter
from gdsim.ui.controls.form import ChoiceBox, Fold, SettingsForm
from gdsim.ui.controls.method_note import MethodNote, explain_choices
from gdsim.ui.controls.stability_gauge import StabilityGauge
from gdsim.ui.controls.swatch import Swatch
from gdsim.ui.controls.verdict_label import VerdictLabel
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.scene import Scene
from gdsim.ui.theme import Theme

_BAD = (Outcome.DIVERGING, Outcome.DIVERGED, Outcome.NO_VALUE)


class RunCard(QFrame):
    """Shows one run and edits its settings; only the selected card shows all of them."""

    edited = Signal(int, str, str, object)
    """The run's key, and what of it: as `experiment.setup.edited` takes it."""
    selected = Signal(int)
    visibility_changed = Signal(int, bool)
    branch_requested = Signal(int)
    duplicate_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, key: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._name = f"run.{key + 1}"
        self._run: Run | None = None
        self._asked = ""
        """The form that the last edit came from."""
        self._samples = -1
        self._is_selected: bool | None = None
        self._meter = BandsMeter()
        self._forms: dict[str, SettingsForm] = {}
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.swatch = Swatch()
        self.optimizer = ChoiceBox()
        self.optimizer.activated.connect(self._choose_optimizer)
        self.eye = QToolButton()
        self.eye.setCheckable(True)
        self.eye.setChecked(True)
        self.eye.setAutoRaise(True)
        self.eye.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.eye.toggled.connect(self._toggle_visible)
        self.more_actions = QToolButton()
        self.more_actions.setText("⋮")
        self.more_actions.setAutoRaise(True)
        self.more_actions.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more_actions.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more_actions.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        menu = QMenu(self.more_actions)
        self._branch = menu.addAction("", self._request_branch)
        self._duplicate = menu.addAction("", self._request_duplicate)
        self._remove = menu.addAction("", self._request_remove)
        self.more_actions.setMenu(menu)
        self.summary = QLabel()
        self.summary.setProperty("muted", True)
        self.summary.setWordWrap(True)
        self.verdict = VerdictLabel()
        self.halve = QPushButton()
        self.halve.clicked.connect(self._halve_rate)
        self.clip = QPushButton()
        self.clip.clicked.connect(self._clip_gradient)
        self.remedies = QWidget()
        self._body = QWidget()
        self._lay_out()
        self.setObjectName(self._name)
        name_controls(self, self._name)
        self.retranslate()

    # Building

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(4)
        header.addWidget(self.swatch)
        header.addWidget(self.optimizer, 1)
        header.addWidget(self.eye)
        header.addWidget(self.more_actions)
        buttons = QHBoxLayout(self.remedies)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.halve)
        buttons.addWidget(self.clip)
        buttons.addStretch(1)
        self.gauge = StabilityGauge()
        self.gauge.rate_chosen.connect(self._choose_rate)
        self.schedule_label = QLabel()
        self.schedule = ChoiceBox()
        self.schedule.activated.connect(self._choose_schedule)
        self.schedule_label.setBuddy(self.schedule)
        row = QHBoxLayout()
        row.addWidget(self.schedule_label, 1)
        row.addWidget(self.schedule, 1)
        self._slots: dict[str, QVBoxLayout] = {}
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(self._slot("optimizer"))
        inside.addWidget(self.gauge)
        inside.addLayout(row)
        inside.addLayout(self._slot("schedule"))
        self._more = QWidget()
        more = QVBoxLayout(self._more)
        more.setContentsMargins(8, 0, 0, 0)
        more.setSpacing(3)
        self.optimizer_note, self.schedule_note = (
            MethodNote(box) for box in (self.optimizer, self.schedule)
        )
        more.addWidget(self.optimizer_note)
        more.addLayout(self._slot("optimizer_more"))
        more.addWidget(self.schedule_note)
        for part in ("schedule_more", "sampling", "clipping"):
            more.addLayout(self._slot(part))
        self.fold = Fold(self._more)
        inside.addWidget(self.fold)
        inside.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(header)
        column.addWidget(self.summary)
        column.addWidget(self._body)
        column.addWidget(self.verdict)
        column.addWidget(self.remedies)
        self.remedies.hide()

    def _slot(self, part: str) -> QVBoxLayout:
        slot = self._slots[part] = QVBoxLayout()
        slot.setContentsMargins(0, 0, 0, 0)
        return slot

    def _put(self, part: str, form: SettingsForm) -> None:
        old = self._forms.pop(part, None)
        if old is not None:
            old.hide()
            old.deleteLater()
        self._forms[part] = form
        form.setObjectName(part)
        form.edited.connect(self._edit)
        self._slots[part].addWidget(form)  # before it is shown, or it would be a window
        form.setVisible(bool(form.fields))

    def _build_forms(self, run: Run, samples: int) -> None:
        """New forms where another optimizer, schedule or problem has other settings."""
        old = self._run
        if old is None or old.optimizer != run.optimizer:
            settings = run.family.Settings
            self._put("optimizer", SettingsForm(settings, name=self._name, advanced=False))
            self._put("optimizer_more", SettingsForm(settings, name=self._name, advanced=True))
        if old is None or old.schedule != run.schedule:
            declared, name = find_schedule(run.schedule).Settings, f"{self._name}.schedule"
            self._put("schedule", SettingsForm(declared, name=name, advanced=False))
            self._put("schedule_more", SettingsForm(declared, name=name, advanced=True))
        if (samples > 0) != (self._samples > 0) or self._samples < 0:
            names = () if samples else tuple(field.name for field in fields_of(Sampling))
            self._put("sampling", SettingsForm(Sampling, name=self._name, without=names))
        if "clipping" not in self._forms:
            self._put("clipping", SettingsForm(Clipping, name=self._name))

    # Showing

    def show_settings(self, problem: Problem, run: Run, scene: Scene) -> None:
        """Show the run as it is set at this step."""
        self.swatch.show_style(scene.styles[self.key])
        self._select(scene.selected == self.key)
        self.eye.blockSignals(True)
        self.eye.setChecked(self.key not in scene.hidden)
        self.eye.blockSignals(False)
        self.eye.setText("●" if self.eye.isChecked() else "○")
        if run is not self._run or problem.size != self._samples:
            self._build_forms(run, problem.size)
            self._run, self._samples = run, problem.size
            self._show_settings(run)

    def show_results(self, problem: Problem, run: Run, snapshot: Snapshot, scene: Scene) -> None:
        """Show what has become of it, as far as these are results of that problem."""
        shown = snapshot.run(self.key) if snapshot.problem is problem else None
        if self._is_selected:
            step = scene.step(snapshot)
            self._show_gauge(problem, run, shown, scene.theme, step, playing=snapshot.playing)
        self.verdict.show_run(shown, scene.theme)
        bad = shown is not None and shown.outcome in _BAD
        if self.remedies.isHidden() == bad:
            self.remedies.setVisible(bad)

    def complain(self, text: str) -> None:
        """Say why the last edit was refused, and show again what holds."""
        if self._run is not None:
            self._show_settings(self._run)
        if self._asked in self._forms:
            self._forms[self._asked].complain(text)

    def _show_settings(self, run: Run) -> None:
        parts: dict[str, Mapping[str, Value]] = {
            "optimizer": settings_values(run.settings),
            "optimizer_more": settings_values(run.settings),
            "schedule": settings_values(run.schedule_settings),
            "schedule_more": settings_values(run.schedule_settings),
            "sampling": settings_values(run.sampling),
            "clipping": settings_values(run.clipping),
        }
        for part, values in parts.items():
            self._forms[part].set_values(values)
            self._forms[part].complain("")
        self._show_choices()
        family, schedule = run.family, find_schedule(run.schedule)
        title = tr(family.title, "optimizer")
        self.optimizer_note.tell(title, family.summary, run.method.rule())
        planned = tr(schedule.title, "schedule")
        self.schedule_note.tell(planned, schedule.summary, (schedule.formula,))
        text = f"α {number(run.learning_rate)}"
        if not schedule.constant:
            text += f" · {planned}"
        self.summary.setText(text)

    def _show_choices(self) -> None:
        run = self._run or Run()
        self.optimizer.show_choices(
            {o.name: tr(o.title, "optimizer") for o in OPTIMIZERS}, run.optimizer
        )
        self.schedule.show_choices(
            {s.name: tr(s.title, "schedule") for s in SCHEDULES}, run.schedule
        )
        explain_choices(self.optimizer, [o.summary for o in OPTIMIZERS])
        explain_choices(self.schedule, [s.summary for s in SCHEDULES])

    def _show_gauge(
        self,
        problem: Problem,
        run: Run,
        shown: RunSnapshot | None,
        theme: Theme,
        step: int,
        *,
        playing: bool,
    ) -> None:
        theta = np.array(run.start) if shown is None else shown.theta
        bands = self._meter.of(problem, run, theta, playing=playing)
        if self.gauge.isHidden() == (bands is not None):
            self.gauge.setVisible(bands is not None)
        if bands is not None:
            known = shown is not None and shown.run == run
            rate = shown.rate if known and shown is not None else _planned_rate(run, step)
            self.gauge.show_rate(run, bands, rate, theme)

    def _select(self, selected: bool) -> None:
        if selected == self._is_selected:
            return
        self._is_selected = selected
        self.setProperty("selected", selected)
        self.style().unpolish(self)
        self.style().polish(self)
        self._body.setVisible(selected)
        self.summary.setVisible(not selected)

    def retranslate(self) -> None:
        """All texts in the language in use."""
        for form in self._forms.values():
            form.retranslate()
        self._show_choices()
        if self._run is not None:
            self._show_settings(self._run)
        self.gauge.retranslate()
        self.optimizer.setAccessibleName(tr("Optimizer"))
        self.schedule.setAccessibleName(tr("Schedule"))
        self.schedule_label.setText(tr("Schedule"))
        self.fold.setText(tr("More"))
        self.eye.setToolTip(tr("Show or hide this run"))
        self.eye.setAccessibleName(tr("Show or hide this run"))
        self.more_actions.setToolTip(tr("Branch, duplicate, remove"))
        self.more_actions.setAccessibleName(tr("Branch, duplicate, remove"))
        self._branch.setText(tr("Branch from here"))
        self._duplicate.setText(tr("Duplicate"))
        self._remove.setText(tr("Remove"))
        self.halve.setText(tr("Halve the rate"))
        self.clip.setText(tr("Clip the gradient"))
        self.setAccessibleName(tr("Run {number}", number=self.key + 1))

    # Editing

    @Slot(str, object)
    def _edit(self, name: str, value: Value) -> None:
        sender = self.sender()
        self._asked = sender.objectName() if sender is not None else ""
        part = self._asked.removesuffix("_more")
        attribute = {"optimizer": "settings", "schedule": "schedule_settings"}.get(part, part)
        self.edited.emit(self.key, attribute, name, value)

    @Slot(float)
    def _choose_rate(self, rate: float) -> None:
        # The gauge shows the scheduled rate; the setting is the base that the schedule scales.
        if self._run is not None:
            k = np.array([0])
            first = float(self._run.rate_schedule.rate(1.0, k)[0]) or 1.0
            self._set_rate(rate / first)

    def _set_rate(self, rate: float) -> None:
        self.edited.emit(self.key, "settings", "learning_rate", rate)

    @Slot()
    def _choose_optimizer(self) -> None:
        self.edited.emit(self.key, "optimizer", "", str(self.optimizer.currentData()))

    @Slot()
    def _choose_schedule(self) -> None:
        self.edited.emit(self.key, "schedule", "", str(self.schedule.currentData()))

    @Slot()
    def _halve_rate(self) -> None:
        if self._run is not None:
            self._set_rate(self._run.learning_rate / 2.0)

    @Slot()
    def _clip_gradient(self) -> None:
        self.edited.emit(self.key, "clipping", "clip_norm", 1.0)

    # Selecting, hiding, removing

    @Slot(bool)
    def _toggle_visible(self, visible: bool) -> None:
        self.visibility_changed.emit(self.key, visible)

    @Slot()
    def _request_branch(self) -> None:
        self.branch_requested.emit(self.key)

    @Slot()
    def _request_duplicate(self) -> None:
        self.duplicate_requested.emit(self.key)

    @Slot()
    def _request_remove(self) -> None:
        self.remove_requested.emit(self.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.selected.emit(self.key)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.selected.emit(self.key)
        else:
            super().keyPressEvent(event)


def _planned_rate(run: Run, step: int) -> float:
    """The rate at `step`, as far as the schedule knows it without the loss."""
    if run.rate_schedule.watches_loss:
        return run.learning_rate
    return float(run.rate_schedule.rate(run.learning_rate, np.array([step]))[0])
