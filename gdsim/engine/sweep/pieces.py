"""Thousands to millions of runs by the step code of a single one, in bounded memory.

A grid is worked through in pieces of some thousand lanes, each from its first step to its last;
of the way only the outcome is kept. Each run's outcome is that of the run alone, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.crowd import Crowd, alike
from gdsim.engine.sweep.grid import Grid, Tile
from gdsim.engine.sweep.judge import NEVER, Goal, Judge
from gdsim.engine.sweep.memory import bytes_text, free_bytes, gradient_bytes

WIDTH = 10_000
"""Numbers of θ worked on at once: calls are then cheap beside the arithmetic, and the arrays of an
optimizer stay in a core's own memory."""
SEEDS = 256
"""At most so many lanes where each has an order of samples of its own."""
APART = 64
"""At most so many lanes where each is stepped by itself: their number makes them no cheaper."""
LANE_BYTES = 200_000_000
"""What the gradient of a piece may take on its way."""
Progress = Callable[[int], bool]
"""Called with the number of runs × steps done since the last call; returns False to cancel."""


class Cancelled(Exception):
    """The sweep was told to stop."""


@dataclass(frozen=True)
class Outcomes:
    """What became of each run; every array has the grid's shape, `theta` (parameters, *shape).

    `settled` is the first step from which on the run stays at its goal, to the last step, and
    `diverged` the step at which the loss first was 10⁶ times that of the start (or than 1, if that
    is more) or no number; `NEVER` (−1) where it did not happen. `loss` and `theta` are those of
    the last step, for a diverged run those of its last finite point.
    """

    grid: Grid
    steps: int
    goal: Goal
    settled: Indices
    diverged: Indices
    loss: Array
    theta: Array


@dataclass(frozen=True)
class PieceOutcomes:
    """What became of the runs of a piece, in their order (see `Outcomes`)."""

    settled: Indices
    diverged: Indices
    loss: Array
    theta: Array


@dataclass(frozen=True)
class Piece:
    """Some runs of a tile, few enough to be stepped together."""

    tile: Tile
    runs: range

    @property
    def size(self) -> int:
        return len(self.runs)


class Results:
    """Where the outcomes of the pieces of a sweep come together, in the order of working."""

    def __init__(self, grid: Grid, steps: int, goal: Goal) -> None:
        """`Fault` where the grid is too large for the memory there is."""
        _check_memory(grid)
        self.grid, self.steps, self.goal = grid, steps, goal
        self.settled: Indices = np.full(grid.size, NEVER)
        self.diverged: Indices = np.full(grid.size, NEVER)
        self.loss: Array = np.full(grid.size, np.nan)
        self.theta: Array = np.full((len(grid.problem.parameters), grid.size), np.nan)

    def take(self, piece: Piece, found: PieceOutcomes) -> None:
        """Write down what became of a piece."""
        first, runs = piece.tile.first, piece.runs
        where = slice(first + runs.start, first + runs.stop, runs.step)
        self.settled[where], self.diverged[where] = found.settled, found.diverged
        self.loss[where], self.theta[:, where] = found.loss, found.theta

    def outcomes(self) -> Outcomes:
        """All of them, in the order of the grid's axes."""
        arrays = (self.settled, self.diverged, self.loss, self.theta)
        arranged = [self.grid.arranged(array) for array in arrays]
        return Outcomes(self.grid, self.steps, self.goal, *arranged)


def pieces(grid: Grid, shares: int = 1) -> Iterator[Piece]:
    """The grid in pieces that can be worked through apart; at least `shares` where it can be."""
    for tile in grid.tiles():
        most = min(lanes_at_once(grid), APART if tile.is_apart else grid.size)
        count = max(-(-tile.size // most), min(shares, -(-tile.size // 1000)))
        if count <= shares and tile.is_mixable:
            # One piece each: all have as many runs that diverge or settle early, so none waits.
            for first in range(count):
                yield Piece(tile, range(first, tile.size, count))
            continue
        ends = np.linspace(0, tile.size, count + 1).astype(int).tolist()
        for begin, end in pairwise(ends):
            yield Piece(tile, range(begin, end))


def lanes_at_once(grid: Grid) -> int:
    """How many runs are best stepped together."""
    problem = grid.problem
    lanes = max(64, WIDTH // len(problem.parameters))
    if any(axis.name == "seed" for axis in grid.axes):
        lanes = min(lanes, SEEDS)
    if problem.size * lanes > 1 << 20:
        # Some losses need every sample of every lane at once; squares do not.
        lanes = max(8, min(lanes, LANE_BYTES // gradient_bytes(problem)))
    return lanes


def work(
    piece: Piece,
    problem: Problem,
    steps: int,
    goal: Goal,
    progress: Progress,
    breathe: Callable[[], None] | None = None,
) -> PieceOutcomes:
    """Run a piece from its first step to its last; `Cancelled` if `progress` says so."""
    columns = piece.tile.columns(piece.runs)
    found = PieceOutcomes(
        np.empty(piece.size, dtype=np.int64), np.empty(piece.size, dtype=np.int64),
        np.empty(piece.size), np.empty((len(problem.parameters), piece.size)),
    )  # fmt: skip
    for places in alike(piece.tile.run, columns):
        crowd = Crowd(problem, piece.tile.run, columns, places)
        with np.errstate(all="ignore"):
            judge = Judge(crowd, steps, goal)
            done = 0
            while judge.lanes and judge.step < steps:
                judge.advance(breathe)
                reached = judge.lanes * judge.step + (crowd.size - judge.lanes) * steps
                if not progress(reached - done):
                    raise Cancelled
                done = reached
            # Runs without a finite start were never stepped.
            progress(crowd.size * steps - done)
            judge.finish()
        found.settled[places], found.diverged[places] = judge.settled, judge.diverged
        found.loss[places], found.theta[:, places] = judge.loss, judge.theta
    return found


def _check_memory(grid: Grid) -> None:
    # Two step numbers, the loss and the parameters of each run.
    needed = grid.size * 8 * (3 + len(grid.problem.parameters))
    free = free_bytes()
    if needed > 0.8 * free:
        raise Fault(
            "The grid has {runs:,} runs, and its results would take {size} of memory; {free} are "
            "free. Take fewer values of a field, or sweep over one part of its range at a time.",
            runs=grid.size, size=bytes_text(needed), free=bytes_text(free),
        )  # fmt: skip
