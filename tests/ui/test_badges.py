"""Numbers of many runs keep apart; what is out of sight is named where it went."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from pytestqt.qtbot import QtBot

import gdsim
from gdsim.ui.interior import Interior
from gdsim.ui.plot.badges import Column, left_by
from gdsim.ui.plot.step_arrow import DIRECTION, SHORTEST, StepArrow, heading
from gdsim.ui.views.boundary_view import BoundaryView
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import MakeSnapshot
from tests.ui.seeing import shown

AREA = QRectF(0.0, 0.0, 350.0, 270.0)
NOTHING = np.empty((0, 2))


def test_numbers_of_eight_runs_at_one_place_keep_apart_and_in_order() -> None:
    column = Column()
    ends = [QPointF(150.0 + i, 130.0 + i) for i in range(8)]
    note = QRectF(5.0, 4.0, 200.0, 30.0)
    boxes = column.place(ends, [(15.0, 15.0)] * 8, AREA, NOTHING, [note])
    assert all(AREA.contains(box) and not box.intersects(note) for box in boxes)
    assert all(a.bottom() <= b.top() for a, b in pairwise(boxes))
    # Where a way lies, they go to the other side, and stay there.
    way = np.array([(box.center().x(), box.center().y()) for box in boxes] * 10)
    other = column.place(ends, [(15.0, 15.0)] * 8, AREA, way, [])
    assert all(box.left() > AREA.center().x() for box in other)
    assert column.place(ends, [(15.0, 15.0)] * 8, AREA, NOTHING, []) == other


def test_a_run_out_of_sight_is_named_where_it_crossed_the_edge() -> None:
    way = np.array([(100.0, 100.0), (100.0, 200.0), (100.0, 400.0), (900.0, 800.0)])
    at, was_inside = left_by(way, QPointF(900.0, 800.0), AREA)
    assert (at.x(), at.y()) == pytest.approx((100.0, 270.0))
    assert was_inside
    never = way + np.array([0.0, 5000.0])
    at, was_inside = left_by(never, QPointF(900.0, 5800.0), AREA)
    assert (at.x(), at.y()) == (350.0, 270.0)
    assert not was_inside
    # One whose place is no number stays named too.
    at, was_inside = left_by(way, QPointF(math.nan, math.nan), AREA)
    assert was_inside


def test_the_window_says_which_run_has_left_and_whose_line_is_out_of_the_picture(
    qtbot: QtBot, make_snapshot: MakeSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [("gd", 0.01), ("gd", 0.12), ("adam", 0.1), ("momentum", 0.01), ("rmsprop", 0.05)]
    snapshot = make_snapshot("article", [*runs, ("adam", 0.4)], steps=60)
    said: list[str] = []
    monkeypatch.setattr(
        "gdsim.ui.plot.badges.draw_words", lambda _p, _box, text, *_: said.append(text)
    )
    view = shown(qtbot, ParameterView(), snapshot)
    view.plot.grab()
    assert "left the picture" in said
    fit = shown(qtbot, FitView(), snapshot)
    fit.plot.grab()
    assert [[style.label for style in styles] for styles in fit.lost.values()] == [["2"]]
    assert set(fit.lost) & {"line above the picture", "line below the picture"}
    assert set(fit.lost) <= set(said)


def test_a_decision_line_that_is_nowhere_is_said(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot("logistic", [("gd", 0.5)], settings={"columns": 2}, steps=0)
    view = shown(qtbot, BoundaryView(), snapshot)
    view.plot.grab()
    assert set(view.lost) == {"no decision line: its weights are 0"}


def test_a_short_step_is_a_direction_of_a_length_that_is_seen() -> None:
    arrow = StepArrow()
    at = QPointF(100.0, 100.0)
    for way in (QPointF(0.0, -0.001), QPointF(0.7 * SHORTEST, 0.0)):
        arrow.find(at, at + way, AREA)
        assert arrow.is_direction
        assert arrow.shaft is not None
        end = arrow.shaft[1] - at
        assert math.hypot(end.x(), end.y()) == pytest.approx(DIRECTION)
        assert QPointF.dotProduct(end, way) == pytest.approx(
            DIRECTION * math.hypot(way.x(), way.y())
        )
    arrow.find(at, at + QPointF(SHORTEST, 0.0), AREA)
    assert not arrow.is_direction
    assert arrow.shaft == (at, at + QPointF(SHORTEST, 0.0))
    arrow.find(at, at, AREA)
    assert arrow.shaft is None  # at rest there is no direction
    # The picture is painted again when only the direction turns.
    assert heading(at, at + QPointF(0.0, -0.001)) != heading(at, at + QPointF(0.0, 0.001))


@pytest.mark.parametrize("method", ["gd", "momentum", "rmsprop", "adam", "sgd", "lion"])
def test_the_arrow_ends_where_the_next_step_does(
    qtbot: QtBot, make_snapshot: MakeSnapshot, method: str
) -> None:
    """Adam's step is no −α∇J, and SGD's is that of its sample."""
    snapshot = make_snapshot("article", [(method, 0.05)], steps=7)
    view = shown(qtbot, ParameterView(), snapshot)
    found = view.next_place(snapshot.runs[0])
    expected = gdsim.simulate("article", method, lr=0.05, steps=8).parameters[8]
    assert found is not None
    assert found == pytest.approx(view.place(expected), abs=1e-12)


def test_pointing_at_the_arrow_says_what_it_is(qtbot: QtBot, interior: Interior) -> None:
    view = interior.central.view(ParameterView)

    def tip() -> str:
        view.plot.grab()
        assert view.step_arrow.shaft is not None
        start, end = view.step_arrow.shaft
        view.pointer_hovered((start + end) * 0.5)
        return str(view.plot.box.toolTip())

    qtbot.waitUntil(lambda: bool(view.plot.grab()) and view.step_arrow.shaft is not None)
    assert tip() == "−α∇J"
    interior.workspace.step_by(200)
    qtbot.waitUntil(lambda: interior.workspace.snapshot.step == 200)
    assert "direction" in tip().lower()
    interior.workspace.edit_run(0, "optimizer", "", "adam")
    qtbot.waitUntil(lambda: interior.workspace.snapshot.runs[0].run.optimizer == "adam")
    assert "∇J" not in tip() or "not −α∇J alone" in tip()
    view.pointer_hovered(QPointF(1.0, 1.0))
    assert view.plot.box.toolTip() == ""
