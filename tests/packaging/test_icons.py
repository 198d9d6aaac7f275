"""The icon: its pictures show the drawing, in the sizes that desktops ask for."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdsim.system.resources import resource
from gdsim.ui.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
SIZES = (16, 24, 32, 48, 64, 128, 256)


@pytest.fixture
def make_icons() -> Any:
    spec = importlib.util.spec_from_file_location(
        "gdsim_make_icons", ROOT / "packaging" / "make_icons.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def channels(picture: QImage, x: int, y: int) -> tuple[int, int, int, int]:
    color = picture.pixelColor(x, y)
    return color.red(), color.green(), color.blue(), color.alpha()


@pytest.mark.parametrize("size", SIZES)
def test_the_pictures_show_the_present_drawing(
    qapp: QApplication, make_icons: Any, size: int
) -> None:
    kept = QImage(str(resource(f"icons/gdsim-{size}.png")))
    assert (kept.width(), kept.height()) == (size, size)
    drawn = make_icons.drawn(resource("icons/gdsim.svg"), size)
    places = range(0, size, max(1, size // 32))
    apart = [
        abs(a - b)
        for x in places
        for y in places
        for a, b in zip(channels(kept, x, y), channels(drawn, x, y), strict=True)
    ]
    # Qt versions smooth edges a little differently; a changed drawing is far beyond this.
    assert sum(apart) / len(apart) < 3, "packaging/make_icons.py draws the pictures anew"


@pytest.mark.parametrize("size", SIZES)
def test_start_and_minimum_are_told_apart_at_every_size(qapp: QApplication, size: int) -> None:
    picture = QImage(str(resource(f"icons/gdsim-{size}.png")))
    assert picture.pixelColor(0, 0).alpha() == 0  # no box around it, on dark panels too
    red, green, blue, _ = channels(picture, 156 * size // 256, 166 * size // 256)
    assert red > 200
    assert green < 150
    assert blue < 120
    assert min(channels(picture, 72 * size // 256, 58 * size // 256)) > 180


def test_the_window_has_its_icon_in_all_sizes_without_an_svg_plugin(qtbot: QtBot) -> None:
    window = MainWindow(QSettings(f"{os.devnull}/none", QSettings.Format.IniFormat), "en", "light")
    qtbot.addWidget(window)
    sizes = [size.width() for size in window.windowIcon().availableSizes()]
    assert sorted(sizes) == list(SIZES)
