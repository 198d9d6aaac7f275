"""The dialog that shows the selected run as a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from gdsim.codegen import FRAMEWORKS, export
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import make_run
from gdsim.ui import language
from gdsim.ui.dialogs.code_dialog import CodeDialog, Subject
from gdsim.ui.settings import UserSettings
from gdsim.ui.theme import DARK, LIGHT, Theme


@pytest.fixture
def settings(tmp_path: Path) -> UserSettings:
    return UserSettings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    language.use("en")
    yield
    language.use("en")


def shown(
    qtbot: QtBot, settings: UserSettings, optimizer: str = "adam", problem: Problem | None = None
) -> CodeDialog:
    problem = problem or make_problem("article")
    run = make_run(problem, optimizer)
    dialog = CodeDialog(Subject(problem, run, (), 100, 2, "data"), LIGHT, settings, "")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the bot deletes it
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choose(dialog: CodeDialog, framework: str) -> None:
    dialog.framework.setCurrentIndex(dialog.framework.findData(framework))


def test_each_framework_shows_its_script(qtbot: QtBot, settings: UserSettings) -> None:
    dialog = shown(qtbot, settings)
    run = make_run(make_problem("article"), "adam")
    for framework in (one.name for one in FRAMEWORKS):
        choose(dialog, framework)
        wanted = export(make_problem("article"), run, 100, framework, source="data").text
        assert dialog.code.toPlainText() == wanted
        assert dialog.code.isReadOnly()
    assert "2" in dialog.windowTitle()


def test_the_framework_is_remembered(qtbot: QtBot, settings: UserSettings) -> None:
    choose(shown(qtbot, settings), "optax")
    assert shown(qtbot, settings).chosen == "optax"


def test_copy_takes_the_whole_script(qtbot: QtBot, settings: UserSettings) -> None:
    dialog = shown(qtbot, settings)
    choose(dialog, "pytorch")
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == dialog.code.toPlainText()
    assert dialog.said.text() == "Copied."


def test_save_writes_script_and_table(
    qtbot: QtBot, settings: UserSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    many = make_problem("linear", (rng.normal(size=500), rng.normal(size=500)))
    dialog = shown(qtbot, settings, problem=many)
    target = tmp_path / "我的 脚本"
    monkeypatch.setattr(
        "gdsim.ui.dialogs.code_dialog.QFileDialog.getSaveFileName",
        lambda *a, **k: (str(target), ""),
    )
    dialog.save_button.click()
    script = target.with_suffix(".py").read_text(encoding="utf-8")
    assert '"我的 脚本_data.csv"' in script
    assert len((tmp_path / "我的 脚本_data.csv").read_text(encoding="utf-8").splitlines()) == 501
    assert "我的 脚本_data.csv" in dialog.said.text()


def test_an_unwritable_place_is_said(
    qtbot: QtBot, settings: UserSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = shown(qtbot, settings)
    target = tmp_path / "none" / "script.py"
    monkeypatch.setattr(
        "gdsim.ui.dialogs.code_dialog.QFileDialog.getSaveFileName",
        lambda *a, **k: (str(target), ""),
    )
    dialog.save_button.click()
    assert "cannot be written" in dialog.said.text()


def test_what_a_framework_cannot_do_is_said_and_nothing_can_be_copied(
    qtbot: QtBot, settings: UserSettings
) -> None:
    dialog = shown(qtbot, settings, "newton")
    choose(dialog, "keras")
    assert "curvatures" in dialog.said.text()
    assert dialog.code.toPlainText() == ""
    assert not dialog.copy_button.isEnabled()
    assert not dialog.save_button.isEnabled()
    choose(dialog, "numpy")
    assert dialog.said.text() == ""
    assert dialog.copy_button.isEnabled()


def test_everything_is_reached_by_keyboard_and_has_a_name(
    qtbot: QtBot, settings: UserSettings
) -> None:
    dialog = shown(qtbot, settings)
    dialog.framework.setFocus()
    met = []
    for _ in range(5):
        met.append(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    wanted = [dialog.framework, dialog.code, dialog.copy_button, dialog.save_button]
    assert set(wanted) <= set(met)
    assert dialog.framework.accessibleName()
    assert dialog.code.accessibleName()


def test_words_are_in_the_language_in_use(qtbot: QtBot, settings: UserSettings) -> None:
    language.use("zh")
    dialog = shown(qtbot, settings)
    assert dialog.windowTitle().startswith("导出代码")
    assert dialog.copy_button.text().startswith("复制")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_python_is_coloured_so_that_it_can_be_read(
    qtbot: QtBot, settings: UserSettings, theme: Theme
) -> None:
    problem = make_problem("article")
    dialog = CodeDialog(Subject(problem, make_run(problem), (), 10, 1), theme, settings, "")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    colors = set()
    block = dialog.code.document().begin()
    kinds = {}
    while block.isValid():
        for part in block.layout().formats():
            color = part.format.foreground().color()
            colors.add(color.name())
            kinds[block.text()[part.start : part.start + part.length]] = color.name()
        block = block.next()
    assert len(colors) == 5
    assert all(contrast(QColor(color), theme.color("panel")) >= 4.5 for color in colors)
    assert kinds["def"] == kinds["return"] == kinds["import"]
    assert kinds["0.01"] == kinds["2"] != kinds["def"]
    assert kinds["Made by gdsim 0.1.0."] == kinds['"""The mean squared error."""']


def contrast(a: QColor, b: QColor) -> float:
    """WCAG's contrast ratio."""

    def luminance(color: QColor) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                 for c in (color.redF(), color.greenF(), color.blueF())]  # fmt: skip
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
