"""In front of a class: the screen is blanked and comes back, the spotlight follows the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior

Key = Qt.Key


@pytest.mark.parametrize("key", [Key.Key_Period, Key.Key_B])
def test_the_screen_is_black_and_comes_back(qtbot: QtBot, interior: Interior, key: Qt.Key) -> None:
    window = interior.window
    QTest.keyClick(window, key)
    picture = window.grab().toImage()
    spots = [(5, 5), (picture.width() // 2, picture.height() // 2), (picture.width() - 5, 40)]
    assert all(picture.pixelColor(*spot) == QColor("black") for spot in spots)
    step = interior.workspace.step
    for woken_by in (key, Key.Key_Space, Key.Key_Escape, Key.Key_Right):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, woken_by)  # any key wakes, and does nothing else
        assert not window.is_covered
        assert interior.workspace.step == step
        QTest.keyClick(window, key)
    QTest.mouseClick(interior.curtains.blank, Qt.MouseButton.LeftButton)
    assert not window.is_covered


def test_a_blanked_screen_covers_the_window_at_any_size(qtbot: QtBot, interior: Interior) -> None:
    QTest.keyClick(interior.window, Key.Key_Period)
    interior.window.resize(900, 600)
    assert interior.curtains.blank.geometry() == interior.window.rect()


def test_the_spotlight_leaves_a_bright_place_and_the_pointer_goes_through(
    qtbot: QtBot, interior: Interior
) -> None:
    window, light = interior.window, interior.curtains.spotlight
    before = window.grab().toImage()
    QTest.keyClick(window, Key.Key_Z)
    light.point(QPoint(300, 300))
    picture = window.grab().toImage()
    assert picture.pixelColor(300, 300) == before.pixelColor(300, 300)
    dimmed, bright = picture.pixelColor(1000, 700), before.pixelColor(1000, 700)
    assert dimmed.lightness() < 0.6 * bright.lightness()
    assert window.childAt(300, 300) is not light
    QTest.keyClick(window, Key.Key_Escape)
    assert light.isHidden()
