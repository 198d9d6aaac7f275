"""The window in other languages: switched live, nothing left in English, no word for two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGraphicsScene,
    QGroupBox,
    QLabel,
    QWidget,
)  # fmt: skip
from pytestqt.qtbot import QtBot

from gdsim.engine.optimizers.base import RateSettings
from gdsim.engine.optimizers.momentum import MomentumSettings
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules.decay import MultistepSettings
from gdsim.system.resources import translations
from gdsim.ui import language
from gdsim.ui.controls.form import SettingsForm
from gdsim.ui.controls.text_edit import TextEdit
from gdsim.ui.interior import Interior
from tests.pseudo_language import CODE, pseudo, write_language
from tests.ui.conftest import until

TAG = re.compile(r"<[^>]*>|&nbsp;")
WORD = re.compile(r"[A-Za-z]{3,}")
NO_WORDS = ("MSE", "BCE", "max", "sin", "cos", "gdsim", "csv", "English", "Language")
"""What stands as it is in every language: formulas, file types, names."""


@pytest.fixture
def pseudo_interior(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Interior:
    """The window with a language more, chosen by its menu."""
    (tmp_path / "pseudo").mkdir()
    write_language(tmp_path / "pseudo")
    monkeypatch.setitem(translations(), CODE, tmp_path / "pseudo")
    interior: Interior = request.getfixturevalue("interior")
    choose_language(interior, pseudo("Pseudo"))
    return interior


def choose_language(interior: Interior, name: str) -> None:
    next(a for a in interior.window.findChildren(QAction) if a.text() == name).trigger()


def texts(widget: QWidget) -> Iterator[str]:
    """What a widget and all in it say, seen or heard."""
    for part in (widget, *widget.findChildren(QWidget)):
        yield part.toolTip()
        yield part.accessibleName()
        yield part.accessibleDescription()
        if isinstance(part, QLabel | QAbstractButton):
            yield part.text()
        if isinstance(part, QGroupBox):
            yield part.title()
        if isinstance(part, QComboBox):
            yield from (part.itemText(i) for i in range(part.count()))
    for action in widget.findChildren(QAction):
        if not isinstance(action.parent(), QGraphicsScene):  # pyqtgraph's own menu, never shown
            yield action.text().split("\t")[0]  # behind it stands a key


def english_words(text: str) -> list[str]:
    """Words outside of the brackets that the pseudo language puts around its texts."""
    plain = TAG.sub(" ", text)
    while (shorter := re.sub(r"\[[^\[\]]*\]", " ", plain)) != plain:
        plain = shorter
    return [word for word in WORD.findall(plain) if word not in NO_WORDS]


def test_nothing_in_the_window_stays_english(pseudo_interior: Interior) -> None:
    found = {text: english_words(text) for text in texts(pseudo_interior.window)}
    assert not {text: words for text, words in found.items() if words}
    assert sum(text.startswith("[") for text in found) > 100


@pytest.mark.parametrize("problem", ["expression", "logistic", "network", "polynomial"])
def test_no_problem_stays_english(qtbot: QtBot, pseudo_interior: Interior, problem: str) -> None:
    box = pseudo_interior.central.problem_panel.problem
    box.setCurrentIndex(box.findData(problem))
    box.activated.emit(box.currentIndex())
    until(qtbot, pseudo_interior, lambda s: s.problem.name == problem)
    found = {text: english_words(text) for text in texts(pseudo_interior.window)}
    assert not {text: words for text, words in found.items() if words}


def test_a_function_may_be_typed_letter_by_letter(qtbot: QtBot, interior: Interior) -> None:
    """'sin(x' is not closed yet: the sentence that says so has a value called `text`."""
    choose_language(interior, "简体中文")
    panel = interior.central.problem_panel
    panel.problem.setCurrentIndex(panel.problem.findData("expression"))
    panel.problem.activated.emit(panel.problem.currentIndex())
    until(qtbot, interior, lambda s: s.problem.name == "expression")
    field = next(edit for edit in panel.findChildren(TextEdit) if edit.isVisible())
    field.setFocus()
    field.selectAll()
    said = []
    for letter in "sin(x)+y^2":
        qtbot.keyClicks(field, letter)
        said.append([label.text() for label in panel.findChildren(QLabel) if label.isVisible()])
    assert any("第 4 个字符：“(”没有闭合。" in labels for labels in said)
    assert field.text() == "sin(x)+y^2"


def test_one_english_word_is_two_chinese_ones(interior: Interior) -> None:
    choose_language(interior, "简体中文")
    shown = list(texts(interior.window))
    assert {"动量法", "数据与拟合", "缩放到轨迹"} <= set(shown)
    assert any("第 0 步" in text for text in shown)
    form = SettingsForm(MomentumSettings)
    assert "β  动量系数" in texts(form)
    form.deleteLater()


def test_ranges_are_said_in_the_language(qtbot: QtBot) -> None:
    language.use("zh")
    for settings, name, told in (
        (Sampling, "sampling", "范围：每轮打乱，按原顺序，有放回抽样。"),
        (Sampling, "seed", "范围：整数，≥ 0"),
        (RateSettings, "learning_rate", "≤ 1×10⁶。"),
        (MultistepSettings, "milestones", "递增的整数"),
    ):
        form = SettingsForm(settings)
        qtbot.addWidget(form)
        assert told in form.editors[name].toolTip()
