"""A sweep over all cores: threads, since NumPy lets go of the interpreter while it works on lanes.

What that gains depends on the machine. On one with two cores that share their units, 10,000 Adam
runs × 1000 steps took 0.20 s on one thread, 0.31–0.40 s on two, and 0.17 s on two forked processes,
which a program with threads must not use; spawned ones took 0.60 s. `jobs` chooses.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from gdsim.engine.grid import Grid
from gdsim.engine.judge import Goal
from gdsim.engine.sweep import Cancelled, Outcomes, Results, pieces, work

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
    """The outcomes of all runs of `grid` after `steps` steps, by `jobs` threads (None: the cores).

    No bit depends on the number of threads. `Cancelled` if `report` says so; `Fault` where the
    results do not fit into the memory there is.
    """
    results = Results(grid, steps, goal)
    threads = jobs or os.cpu_count() or 1
    whole = grid.size * steps
    stopped = threading.Event()
    lock, done = threading.Lock(), 0

    def progress(count: int) -> bool:
        nonlocal done
        with lock:
            done += count
        return not stopped.is_set()

    with ThreadPoolExecutor(threads, "gdsim-sweep") as pool:
        try:
            waiting = {
                pool.submit(work, piece, results, progress, breathe)
                for piece in pieces(grid, threads)
            }
            while waiting:
                waiting = _wait(waiting)
                if report is not None and not report(done / whole):
                    raise Cancelled
        except BaseException:
            stopped.set()
            pool.shutdown(cancel_futures=True)
            raise
    return results.outcomes()


def _wait(waiting: set[Future[None]]) -> set[Future[None]]:
    """Those that go on; what one of the others raised is raised."""
    ended, left = wait(waiting, POLL_SECONDS, FIRST_EXCEPTION)
    for future in ended:
        future.result()
    return left
