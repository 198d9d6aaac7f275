"""`load`: an experiment that was saved in the window, its problem and its runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import SupportsIndex

from gdsim.api.preparing import MOST_STEPS, check_steps
from gdsim.api.result import Result
from gdsim.api.simulating import results_of
from gdsim.api.table import path_given
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.experiment.setup import Setup
from gdsim.experiment.text_to_paste import open_experiment


@dataclass(frozen=True, eq=False, repr=False)
class LoadedExperiment:
    """What a `.gdsim` file says: a problem and runs, with the changes made on their way."""

    _setup: Setup

    @property
    def problem(self) -> Problem:
        """The problem with its data and settings, as `simulate` and `sweep` take it."""
        return self._setup.problem

    @property
    def runs(self) -> tuple[Run, ...]:
        """The settings that each run starts with."""
        return tuple(track.run for track in self._setup.tracks)

    @property
    def steps(self) -> int:
        """How far the runs go."""
        return self._setup.step_limit

    def simulate(self, steps: SupportsIndex | None = None) -> tuple[Result, ...]:
        """What each run does in so many steps, or in those of the file."""
        count = check_steps(self.steps if steps is None else steps, MOST_STEPS)
        tracks = [(track.run, track.changes) for track in self._setup.tracks]
        return tuple(results_of(self.problem, tracks, count))

    def __repr__(self) -> str:
        return f"<LoadedExperiment: {self._title}>"

    @property
    def _title(self) -> str:
        names = ", ".join(run.optimizer for run in self.runs)
        return f"{self.problem.name}, {len(self.runs)} runs of {self.steps} steps: {names}"


def load(path: str | os.PathLike[str]) -> LoadedExperiment:
    """An experiment from a `.gdsim` file, or from its text (`gdsim1:…`) as it is copied and pasted.

    Nothing in it is executed. Raises `ValueError` in one sentence that names the file, the place in
    it and what is wrong.

    >>> import gdsim, pathlib, tempfile
    >>> text = '''{"format": "gdsim", "version": 2, "problem": {"name": "parabola"},
    ...  "runs": [{"optimizer": "gd", "schedule": "constant", "start": [3.0]}], "step_limit": 9}'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "mine.gdsim")
    ...     _ = file.write_text(text)
    ...     mine = gdsim.load(file)
    >>> mine
    <LoadedExperiment: parabola, 1 runs of 9 steps: gd>
    >>> mine.simulate()[0].loss[:2].tolist()
    [9.0, 5.76]
    >>> gdsim.simulate(mine.problem, "adam", lr=0.5).outcome
    'converged'
    """
    return LoadedExperiment(open_experiment(path_given(path)).setup)
