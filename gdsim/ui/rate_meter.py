"""What theory says of a run's rate where it is, measured no more often than there is time for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import Bands, curvature_at, stability_bands
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sampled_limit import sampled_limit
from gdsim.engine.sentences import Sentence
from gdsim.engine.why import Why, scaled_limit, why

SHARE = 0.02
"""The share of the window's time that curvatures may take while playing: a network's rate is told
ten times a second, more than anyone reads."""


@dataclass(frozen=True)
class Point:
    """Where a run is: θ, the optimizer's arrays after so many steps, and the rate in force."""

    theta: Array
    state: Mapping[str, Array]
    step: int
    rate: float


@dataclass(frozen=True)
class Reading:
    """`limit` is the rate above which the run grows here, with `law` where it has one; `whole` the
    same with all samples where the run draws some. `bands` lie below it where theory has them."""

    bands: Bands | None = None
    limit: float | None = None
    law: str = ""
    whole: float | None = None
    samples: Sentence | None = None
    why: Why | None = None


class RateMeter:
    """Keeps the last reading; a network's curvature costs up to 20 ms, a line's a tenth of one."""

    def __init__(self) -> None:
        self._where: tuple[object, ...] = ()
        self._reading = Reading()
        self._next = 0.0

    def of(self, problem: Problem, run: Run, point: Point, *, playing: bool) -> Reading:
        """The reading of these settings there; while playing, of a moment ago where it is dear."""
        where = problem, run, point.theta.tobytes(), point.rate, point.step
        now = time.perf_counter()
        near = self._where[:2] == where[:2]
        if where == self._where or (near and playing and now < self._next):
            return self._reading
        self._where = where
        self._reading = _read(problem, run, point)
        done = time.perf_counter()
        self._next = done + (done - now) / SHARE
        return self._reading


def _read(problem: Problem, run: Run, point: Point) -> Reading:
    here = curvature_at(problem, point.theta)
    reason = why(problem, run, here, point.theta, point.rate, point.state, point.step)
    bands = stability_bands(run, here)
    if bands is None:
        limit = scaled_limit(run, here, point.state, point.step)
        return Reading(limit=limit, law=run.method.scaled_law() if limit else "", why=reason)
    sampled = sampled_limit(problem, run, point.theta)
    if sampled is None:
        return Reading(bands, bands.critical, run.method.law(), why=reason)
    limit = sampled.rate
    smooth = min(bands.smooth_ends, limit)
    narrowed = replace(
        bands, slow_ends=min(bands.slow_ends, smooth), smooth_ends=smooth, critical=limit
    )
    return Reading(narrowed, limit, "", bands.critical, sampled.samples, reason)
