"""An option of the view is one line: menu, key, switch, document and check mark follow from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gdsim.engine.fields import Value
from gdsim.experiment import document
from gdsim.experiment.view_state import OPTIONS, ViewOptions
from gdsim.ui.actions import without_mnemonic
from gdsim.ui.interior import Interior
from gdsim.ui.shortcuts import shortcuts_text
from gdsim.ui.theme import LIGHT
from gdsim.ui.views import VIEWS
from gdsim.ui.views.base import View
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import MakeSnapshot
from tests.ui.test_views_drawing import pixels, scene, shown

FLAGS = [name for name, option in OPTIONS.items() if option.kind == "bool"]
MENU = [name for name in FLAGS if OPTIONS[name].menu]
SWITCHES = [(view.name, name) for view in VIEWS for name in view.options]


def value(interior: Interior, name: str) -> Value:
    found: Value = getattr(interior.workspace.scene.options, name)
    return found


def switch(interior: Interior, view: str, name: str) -> QToolButton:
    found = interior.window.findChild(QToolButton, f"view.{view}.{name}")
    assert isinstance(found, QToolButton)
    return found


@pytest.mark.parametrize("name", MENU)
def test_the_menu_shows_and_changes_it(qtbot: QtBot, interior: Interior, name: str) -> None:
    option = OPTIONS[name]
    action = interior.window.actions_by_name[name]
    assert action in interior.window.menus_by_name[option.menu].actions()
    assert action.text().split("\t")[0] == option.label
    assert action.isChecked() == option.default
    action.trigger()
    assert value(interior, name) != option.default
    if option.key:
        assert f"<b>{option.key}</b>" in shortcuts_text()
        assert without_mnemonic(option.label) in shortcuts_text()
    if option.key and "+" not in option.key:
        key = QKeySequence.fromString(option.key)[0].key()  # type: ignore[index] # not in the stubs
        qtbot.keyClick(interior.central.places["stage"].shown.plot, key)
        assert value(interior, name) == option.default
        assert action.isChecked() == option.default


@pytest.mark.parametrize(("view", "name"), SWITCHES)
def test_its_switch_changes_it_and_follows(
    qtbot: QtBot, interior: Interior, view: str, name: str
) -> None:
    qtbot.wait(60)
    button = switch(interior, view, name)
    assert button.isChecked() == OPTIONS[name].default
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert value(interior, name) != OPTIONS[name].default
    qtbot.waitUntil(lambda: button.isChecked() == value(interior, name))
    if name in MENU:
        assert interior.window.actions_by_name[name].isChecked() == value(interior, name)
    interior.workspace.set_option(name, OPTIONS[name].default)
    qtbot.waitUntil(lambda: button.isChecked() == OPTIONS[name].default)


@pytest.mark.parametrize("name", FLAGS)
def test_it_is_saved_and_comes_back(
    qtbot: QtBot, interior: Interior, tmp_path: Path, name: str
) -> None:
    default = OPTIONS[name].default
    path = tmp_path / "kept.gdsim"
    interior.workspace.set_option(name, not default)
    assert interior.documents._save_to(path)
    assert f'"{name}": {str(not default).lower()}' in path.read_text(encoding="utf-8")
    interior.workspace.set_option(name, default)
    interior.documents.open(path)
    assert value(interior, name) != default
    if name in MENU:
        assert interior.window.actions_by_name[name].isChecked() != default
    qtbot.wait(60)
    for view, option in SWITCHES:
        if option == name:
            assert switch(interior, view, name).isChecked() != default
    assert interior.central.run_list.restart.isChecked() == interior.workspace.scene.options.restart


def test_the_speed_is_saved_shown_and_told_to_the_engine(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    path = tmp_path / "kept.gdsim"
    interior.workspace.set_speed(None)
    assert interior.documents._save_to(path)
    interior.workspace.set_speed(5.0)
    qtbot.waitUntil(lambda: interior.central.transport.speed.currentData() == "5")
    interior.documents.open(path)
    qtbot.waitUntil(lambda: interior.central.transport.speed.currentData() == "max")
    interior.workspace.set_limit(20_000)
    interior.workspace.play()
    qtbot.waitUntil(lambda: interior.workspace.snapshot.step == 20_000, timeout=10_000)


def test_a_file_without_them_has_the_usual_ones(tmp_path: Path) -> None:
    text = document.to_json(document.default_experiment())
    start, _, rest = text.partition('"view": {')
    bare = start + '"view": {}' + rest.partition("}")[2]
    assert document.from_json(bare) == document.default_experiment()


@pytest.mark.parametrize("kind", [LossView, ParameterView])
def test_grid_lines_are_drawn_where_they_are_wanted(
    qtbot: QtBot, make_snapshot: MakeSnapshot, kind: type[View]
) -> None:
    snapshot = make_snapshot("article", [("gd", 0.01)])
    view = shown(qtbot, kind(), snapshot)
    plain = scene(snapshot, LIGHT)
    pictures = []
    for wanted in (True, False, True):
        options = ViewOptions(grid_lines=wanted)
        view.show_snapshot(snapshot, replace(plain, options=options))
        qtbot.waitUntil(lambda: view.at_rest)
        pictures.append(pixels(view))
    first, without, again = pictures
    lines = (first != without).any(axis=2).mean()
    assert 0.0 < lines < 0.1
    assert (first != again).any(axis=2).mean() < 0.1 * lines
