"""Microseconds a run-step by NumPy's calls and by playback, in turn; all recorded, loss included.

    python -m tests.benchmarks.bench_replay [problem …]

Medians of processor time. 'Engine' is `Simulation.advance`; 'session' also keeps what the window
shows of each run.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from gdsim.engine import group
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.replay.kernel import describe
from gdsim.engine.run import Run, make_run
from gdsim.engine.simulation import Simulation
from gdsim.experiment.setup import Setup, Track
from gdsim.runtime.session import Session

UNLIKE = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "nadam", "adan")
PROBLEMS = ("article", "rosenbrock", "polynomial", "expression", "logistic", "network")
BLOCK = 1024
ROUNDS = 5
NEVER = 10**12
SECONDS = 0.25
"""So long a measurement takes at least."""


def main(names: list[str]) -> None:
    """Print a line for each problem and set of runs."""
    print(f"playback {describe()}")
    print(f"{'':12} {'runs':12} {'engine':>24} {'session':>24}")
    for name in names or PROBLEMS:
        problem = make_problem(name, None, {"hidden": "8,8"} if name == "network" else {})
        for words, methods in (("gd", ["gd"]), ("Adam", ["adam"]), ("8 unlike", list(UNLIKE))):
            runs = [make_run(problem, one, {"learning_rate": 1e-3}) for one in methods]
            engine, session = _in_turn(problem, runs, _engine), _in_turn(problem, runs, _session)
            print(f"{name:12} {words:12} {_line(*engine)} {_line(*session)}", flush=True)


def _line(plain: float, played: float) -> str:
    return f"{plain:8.2f} →{played:6.2f} {plain / played:5.1f} ×"


def _engine(problem: Problem, runs: list[Run]) -> Callable[[], None]:
    simulation = Simulation(problem, runs)

    def step() -> None:
        simulation.advance(BLOCK)

    return step


def _session(problem: Problem, runs: list[Run]) -> Callable[[], None]:
    tracks = tuple(Track(key, run) for key, run in enumerate(runs))
    session = Session(Setup(problem, tracks, 10**9))

    def step() -> None:
        session.go(session.step + BLOCK)

    return step


def _in_turn(
    problem: Problem, runs: list[Run], make: Callable[[Problem, list[Run]], Callable[[], None]]
) -> tuple[float, float]:
    """Medians by NumPy and by playback."""
    steppers = []
    for worth in (NEVER, group.WORTH):
        usual, group.WORTH = group.WORTH, worth
        stepper = make(problem, runs)
        stepper()
        group.WORTH = usual
        steppers.append((worth, stepper))
    times: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for kept, (worth, stepper) in zip(times, steppers, strict=True):
            usual, group.WORTH = group.WORTH, worth
            began, blocks = time.thread_time(), 0
            while time.thread_time() - began < SECONDS / ROUNDS or not blocks:
                stepper()
                blocks += 1
            spent = time.thread_time() - began
            group.WORTH = usual
            kept.append(1e6 * spent / (blocks * BLOCK * len(runs)))
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main(sys.argv[1:])
