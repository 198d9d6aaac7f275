"""What a user sets once: shown in the menus, kept in the file, and never the cause of a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from gdsim.engine.fields import fields_of
from gdsim.engine.sentences import Fault
from gdsim.ui import language
from gdsim.ui.main_window import MainWindow
from gdsim.ui.preferences import Preferences
from gdsim.ui.settings import UserSettings


def ini(path: Path) -> QSettings:
    return QSettings(str(path / "settings.ini"), QSettings.Format.IniFormat)


def test_every_choice_is_in_its_menu_and_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    for field in (one for one in fields_of(Preferences) if one.menu):
        for choice in field.choices:
            window = MainWindow(ini(tmp_path))
            qtbot.addWidget(window)
            action = window.actions_by_name[f"{field.name}_{choice}"]
            assert action in window.menus_by_name[field.name].actions()
            action.trigger()
            again = UserSettings(ini(tmp_path))
            assert getattr(again.now, field.name) == choice
            assert action.isChecked()


def test_a_window_comes_back_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(ini(tmp_path), "en", "light")
    window.resize(1003, 701)
    window.show()
    window.close()
    again = MainWindow(ini(tmp_path), "en", "light")
    for one in (window, again):
        qtbot.addWidget(one)
    again.restore_geometry()
    assert again.height() == 701  # the screen of these tests is narrower than the window


@pytest.mark.parametrize(
    "text", ["theme=purple", "language=xx", "theme=", "geometry=no geometry", "theme=@Invalid()"]
)
def test_a_file_with_nonsense_opens_the_usual_window(
    qtbot: QtBot, tmp_path: Path, text: str
) -> None:
    (tmp_path / "settings.ini").write_text(f"[General]\n{text}\n", encoding="utf-8")
    window = MainWindow(ini(tmp_path))
    qtbot.addWidget(window)
    window.restore_geometry()
    assert window.user.now.theme == "system"
    assert language.current() in language.names()


def test_what_the_command_line_says_is_not_kept(tmp_path: Path) -> None:
    user = UserSettings(ini(tmp_path), theme="dark")
    assert user.now.theme == "dark"
    assert UserSettings(ini(tmp_path)).now.theme == "system"
    with pytest.raises(Fault, match="theme cannot be purple"):
        user.set("theme", "purple")
    user.set("theme", "dark")  # chosen in the menu, though it is so already
    assert UserSettings(ini(tmp_path)).now.theme == "dark"
