"""Two columns and a label: the selected run's probability as an area of colours."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gdsim.engine.problems.logistic import LogisticRegression
from gdsim.ui.plot.relief import palette_of
from gdsim.ui.scene import Scene
from gdsim.ui.theme import DARK, LIGHT, Theme
from gdsim.ui.views.boundary_view import BoundaryView
from tests.ui.conftest import MakeSnapshot
from tests.ui.seeing import colors, shown


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_each_place_has_the_colour_of_its_probability(
    qtbot: QtBot, make_snapshot: MakeSnapshot, theme: Theme
) -> None:
    snapshot = make_snapshot("logistic", [("gd", 1.0)], settings={"columns": 2}, steps=200)
    problem, theta = snapshot.problem, snapshot.runs[0].theta
    assert isinstance(problem, LogisticRegression)
    view = shown(qtbot, BoundaryView(), snapshot)
    view.show_snapshot(snapshot, Scene(theme, {0: theme.run_style(0)}))
    view.plot.grab()
    projection, palette = view.plot.projection(), palette_of(theme).astype(float)
    near = 0
    rng = np.random.default_rng(3)
    for fx, fy in rng.uniform(0.05, 0.95, (60, 2)).tolist():
        x = projection.left + fx * (projection.right - projection.left)
        y = projection.bottom + fy * (projection.top - projection.bottom)
        p = float(problem.predict(theta, np.array([[x], [y]]))[0])
        wanted = palette[round(255 * p)]
        near += bool(np.abs(colors(view, x, y, 1) - wanted).max(axis=-1).min() < 14.0)
    assert near > 40  # the others lie under dots, lines and words
    spread = [float(problem.predict(theta, np.array([[x], [projection.bottom]]))[0])
              for x in (projection.left, projection.right)]  # fmt: skip
    assert max(spread) - min(spread) > 0.3
