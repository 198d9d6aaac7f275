"""Problems, their settings, data and starts in the window, by real clicks and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from gdsim.engine.fields import Field, Value, settings_values
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.sentences import Fault
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.fitted_scroll import FittedScroll
from gdsim.ui.controls.form import ChoiceBox, NumberEdit, SettingsForm
from gdsim.ui.controls.text_edit import TextEdit
from gdsim.ui.interior import Interior
from gdsim.ui.views.curve_view import CurveView
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.choosing import choose, shown_settings
from tests.ui.conftest import until


def editor(qtbot: QtBot, interior: Interior, name: str) -> QWidget:
    """The control of one of the problem's settings, once it is there."""
    panel = interior.central.problem_panel

    def found() -> list[QWidget]:
        forms = [form for form in panel.findChildren(SettingsForm) if name in form.editors]
        return [form.editors[name] for form in forms if form.editors[name].isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1)
    return found()[0]


def write(qtbot: QtBot, interior: Interior, name: str, text: str) -> None:
    """Type a value for a setting, and Return."""
    field = editor(qtbot, interior, name)
    assert isinstance(field, NumberEdit | TextEdit)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def setting(shown: Snapshot, name: str) -> Value:
    """The value of one of the problem's settings."""
    return settings_values(shown.problem.settings)[name]


def test_the_list_is_grouped_and_keys_pass_over_headings(qtbot: QtBot, interior: Interior) -> None:
    box = interior.central.problem_panel.problem
    names = [box.itemData(i) for i in range(box.count())]
    assert sorted(name for name in names if name) == sorted(cls.name for cls in PROBLEMS)
    assert names[0] is None
    box.setFocus()
    before = ""
    for _ in range(3 * len(PROBLEMS)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentData(), "a heading was chosen"
        if box.currentData() == before:
            break
        before = str(box.currentData())
    last = [name for name in names if name][-1]
    until(qtbot, interior, lambda s: s.problem.name == last)


def test_a_setting_makes_the_problem_anew_and_undo_brings_it_back(
    qtbot: QtBot, interior: Interior
) -> None:
    choose(qtbot, interior, "ravine")
    interior.workspace.step_by(30)
    until(qtbot, interior, lambda s: s.step == 30)
    write(qtbot, interior, "kappa", "10")
    shown = until(qtbot, interior, lambda s: setting(s, "kappa") == 10.0)
    assert shown.step == 30  # recomputed up to where it was
    # J = ½(x² + 10y²); the untouched rate followed the problem.
    assert "κ 10 " in interior.central.problem_panel.facts.text()
    assert shown.runs[0].run.learning_rate == shown.problem.learning_rate
    interior.window.actions_by_name["undo"].trigger()
    until(qtbot, interior, lambda s: setting(s, "kappa") == 100.0)
    qtbot.waitUntil(lambda: _text(qtbot, interior, "kappa") == "100")


def test_many_presses_of_an_arrow_are_one_step_of_undo(
    qtbot: QtBot, interior: Interior, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(qtbot, interior, "quadratic")
    monkeypatch.setattr(interior.workspace, "_clock", lambda: 1e9)
    field = editor(qtbot, interior, "angle")
    field.setFocus()
    for _ in range(6):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    turned = until(qtbot, interior, lambda s: setting(s, "angle") == 6.0)
    assert turned.problem.name == "quadratic"
    interior.window.actions_by_name["undo"].trigger()
    until(qtbot, interior, lambda s: setting(s, "angle") == 0.0)


def test_a_rate_and_a_start_of_the_users_own_stay_when_a_setting_changes(
    qtbot: QtBot, interior: Interior
) -> None:
    choose(qtbot, interior, "quadratic")
    interior.workspace.set_start((1.0, 0.5))
    until(qtbot, interior, lambda s: s.runs[0].run.start == (1.0, 0.5))
    card = interior.central.run_list.cards[0]
    rate = card.findChild(NumberEdit, "run.1.learning_rate")
    assert isinstance(rate, NumberEdit)
    rate.setFocus()
    rate.selectAll()
    qtbot.keyClicks(rate, "0.0123")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    until(qtbot, interior, lambda s: s.runs[0].run.learning_rate == 0.0123)
    write(qtbot, interior, "angle", "30")
    shown = until(qtbot, interior, lambda s: setting(s, "angle") == 30.0)
    assert (shown.runs[0].run.learning_rate, shown.runs[0].run.start) == (0.0123, (1.0, 0.5))


def test_a_value_out_of_range_is_refused_beside_the_field(qtbot: QtBot, interior: Interior) -> None:
    choose(qtbot, interior, "polynomial")
    write(qtbot, interior, "degree", "99")
    texts = [label.text() for label in interior.central.problem_panel.findChildren(QWidget)
             if hasattr(label, "text") and label.isVisible()]  # fmt: skip
    assert any("degree cannot be 99" in text for text in texts)
    assert setting(interior.workspace.snapshot, "degree") == 3


def test_advanced_settings_stand_under_more(qtbot: QtBot, interior: Interior) -> None:
    choose(qtbot, interior, "linear")
    assert "data_seed" not in shown_settings(interior)
    fold = interior.central.problem_panel.fold
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton, pos=QPoint(10, fold.height() // 2))
    qtbot.waitUntil(lambda: "data_seed" in shown_settings(interior))
    before = interior.workspace.snapshot.problem.data
    write(qtbot, interior, "data_seed", "7")
    until(qtbot, interior, lambda s: setting(s, "data_seed") == 7)
    assert interior.workspace.snapshot.problem.data != before


def test_only_settings_that_apply_are_shown(qtbot: QtBot, interior: Interior) -> None:
    choose(qtbot, interior, "linear")
    assert "huber_delta" not in shown_settings(interior)
    interior.workspace.change_problem("loss", "huber")
    until(qtbot, interior, lambda s: s.problem.loss_name == "Huber")
    assert "huber_delta" in shown_settings(interior)
    choose(qtbot, interior, "rosenbrock")
    assert "loss" not in shown_settings(interior)


def test_standardised_the_coefficients_are_told_in_the_datas_units_too(
    qtbot: QtBot, interior: Interior
) -> None:
    box = editor(qtbot, interior, "standardise")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    until(qtbot, interior, lambda s: setting(s, "standardise") is True)
    interior.workspace.set_speed(None)
    interior.workspace.play()
    until(qtbot, interior, lambda s: s.step == 1000 and not s.playing)
    # Least squares of the article's points: ŷ = −1 + 2.2x.
    panel = interior.central.problem_panel
    qtbot.waitUntil(lambda: "In the data's units: −1 + 2.2·x" in panel.answer.text())
    qtbot.keyClick(editor(qtbot, interior, "standardise"), Qt.Key.Key_Space)
    until(qtbot, interior, lambda s: not setting(s, "standardise"))
    qtbot.waitUntil(lambda: "In the data's units" not in panel.answer.text())


def test_beside_every_regression_stand_the_exact_fit_and_how_far_the_run_is(
    qtbot: QtBot, interior: Interior
) -> None:
    panel = interior.central.problem_panel
    # ȳ = 5.6, Σ(y − ȳ)² = 51.2, Σ(y − ŷ)² = 2.8; at the start ŷ = 0: Σy² = 208.
    qtbot.waitUntil(lambda: "R² −3.0625, of the exact fit 0.94531" in panel.answer.text())
    assert panel.answer.accessibleDescription() == (
        "Exact fit: −1 + 2.2·x, R² 0.945312. This run: R² −3.0625; it is 2.2 away in x."
    )
    interior.workspace.set_speed(None)
    interior.workspace.play()
    until(qtbot, interior, lambda s: s.step == 1000 and not s.playing)
    qtbot.waitUntil(lambda: "it is 0.0506 away in intercept" in panel.answer.toolTip())
    choose(qtbot, interior, "rosenbrock")
    qtbot.waitUntil(lambda: not panel.answer.isVisible())


def test_settings_survive_saving_opening_and_undo(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(qtbot, interior, "logistic")
    interior.workspace.change_problem("columns", 2)
    until(qtbot, interior, lambda s: len(s.problem.parameters) == 3)
    write(qtbot, interior, "noise", "0.9")
    interior.workspace.step_by(25)
    saved = until(qtbot, interior, lambda s: s.step == 25 and setting(s, "noise") == 0.9)
    path = tmp_path / "labels.gdsim"
    interior.documents.path = path
    assert interior.documents.save()
    choose(qtbot, interior, "article")
    interior.documents.open(path)
    interior.workspace.step_by(25)
    again = until(qtbot, interior, lambda s: s.problem.name == "logistic" and s.step == 25)
    assert again.problem.settings == saved.problem.settings
    assert again.runs[0].theta.tobytes() == saved.runs[0].theta.tobytes()
    assert _text(qtbot, interior, "noise") == "0.9"


def _text(qtbot: QtBot, interior: Interior, name: str) -> str:
    field = editor(qtbot, interior, name)
    assert isinstance(field, NumberEdit | TextEdit)
    return field.text()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
def test_every_problem_fits_beside_the_views(
    qtbot: QtBot, interior: Interior, lang: str, size: tuple[int, int]
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.window.actions_by_name["present"].trigger()
    interior.window.resize(*size)
    (area,) = interior.window.findChildren(FittedScroll)
    for cls in PROBLEMS:
        choose(qtbot, interior, cls.name)
        body = interior.central.problem_panel
        assert body.minimumSizeHint().width() <= area.viewport().width(), cls.name
        assert interior.window.width() == size[0], cls.name
        runs = interior.central.run_list
        assert runs.height() >= 9 * runs.fontMetrics().lineSpacing(), cls.name


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("problem", ["article", "network", "linear", "rastrigin"])
def test_no_number_of_the_formula_bar_is_cut_off(
    qtbot: QtBot, interior: Interior, lang: str, problem: str
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.window.actions_by_name["present"].trigger()
    interior.window.resize(1024, 768)
    choose(qtbot, interior, problem)
    numbers = interior.central.formula_bar.numbers
    for steps in (57, 1, 1, 1, 1):
        interior.workspace.step_by(steps)
        until(qtbot, interior, lambda _: True)
        assert numbers.sizeHint().width() <= numbers.width(), numbers.text()


def _even(text: str) -> None:
    if len(text) % 2:
        raise Fault("Column {column}: an even number of letters is wanted.", column=len(text))


def test_a_text_is_checked_while_it_is_typed_and_stays_until_it_is_right(qtbot: QtBot) -> None:
    field = Field("word", "text", "ab", "Word", "A word.", reader=_even, wanted="even")
    edit = TextEdit(field)
    qtbot.addWidget(edit)
    edit.show()
    said: list[str] = []
    applied: list[object] = []
    edit.refused.connect(said.append)
    edit.applied.connect(applied.append)
    QTest.keyClicks(edit, "c")
    assert said[-1].startswith("Column 3")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.text(), applied) == ("abc", [])
    edit.set_value("ab")  # what holds is shown only where it is another
    assert edit.text() == "abc"
    QTest.keyClicks(edit, "d")
    assert said[-1] == ""
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert applied == ["abcd"]
    QTest.keyClicks(edit, "e")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert (edit.text(), said[-1]) == ("abcd", "")


def test_a_bound_that_is_far_off_does_not_make_huge_steps(qtbot: QtBot) -> None:
    edit = NumberEdit(Field("noise", "float", 0.3, "Noise", "", minimum=0.0, maximum=1e6))
    qtbot.addWidget(edit)
    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert edit.value == pytest.approx(0.4)
    edit.set_value(50.0)
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.value == pytest.approx(49.0)


def test_a_typed_function_with_a_typo_points_at_the_column_and_the_old_one_stays(
    qtbot: QtBot, interior: Interior
) -> None:
    choose(qtbot, interior, "expression")
    panel = interior.central.problem_panel
    before = interior.workspace.snapshot.problem
    field = editor(qtbot, interior, "expression")
    assert isinstance(field, TextEdit)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "x^2 + siin(y)")
    said = [label for label in panel.findChildren(QLabel) if "siin" in label.text()]
    assert len(said) == 1
    assert said[0].isVisible()
    assert "7" in said[0].text()  # where siin begins
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.wait(100)
    assert interior.workspace.snapshot.problem is before
    assert field.text() == "x^2 + siin(y)"
    for _ in range(len("siin(y)")):
        qtbot.keyClick(field, Qt.Key.Key_Backspace)
    qtbot.keyClicks(field, "3y^2")
    assert not said[0].isVisible()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    shown = until(qtbot, interior, lambda s: setting(s, "expression") == "x^2 + 3y^2")
    assert shown.problem.loss_at(np.array([2.0, 1.0])) == 7.0
    interior.window.actions_by_name["undo"].trigger()
    until(qtbot, interior, lambda s: s.problem.settings == before.settings)
    qtbot.waitUntil(lambda: field.text() == settings_values(before.settings)["expression"])


def test_a_function_of_x_alone_is_a_curve_and_one_of_both_a_landscape(
    qtbot: QtBot, interior: Interior
) -> None:
    choose(qtbot, interior, "expression")
    write(qtbot, interior, "expression", "x^4/4 - x^2")
    shown = until(qtbot, interior, lambda s: len(s.problem.parameters) == 1)
    assert len(shown.runs[0].run.start) == 1
    qtbot.waitUntil(lambda: isinstance(interior.central.places["stage"].shown, CurveView))
    write(qtbot, interior, "expression", "x*y + y^2")
    until(qtbot, interior, lambda s: len(s.problem.parameters) == 2)
    qtbot.waitUntil(lambda: isinstance(interior.central.places["stage"].shown, ParameterView))


def test_layers_of_a_network_are_typed_and_bad_ones_refused(
    qtbot: QtBot, interior: Interior
) -> None:
    choose(qtbot, interior, "network")
    write(qtbot, interior, "hidden", "4, 3")
    shown = until(qtbot, interior, lambda s: setting(s, "hidden") == "4, 3")
    assert len(shown.problem.parameters) == 4 + 4 + 12 + 3 + 3 + 1
    assert len(shown.runs[0].run.start) == 27
    write(qtbot, interior, "hidden", "4, many")
    texts = [label.text() for label in interior.central.problem_panel.findChildren(QLabel)]
    assert any("hidden cannot be '4, many'" in text for text in texts)
    assert setting(interior.workspace.snapshot, "hidden") == "4, 3"


def test_choices_are_spelled_for_people(qtbot: QtBot, interior: Interior) -> None:
    choose(qtbot, interior, "linear")
    box = editor(qtbot, interior, "loss")
    assert isinstance(box, ChoiceBox)
    assert [box.itemText(i) for i in range(5)] == ["MSE", "½MSE", "SSE", "MAE", "Huber"]


def test_a_table_in_the_box_is_one_choice_away(qtbot: QtBot, interior: Interior) -> None:
    panel = interior.central.problem_panel
    for action in panel.boxed.actions():
        if action.objectName() == "boxed.cars":
            action.trigger()
    shown = until(qtbot, interior, lambda s: s.problem.size == 50)
    assert shown.problem.data is not None
    assert shown.problem.data.names == ("speed_mph",)
    interior.workspace.undo()
    until(qtbot, interior, lambda s: s.problem.size == 5)
