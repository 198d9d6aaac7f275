"""The Tab key goes through the window as the eye does: row by row, region by region."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def tour(interior: Interior) -> list[QWidget]:
    """Where Tab leads from the first control on, once around."""
    window = interior.window
    window.activateWindow()
    interior.central.places["stage"].shown.plot.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    for _ in range(200):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in seen:
            return seen
        seen.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    raise AssertionError("no way around")


def at(widget: QWidget, interior: Interior) -> tuple[int, int]:
    """A control's left edge, at its middle, or near the top of what has controls in it."""
    spot = QPoint(0, min(widget.rect().center().y(), 20))
    place = widget.mapTo(interior.central, spot)
    return place.x(), place.y()


def more(qtbot: QtBot, interior: Interior) -> None:
    interior.central.run_list.cards[0].fold.click()


def other_method(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.add_run()
    interior.workspace.add_run()
    interior.workspace.select(1)
    interior.workspace.edit_run(1, "optimizer", "", "rmsprop")
    interior.workspace.edit_run(1, "schedule", "", "cosine")
    until(qtbot, interior, lambda s: len(s.runs) == 3)


def other_problem(qtbot: QtBot, interior: Interior) -> None:
    for name in ("rosenbrock", "linear"):
        interior.workspace.choose_problem(name)
        until(qtbot, interior, lambda s: s.problem is interior.workspace.setup.problem)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("change", [None, more, other_method, other_problem])
def test_tab_goes_as_the_eye_does(
    qtbot: QtBot,
    interior: Interior,
    lang: str,
    change: Callable[[QtBot, Interior], None] | None,
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    if change is not None:
        change(qtbot, interior)
    qtbot.wait(60)
    central, seen = interior.central, tour(interior)
    regions = [central.stage, central.problem_panel, central.run_list, central.transport]
    regions.insert(1, central.formula_bar)
    turns = [
        next(i for i, region in enumerate(regions) if region.isAncestorOf(widget))
        for widget in seen
    ]
    changes = sum(one != two for one, two in pairwise(turns))
    assert len(set(turns)) >= 4
    assert changes <= len(set(turns)), "a region is left and entered again"
    interior.central.run_list._scroll.verticalScrollBar().setValue(0)  # it followed the focus
    for region in regions[1:]:
        inside = [w for w in seen if region.isAncestorOf(w)]
        places = [at(w, interior) for w in inside]
        for (x, y), (x2, y2) in pairwise(places):
            assert y2 > y - 14, [w.objectName() for w in inside]
            if abs(y2 - y) < 8:
                assert x2 > x, [w.objectName() for w in inside]
    for place in central.places.values():
        inside = [w for w in seen if place.isAncestorOf(w)]
        assert not inside or inside[-1] is place.shown.plot or inside[0] is place.shown.plot


def test_every_control_that_is_seen_is_reached(qtbot: QtBot, interior: Interior) -> None:
    qtbot.wait(60)
    reached = {widget.objectName() for widget in tour(interior)}
    for name in ("run.1.optimizer", "run.1.gauge", "run.1.schedule", "transport.play",
                 "transport.timeline", "problem.kind", "problem.data_button", "runs.add",
                 "runs.restart", "transport.speed", "view.loss.plot"):  # fmt: skip
        assert name in reached, name
