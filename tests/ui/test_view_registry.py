"""A view is a file and a line: window, menus and wires follow from what its class declares."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.ui import central_widget, views
from gdsim.ui.interior import Interior
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.views import VIEWS, serving
from gdsim.ui.views.base import View
from tests.ui.conftest import until


class NewView(View):
    """A picture that a click on takes to step 7."""

    name = "new"
    title = "New picture"
    where = "beside"

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0
        self.ghost: tuple[float, ...] | None = None
        self.finish()

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        self.painted += 1

    def pointer_pressed(self, at: QPointF) -> bool:
        self.seek_requested.emit(7)
        return True

    def show_ghost(self, theta: tuple[float, ...] | None) -> None:
        self.ghost = theta


def test_a_new_view_is_offered_filled_wired_and_exported(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    for module in (views, central_widget):
        monkeypatch.setattr(module, "VIEWS", (*VIEWS, NewView))
    interior: Interior = request.getfixturevalue("interior")
    interior.workspace.step_by(20)
    until(qtbot, interior, lambda s: s.step == 20)
    place = interior.central.places["beside"]
    next(b for b in place.shown.findChildren(QToolButton) if b.text() == "New picture").click()
    new = place.shown
    assert isinstance(new, NewView)
    qtbot.waitUntil(lambda: new.painted > 0)
    QTest.mouseClick(new.plot.viewport(), Qt.MouseButton.LeftButton)
    until(qtbot, interior, lambda s: s.step == 7)
    interior.central.places["stage"].shown.hovered.emit((1.0, 2.0))
    assert new.ghost == (1.0, 2.0)
    menu = interior.window.menus_by_name["export"]
    menu.aboutToShow.emit()
    assert "New picture" in [action.text() for action in menu.actions()]


def test_every_place_has_a_view_for_every_problem() -> None:
    places = list(central_widget.PLACES)
    assert {view.where for view in VIEWS} == set(places)
    for problem in (make_problem(cls.name) for cls in PROBLEMS):
        for place in places:
            assert serving(problem, place), (problem.name, place)


def test_no_two_views_have_one_name() -> None:
    assert max(Counter(view.name for view in VIEWS).values()) == 1
