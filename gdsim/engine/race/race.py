"""A race: its runs, what each is given to tune itself with, and where it has to stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdsim.engine.arrival import TOLERANCE
from gdsim.engine.fields import unknown
from gdsim.engine.problems import Problem
from gdsim.engine.race.rates import Rates, usual_rates
from gdsim.engine.run import METHODS, Run, check_value
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.grid import Axis, Grid, Target, make_axis, make_grid, targets
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.usual_range import usual_range

VALUES = 9
"""Of the second field, where none are given."""
MOST_VALUES = 1000
RATE = "learning_rate"


@dataclass(frozen=True)
class Finish:
    """Where a run has to stay: its loss at most `tolerance` above the least, or θ within `distance`
    of the nearest minimum, or its loss at most `loss`. One of them is given."""

    tolerance: float | None = None
    distance: float | None = None
    loss: float | None = None

    def goal(self, least: float | None) -> Goal:
        """The same for a sweep, where the least loss is `least`."""
        if self.tolerance is None:
            return Goal(self.distance, self.loss)
        assert least is not None
        return Goal(loss=least + self.tolerance)


@dataclass(frozen=True)
class Race:
    """Runs that are tuned with one budget: as many rates, as many steps, one finish.

    Each run's rate is swept over `rates`. With a second `field` all combinations with its values
    are tried; a run that lacks the field gets so many times as many rates instead. Then `refine`
    more rates are tried between the neighbours of the best.
    """

    problem: Problem
    runs: tuple[Run, ...]
    steps: int
    finish: Finish
    rates: Rates
    fields: tuple[Axis | None, ...]
    """Each run's values of the second field; None where it has none."""
    refine: int = 0

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """Each run's grid: its rates, then the values of the second field."""
        return tuple(
            self._grid(run, axis) for run, axis in zip(self.runs, self.fields, strict=True)
        )

    def _grid(self, run: Run, field: Axis | None) -> Grid:
        if field is not None:
            rates = make_axis(self.problem, run, RATE, self.rates.spec)
            return Grid(self.problem, run, (rates, field))
        times = max((len(axis) for axis in self.fields if axis is not None), default=1)
        return self._of(run, self.rates.denser(times))

    def _of(self, run: Run, rates: Rates) -> Grid:
        """A run over rates alone."""
        return make_grid(self.problem, run, {RATE: rates.spec})

    def refined(self, best: Sequence[Run]) -> list[Grid]:
        """More rates about those of the best runs so far."""
        return [self._of(run, self.rates.about(run.learning_rate, self.refine)) for run in best]

    @property
    def own(self) -> tuple[Grid, ...]:
        """Each run as it is, before it is tuned."""
        return tuple(Grid(self.problem, run, ()) for run in self.runs)


def make_race(
    problem: Problem,
    runs: Sequence[Run],
    steps: int,
    *,
    tolerance: float | None = None,
    distance: float | None = None,
    loss: float | None = None,
    rates: Rates | None = None,
    field: str = RATE,
    refine: int = 0,
) -> Race:
    """A checked race; `Fault` says what makes no sense.

    The finish is a `tolerance` above the least loss (0.01), unless a `distance` from the minima or
    a `loss` is given. `field` is NAME or NAME=VALUES (see `make_axis`); the rate alone is "lr".
    """
    if not runs:
        raise Fault("A race needs at least one run.")
    for number, run in enumerate(runs):
        check_value(problem, run, number + 1 if len(runs) > 1 else None)
    finish = _finish(problem, tolerance, distance, loss)
    chosen = rates or usual_rates(problem, runs)
    race = Race(problem, tuple(runs), steps, finish, chosen, _fields(problem, runs, field), refine)
    assert race.grids  # what is wrong with rates and fields is said here
    return race


def _finish(
    problem: Problem, tolerance: float | None, distance: float | None, loss: float | None
) -> Finish:
    if sum(given is not None for given in (tolerance, distance, loss)) > 1:
        raise Fault("Give one of tolerance, distance and target loss: each says where a run ends.")
    if loss is not None:
        if not np.isfinite(loss):
            raise Fault("The target loss must be a finite number, not {value}.", value=loss)
        return Finish(loss=loss)
    for value in (tolerance, distance):
        if value is not None and not 0.0 < value < np.inf:
            raise Fault("The tolerance must be greater than zero, not {value}.", value=value)
    if distance is None:
        return Finish(TOLERANCE if tolerance is None else tolerance)
    if not problem.minima:
        raise Fault(
            "No minimum of '{problem}' is known to be near to: give a target loss instead.",
            problem=problem.name,
        )
    return Finish(distance=distance)


def tunable(problem: Problem, runs: Sequence[Run]) -> dict[str, Target]:
    """What can be tuned in any of the runs, by the names that a user gives."""
    return {
        key: target
        for run in runs
        for key, target in targets(problem, run).items()
        if target.part not in (*METHODS, "start")
    }


def _fields(problem: Problem, runs: Sequence[Run], spec: str) -> tuple[Axis | None, ...]:
    """The values of the second field for each run that has it."""
    name, equals, values = spec.partition("=")
    known = tunable(problem, runs)
    if name not in known:
        raise unknown(name, {target.name: target for target in known.values()}, "field to tune")
    found: list[Axis | None] = []
    for run in runs:
        target = tunable(problem, (run,)).get(name)
        if target is None or target.name == RATE:
            found.append(None)
            continue
        given = values if equals else _usual_values(problem, run, target)
        axis = make_axis(problem, run, name, given)
        if len(axis) > MOST_VALUES:
            raise Fault(
                "A race tries at most {most:,} values of {name}; {count:,} are given.",
                most=MOST_VALUES, name=name, count=len(axis),
            )  # fmt: skip
        found.append(axis)
    return tuple(found)


def _usual_values(problem: Problem, run: Run, target: Target) -> object:
    if not target.is_number:
        return target.field.choices or (False, True)
    spacing, low, high = usual_range(problem, run, target)
    return f"{spacing}:{low!r}:{high!r}:{VALUES}"
