"""What a run without a window leaves for a picture: bounded histories, then a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gdsim.engine.history import RATE, THETA, History
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.simulation import Block
from gdsim.experiment.results import rows_of
from gdsim.experiment.trajectories import Endings, Tracks
from gdsim.runtime.snapshot import RunSnapshot, Snapshot, Track
from gdsim.runtime.verdict import verdict_of


class Recording:
    """Keeps of each run what a view needs, as far as its numbers are finite."""

    def __init__(self, problem: Problem, tracks: Tracks, steps: int) -> None:
        self._problem, self._tracks, self._steps = problem, tracks, steps
        self._histories = [History(THETA + len(problem.parameters)) for _ in tracks]
        self._over = [False] * len(tracks)
        self._last = [np.zeros(1 + THETA + len(problem.parameters)) for _ in tracks]

    def watching(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The same blocks, each recorded on its way."""
        for block in blocks:
            for lane, history in enumerate(self._histories):
                if self._over[lane]:
                    continue
                rows = rows_of(block, lane)
                finite = np.isfinite(rows).all(axis=1)
                count = len(rows) if finite.all() else int(np.argmin(finite))
                self._over[lane] = count < len(rows)
                if count:
                    steps = np.arange(block.first, block.first + count)
                    history.append(steps, rows[:count, 1:])
                    self._last[lane] = rows[count - 1]
            yield block

    def snapshot(self, endings: Endings) -> Snapshot:
        """The end of the runs, as a view shows it; each at its last finite state."""
        return Snapshot(
            version=0, generation=0, problem=self._problem, step=self._steps,
            recorded=self._steps, step_limit=self._steps, obeyed=0, playing=False,
            steps_per_second=0.0,
            runs=tuple(self._run(lane, endings) for lane in range(len(self._tracks))),
        )  # fmt: skip

    def _run(self, lane: int, endings: Endings) -> RunSnapshot:
        (first, changes), last, ending = self._tracks[lane], self._last[lane], endings.ending(lane)
        theta = last[1 + THETA :].copy()
        gradient = self._problem.gradient_at(theta)
        theta.flags.writeable = gradient.flags.writeable = False
        run: Run = changes[-1][1] if changes else first
        return RunSnapshot(
            key=lane,
            run=replace(run, start=first.start),
            theta=theta,
            gradient=gradient,
            loss=float(last[2]),
            rate=float(last[1 + RATE]),
            step=int(last[0]),
            alive=not self._over[lane],
            outcome=ending.outcome,
            verdict=verdict_of(ending.outcome, int(last[0]), float(last[2]), ending.start_loss),
            trace=self._histories[lane].trace(),
            track=Track(lane, first, changes),
        )
