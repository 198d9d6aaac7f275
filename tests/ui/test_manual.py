"""The manual in the window: by real keys, in both languages, and nothing but its own pages."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.schedules import SCHEDULES
from gdsim.ui.dialogs.manual_window import ManualWindow
from gdsim.ui.interior import Interior
from tests.ui.conftest import until
from tests.ui.test_control_names import check

Key = Qt.Key


def opened(interior: Interior, *, shift: bool = False) -> ManualWindow:
    modifier = Qt.KeyboardModifier
    held = modifier.ShiftModifier if shift else modifier.NoModifier
    QTest.keyClick(interior.window, Key.Key_F1, held)
    assert interior.manual.shown is not None
    assert interior.manual.shown.isVisible()
    return interior.manual.shown


def control(interior: Interior, name: str) -> QWidget:
    found = interior.window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def test_f1_opens_it_and_words_find_a_page(qtbot: QtBot, interior: Interior) -> None:
    manual = opened(interior)
    assert manual.page == "start"
    qtbot.keyClicks(manual.search, "momentum")
    QTest.keyClick(manual.search, Key.Key_Return)
    assert manual.page == "optimizer-momentum"
    assert "θ ← θ − α v" in manual.text.toPlainText()
    manual.go_back()
    assert manual.page == "start"
    manual.go_forward()
    assert manual.page == "optimizer-momentum"
    QTest.keyClick(manual, Key.Key_Escape)
    assert not manual.isVisible()
    assert opened(interior).page == "optimizer-momentum"


def test_it_speaks_the_language_in_use(qtbot: QtBot, interior: Interior) -> None:
    manual = opened(interior)
    interior.window.user.set("language", "zh")
    manual.search.setText("动量")
    QTest.keyClick(manual.search, Key.Key_Return)
    assert manual.page == "optimizer-momentum"
    assert "学习率" in manual.text.toPlainText()
    assert manual.windowTitle() == "手册"
    interior.window.user.set("language", "en")
    assert "learning rate" in manual.text.toPlainText()


def test_what_is_found_nowhere_is_said(qtbot: QtBot, interior: Interior) -> None:
    manual = opened(interior)
    manual.search.setText("xylophone")
    assert manual.nothing.isVisible()
    assert not manual.list.count()
    QTest.keyClick(manual.search, Key.Key_Return)
    assert manual.page == "start"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("view.loss.plot", "view-loss"), ("view.rate.plot", "view-rate"),
        ("view.parameters.plot", "view-parameters"), ("problem.kind", "problem-article"),
        ("run.1.optimizer", "optimizer-gd"), ("run.1.schedule", "schedule-constant"),
        ("run.1.gauge", "rates"), ("run.1.tune", "tune"), ("run.1.explain", "why"),
        ("transport.play", "keys"),
    ],
)  # fmt: skip
def test_shift_f1_opens_the_page_of_what_has_the_focus(
    qtbot: QtBot, interior: Interior, name: str, page: str
) -> None:
    control(interior, name).setFocus()
    assert opened(interior, shift=True).page == page


def test_every_page_that_can_be_asked_for_is_there(qtbot: QtBot, interior: Interior) -> None:
    manual = opened(interior)
    asked = {interior.manual.page_of(one) for one in interior.window.findChildren(QWidget)}
    asked |= {f"optimizer-{one.name}" for one in OPTIMIZERS}
    asked |= {f"schedule-{one.name}" for one in SCHEDULES}
    asked |= {f"problem-{one.name}" for one in PROBLEMS}
    for page in sorted(asked):
        manual.open_page(page)
        assert manual.page == page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_says_what_the_words_on_the_window_mean(
    qtbot: QtBot, interior: Interior, lang: str
) -> None:
    interior.window.user.set("language", lang)
    interior.window.actions_by_name["words"].trigger()
    manual = interior.manual.shown
    assert manual is not None
    assert manual.page == "words"
    names = ("run.1.tune", "run.1.explain", "runs.from_here", "runs.restart")
    seen = [interior.window.findChild(QAbstractButton, name).text() for name in names]  # type: ignore[union-attr] # there they are
    assert all(seen)
    assert all(word in manual.text.toPlainText() for word in seen)


def test_a_question_mark_asks_too(qtbot: QtBot, interior: Interior) -> None:
    plot = control(interior, "view.loss.plot")
    plot.setFocus()
    QTest.keyClick(plot, Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert interior.manual.shown is not None
    assert interior.manual.shown.page == "view-loss"


def test_the_menu_of_a_card_opens_the_page_of_its_optimizer(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    interior.workspace.edit_run(1, "optimizer", "", "adam")
    card = interior.central.run_list.cards[1]
    card.more_actions.menu().actions()[-1].trigger()
    assert interior.manual.shown is not None
    assert interior.manual.shown.page == "optimizer-adam"


def test_a_foreign_address_opens_nothing(qtbot: QtBot, interior: Interior) -> None:
    manual = opened(interior)
    for address in ("https://example.org/", "file:///etc/passwd", "../../etc/passwd", "none.html"):
        manual.text.anchorClicked.emit(QUrl(address))
        assert manual.page == "start"
    kind = QTextDocument.ResourceType.ImageResource.value
    browser: Any = manual.text
    assert browser.loadResource(kind, QUrl("file:///etc/hostname")) is None


def test_its_controls_have_names(qtbot: QtBot, interior: Interior) -> None:
    check(opened(interior))
