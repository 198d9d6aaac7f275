"""The engine thread, which alone touches engine state: commands in, newest snapshot out."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from gdsim.engine.replay.kernel import describe
from gdsim.engine.replay.refusals import untold
from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.experiment.setup import Setup
from gdsim.experiment.trajectories import next_look
from gdsim.runtime import commands
from gdsim.runtime.pacing import Pace
from gdsim.runtime.session import Session
from gdsim.runtime.snapshot import Snapshot
from gdsim.system.log import note

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


_SEEKS = commands.Seek | commands.PlayTo


class Superseded(BaseException):
    """What is being computed is no longer wanted. No failure: it passes those who handle these."""


class Runner:
    """Owns the engine thread. `send` commands, read `snapshot`; both from any thread."""

    def __init__(self, setup: Setup) -> None:
        """The thread is started by `start`."""
        self.gate = Gate()
        self._session = Session(setup)
        self._newer = threading.Event()
        """Another setup is in the inbox."""
        self._stopping = threading.Event()
        self._gave_up = False
        """A setup was left for a newer one: not twice in a row, or a drag would show none."""
        self._inbox: queue.SimpleQueue[commands.Command] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="gdsim-engine", daemon=True)
        self._playing = False
        self._pace = Pace(20.0, 0.0)
        self._target: int | None = None
        """The step to which it is played as fast as it goes; None where none was named."""
        self._until_settled = False
        """Whether it goes on from there, as long as a run has not settled."""
        self._version = 0
        self._judge_at = 0.0
        self._measured = 0.0
        self._failure: Sentence | None = None
        self._waiting: list[commands.Command] = []
        self.snapshot: Snapshot = self._session.snapshot(0, False, 0.0)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def send(self, command: commands.Command) -> None:
        """Put a command into the inbox; returns at once."""
        self._inbox.put(command)
        if isinstance(command, commands.Adopt):
            self._newer.set()

    def stop(self, timeout: float = 1.0) -> bool:
        """Stop the thread, and wait for it no longer than that; whether it ended in time."""
        self._stopping.set()
        self.gate.open()
        self.send(commands.Stop())
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        with contextlib.suppress(Superseded):
            self._work()

    def _work(self) -> None:
        note(f"playback {describe()}")
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
            pace = self._pace if self._target is None else Pace(None, now)
            budget = pace.budget(now, seconds_per_step)
            worked = time.thread_time()
            made = self._guarded(self._advance, budget.steps) if budget.steps else 0
            after = time.perf_counter()
            if made:
                # The thread's own time: waiting for a frame or the GIL makes no step dearer, and
                # blocks that shrink for it would cost more a step, and shrink again.
                cost = (time.thread_time() - worked) / made
                seconds_per_step += 0.1 * (cost - seconds_per_step)
                self._pace = self._pace.after(made, after)
            arrived = self._target is not None and self._session.step >= self._target
            if arrived and self._until_settled and not self._session.at_rest:
                self._target, arrived = next_look(self._session.step), False
            if self._session.at_end or arrived or not self._playing:
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
        if self._target is not None:
            steps = min(steps, self._target - self._session.step)
        return self._session.advance(steps, self._breathe)

    def _take_all(self, *, block: bool) -> bool | None:
        """Carry out what waits in the inbox; None when the thread is to end."""
        batch = self._waiting
        self._waiting = []
        if block and not batch:
            batch.append(self._inbox.get())
        self._newer.clear()
        with contextlib.suppress(queue.Empty):
            while True:
                batch.append(self._inbox.get_nowait())
        if self._stopping.is_set():
            return None
        batch = _coalesced(batch)
        for place, command in enumerate(batch):
            self._failure = None
            try:
                self._guarded(self._obey, command)
            except Superseded:
                self._waiting = batch[place:]
                break
        return bool(batch)

    def _wait(self, seconds: float) -> None:
        """Rest, but wake for a command."""
        with contextlib.suppress(queue.Empty):
            self._waiting.append(self._inbox.get(timeout=seconds))

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
        if not isinstance(command, commands.Adopt | commands.SetSpeed):
            self._target, self._until_settled = None, False
        match command:
            case commands.Adopt():
                self._adopt(command)
            case commands.Play(until_settled):
                self._play()
                if until_settled:
                    self._target, self._until_settled = next_look(session.step), True
            case commands.Pause():
                self._playing = False
            case commands.TogglePlay():
                if self._playing:
                    self._playing = False
                else:
                    self._play()
            case commands.StepBy(count, seen):
                if self._playing and seen is not None and seen < session.step:
                    session.seek(seen, self._breathe)
                self._playing = False
                if count > 0:
                    session.go(session.step + count, self._breathe)
                else:
                    session.seek(session.step + count, self._breathe)
            case commands.PlayTo(step):
                session.seek(min(step, session.recorded), self._breathe)
                self._target = step
                self._playing = session.step < step and not session.at_end
            case commands.Seek(step):
                self._playing = False
                session.seek(session.recorded if step is None else step, self._breathe)
            case commands.Reset():
                self._playing = False
                self._session = Session(session.setup, session.generation)
            case commands.SetSpeed(speed):
                self._pace = Pace(speed, time.perf_counter())
            case commands.Stop():
                pass
            case _:
                assert_never(command)

    def _play(self) -> None:
        if self._session.at_end:
            self._session.seek(0, self._breathe)
        self._playing = not self._session.at_end
        self._pace = Pace(self._pace.steps_per_second, time.perf_counter())

    def _adopt(self, command: commands.Adopt) -> None:
        if command.pause:
            self._playing = False
        session = self._session
        try:
            self._session = session.adopted(
                command.setup,
                command.step,
                new_ghost=command.new_ghost,
                breathe=self._breathe if self._gave_up else self._breathe_or_give_up,
            )
        except Exception as error:  # on the way there; the setup holds all the same
            self._session = Session(command.setup, session.generation + 1)
            self._fail(error)
        self._gave_up = False

    def _breathe(self) -> None:
        self.gate.breathe()
        if self._stopping.is_set():
            raise Superseded

    def _breathe_or_give_up(self) -> None:
        self._breathe()
        if self._newer.is_set():
            self._gave_up = True
            raise Superseded

    def _publish(self, *, judge_anew: bool) -> None:
        self._version += 1
        began = time.perf_counter()
        for line in untold():
            note(line)
        try:
            self.snapshot = self._session.snapshot(
                self._version,
                self._playing,
                self._measured if self._playing else 0.0,
                self._failure,
                judge_anew=judge_anew,
                breathe=self._breathe,
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
                playing=False,
                failure=self._failure,
            )


def _coalesced(batch: Sequence[commands.Command]) -> list[commands.Command]:
    """Of consecutive setups or seeks only the last matters."""
    kept: list[commands.Command] = []
    for command in batch:
        last = kept[-1] if kept else None
        if isinstance(command, commands.Adopt) and isinstance(last, commands.Adopt):
            kept[-1] = command.after(last)
        elif isinstance(command, _SEEKS) and isinstance(last, _SEEKS):
            kept[-1] = command
        else:
            kept.append(command)
    return kept
