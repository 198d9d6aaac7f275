"""The experiment as the engine thread holds it: runs, their tapes, the cursor. No threads here."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gdsim.engine.account import Account, proceed, rows_of
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import LaneState, Simulation, changed
from gdsim.experiment.setup import Setup, Track
from gdsim.runtime.picture import Pictures
from gdsim.runtime.snapshot import Snapshot
from gdsim.runtime.tape import Tape

CATCH_UP_LIMIT = 200_000
"""A run added later catches up at once to this step; beyond it the race starts again."""

LIVE_LIMIT = 5_000
"""Up to this step a run that is started again is recomputed at once, while the user drags."""

MOMENTS = 8
"""So many of the last snapshots' states are at hand, to go back to what the window shows."""

Breathe = Callable[[], None]


@dataclass
class _Way:
    """A track to be computed: up to where it goes the way of the tape at `place`, or −1."""

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
        begun: Sequence[tuple[Tape, LaneState]] = (),
    ) -> None:
        """At step 0; or at `step`, where the runs that were begun have these tapes and states."""
        self.setup = setup
        self.generation = generation
        self._simulation = Simulation(setup.problem, [track.run for track in setup.tracks])
        self._tapes = [tape for tape, _ in begun] or self._first_tapes()
        if begun:
            self._simulation.restore(step, [lane for _, lane in begun])
        self._recorded = step
        self._pictures = Pictures()
        self._moments: deque[tuple[int, list[LaneState]]] = deque(maxlen=MOMENTS)

    def _first_tapes(self) -> list[Tape]:
        block, tapes = self._simulation.now(), []
        for place, lane in enumerate(self._simulation.lanes()):
            track = self.setup.tracks[place]
            account = Account(self.setup.problem, track.run, track.changes)
            account.take(block, place)
            tapes.append(Tape(track, account, lane))
        return tapes

    @property
    def step(self) -> int:
        """The cursor."""
        return self._simulation.step

    @property
    def recorded(self) -> int:
        """The last step that was reached."""
        return self._recorded

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to play: the limit is reached or no run is left alive."""
        return self.step >= self.setup.step_limit or not self._simulation.alive.any()

    def advance(self, steps: int, breathe: Breathe | None = None) -> int:
        """Go on by at most `steps`; recorded changes of settings ahead are met again."""
        interval = min(tape.interval for tape in self._tapes)
        stop = min(self.setup.step_limit, (self.step // interval + 1) * interval)
        count = max(0, min(steps, stop - self.step))
        if not count:
            return 0
        accounts = [tape.account for tape in self._tapes]
        block = proceed(self._simulation, accounts, count, breathe)
        self._recorded = max(self._recorded, self.step)
        if self.step % interval == 0 or any(one.change_at(self.step) for one in accounts):
            for tape, lane in zip(self._tapes, self._simulation.lanes(), strict=True):
                tape.keep(self.step, lane)
        return len(block.loss)

    def seek(self, step: int, breathe: Breathe | None = None) -> None:
        """Put the cursor on `step` (0 … recorded), exactly, by replay from the last checkpoints."""
        step = max(0, min(step, self._recorded))
        if step == self.step:
            return
        found = [tape.before(step) for tape in self._tapes]
        base = min(start for start, _ in found)
        if self.step < step and base <= self.step:
            base = self.step
        else:
            found = [tape.before(base) for tape in self._tapes]
            lanes = [self._replayed(start, lane, base) for start, lane in found]
            self._simulation.restore(base, lanes)
        self.go(step, breathe)

    def recover(self) -> None:
        """After a failure within a step: back to whole states, as near the cursor as they go."""
        wanted = self.step
        base = min(tape.before(wanted)[0] for tape in self._tapes)
        lanes = [self._replayed(*tape.before(base), base) for tape in self._tapes]
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
        have beyond that is computed for it. Far out (`LIVE_LIMIT`) this would take too long while a
        setting is dragged: all go back to where they agree. A `step` puts the cursor there, and
        nothing beyond is recorded. This session itself stays as it is.
        """
        target = self.step if step is None else step
        if setup.problem is not self.setup.problem:
            other = Session(setup, self.generation + 1)
            if target <= LIVE_LIMIT:
                other.go(target, breathe)
            return other
        self._moments.append((self.step, self._simulation.lanes()))
        ways = [self._way(track) for track in setup.tracks]
        target = min([target, *(max(w.agreed, 0) for w in ways if target - w.agreed > w.far)])
        end = target if step is not None else max(target, self._recorded)
        if any(end - way.agreed > way.far for way in ways):
            end = target
        found: dict[int, tuple[Tape, LaneState]] = {}
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
            for tape, lane in zip(alone._tapes, alone._simulation.lanes(), strict=True):
                found[tape.key] = tape, lane
        self._leave_ghosts([tape for tape, _ in found.values()], end, new=new_ghost)
        generation = self.generation + (setup.keys != self.setup.keys)
        other = Session(setup, generation, target, [found[key] for key in setup.keys])
        other._recorded = end
        return other

    def _way(self, track: Track) -> _Way:
        """Whose record a track can use: its own if that is as good as another's."""
        agreed = [min(tape.track.agrees_until(track), self._recorded) for tape in self._tapes]
        own = [tape.key == track.key for tape in self._tapes]
        place = max(range(len(own)), key=lambda i: (agreed[i], own[i]))
        return _Way(track, place, agreed[place], LIVE_LIMIT if any(own) else CATCH_UP_LIMIT)

    def _kept(self, way: _Way, target: int, end: int) -> tuple[Tape, LaneState]:
        """The record of a way that is known up to `end`, and its state at `target`."""
        tape = self._tapes[way.place]
        if tape.track == way.track and end == self._recorded:
            return tape, self._lane(way.place, target)
        unchanged = self._unchanged(way.place, end)
        run = way.track.change_at(end)
        lane = unchanged if run is None else changed(unchanged, run, end)
        there = Simulation(self.setup.problem, [lane.run])
        there.restore(end, [lane])
        tape = tape.cut(way.track, end, unchanged, lane, rows_of(there.now(), 0)[0])
        return tape, lane if target == end else self._lane(way.place, target)

    def _begun(self, ways: Sequence[_Way], agreed: int, end: int) -> Session:
        """A session of these alone, at the step up to which they are known."""
        setup = Setup(self.setup.problem, tuple(way.track for way in ways), max(end, 1))
        if agreed < 0:
            return Session(setup)
        return Session(setup, 0, agreed, [self._kept(way, agreed, agreed) for way in ways])

    def _leave_ghosts(self, tapes: Sequence[Tape], end: int, *, new: bool) -> None:
        """Show beside each new record the one that it replaces, if that went another way."""
        before = {tape.key: tape for tape in self._tapes}
        for tape in tapes:
            old = before.get(tape.key, tape)
            if old is not tape:
                told = min(end, max(old.track.agrees_until(tape.track), 0))
                left = new and old.account.last > told
                tape.ghost = old.account.history.trace() if left else old.ghost

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
            self._pictures.judge_anew(playing)
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
                self._pictures.of(
                    tape,
                    lane,
                    self.step,
                    float(loss),
                    float(rate),
                    breathe,
                )
                for tape, lane, loss, rate in zip(
                    self._tapes, lanes, self._simulation.loss, rates, strict=True
                )
            ),
            failure=failure,
        )

    def _recall(self, breathe: Breathe | None) -> None:
        """Let the accounts have each step of late that judging the runs at the cursor looks at."""
        for tape in self._tapes:
            account = tape.account
            since = account.missing_from(self.step)
            if since is None:
                continue
            start, lane = tape.before(since)
            alone = Simulation(self.setup.problem, [lane.run])
            alone.restore(start, [lane])
            while alone.step < self.step and alone.alive[0]:
                proceed(alone, [account], min(1024, self.step - alone.step), breathe)

    def _unchanged(self, place: int, step: int) -> LaneState:
        """One run's state at a recorded step, as it was before what is changed there."""
        tape = self._tapes[place]
        if tape.track.change_at(step) is None:
            return self._lane(place, step)
        known = tape.unchanged.get(step)
        return known if known is not None else self._replayed(*tape.before(step - 1), step)

    def _lane(self, place: int, step: int) -> LaneState:
        """One run's state at a recorded step."""
        shown = next((lanes for at, lanes in self._moments if at == step), None)
        if shown is not None:
            return shown[place]
        return self._replayed(*self._tapes[place].before(step), step)

    def _replayed(self, start: int, lane: LaneState, step: int) -> LaneState:
        """One run's state at `step`, from its checkpoint at `start` ≤ `step`."""
        if start == step:
            return lane
        alone = Simulation(self.setup.problem, [lane.run])
        alone.restore(start, [lane])
        while alone.step < step:
            alone.advance(min(1024, step - alone.step))
        return alone.lanes()[0]
