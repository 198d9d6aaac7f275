"""Deterministic stepping of any number of runs on one problem.

Runs that share optimizer, formula and batch size form a group and are stepped together as lanes;
groups take turns. What a step does depends on its number and the runs' settings alone, never on
how many steps are asked for at once, so playing, pausing and seeking change no bit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices
from gdsim.engine.group import Clips, Group, Scheduled
from gdsim.engine.optimizers import State
from gdsim.engine.problems import Problem
from gdsim.engine.replay.losses import losses_of
from gdsim.engine.run import Run, check_batch
from gdsim.engine.sampling import Sampler
from gdsim.engine.sentences import Fault


@dataclass(frozen=True)
class Block:
    """What a call of `advance` recorded: row i is the state after update `first + i`.

    `theta` is (rows, parameters, runs), `loss` and `rate` (rows, runs); `rate` is the one that the
    next update uses. Of run r the first `count[r]` rows are finite: there it ended, and what
    follows is what a framework would go on to.
    """

    first: int
    theta: Array
    loss: Array
    rate: Array
    count: Indices


@dataclass(frozen=True)
class LaneState:
    """Everything that decides the steps of one run to come; never changed once made.

    `theta` is (parameters,); `state` holds the optimizer's arrays, each with one lane as its last
    axis, or None for a fresh start; `birth` is the step before the optimizer's first update.
    `memory` is what a schedule that watches the loss remembers of it. A run that has ended is not
    `alive`: its next step, or its start, is not finite.
    """

    run: Run
    theta: Array
    alive: bool
    birth: int = 0
    state: State | None = None
    memory: Any = None


class Simulation:
    """All runs of an experiment, at one common step."""

    def __init__(self, problem: Problem, runs: Sequence[Run], *, stop_ended: bool = True) -> None:
        """`stop_ended` False lets runs go on into inf and nan, as a framework does."""
        self.problem = problem
        self.stop_ended = stop_ended
        self.restore(0, [self.first_state(run) for run in runs])

    @classmethod
    def resumed(cls, problem: Problem, step: int, lanes: Sequence[LaneState]) -> Simulation:
        """The runs given by `lanes`, at `step`."""
        made = cls.__new__(cls)
        made.problem, made.stop_ended = problem, True
        made.restore(step, lanes)
        return made

    def first_state(self, run: Run) -> LaneState:
        """The state of `run` at step 0."""
        theta = np.array(run.start, dtype=np.float64)
        return LaneState(run, theta, bool(np.isfinite(self.problem.loss_at(theta))))

    def restore(self, step: int, lanes: Sequence[LaneState]) -> None:
        """Put the runs given by `lanes` at `step`; runs may be added and removed by it."""
        if not lanes:
            raise Fault("An experiment needs at least one run.")
        for lane in lanes:
            check_batch(self.problem, lane.run)
        self.step = step
        self.runs = tuple(lane.run for lane in lanes)
        self.theta: Array = np.stack([lane.theta for lane in lanes], axis=1)
        self.alive: Flags = np.array([lane.alive for lane in lanes])
        self.births: Indices = np.array([lane.birth for lane in lanes], dtype=np.int64)
        self._memories = [lane.memory for lane in lanes]
        with np.errstate(all="ignore"):
            self.loss: Array = self.problem.loss(self.theta)
        self._regroup([lane.state for lane in lanes])

    def lanes(self) -> list[LaneState]:
        """A copy of each run's state, from which `restore` goes on bit for bit."""
        rows = zip(
            self.runs, self.theta.T, self.alive, self.births, self._lane_states(), self._memories,
            strict=True,
        )  # fmt: skip
        return [
            LaneState(run, theta.copy(), bool(alive), int(birth), state, memory)
            for run, theta, alive, birth, state, memory in rows
        ]

    def take_up(self, runs: Mapping[int, Run]) -> None:
        """Other settings from here on for the runs at these places."""
        lanes = self.lanes()
        for place, run in runs.items():
            lanes[place] = changed(lanes[place], run, self.step)
        self.restore(self.step, lanes)

    def now(self) -> Block:
        """The present state of every run, as a block of one row."""
        return Block(
            self.step, self.theta[None].copy(), self.loss[None].copy(),
            self.rates(self.step)[None], self.alive.astype(np.int64),
        )  # fmt: skip

    def advance(self, steps: int, breathe: Callable[[], None] | None = None) -> Block:
        """Make `steps` updates of every run that is alive; return what was recorded.

        `breathe` is called every few steps, so that a thread can let others run.
        """
        count, runs = steps, len(self.runs)
        first = self.step + 1
        theta = np.empty((count, len(self.problem.parameters), runs))
        rate = np.zeros((count + 1, runs))
        valid = np.zeros(runs, dtype=np.int64)
        theta[:] = self.theta
        before = self.theta.copy(), self.loss
        loss = np.empty((count, runs))
        still = np.ones(runs, dtype=np.bool_)
        with np.errstate(all="ignore"):
            for lanes, group, state in self._groups:
                rates = np.empty((count + 1, len(lanes)))
                record = np.empty((count, theta.shape[1], len(lanes)))
                current = np.ascontiguousarray(self.theta[:, lanes])
                losses = np.empty((count, len(lanes)))
                known = group.advance(current, state, self.step, record, rates, losses, breathe)
                if known:
                    losses[known:] = losses_of(self.problem, record[known:])
                    loss[:, lanes] = losses
                    still[lanes] = False
                rate[:, lanes] = rates
                theta[:, :, lanes] = record
                self.theta[:, lanes] = current
                valid[lanes] = np.where(self.alive[lanes], count, 0)
                for lane, memory in zip(lanes, group.memories, strict=True):
                    self._memories[lane] = memory
                if breathe is not None:
                    breathe()
            if still.any():
                loss[:, still] = losses_of(self.problem, theta[:, :, still])
        self.step += count
        block = Block(first, theta, loss, rate[1:], valid)
        self._settle(block, before)
        return block

    def rates(self, step: int) -> Array:
        """The rate that each run's update from `step` uses: (runs,).

        Schedules that watch the loss know it at the present step only.
        """
        number = np.array([step])
        rates = []
        for run, memory, loss in zip(self.runs, self._memories, self.loss, strict=True):
            schedule, base = run.rate_schedule, run.learning_rate
            if schedule.watches_loss:
                rates.append(schedule.watch(memory, base, float(loss))[0])
            else:
                rates.append(float(schedule.rate(base, number)[0]))
        return np.array(rates)

    def _settle(self, block: Block, before: tuple[Array, Array]) -> None:
        """Find the runs that ended within the block and stop them at their last finite row.

        `before` are θ and the loss where the block began.
        """
        loss = block.loss
        if not len(loss):
            return
        self.loss = loss[-1].copy()
        # θ that is not finite never is so again, a loss may be: it is looked at in every row.
        whole = np.isfinite(loss)
        if whole.all() and np.isfinite(block.theta[-1]).all():
            return
        whole &= np.isfinite(block.theta).all(axis=1)
        ended = np.flatnonzero(~whole.all(axis=0) & self.alive)
        if not len(ended):
            return
        states = self._lane_states()
        for lane in ended.tolist():
            count = int(np.argmin(whole[:, lane]))
            block.count[lane] = count
            self.alive[lane] = False
            if self.stop_ended:
                row = count - 1
                self.theta[:, lane] = block.theta[row, :, lane] if count else before[0][:, lane]
                self.loss[lane] = loss[row, lane] if count else before[1][lane]
        if self.stop_ended:
            self._regroup(states)

    def _lane_states(self) -> list[State | None]:
        """The state of each run as arrays of one lane."""
        states: list[State | None] = [None] * len(self.runs)
        for lanes, _, state in self._groups:
            for place, lane in enumerate(lanes):
                states[lane] = {k: v[..., place : place + 1].copy() for k, v in state.items()}
        return states

    def _regroup(self, states: Sequence[State | None]) -> None:
        """Sort the living runs into groups, carrying each run's state along."""
        self._groups: list[tuple[Indices, Group, State]] = []
        keys: dict[Hashable, list[int]] = {}
        for lane, run in enumerate(self.runs):
            if self.alive[lane] or not self.stop_ended:
                keys.setdefault(_key(self.problem, run), []).append(lane)
        for members in keys.values():
            lanes = np.array(members, dtype=np.int64)
            self.births[[lane for lane in members if states[lane] is None]] = self.step
            group = _group(self.problem, [self.runs[lane] for lane in members], self.births[lanes])
            group.memories = [self._memories[lane] for lane in members]
            state = group.optimizer.init(np.ascontiguousarray(self.theta[:, lanes]))
            for place, lane in enumerate(members):
                # What a changed setting brings in anew starts afresh, what it drops is dropped.
                for key, value in (states[lane] or {}).items():
                    if key in state:
                        state[key][..., place] = value[..., 0]
            self._groups.append((lanes, group, state))


def _key(problem: Problem, run: Run) -> Hashable:
    """What runs must agree in to be stepped together; all else is a number for each lane."""
    return (
        run.family,
        run.method.variant(),
        run.batch_size_for(problem),
        run.sampling.sampling == "random",  # its last batch of an epoch is as long as the others
        run.rate_schedule.watches_loss,
        bool(run.clipping.clip_norm),
        bool(run.clipping.clip_value),
    )


def _group(problem: Problem, runs: Sequence[Run], births: Indices) -> Group:
    """Runs of one `_key` as a group."""
    batch = runs[0].batch_size_for(problem)
    return Group(
        problem,
        runs[0].family([run.settings for run in runs]),
        [Scheduled(run.rate_schedule, run.learning_rate, lane) for lane, run in enumerate(runs)],
        Clips.of([run.clipping for run in runs]),
        births,
        [
            (Sampler(problem, run.sampling, batch), np.array([lane]))
            for lane, run in enumerate(runs if batch else ())
        ],
    )


def following(problem: Problem, lane: LaneState, step: int) -> LaneState:
    """The same run after its update from `step`."""
    alone = Simulation.resumed(problem, step, [lane])
    alone.advance(1)
    return alone.lanes()[0]


def changed(lane: LaneState, run: Run, step: int) -> LaneState:
    """The same point under other settings from `step` on.

    Another optimizer starts afresh, and so does what another schedule remembers of the loss.
    """
    same = lane.run.optimizer == run.optimizer
    watched = (lane.run.schedule, lane.run.schedule_settings)
    return replace(
        lane,
        run=run,
        state=lane.state if same else None,
        birth=lane.birth if same else step,
        memory=lane.memory if watched == (run.schedule, run.schedule_settings) else None,
    )
