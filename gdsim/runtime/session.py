"""The experiment as the engine thread holds it: runs, their tapes, the cursor. No threads here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from gdsim.engine.account import Account, proceed
from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run, check_batch
from gdsim.engine.sentences import Fault, Sentence
from gdsim.engine.simulation import LaneState, Simulation, changed
from gdsim.runtime.picture import Pictures
from gdsim.runtime.snapshot import Snapshot, Track
from gdsim.runtime.tape import Tape

CATCH_UP_LIMIT = 200_000
"""A run added later catches up at once to this step; beyond it the race starts again."""

LIVE_LIMIT = 5_000
"""Up to this step a run that is started again is recomputed at once, while the user drags."""

Breathe = Callable[[], None]


class Session:
    """All runs at one cursor. A method does its work whole, or raises `Fault` and changes none."""

    def __init__(
        self,
        problem: Problem,
        tracks: Sequence[Track],
        step_limit: int,
        generation: int = 0,
    ) -> None:
        self.problem = problem
        self.step_limit = step_limit
        self.generation = generation
        for track in tracks:
            for _, run in track.changes:
                check_batch(problem, run)
        self._simulation = Simulation(problem, [track.run for track in tracks])
        self._pictures = Pictures()
        self._tapes: list[Tape] = []
        self._recorded = 0
        self._start_over([(track.key, track.changes) for track in tracks])

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
        return self.step >= self.step_limit or not self._simulation.alive.any()

    def advance(self, steps: int, breathe: Breathe | None = None) -> int:
        """Go on by at most `steps`; recorded changes of settings ahead are met again."""
        interval = min(tape.interval for tape in self._tapes)
        stop = min(self.step_limit, (self.step // interval + 1) * interval)
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
            lanes = [
                self._replayed(tape, start, lane, base)
                for tape, (start, lane) in zip(self._tapes, found, strict=True)
            ]
            self._simulation.restore(base, lanes)
        while self.step < step and self.advance(min(1024, step - self.step), breathe):
            pass

    def recover(self) -> None:
        """After a failure within a step: back to whole states, as near the cursor as they go."""
        wanted = self.step
        base = min(tape.before(wanted)[0] for tape in self._tapes)
        lanes = [self._replayed(tape, *tape.before(base), base) for tape in self._tapes]
        self._simulation.restore(base, lanes)
        with contextlib.suppress(Exception):
            while self.step < wanted and self.advance(min(1024, wanted - self.step)):
                pass
            return
        self._simulation.restore(base, lanes)

    def reset(self) -> None:
        """Every run back at its start, with its present settings from there on."""
        first = [self._simulation.first_state(run) for run in self._simulation.runs]
        self._simulation.restore(0, first)
        self._start_over([(tape.key, ()) for tape in self._tapes])

    def configure(
        self,
        key: int,
        run: Run,
        restart: bool,
        *,
        new_ghost: bool = True,
        breathe: Breathe | None = None,
    ) -> None:
        """Other settings for one run, from the cursor on, or from its start.

        Started again, the run is recomputed up to the cursor, so that its whole way can be seen to
        bend while a setting is dragged; far out (`LIVE_LIMIT`) the race goes back to step 0.
        """
        place = self._place(key)
        old = self._tapes[place]
        if restart or self.step == 0 or run.start != old.account.run.start:
            tape, lane = self._run_alone(key, run, breathe)
            trace = old.account.history.trace()
            tape.ghost = trace if new_ghost and len(trace.steps) > 1 else old.ghost
            lanes = self._simulation.lanes()
            lanes[place] = lane
            self._simulation.restore(self.step, lanes)
            self._tapes[place] = tape
            return
        lanes = self._simulation.lanes()
        lanes[place] = changed(lanes[place], run, self.step)
        self._simulation.restore(self.step, lanes)
        self._cut(self.step)
        old.change(self.step, lanes[place], self._rate(place))

    def _run_alone(
        self, key: int, run: Run, breathe: Breathe | None, limit: int = LIVE_LIMIT
    ) -> tuple[Tape, LaneState]:
        """The tape of a new run as far as the others are recorded, and its state at the cursor."""
        alone = Session(self.problem, [Track(key, run)], self._recorded)
        if self.step > limit:
            self.seek(0, breathe)
        if self._recorded > limit:
            self._cut(self.step)
            alone.step_limit = self._recorded
        while alone.step < self._recorded and alone.advance(1024, breathe):
            pass
        alone.seek(self.step, breathe)
        return alone._tapes[0], alone._simulation.lanes()[0]

    def add(self, key: int, run: Run, breathe: Breathe | None = None) -> None:
        """A further run; it catches up with the cursor."""
        tape, lane = self._run_alone(key, run, breathe, CATCH_UP_LIMIT)
        self._simulation.restore(self.step, [*self._simulation.lanes(), lane])
        self._tapes.append(tape)
        self.generation += 1

    def branch(self, parent: int, key: int, run: Run) -> None:
        """A further run from the parent's very state at the cursor, with other settings."""
        place = self._place(parent)
        lanes = self._simulation.lanes()
        lane = changed(lanes[place], run, self.step)
        tape = self._tapes[place].branched(key, self.step)
        self._simulation.restore(self.step, [*lanes, lane])
        self._cut(self.step)
        self._tapes.append(tape)
        tape.change(self.step, lane, self._rate(-1))
        self.generation += 1

    def remove(self, key: int) -> None:
        """Drop a run; the last one stays."""
        place = self._place(key)
        lanes = self._simulation.lanes()
        if len(lanes) == 1:
            raise Fault("An experiment needs at least one run.")
        del lanes[place], self._tapes[place]
        self._simulation.restore(self.step, lanes)
        self.generation += 1

    def snapshot(
        self,
        version: int,
        playing: bool,
        speed: float,
        failure: Sentence | None = None,
        *,
        obeyed: int = 0,
        judge_anew: bool = True,
        breathe: Breathe | None = None,
    ) -> Snapshot:
        """Everything that the window draws, frozen; outcomes may be those of a moment ago."""
        if judge_anew:
            self._pictures.forget()
        rates = self._simulation.rates(self.step)
        lanes = self._simulation.lanes()
        return Snapshot(
            version=version,
            generation=self.generation,
            problem=self.problem,
            step=self.step,
            recorded=self._recorded,
            step_limit=self.step_limit,
            obeyed=obeyed,
            playing=playing,
            steps_per_second=speed,
            runs=tuple(
                self._pictures.of(
                    tape,
                    lane,
                    self.step,
                    float(loss),
                    float(rate),
                    at_limit=self.step >= self.step_limit,
                    breathe=breathe,
                )
                for tape, lane, loss, rate in zip(
                    self._tapes, lanes, self._simulation.loss, rates, strict=True
                )
            ),
            failure=failure,
        )

    def _rate(self, place: int) -> float:
        """The rate of that run's next update."""
        return float(self._simulation.rates(self.step)[place])

    def _start_over(self, tapes: Sequence[tuple[int, Changes]]) -> None:
        self._recorded = 0
        block, self._tapes = self._simulation.now(), []
        lanes = self._simulation.lanes()
        for place, ((key, changes), lane) in enumerate(zip(tapes, lanes, strict=True)):
            account = Account(self.problem, lane.run, changes)
            account.take(block, place)
            self._tapes.append(Tape(key, account, lane))

    def _replayed(self, tape: Tape, start: int, lane: LaneState, step: int) -> LaneState:
        """One run's state at `step`, from its checkpoint at `start` ≤ `step`."""
        if start == step:
            return lane
        alone = Simulation(self.problem, [lane.run])
        alone.restore(start, [lane])
        while alone.step < step:
            alone.advance(min(1024, step - alone.step))
        return alone.lanes()[0]

    def _cut(self, step: int) -> None:
        """Forget what lies beyond `step`, for all runs alike, since they share one cursor."""
        if self._recorded > step:
            for tape in self._tapes:
                tape.forget_after(step)
        self._recorded = step

    def _place(self, key: int) -> int:
        for place, tape in enumerate(self._tapes):
            if tape.key == key:
                return place
        raise Fault("There is no run {key}.", key=key)
