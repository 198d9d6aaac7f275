"""Setups in few words."""

from __future__ import annotations

from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run
from gdsim.experiment.document import Experiment
from gdsim.experiment.setup import Setup, Track
from gdsim.experiment.view_state import ViewState

Spec = Run | tuple[Run, Changes]


def setup_of(problem: Problem, *runs: Spec, limit: int = 1000, source: str = "") -> Setup:
    """These runs, with or without changes on the way, under the keys 0, 1 …"""
    tracks = (
        Track(key, *spec) if isinstance(spec, tuple) else Track(key, spec)
        for key, spec in enumerate(runs)
    )
    return Setup(problem, tuple(tracks), limit, source)


def experiment_of(
    problem: Problem, *runs: Spec, limit: int = 1000, view: ViewState | None = None
) -> Experiment:
    """The document of such a setup."""
    return Experiment(setup_of(problem, *runs, limit=limit), view or ViewState())
