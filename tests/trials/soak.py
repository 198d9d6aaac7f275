"""The engine's thread at full speed with edits, for minutes: no growth, no crash.

    python -m tests.trials.soak MINUTES [seed]

Several edits a second (rates, settings, methods, starts, runs added and removed, seeks, plays,
now and then another problem or a sweep), the rest of the time at full speed. Prints the memory of
the process as it goes. 1 where the engine failed, stood still, or the process grew: by more than
`GROWTH` between the end of the first quarter and the end.
"""

from __future__ import annotations

import gc
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gdsim.app import SWITCH_INTERVAL
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.replay.kernel import describe
from gdsim.engine.run import Run, make_run, under_optimizer
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.grid import make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.experiment.setup import Setup, Track
from gdsim.runtime import commands
from gdsim.runtime.runner import Runner
from gdsim.runtime.sweeping import run_sweep

LIMIT = 10**9
MOST = 8
GROWTH = 40.0
"""Megabytes: what histories, kept tapes and freed memory that is not given back come to."""
STILL_SECONDS = 60.0
"""A thread that publishes nothing for so long stands still; what it does then is printed."""


class Soak:
    """A runner, and what is asked of it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.key = 0
        self.setup = self._fresh("article")
        self.runner = Runner(self.setup)
        self.steps, self.counts = 0, Counter[str]()
        self.failures: list[str] = []
        self.last = ""
        self.longest = 0.0, ""
        """So many seconds the longest wait for a snapshot took, and after what."""

    def _fresh(self, name: str) -> Setup:
        problem = make_problem(name, None, {"hidden": "5"} if name == "network" else {})
        methods = self.random.sample(OPTIMIZERS, self.random.randint(1, MOST))
        tracks = []
        for family in methods:
            self.key += 1
            tracks.append(Track(self.key, make_run(problem, family.name)))
        return Setup(problem, tuple(tracks), LIMIT)

    def go(self, seconds: float) -> None:
        """Do things at random for so long."""
        self.runner.start()
        self.runner.send(commands.SetSpeed(None))
        until = time.monotonic() + seconds
        told = quarter = 0.0
        first = memory()
        while time.monotonic() < until and not self.failures:
            self._do()
            self.runner.send(commands.Play())
            time.sleep(self.random.choice((0.02, 0.1, 0.4)))
            self._look()
            now = time.monotonic()
            if now - told > 15.0:
                told = now
                left = until - now
                print(
                    f"{seconds - left:6.0f} s  {memory():7.1f} MB  {self.setup.problem.name:16}"
                    f"step {self.runner.snapshot.step:>11,}  {sum(self.counts.values())} edits",
                    flush=True,
                )
            if not quarter and now > until - 0.75 * seconds:
                quarter = memory()
        if not self.failures:  # as at the start
            self._adopt(self._fresh("article"))
            time.sleep(1.0)
            self._look()
        if not self.runner.stop(10.0):
            self.failures.append("the thread did not end")
        gc.collect()
        last = memory()
        print(f"memory: {first:.1f} MB at first, {quarter:.1f} after a quarter, {last:.1f} at last")
        print(", ".join(f"{name} {count}" for name, count in sorted(self.counts.items())))
        print(f"longest wait: {self.longest[0]:.1f} s after {self.longest[1]}")
        if last - quarter > GROWTH:
            self.failures.append(f"it grew by {last - quarter:.1f} MB")

    def _look(self) -> None:
        shown, waited = self.runner.snapshot, time.monotonic()
        if shown.failure is not None:
            self.failures.append(str(shown.failure))
        while self.runner.snapshot is shown:
            if not self.runner._thread.is_alive():
                self.failures.append("the thread has ended")
                return
            if time.monotonic() - waited > STILL_SECONDS:
                frame = sys._current_frames().get(self.runner._thread.ident or 0)
                print("".join(traceback.format_stack(frame)))
                self.failures.append("the thread stands still")
                return
            if not shown.playing:
                self.runner.send(commands.Seek(shown.step))
            time.sleep(0.01)
        if time.monotonic() - waited > self.longest[0]:
            last, methods = self.last, [one.run.optimizer for one in self.setup.tracks]
            told = f"{last} on {self.setup.problem.name} with {', '.join(methods)}"
            self.longest = time.monotonic() - waited, told

    def _do(self) -> None:
        names = [name for name in dir(self) if name.startswith("do_")]
        weights = [{"do_rate": 12, "do_start": 6, "do_seek": 6}.get(name, 2) for name in names]
        (name,) = self.random.choices(names, weights)
        self.last = name[3:]
        self.counts[self.last] += 1
        getattr(self, name)()

    def _adopt(self, setup: Setup, step: int | None = None) -> None:
        self.setup = setup
        self.runner.send(commands.Adopt(setup, step))

    def _change(self, change: Callable[[Run], Run]) -> None:
        """Other settings of one run, from its start or from here on."""
        tracks = list(self.setup.tracks)
        place = self.random.randrange(len(tracks))
        track = tracks[place]
        step = self.runner.snapshot.step if self.random.random() < 0.3 else 0
        try:
            if step:
                last = track.changes[-1][1] if track.changes else track.run
                kept = tuple(one for one in track.changes if one[0] < step)
                tracks[place] = replace(track, changes=(*kept, (step, change(last))))
            else:
                tracks[place] = Track(track.key, change(track.run))
        except Fault:
            return
        self._adopt(replace(self.setup, tracks=tuple(tracks)), step or None)

    def do_rate(self) -> None:
        rate = 10 ** self.random.uniform(-4.0, -1.0)
        self._change(lambda run: replace(run, settings=replace(run.settings, learning_rate=rate)))

    def do_method(self) -> None:
        family = self.random.choice(OPTIMIZERS)
        self._change(lambda run: under_optimizer(run, family.name))

    def do_schedule(self) -> None:
        kind = self.random.choice(SCHEDULES)
        self._change(
            lambda run: replace(run, schedule=kind.name, schedule_settings=kind.Settings())
        )

    def do_batch(self) -> None:
        size = self.random.choice((0, 1, 2, 5))
        if size <= self.setup.problem.size:
            self._change(lambda run: replace(run, sampling=replace(run.sampling, batch_size=size)))

    def do_start(self) -> None:
        start = tuple(x + self.random.uniform(-1.0, 1.0) for x in self.setup.problem.start)
        tracks = [Track(one.key, replace(one.run, start=start)) for one in self.setup.tracks]
        self._adopt(replace(self.setup, tracks=tuple(tracks)))

    def do_add(self) -> None:
        if len(self.setup.tracks) < MOST:
            self.key += 1
            run = make_run(self.setup.problem, self.random.choice(OPTIMIZERS).name)
            self._adopt(replace(self.setup, tracks=(*self.setup.tracks, Track(self.key, run))))

    def do_remove(self) -> None:
        if len(self.setup.tracks) > 1:
            tracks = list(self.setup.tracks)
            del tracks[self.random.randrange(len(tracks))]
            self._adopt(replace(self.setup, tracks=tuple(tracks)))

    def do_problem(self) -> None:
        self._adopt(self._fresh(self.random.choice(PROBLEMS).name))

    def do_seek(self) -> None:
        self.runner.send(commands.Seek(self.random.randrange(self.runner.snapshot.recorded + 1)))

    def do_reset(self) -> None:
        self.runner.send(commands.Reset())

    def do_sweep(self) -> None:
        """Beside it, as the window does."""
        problem = make_problem("article")
        grid = make_grid(problem, make_run(problem, "adam"), {"lr": "log:1e-3:1:3000"})
        breathe = self.runner.gate.breathe
        thread = threading.Thread(
            target=run_sweep,
            args=(grid, 300, Goal(0.05)),
            kwargs={"jobs": 1, "breathe": breathe},
        )
        thread.start()
        thread.join(30.0)
        if thread.is_alive():
            self.failures.append("a sweep does not end")


def memory() -> float:
    """What this process holds, in MB; 0 where a system does not tell so simply."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmRSS:"))


def main(minutes: float, seed: int = 1) -> int:
    """Soak for so long; 1 where anything was wrong."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    print(f"playback {describe()}; seed {seed}")
    soak = Soak(seed)
    soak.go(60.0 * minutes)
    for failure in soak.failures:
        print("wrong:", failure)
    return bool(soak.failures)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), *(int(word) for word in sys.argv[2:])))
