"""The line that says why, and where it holds; under sampling, over 200 seeds at once."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.forecast import forecast
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation
from gdsim.engine.telling import told_of
from gdsim.engine.why import why

ARTICLE = make_problem("article")
X = np.array([np.ones(5), np.arange(1.0, 6.0)])
SINGLE = 2.0 * np.einsum("in,jn->nij", X, X)
BEST = np.array([-1.0, 2.2])
ISLAND = [2.6, 2.2, 1.1, 2.8, 2.6], [1.0, 0.0, 2.0, 1.0, 3.0]


def article(name: str, rate: float, *parts: Any, **settings: Any) -> Run:
    return make_run(ARTICLE, name, {"lr": rate, **settings}, *parts)


def line(run: Run, problem: str = "article") -> str:
    """The why at the start."""
    made, start = make_problem(problem), np.array(run.start)
    found = why(made, run, curvature_at(made, start), start, run.learning_rate, {}, 0)
    return "" if found is None else str(found.sentence)


CLIPPED = Clipping(1.0, 0.0)
SAID = [
    (article("gd", 0.1, weight_decay=0.5), "by 1 − α(λmax + λ) = −1.42: it grows"),
    (article("newton", 2.1), "by 1 − α = −1.1: it grows by 10 %"),
    (article("newton", 2.0), "takes nothing away: it swings for ever"),
    (article("gd", 1e-12), "about 6.8×10¹² steps for each factor"),
    (article("gd", 0.1, "constant", None, None, CLIPPED), "This holds where nothing is clipped."),
    (article("gd", 0.04, "constant", None, Sampling(1, "random")), "This holds with all samples."),
    (article("gd", 0.0001), "Along the flat axis a step takes away only 0.0034 %"),
    (article("momentum", 0.00005), "Along the flat axis a step takes away only 0.017 %"),
    (article("adam", 5.0), "the nearest minimum is some 0.44 times α away"),
    (article("gd", 0.0846), "by 1 − αλmax = −1.002: it grows by 0.18 %"),
]


@pytest.mark.parametrize(("run", "words"), SAID)
def test_the_why_says_where_it_holds(run: Run, words: str) -> None:
    assert words in line(run)


def test_off_quadratics_it_holds_here_and_newton_goes_to_a_saddle() -> None:
    valley = make_run(make_problem("rosenbrock"), "gd", {"lr": 0.002})
    assert line(valley, "rosenbrock").endswith(" This holds here.")
    saddle = make_problem("saddle")
    run = make_run(saddle, "newton", {})
    assert "it goes to the ridge" in line(run, "saddle")
    said = str(forecast(saddle, run, np.array(run.start), 100))
    assert "Goes to the nearest stationary point" in said


def radius_of(order: str, rate: float) -> float:
    """That of E[M ⊗ M], over draws or over all orders of an epoch."""
    maps = np.eye(2) - rate * SINGLE
    products = list(maps)
    if order != "random":
        orders = list(permutations(range(5))) if order == "shuffle" else [tuple(range(5))]
        products = [np.linalg.multi_dot([maps[i] for i in reversed(one)]) for one in orders]
    whole = np.mean([np.kron(m, m) for m in products], axis=0)
    return float(np.abs(np.linalg.eigvals(whole)).max())


@pytest.mark.parametrize(
    ("order", "rate"), [("random", 0.07), ("shuffle", 0.09), ("cyclic", 0.13), ("random", 0.2)]
)
def test_above_the_samples_limit_it_tells_how_the_squared_error_grows(
    order: str, rate: float
) -> None:
    said = line(article("sgd", rate, "constant", None, Sampling(1, order)))
    assert f"multiplies the squared error by {radius_of(order, rate):.3g}." in said
    assert ("epoch" in said) is (order != "random")


def squares_over_seeds(order: str, rate: float, steps: int, seeds: int = 200) -> Array:
    """The mean of the squared error over so many seeds, far from where noise counts: (steps + 1)"""
    start = (BEST + np.array([1e4, 1e4])).tolist()
    runs = [
        article("sgd", rate, "constant", None, Sampling(1, order, seed), None, tuple(start))
        for seed in range(seeds)
    ]
    simulation = Simulation(ARTICLE, runs, stop_ended=False)
    theta = np.concatenate([simulation.now().theta, simulation.advance(steps).theta])
    return np.asarray(((theta - BEST[None, :, None]) ** 2).sum(axis=1).mean(axis=1))


def test_above_rates_at_which_an_order_grows_there_may_be_others_at_which_it_shrinks() -> None:
    """Five points in turn with momentum 0.9: the epoch's radius passes 1 and comes back."""
    problem = make_problem("linear", Data(np.array(ISLAND[0])[None], np.array(ISLAND[1]), ("x",)))

    def radius(rate: float) -> float:
        whole = np.eye(4)
        for x in ISLAND[0]:
            hessian = 2.0 * np.outer([1.0, x], [1.0, x])
            step = np.block(
                [
                    [np.eye(2) - rate * hessian, -0.9 * rate * np.eye(2)],
                    [hessian, 0.9 * np.eye(2)],
                ]
            )
            whole = step @ whole
        return float(np.abs(np.linalg.eigvals(whole)).max())

    said = {}
    for rate in np.geomspace(0.01, 3.0, 120).tolist():
        run = make_run(
            problem, "momentum", {"lr": rate, "momentum": 0.9}, "constant", None,
            Sampling(1, "cyclic"),
        )  # fmt: skip
        told = str(forecast(problem, run, np.array(run.start), 100))
        grows = radius(rate) > 1.0
        if abs(radius(rate) - 1.0) > 1e-3:
            assert ("grows from epoch" in told) is grows, (rate, told)
            said["below" if "is below" in told else "grows" if grows else "island"] = told
    assert set(said) == {"below", "grows", "island"}


@pytest.mark.parametrize("order", ["random", "shuffle", "cyclic"])
@pytest.mark.parametrize("share", [0.6, 2.0])
def test_what_is_said_of_samples_holds_on_average_over_200_seeds(order: str, share: float) -> None:
    limit = {"random": 0.0542, "shuffle": 0.0825, "cyclic": 0.111}[order]
    run = article("sgd", share * limit, "constant", None, Sampling(1, order))
    said = str(forecast(ARTICLE, run, np.array(run.start), 1000))
    means = squares_over_seeds(order, share * limit, 60)
    assert ("is below" in said) is (share < 1.0)
    assert bool(means[60] < means[20]) is (share < 1.0)


@pytest.mark.parametrize("method", ["gd", "momentum", "nesterov", "sgd"])
@pytest.mark.parametrize("start", [(2.0, 4.0), (0.7, 3.0), (4.0, 5.0)])
def test_a_landscape_that_hardly_bends_down_is_left_too(
    method: str, start: tuple[float, float]
) -> None:
    """Curvatures of −10⁻¹⁴ and less: 1 − αλ is 1 to all digits, but no method but Newton's nears
    the ridge."""
    problem = make_problem("expression", None, {"expression": "-exp(-x^2 - 2y^2)"})
    run = make_run(problem, method, {"learning_rate": 0.1}, start=start)
    assert np.linalg.eigvalsh(problem.hessian(np.array(start)))[0] < 0.0
    told = told_of(problem, run, 100, Outcome.MOVING)
    assert "stationary" not in str(told.regime)
    assert "top" not in str(told.regime)
    assert "by 1 + " in str(told.why)
    assert "falls off, at any rate" in str(told.why)
    damped = make_run(problem, "newton", {"learning_rate": 0.1, "damping": 1e-3}, start=start)
    assert "falls off" in str(told_of(problem, damped, 100, Outcome.MOVING).why)
    newton = make_run(problem, "newton", {"learning_rate": 0.1}, start=start)
    assert "falls off" not in str(told_of(problem, newton, 100, Outcome.MOVING).why)
