"""The article's regression against numbers computed independently (see docs of the project)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gdsim.engine.diagnosis import Regime, curvature_at, stability_bands
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.simulation import Block, Simulation

ARTICLE = make_problem("article")
CRITICAL = 3 - math.sqrt(34) / 2


def gd(rate: float) -> Run:
    return make_run(ARTICLE, "gd", {"learning_rate": rate})


def descend(rate: float, steps: int) -> tuple[Simulation, Block]:
    simulation = Simulation(ARTICLE, [gd(rate)])
    return simulation, simulation.advance(steps)


def test_first_steps() -> None:
    simulation = Simulation(ARTICLE, [gd(0.01)])
    assert simulation.loss[0] == pytest.approx(41.6, rel=1e-14)
    block = simulation.advance(3)
    expected = [(0.112, 0.424), (0.19632, 0.748), (0.2595136, 0.9956608)]
    np.testing.assert_allclose(block.theta[:, :, 0], expected, rtol=1e-13)
    np.testing.assert_allclose(block.loss[:2, 0], [24.643008, 14.7601857024], rtol=1e-13)


def test_after_a_thousand_steps() -> None:
    _, block = descend(0.01, 1000)
    np.testing.assert_allclose(block.theta[-1, :, 0], [-0.949448893427, 2.185998154069], rtol=1e-12)
    assert block.loss[-1, 0] == pytest.approx(0.560465130125, rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "step"), [(0.01, 548), (0.04, 137), (0.05, 109), (0.07, 78), (0.08, 68)]
)
def test_step_at_which_the_excess_falls_below_a_hundredth(rate: float, step: int) -> None:
    _, block = descend(rate, 1000)
    assert int(np.argmax(block.loss[:, 0] - 0.56 < 0.01)) + 1 == step


def test_either_side_of_the_critical_rate() -> None:
    _, below = descend(0.0845, 100)
    assert below.loss[-1, 0] == pytest.approx(36.82, abs=0.005)
    _, above = descend(0.0846, 1000)
    assert above.loss[-1, 0] == pytest.approx(1474.19, abs=0.005)


def test_curvature_and_critical_rate() -> None:
    curvature = curvature_at(ARTICLE, np.zeros(2))
    assert curvature is not None
    np.testing.assert_allclose(curvature.hessian, [[2, 6], [6, 22]], rtol=1e-14)
    np.testing.assert_allclose(curvature.eigenvalues, [0.338096210309, 23.661903789691], rtol=1e-11)
    assert curvature.condition_number == pytest.approx(69.985711, rel=1e-7)
    bands = stability_bands(gd(0.01), curvature)
    assert bands is not None
    assert bands.critical == pytest.approx(CRITICAL, rel=1e-13)
    assert bands.smooth_ends == pytest.approx(CRITICAL / 2, rel=1e-13)


@pytest.mark.parametrize(
    ("rate", "regime"),
    [
        (0.001, Regime.CRAWL),
        (0.01, Regime.SMOOTH),
        (0.04, Regime.SMOOTH),
        (0.05, Regime.ZIGZAG),
        (0.0845, Regime.ZIGZAG),
        (0.0846, Regime.DIVERGENCE),
    ],
)
def test_regime_is_named_before_the_first_step(rate: float, regime: Regime) -> None:
    bands = stability_bands(gd(rate), curvature_at(ARTICLE, np.zeros(2)))
    assert bands is not None
    assert bands.regime(rate) is regime


def test_momentum_moves_the_critical_rate() -> None:
    run = make_run(ARTICLE, "momentum", {"learning_rate": 0.1})
    bands = stability_bands(run, curvature_at(ARTICLE, np.zeros(2)))
    assert bands is not None
    assert bands.critical == pytest.approx(0.160596, abs=5e-7)


def test_a_run_ends_at_its_last_finite_point_and_stops_alone() -> None:
    simulation = Simulation(ARTICLE, [gd(0.12), gd(0.01)])
    block = simulation.advance(1000)
    assert list(simulation.alive) == [False, True]
    assert np.isfinite(simulation.theta).all()
    assert block.count[0] < 1000
    assert block.count[1] == 1000
    assert block.loss[-1, 1] == pytest.approx(0.560465130125, rel=1e-12)


def test_rmsprop_ends_displaced_by_half_its_rate() -> None:
    run = make_run(ARTICLE, "rmsprop", {"learning_rate": 0.01, "rho": 0.9})
    block = Simulation(ARTICLE, [run]).advance(5000)
    assert block.loss[-1, 0] - 0.56 == pytest.approx(4.5 * 0.01**2, rel=1e-6)
    first = Simulation(ARTICLE, [run]).advance(1).theta[0, :, 0]
    np.testing.assert_allclose(first, 0.01 / math.sqrt(0.1), rtol=1e-8)


@pytest.mark.parametrize(("rate", "excess"), [(0.001, 8.8346), (0.01, 0.2413)])
def test_adam_after_a_thousand_steps(rate: float, excess: float) -> None:
    block = Simulation(ARTICLE, [make_run(ARTICLE, "adam", {"learning_rate": rate})]).advance(1000)
    assert block.loss[-1, 0] - 0.56 == pytest.approx(excess, abs=6e-5)


@pytest.mark.parametrize(("rate", "settled"), [(0.1, 402), (0.3, 164)])
def test_adam_settles(rate: float, settled: int) -> None:
    block = Simulation(ARTICLE, [make_run(ARTICLE, "adam", {"learning_rate": rate})]).advance(1000)
    above = np.flatnonzero(block.loss[:, 0] - 0.56 >= 1e-6)
    assert int(above[-1]) + 2 == settled


def test_momentum_converges_where_gradient_descent_explodes() -> None:
    fast = make_run(ARTICLE, "momentum", {"learning_rate": 0.1, "momentum": 0.9})
    block = Simulation(ARTICLE, [fast, gd(0.1)]).advance(1000)
    above = np.flatnonzero(block.loss[:, 0] - 0.56 >= 1e-6)
    assert int(above[-1]) + 2 == 175
    assert block.loss[-1, 1] > 1e6 * 41.6
