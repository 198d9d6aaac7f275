"""What has become of each run of a grid, in the words of single runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.account import Account, proceed
from gdsim.engine.forecast import forecast
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import Simulation
from gdsim.engine.sweep.grid import Grid
from gdsim.engine.verdict import Verdict, verdict_at

MOST_STEPS, MOST_RUNS = 1_000_000, 1_000
"""Runs × steps, and runs, up to which a grid's words are told: some seconds at most. A word is told
from every step of late, which takes some milliseconds a run."""
MOST_STEPS_OF_ONE = 50_000
"""Up to which the verdict on a single run is told when somebody points at it: a second or two."""
MOST_SAMPLED_RUNS = 100
"""Up to which regimes are told of runs that draw samples, whose limits take some 30 ms each."""
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
    places = _places(grid)
    for first in range(0, grid.size, LANES):
        runs = [grid.run_at(*place) for place in places[first : first + LANES]]
        accounts = accounts_at(grid.problem, runs, steps, breathe)
        words += [verdict_at(account, steps).outcome.value for account in accounts]
    return np.array(words).reshape(grid.shape)


def regimes_of(grid: Grid, steps: int) -> NDArray[np.str_] | None:
    """What each run's rates do, as `simulate` and `run` tell it of its start, in the grid's shape.

    None beyond `MOST_RUNS` runs, or `MOST_SAMPLED_RUNS` where samples are drawn.
    """
    runs = [grid.run_at(*place) for place in _places(grid)] if grid.size <= MOST_RUNS else []
    sampled = any(run.batch_size_for(grid.problem) for run in runs)
    if not runs or (sampled and grid.size > MOST_SAMPLED_RUNS):
        return None
    told = [str(forecast(grid.problem, run, np.array(run.start), steps)) for run in runs]
    return np.array(told).reshape(grid.shape)


def _places(grid: Grid) -> list[Any]:
    return list(np.ndindex(grid.shape))


def told_at(
    grid: Grid, places: Sequence[int], steps: int, breathe: Callable[[], None] | None = None
) -> tuple[Sentence, Verdict]:
    """What the rates of one run of the grid do, and what has become of it at `steps`, as `simulate`
    and `run` tell it."""
    run = grid.run_at(*places)
    (account,) = accounts_at(grid.problem, [run], steps, breathe)
    return forecast(grid.problem, run, np.array(run.start), steps), verdict_at(account, steps)


def accounts_at(
    problem: Problem, runs: Sequence[Run], steps: int, breathe: Callable[[], None] | None
) -> list[Account]:
    """What each of these runs did in so many steps."""
    simulation = Simulation(problem, runs)
    accounts = [Account(problem, run) for run in runs]
    for lane, account in enumerate(accounts):
        account.take(simulation.now(), lane)
    while simulation.step < steps and simulation.alive.any():
        proceed(simulation, accounts, min(BLOCK, steps - simulation.step), breathe)
    return accounts
