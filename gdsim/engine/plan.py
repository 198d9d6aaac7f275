"""The rates that a run's schedule plans, seen as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings
from gdsim.engine.run import Run
from gdsim.engine.schedules import Schedule

MOST_STEPS = 100_000
"""Of a longer plan so many steps are looked at, evenly."""


@dataclass(frozen=True, slots=True)
class Above:
    """The first step above a limit, the one from which on there is none (None: not until the end),
    and whether all between are."""

    begins: int
    back: int | None
    throughout: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """The rates of the updates from `steps` on, both (n,); of one that watches the loss, the plan
    while the loss gets better."""

    steps: Indices
    rates: Array

    @property
    def first(self) -> float:
        return float(self.rates[0])

    @property
    def peak(self) -> float:
        return float(self.rates.max())

    @property
    def peak_step(self) -> int:
        """The first step with the greatest rate."""
        return int(self.steps[int(self.rates.argmax())])

    @property
    def is_constant(self) -> bool:
        return bool((self.rates == self.rates[0]).all())

    def above(self, limit: float) -> Above | None:
        """Where its rates are `limit` or more; None where none is."""
        found = np.flatnonzero(self.rates >= limit)
        if not len(found):
            return None
        first, last = int(found[0]), int(found[-1])
        back = int(self.steps[last + 1]) if last + 1 < len(self.steps) else None
        return Above(int(self.steps[first]), back, len(found) == last - first + 1)


def plan_of(run: Run, steps: int) -> Plan:
    """What the schedule plans for the updates up to `steps`."""
    schedule = run.rate_schedule
    looked = 1 if schedule.constant or schedule.watches_loss else max(1, steps)
    return _planned(type(schedule), run.schedule_settings, run.learning_rate, looked)


def planned_rate(run: Run, step: int) -> float:
    """The rate at `step`, as far as the schedule knows it without the loss."""
    if run.rate_schedule.watches_loss:
        return run.learning_rate
    return float(run.rate_schedule.rate(run.learning_rate, np.array([step]))[0])


def base_for_peak(run: Run, steps: int, peak: float) -> float:
    """The learning rate with which the plan's greatest rate is `peak`."""
    now = plan_of(run, steps).peak
    return peak if now <= 0.0 else run.learning_rate * (peak / now)


@lru_cache(maxsize=32)
def _planned(family: type[Schedule], settings: Settings, base: float, steps: int) -> Plan:
    if steps > MOST_STEPS:
        looked = np.unique(np.linspace(0, steps - 1, MOST_STEPS).astype(np.int64))
    else:
        looked = np.arange(steps, dtype=np.int64)
    rates = np.asarray(family(settings).rate(base, looked), dtype=np.float64)
    rates.flags.writeable = looked.flags.writeable = False
    return Plan(looked, rates)
