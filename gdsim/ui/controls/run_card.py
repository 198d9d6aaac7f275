"""One run as a card: its look, optimizer, learning rate, schedule, and how it is doing."""

from __future__ import annotations

import functools

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Value
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.outcome import Outcome
from gdsim.engine.plan import base_for_peak, plan_of, planned_rate
from gdsim.engine.presets import Preset, preset_rate
from gdsim.engine.problems import Problem
from gdsim.engine.remedies import Remedy
from gdsim.engine.run import Run
from gdsim.engine.schedules import SCHEDULES, find_schedule
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.controls.form import MOST_BESIDE, ChoiceBox
from gdsim.ui.controls.method_note import MethodNote, explain_choices
from gdsim.ui.controls.rate_presets import RatePresets
from gdsim.ui.controls.remedy_buttons import RemedyButtons
from gdsim.ui.controls.run_foot import RunFoot
from gdsim.ui.controls.run_forms import RunForms
from gdsim.ui.controls.run_frame import RunFrame
from gdsim.ui.controls.run_line import standing
from gdsim.ui.controls.run_tools import RunTools
from gdsim.ui.controls.stability_gauge import StabilityGauge
from gdsim.ui.controls.swatch import Swatch
from gdsim.ui.controls.verdict_label import VerdictLabel
from gdsim.ui.controls.why_label import WhyLabel
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.rate_meter import Point, RateMeter
from gdsim.ui.scene import Scene
from gdsim.ui.theme import Theme

_UNTOLD = ("", "", "muted")
"""How a run stands, where that is not to be seen."""
CRITICAL = "λmax"
"""Where a sentence has that, in any language, it tells the critical rate."""
_TOLD_BY_WHY = frozenset(("gauge", "critical", "verdict"))


class RunCard(RunFrame):
    """Shows one run and edits its settings; only the selected card shows all of them."""

    edited = Signal(int, str, str, object)
    """The run's key, and what of it: as `experiment.setup.edited` takes it."""
    selected = Signal(int)
    visibility_changed = Signal(int, bool)
    branch_requested = Signal(int)
    duplicate_requested = Signal(int)
    remove_requested = Signal(int)
    tune_requested = Signal(int)
    why_requested = Signal(int)
    help_requested = Signal(int)
    axis_pointed = Signal(object)
    """As the line that says why tells it."""
    neighbour_requested = Signal(int, int)
    """The run so many places further down the list shall be selected."""
    problem_setting_changed = Signal(str, object, object)
    """A setting of the problem that a remedy asks for, its value, and others that go with it."""

    def __init__(self, key: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._name = f"run.{key + 1}"
        self._run: Run | None = None
        self._problem: Problem | None = None
        self._samples = -1
        self._is_selected: bool | None = None
        self._hides: frozenset[str] = frozenset()
        self._free: frozenset[str] | None = None
        self._compact = self._beside = False
        self._meter = RateMeter()
        self._where: tuple[Problem, Array] | None = None
        """Where the rates of the presets are to be worked out."""
        self._steps = 1
        """How many the experiment has: the gauge shows the greatest rate of these."""
        self._origin = ""
        """Of which run it is a branch, as long as that is told."""
        self._forms = RunForms(self._name, self)
        self._forms.edited.connect(self._edit)
        self.swatch = Swatch()
        self.optimizer = ChoiceBox()
        self.optimizer.activated.connect(self._choose_optimizer)
        self._tools = RunTools(self._name)
        self.eye, self.more_actions = self._tools.eye, self._tools.more_actions
        self.verdict = VerdictLabel()
        self.why = WhyLabel()
        self.why.axis_pointed.connect(self.axis_pointed)
        self.remedies = RemedyButtons(self._name)
        self.remedies.chosen.connect(self._help)
        self._body = QWidget()
        self._lay_out()
        self._connect()
        self.setObjectName(self._name)
        name_controls(self, self._name)
        self.retranslate()

    # Building

    def _lay_out(self) -> None:
        self._header = QWidget()
        header = QHBoxLayout(self._header)
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(4)
        header.addWidget(self.swatch)
        header.addWidget(self.optimizer, 1)
        header.addWidget(self._tools)
        self.gauge = StabilityGauge()
        self.presets = RatePresets(f"{self._name}.rate")
        self.presets.chosen.connect(self._choose_preset)
        self.gauge.rate_chosen.connect(self._choose_rate)
        self.schedule_label = PlainLabel()
        self.schedule = ChoiceBox()
        self.schedule.activated.connect(self._choose_schedule)
        self.schedule_label.setBuddy(self.schedule)
        row = QHBoxLayout()
        row.addWidget(self.schedule_label, 1)
        row.addWidget(self.schedule, 1)
        self._rates, self._planning = QHBoxLayout(), row
        inside = self._inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(self._rates)
        self._rates.addLayout(self._forms.slots_by_part["optimizer"], 1)
        inside.addWidget(self.gauge)
        inside.addWidget(self.presets)
        inside.addLayout(row)
        inside.addLayout(self._forms.slots_by_part["schedule"])
        self._more = QWidget()
        more = self._rest = QVBoxLayout(self._more)
        more.setContentsMargins(8, 0, 0, 0)
        more.setSpacing(3)
        self.optimizer_note, self.schedule_note = (
            MethodNote(box) for box in (self.optimizer, self.schedule)
        )
        more.addWidget(self.optimizer_note)
        more.addLayout(self._forms.slots_by_part["optimizer_more"])
        more.addWidget(self.schedule_note)
        for part in ("schedule_more", "sampling", "clipping"):
            more.addLayout(self._forms.slots_by_part[part])
        self._foot = RunFoot(self._name, self._more)
        self.fold = self._foot.fold
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self._header)
        column.addWidget(self._body)
        column.addWidget(self.why)
        column.addWidget(self.verdict)
        column.addWidget(self.remedies)
        column.addWidget(self._foot)
        column.addWidget(self._more)

    def _connect(self) -> None:
        tools = self._tools
        for eye in (self.line_eye, tools.eye):
            eye.toggled.connect(self._toggle_visible)
        tools.branch_requested.connect(functools.partial(self.branch_requested.emit, self.key))
        tools.duplicate_requested.connect(
            functools.partial(self.duplicate_requested.emit, self.key)
        )
        tools.remove_requested.connect(functools.partial(self.remove_requested.emit, self.key))
        self._foot.tune_requested.connect(functools.partial(self.tune_requested.emit, self.key))
        tools.help_requested.connect(functools.partial(self.help_requested.emit, self.key))
        self._foot.why_requested.connect(functools.partial(self.why_requested.emit, self.key))

    # Showing

    def show_settings(self, problem: Problem, run: Run, scene: Scene) -> None:
        """Show the run as it is set at this step."""
        style = scene.styles[self.key]
        hidden, self._theme = self.key in scene.hidden, scene.theme
        self.swatch.show_style(style)
        self.line.show_run(run, style, scene.theme, hidden=hidden)
        self._select(scene.selected == self.key, scene)
        self._steps = 1 if scene.setup is None else scene.setup.step_limit
        for eye in (self.eye, self.line_eye):
            eye.show_state(not hidden, scene.theme)
        if run is not self._run or problem.size != self._samples:
            self._run, self._problem, self._samples = run, problem, problem.size
            self._forms.show_run(problem, run)
            self._place_schedule()
            self._show_settings(run)

    def show_results(self, problem: Problem, run: Run, snapshot: Snapshot, scene: Scene) -> None:
        """Show what has become of it, as far as these are results of that problem."""
        shown = snapshot.run(self.key) if snapshot.problem is problem else None
        if self._is_selected:
            step = scene.step(snapshot)
            self._show_gauge(problem, run, shown, scene.theme, step, playing=snapshot.playing)
        if shown is not None:
            hidden = "verdict" in scene.hides
            self._seen = None if hidden else (problem, shown, snapshot.step)
            self.line.show_standing(_UNTOLD if hidden else standing(problem, shown, snapshot.step))
        if not self._is_selected:
            return
        if self._origin:
            self.verdict.setText(f"→ {self._origin}")
        else:
            self.verdict.show_run(None if self._tells_hidden(shown) else shown, scene.theme)
        told = self._free is None and "verdict" not in self._hides
        self.remedies.show_remedies(shown.remedies if shown is not None and told else ())

    def _tells_hidden(self, shown: RunSnapshot | None) -> bool:
        """Whether the verdict would tell what a lesson hides: at its start, what the rate will do,
        and later the critical rate that was passed."""
        if shown is None or not self._hides:
            return False
        foretells = shown.outcome is Outcome.READY and not self._hides.isdisjoint(_TOLD_BY_WHY)
        return foretells or ("critical" in self._hides and CRITICAL in say(shown.verdict))

    def complain(self, text: str) -> None:
        """Say why the last edit was refused, and show again what holds."""
        if self._run is not None and self._problem is not None:
            self._forms.show_run(self._problem, self._run)
            self._show_settings(self._run)
        self._forms.complain(text)

    def _show_settings(self, run: Run) -> None:
        self._show_choices()
        family, schedule = run.family, find_schedule(run.schedule)
        title = tr(family.title, "optimizer")
        self.optimizer_note.tell(title, family.summary, run.method.rule())
        planned = tr(schedule.title, "schedule")
        self.schedule_note.tell(planned, schedule.summary, (schedule.formula,))

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
        known = shown if shown is not None and shown.run == run else None
        theta = np.array(run.start) if shown is None else shown.theta
        rate = planned_rate(run, step) if known is None else known.rate
        state, taken = ({}, 0) if known is None else (known.state, known.step)
        self._where = problem, theta
        reading = self._meter.of(problem, run, Point(theta, state, taken, rate), playing=playing)
        peak = plan_of(run, self._steps).peak
        self.gauge.show_rate(reading, peak, rate, self.swatch.color, theme)
        offered = "gauge" not in self._hides and (self._free is None or "lr" in self._free)
        self.presets.setVisible(reading.bands is not None and offered)
        self.why.show_why(reading.why)

    def set_compact(self, compact: bool) -> None:
        """Rate, other settings and schedule in one row, without their names."""
        if compact == self._compact:
            return
        self._compact = compact
        self._forms.set_compact(compact)
        self._inside.removeWidget(self.presets)
        self._rest.removeWidget(self.presets)
        if compact:  # no row of their own: under "More"
            self._rest.insertWidget(0, self.presets)
        else:
            self._inside.insertWidget(self._inside.indexOf(self.gauge) + 1, self.presets)
        self._place_schedule()

    def _place_schedule(self) -> None:
        """Beside the rate where the panel is compact and there is room, else in its own row."""
        beside = self._compact and self._forms.first_fields <= MOST_BESIDE
        if beside == self._beside:
            return
        self._beside = beside
        if beside:
            self._planning.removeWidget(self.schedule)
            self._rates.addWidget(self.schedule, 1)
        else:
            self._rates.removeWidget(self.schedule)
            self._planning.addWidget(self.schedule, 1)
        self.schedule_label.setVisible(not beside)

    def tell_origin(self, text: str) -> None:
        """Say for a while of which run it is a branch; an empty text ends it."""
        self._origin = text
        if text:
            self.verdict.setText(f"→ {text}")
        self.setProperty("fresh", bool(text))
        self.polish()

    def _select(self, selected: bool, scene: Scene) -> None:
        hides, free = scene.hides, scene.free
        if (selected, hides, free) == (self._is_selected, self._hides, self._free):
            return
        self._is_selected, self._hides, self._free = selected, hides, free
        self.set_folded(not selected)
        for part in (self._header, self._body, self._foot):
            part.setVisible(selected)
        # What a lesson hides is nowhere: not in the layout, and no dialog that would tell it.
        self.gauge.setVisible("gauge" not in hides)
        self.verdict.setVisible(selected and "verdict" not in hides)
        told = hides.isdisjoint(_TOLD_BY_WHY)
        self.why.setVisible(selected and told)
        self._foot.why.setVisible(told)
        self._foot.tune.setVisible(told and free is None)
        for note in (self.optimizer_note, self.schedule_note):
            note.setVisible("note" not in hides)
        self._more.setVisible(selected and self.fold.isChecked())
        self.remedies.setVisible(selected and bool(self.remedies.buttons))
        margins = (12, 8, 12, 8) if selected else (12, 0, 12, 0)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(*margins)

    def retranslate(self) -> None:
        """All texts in the language in use."""
        self._forms.retranslate()
        self._show_choices()
        if self._run is not None:
            self._show_settings(self._run)
        self.gauge.retranslate()
        self.presets.retranslate()
        self.remedies.retranslate()
        self.optimizer.setAccessibleName(tr("Optimizer"))
        self.schedule.setAccessibleName(tr("Schedule"))
        self.schedule_label.setText(tr("Schedule"))
        for part in (self._tools, self.line_eye, self._foot):
            part.retranslate()
        self.setAccessibleName(tr("Run {number}", number=self.key + 1))

    # Editing

    @Slot(str, str, object)
    def _edit(self, part: str, name: str, value: Value) -> None:
        self.edited.emit(self.key, part, name, value)

    @Slot(float)
    def _choose_rate(self, peak: float) -> None:
        if self._run is not None:
            rate = float(f"{base_for_peak(self._run, self._steps, peak):.6g}")
            self.edited.emit(self.key, "settings", "learning_rate", rate)

    @Slot(object)
    def _choose_preset(self, preset: Preset) -> None:
        if self._run is not None and self._where is not None:
            problem, theta = self._where
            peak = preset_rate(problem, self._run, theta, preset)
            if peak is not None:
                self._choose_rate(peak)

    @Slot()
    def _choose_optimizer(self) -> None:
        self.edited.emit(self.key, "optimizer", "", str(self.optimizer.currentData()))

    @Slot()
    def _choose_schedule(self) -> None:
        self.edited.emit(self.key, "schedule", "", str(self.schedule.currentData()))

    @Slot(object)
    def _help(self, remedy: Remedy) -> None:
        if remedy.part == "problem":
            self.problem_setting_changed.emit(remedy.name, remedy.value, dict(remedy.also))
        else:
            self.edited.emit(self.key, remedy.part, remedy.name, remedy.value)

    # Selecting, hiding, removing

    @Slot(bool)
    def _toggle_visible(self, visible: bool) -> None:
        self.visibility_changed.emit(self.key, visible)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.selected.emit(self.key)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.selected.emit(self.key)
        elif event.key() in ways:
            self.neighbour_requested.emit(self.key, ways[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
