"""What became of the runs of a race: each one's best rate, its steps, how wide the good are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Flags, Indices
from gdsim.engine.arrival import stayed_long
from gdsim.engine.fields import Value
from gdsim.engine.race.race import Race
from gdsim.engine.run import Run
from gdsim.engine.sweep.grid import Target
from gdsim.engine.sweep.judge import NEVER, Goal
from gdsim.engine.sweep.pieces import Outcomes
from gdsim.engine.verdict import Verdict

WITHIN = 2
"""Good rates need at most so many times the steps of the best."""


@dataclass(frozen=True, eq=False)
class Score:
    """One run of a race, before and after it was tuned. Arrays are read-only.

    `steps` is the first step from which on it stays at the finish, to the last step: for 16 steps
    at least, and for a twentieth of the way there; None where it never does.
    """

    before: Run
    run: Run
    """At its best. Where no rate gets there, that of least loss at the end."""
    steps_before: int | None
    steps: int | None
    rates: Array
    """(n,): the rates that were swept over, ascending; at the best value of a second field."""
    arrivals: Indices
    """(n,): the steps that each of them needs; −1 where it never gets there."""
    field: Target | None = None
    """The second field that was tuned, if this run has it."""
    told: Verdict | None = None
    """What has become of the best run at the last step."""

    @property
    def outcome(self) -> str:
        """The word for the best run at the last step, as `simulate` has it."""
        return "" if self.told is None else self.told.outcome.value

    @property
    def verdict(self) -> str:
        """The same in a sentence."""
        return "" if self.told is None else str(self.told.sentence)

    @property
    def optimizer(self) -> str:
        return self.run.optimizer

    @property
    def best_lr(self) -> float:
        return self.run.learning_rate

    @property
    def lr_before(self) -> float:
        return self.before.learning_rate

    @property
    def field_value(self) -> Value | None:
        """The best value of the second field; None where there is none."""
        field = self.field
        if field is None:
            return None
        value: Value = getattr(getattr(self.run, field.part), field.name)
        return value

    @property
    def good(self) -> Flags:
        """(n,): whether a rate needs at most twice the best steps."""
        if self.steps is None:
            return np.zeros(len(self.rates), dtype=np.bool_)
        good: Flags = (self.arrivals != NEVER) & (self.arrivals <= WITHIN * self.steps)
        return good

    @property
    def width_decades(self) -> float | None:
        """How many decades of rates are good: each counts for the distance to its neighbour.

        None where no rate gets there.
        """
        if self.steps is None:
            return None
        decades = float(np.log10(self.rates[-1] / self.rates[0]))
        return round(int(self.good.sum()) * decades / (len(self.rates) - 1), 9)

    @property
    def is_cut(self) -> bool:
        """Whether good rates go on beyond the ends of what was swept over."""
        return bool(self.good[0] or self.good[-1])


@dataclass(frozen=True, eq=False)
class Scores:
    """All runs of a race, in the order in which they were named."""

    race: Race
    goal: Goal
    """Where runs had to stay: a loss, or a distance of a minimum."""
    least: float | None
    """The least loss that a tolerance was counted from."""
    is_found: bool
    """Whether that is only the least that the runs of the race found: no minimum is known."""
    runs: tuple[Score, ...]


@dataclass(frozen=True)
class Tried:
    """The best of some runs: the steps that it needs, and its loss at the end."""

    run: Run
    steps: int | None
    loss: float

    @property
    def rank(self) -> tuple[float, float]:
        """Less is better: first those that get there, by their steps; the others by their loss."""
        return (np.inf, self.loss) if self.steps is None else (self.steps, 0.0)


def arrivals_of(outcomes: Outcomes) -> Indices:
    """The step from which on each run stays at the goal, for long enough; else −1."""
    settled = outcomes.settled
    return np.where(stayed_long(settled, outcomes.steps), settled, NEVER)


def best_of(outcomes: Outcomes) -> tuple[Tried, tuple[int, ...]]:
    """The best run of a grid and its places on the axes; of equals that of the least rate."""
    arrivals, loss = arrivals_of(outcomes), end_losses(outcomes)
    there = arrivals != NEVER
    ranks = np.where(there, arrivals, np.iinfo(np.int64).max) if there.any() else loss
    places = tuple(int(i) for i in np.unravel_index(int(np.argmin(ranks)), ranks.shape))
    steps = int(arrivals[places]) if there.any() else None
    return Tried(outcomes.grid.run_at(*places), steps, float(loss[places])), places


def end_losses(outcomes: Outcomes) -> Array:
    """The losses at the last step; inf where a run has diverged."""
    whole = (outcomes.diverged == NEVER) & np.isfinite(outcomes.loss)
    return np.where(whole, outcomes.loss, np.inf)


def scored(own: Outcomes, swept: Outcomes, refined: Outcomes | None = None) -> Score:
    """A run's score from itself as it was, its sweep and the rates tried about the best of it.

    Where several are as good, the run stays as it was, or else has the least rate.
    """
    before, _ = best_of(own)
    first, places = best_of(swept)
    tried = [before, first] if refined is None else [before, first, best_of(refined)[0]]
    best = min(tried, key=lambda one: one.rank)
    rates = np.array(swept.grid.axes[0].values, dtype=np.float64)
    at_best: Any = (slice(None), *places[1:])
    arrivals = arrivals_of(swept)[at_best].copy()
    for array in (rates, arrivals):
        array.flags.writeable = False
    _, *others = swept.grid.axes
    field = others[0].target if others else None
    return Score(before.run, best.run, before.steps, best.steps, rates, arrivals, field)
