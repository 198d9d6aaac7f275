"""The stability bands at a run's present point, measured no more often than there is time for."""

from __future__ import annotations

import time

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import Bands, curvature_at, stability_bands
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run

SHARE = 0.05
"""The share of the window's time that curvatures may take while playing."""


class BandsMeter:
    """Keeps the last bands; a network's curvature costs up to 20 ms, a line's a tenth of one."""

    def __init__(self) -> None:
        self._where: tuple[object, ...] = ()
        self._bands: Bands | None = None
        self._next = 0.0

    def of(self, problem: Problem, run: Run, theta: Array, *, playing: bool) -> Bands | None:
        """The bands of these settings at θ; while playing, of a moment ago where they are dear."""
        where = problem, run, theta.tobytes()
        now = time.perf_counter()
        near = self._where[:2] == where[:2]
        if where == self._where or (near and playing and now < self._next):
            return self._bands
        self._where = where
        self._bands = stability_bands(run, curvature_at(problem, theta))
        done = time.perf_counter()
        self._next = done + (done - now) / SHARE
        return self._bands
