"""Curves over data, drawn by as few chords as look the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gdsim.engine.problems import make_problem
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.views.fit_lines import curve_of, fits


@pytest.mark.parametrize("seed", range(20))
def test_a_curve_of_few_points_lies_where_that_of_many_does(seed: int) -> None:
    problem = make_problem("network", None, {"hidden": "6"})
    assert fits(problem)
    theta = np.random.default_rng(seed).normal(0.0, 1.5, len(problem.parameters))
    projection = Projection(-3.0, 3.0, -4.0, 4.0, 800.0, 400.0)
    points = curve_of(projection, problem, theta)
    x = np.linspace(projection.left, projection.right, 201)
    every = np.asarray(projection.y(problem.predict(theta, x)))
    chords = np.interp(np.asarray(projection.x(x)), points[:, 0], points[:, 1])
    assert np.abs(chords - every).max() < 0.25
    assert len(points) < 150
    assert points[0, 0] == 0.0
    assert math.isclose(points[-1, 0], 800.0)
