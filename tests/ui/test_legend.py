"""The legend of the parameter space: whose line is whose, where it hides least."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from gdsim.ui.plot.legend import Entry, Legend
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import MakeSnapshot
from tests.ui.seeing import shown

AREA = QRectF(0.0, 0.0, 560.0, 300.0)
NOTHING = np.empty((0, 2))


def entries(count: int) -> list[Entry]:
    names = ("Gradient descent", "GD")
    return [Entry(LIGHT.run_style(i), names, "α 0.01") for i in range(count)]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("count", "width", "there"),
    [(1, 560, False), (2, 560, True), (4, 560, True), (5, 560, False), (3, 350, False)],
)
def test_it_is_there_for_a_few_runs_with_room(count: int, width: int, there: bool) -> None:
    area = QRectF(0.0, 0.0, width, 300.0)
    box = Legend().place(entries(count), area, NOTHING, [], QFont())
    assert (box is not None) is there
    assert box is None or area.contains(box)


@pytest.mark.usefixtures("qapp")
def test_it_stands_in_the_emptiest_corner_and_does_not_hop() -> None:
    legend = Legend()
    right = legend.place(entries(3), AREA, NOTHING, [], QFont())
    assert right is not None
    assert right.center().x() > AREA.center().x()
    full = np.full((500, 2), (right.center().x(), right.center().y()))
    other = legend.place(entries(3), AREA, full, [], QFont())
    assert other is not None
    assert not other.intersects(right)
    assert legend.place(entries(3), AREA, NOTHING, [], QFont()) == other
    # A few points more or less move nothing.
    few = np.full((20, 2), (other.center().x(), other.center().y()))
    assert legend.place(entries(3), AREA, few, [], QFont()) == other


@pytest.mark.usefixtures("qapp")
def test_it_keeps_off_notes_and_shortens_names_where_it_must() -> None:
    legend, font = Legend(), QFont()
    font.setPointSizeF(9.0)  # whatever a former test has made the program's
    wide = legend.place(entries(2), AREA, NOTHING, [], font)
    assert wide is not None
    off = legend.place(entries(2), AREA, NOTHING, [wide], font)
    assert off is not None
    assert not off.intersects(wide)
    narrow = QRectF(0.0, 0.0, max(362.0, 1.9 * wide.width()), 300.0)
    short = legend.place(entries(2), narrow, NOTHING, [], font)
    assert short is not None
    assert short.width() < wide.width()


def test_the_window_shows_it_for_two_runs_and_numbers_for_five(
    qtbot: QtBot, interior: Interior
) -> None:
    view = interior.central.view(ParameterView)
    interior.window.resize(1366, 768)
    view.plot.grab()
    assert view.legend.box is None
    interior.workspace.add_run()
    qtbot.waitUntil(lambda: len(view.visible_runs()) == 2)
    qtbot.waitUntil(lambda: bool(view.plot.grab()) and view.legend.box is not None)
    for _ in range(3):
        interior.workspace.add_run()
    qtbot.waitUntil(lambda: len(view.visible_runs()) == 5)
    qtbot.waitUntil(lambda: bool(view.plot.grab()) and view.legend.box is None)


def test_it_hides_no_part_of_the_ways(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot("article", [("gd", 0.01), ("adam", 0.1)], steps=200)
    view = shown(qtbot, ParameterView(), snapshot)
    view.plot.grab()
    box = view.legend.box
    assert box is not None
    projection = view.plot.projection()
    for run in snapshot.runs:
        x, y = view.way(run.trace, run.key)
        points = zip(projection.x(x).tolist(), projection.y(y).tolist(), strict=True)
        assert not any(box.contains(*point) for point in points)
