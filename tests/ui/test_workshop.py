"""A lesson of one's own in the real window: made from an experiment, shown anew at each save."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.lessons.stages import Stage
from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def test_a_lesson_is_made_played_and_shown_anew(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "gdsim.ui.lessons.workshop.QDesktopServices.openUrl",
        lambda url: opened.append(QUrl(url).toLocalFile()),
    )
    monkeypatch.setattr(
        "gdsim.ui.lessons.workshop.QFileDialog.getSaveFileName",
        lambda *a, **k: (str(tmp_path / "mine"), ""),
    )
    workspace = interior.workspace
    workspace.set_limit(50)
    workspace.edit_run(0, "settings", "learning_rate", 0.05)
    setup = workspace.setup
    interior.window.actions_by_name["make_lesson"].trigger()
    path = tmp_path / "mine.toml"
    assert opened == [str(path)]
    made = read_lesson(path)
    assert made.setup == setup
    assert {"parameters", "fit", "loss"} <= set(made.question.views)
    lessons = interior.lessons
    assert lessons.course is not None
    lessons.next()
    lessons.choose(1)
    lessons.next()
    until(qtbot, interior, lambda s: s.step > 0)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("What will happen?", "How low does it get?"), encoding="utf-8")
    qtbot.waitUntil(lambda: "How low" in interior.central.lesson.text.text(), timeout=5000)
    assert lessons.course is not None
    assert lessons.course.stage is Stage.OBSERVATION  # where it was
    assert lessons.course.chosen == 1
    path.write_text(text.replace("right = true", "right = 3"), encoding="utf-8")
    qtbot.waitUntil(lambda: "mine.toml, line" in interior.window.notice.text(), timeout=5000)
    assert lessons.is_on  # as it was
    path.unlink()
    replaced = tmp_path / "aside"
    replaced.write_text(text.replace("What will", "What might"), encoding="utf-8")
    replaced.rename(path)  # as editors save
    qtbot.waitUntil(lambda: "What might" in interior.central.lesson.text.text(), timeout=5000)
    lessons.leave()
    assert workspace.setup == setup
    path.write_text(text, encoding="utf-8")
    qtbot.wait(400)
    assert not lessons.is_on
