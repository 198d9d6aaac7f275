"""Processes that work through pieces of a sweep, since Python computes in one thread at a time.

A worker is this program started anew; it takes a grid and then pieces of it from its standard
input, and writes progress and outcomes to its standard output. Both ends are this program, so
what they say is pickled; no file ever is. A worker that is killed, or whose parent is gone, leaves
nothing behind.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import gdsim
from gdsim.engine.sweep.grid import Grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Cancelled, Piece, PieceOutcomes, Progress, work

COMMAND = "sweep-worker"
"""The word on the command line that makes the program a worker."""
IDLE_SECONDS = 60.0
"""A worker that has nothing to do for so long ends."""
REPORT_SECONDS = 0.1


class Lost(Exception):
    """A worker could not be started, or has ended."""


class Worker:
    """Another process, ready to work; methods raise `Lost` if it is not."""

    def __init__(self) -> None:
        program = [sys.executable, COMMAND]
        if not getattr(sys, "frozen", False):
            # -P: no module of the same name in the working directory comes before ours.
            program = [sys.executable, "-P", "-m", "gdsim", COMMAND]
        here = str(Path(gdsim.__file__).parents[1])
        path = os.pathsep.join([here, *filter(None, sys.path)])
        one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            self._process = subprocess.Popen(
                program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, **one},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except OSError as error:
            raise Lost(str(error)) from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout
        self._grid: Grid | None = None
        self._left = 0

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def begin(self, piece: Piece, grid: Grid, steps: int, goal: Goal) -> None:
        """Let it work through a piece; `finish` waits for what it finds."""
        try:
            if grid is not self._grid:
                self._say(grid)
                self._grid = grid
            self._say((piece.place, piece.runs, steps, goal))
        except OSError as error:
            self.kill()
            raise Lost(str(error)) from error
        self._left = piece.size * steps

    def finish(self, progress: Progress) -> PieceOutcomes:
        """What `gdsim.engine.sweep.work` found; a worker that is told to stop is killed."""
        try:
            while isinstance(answer := pickle.load(self._from), int):
                self._left -= answer
                if not progress(answer):
                    self.kill()
                    raise Cancelled
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.kill()
            raise Lost(str(error)) from error
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, PieceOutcomes)
        progress(self._left)
        return answer

    def _say(self, message: object) -> None:
        pickle.dump(message, self._to, pickle.HIGHEST_PROTOCOL)
        self._to.flush()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        for end in (self._to, self._from):
            try:
                end.close()
            except OSError:
                continue  # what was still to be said is not heard


class Pool:
    """The workers of this process: those that have nothing to do are kept a while."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        atexit.register(self.close)

    def idle(self) -> Worker | None:
        """One that has nothing to do, if there is any."""
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.kill()
        return None

    def keep(self, worker: Worker) -> None:
        """For the next sweep."""
        with self._lock:
            self._idle.append(worker)

    def close(self) -> None:
        """End those that are idle."""
        with self._lock:
            while self._idle:
                self._idle.pop().kill()


pool = Pool()


def serve() -> int:
    """Be a worker until the parent has no more to say."""
    # Ctrl-C in a terminal reaches both processes; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    take, give = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing else may write into the answers

    def say(message: Any) -> None:
        try:
            pickle.dump(message, give, pickle.HIGHEST_PROTOCOL)
            give.flush()
        except OSError:
            os._exit(0)  # nobody listens any more

    grid: Grid | None = None
    while (message := _next(take)) is not None:
        if isinstance(message, Grid):
            grid, tiles = message, list(message.tiles())
            continue
        assert grid is not None
        place, runs, steps, goal = message
        try:
            piece = Piece(tiles[place], place, runs)
            say(work(piece, grid.problem, steps, goal, _reporter(say)))
        except Exception as error:
            # Not every exception can be pickled.
            say(RuntimeError(f"{type(error).__name__}: {error}"))
    return 0


def _next(take: IO[bytes]) -> Any:
    """The next message, or None where there will be none."""
    timer = threading.Timer(IDLE_SECONDS, os._exit, (0,))
    timer.daemon = True
    timer.start()
    try:
        return pickle.load(take)
    except (EOFError, OSError):
        return None
    finally:
        timer.cancel()


def _reporter(say: Callable[[int], None]) -> Progress:
    """Tells what was done, every now and then."""
    left, told = 0, time.monotonic()

    def progress(count: int) -> bool:
        nonlocal left, told
        left += count
        if time.monotonic() - told >= REPORT_SECONDS:
            say(left)
            left, told = 0, time.monotonic()
        return True

    return progress
