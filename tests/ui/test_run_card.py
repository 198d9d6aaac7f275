"""The card of a run: its controls come from the declarations, in both languages."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from gdsim.engine.fields import Settings, Value, fields_of, settings_values
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.run import make_run
from gdsim.engine.schedules import SCHEDULES
from gdsim.experiment.setup import edited
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui import language
from gdsim.ui.controls.form import ChoiceBox, NumberEdit, SettingsForm
from gdsim.ui.controls.run_card import RunCard
from gdsim.ui.controls.text_edit import TextEdit
from gdsim.ui.language import tr
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT
from tests.engine.run_strategies import problem, settings_of
from tests.ui.conftest import MakeSnapshot

METHODS = [*OPTIMIZERS, *SCHEDULES]


class Bench:
    """A card that shows each run that it asks for, as the window does."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.card = RunCard(0)
        self.scene = Scene(LIGHT, {0: LIGHT.run_style(0)})
        self.snapshot = snapshot
        self.run = snapshot.runs[0].run
        self.card.edited.connect(self.take)
        self.show()

    def take(self, key: int, part: str, name: str, value: Value) -> None:
        self.run = edited(self.run, part, name, value)
        self.show()

    def show(self) -> None:
        self.card.show_settings(self.snapshot.problem, self.run, self.scene)
        self.card.show_results(self.snapshot.problem, self.run, self.snapshot, self.scene)

    def choose(self, box: ChoiceBox, name: str) -> None:
        box.setCurrentIndex(box.findData(name))
        box.activated.emit(box.currentIndex())

    def editor(self, name: str) -> Any:
        forms = self.card.findChildren(SettingsForm)
        return next(
            form.editors[name] for form in forms if name in form.editors and form.isEnabled()
        )


@pytest.fixture
def bench(qtbot: QtBot, make_snapshot: MakeSnapshot) -> Iterator[Bench]:
    made = Bench(make_snapshot("article", [("adam", 0.01)], steps=3))
    qtbot.addWidget(made.card)
    yield made
    made.card.edited.disconnect(made.take)


def test_every_method_can_be_chosen_and_says_what_it_does(bench: Bench) -> None:
    for code in ("en", "zh"):
        language.use(code)
        bench.card.retranslate()
        for optimizer in OPTIMIZERS:
            bench.choose(bench.card.optimizer, optimizer.name)
            assert bench.run.optimizer == optimizer.name
            note = html.unescape(bench.card.optimizer_note.text())
            for told in (note, bench.card.optimizer.toolTip()):
                assert tr(optimizer.summary) in told
            assert bench.run.method.rule()[0] in bench.card.optimizer.toolTip()
        for schedule in SCHEDULES:
            bench.choose(bench.card.schedule, schedule.name)
            assert bench.run.schedule == schedule.name
            assert tr(schedule.summary) in html.unescape(bench.card.schedule_note.text())
            assert schedule.formula in bench.card.schedule.accessibleDescription()
    place = bench.card.optimizer.findData("lion")
    sentence = bench.card.optimizer.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert sentence == tr(next(o.summary for o in OPTIMIZERS if o.name == "lion"))


def test_a_framework_brings_its_defaults_and_its_formula(bench: Bench) -> None:
    bench.choose(bench.editor("convention"), "keras")
    values = settings_values(bench.run.settings)
    assert (values["convention"], values["eps"]) == ("keras", 1e-7)
    assert bench.run.learning_rate == 0.01
    assert "√c₂/c₁" in bench.card.optimizer.toolTip()
    # Keras has no RAdam, so PyTorch's comes up; back at Adam it is Adam's default again.
    bench.choose(bench.card.optimizer, "radam")
    assert settings_values(bench.run.settings)["convention"] == "pytorch"


def read(form: SettingsForm) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, editor in form.editors.items():
        if isinstance(editor, NumberEdit | TextEdit):
            values[name] = editor.value
        elif isinstance(editor, QCheckBox):
            values[name] = editor.isChecked()
        elif isinstance(editor, ChoiceBox):
            values[name] = editor.currentData()
        else:
            values[name] = editor.value
    return values


@pytest.mark.parametrize("cls", METHODS, ids=lambda cls: cls.name)
@given(data=st.data())
@settings(max_examples=15, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_a_form_gives_back_what_it_shows(qtbot: QtBot, cls: Any, data: st.DataObject) -> None:
    drawn = data.draw(settings_of(cls))
    kind = "optimizer" if cls in OPTIMIZERS else "schedule"
    run = (
        make_run(problem("article"), cls.name, drawn)
        if kind == "optimizer"
        else make_run(problem("article"), "gd", {}, cls.name, drawn)
    )
    made: Settings = run.settings if kind == "optimizer" else run.schedule_settings
    form = SettingsForm(type(made))
    qtbot.addWidget(form)
    form.set_values(settings_values(made))
    assert read(form) == settings_values(made)
    for field in fields_of(made):
        hidden = form.editors[field.name].isHidden()
        assert hidden is not field.applies(settings_values(made))
