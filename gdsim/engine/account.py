"""What one run did on its way: the states it was in, where it left the limit, and where it ended.

Every surface (window, command line, sweep, exports) looks at runs through their accounts, so that
all can say the same of a run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdsim.engine.arrays import Array, Flags
from gdsim.engine.history import CAPACITY, LOSS, RATE, THETA, History, limit_of
from gdsim.engine.problems import Problem
from gdsim.engine.recent import Means, Recent
from gdsim.engine.run import Changes, Run
from gdsim.engine.sentences import Sentence, sentence
from gdsim.engine.simulation import Block, Simulation

MOST_NUMBERS = 1 << 20
LEAST, LONGEST = 16, 4096
"""Judging a run looks back at so many steps at least, one by one, and at most."""
MOST_EXCURSIONS = 1024


@dataclass(frozen=True, slots=True)
class Excursion:
    """A stay beyond the limit, from the step `left` on; `back` is the step after it, if any.

    `theta` (parameters,) and `loss` are those of the last step before it, `rate` led out of it.
    """

    left: int
    theta: Array
    rate: float
    loss: float
    loss_beyond: float
    back: int | None = None


@dataclass(frozen=True, slots=True)
class Mean:
    """Means of a run's rows [learning_rate, loss, parameters…], and of ½|θ|²."""

    row: Array
    half_square: float

    @property
    def rate(self) -> float:
        return float(self.row[RATE])

    @property
    def theta(self) -> Array:
        return self.row[THETA:]

    def value(self, pull: float) -> float:
        """The mean of J + ½λ|θ|² with that λ."""
        return float(self.row[LOSS]) + pull * self.half_square


class Account:
    """One run's way, in bounded memory, as far as it was recorded.

    The limit is an event and no end: a run ends where θ or its loss is not finite.
    """

    def __init__(self, problem: Problem, run: Run, changes: Changes = ()) -> None:
        """`run` are the settings at step 0, `changes` those that follow."""
        self.problem, self.run = problem, run
        width, capacity = _room_for(len(problem.parameters))
        self.history = History(width, capacity)
        self.ended_at: int | None = None
        """The first step at which θ or the loss was not finite."""
        self.trouble: Sentence | None = None
        """Why there is no loss at `ended_at`, where it is more than too large."""
        self.excursions: list[Excursion] = []
        self._changes = dict(changes)
        self._last = -1
        self._row: Array = np.zeros(0)
        self._recent = Recent(width, min(LONGEST + 1, capacity))
        self._means = Means(width + 1)

    @property
    def changes(self) -> Changes:
        """(step, settings from that step on), ascending."""
        return tuple(sorted(self._changes.items(), key=lambda change: change[0]))

    @property
    def last(self) -> int:
        """The last step at which the run was recorded: where it ended, its last finite one."""
        return self._last

    @property
    def last_row(self) -> Array:
        """[learning_rate, loss, parameters…] at `last`."""
        return self._row

    @property
    def diverged_at(self) -> int | None:
        """The step at which the run left the limit, where it has not come back."""
        return self.excursions[0].left if self.is_beyond else None

    @property
    def start_loss(self) -> float:
        return float(self.history.trace().rows[0, LOSS])

    @property
    def limit(self) -> float:
        """The loss beyond which the run is called diverged."""
        return limit_of(self.start_loss)

    def take(self, block: Block, lane: int) -> None:
        """Go on by what a block has beyond what is recorded; what was replayed is known."""
        count = int(block.count[lane])
        if self._last < 0:
            self._begin(block, lane)
        if count:
            rows = rows_of(block, lane)[:count]
            self._recent.append(block.first, rows)
            skip = max(0, self._last + 1 - block.first)
            if count > skip and self.ended_at is None:
                self._record(block.first + skip, rows[skip:])
        if count < len(block.loss) and self.ended_at is None:
            self.ended_at = block.first + count
            theta = block.theta[count, :, lane]
            known = theta if np.isfinite(theta).all() else self._row[THETA:]
            self.trouble = self.problem.trouble_at(known)
            if self.trouble is None and np.isnan(theta).any() and not self.is_beyond:
                self.trouble = sentence("the step divides 0 by 0.")
            if not self.is_beyond:
                self._leave(self.ended_at, float(block.loss[count, lane]))

    @property
    def is_beyond(self) -> bool:
        """Whether the run is beyond the limit at its last recorded step, or has ended."""
        return bool(self.excursions) and self.excursions[-1].back is None

    def excursion_until(self, step: int) -> tuple[Excursion, int | None] | None:
        """The first stay beyond the limit up to `step`, and when the last one there was over."""
        left = [one for one in self.excursions if one.left <= step]
        if not left:
            return None
        back = left[-1].back
        return left[0], back if back is not None and back <= step else None

    def rows(self, step: int, count: int) -> Array:
        """Up to `count` consecutive rows, the last that of `step`: all, where they are kept.

        Of late all are; farther back only after a replay that passed them.
        """
        found = self._recent.until(step, count)
        trace = self.history.trace()
        if len(found) < count and step <= trace.whole_until:
            return trace.rows[max(0, step + 1 - count) : step + 1]
        return found if len(found) else trace.until(step).rows[-1:]

    def missing_from(self, step: int) -> int | None:
        """From which step on the way to `step` must be replayed before the run is judged there.

        Judging looks at every step of late, which a long history, thinned, does not have; None
        where all that is looked at is known.
        """
        if step <= self.history.trace().whole_until or step > self._last:
            return None
        run = self.run_at(max(0, step - 1))
        count = LONGEST
        if not run.batch_size_for(self.problem):
            count = min(max(LEAST, math.ceil(run.method.half_swing())), LONGEST)
        count = min(count, step, self._recent.capacity - 1)
        return step - count if len(self._recent.until(step, count + 1)) <= count else None

    def mean(self, first: int, last: int) -> Mean | None:
        """The means over these steps of a run that sees samples; of long stretches about those."""
        rows = self.rows(last, last - first + 1)
        if len(rows) == last - first + 1:
            theta = rows[:, THETA:]
            return Mean(rows.mean(axis=0), 0.5 * float((theta * theta).sum(axis=1).mean()))
        found = self._means.mean(first, last)
        return None if found is None else Mean(found[:-1], float(found[-1]))

    def began(self, step: int) -> int:
        """The step from which on the settings hold that made the last move before `step`."""
        return max((at for at in self._changes if at < step), default=0)

    def change_at(self, step: int) -> Run | None:
        """The settings that begin to hold at `step`, if there is a change."""
        return self._changes.get(step)

    def run_at(self, step: int) -> Run:
        """The settings in force at `step`: of the update from there on."""
        found = self.run
        for at, run in self.changes:
            found = run if at <= step else found
        return found

    def next_change(self, step: int) -> int | None:
        """The first step after `step` at which the settings change."""
        return min((change for change in self._changes if change > step), default=None)

    def until(self, step: int, changes: Changes = (), row: Array | None = None) -> Account:
        """A new account of the way up to `step`, which goes on by `changes`: the same so far.

        `row` is the state at `step` with the rate that follows, if that is another than before.
        """
        other = Account(self.problem, self.run, changes)
        if self._last < step:
            row = None
        other.history = self.history.truncated(step, row)
        other._last, other._row = min(step, self._last), other.history.trace().rows[-1]
        kept = self._recent.until(other._last, self._recent.capacity)
        if len(kept):
            other._recent.append(other._last + 1 - len(kept), kept)
            other._row = kept[-1]
        other._means = self._means.until(step)
        if row is not None:
            other._recent.append(step, row[None])
            other._row = row
        if self.ended_at is not None and self.ended_at <= step:
            other.ended_at, other.trouble = self.ended_at, self.trouble
        for one in self.excursions:
            if one.left <= step:
                back = one.back if one.back is not None and one.back <= step else None
                other.excursions.append(replace(one, back=back))
        return other

    def _begin(self, block: Block, lane: int) -> None:
        """The start is recorded even where it has no value."""
        if block.first:
            raise ValueError("an account begins at step 0")
        row = rows_of(block, lane)[:1]
        self._recent.append(0, row)
        self.history.append(np.zeros(1, dtype=np.int64), row)
        self._last, self._row = 0, row[0]

    def _record(self, first: int, rows: Array) -> None:
        self.history.append(np.arange(first, first + len(rows)), rows)
        if self.run_at(first - 1).batch_size_for(self.problem):
            theta = rows[:, THETA:]
            with np.errstate(over="ignore"):  # far beyond the limit the means say nothing
                half_squares = 0.5 * (theta * theta).sum(axis=1)
                self._means.append(first, np.column_stack([rows, half_squares]))
        beyond = rows[:, LOSS] > self.limit
        if self.is_beyond or beyond.any():
            self._follow(first, rows, beyond)
        self._last, self._row = first + len(rows) - 1, rows[-1]

    def _follow(self, first: int, rows: Array, beyond: Flags) -> None:
        """Note where the run crosses the limit, either way."""
        known = np.concatenate([[self.is_beyond], beyond])
        for place in np.flatnonzero(known[1:] != known[:-1]).tolist():
            if known[place]:
                self.excursions[-1] = replace(self.excursions[-1], back=first + place)
            else:
                before = rows[place - 1] if place else self._row
                self._leave(first + place, float(rows[place, LOSS]), before)

    def _leave(self, step: int, loss: float, before: Array | None = None) -> None:
        row = self._row if before is None else before
        self.excursions.append(
            Excursion(step, row[THETA:].copy(), float(row[RATE]), float(row[LOSS]), loss)
        )
        if len(self.excursions) > MOST_EXCURSIONS:
            # The first is kept as it is, of the others each two become one.
            first, *others = self.excursions
            pairs = zip(others[::2], others[1::2], strict=False)
            odd = others[-1:] if len(others) % 2 else []
            self.excursions = [first, *(replace(a, back=b.back) for a, b in pairs), *odd]


def proceed(
    simulation: Simulation,
    accounts: Sequence[Account],
    steps: int,
    breathe: Callable[[], None] | None = None,
) -> Block:
    """Go on by at most `steps`, but not past a change of settings, which is then taken up.

    Each run's account takes what its lane did. The block's last rate is that of the new settings.
    """
    ahead = [account.next_change(simulation.step) for account in accounts]
    stop = min([simulation.step + steps, *(step for step in ahead if step is not None)])
    block = simulation.advance(stop - simulation.step, breathe)
    due = {lane: run for lane, one in enumerate(accounts) if (run := one.change_at(stop))}
    if due:
        simulation.take_up(due)
        block.rate[-1] = simulation.rates(stop)
    for lane, account in enumerate(accounts):
        if breathe is not None:
            breathe()
        account.take(block, lane)
    return block


def rows_of(block: Block, lane: int) -> Array:
    """One run's part of a block as rows [learning_rate, loss, parameters…]."""
    rows = np.empty((len(block.loss), THETA + block.theta.shape[1]))
    rows[:, RATE] = block.rate[:, lane]
    rows[:, LOSS] = block.loss[:, lane]
    rows[:, THETA:] = block.theta[:, :, lane]
    return rows


def _room_for(parameters: int) -> tuple[int, int]:
    """Width and capacity of a history: fewer rows where they are long, to bound its memory."""
    width, capacity = THETA + parameters, CAPACITY
    while capacity * width > MOST_NUMBERS:
        capacity //= 2
    return width, capacity
