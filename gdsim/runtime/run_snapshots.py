"""Runs as they are shown: where they are, what was recorded of them, and how they are doing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gdsim.engine.account import LEAST, Account
from gdsim.engine.arrays import Array
from gdsim.engine.forecast import forecast
from gdsim.engine.held_out import BUDGET, HeldLoss, held_loss, held_told
from gdsim.engine.history import LOSS, RATE, THETA, Trace
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import Problem
from gdsim.engine.remedies import ASKING, Remedy, remedies_of
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import LaneState
from gdsim.engine.verdict import verdict_at
from gdsim.experiment.setup import Track
from gdsim.runtime.recording import Recording
from gdsim.runtime.snapshot import RunSnapshot, Snapshot

Said = tuple[Outcome, Sentence]


class Steady:
    """Keeps the words of playing runs from flickering: a new one is said once it has held.

    It has when it has been the run's for max(16, k/5) steps at step k.
    """

    def __init__(self) -> None:
        self._said: dict[int, Said] = {}
        self._since: dict[int, tuple[Outcome, int]] = {}
        """The word that waits, and the step at which it was first seen."""

    def say(self, key: int, step: int, found: Said) -> Said:
        """What to say of a run at `step`, where `found` is its outcome."""
        outcome, said = found[0], self._said.get(key)
        if said is None or said[0] in (outcome, Outcome.READY):
            return self.at_once(key, step, found)
        waits, since = self._since.get(key, (outcome, step))
        if waits is not outcome or step < since:
            waits, since = outcome, step
        if step - since >= max(LEAST, step / 5):
            return self.at_once(key, step, found)
        self._since[key] = waits, since
        return said

    def at_once(self, key: int, step: int, found: Said) -> Said:
        """Say that at once."""
        self._said[key] = found
        self._since.pop(key, None)
        return found


class RunSnapshots:
    """Makes the snapshots of runs; outcomes may be those of a moment ago."""

    def __init__(self) -> None:
        self._judged: dict[int, Said] = {}
        self._remedied: dict[int, tuple[tuple[Problem, Run, int, Outcome], tuple[Remedy, ...]]] = {}
        self._held: dict[int, HeldLoss] = {}
        self._steady = Steady()
        self._playing = False

    def judge_anew(self, playing: bool) -> None:
        """Judge every run anew in its next snapshot; words are held back while playing only."""
        self._judged.clear()
        self._playing = playing

    def of(
        self,
        recording: Recording,
        lane: LaneState,
        step: int,
        loss: float,
        rate: float,
        limit: int,
        breathe: Callable[[], None] | None,
    ) -> RunSnapshot:
        """One run at the cursor `step`, in an experiment of `limit` steps."""
        if breathe is not None:
            breathe()
        account = recording.account
        gradient = account.problem.gradient_at(lane.theta)
        theta = lane.theta
        theta.flags.writeable = gradient.flags.writeable = False
        if recording.key not in self._judged:
            found = _judged(recording, lane, step, limit)
            say = self._steady.say if self._playing and lane.alive else self._steady.at_once
            self._judged[recording.key] = say(recording.key, step, found)
        outcome, verdict = self._judged[recording.key]
        trace = account.history.trace()
        held, held_verdict = self._held_back(recording, trace, lane.theta, step)
        return RunSnapshot(
            key=recording.key,
            run=lane.run,
            theta=theta,
            gradient=gradient,
            loss=loss,
            rate=rate,
            step=min(step, account.last),
            alive=lane.alive,
            outcome=outcome,
            verdict=verdict,
            trace=trace,
            ghost=recording.ghost,
            remedies=self._remedies(recording, lane.run, outcome, limit, breathe),
            track=recording.track,
            state={k: v[:, 0] for k, v in (lane.state or {}).items() if k != "scratch"},
            lane=lane if lane.alive else None,
            held=held,
            held_verdict=held_verdict,
        )

    def _held_back(
        self, recording: Recording, trace: Trace, theta: Array, step: int
    ) -> tuple[HeldLoss | None, Sentence | None]:
        """The loss on samples that are held back, as far as a picture's time allows."""
        problem, key = recording.account.problem, recording.key
        if not len(problem.held):
            return None, None
        held = self._held[key] = held_loss(problem, trace, self._held.get(key), BUDGET)
        return held, held_told(problem, theta, held, trace, step)

    def _remedies(
        self,
        recording: Recording,
        run: Run,
        outcome: Outcome,
        limit: int,
        breathe: Callable[[], None] | None,
    ) -> tuple[Remedy, ...]:
        """What would help a run that is away; tried once for its settings."""
        if outcome not in ASKING:
            return ()
        problem, key = recording.account.problem, recording.key
        asked = problem, replace(run, start=recording.account.run.start), limit, outcome
        known = self._remedied.get(key)
        if known is None or known[0] != asked:
            known = self._remedied[key] = asked, remedies_of(*asked, breathe)
        return known[1]


def _judged(recording: Recording, lane: LaneState, step: int, limit: int) -> Said:
    found = verdict_at(recording.account, step)
    if found.outcome is Outcome.READY:
        return found.outcome, forecast(recording.account.problem, lane.run, lane.theta, limit)
    return found.outcome, found.sentence


def snapshot_of(accounts: Sequence[Account], steps: int) -> Snapshot:
    """The end of runs without a window, as a view shows it; each at its last finite state."""
    return Snapshot(
        version=0, generation=0, problem=accounts[0].problem, step=steps, recorded=steps,
        step_limit=steps, playing=False, steps_per_second=0.0,
        runs=tuple(_at_end(lane, account, steps) for lane, account in enumerate(accounts)),
    )  # fmt: skip


def _at_end(key: int, account: Account, steps: int) -> RunSnapshot:
    theta, loss = account.last_row[THETA:].copy(), float(account.last_row[LOSS])
    gradient = account.problem.gradient_at(theta)
    theta.flags.writeable = gradient.flags.writeable = False
    found = verdict_at(account, steps)
    return RunSnapshot(
        key=key,
        run=replace(account.run_at(account.last), start=account.run.start),
        theta=theta,
        gradient=gradient,
        loss=loss,
        rate=float(account.last_row[RATE]),
        step=account.last,
        alive=account.ended_at is None,
        outcome=found.outcome,
        verdict=found.sentence,
        trace=account.history.trace(),
        track=Track(key, account.run, account.changes),
    )
