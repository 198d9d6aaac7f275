"""The engine thread, which alone touches engine state: commands in, newest snapshot out."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.runtime import commands
from gdsim.runtime.pacing import Pace
from gdsim.runtime.session import LIVE_LIMIT, Session
from gdsim.runtime.snapshot import Snapshot, Track

PUBLISH_SECONDS = 0.012
"""A snapshot is made no more often than the window draws."""
JUDGE_SECONDS = 0.25
JUDGE_SHARE = 0.1
"""The share of the engine's time that judging the runs may take while playing."""
NAP_SECONDS = 0.001
_REST = 1e-5


class Gate:
    """Lets the window draw undisturbed: the worker waits while it is shut.

    Without it the worker's hold of the GIL leaves the window some 5 frames a second.
    """

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self._napped = 0.0

    def shut(self) -> None:
        """A frame starts."""
        self._open.clear()

    def open(self) -> None:
        """The frame is painted."""
        self._open.set()

    def breathe(self) -> None:
        """Called by the worker every 0.1–0.2 ms."""
        if not self._open.is_set():
            # The time-out keeps a window that never paints (hidden, dragged) from stopping runs.
            self._open.wait(0.1)
        now = time.perf_counter()
        if now - self._napped > NAP_SECONDS:
            # Not optional: NumPy drops the GIL so often that the other thread would starve.
            time.sleep(_REST)
            self._napped = now


class Runner:
    """Owns the engine thread. `send` commands, read `snapshot`; both from any thread."""

    def __init__(self, problem: Problem, tracks: Sequence[Track], step_limit: int = 1000) -> None:
        """Raises `Fault` for an experiment that cannot be run; the thread is started by `start`."""
        self.gate = Gate()
        self._session = Session(problem, tracks, step_limit)
        self._inbox: queue.SimpleQueue[commands.Command] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="gdsim-engine", daemon=True)
        self._playing = False
        self._pace = Pace(20.0, 0.0)
        self._version = self._sent = self._obeyed = 0
        self._judge_at = 0.0
        self._measured = 0.0
        self._failure: Sentence | None = None
        self._peeked: commands.Command | None = None
        self.snapshot: Snapshot = self._session.snapshot(0, False, 0.0)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def send(self, command: commands.Command) -> None:
        """Put a command into the inbox; returns at once."""
        self._sent += 1
        self._inbox.put(command)

    @property
    def is_settled(self) -> bool:
        """Whether the snapshot shows all that was sent. Only the thread that sends may ask."""
        return self.snapshot.obeyed == self._sent

    def stop(self, timeout: float = 1.0) -> bool:
        """Stop and join the thread; whether it ended in time."""
        self.gate.open()
        self._inbox.put(commands.Stop())
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        seconds_per_step = 1e-5
        published = marked = time.perf_counter()
        marked_step = 0
        while True:
            waiting = self._take_all(block=not self._playing)
            if waiting is None:
                return
            now = time.perf_counter()
            if waiting:
                marked, marked_step, self._measured = now, self._session.step, 0.0
                self._publish(judge_anew=True)
                published = now
            if not self._playing:
                continue
            budget = self._pace.budget(now, seconds_per_step)
            worked = time.thread_time()
            made = self._guarded(self._advance, budget.steps) if budget.steps else 0
            after = time.perf_counter()
            if made:
                # The thread's own time: waiting for a frame or the GIL makes no step dearer, and
                # blocks that shrink for it would cost more a step, and shrink again.
                cost = (time.thread_time() - worked) / made
                seconds_per_step += 0.1 * (cost - seconds_per_step)
                self._pace = self._pace.after(made, after)
            if self._session.at_end or not self._playing:
                self._playing = False
                self._publish(judge_anew=True)
                continue
            if after - marked > 0.5:
                self._measured = (self._session.step - marked_step) / (after - marked)
                marked, marked_step = after, self._session.step
            if made and after - published >= PUBLISH_SECONDS:
                self._publish(judge_anew=after > self._judge_at)
                published = after
            if budget.rest:
                self._wait(budget.rest)

    def _advance(self, steps: int) -> int:
        return self._session.advance(steps, self.gate.breathe)

    def _take_all(self, *, block: bool) -> bool | None:
        """Carry out what waits in the inbox; None when the thread is to end."""
        acted = False
        batch: list[commands.Command] = []
        if block and self._peeked is None:
            batch.append(self._inbox.get())
        if self._peeked is not None:
            batch.append(self._peeked)
            self._peeked = None
        while True:
            try:
                batch.append(self._inbox.get_nowait())
            except queue.Empty:
                break
        for command in _coalesced(batch):
            if isinstance(command, commands.Stop):
                return None
            self._failure = None
            self._guarded(self._obey, command)
            acted = True
        self._obeyed += len(batch)
        return acted

    def _wait(self, seconds: float) -> None:
        """Rest, but wake for a command."""
        try:
            self._peeked = self._inbox.get(timeout=seconds)
        except queue.Empty:
            self._peeked = None

    def _guarded(self, action: Callable[..., int | None], argument: object) -> int:
        """What fails becomes a sentence in the snapshot; the thread and the runs survive it."""
        try:
            return action(argument) or 0
        except Fault as fault:  # refused before anything was changed
            self._failure = fault.sentence
        except Exception as error:
            self._fail(error)
            with contextlib.suppress(Exception):
                self._session.recover()
        return 0

    def _fail(self, error: Exception) -> None:
        self._playing = False
        self._failure = sentence(
            "The engine failed: {error}. The experiment is kept; change a setting or reset.",
            error=f"{type(error).__name__}: {error}",
        )

    def _obey(self, command: commands.Command) -> None:
        session = self._session
        match command:
            case commands.Load(problem, tracks, step_limit, step):
                loaded = Session(problem, tracks, step_limit, session.generation + 1)
                self._session = loaded
                self._playing = False
                if step <= LIVE_LIMIT:
                    self._go(step)
            case commands.Play():
                self._playing = not session.at_end
                self._pace = Pace(self._pace.steps_per_second, time.perf_counter())
            case commands.Pause():
                self._playing = False
            case commands.StepOnce(count):
                self._playing = False
                self._go(session.step + count)
            case commands.Seek(step):
                self._playing = False
                session.seek(step, self.gate.breathe)
            case commands.Reset():
                self._playing = False
                session.reset()
            case commands.Configure(key, run, restart, new_ghost):
                session.configure(key, run, restart, new_ghost=new_ghost, breathe=self.gate.breathe)
            case commands.AddRun(key, run):
                session.add(key, run, self.gate.breathe)
            case commands.Branch(parent, key, run):
                session.branch(parent, key, run)
            case commands.RemoveRun(key):
                session.remove(key)
            case commands.SetSpeed(speed):
                self._pace = Pace(speed, time.perf_counter())
            case commands.SetLimit(step_limit):
                session.step_limit = step_limit
            case commands.Stop():
                pass
            case _:
                assert_never(command)

    def _go(self, step: int) -> None:
        session = self._session
        while session.step < step and session.advance(
            min(1024, step - session.step), self.gate.breathe
        ):
            pass

    def _publish(self, *, judge_anew: bool) -> None:
        self._version += 1
        began = time.perf_counter()
        try:
            self.snapshot = self._session.snapshot(
                self._version,
                self._playing,
                self._measured if self._playing else 0.0,
                self._failure,
                obeyed=self._obeyed,
                judge_anew=judge_anew,
                breathe=self.gate.breathe,
            )
            if judge_anew:
                # The curvature of a network of many weights takes longer than its steps.
                done = time.perf_counter()
                self._judge_at = done + max(JUDGE_SECONDS, (done - began) / JUDGE_SHARE)
        except Exception as error:
            self._fail(error)
            self.snapshot = replace(
                self.snapshot,
                version=self._version,
                obeyed=self._obeyed,
                playing=False,
                failure=self._failure,
            )


def _coalesced(batch: Sequence[commands.Command]) -> list[commands.Command]:
    """Of consecutive seeks, or changes of one run, only the last matters."""
    kept: list[commands.Command] = []
    for command in batch:
        last = kept[-1] if kept else None
        replaces = isinstance(command, commands.Seek) and isinstance(last, commands.Seek)
        if isinstance(command, commands.Configure) and isinstance(last, commands.Configure):
            replaces = (command.key, command.restart) == (last.key, last.restart)
        if replaces:
            kept.pop()
        kept.append(command)
    return kept
