"""The list of lessons: chosen by keys, done ones ticked, broken ones named."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdsim.experiment.lessons.shelf import bundled
from gdsim.ui.dialogs.lesson_dialog import LessonDialog
from gdsim.ui.interior import Interior


def test_a_lesson_is_chosen_by_keys_and_begins(qtbot: QtBot, interior: Interior) -> None:
    interior.window.user.set("lessons_done", "downhill rates")
    interior.window.actions_by_name["choose_lesson"].trigger()
    dialog = interior.window.findChild(LessonDialog)
    assert dialog is not None
    assert dialog.list.currentRow() == 2  # the first that is not done
    assert dialog.list.item(0).text().startswith("✓")
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert "?" in dialog.question.text()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: interior.lessons.is_on)
    course = interior.lessons.course
    assert course is not None
    assert course.lesson.path == bundled()[3]


def test_a_broken_lesson_is_named_and_cannot_be_begun(qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text('format = "gdsim lesson"\nversion = 1\nid = "A b"\n')
    dialog = LessonDialog([broken, *bundled()[:1]], frozenset())
    qtbot.addWidget(dialog)
    dialog.list.setCurrentRow(0)
    assert "mine.toml" in dialog.list.item(0).text()
    assert "line 3" in dialog.question.text()
    assert not dialog.begin.isEnabled()
    chosen: list[object] = []
    dialog.chosen.connect(chosen.append)
    dialog.accept()
    assert not chosen


def test_lessons_in_a_folder_of_ones_own_and_of_the_machine_stand_behind_the_others(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    folder = tmp_path / "lessons"  # beside the settings
    folder.mkdir()
    text = bundled()[0].read_text(encoding="utf-8").replace('id = "downhill"', 'id = "mine"')
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    (folder / "broken.toml").write_text("x = [", encoding="utf-8")
    interior.window.actions_by_name["choose_lesson"].trigger()
    dialog = interior.window.findChild(LessonDialog)
    assert dialog is not None
    count = len(bundled())
    assert dialog.list.count() == count + 2
    assert "broken.toml" in dialog.list.item(count).text()
    assert str(folder) in dialog.list.item(count + 1).text()
    dialog.list.setCurrentRow(count + 1)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: interior.lessons.is_on)
    course = interior.lessons.course
    assert course is not None
    assert course.lesson.id == "mine"
