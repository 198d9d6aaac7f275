"""The gradients of single samples: where they lie, and what they say of noise."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gdsim.engine.problems import make_problem
from gdsim.ui.theme import LIGHT
from gdsim.ui.views import serving
from gdsim.ui.views.samples_view import SamplesView, pulls_of
from tests.ui.conftest import MakeSnapshot
from tests.ui.test_views_drawing import around, like, pixels, shown


def test_each_samples_gradient_is_that_of_its_own_square() -> None:
    theta, x, y = np.array([0.3, 0.5]), np.arange(1.0, 6.0), np.array([2.0, 3.0, 5.0, 7.0, 11.0])
    error = theta[0] + theta[1] * x - y
    found = make_problem("article").sample_gradients(theta, np.arange(5))
    assert found == pytest.approx(np.stack([2.0 * error, 2.0 * error * x]))


@pytest.mark.parametrize("name", ["linear", "polynomial", "logistic", "network"])
def test_their_mean_is_the_gradient(name: str) -> None:
    problem = make_problem(name)
    theta = np.array(problem.start) + 0.1
    found = problem.sample_gradients(theta, np.arange(problem.size))
    assert found.mean(axis=1) == pytest.approx(problem.gradient_at(theta))


def test_pulls_of_the_articles_points_at_the_start(make_snapshot: MakeSnapshot) -> None:
    # There gᵢ = −2yᵢ(1, xᵢ) and ∇J = −(11.2, 42.4).
    snapshot = make_snapshot("article", [("sgd", 0.01)])
    pulls = pulls_of(snapshot.problem, snapshot.runs[0])
    assert pulls is not None
    assert pulls.mean == pytest.approx(np.hypot(11.2, 42.4))
    assert pulls.counts.sum() == 5
    assert pulls.against == 0.0
    each = [2 * y * (11.2 + 42.4 * x) / pulls.mean for x, y in enumerate((2, 3, 5, 7, 11), 1)]
    assert (pulls.edges[0], pulls.edges[-1]) == pytest.approx((min(each), max(each)))
    assert pulls.batch is not None
    assert min(abs(pulls.batch - one) for one in each) < 1e-9


def test_the_view_is_offered_where_there_are_samples() -> None:
    assert SamplesView in serving(make_problem("network"))
    assert SamplesView not in serving(make_problem("rosenbrock"))


def test_mean_batch_and_bars_are_painted(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot("article", [("sgd", 0.01)])
    view = shown(qtbot, SamplesView(), snapshot)
    pulls = pulls_of(snapshot.problem, snapshot.runs[0])
    assert pulls is not None
    assert pulls.batch is not None
    picture, top = pixels(view), 1.1 * float(pulls.counts.max())
    assert like(around(view, picture, pulls.mean, top), LIGHT.run_style(0).color).any()
    assert like(around(view, picture, pulls.batch, top), LIGHT.color("text")).any()
    middle = 0.5 * float(pulls.edges[0] + pulls.edges[1])
    bar = view.pale(LIGHT.run_style(0).color)
    assert like(around(view, picture, middle, 0.5), bar).any()
