"""How a run goes along each axis of the loss where it is: the picture behind the one-line why."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.forecast import Motion, motion_of
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run

MOST = 6
"""So many axes are told; of more, the steepest and the flattest halves of these."""


@dataclass(frozen=True, slots=True)
class AxisMotion:
    """Along one eigenvector: its curvature λ (with the decay's), by how much a step multiplies the
    error's size, how the error goes on, and how many steps make a tenth of it (None: never)."""

    curvature: float
    left: float
    motion: Motion
    tenth: float | None


def axes_of(problem: Problem, run: Run, theta: Array, rate: float) -> tuple[AxisMotion, ...]:
    """The axes at θ (parameters,), steepest first; none where no axis has a factor of its own."""
    here = curvature_at(problem, theta)
    if here is None or rate == 0.0:
        return ()
    found = (here.eigenvalues + run.pull)[::-1].tolist()
    if len(found) > MOST:
        found = [*found[: MOST // 2], *found[-(MOST - MOST // 2) :]]
    told = []
    for curvature in found:
        moved = motion_of(run.method, curvature, rate)
        if moved is None:
            return ()
        motion, left = moved
        told.append(AxisMotion(curvature, left, motion, _tenth(left)))
    return tuple(told)


def _tenth(left: float) -> float | None:
    """Steps until the error is a tenth: log 0.1 / log `left`."""
    if left >= 1.0 or not np.isfinite(left):
        return None
    return 1.0 if left <= 0.1 else math.log(0.1) / math.log(left)
