"""What is focused, typed, or zero is seen as such; small words that were wrong in 0.1."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QFontInfo, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gdsim.runtime import commands
from gdsim.ui.controls.form import NumberEdit
from gdsim.ui.interior import Interior
from gdsim.ui.main_window import MainWindow
from gdsim.ui.theme import DARK, LIGHT, Theme, load_fonts
from tests.ui.conftest import until


def contrast(one: str, other: str) -> float:
    def luminance(name: str) -> float:
        color = QColor(name)
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_fields_and_boxes_are_outlined(theme: Theme) -> None:
    assert contrast(theme.outline, theme.panel) >= 3.0
    for ground in (theme.hover, theme.pressed, theme.panel, theme.window):
        assert contrast(theme.text, ground) >= 7.0
        assert contrast(theme.muted, ground) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["optimizer", "schedule", "eye", "fold", "gauge", "", "learning_rate"]
)
def test_the_focus_is_seen(qtbot: QtBot, interior: Interior, theme: str, name: str) -> None:
    interior.window.actions_by_name[f"theme_{theme}"].trigger()
    interior.window.activateWindow()
    card = interior.central.run_list.cards[0]
    widget = card.findChild(QWidget, f"run.1.{name}") if name else card
    assert widget is not None
    interior.central.transport.play.setFocus()
    qtbot.wait(30)
    before = card.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.wait(10)
    after = card.grab().toImage()
    changed = sum(
        before.pixel(x, y) != after.pixel(x, y)
        for y in range(0, before.height(), 1)
        for x in range(0, before.width(), 3)
    )
    assert changed > 20
    interior.window.actions_by_name["theme_light"].trigger()


@pytest.mark.parametrize(
    ("lang", "whole", "single", "off"),
    [("en", "all samples", "one sample", "off"), ("zh", "全部样本", "单个样本", "关")],
)
def test_zero_is_said_in_words_where_it_means_something_else(
    qtbot: QtBot, interior: Interior, lang: str, whole: str, single: str, off: str
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    card, workspace = interior.central.run_list.cards[0], interior.workspace
    qtbot.wait(30)
    batch = card.findChild(NumberEdit, "run.1.batch_size")
    norm = card.findChild(NumberEdit, "run.1.clip_norm")
    assert batch is not None
    assert norm is not None
    assert (batch.text(), norm.text()) == (whole, off)
    card.fold.click()
    batch.setFocus()
    batch.selectAll()
    qtbot.keyClicks(batch, "2")
    qtbot.keyClick(batch, Qt.Key.Key_Return)
    assert workspace.setup.tracks[0].run.sampling.batch_size == 2
    assert batch.text() == "2"
    batch.selectAll()
    written = QInputMethodEvent()
    written.setCommitString(whole)
    QApplication.sendEvent(batch, written)
    qtbot.keyClick(batch, Qt.Key.Key_Return)
    assert workspace.setup.tracks[0].run.sampling.batch_size == 0
    workspace.edit_run(0, "optimizer", "", "sgd")
    qtbot.wait(30)
    assert batch.text() == single
    until(qtbot, interior)


def test_a_step_while_playing_is_one_from_what_is_seen(qtbot: QtBot, interior: Interior) -> None:
    workspace = interior.workspace
    workspace.set_speed(1000.0)
    workspace.play()
    until(qtbot, interior, lambda s: s.step > 50)
    qtbot.wait(30)
    seen = workspace.snapshot.step  # what the window shows; the engine is further
    qtbot.waitUntil(lambda: workspace.runner.snapshot.step > seen + 5)
    workspace.step_by(1)
    shown = until(qtbot, interior, lambda s: not s.playing)
    assert shown.recorded > shown.step
    workspace.runner.send(commands.Play())
    workspace.runner.send(commands.StepBy(1, shown.step))
    workspace.runner.send(commands.StepBy(1, shown.step))  # pressed twice: two steps
    qtbot.wait(50)
    assert until(qtbot, interior, lambda s: not s.playing).step == shown.step + 2


def test_the_same_faces_are_used_in_every_start(qapp: QApplication) -> None:
    before = qapp.font()
    load_fonts()
    first = QApplication.font()
    load_fonts()
    assert QApplication.font().families() == first.families()
    assert first.families()[0] == QFontInfo(before).family()
    QApplication.setFont(before)


FACES = """
from PySide6.QtGui import QFont, QTextLayout
from gdsim.app import _application
from gdsim.ui.theme import load_fonts
application = _application()
load_fonts()
for bold in (False, True):
    font = QFont(application.font())
    font.setBold(bold)
    layout = QTextLayout("参数空间 θ₀ · ‖g‖", font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    faces = [run.rawFont() for run in layout.glyphRuns()]
    print(sorted((f.familyName(), f.styleName(), f.weight()) for f in faces))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring their own Chinese")
def test_chinese_has_one_face_wherever_the_system_speaks_it() -> None:
    """Bold is the same face emboldened: no other family, of whatever weight there is."""
    said = []
    for lang in ("zh_CN.UTF-8", "C.UTF-8", "ja_JP.UTF-8"):
        given = {**os.environ, "LANG": lang, "LC_ALL": lang, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [sys.executable, "-c", FACES], env=given, capture_output=True, text=True, check=True
        )
        said.append(done.stdout)
    assert len(set(said)) == 1, said
    assert said[0].count("'gdsim CJK', 'Regular'") == 2
    assert "'gdsim CJK', 'Regular', 700" in said[0]


def test_full_screen_ends_where_it_began(qtbot: QtBot, tmp_path: object) -> None:
    settings = QSettings(f"{tmp_path}/s.ini", QSettings.Format.IniFormat)
    window = MainWindow(settings, "en", "light")
    qtbot.addWidget(window)
    window.showMaximized()
    window.actions_by_name["full_screen"].trigger()
    assert window.isFullScreen()
    window.leave()
    assert not window.isFullScreen()
    assert window.isMaximized()


@pytest.mark.parametrize(
    "name", ["run.1.learning_rate", "run.1.optimizer", "runs.add", "runs.restart", "runs.from_here",
             "view.fit.residuals", "run.1.rate.safe", "problem.start.theta_0", "transport.step"],
)  # fmt: skip
def test_the_ring_is_three_pixels_and_moves_nothing(
    qtbot: QtBot, interior: Interior, name: str
) -> None:
    window = interior.window
    window.activateWindow()
    until(qtbot, interior)
    widget = window.findChild(QWidget, name)
    assert widget is not None
    interior.central.transport.play.setFocus()
    qtbot.wait(20)
    before = widget.geometry(), widget.sizeHint()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.wait(20)
    assert (widget.geometry(), widget.sizeHint()) == before
    image = widget.grab().toImage()
    middle = image.height() // 2
    ring = [image.pixelColor(x, middle).name().upper() for x in range(4)]
    assert ring[:3] == [window.theme.accent] * 3
    assert ring[3] != window.theme.accent


def test_in_a_narrow_card_the_presets_give_way(qtbot: QtBot, interior: Interior) -> None:
    """960 × 540, which is 1920 × 1080 at 200 %: beside a scroll bar the card's sides were cut."""
    until(qtbot, interior)
    presets = interior.central.run_list.cards[0].presets
    assert presets.isVisible()
    assert presets.minimumSizeHint().width() <= 0.8 * presets.sizeHint().width()
