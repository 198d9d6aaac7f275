"""`gdsim.sweep`: a grid of runs in one call, for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.grid import make_grid
from gdsim.engine.judge import Goal
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Fault
from gdsim.experiment.simulate import check_steps, prepare
from gdsim.runtime.sweeping import Report, run_sweep

MOST_STEPS = 10**8


@dataclass(frozen=True, eq=False)
class Sweep:
    """What became of a grid of runs. All arrays are read-only; `shape` is the grid's, (n,) or
    (n, m), in the order in which the fields were named; P is the number of parameters.
    """

    axes: dict[str, NDArray[Any]]
    """The values of each field, (n,) and (m,)."""
    settled: Indices
    """`shape`: the first step from which the run stays at its goal to the end; −1 if none."""
    diverged: Indices
    """`shape`: the step at which the loss left all bounds or was no number; −1 if none."""
    loss: Array
    """`shape`: at the last step, for a diverged run at its last finite point."""
    parameters: Array
    """(*shape, P), at the same step as `loss`."""
    names: tuple[str, ...]
    """(P): the parameters' names, such as ("theta_0", "theta_1")."""


def sweep(
    problem: str | Problem = "article",
    optimizer: str = "gd",
    *,
    grid: Mapping[str, object],
    steps: int = 1000,
    tolerance: float | None = None,
    target_loss: float | None = None,
    jobs: int | None = None,
    report: Report | None = None,
    **how: Any,
) -> Sweep:
    """Run all combinations of the values of one field or two, on all cores or `jobs` of them.

    `grid` maps a field to `"lin:LOW:HIGH:COUNT"`, `"log:LOW:HIGH:COUNT"` or a sequence of values. A
    field is lr, any setting of the optimizer or schedule, clip_norm, clip_value, seed, batch_size,
    optimizer, schedule, or a parameter (its start), such as theta_0. `how` are the other words of
    `simulate`: lr, schedule, data, start, momentum, ….

    A run settles where it comes within `tolerance` of the nearest minimum (0.05 where minima are
    known), or to `target_loss`, and stays. `report(share)` is called now and then from this
    thread; False cancels (`gdsim.engine.sweep.Cancelled`). A sweep of some length starts processes
    of its own, which are kept for a minute; a script needs no `__main__` guard for that. Each run
    is the run of `simulate`, bit for bit. Raises `ValueError` in one clear sentence for all that
    makes no sense.

    >>> import gdsim
    >>> found = gdsim.sweep(
    ...     "article", "momentum", grid={"lr": "lin:0.02:0.2:10", "momentum": [0.0, 0.9]}, steps=500
    ... )
    >>> found.loss.shape, found.parameters.shape, found.names
    ((10, 2), (10, 2, 2), ('theta_0', 'theta_1'))
    >>> print(found.axes["lr"].round(2), found.axes["momentum"])
    [0.02 0.04 0.06 0.08 0.1  0.12 0.14 0.16 0.18 0.2 ] [0.  0.9]
    >>> print((found.diverged < 0).sum(axis=0))  # 2(1 + β)/λmax is 0.0845 and 0.1606
    [4 8]
    >>> gdsim.sweep("quadratic", grid={"lr": [0.015]}, start=(-2.5, 1.0)).settled.tolist()
    [259]
    """
    made, run = prepare(problem, optimizer, **how)
    check_steps(steps, MOST_STEPS)
    if tolerance is not None and target_loss is not None:
        raise Fault("Give a tolerance or a target loss, not both.")
    if tolerance is not None and not tolerance > 0.0:
        raise Fault("The tolerance must be greater than zero, not {value}.", value=tolerance)
    if tolerance is None and target_loss is None and made.minima:
        tolerance = 0.05
    table = make_grid(made, run, grid)
    goal = Goal(tolerance, target_loss)
    outcomes = run_sweep(table, steps, goal, jobs=jobs, report=report)
    keys = zip(grid, table.axes, strict=True)
    return Sweep(
        {key: _frozen(np.array([axis.value(i) for i in range(len(axis))])) for key, axis in keys},
        _frozen(outcomes.settled),
        _frozen(outcomes.diverged),
        _frozen(outcomes.loss),
        _frozen(np.moveaxis(outcomes.theta, 0, -1)),
        tuple(parameter.name for parameter in made.parameters),
    )


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
