"""Curvature, the critical rate, the regime of a rate, and how a run is doing – with the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence, number, sentence


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
    DIVERGENCE = "divergence"


@dataclass(frozen=True)
class Bands:
    """The rates at which one regime gives way to the next; `critical` is c/λmax."""

    crawl_ends: float
    smooth_ends: float
    critical: float

    def regime(self, rate: float) -> Regime:
        if rate >= self.critical:
            return Regime.DIVERGENCE
        if rate > self.smooth_ends:
            return Regime.ZIGZAG
        return Regime.SMOOTH if rate > self.crawl_ends else Regime.CRAWL


def stability_bands(run: Run, curvature: Curvature | None) -> Bands | None:
    """Bands of the learning rate for this optimizer here, or None where theory gives none.

    Gradient descent multiplies the error along the steepest axis by 1 − αλmax: smooth to 1/λmax,
    zigzag to 2/λmax. With momentum β the roots of z² − (1 + β − αλ)z + β turn complex beyond
    (1 − √β)²/λ and leave the unit circle at 2(1 + β)/λ. Each method knows its own factors. With a
    coupled decay λ everything bends more, by λ.
    """
    factor = run.method.stability_factor()
    if factor is None or curvature is None:
        return None
    steepest = curvature.largest + run.pull
    if steepest <= 0.0:
        return None
    smooth = run.method.smooth_factor() / steepest
    return Bands(0.1 * smooth, smooth, factor / steepest)


def explain_rate(run: Run, curvature: Curvature | None, rate: float) -> Sentence:
    """The regime of the present rate in words, with the numbers that decide it."""
    bands = stability_bands(run, curvature)
    if bands is None or curvature is None:
        if run.method.moves_by_rate:
            return sentence("Adaptive: no fixed critical rate; the step is scaled per parameter.")
        if run.method.stability_factor() is None:
            return sentence("No critical rate is known for this method with these settings.")
        if curvature is not None and not curvature.eigenvalues.any():
            return sentence("The landscape is straight here: without curvature no critical rate.")
        return sentence("The landscape bends down here: no critical rate.")
    texts = {
        Regime.CRAWL: "Rate {rate} crawls: far below the critical {critical} = {law}.",
        Regime.SMOOTH: "Rate {rate} is smooth: below the critical {critical} = {law}.",
        Regime.ZIGZAG: "Rate {rate} zigzags: just below the critical {critical} = {law}.",
        Regime.DIVERGENCE: "Rate {rate} diverges: above the critical {critical} = {law}.",
    }
    return sentence(
        texts[bands.regime(rate)],
        rate=number(rate), critical=number(bands.critical), law=run.method.law(),
    )  # fmt: skip
