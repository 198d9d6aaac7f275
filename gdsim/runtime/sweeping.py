"""A sweep over all cores: one thread here, and processes of its own for the other cores.

Threads would lose: Python lets one at a time begin each of NumPy's calls, and the others wait
longer for their turn than the call takes. 10,000 Adam runs × 1000 steps took 0.21 s on one thread
and 0.31–0.40 s on two (2 cores). Processes cost 0.3 s at their first start, so a sweep begins
without them, gets help only if it lasts, and they are kept a while for the next one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from gdsim.engine.sweep.grid import Grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Cancelled, Outcomes, Piece, Results, pieces, work
from gdsim.runtime.sweep_worker import Lost, Worker, pool

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 0.3
"""How long a sweep goes on alone before workers are started for it."""

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

    A window, which gives `breathe`, leaves all the work to other processes, where there can be
    any; `breathe` is called between steps where not. No bit depends on `jobs`. `Cancelled` if
    `report` says so; `Fault` where the results do not fit into the memory there is.
    """
    return _Sweeping(grid, steps, goal, jobs, breathe).run(report)


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Sweeping:
    """Pieces that are taken, by this process and by workers, until none is left."""

    def __init__(
        self,
        grid: Grid,
        steps: int,
        goal: Goal,
        jobs: int | None,
        breathe: Callable[[], None] | None,
    ) -> None:
        self._work = grid, steps, goal
        self._results = Results(grid, steps, goal)
        self._breathe = breathe
        self._patience = PATIENCE_SECONDS if jobs is None and breathe is None else 0.0
        self._lock = threading.Lock()
        found = list(pieces(grid, jobs or cores()))
        self._jobs = min(jobs or cores(), len(found))
        self._pieces = iter(found)
        self._taken_all, self._stopped = threading.Event(), threading.Event()
        self._given = threading.Semaphore(0)
        self._done = 0

    def run(self, report: Report | None) -> Outcomes:
        grid, steps, _ = self._work
        with ThreadPoolExecutor(self._jobs, "gdsim-sweep") as threads:
            try:
                here = self._here if self._breathe is None else self._elsewhere
                waiting = {threads.submit(self._elsewhere) for _ in range(self._jobs - 1)}
                # Once this process computes, to give out the others' pieces takes some 5 ms.
                for _ in range(self._jobs - 1):
                    self._given.acquire(timeout=POLL_SECONDS)
                waiting.add(threads.submit(here))
                while waiting:
                    waiting = _wait(waiting)
                    if report is not None and not report(self._done / (grid.size * steps)):
                        raise Cancelled
            except BaseException:
                self._stopped.set()
                self._taken_all.set()
                raise
        return self._results.outcomes()

    def _next(self) -> Piece | None:
        with self._lock:
            piece = next(self._pieces, None)
        if piece is None:
            self._taken_all.set()
        return None if self._stopped.is_set() else piece

    def _progress(self, count: int) -> bool:
        with self._lock:
            self._done += count
        return not self._stopped.is_set()

    def _here(self) -> None:
        """Take pieces and work through them in this thread."""
        while (piece := self._next()) is not None:
            self._do(piece)

    def _do(self, piece: Piece) -> None:
        grid, steps, goal = self._work
        found = work(piece, grid.problem, steps, goal, self._progress, self._breathe)
        self._results.take(piece, found)

    def _elsewhere(self) -> None:
        """Take pieces and have a worker work through them; do it here if there can be none."""
        try:
            worker = pool.idle()
            if worker is None:
                self._given.release()  # to start one takes longer than anyone should wait
                if self._taken_all.wait(self._patience):
                    return
                worker = Worker()
        except Lost:
            if self._breathe is not None:
                self._here()
            return
        while (piece := self._next()) is not None:
            if not self._delegate(worker, piece):
                self._do(piece)
                return
        pool.keep(worker)

    def _delegate(self, worker: Worker, piece: Piece) -> bool:
        """Whether the worker lived through it."""
        grid, steps, goal = self._work
        told = 0

        def progress(count: int) -> bool:
            nonlocal told
            told += count
            return self._progress(count)

        try:
            worker.begin(piece, grid, steps, goal)
            self._given.release()
            found = worker.finish(progress)
        except Lost:
            self._progress(-told)
            return False
        self._results.take(piece, found)
        return True


def _wait(waiting: set[Future[None]]) -> set[Future[None]]:
    """Those that go on; what one of the others raised is raised."""
    ended, left = wait(waiting, POLL_SECONDS, FIRST_EXCEPTION)
    for future in ended:
        future.result()
    return left
