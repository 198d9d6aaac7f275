"""A sweep over all cores, in threads.

Steps that are played back hold no interpreter's lock, so that threads do not wait for one another:
10,000 Adam runs × 1000 steps take 0.12 s on one and 0.07 s on two. Without playback Python lets one
thread at a time begin each of NumPy's calls, and two take longer than one: then it is one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from gdsim.engine.replay.kernel import load
from gdsim.engine.sweep.grid import Grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Cancelled, Outcomes, Piece, Results, pieces, work

POLL_SECONDS = 0.05

Report = Callable[[float], bool]
"""Called every now and then with the share that is done; returns False to cancel."""


def run_sweep(
    grid: Grid,
    steps: int,
    goal: Goal,
    *,
    jobs: int | None = None,
    report: Report | None = None,
    breathe: Callable[[], None] | None = None,
) -> Outcomes:
    """The outcomes of all runs of `grid` after `steps` steps, on `jobs` cores (None: those there).

    A window gives `breathe`, which is called between steps, so that it can draw meanwhile. No bit
    depends on `jobs`. `Cancelled` if `report` says so; `Fault` where the results do not fit into
    the memory there is.
    """
    return run_sweeps((grid,), steps, goal, jobs=jobs, report=report, breathe=breathe)[0]


def run_sweeps(
    grids: Sequence[Grid],
    steps: int,
    goal: Goal,
    *,
    jobs: int | None = None,
    report: Report | None = None,
    breathe: Callable[[], None] | None = None,
) -> list[Outcomes]:
    """The outcomes of several grids, side by side: so do small ones use all cores."""
    return _Sweeping(grids, steps, goal, jobs, breathe).run(report)


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Sweeping:
    """Pieces that threads take until none is left."""

    def __init__(
        self,
        grids: Sequence[Grid],
        steps: int,
        goal: Goal,
        jobs: int | None,
        breathe: Callable[[], None] | None,
    ) -> None:
        self._work = steps, goal
        self._results = [Results(grid, steps, goal) for grid in grids]
        self._size = steps * sum(grid.size for grid in grids)
        self._others_breathe = breathe
        wanted = (jobs or cores()) if load()[0] is not None else 1
        found = [
            (results, piece) for results in self._results for piece in pieces(results.grid, wanted)
        ]
        self._jobs = min(wanted, len(found))
        self._pieces = iter(found)
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._done = 0

    def run(self, report: Report | None) -> list[Outcomes]:
        with ThreadPoolExecutor(self._jobs, "gdsim-sweep") as threads:
            try:
                waiting = {threads.submit(self._take) for _ in range(self._jobs)}
                while waiting:
                    waiting = _wait(waiting)
                    if report is not None and not report(self._done / self._size):
                        raise Cancelled
            except BaseException:
                self._stopped.set()
                raise
        return [results.outcomes() for results in self._results]

    def _take(self) -> None:
        """Take pieces and work through them."""
        steps, goal = self._work
        while (taken := self._next()) is not None:
            results, piece = taken
            problem = results.grid.problem
            results.take(piece, work(piece, problem, steps, goal, self._progress, self._breathe))

    def _next(self) -> tuple[Results, Piece] | None:
        with self._lock:
            return None if self._stopped.is_set() else next(self._pieces, None)

    def _progress(self, count: int) -> bool:
        with self._lock:
            self._done += count
        return not self._stopped.is_set()

    def _breathe(self) -> None:
        """Between steps: a sweep that nobody wants ends here, whatever a step takes."""
        if self._stopped.is_set():
            raise Cancelled
        if self._others_breathe is not None:
            self._others_breathe()


def _wait(waiting: set[Future[None]]) -> set[Future[None]]:
    """Those that go on; what one of the others raised is raised."""
    ended, left = wait(waiting, POLL_SECONDS, FIRST_EXCEPTION)
    for future in ended:
        future.result()
    return left
