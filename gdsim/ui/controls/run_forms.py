"""The forms of one run: its optimizer's, its schedule's, sampling and clipping."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from gdsim.engine.fields import Value, fields_of, settings_values
from gdsim.engine.problems import Problem
from gdsim.engine.run import Clipping, Run, epoch_steps
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import find_schedule
from gdsim.ui.controls.form import SettingsForm
from gdsim.ui.language import tr

PARTS = ("optimizer", "optimizer_more", "schedule", "schedule_more", "sampling", "clipping")


class RunForms(QObject):
    """Builds a form where another method has other settings; each has its slot in a layout."""

    edited = Signal(str, str, object)
    """Attribute of the run, name and value: as `experiment.setup.edited` takes it."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.slots_by_part = {part: QVBoxLayout() for part in PARTS}
        for slot in self.slots_by_part.values():
            slot.setContentsMargins(0, 0, 0, 0)
        self._name = name
        self._forms: dict[str, SettingsForm] = {}
        self._built: tuple[str, str, bool] | None = None
        self._compact = self._single = False
        self._asked = ""
        """The form that the last edit came from."""

    def show_run(self, problem: Problem, run: Run) -> None:
        """Show the settings of the run."""
        self._build(run, sampled=problem.size > 0)
        parts: dict[str, Mapping[str, Value]] = {
            "optimizer": settings_values(run.settings),
            "optimizer_more": settings_values(run.settings),
            "schedule": settings_values(run.schedule_settings),
            "schedule_more": settings_values(run.schedule_settings),
            "sampling": settings_values(run.sampling),
            "clipping": settings_values(run.clipping),
        }
        self._single = run.family.single_sample
        self._name_zeros()
        for part in ("schedule", "schedule_more"):
            self._forms[part].count_epochs(epoch_steps(problem, run) if problem.size else 0)
        for part, values in parts.items():
            self._forms[part].set_values(values)
            self._forms[part].complain("")

    @property
    def first_fields(self) -> int:
        """How many settings the optimizer has that are always seen."""
        form = self._forms.get("optimizer")
        return 0 if form is None else len(form.fields)

    def complain(self, text: str) -> None:
        """Say beside the field why the last edit was refused."""
        if self._asked in self._forms:
            self._forms[self._asked].complain(text)

    def set_compact(self, compact: bool) -> None:
        """The optimizer's first settings in one row, or a row for each."""
        self._compact = compact
        if "optimizer" in self._forms:
            self._forms["optimizer"].set_compact(compact)

    def retranslate(self) -> None:
        for form in self._forms.values():
            form.retranslate()
        self._name_zeros()

    def _name_zeros(self) -> None:
        """What 0 stands for is said in words."""
        if self._built is not None:
            whole = tr("one sample") if self._single else tr("all samples")
            self._forms["sampling"].call_zero("batch_size", whole)
            for name in ("clip_norm", "clip_value"):
                self._forms["clipping"].call_zero(name, tr("off"))

    def _build(self, run: Run, *, sampled: bool) -> None:
        built, self._built = self._built, (run.optimizer, run.schedule, sampled)
        name = self._name
        if built is None or built[0] != run.optimizer:
            settings = run.family.Settings
            self._put("optimizer", SettingsForm(settings, name=name, advanced=False))
            self._put("optimizer_more", SettingsForm(settings, name=name, advanced=True))
            self._forms["optimizer"].set_compact(self._compact)
        if built is None or built[1] != run.schedule:
            declared, planned = find_schedule(run.schedule).Settings, f"{name}.schedule"
            self._put("schedule", SettingsForm(declared, name=planned, advanced=False))
            self._put("schedule_more", SettingsForm(declared, name=planned, advanced=True))
        if built is None or built[2] != sampled:
            names = () if sampled else tuple(field.name for field in fields_of(Sampling))
            self._put("sampling", SettingsForm(Sampling, name=name, without=names))
        if "clipping" not in self._forms:
            self._put("clipping", SettingsForm(Clipping, name=name))

    def _put(self, part: str, form: SettingsForm) -> None:
        old = self._forms.pop(part, None)
        if old is not None:
            old.hide()
            old.deleteLater()
        self._forms[part] = form
        form.setObjectName(part)
        form.edited.connect(self._edit)
        self.slots_by_part[part].addWidget(form)  # before it is shown, or it would be a window
        form.setVisible(bool(form.fields))

    @Slot(str, object)
    def _edit(self, name: str, value: Value) -> None:
        sender = self.sender()
        self._asked = sender.objectName() if sender is not None else ""
        part = self._asked.removesuffix("_more")
        attribute = {"optimizer": "settings", "schedule": "schedule_settings"}.get(part, part)
        self.edited.emit(attribute, name, value)
