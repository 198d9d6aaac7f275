"""The experiment as the engine thread holds it: recordings of runs, the cursor. No threads here."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gdsim.engine.account import Account, proceed, rows_of
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import LaneState, Simulation, changed
from gdsim.experiment.setup import Setup, Track
from gdsim.experiment.trajectories import all_at_rest
from gdsim.runtime.recording import Recording
from gdsim.runtime.run_snapshots import RunSnapshots
from gdsim.runtime.snapshot import Snapshot

CATCH_UP_LIMIT = 200_000
"""A run added later catches up at once to this step; beyond it the race starts again."""

LIVE_SECONDS = 0.15
"""What takes no longer is computed anew at once where a run is started again, as in a drag."""
LEAST_LIVE = 5_000
"""Steps that are computed anew at once, however long they take."""

MEASURED = 256
"""Steps of a block from which on its time tells what a step costs."""

MOMENTS = 8
"""So many of the last snapshots' states are at hand, to go back to what the window shows."""

Breathe = Callable[[], None]


@dataclass
class _Way:
    """A track to be computed: up to where it goes the way of the recording at `place`, or −1."""

    track: Track
    place: int
    agreed: int
    far: int
    """So many steps are computed at once."""


class Session:
    """All runs of a setup at one cursor, and what was recorded of them."""

    def __init__(
        self,
        setup: Setup,
        generation: int = 0,
        step: int = 0,
        begun: Sequence[tuple[Recording, LaneState]] = (),
    ) -> None:
        """At step 0; or at `step`, where the runs that were begun are recorded and have a state."""
        self.setup = setup
        self.generation = generation
        if begun:
            lanes = [lane for _, lane in begun]
            self._simulation = Simulation.resumed(setup.problem, step, lanes)
        else:
            self._simulation = Simulation(setup.problem, [track.run for track in setup.tracks])
        self._recordings = [recording for recording, _ in begun] or self._first_recordings()
        self._recorded = step
        self._cost = 0.0
        """Seconds of the thread's own that a step of all runs takes; 0 where it is not known."""
        self._run_snapshots = RunSnapshots()
        self._moments: deque[tuple[int, list[LaneState]]] = deque(maxlen=MOMENTS)

    def _first_recordings(self) -> list[Recording]:
        block, recordings = self._simulation.now(), []
        for place, lane in enumerate(self._simulation.lanes()):
            track = self.setup.tracks[place]
            account = Account(self.setup.problem, track.run, track.changes)
            account.take(block, place)
            recordings.append(Recording(track, account, lane))
        return recordings

    @property
    def step(self) -> int:
        """The cursor."""
        return self._simulation.step

    @property
    def recorded(self) -> int:
        """The last step that was reached."""
        return self._recorded

    @property
    def live_limit(self) -> int:
        """The last step to which runs are computed anew at once, by what steps have cost so far."""
        affordable = LIVE_SECONDS / self._cost if self._cost else LEAST_LIVE
        return int(min(max(affordable, LEAST_LIVE), CATCH_UP_LIMIT))

    @property
    def at_rest(self) -> bool:
        """Whether every run has settled or stands still where it is."""
        return all_at_rest([recording.account for recording in self._recordings], self.step)

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to play: the limit is reached or no run is left alive."""
        return self.step >= self.setup.step_limit or not self._simulation.alive.any()

    def advance(self, steps: int, breathe: Breathe | None = None) -> int:
        """Go on by at most `steps`; recorded changes of settings ahead are met again."""
        interval = min(recording.interval for recording in self._recordings)
        stop = min(self.setup.step_limit, (self.step // interval + 1) * interval)
        count = max(0, min(steps, stop - self.step))
        if not count:
            return 0
        accounts = [recording.account for recording in self._recordings]
        began = time.thread_time()
        block = proceed(self._simulation, accounts, count, breathe)
        if count >= MEASURED:
            self._cost = (time.thread_time() - began) / count
        self._recorded = max(self._recorded, self.step)
        if self.step % interval == 0 or any(one.change_at(self.step) for one in accounts):
            for recording, lane in zip(self._recordings, self._simulation.lanes(), strict=True):
                recording.keep(self.step, lane)
        return len(block.loss)

    def seek(self, step: int, breathe: Breathe | None = None) -> None:
        """Put the cursor on `step` (0 … recorded), exactly, by replay from the last checkpoints."""
        step = max(0, min(step, self._recorded))
        if step == self.step:
            return
        found = [recording.before(step) for recording in self._recordings]
        base = min(start for start, _ in found)
        if self.step < step and base <= self.step:
            base = self.step
        else:
            found = [recording.before(base) for recording in self._recordings]
            lanes = [self._replayed(start, lane, base) for start, lane in found]
            self._simulation.restore(base, lanes)
        self.go(step, breathe)

    def recover(self) -> None:
        """After a failure within a step: back to whole states, as near the cursor as they go."""
        wanted = self.step
        base = min(recording.before(wanted)[0] for recording in self._recordings)
        lanes = [self._replayed(*recording.before(base), base) for recording in self._recordings]
        self._simulation.restore(base, lanes)
        with contextlib.suppress(Exception):
            self.go(wanted)
            return
        self._simulation.restore(base, lanes)

    def go(self, step: int, breathe: Breathe | None = None) -> None:
        """On to `step`, or as far as the limit lets."""
        while self.step < step and self.advance(min(1024, step - self.step), breathe):
            pass

    def adopted(
        self,
        setup: Setup,
        step: int | None = None,
        *,
        new_ghost: bool = True,
        breathe: Breathe | None = None,
    ) -> Session:
        """The session of another setup, with as little computed anew as can be.

        A run keeps its record as far as its track agrees with one that was there; what the others
        have beyond that is computed for it. Far out (`live_limit`) this would take too long while a
        setting is dragged: all go back to where they agree. A `step` puts the cursor there, and
        nothing beyond is recorded. This session itself stays as it is.
        """
        target = self.step if step is None else step
        if setup.problem is not self.setup.problem:
            other = Session(setup, self.generation + 1)
            if target <= LEAST_LIVE:  # what its steps cost is not known
                other.go(target, breathe)
            return other
        self._moments.append((self.step, self._simulation.lanes()))
        ways = [self._way(track) for track in setup.tracks]
        target = min([target, *(max(w.agreed, 0) for w in ways if target - w.agreed > w.far)])
        end = target if step is not None else max(target, self._recorded)
        if any(end - way.agreed > way.far for way in ways):
            end = target
        found: dict[int, tuple[Recording, LaneState]] = {}
        anew: dict[int, list[_Way]] = {}
        for way in ways:
            if way.agreed < end:
                anew.setdefault(way.agreed, []).append(way)
            else:
                found[way.track.key] = self._kept(way, target, end)
        for agreed, some in anew.items():
            alone = self._begun(some, agreed, end)
            alone.go(end, breathe)
            alone.seek(target, breathe)
            for recording, lane in zip(alone._recordings, alone._simulation.lanes(), strict=True):
                found[recording.key] = recording, lane
        self._leave_ghosts([recording for recording, _ in found.values()], end, new=new_ghost)
        generation = self.generation + (setup.keys != self.setup.keys)
        other = Session(setup, generation, target, [found[key] for key in setup.keys])
        other._cost = self._cost
        other._recorded = end
        return other

    def _way(self, track: Track) -> _Way:
        """Whose record a track can use: its own if that is as good as another's."""
        agreed = [
            min(recording.track.agrees_until(track), self._recorded)
            for recording in self._recordings
        ]
        own = [recording.key == track.key for recording in self._recordings]
        place = max(range(len(own)), key=lambda i: (agreed[i], own[i]))
        return _Way(track, place, agreed[place], self.live_limit if any(own) else CATCH_UP_LIMIT)

    def _kept(self, way: _Way, target: int, end: int) -> tuple[Recording, LaneState]:
        """The record of a way that is known up to `end`, and its state at `target`."""
        recording = self._recordings[way.place]
        if recording.track == way.track and end == self._recorded:
            return recording, self._lane(way.place, target)
        unchanged = self._unchanged(way.place, end)
        run = way.track.change_at(end)
        lane = unchanged if run is None else changed(unchanged, run, end)
        there = Simulation.resumed(self.setup.problem, end, [lane])
        recording = recording.cut(way.track, end, unchanged, lane, rows_of(there.now(), 0)[0])
        return recording, lane if target == end else self._lane(way.place, target)

    def _begun(self, ways: Sequence[_Way], agreed: int, end: int) -> Session:
        """A session of these alone, at the step up to which they are known."""
        setup = Setup(self.setup.problem, tuple(way.track for way in ways), max(end, 1))
        if agreed < 0:
            return Session(setup)
        return Session(setup, 0, agreed, [self._kept(way, agreed, agreed) for way in ways])

    def _leave_ghosts(self, recordings: Sequence[Recording], end: int, *, new: bool) -> None:
        """Show beside each new record the one that it replaces, if that went another way."""
        before = {recording.key: recording for recording in self._recordings}
        for recording in recordings:
            old = before.get(recording.key, recording)
            if old is not recording:
                told = min(end, max(old.track.agrees_until(recording.track), 0))
                left = new and old.account.last > told
                recording.ghost = old.account.history.trace() if left else old.ghost

    def snapshot(
        self,
        version: int,
        playing: bool,
        speed: float,
        failure: Sentence | None = None,
        *,
        judge_anew: bool = True,
        breathe: Breathe | None = None,
    ) -> Snapshot:
        """Everything that the window draws, frozen; outcomes may be those of a moment ago."""
        if judge_anew:
            self._recall(breathe)
            self._run_snapshots.judge_anew(playing)
        rates = self._simulation.rates(self.step)
        lanes = self._simulation.lanes()
        self._moments.append((self.step, lanes))
        return Snapshot(
            version=version,
            generation=self.generation,
            problem=self.setup.problem,
            step=self.step,
            recorded=self._recorded,
            step_limit=self.setup.step_limit,
            playing=playing,
            steps_per_second=speed,
            runs=tuple(
                self._run_snapshots.of(
                    recording,
                    lane,
                    self.step,
                    float(loss),
                    float(rate),
                    self.setup.step_limit,
                    breathe,
                )
                for recording, lane, loss, rate in zip(
                    self._recordings, lanes, self._simulation.loss, rates, strict=True
                )
            ),
            failure=failure,
        )

    def _recall(self, breathe: Breathe | None) -> None:
        """Let the accounts have each step of late that judging the runs at the cursor looks at."""
        for recording in self._recordings:
            account = recording.account
            since = account.missing_from(self.step)
            if since is None:
                continue
            start, lane = recording.before(since)
            alone = Simulation.resumed(self.setup.problem, start, [lane])
            while alone.step < self.step and alone.alive[0]:
                proceed(alone, [account], min(1024, self.step - alone.step), breathe)

    def _unchanged(self, place: int, step: int) -> LaneState:
        """One run's state at a recorded step, as it was before what is changed there."""
        recording = self._recordings[place]
        if recording.track.change_at(step) is None:
            return self._lane(place, step)
        known = recording.unchanged.get(step)
        return known if known is not None else self._replayed(*recording.before(step - 1), step)

    def _lane(self, place: int, step: int) -> LaneState:
        """One run's state at a recorded step."""
        shown = next((lanes for at, lanes in self._moments if at == step), None)
        if shown is not None:
            return shown[place]
        return self._replayed(*self._recordings[place].before(step), step)

    def _replayed(self, start: int, lane: LaneState, step: int) -> LaneState:
        """One run's state at `step`, from its checkpoint at `start` ≤ `step`."""
        if start == step:
            return lane
        alone = Simulation.resumed(self.setup.problem, start, [lane])
        while alone.step < step:
            alone.advance(min(1024, step - alone.step))
        return alone.lanes()[0]
