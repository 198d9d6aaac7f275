"""Curvature, the critical rate, and the bands of rates around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run


@dataclass(frozen=True)
class Curvature:
    """The Hessian at a point: its eigenvalues, ascending, and their vectors as columns."""

    hessian: Array
    eigenvalues: Array
    vectors: Array

    @property
    def largest(self) -> float:
        """λmax."""
        return float(self.eigenvalues[-1])

    @property
    def condition_number(self) -> float:
        """λmax/λmin; infinite where the landscape is flat or bends down along some direction."""
        low = float(self.eigenvalues[0])
        return self.largest / low if low > 0.0 else math.inf


def curvature_at(problem: Problem, theta: Array) -> Curvature | None:
    """The curvature at θ (parameters,), or None where it is not finite."""
    try:
        with np.errstate(all="ignore"):
            hessian = problem.hessian(np.asarray(theta, dtype=np.float64))
    except OverflowError:  # Python's floats refuse where NumPy's give inf
        return None
    if not np.isfinite(hessian).all():
        return None
    values, vectors = np.linalg.eigh(hessian)
    return Curvature(hessian, values, vectors)


class Regime(Enum):
    """What a rate does on the quadratic that the landscape is near a point."""

    CRAWL = "crawl"
    SMOOTH = "smooth"
    ZIGZAG = "zigzag"
    OVERDAMPED = "overdamped"
    UNDERDAMPED = "underdamped"
    ALTERNATING = "alternating"
    DIVERGENCE = "divergence"


PLAIN = Regime.CRAWL, Regime.SMOOTH, Regime.ZIGZAG, Regime.DIVERGENCE
WITH_MOMENTUM = (
    Regime.OVERDAMPED, Regime.UNDERDAMPED, Regime.ALTERNATING, Regime.DIVERGENCE,
)  # fmt: skip


@dataclass(frozen=True)
class Bands:
    """The rates at which one of four `regimes` gives way to the next; `critical` is c/λmax."""

    slow_ends: float
    smooth_ends: float
    critical: float
    regimes: tuple[Regime, Regime, Regime, Regime] = PLAIN

    def regime(self, rate: float) -> Regime:
        slow, smooth, zigzag, divergence = self.regimes
        if rate >= self.critical:
            return divergence
        if rate > self.smooth_ends:
            return zigzag
        return smooth if rate > self.slow_ends else slow


def stability_bands(run: Run, curvature: Curvature | None) -> Bands | None:
    """Bands of the learning rate for this optimizer here, or None where theory gives none.

    Gradient descent multiplies the error along the steepest axis by 1 − αλmax: smooth to 1/λmax,
    zigzag to 2/λmax. With momentum β the roots of z² − (1 + β − αλ)z + β are complex, a swing that
    shrinks by √β a step, from (1 − √β)²/λ (overdamped below) to (1 + √β)²/λ (alternating above),
    and leave the unit circle at 2(1 + β)/λ. Each method knows its own. With a coupled decay λ
    everything bends more, by λ.
    """
    if curvature is None:
        return None
    method = run.method
    steepest = curvature.largest + run.pull
    critical = method.critical_rate(steepest)
    if critical is None:
        return None
    smooth = min(method.smooth_rate(steepest), critical)
    swings = method.swing_rate(steepest)
    if swings is None:
        return Bands(min(method.crawl_rate(steepest), smooth), smooth, critical)
    return Bands(min(swings, smooth), smooth, critical, WITH_MOMENTUM)
