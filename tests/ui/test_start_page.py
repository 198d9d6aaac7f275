"""The start page: each way from it into the window, by keys; when it is shown, and when not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.app import App
from gdsim.experiment import document
from gdsim.experiment.document import Experiment
from gdsim.experiment.examples import EXAMPLES
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.setup import first_setup
from gdsim.experiment.view_state import ViewState
from gdsim.ui.dialogs.data_dialog import DataDialog
from gdsim.ui.interior import Interior
from gdsim.ui.start.entries import FileLine, Line
from gdsim.ui.start.recent import MOST, recent, remember
from gdsim.ui.start.start_page import StartPage
from tests.ui.conftest import until
from tests.ui.test_control_names import check


def page_of(interior: Interior) -> StartPage:
    page = interior.starter.page
    assert page is not None
    return page


@pytest.fixture
def page(qtbot: QtBot, interior: Interior) -> StartPage:
    interior.window.actions_by_name["start_page"].trigger()
    shown = page_of(interior)
    qtbot.waitUntil(lambda: bool(shown.findChildren(Line)), timeout=20_000)
    return shown


def test_it_is_not_there_unless_asked_for(interior: Interior) -> None:
    assert interior.starter.page is None
    assert interior.central.isVisible()


def test_space_opens_the_article_and_plays(
    qtbot: QtBot, interior: Interior, page: StartPage
) -> None:
    assert not interior.central.isVisible()
    assert QApplication.focusWidget() is page.play
    qtbot.keyClick(page.play, Qt.Key.Key_Space)
    assert interior.starter.page is None
    assert interior.central.isVisible()
    until(qtbot, interior, lambda s: s.playing or s.step > 0)


def test_escape_leaves_and_the_experiment_is_as_it_was(
    qtbot: QtBot, interior: Interior, page: StartPage
) -> None:
    before = interior.workspace.setup
    qtbot.keyClick(page.play, Qt.Key.Key_Escape)
    assert interior.starter.page is None
    assert interior.workspace.setup is before
    assert interior.window.user.now.start_page  # it stays wanted: the box alone says otherwise


def test_keys_of_the_window_do_nothing_behind_it(
    qtbot: QtBot, interior: Interior, page: StartPage
) -> None:
    before = interior.workspace.step
    for key in (Qt.Key.Key_Right, Qt.Key.Key_R, Qt.Key.Key_End, Qt.Key.Key_L):
        qtbot.keyClick(page.play, key)
    assert page_of(interior) is page
    assert interior.workspace.step == before


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_return_opens_an_example_ready(
    qtbot: QtBot, interior: Interior, page: StartPage, place: int
) -> None:
    card = page.cards[place]
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert interior.starter.page is None
    assert interior.workspace.setup == EXAMPLES[place].setup()
    assert interior.workspace.step == 0
    assert not interior.window.isWindowModified()


def test_a_lesson_is_opened_and_stands_among_the_recent(
    qtbot: QtBot, interior: Interior, page: StartPage
) -> None:
    qtbot.keyClick(page.lessons.go_on, Qt.Key.Key_Return)
    assert interior.lessons.is_on
    assert interior.starter.page is None
    assert recent(interior.window.user) == (bundled()[0],)
    interior.lessons.leave()


def test_done_lessons_have_a_tick_and_the_next_follows(qtbot: QtBot, interior: Interior) -> None:
    interior.window.user.set("lessons_done", "downhill")
    interior.starter.show()
    page = page_of(interior)
    qtbot.waitUntil(lambda: bool(page.findChildren(Line)), timeout=20_000)
    lines = page.lessons.findChildren(Line)
    assert ["done" in line.accessibleName() for line in lines] == [True, *[False] * 7]
    assert [line.is_next for line in lines] == [False, True, *[False] * 6]
    assert page.lessons.question.text()


def test_arrows_go_from_card_to_card(qtbot: QtBot, page: StartPage) -> None:
    first = page.cards[0]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is page.cards[1]
    qtbot.keyClick(page.cards[1], Qt.Key.Key_Down)
    assert QApplication.focusWidget() is page.cards[5]
    qtbot.keyClick(page.cards[5], Qt.Key.Key_Left)
    assert QApplication.focusWidget() is page.cards[4]


def test_everything_on_it_is_named(page: StartPage) -> None:
    check(page)


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768), (820, 520)])
def test_nothing_is_wider_than_the_page(
    qtbot: QtBot, interior: Interior, page: StartPage, size: tuple[int, int]
) -> None:
    interior.window.resize(*size)
    qtbot.wait(50)
    assert page.width() == interior.window.width()
    assert page.body.width() <= page.area.viewport().width()


def test_pictures_are_drawn_of_all(qtbot: QtBot, page: StartPage) -> None:
    qtbot.waitUntil(lambda: not any(card.lacks_picture for card in page.cards), timeout=20_000)
    assert not page.picture.pixmap().isNull()


# Files and data


def test_recent_files_are_few_newest_first_and_those_that_are_there(
    interior: Interior, tmp_path: Path
) -> None:
    user = interior.window.user
    files = [tmp_path / f"{number}.gdsim" for number in range(MOST + 2)]
    for file in files:
        file.touch()
        remember(user, file)
    remember(user, files[5])
    files[6].unlink()
    kept = [files[5], *(file for file in reversed(files[2:]) if file != files[5])]
    assert recent(user) == tuple(file for file in kept if file != files[6])
    user.set("recent", "no JSON")
    assert recent(user) == ()


def entries(interior: Interior) -> list[QAction]:
    """Of the File menu's recent files, as a user sees them."""
    menu = interior.window.menus_by_name["recent"]
    menu.aboutToShow.emit()
    return [action for action in menu.actions() if not action.isSeparator()]


def test_the_file_menu_lists_recent_files_opens_and_forgets_them(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    assert [(one.text(), one.isEnabled()) for one in entries(interior)] == [("No files yet", False)]
    files = [tmp_path / "a" / "R&D.gdsim", tmp_path / "b" / "R&D.gdsim", tmp_path / "c.gdsim"]
    for number, file in enumerate(files):
        file.parent.mkdir(exist_ok=True)
        document.save(file, Experiment(EXAMPLES[number].setup(), ViewState()))
        interior.documents.open(file)
    texts = [one.text().replace("&&", "&") for one in entries(interior)]
    assert texts[:3] == [
        "c.gdsim", f"R&D.gdsim – {files[1].parent}", f"R&D.gdsim – {files[0].parent}",
    ]  # fmt: skip
    entries(interior)[2].trigger()
    until(qtbot, interior)
    assert interior.documents.path == files[0]
    assert recent(interior.window.user)[0] == files[0]
    files[2].unlink()
    assert len(entries(interior)) == 3
    interior.lessons.open(bundled()[0])
    assert not any(one.isEnabled() for one in entries(interior)[:-1])
    interior.lessons.leave()
    entries(interior)[-1].trigger()
    assert recent(interior.window.user) == ()


def test_a_recent_experiment_is_opened(qtbot: QtBot, interior: Interior, tmp_path: Path) -> None:
    file = tmp_path / "mine.gdsim"
    setup = EXAMPLES[2].setup()
    document.save(file, Experiment(setup, ViewState()))
    remember(interior.window.user, file)
    interior.starter.show()
    (line,) = page_of(interior).findChildren(FileLine)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert interior.starter.page is None
    assert interior.workspace.setup == setup
    assert interior.documents.path == file


def test_cells_are_pasted(qtbot: QtBot, interior: Interior, page: StartPage) -> None:
    QGuiApplication.clipboard().setText("x\ty\n1\t2\n2\t3\n3\t5\n")
    qtbot.keyClick(page.paste, Qt.Key.Key_Return)
    (dialog,) = interior.window.findChildren(DataDialog)
    qtbot.waitUntil(dialog.use.isEnabled)
    dialog.use.click()
    qtbot.waitUntil(lambda: interior.starter.page is None, timeout=20_000)
    data = interior.workspace.setup.problem.data
    assert data is not None
    assert data.y.tolist() == [2.0, 3.0, 5.0]
    assert recent(interior.window.user) == ()  # there is no file of it


def test_nothing_to_paste_is_said(qtbot: QtBot, interior: Interior, page: StartPage) -> None:
    QGuiApplication.clipboard().setText(" ")
    qtbot.keyClick(page.paste, Qt.Key.Key_Return)
    (box,) = interior.window.findChildren(QMessageBox)
    assert "copy the cells" in box.text()
    box.close()


# At start


@pytest.mark.parametrize("wanted", [True, False])
def test_it_greets_unless_the_user_wants_none(qtbot: QtBot, tmp_path: Path, wanted: bool) -> None:
    file = str(tmp_path / "settings.ini")
    assert greets(qtbot, QSettings(file, QSettings.Format.IniFormat), untick=not wanted)
    assert greets(qtbot, QSettings(file, QSettings.Format.IniFormat)) is wanted


def test_a_file_is_shown_without_it(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "mine.gdsim"
    document.save(file, Experiment(first_setup(), ViewState()))
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    assert not greets(qtbot, settings, file=file)


def greets(
    qtbot: QtBot, settings: QSettings, *, untick: bool = False, file: Path | None = None
) -> bool:
    """Whether a new window begins with the page; `untick` takes the check mark away in it."""
    app = App(settings, file, lang="en", theme="light", welcome=True)
    app.window.show()
    app.finish()
    assert app.interior is not None
    page = app.interior.starter.page
    if page is not None and untick:
        qtbot.keyClick(page.at_start, Qt.Key.Key_Space)
    shown = page is not None
    app.window.may_close = lambda: True
    app.window.close()
    app.window.deleteLater()
    return shown
