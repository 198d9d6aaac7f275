"""Lanes that are stepped together: one optimizer, one formula, one batch size, many numbers."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Indices, Rows, norms, room_like
from gdsim.engine.fields import Settings
from gdsim.engine.optimizers import Optimizer, State
from gdsim.engine.optimizers.base import column_of
from gdsim.engine.problems import Problem
from gdsim.engine.replay.kernel import load
from gdsim.engine.replay.loops import NotRecordable
from gdsim.engine.replay.player import FEW, Differs, Player
from gdsim.engine.replay.refusals import refuse
from gdsim.engine.sampling import Sampler
from gdsim.engine.schedules import Schedule

BREATH = 16
"""Steps between two calls of `breathe`: some 0.1 ms."""

WORTH = 48
"""After so many steps recording one, some 1 ms, is worth its time."""

MOST = 16
"""So many steps are prepared where one is to be recorded."""


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

    def apply(self, gradient: Array) -> None:
        """Value first, then norm, as one does with torch's clip_grad_value_ and clip_grad_norm_."""
        if self.value is not None:
            np.clip(gradient, -self.value, self.value, out=gradient)
        if self.norm is not None:
            gradient *= np.minimum(1.0, self.norm / (norms(gradient) + 1e-6))


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
        self._asked = 0
        """Steps that were asked for before one was recorded."""
        self.refused = ""
        """Why nothing is played back, once that is known."""

    def advance(
        self,
        theta: Array,
        state: State,
        first: int,
        count: int,
        record: Array,
        rates: Array | None = None,
        breathe: Callable[[], None] | None = None,
        losses: Array | None = None,
    ) -> int:
        """Make `count` updates of θ (parameters, lanes), into `record` (count, parameters, lanes).

        `theta` then is the last of them. The scheduled rates are written into `rates`
        (count + 1, lanes) if it is given: of each update and of the one to come. Where it can be,
        updates are played back (engine/replay): the same bits. So many first rows of `losses`
        (count, lanes) are written, if it is given, as come out.
        """
        known = 0
        if self._plays(count):
            done = self._play(theta, state, first, count, record, rates, breathe, losses)
            if losses is not None and self._player is not None and self._player.losses is not None:
                known = done
            first, count = first + done, count - done
            record, rates = record[done:], None if rates is None else rates[done:]
        if count:
            self._step(theta, state, first, count, record, rates, breathe)
        return known

    def _step(
        self,
        theta: Array,
        state: State,
        first: int,
        count: int,
        record: Array,
        rates: Array | None,
        breathe: Callable[[], None] | None,
    ) -> None:
        """`advance` by NumPy, step by step."""
        rows = self._rows(theta, first, count, rates)
        gradient, here = room_like(theta), theta
        batches: Array = np.empty((0, 0, 0))
        batch: Array | None = None
        at = left = 0
        if breathe is not None:
            breathe()  # what is worked out ahead has taken its time
        for i, coefficients in enumerate(rows):
            if self.samplers:
                if at == left:
                    batches, at, left = self._batches(first + i, count - i)
                batch = batches[at]
                at += 1
            out = record[i]
            self._update(here, state, batch, gradient, out, coefficients)
            here = out
            if self._watching:
                theta[...] = here  # where the next rate is asked for
            if breathe is not None and i % BREATH == BREATH - 1:
                breathe()
        theta[...] = here

    def _update(
        self,
        here: Array,
        state: State,
        batch: Array | None,
        gradient: Array,
        out: Array,
        coefficients: tuple[Array, ...],
    ) -> None:
        """One update from `here` into `out`; `gradient` is room for it."""
        point = self.optimizer.gradient_point(here, state) if self._shifted else here
        if batch is None:
            self.problem.gradient(point, gradient)
        else:
            self.problem.batch_gradient(point, batch, gradient)
        if self._clipped:
            self.clips.apply(gradient)
        self.optimizer.step(here, gradient, state, out, *coefficients)

    # Playback

    @property
    def is_played(self) -> bool:
        """Whether its steps are played back now."""
        return self._player is not None

    def _plays(self, count: int) -> bool:
        """Whether so many steps may be played back: not where it is known that they cannot."""
        if self._player is None and not self.refused:
            self._asked += count
            if self._asked < WORTH:
                return False
            _, self.refused = load()
            if self._watching:
                self.refused = "its rate depends on each loss"
        return not self.refused

    def _play(
        self,
        theta: Array,
        state: State,
        first: int,
        count: int,
        record: Array,
        rates: Array | None,
        breathe: Callable[[], None] | None,
        losses: Array | None,
    ) -> int:
        """Make these updates by playback; how many were made before it turned out not to serve."""
        done = 0
        while done < count:
            at, most = first + done, count - done
            batches: Array | None = None
            if self.samplers:
                batches, _, most = self._batches(at, most)
            most = min(most, MOST if self._player is None else self._player.most)
            t = np.arange(at + 1, at + 1 + most)[:, None] - self._births
            part = self._rates(at, most, None if rates is None else rates[done:])
            rows = list(self.optimizer.prepare(t, part))
            try:
                if self._player is None:
                    self._player = self._recorded(
                        theta, state, batches, rows, with_losses=losses is not None
                    )
                    continue  # it says how many steps it takes
                there = None if losses is None else losses[done:]
                self._player.advance(theta, batches, rows, most, record[done:], there)
            except (NotRecordable, Differs) as why:
                self._player, self.refused = None, refuse(self.problem, self.optimizer.name, why)
                break
            done += most
            if breathe is not None:
                breathe()
        return done

    def _recorded(
        self,
        theta: Array,
        state: State,
        batches: Array | None,
        rows: list[Rows],
        *,
        with_losses: bool,
    ) -> Player:
        kernel, why = load()
        if kernel is None:
            raise NotRecordable(why)
        batch = None if batches is None else batches[0]
        firsts = [np.asarray(row)[0] for row in rows]
        # Weak, so that a group and all that was made for it goes at once, without a collector.
        update = partial(Group._update, weakref.proxy(self))
        return Player(
            kernel, self.problem, self.optimizer, update, theta, state, batch, firsts,
            with_losses=with_losses,
        )  # fmt: skip

    def _rows(
        self, theta: Array, first: int, count: int, rates: Array | None
    ) -> Iterator[tuple[Array, ...]]:
        """The coefficients of each update, and its rate into `rates`."""
        t = np.arange(first + 1, first + 1 + count)[:, None] - self._births
        if self._watching:
            if rates is None:
                rates = np.empty((count + 1, self._count))
            return self._watched_rows(theta, t, rates)
        rows = self.optimizer.prepare(t, self._rates(first, count, rates))
        if self._count <= FEW:
            # Arrays of one shape spare NumPy its broadcasting, half of what a small ufunc costs.
            wide = (count, *theta.shape)
            spread = (np.broadcast_to(np.asarray(c)[:, None], wide) for c in rows)
            return zip(*(np.ascontiguousarray(c) for c in spread), strict=True)
        return zip(*(np.asarray(c)[:, 0] if c.shape[1] == 1 else c for c in rows), strict=True)

    def _rates(self, first: int, count: int, rates: Array | None) -> Array:
        """The scheduled rates of these updates and of the one to come: (count + 1, lanes)."""
        steps, scheduled = np.arange(first, first + count + 1), self.scheduled
        if rates is None and isinstance(scheduled[0].lanes, slice):
            return scheduled[0].rates(steps)  # a constant rate is not written out
        part = np.empty((count + 1, self._count)) if rates is None else rates[: count + 1]
        for one in scheduled:
            part[:, one.lanes] = one.rates(steps)
        return part

    def _watched_rows(self, theta: Array, t: Indices, rates: Array) -> Iterator[tuple[Array, ...]]:
        """One at a time, since each rate depends on the loss at the θ that the last update left."""
        for i in range(len(t)):
            rates[i], self.memories = self._watched(theta)
            # The next rate is known here where it does not depend on the next loss.
            rates[i + 1], _ = self._watched(theta)
            row = self.optimizer.prepare(t[i : i + 1], rates[i : i + 2])
            yield tuple(np.asarray(c)[0] for c in row)
        rates[-1], _ = self._watched(theta)

    def _watched(self, theta: Array) -> tuple[Array, list[Any]]:
        """The rates (lanes,) at θ and what would be remembered after them."""
        losses = self.problem.loss(theta)
        rates, after = np.empty(self._count), list(self.memories)
        every = np.arange(self._count)
        for one in self.scheduled:
            places = np.atleast_1d(every[one.lanes]).tolist()
            for lane, base in zip(places, np.atleast_1d(one.base).tolist(), strict=True):
                watch, loss = one.schedule.watch, float(losses[lane])
                rates[lane], after[lane] = watch(self.memories[lane], base, loss)
        return rates, after

    def _batches(self, step: int, wanted: int) -> tuple[Array, int, int]:
        """Statistics of the next steps as (steps, k, lanes), each step contiguous."""
        windows = [sampler.statistics(step) for sampler, _ in self.samplers]
        count = min(wanted, *(ready for _, ready in windows))
        spread = np.empty((count, len(windows[0][0]), self._count))
        for (window, _), (_, places) in zip(windows, self.samplers, strict=True):
            spread[:, :, places] = window[:, :count].T[:, :, None]
        return spread, 0, count
