"""What has become of each run of a grid, in the words of single runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.account import Account, proceed
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.simulation import Simulation
from gdsim.engine.sweep.grid import Grid
from gdsim.engine.verdict import Verdict, verdict_at

MOST_STEPS, MOST_RUNS = 1_000_000, 1_000
"""Runs × steps, and runs, up to which a grid's words are told: some seconds at most. A word is told
from every step of late, which takes some milliseconds a run."""
MOST_STEPS_OF_ONE = 50_000
"""Up to which the verdict on a single run is told when somebody points at it: a second or two."""
LANES = 64
BLOCK = 256


def can_be_told(grid: Grid, steps: int) -> bool:
    """Whether the words of so many runs over so many steps are told."""
    return grid.size <= MOST_RUNS and grid.size * steps <= MOST_STEPS


def words_of(
    grid: Grid, steps: int, breathe: Callable[[], None] | None = None
) -> NDArray[np.str_] | None:
    """Each run's `Outcome` at `steps`, as its value, in the grid's shape; None beyond the budget.

    Each is told from the run's own account, as `simulate` and `run` tell it.
    """
    if not can_be_told(grid, steps):
        return None
    words: list[str] = []
    places: list[Any] = list(np.ndindex(grid.shape))
    for first in range(0, grid.size, LANES):
        runs = [grid.run_at(*place) for place in places[first : first + LANES]]
        accounts = _accounts(grid.problem, runs, steps, breathe)
        words += [verdict_at(account, steps).outcome.value for account in accounts]
    return np.array(words).reshape(grid.shape)


def verdict_of(
    grid: Grid, places: Sequence[int], steps: int, breathe: Callable[[], None] | None = None
) -> Verdict:
    """What has become of one run of the grid at `steps`, as `simulate` and `run` tell it."""
    (account,) = _accounts(grid.problem, [grid.run_at(*places)], steps, breathe)
    return verdict_at(account, steps)


def _accounts(
    problem: Problem, runs: Sequence[Run], steps: int, breathe: Callable[[], None] | None
) -> list[Account]:
    simulation = Simulation(problem, runs)
    accounts = [Account(problem, run) for run in runs]
    for lane, account in enumerate(accounts):
        account.take(simulation.now(), lane)
    while simulation.step < steps and simulation.alive.any():
        proceed(simulation, accounts, min(BLOCK, steps - simulation.step), breathe)
    return accounts
