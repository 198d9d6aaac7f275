"""The figure of `gdsim run --plot`, in each format and without a display."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gdsim.cli import main as cli
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment.document import save
from tests.setups import experiment_of

ROOT = Path(__file__).resolve().parents[2]
BLUE, ORANGE = QColor("#0072B2"), QColor("#D55E00")


def pixels_of(image: QImage, color: QColor) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
        if image.pixelColor(x, y) == color
    }


def test_png_shows_way_loss_and_rate(tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "图 1.png"
    words = ["--problem", "beale", "--optimizer", "adam", "--lr", "0.2", "--schedule", "cosine"]
    assert cli.main(["run", *words, "--steps", "1000", "--quiet", "--plot", str(target)]) == 0
    image = QImage(str(target))
    blue = pixels_of(image, BLUE)
    left = {(x, y) for x, y in blue if x < image.width() / 2}
    right = blue - left
    above = {(x, y) for x, y in right if y < image.height() / 2}
    below = right - above
    assert all(len(part) > 200 for part in (left, above, below))
    # The cosine's rate falls all the way from left to right.
    first, last = (edge(below, key=lambda at: at[0]) for edge in (min, max))
    assert last[0] - first[0] > 0.3 * image.width()
    assert last[1] - first[1] > 0.15 * image.height()


def test_svg_is_lines_and_text(tmp_path: Path, qtbot: QtBot) -> None:
    beale = make_problem("beale")
    runs = [make_run(beale, "gd", {"learning_rate": r}) for r in (0.03, 0.01, 5.0)]
    save(tmp_path / "race.gdsim", experiment_of(beale, *runs, limit=60))
    target = tmp_path / "a.svg"
    assert cli.main(["run", str(tmp_path / "race.gdsim"), "--quiet", "--plot", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {
        "Beale's flat valley",
        "Parameter space",
        "Loss above the minimum",
        "Learning rate",
    } <= set(words)
    assert any("Left the limit at step" in (word or "") for word in words)
    # Each of the two that live: a path in all three plots, the second dashed.
    for color in ("#0072b2", "#d55e00"):
        groups = re.findall(rf'stroke="{color}"[^>]*>\s*<path[^>]* d="([^"]*)"', text)
        assert sum(path.count("L") > 5 for path in groups) >= 2
    assert "stroke-dasharray" in text
    assert all("sans-serif" in name for name in re.findall(r'font-family="([^"]*)"', text))


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_no_display_is_needed_and_nothing_is_said(suffix: str, tmp_path: Path) -> None:
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in displays}
    target = tmp_path / f"a{suffix}"
    done = subprocess.run(
        [sys.executable, "-m", "gdsim", "run", "--lr", "3", "--quiet", "--plot", str(target)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    start = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    assert target.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("problem", ["double_well", "polynomial"])
def test_any_number_of_parameters_and_losses_below_zero(
    problem: str, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "a.svg"
    words = ["--problem", problem, "--optimizer", "momentum", "--lr", "0.05", "--steps", "100"]
    assert cli.main(["run", *words, "--quiet", "--plot", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    assert "No loss above zero" not in text
