"""Milliseconds from an edit to the snapshot that shows it, and of seeks, without a window.

    python -m tests.benchmarks.bench_edits

Each edit gives all runs another rate, as a drag does, and computes them anew to the cursor; the
runs are one Adam or eight unlike ones on the article's problem. A picture of it is painted with
the next frame.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from gdsim.engine.problems import make_problem
from gdsim.engine.replay.kernel import describe
from gdsim.engine.run import make_run
from gdsim.experiment.setup import Setup, Track
from gdsim.runtime.session import Session

UNLIKE = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "nadam", "adan")
CASES = ((("adam",), 1_000), (UNLIKE, 1_000), (UNLIKE, 10_000))
FAR = 1_000_000
ROUNDS = 40

PROBLEM = make_problem("article")


def setup_at(methods: tuple[str, ...], rate: float) -> Setup:
    """Runs of these methods, all at that rate."""
    runs = [make_run(PROBLEM, name, {"learning_rate": rate}) for name in methods]
    return Setup(PROBLEM, tuple(Track(key, run) for key, run in enumerate(runs)), 10**9)


def told(title: str, act: Callable[[int], Session]) -> None:
    """Do it some times, each time with a snapshot, and print what it took."""
    times = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        act(number).snapshot(number, False, 0.0)
        times.append(1e3 * (time.perf_counter() - began))
    median, worst = statistics.median(times), max(times)
    print(f"  {title:<36}median {median:6.1f}   best {min(times):6.1f}   worst {worst:6.1f}")


def main() -> None:
    """Print the table."""
    print(f"playback {describe()}; milliseconds")
    for methods, steps in CASES:
        session = Session(setup_at(methods, 0.01))
        session.go(steps)

        def edit(number: int, methods: tuple[str, ...] = methods) -> Session:
            nonlocal session
            session = session.adopted(setup_at(methods, 0.01 * (1.0 - 1e-3 * (number + 1))))
            return session

        told(f"{len(methods)} × {steps:,} steps anew", edit)
    session = Session(setup_at(UNLIKE, 1e-3))
    session.go(FAR)
    chosen = random.Random(1)

    def seek(_: int) -> Session:
        session.seek(chosen.randrange(FAR))
        return session

    told(f"seek after {FAR:,} steps, 8 unlike", seek)


if __name__ == "__main__":
    main()
