"""The slice along the steepest direction: the curve, and where the next step lands."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gdsim.ui import step_to_come
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.slice import slice_through
from gdsim.ui.views.slice_view import SliceView
from tests.ui.conftest import MakeSnapshot
from tests.ui.test_views_drawing import around, like, pixels, shown


def test_a_slice_claims_no_step_that_is_not_known(
    qtbot: QtBot, make_snapshot: MakeSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(qtbot, SliceView(), make_snapshot("article", [("adam", 0.5)]))
    known, blue = pixels(view), view.style_of(0).color
    monkeypatch.setattr(step_to_come, "DEAR", 0)
    snapshot = make_snapshot("article", [("adam", 0.5)])
    unknown = pixels(shown(qtbot, SliceView(), snapshot))
    assert like(unknown, blue, 40).sum() < 0.6 * like(known, blue, 40).sum()


def test_the_slice_of_a_surface_shows_the_overshoot(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    # ½(x² + 100y²) at (−2.5, 1): with α = 0.015 the step leads from y = 1 to −0.5 along y.
    snapshot = make_snapshot("quadratic", [("gd", 0.015)])
    slice_ = slice_through(snapshot.problem, snapshot.runs[0], np.array([-2.4625, -0.5]), None)
    assert slice_ is not None
    assert np.abs(slice_.vector) == pytest.approx([0.0, 1.0])
    assert slice_.ahead is not None
    assert slice_.ahead * slice_.vector[1] == pytest.approx(-1.5)
    assert slice_.now == pytest.approx(53.125)
    assert slice_.then == pytest.approx(15.625)
    view = shown(qtbot, SliceView(), snapshot)
    color = LIGHT.run_style(0).color
    picture = pixels(view)
    assert like(around(view, picture, 0.0, 53.125), color).any()
