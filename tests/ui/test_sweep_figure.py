"""The picture of `gdsim sweep --plot`: the boundary is seen where theory puts it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gdsim.cli import main as cli

DIVERGED = QColor("#E59B80")


def test_a_map_shows_the_boundary_where_theory_puts_it(tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "图.png"
    grid = ["--grid", "lr=lin:0.001:0.2:200", "--grid", "momentum=lin:0:0.9:90"]
    words = ["--optimizer", "momentum", *grid, "--steps", "1000", "--quiet"]
    assert cli.main(["sweep", *words, "--plot", str(target)]) == 0
    image = QImage(str(target))
    colors = [
        [image.pixelColor(x, y) == DIVERGED for x in range(image.width())]
        for y in range(image.height())
    ]
    rows = [y for y, row in enumerate(colors) if sum(row) > 50]
    right = max(max(x for x, is_it in enumerate(colors[y]) if is_it) for y in rows)
    # From 2/λmax = 0.0845 at the bottom to 2 · 1.9/λmax = 0.1606 at the top; 0.2 is the right end.
    widths = {y: sum(colors[y]) for y in (rows[3], rows[-4])}
    per_rate = (right - min(x for x, is_it in enumerate(colors[rows[-4]]) if is_it)) / 0.1155
    assert widths[rows[3]] / per_rate == pytest.approx(0.2 - 0.1606, abs=0.004)
    assert widths[rows[-4]] / per_rate == pytest.approx(0.2 - 0.0845, abs=0.004)


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_a_sweep_over_one_field_is_a_curve_in_any_format(
    ending: str, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / f"curve.{ending}"
    assert cli.main(["sweep", "--grid", "lr=log:1e-3:1:50", "--quiet", "--plot", str(target)]) == 0
    written = target.read_bytes()
    assert written.startswith(b"%PDF" if ending == "pdf" else b"<?xml")
    if ending == "svg":
        assert b"Learning rate" in written
