"""Runs of a grid that one group can step: their settings are columns of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.columns import Columns
from gdsim.engine.group import Clips, Group, Scheduled
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sampling import Sampler
from gdsim.engine.schedules import find_schedule

Numbers = Mapping[tuple[str, str], Array]
"""The varied numbers of runs (runs,), by the part of the run and the name of the field."""


def alike(run: Run, columns: Numbers) -> Iterator[Indices]:
    """The places of runs that one group can step: what chooses a formula is the same for them."""
    switches = [
        values != 0.0
        for (part, name), values in columns.items()
        if (part == "settings" and name in run.family.switches) or part == "clipping"
    ]
    switches += [values for (_, name), values in columns.items() if name == "batch_size"]
    size = len(next(iter(columns.values()))) if columns else 1
    if not switches:
        yield np.arange(size)
        return
    _, which = np.unique(np.stack(switches).astype(np.float64), axis=1, return_inverse=True)
    which = which.reshape(-1)
    for kind in range(int(which.max()) + 1):
        yield np.flatnonzero(which == kind)


class Crowd:
    """Runs that are alike but for numbers: `run` with the `places` of `columns` put in."""

    def __init__(self, problem: Problem, run: Run, columns: Numbers, places: Indices) -> None:
        self.problem, self.run, self.size = problem, run, len(places)
        self._columns = {key: values[places] for key, values in columns.items()}

    def start(self) -> Array:
        """The first θ (parameters, runs)."""
        names = [parameter.name for parameter in self.problem.parameters]
        theta = np.repeat(np.array(self.run.start)[:, None], self.size, axis=1)
        for (part, name), values in self._columns.items():
            if part == "start":
                theta[names.index(name)] = values
        return theta

    def take(self, places: Indices) -> Crowd:
        """Some of the runs."""
        return Crowd(self.problem, self.run, self._columns, places)

    def group(self) -> Group:
        """The runs, ready to be stepped; their optimizers begin at step 0."""
        settings, schedule = self._part("settings"), find_schedule(self.run.schedule)
        base = np.broadcast_to(settings.column("learning_rate"), self.size)
        return Group(
            self.problem,
            self.run.family(settings),
            [
                Scheduled(schedule(planned), base[places], places)
                for planned, places in self._part("schedule_settings").distinct()
            ],
            Clips.of(self._part("clipping")),
            np.zeros(self.size, dtype=np.int64),
            list(self._samplers()),
            [None] * self.size if schedule.watches_loss else (),
        )

    def _part(self, name: str) -> Columns:
        """A part of the runs' settings."""
        varied = {key: values for (part, key), values in self._columns.items() if part == name}
        return Columns(getattr(self.run, name), varied, self.size)

    def _samplers(self) -> Iterator[tuple[Sampler, Indices | slice]]:
        for sampling, places in self._part("sampling").distinct():
            batch = replace(self.run, sampling=sampling).batch_size_for(self.problem)
            if batch:
                yield Sampler(self.problem, sampling, batch), places
