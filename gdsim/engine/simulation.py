"""Deterministic stepping of any number of runs on one problem.

Runs that share optimizer, formula and batch size form a group and are stepped together as lanes;
groups take turns. What a step does depends on its number and the runs' settings alone, never on
how many steps are asked for at once, so playing, pausing and seeking change no bit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices
from gdsim.engine.group import Clips, Group, Plan
from gdsim.engine.optimizers import State
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run, check_batch
from gdsim.engine.sampling import Sampler
from gdsim.engine.sentences import Fault, Sentence

DIVERGED_GROWTH = 1e6
"""A loss this many times its start (or than 1, if that is more) is called diverged."""


@dataclass(frozen=True)
class Block:
    """What a call of `advance` recorded: row i is the state after update `first + i`.

    `theta` is (rows, parameters, runs), `loss` and `rate` (rows, runs); `rate` is the one that the
    next update uses. `count[r]` rows are valid for run r (fewer where it diverged).
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
    `memory` is what a schedule that watches the loss remembers of it. `trouble` says why the loss
    has no value where the run's next step would be.
    """

    run: Run
    theta: Array
    alive: bool
    start_loss: float
    birth: int = 0
    state: State | None = None
    memory: Any = None
    trouble: Sentence | None = None


class Simulation:
    """All runs of an experiment, at one common step."""

    def __init__(
        self, problem: Problem, runs: Sequence[Run], *, stop_diverged: bool = True
    ) -> None:
        """`stop_diverged` False lets a diverged run go on into inf and nan, as a framework does."""
        self.problem = problem
        self.stop_diverged = stop_diverged
        self.restore(0, [self.first_state(run) for run in runs])

    def first_state(self, run: Run) -> LaneState:
        """The state of `run` at step 0."""
        theta = np.array(run.start, dtype=np.float64)
        loss = self.problem.loss_at(theta)
        finite = bool(np.isfinite(loss))
        trouble = None if finite else self.problem.trouble_at(theta)
        return LaneState(run, theta, finite, loss, trouble=trouble)

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
        self.start_loss: Array = np.array([lane.start_loss for lane in lanes])
        self.births: Indices = np.array([lane.birth for lane in lanes], dtype=np.int64)
        self._memories = [lane.memory for lane in lanes]
        self._troubles = [lane.trouble for lane in lanes]
        with np.errstate(all="ignore"):
            self.loss: Array = self.problem.loss(self.theta)
        self._regroup([lane.state for lane in lanes])

    def lanes(self) -> list[LaneState]:
        """A copy of each run's state, from which `restore` goes on bit for bit."""
        rows = zip(
            self.runs, self.theta.T, self.alive, self.start_loss, self.births, self._lane_states(),
            self._memories, self._troubles, strict=True,
        )  # fmt: skip
        return [
            LaneState(
                run,
                theta.copy(),
                bool(alive),
                float(start_loss),
                int(birth),
                state,
                memory,
                trouble,
            )
            for run, theta, alive, start_loss, birth, state, memory, trouble in rows
        ]

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
        with np.errstate(all="ignore"):
            for lanes, group, state in self._groups:
                rates = np.empty((count + 1, len(lanes)))
                record = np.empty((count, theta.shape[1], len(lanes)))
                current = np.ascontiguousarray(self.theta[:, lanes])
                group.advance(current, state, self.step, count, record, rates, breathe)
                rate[:, lanes] = rates
                theta[:, :, lanes] = record
                self.theta[:, lanes] = current
                valid[lanes] = count
                for lane, memory in zip(lanes, group.memories, strict=True):
                    self._memories[lane] = memory
                if breathe is not None:
                    breathe()
            loss = self._losses(theta)
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

    def _losses(self, theta: Array) -> Array:
        rows, parameters, runs = theta.shape
        flat = theta.transpose(1, 0, 2).reshape(parameters, rows * runs)
        return self.problem.loss(flat).reshape(rows, runs)

    def _settle(self, block: Block, before: tuple[Array, Array]) -> None:
        """Find the runs that diverged within the block and stop them at their last finite row.

        `before` are θ and the loss where the block began.
        """
        loss = block.loss
        rows = len(loss)
        if not rows:
            return
        self.loss = loss[-1].copy()
        limit = DIVERGED_GROWTH * np.maximum(self.start_loss, 1.0)
        with np.errstate(invalid="ignore"):
            bad = ~(loss <= limit) & (block.count > 0)
        if not bad.any() or not self.stop_diverged:
            return
        states = self._lane_states()
        for lane in np.flatnonzero(bad.any(axis=0)):
            row = int(np.argmax(bad[:, lane]))
            # The row that crossed the limit is kept while it is finite: it tells the story.
            finite = bool(
                np.isfinite(loss[row, lane]) & np.isfinite(block.theta[row, :, lane]).all()
            )
            last = row if finite else row - 1
            block.count[lane] = last + 1
            self.alive[lane] = False
            kept = block.theta[last, :, lane] if last >= 0 else before[0][:, lane]
            self.theta[:, lane] = kept
            self.loss[lane] = loss[last, lane] if last >= 0 else before[1][lane]
            if not finite:
                self._troubles[lane] = self._trouble(block.theta[row, :, lane], kept)
        self._regroup(states)

    def _trouble(self, theta: Array, before: Array) -> Sentence | None:
        """Why there is no going on to θ, or from the point before it if θ itself is none."""
        return self.problem.trouble_at(theta if np.isfinite(theta).all() else before)

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
            if self.alive[lane] or not self.stop_diverged:
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
        run.optimizer,
        run.family.variant(run.settings),
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
        [Plan(run.rate_schedule, run.learning_rate, lane) for lane, run in enumerate(runs)],
        Clips.of([run.clipping for run in runs]),
        births,
        [
            (Sampler(problem, run.sampling, batch), np.array([lane]))
            for lane, run in enumerate(runs if batch else ())
        ],
    )


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
