"""Rates worth trying at a point: too small, safe, the fastest, too large."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.forecast import motion_of
from gdsim.engine.problems import Problem
from gdsim.engine.remedies import rounded_down, safe_rate
from gdsim.engine.run import Run
from gdsim.engine.sampled_limit import sampled_limit

_TRIED, _ROUNDS = 60, 6


class Preset(Enum):
    """A rate by what it does."""

    TOO_SMALL = "too small"
    SAFE = "safe"
    FASTEST = "fastest"
    TOO_LARGE = "too large"


def preset_rate(problem: Problem, run: Run, theta: Array, preset: Preset) -> float | None:
    """The rate at θ (parameters,), to three digits; None where the method has no critical rate.

    Safe is 1/λmax, or half of what the samples or the method bear where that is less. The fastest
    makes the slower of the steepest and the flattest axis as fast as can be: 2/(λmax + λmin) for
    gradient descent; with samples seven tenths of their limit at most.
    """
    curvature = curvature_at(problem, theta)
    if curvature is None:
        return None
    method, curvatures = run.method, curvature.eigenvalues + run.pull
    steepest = float(curvatures[-1])
    critical = method.critical_rate(steepest)
    if critical is None:
        return None
    sampled = sampled_limit(problem, run, theta)
    limit = critical if sampled is None else sampled.rate
    if preset is Preset.TOO_SMALL:
        rate: float | None = 0.3 * method.crawl_rate(steepest)
    elif preset is Preset.SAFE:
        safe = safe_rate(problem, run, theta)
        return None if safe is None else rounded_down(safe)
    elif preset is Preset.TOO_LARGE:
        rate = 1.1 * max(limit, critical)
    else:
        bent = curvatures[curvatures > 1e-9 * steepest]
        rate = _fastest(run, float(bent[0]), steepest, critical)
        if sampled is None or rate < 0.7 * limit:
            return _short(run, rate, (float(bent[0]), steepest))
        rate = 0.7 * limit
    return None if rate is None else float(f"{rate:.3g}")


def _fastest(run: Run, flattest: float, steepest: float, critical: float) -> float:
    """Where the greater of both factors is least, by sections that get smaller."""

    def slower(rate: float) -> float:
        return _slower(run, rate, (flattest, steepest))

    if run.method.transition(np.eye(1), 1.0) is None:
        return 0.5 * critical
    low, high = math.log(1e-4 * critical), math.log(critical)
    for _ in range(_ROUNDS):
        tried = np.linspace(low, high, _TRIED)
        place = int(np.argmin([slower(math.exp(one)) for one in tried]))
        low, high = tried[max(place - 1, 0)], tried[min(place + 1, _TRIED - 1)]
    return math.exp(0.5 * (low + high))


def _slower(run: Run, rate: float, curvatures: tuple[float, float]) -> float:
    """What a step leaves of the error along the slower of two axes."""
    found = [motion_of(run.method, curvature, rate) for curvature in curvatures]
    return max(1.0 if one is None else one[1] for one in found)


def _short(run: Run, rate: float, curvatures: tuple[float, float]) -> float:
    """Three digits, or as many more as keep it within a hundredth of its speed: of a narrow valley
    the fastest rate is so near the critical that three may lie beyond."""
    left = _slower(run, rate, curvatures)
    for digits in range(3, 12):
        short = float(f"{rate:.{digits}g}")
        kept = _slower(run, short, curvatures)
        if left >= 1.0 or kept <= 0.02 or (kept < 1.0 and math.log(kept) <= 0.99 * math.log(left)):
            return short
    return rate
