"""Runs from their start to the end without a window: every step, and what became of each run."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdsim.engine.arrays import Array, Flags
from gdsim.engine.diagnosis import Outcome, judge
from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import DIVERGED_GROWTH, Block, Simulation, changed

ROWS = 4096
"""Steps made at once."""
RECENT = 16
"""So many last states tell whether a run oscillates."""

Tracks = Sequence[tuple[Run, Changes]]
"""Each run with the changes of its settings on the way."""
Report = Callable[[int], None]


def blocks_of(
    problem: Problem, tracks: Tracks, steps: int, report: Report | None = None
) -> Iterator[Block]:
    """The states after 0, 1, … `steps` updates of all runs, some thousand rows at a time.

    Row k is the state after k updates; its rate is the one that update k → k+1 uses. A diverged
    run goes on into inf and nan, as it would in a framework.
    """
    simulation = Simulation(problem, [run for run, _ in tracks], stop_diverged=False)
    yield Block(
        0, simulation.theta[None].copy(), simulation.loss[None].copy(), simulation.rates(0)[None],
        np.ones(len(tracks), dtype=np.int64),
    )  # fmt: skip
    changes = [dict(some) for _, some in tracks]
    ahead = sorted({step for some in changes for step in some})
    while simulation.step < steps:
        stop = min([steps, *(step for step in ahead if step > simulation.step)])
        block = simulation.advance(min(ROWS, stop - simulation.step))
        if simulation.step in ahead:
            block = replace(block, rate=block.rate.copy())
            _take_changes(simulation, changes)
            block.rate[-1] = simulation.rates(simulation.step)
        yield block
        if report is not None:
            report(simulation.step)


def _take_changes(simulation: Simulation, changes: Sequence[dict[int, Run]]) -> None:
    step, lanes = simulation.step, simulation.lanes()
    simulation.restore(
        step,
        [
            changed(lane, some[step], step) if step in some else lane
            for lane, some in zip(lanes, changes, strict=True)
        ],
    )


@dataclass(frozen=True, eq=False)
class Ending:
    """How one run ended: its last state, and at which step it left what numbers can follow."""

    step: int
    rate: float
    start_loss: float
    loss: float
    theta: Array
    outcome: Outcome
    diverged_at: int | None
    trouble: Sentence | None = None
    """Why the loss has no value at `diverged_at`, where that is more than its being too large."""


class Endings:
    """Looks on while blocks pass, in constant memory, and tells how the runs ended."""

    def __init__(self, problem: Problem, runs: int) -> None:
        self._problem = problem
        self._last: Block | None = None
        self._start: Array = np.zeros(runs)
        self._recent: deque[Array] = deque(maxlen=RECENT)
        self._bad: Flags = np.zeros(runs, dtype=bool)
        self._bad_since = np.zeros(runs, dtype=np.int64)
        self._began_as_nan: Flags = np.zeros(runs, dtype=bool)
        self._troubles: list[Sentence | None] = [None] * runs

    def watching(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The same blocks, each looked at on its way."""
        for block in blocks:
            self.look_at(block)
            yield block

    def look_at(self, block: Block) -> None:
        """Take note of the next block."""
        if self._last is None:
            self._start = block.loss[0].copy()
        self._last = block
        self._recent.extend(block.theta[-RECENT:])
        limit = DIVERGED_GROWTH * np.maximum(np.nan_to_num(self._start), 1.0)
        with np.errstate(invalid="ignore"):
            bad = ~(block.loss <= limit)
        for lane in np.flatnonzero(bad.any(axis=0) | self._bad).tolist():
            good = np.flatnonzero(~bad[:, lane])
            row = int(good[-1]) + 1 if len(good) else 0
            if row == len(bad):
                self._bad[lane] = False
            elif len(good) or not self._bad[lane]:
                self._bad[lane] = True
                self._bad_since[lane] = block.first + row
                self._began_as_nan[lane] = math.isnan(block.loss[row, lane])
                self._troubles[lane] = self._trouble(block, row, lane)

    def _trouble(self, block: Block, row: int, lane: int) -> Sentence | None:
        """Why the loss has no value at that row's θ, or its slope none at the one before."""
        if math.isfinite(block.loss[row, lane]):
            return None
        theta = block.theta[row, :, lane]
        if not np.isfinite(theta).all() and row:
            theta = block.theta[row - 1, :, lane]
        return self._problem.trouble_at(theta)

    def ending(self, lane: int) -> Ending:
        """How that run stands after the last block."""
        block = self._last
        if block is None:
            raise ValueError("no block was looked at")
        theta, loss = block.theta[-1, :, lane].copy(), float(block.loss[-1, lane])
        if self._bad[lane]:
            nan = bool(self._began_as_nan[lane]) or self._troubles[lane] is not None
            outcome = Outcome.NOT_A_NUMBER if nan else Outcome.DIVERGED
        else:
            recent = np.array([states[:, lane] for states in self._recent])
            outcome = judge(
                self._problem, float(self._start[lane]), theta, loss, recent,
                alive=True, at_limit=True,
            )  # fmt: skip
        return Ending(
            block.first + len(block.loss) - 1,
            float(block.rate[-1, lane]),
            float(self._start[lane]),
            loss,
            theta,
            outcome,
            int(self._bad_since[lane]) if self._bad[lane] else None,
            self._troubles[lane] if self._bad[lane] else None,
        )
