"""Choose one field of a run and the range that a sweep takes it through."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QGroupBox, QLineEdit, QWidget

from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sweep.grid import Target, targets
from gdsim.engine.sweep.usual_range import usual_range
from gdsim.ui.controls.form import ChoiceBox
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.steady import SteadyNumber
from gdsim.ui.sweep_words import target_name

MOST_VALUES = 5000
NONE = ""
"""The key of no field at all."""


class AxisChooser(QGroupBox):
    """A field, its low and high end, the number of values and their spacing."""

    edited = Signal()

    def __init__(
        self, name: str, optional: bool, values: int, parent: QWidget | None = None
    ) -> None:
        """`optional` lets no field be chosen; `values` is their number at first."""
        super().__init__(parent)
        self._optional = optional
        self._targets: dict[str, Target] = {}
        self._made_for: tuple[Problem, Run] | None = None
        self.field, self.spacing = ChoiceBox(), ChoiceBox()
        self.low, self.high, self.count = QLineEdit(), QLineEdit(), SteadyNumber()
        self.count.setRange(1, MOST_VALUES)
        self.count.setValue(values)
        self.count.setGroupSeparatorShown(True)
        self._labels = [PlainLabel() for _ in range(4)]
        grid = QGridLayout(self)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.field, 0, 0, 1, 4)
        rows = ((self.low, 1, 0), (self.high, 1, 2), (self.count, 2, 0), (self.spacing, 2, 2))
        for label, (editor, row, column) in zip(self._labels, rows, strict=True):
            label.setBuddy(editor)
            grid.addWidget(label, row, column)
            grid.addWidget(editor, row, column + 1)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        self.field.activated.connect(self._take_field)
        self.spacing.activated.connect(self.edited)
        self.low.textEdited.connect(self.edited)
        self.high.textEdited.connect(self.edited)
        self.count.valueChanged.connect(self.edited)
        name_controls(self, name)
        self.retranslate()

    @property
    def key(self) -> str:
        """The chosen field's name, or `NONE`."""
        return str(self.field.currentData() or NONE)

    def spec(self) -> str:
        """The range as `make_axis` reads it."""
        spacing = self.spacing.currentData()
        return (
            f"{spacing}:{self.low.text().strip()}:{self.high.text().strip()}:{self.count.value()}"
        )

    def offer(self, problem: Problem, run: Run, wanted: str) -> None:
        """The numbers of `run`; the field that was chosen stays if it still is there."""
        self._made_for = (problem, run)
        self._targets = {
            key: target
            for key, target in targets(problem, run).items()
            if target.is_number and key in (target.name, f"schedule.{target.name}")
        }
        hidden = {t.name for k, t in self._targets.items() if k.startswith("schedule.")}
        for name in hidden:
            if self._targets.get(name) == self._targets[f"schedule.{name}"]:
                del self._targets[name]
        before = self.key
        chosen = (
            before if before in self._targets or (before == NONE and self.field.count()) else wanted
        )
        self._show_fields(chosen if chosen in self._targets or self._optional else wanted)
        if chosen != before or not self.low.text():
            self._take_range()

    def choose(self, key: str) -> None:
        """Choose a field that is offered, with its usual range; `NONE` where that may be."""
        if key in self._targets or (key == NONE and self._optional):
            self._show_fields(key)
            self._take_range()

    def retranslate(self) -> None:
        names = (tr("From"), tr("To"), tr("Values"), tr("Spacing"))
        editors = (self.low, self.high, self.count, self.spacing)
        for label, editor, name in zip(self._labels, editors, names, strict=True):
            label.setText(name)
            editor.setAccessibleName(f"{self.title()}: {name}")
        self.field.setAccessibleName(f"{self.title()}: {tr('Field')}")
        chosen = str(self.spacing.currentData() or "log")
        self.spacing.show_choices({"log": tr("log"), "lin": tr("even")}, chosen)
        if self._targets:
            self._show_fields(self.key)

    def _show_fields(self, chosen: str) -> None:
        choices = {NONE: tr("none")} if self._optional else {}
        choices |= {key: target_name(target) for key, target in self._targets.items()}
        self.field.show_choices(choices, chosen)
        for widget in (*self._labels, self.low, self.high, self.count, self.spacing):
            widget.setVisible(chosen != NONE)

    @Slot()
    def _take_field(self) -> None:
        self._show_fields(self.key)
        self._take_range()
        self.edited.emit()

    def _take_range(self) -> None:
        if self.key == NONE or self._made_for is None:
            return
        spacing, low, high = usual_range(*self._made_for, self._targets[self.key])
        self.spacing.setCurrentIndex(self.spacing.findData(spacing))
        self.low.setText(f"{low:g}")
        self.high.setText(f"{high:g}")
