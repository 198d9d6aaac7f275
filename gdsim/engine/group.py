"""Lanes that are stepped together: one optimizer, one formula, one batch size, many numbers."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Indices, norms
from gdsim.engine.columns import Columns
from gdsim.engine.fields import Settings
from gdsim.engine.optimizers import Optimizer, State
from gdsim.engine.optimizers.base import column_of
from gdsim.engine.problems import Problem
from gdsim.engine.replay.kept import kept
from gdsim.engine.replay.kernel import load
from gdsim.engine.replay.loops import NotRecordable
from gdsim.engine.replay.player import FEW, Differs, Player
from gdsim.engine.replay.refusals import refuse
from gdsim.engine.sampling import Sampler
from gdsim.engine.schedules import Schedule

BREATH = 16
"""Steps of a few lanes between two calls of `breathe`: some 0.1 ms."""

WORTH = 48
"""After so many steps recording one, some 1 ms, is worth its time."""

SOONER = 16
"""So many times sooner a tape is worth its time that was recorded for a group alike."""

MOST = 16
"""So many steps are prepared where one is to be recorded, or each waits for a loss."""


@dataclass(frozen=True)
class Scheduled:
    """Some lanes under one schedule: one lane and its base rate, or many and theirs (lanes,)."""

    schedule: Schedule
    base: float | Array
    lanes: int | Indices | slice

    def rates(self, steps: Indices) -> Array:
        """The rates at `steps` (n,): (n,) for one lane; for many (n, lanes), or (n, 1) for all."""
        many = isinstance(self.base, np.ndarray)
        return self.schedule.rate(self.base, steps[:, None] if many else steps)


@dataclass(frozen=True)
class Clips:
    """Greatest norm and greatest size of a component (lanes,); None where there is none."""

    norm: Array | None
    value: Array | None

    @classmethod
    def of(cls, settings: Sequence[Settings]) -> Clips:
        """From clipping settings, in which 0 is none."""
        norm, value = column_of(settings, "clip_norm"), column_of(settings, "clip_value")
        return cls(
            np.where(norm > 0, norm, np.inf) if norm.any() else None,
            np.where(value > 0, value, np.inf) if value.any() else None,
        )

    def apply(self, gradient: Array) -> Array:
        """Value first, then norm, as one does with torch's clip_grad_value_ and clip_grad_norm_."""
        if self.value is not None:
            gradient = np.clip(gradient, -self.value, self.value)
        if self.norm is not None:
            gradient = gradient * np.minimum(1.0, self.norm / (norms(gradient) + 1e-6))
        return gradient


@dataclass(frozen=True)
class Stretch:
    """Steps that are asked for: θ and state, which go along, and the rows that are to be filled.

    `theta` (parameters, lanes), `record` (steps, parameters, lanes), `rates` (steps + 1, lanes),
    `losses` (steps, lanes); `first` is the step that they begin at.
    """

    theta: Array
    state: State
    first: int
    record: Array
    rates: Array | None
    losses: Array | None
    breathe: Callable[[], None] | None

    @property
    def count(self) -> int:
        return len(self.record)

    def first_of(self, count: int) -> Stretch:
        """So many of its steps."""
        rates = None if self.rates is None else self.rates[: count + 1]
        losses = None if self.losses is None else self.losses[:count]
        return replace(self, record=self.record[:count], rates=rates, losses=losses)

    def behind(self, done: int) -> Stretch:
        """What is left of it after so many steps."""
        rates = None if self.rates is None else self.rates[done:]
        losses = None if self.losses is None else self.losses[done:]
        return replace(
            self, first=self.first + done, record=self.record[done:], rates=rates, losses=losses
        )


class Group:
    """Steps its lanes; `memories` holds what schedules that watch the loss remember, one a lane."""

    def __init__(
        self,
        problem: Problem,
        optimizer: Optimizer,
        scheduled: Sequence[Scheduled],
        clips: Clips,
        births: Indices,
        samplers: Sequence[tuple[Sampler, Indices | slice]] = (),
        memories: Sequence[Any] = (),
    ) -> None:
        """`births` (lanes,) are the steps before each optimizer's first update.

        `samplers` are given with the lanes that see their samples.
        """
        self.problem, self.optimizer = problem, optimizer
        self.scheduled, self.samplers, self.clips = tuple(scheduled), tuple(samplers), clips
        self.memories = list(memories)
        self._births = births[:1] if (births == births[:1]).all() else births
        self._count = len(births)
        optimizer.bind(problem)
        self._shifted = type(optimizer).gradient_point is not Optimizer.gradient_point
        self._watching = scheduled[0].schedule.watches_loss
        self._clipped = clips.norm is not None or clips.value is not None
        self._player: Player | None = None
        self._giving: weakref.finalize[..., Group] | None = None
        """Leaves the player to groups to come."""
        self._asked = 0
        """Steps that were asked for before one was recorded."""
        self.refused = "code of the user's own" if problem.foreign or optimizer.foreign else ""
        """Why nothing is played back, once that is known."""

    def advance(
        self,
        theta: Array,
        state: State,
        first: int,
        record: Array,
        rates: Array | None = None,
        losses: Array | None = None,
        breathe: Callable[[], None] | None = None,
    ) -> int:
        """Make an update of θ (parameters, lanes) for each row of `record` (steps, …), into it.

        `theta` then is the last of them. The scheduled rates are written into `rates`
        (steps + 1, lanes) if it is given: of each update and of the one to come. Where it can be,
        updates are played back (engine/replay): the same bits. So many first rows of `losses`
        (steps, lanes) are written, if it is given, as come out.
        """
        asked = Stretch(theta, state, first, record, rates, losses, breathe)
        known = 0
        if self._plays(asked):
            done = self._play(asked)
            if losses is not None and self._player is not None and self._player.losses is not None:
                known = done
            asked = asked.behind(done)
        if asked.count:
            self._step(asked)
        return known

    def _step(self, asked: Stretch) -> None:
        """`advance` by NumPy, step by step."""
        theta, breathe = asked.theta, asked.breathe
        here = theta.copy()  # a rule may keep it, and `theta` goes on
        while asked.count:
            steps, rows, batches = self._prepared(asked, asked.count)
            if breathe is not None:
                breathe()  # what is worked out ahead has taken its time
            each = self._watched_rows(asked, steps) if self._watching else _row_by_row(rows)
            for i, coefficients in enumerate(each):
                batch = None if batches is None else batches[i]
                here = self._update(here, asked.state, batch, coefficients)
                asked.record[i] = here
                if self._watching:
                    theta[...] = here  # where the next rate is asked for
                if breathe is not None and (i % BREATH == BREATH - 1 or self._count > BREATH):
                    breathe()
            asked = asked.behind(steps)
        theta[...] = here

    def _prepared(self, asked: Stretch, most: int) -> tuple[int, tuple[Array, ...], Array | None]:
        """So many of the next steps, at most, and their coefficients and batches.

        Batches are (steps, statistics, lanes). Where rates wait for losses there are no
        coefficients yet.
        """
        count, batches = min(asked.count, most), None
        if self.samplers:
            count, batches = self._batches(asked.first, count)
        if self._watching:
            return count, (), batches
        rates = self._rates(asked.first, count, asked.rates)
        return count, self.optimizer.prepare(self._numbers(asked.first, count), rates), batches

    def _update(
        self, here: Array, state: State, batch: Array | None, coefficients: tuple[Array, ...]
    ) -> Array:
        """θ after one update from `here`."""
        point = self.optimizer.gradient_point(here, state) if self._shifted else here
        gradient = np.empty_like(point)
        if batch is None:
            self.problem.gradient(point, gradient)
        else:
            self.problem.batch_gradient(point, batch, gradient)
        if self._clipped:
            gradient = self.clips.apply(gradient)
        return self.optimizer.step(here, gradient, state, *coefficients)

    # Playback

    @property
    def is_played(self) -> bool:
        """Whether its steps are played back now."""
        return self._player is not None

    def _plays(self, asked: Stretch) -> bool:
        """Whether these steps may be played back: not where it is known that they cannot."""
        if self._player is None and not self.refused:
            self._asked += asked.count
            worth = WORTH // SOONER if kept.has(self._structure(asked)) else WORTH
            if self._asked * max(1, self._count // FEW) < worth:
                return False
            _, self.refused = load()
        return not self.refused

    def _play(self, asked: Stretch) -> int:
        """Make these updates by playback; how many were made before it turned out not to serve."""
        done = 0
        while asked.count:
            most = MOST if self._player is None or self._watching else self._player.most
            steps, rows, batches = self._prepared(asked, most)
            try:
                if self._player is None:
                    self._player = self._recorded(asked, batches, rows)
                    continue  # it says how many steps it takes
                part = asked.first_of(steps)
                if self._watching:
                    self._follow(self._player, part, batches)
                else:
                    self._player.advance(asked.theta, batches, rows, part.record, part.losses)
            except (NotRecordable, Differs) as why:
                self._player, self.refused = None, refuse(self.problem, self.optimizer.name, why)
                if self._giving is not None:
                    self._giving.detach()
                break
            done += steps
            asked = asked.behind(steps)
            if asked.breathe is not None:
                asked.breathe()
        return done

    def _follow(self, player: Player, asked: Stretch, batches: Array | None) -> None:
        """Steps by playback whose rates wait for the losses."""
        before, known = list(self.memories), player.losses
        told = None if known is None else known.rows.__getitem__
        each = self._watched_rows(asked, asked.count, told)
        try:
            player.follow(asked.theta, batches, each, asked.record, asked.losses)
        except Differs:
            self.memories = before
            raise

    def _recorded(self, asked: Stretch, batches: Array | None, rows: tuple[Array, ...]) -> Player:
        kernel, why = load()
        if kernel is None:
            raise NotRecordable(why)
        # Weak, so that a group and all that was made for it goes at once, without a collector.
        update = partial(Group._update, weakref.proxy(self))
        player = kept.take(self._structure(asked))
        if player is not None:
            player.take_up(update, asked.state)
        else:
            batch = None if batches is None else batches[0]
            if self._watching:
                rows = self._first_row(asked)
            player = Player(
                kernel, self.problem, self.optimizer, update, asked.theta, asked.state, batch,
                [row[0] for row in rows], with_losses=asked.losses is not None,
            )  # fmt: skip
        if self._structure(asked) is not None:
            self._giving = weakref.finalize(self, kept.give, self._structure(asked), player)
            self._giving.atexit = False
        return player

    def _structure(self, asked: Stretch) -> Hashable:
        """What a tape of its steps depends on: rates, steps and samples are streams.

        None where it is not kept: of many lanes it is large, and hardly wanted again.
        """
        if self._count > FEW or isinstance(self.optimizer.settings, Columns):
            return None
        settings = [replace(one, learning_rate=1.0) for one in self.optimizer.settings]
        clips = [None if c is None else c.tobytes() for c in (self.clips.norm, self.clips.value)]
        sizes = tuple(sampler.batch_size for sampler, _ in self.samplers)
        with_losses = asked.losses is not None
        return id(self.problem), type(self.optimizer), *settings, *clips, sizes, with_losses

    # What a step needs

    def _numbers(self, first: int, count: int) -> Indices:
        """t of each update from step `first` on: (count, lanes), or (count, 1) for all alike."""
        return np.arange(first + 1, first + 1 + count)[:, None] - self._births

    def _rates(self, first: int, count: int, rates: Array | None) -> Array:
        """The scheduled rates of these updates and of the one to come: (count + 1, lanes)."""
        steps, scheduled = np.arange(first, first + count + 1), self.scheduled
        if rates is None and isinstance(scheduled[0].lanes, slice):
            return scheduled[0].rates(steps)  # a constant rate is not written out
        part = np.empty((count + 1, self._count)) if rates is None else rates[: count + 1]
        for one in scheduled:
            part[:, one.lanes] = one.rates(steps)
        return part

    def _watched_rows(
        self, asked: Stretch, steps: int, told: Callable[[int], Array] | None = None
    ) -> Iterator[tuple[Array, ...]]:
        """One at a time, since each rate depends on the loss at the θ that the last update left.

        `told` knows the losses after each update; else they are worked out.
        """
        rates, theta = asked.rates, asked.theta
        if rates is None:
            rates = np.empty((steps + 1, self._count))
        losses = self.problem.loss(theta)
        for i, t in enumerate(self._numbers(asked.first, steps)):
            rates[i], self.memories = self._watched(losses)
            # The next rate is known here where it does not depend on the next loss.
            rates[i + 1], _ = self._watched(losses)
            row = self.optimizer.prepare(t[None], rates[i : i + 2])
            yield tuple(c[0] for c in row)
            losses = self.problem.loss(theta) if told is None else told(i)
        rates[steps], _ = self._watched(losses)

    def _watched(self, losses: Array) -> tuple[Array, list[Any]]:
        """The rates (lanes,) at losses (lanes,) and what would be remembered after them."""
        rates, after = np.empty(self._count), list(self.memories)
        every = np.arange(self._count)
        for one in self.scheduled:
            places = np.atleast_1d(every[one.lanes]).tolist()
            for lane, base in zip(places, np.atleast_1d(one.base).tolist(), strict=True):
                watch, loss = one.schedule.watch, float(losses[lane])
                rates[lane], after[lane] = watch(self.memories[lane], base, loss)
        return rates, after

    def _first_row(self, asked: Stretch) -> tuple[Array, ...]:
        """The coefficients of the next update, nothing being remembered."""
        now, _ = self._watched(self.problem.loss(asked.theta))
        return self.optimizer.prepare(self._numbers(asked.first, 1), np.stack([now, now]))

    def _batches(self, step: int, wanted: int) -> tuple[int, Array]:
        """How many next steps, and their statistics (steps, k, lanes), each step contiguous."""
        windows = [sampler.statistics(step) for sampler, _ in self.samplers]
        count = min(wanted, *(ready for _, ready in windows))
        spread = np.empty((count, len(windows[0][0]), self._count))
        for (window, _), (_, places) in zip(windows, self.samplers, strict=True):
            spread[:, :, places] = window[:, :count].T[:, :, None]
        return count, spread


def _row_by_row(rows: tuple[Array, ...]) -> Iterator[tuple[Array, ...]]:
    """The coefficients of one update after another: (lanes,), or () for all lanes alike."""
    return zip(*(_each(c) if c.shape[1] == 1 else c for c in rows), strict=True)


def _each(column: Array) -> Iterator[Array]:
    """Its numbers as arrays of shape (), with which NumPy is faster than with its own scalars."""
    return (column[i, 0, ...] for i in range(len(column)))
