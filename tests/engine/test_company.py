"""No bit of a run depends on the company it is in, however many parameters it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from gdsim.engine.arrays import Array, norms, placed
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation
from gdsim.engine.sweep.grid import make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Results, pieces, work

STEPS = 40
COMPANIES = (2, 3, 8, 70)
"""Lanes: a few, and more than go the way of few."""
CLIPS = {
    "free": Clipping(),
    "by norm": Clipping(clip_norm=0.3),
    "by value": Clipping(clip_value=0.05),
    "by both": Clipping(clip_norm=0.3, clip_value=0.2),
}
optimizers = pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.name)


def _columns(count: int, *, split: bool = False) -> tuple[Array, Array]:
    rng = np.random.default_rng(count)
    x = rng.normal(size=(count, 40))
    y = rng.normal(size=count) @ x + rng.normal(size=40)
    return x, (y > 0.0).astype(float) if split else y


PROBLEMS: dict[str, tuple[int, Callable[[], Problem]]] = {
    "polynomial": (9, lambda: make_problem("polynomial", None, {"degree": 8})),
    "line": (13, lambda: make_problem("linear", _columns(12))),
    "Huber": (13, lambda: make_problem("linear", _columns(12), {"loss": "huber"})),
    "logistic": (13, lambda: make_problem("logistic", _columns(12, split=True))),
    "network": (25, lambda: make_problem("network")),
    "deep network": (32, lambda: make_problem("network", None, {"hidden": "5, 3"})),
}


@cache
def problem(name: str) -> Problem:
    return PROBLEMS[name][1]()


def made(name: str, optimizer: str, rate: float, clipping: Clipping, **more: Any) -> Run:
    return make_run(
        problem(name), optimizer, {"learning_rate": rate, **more}, clipping=clipping,
        sampling=Sampling(batch_size=7) if name == "Huber" else None,
    )  # fmt: skip


def ways(name: str, runs: list[Run], lanes: int) -> list[Array]:
    """Of the first `lanes` runs [rate, loss, parameters…] after each step."""
    block = Simulation(problem(name), runs, stop_ended=False).advance(STEPS)
    return [
        np.column_stack([block.rate[:, lane], block.loss[:, lane], block.theta[:, :, lane]])
        for lane in range(lanes)
    ]


def variants(cls: type[Optimizer]) -> list[dict[str, Any]]:
    """The method as it comes, and in each framework's form with a weight decay."""
    decay = {"weight_decay": 0.01} if hasattr(cls.Settings(), "weight_decay") else {}
    forms = cls.conventions if hasattr(cls.Settings(), "convention") else ()
    return [{}, *({"convention": form, **decay} for form in forms)]


def test_lengths_are_the_same_alone_and_among_many() -> None:
    rng = np.random.default_rng(0)
    for parameters in range(1, 200):
        wide = rng.normal(size=(parameters, 70)) * 10.0 ** rng.integers(-9, 9, size=(parameters, 1))
        for lanes in (1, *COMPANIES):
            found = norms(np.ascontiguousarray(wide[:, :lanes]))
            np.testing.assert_array_equal(found, norms(wide)[:lanes])
        np.testing.assert_allclose(norms(wide), np.linalg.norm(wide, axis=0), rtol=1e-13)


def test_a_clipped_network_learns_beside_another_as_it_learns_alone() -> None:
    run = made("network", "adam", 0.1, CLIPS["by norm"])
    alone, beside = (Simulation(problem("network"), runs) for runs in ([run], [run, run]))
    alone.advance(2000)
    beside.advance(2000)
    assert alone.loss[0] == beside.loss[0] == beside.loss[1]
    assert alone.loss[0] == pytest.approx(0.0207, abs=1e-4)


@pytest.mark.parametrize("hidden", ["3", "8", "1, 4", "5, 3", "8, 8", "16, 16"])
def test_a_network_has_the_same_slope_in_any_company(hidden: str) -> None:
    """Layers are multiplied by BLAS, whose kernels differ in the last place from shape to shape."""
    net = make_problem("network", None, {"hidden": hidden})
    rng = np.random.default_rng(0)
    theta = rng.normal(size=(len(net.parameters), 64))
    for batch_size in (0, 1, 2, 7, 39):
        rows = [rng.permutation(net.size)[:batch_size] for _ in range(64)]
        batch = np.stack(rows, axis=1).astype(np.float64)
        if batch_size > 1:
            batch[-1, ::3] = -1.0  # the last batch of an epoch is shorter
        together = np.empty_like(theta)
        _slope(net, theta, batch, together)
        for lanes in (1, 2, 3, 8, 63):
            points, fewer = placed(theta[:, :lanes]), np.empty((len(theta), lanes))
            _slope(net, points, np.ascontiguousarray(batch[:, :lanes]), fewer)
            np.testing.assert_array_equal(fewer, together[:, :lanes])
            np.testing.assert_array_equal(net.loss(points), net.loss(theta)[:lanes])


def _slope(net: Problem, theta: Array, batch: Array, out: Array) -> None:
    if len(batch):
        net.batch_gradient(theta, batch, out)
    else:
        net.gradient(theta, out)


@optimizers
@pytest.mark.parametrize("name", PROBLEMS)
def test_a_run_of_many_parameters_is_the_same_alone_and_among_others(
    cls: type[Optimizer], name: str
) -> None:
    assert len(problem(name).parameters) == PROBLEMS[name][0]
    for more in variants(cls):
        for clipping in CLIPS.values():
            run = made(name, cls.name, 0.02, clipping, **more)
            (alone,) = ways(name, [run], 1)
            others = [
                made(name, cls.name, rate, clipping, **more)
                for rate in np.geomspace(1e-4, 0.05, max(COMPANIES)).tolist()
            ]
            for lanes in COMPANIES if not more else COMPANIES[:1]:
                (among,) = ways(name, [run, *others[1:lanes]], 1)
                np.testing.assert_array_equal(among, alone)
            last = ways(name, [*others[:2], run], 3)[2]
            np.testing.assert_array_equal(last, alone)


@optimizers
@pytest.mark.parametrize("name", ["polynomial", "Huber", "network"])
def test_a_swept_run_of_many_parameters_is_the_run_alone(cls: type[Optimizer], name: str) -> None:
    specs = {"lr": "log:1e-4:0.05:24", "clip_norm": [0.0, 0.3, 1.0]}
    grid = make_grid(problem(name), made(name, cls.name, 0.02, Clipping()), specs)
    goal = Goal(loss=0.0)
    results = Results(grid, STEPS, goal)
    for piece in pieces(grid):
        results.take(piece, work(piece, grid.problem, STEPS, goal, lambda count: True))
    found = results.outcomes()
    for place in [(0, 1), (11, 0), (11, 1), (11, 2), (23, 1)]:
        alone = Simulation(problem(name), [grid.run_at(*place)])
        alone.advance(STEPS)
        np.testing.assert_array_equal(found.theta[(..., *place)], alone.theta[:, 0])
        assert found.loss[place] == alone.loss[0]
