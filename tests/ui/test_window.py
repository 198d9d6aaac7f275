"""The whole window with real clicks and keys: what a user does, and what must then be seen."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from gdsim.app import take_screenshot
from gdsim.engine.outcome import Outcome
from gdsim.engine.run import make_run
from gdsim.ui.dialogs.data_dialog import DataDialog
from gdsim.ui.interior import Interior
from gdsim.ui.theme import DARK, LIGHT, Theme, system_theme
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import until


def press(qtbot: QtBot, interior: Interior, key: Qt.Key) -> None:
    qtbot.keyClick(interior.central.view(ParameterView), key)


def test_play_pressed_the_articles_regression_runs_to_step_1000(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.set_speed(None)
    press(qtbot, interior, Qt.Key.Key_Space)
    end = until(qtbot, interior, lambda s: s.step == 1000 and not s.playing)
    assert end.runs[0].theta == pytest.approx([-0.949448893427, 2.185998154069], rel=1e-12)
    assert end.runs[0].loss == pytest.approx(0.560465130125, rel=1e-12)
    texts = " ".join(label.text() for label in interior.window.findChildren(QLabel))
    for digits in ("−0.949449", "2.185998", "0.560465"):
        assert digits in texts


def test_keys_step_seek_and_reset(qtbot: QtBot, interior: Interior) -> None:
    for _ in range(3):
        press(qtbot, interior, Qt.Key.Key_Right)
    until(qtbot, interior, lambda s: s.step == 3)
    press(qtbot, interior, Qt.Key.Key_Left)
    assert until(qtbot, interior, lambda s: s.step == 2).runs[0].loss == pytest.approx(
        14.7601857024
    )
    press(qtbot, interior, Qt.Key.Key_End)
    until(qtbot, interior, lambda s: s.step == 3)
    press(qtbot, interior, Qt.Key.Key_Home)
    until(qtbot, interior, lambda s: s.step == 0 and s.recorded == 3)


@pytest.mark.parametrize(
    ("rate", "before", "after", "why"),
    [
        ("0.0845", "zigzags", "Oscillates", "each step multiplies the swing by −0.9994"),
        ("0.0846", "diverges", "Diverging", "The rate 0.0846 is above 2/λmax = 0.08452 there"),
        ("0.12", "diverges", "Left the limit", "The rate 0.12 is above 2/λmax = 0.08452 there"),
    ],
)
def test_the_window_says_which_rate_diverges_and_why(
    qtbot: QtBot, interior: Interior, rate: str, before: str, after: str, why: str
) -> None:
    run = make_run(interior.workspace.snapshot.problem, "gd", {"learning_rate": float(rate)})
    interior.workspace.change_run(0, run)
    until(qtbot, interior, lambda s: s.runs[0].run == run)
    said = interior.central.run_list.cards[0].verdict
    qtbot.waitUntil(lambda: before in said.text())
    assert "0.08452 = 2/λmax" in said.text()
    interior.workspace.set_speed(None)
    interior.workspace.play()
    end = until(qtbot, interior, lambda s: not s.playing and s.step > 0)
    qtbot.waitUntil(lambda: after in said.text())
    assert why in said.text()
    loss = end.runs[0].loss
    if rate == "0.0845":
        assert loss < 36.82
    elif rate == "0.0846":
        assert loss == pytest.approx(1474.19, rel=1e-4)
    else:
        assert end.runs[0].outcome is Outcome.DIVERGED


def test_a_click_in_the_parameter_view_sets_the_start(qtbot: QtBot, interior: Interior) -> None:
    view = interior.central.view(ParameterView)
    before = interior.workspace.snapshot.runs[0].run.start
    viewport = view.plot.viewport()
    where = QPoint(viewport.width() // 3, viewport.height() // 3)
    qtbot.wait(150)  # the layout has come to rest
    expected = view.plot.box.mapSceneToView(view.plot.mapToScene(where))
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=where)
    shown = until(qtbot, interior, lambda s: s.runs[0].run.start != before)
    assert shown.runs[0].run.start == pytest.approx((expected.x(), expected.y()), rel=0.02)


def test_add_run_branch_and_undo(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.step_by(20)
    until(qtbot, interior, lambda s: s.step == 20)
    interior.window.actions_by_name["add_run"].trigger()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    interior.window.actions_by_name["branch"].trigger()
    shown = until(qtbot, interior, lambda s: len(s.runs) == 3)
    assert len({run.theta.tobytes() for run in shown.runs}) == 1
    interior.window.actions_by_name["undo"].trigger()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    interior.window.actions_by_name["undo"].trigger()
    assert until(qtbot, interior, lambda s: len(s.runs) == 1).step == 20
    interior.window.actions_by_name["redo"].trigger()
    until(qtbot, interior, lambda s: len(s.runs) == 2)


def test_saved_and_reopened_the_trajectories_are_the_same_bit_for_bit(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = interior.workspace
    workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    noisy = make_run(workspace.snapshot.problem, "sgd", {"learning_rate": 0.01}, "cosine")
    workspace.change_run(1, noisy)
    workspace.step_by(50)
    until(qtbot, interior, lambda s: s.step == 50)
    workspace.set_restart(False)
    workspace.change_run(0, make_run(workspace.snapshot.problem, "adam", {"learning_rate": 0.1}))
    workspace.step_by(50)
    before = until(qtbot, interior, lambda s: s.step == 100)
    path = tmp_path / "我的 实验.gdsim"
    monkeypatch.setattr(
        "gdsim.ui.documents.QFileDialog.getSaveFileName", lambda *a, **k: (str(path), "")
    )
    assert interior.window.isWindowModified()
    interior.window.actions_by_name["save"].trigger()
    assert path.exists()
    assert not interior.window.isWindowModified()
    interior.documents.new()
    until(qtbot, interior, lambda s: len(s.runs) == 1)
    interior.documents.open(path)
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    workspace.step_by(100)
    after = until(qtbot, interior, lambda s: s.step == 100)
    for old, new in zip(before.runs, after.runs, strict=True):
        assert new.theta.tobytes() == old.theta.tobytes()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("damaged.gdsim", b'{"format": "gdsim", "version": 1', "damaged.gdsim"),
        ("picture.gdsim", b"\x89PNG\r\n\x1a\n\0\0", "picture.gdsim"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0", "not a text table"),
        ("empty.csv", b"", "empty"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_changes_nothing(
    qtbot: QtBot, interior: Interior, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    interior.workspace.step_by(5)
    before = until(qtbot, interior, lambda s: s.step == 5)
    path = tmp_path / name
    path.write_bytes(content)
    interior.documents.take_file(path)
    qtbot.waitUntil(lambda: bool(interior.window.findChildren(QMessageBox)))
    (box,) = interior.window.findChildren(QMessageBox)
    assert words in box.text()
    box.close()
    after = until(qtbot, interior, lambda s: True)
    assert after.step == 5
    assert after.runs[0].theta.tobytes() == before.runs[0].theta.tobytes()


def drop(interior: Interior, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(50, 50), action, data, Qt.MouseButton.LeftButton, none)
    interior.window.dropEvent(event)


def test_a_dropped_table_is_read_by_its_column_names(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    path = tmp_path / "成绩.csv"
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, 3000)
    rows = "".join(f"{i};{a!r};{3 * a + 1!r}\n" for i, a in enumerate(x.tolist()))
    path.write_bytes(("序号;学时;分数\n" + rows).encode("gbk"))
    drop(interior, path)
    (dialog,) = interior.window.findChildren(DataDialog)
    qtbot.waitUntil(lambda: not dialog.is_working)
    assert (dialog.columns, dialog.target) == (["学时"], "分数")
    dialog.buttons.accepted.emit()
    shown = until(qtbot, interior, lambda s: s.problem.size == 3000)
    assert shown.problem.minima[0] == pytest.approx((1.0, 3.0), rel=1e-9)


def test_a_bad_line_is_named_and_the_data_stay(
    qtbot: QtBot, interior: Interior, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("x,y\n1,2\n2,oops\n3,4\n", encoding="utf-8")
    drop(interior, path)
    (dialog,) = interior.window.findChildren(DataDialog)
    qtbot.waitUntil(lambda: "line 3" in dialog.message.text())
    assert "oops" in dialog.message.text()
    dialog.reject()
    assert interior.workspace.snapshot.problem.name == "article"


def test_language_is_switched_live(qtbot: QtBot, interior: Interior) -> None:
    interior.window.actions_by_name["language_zh"].trigger()
    qtbot.wait(60)
    titles = [action.text() for action in interior.window.menuBar().actions()]
    assert titles[0] == "文件(&F)"
    said = interior.central.run_list.cards[0].verdict
    assert "学习率" in said.text()
    interior.window.actions_by_name["language_en"].trigger()
    qtbot.wait(60)
    assert "critical" in said.text()


def test_theme_is_switched_live(qtbot: QtBot, interior: Interior) -> None:
    def brightness() -> float:
        image = interior.window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        return float(np.frombuffer(image.constBits(), np.uint8).mean())

    qtbot.wait(50)
    light = brightness()
    interior.window.actions_by_name["theme_dark"].trigger()
    qtbot.wait(100)
    assert brightness() < 0.5 * light
    interior.window.actions_by_name["theme_light"].trigger()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_first_theme_is_the_systems(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    system = QPalette(theme.color("window"))
    system.setResolveMask(0)  # as long as nobody sets another
    monkeypatch.setattr(QGuiApplication, "palette", staticmethod(lambda: system))
    assert system_theme() is theme


def test_every_control_has_a_name_and_nothing_is_lost_in_small_windows(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.window.resize(1024, 768)
    qtbot.wait(80)
    assert interior.window.width() == 1024
    for button in interior.window.findChildren(QPushButton):
        if button.isVisible():
            assert button.text() or button.accessibleName(), button


def test_closing_at_full_speed_leaves_no_engine_behind(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.set_limit(10**9)
    interior.workspace.set_speed(None)
    interior.workspace.play()
    until_step = time.monotonic() + 10
    while interior.workspace.snapshot.step < 1000 and time.monotonic() < until_step:
        qtbot.wait(10)
    interior.window.may_close = lambda: True
    interior.window.close()
    assert "gdsim-engine" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screenshot_is_of_the_asked_size(qapp: QApplication, tmp_path: Path, lang: str) -> None:
    target = tmp_path / "window.png"
    size = (1024, 768)
    assert take_screenshot(target, steps=100, size=size, lang=lang, theme="dark") == 0
    picture = QImage(str(target))
    assert (picture.width(), picture.height()) == size
