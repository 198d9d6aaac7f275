"""What the window is shown of a run: where it is, what was recorded of it, and how it is doing."""

from __future__ import annotations

from collections.abc import Callable

from gdsim.engine.account import LEAST
from gdsim.engine.diagnosis import curvature_at, explain_rate
from gdsim.engine.outcome import Outcome
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import LaneState
from gdsim.engine.verdict import verdict_at
from gdsim.runtime.snapshot import RunSnapshot
from gdsim.runtime.tape import Tape

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


class Pictures:
    """Makes the snapshots of runs; outcomes may be those of a moment ago."""

    def __init__(self) -> None:
        self._judged: dict[int, Said] = {}
        self._steady = Steady()
        self._playing = False

    def judge_anew(self, playing: bool) -> None:
        """Judge every run anew in its next snapshot; words are held back while playing only."""
        self._judged.clear()
        self._playing = playing

    def of(
        self,
        tape: Tape,
        lane: LaneState,
        step: int,
        loss: float,
        rate: float,
        breathe: Callable[[], None] | None,
    ) -> RunSnapshot:
        """One run at the cursor `step`."""
        if breathe is not None:
            breathe()
        account = tape.account
        gradient = account.problem.gradient_at(lane.theta)
        theta = lane.theta
        theta.flags.writeable = gradient.flags.writeable = False
        if tape.key not in self._judged:
            found = _judged(tape, lane, step, rate)
            say = self._steady.say if self._playing and lane.alive else self._steady.at_once
            self._judged[tape.key] = say(tape.key, step, found)
        outcome, verdict = self._judged[tape.key]
        return RunSnapshot(
            key=tape.key,
            run=lane.run,
            theta=theta,
            gradient=gradient,
            loss=loss,
            rate=rate,
            step=min(step, account.last),
            alive=lane.alive,
            outcome=outcome,
            verdict=verdict,
            trace=account.history.trace(),
            ghost=tape.ghost,
            track=tape.track,
            state={k: v[:, 0] for k, v in (lane.state or {}).items() if k != "scratch"},
        )


def _judged(tape: Tape, lane: LaneState, step: int, rate: float) -> Said:
    found = verdict_at(tape.account, step)
    if found.outcome is Outcome.READY:
        here = curvature_at(tape.account.problem, lane.theta)
        return found.outcome, explain_rate(lane.run, here, rate)
    return found.outcome, found.sentence
