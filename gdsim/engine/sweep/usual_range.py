"""Where a sweep over a field is worth a first look."""

from __future__ import annotations

import math

from gdsim.engine.fields import Field
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sweep.grid import Target

Range = tuple[str, float, float]
"""Spacing ("log" or "lin"), low end, high end."""

WIDE = 100.0
"""Up to so wide a range is taken whole."""


def usual_range(problem: Problem, run: Run, target: Target) -> Range:
    """The range to start from: around what the run has, or all that the field allows."""
    if target.part == "start":
        names = [parameter.name for parameter in problem.parameters]
        low, high = problem.bounds()[names.index(target.name)]
        return "lin", _short(low), _short(high)
    field = target.field
    value = float(getattr(getattr(run, target.part), target.name))
    if field.name == "learning_rate":
        power = math.floor(math.log10(value))
        return "log", _power(power - 1), _power(power + 2)
    if field.name == "seed":
        return "lin", 0.0, 19.0
    low, high = _ends(field)
    if high - low <= WIDE and field.scale == "linear":
        return "lin", _short(low), _short(high)
    if value <= 0.0:
        return "log", max(1e-4, low), min(1.0, high)
    span = 10.0 if field.kind == "int" else 100.0
    return "log", _short(max(value / span, low)), _short(min(value * span, high))


def _ends(field: Field) -> tuple[float, float]:
    """The least and the greatest value; next to an end that is not itself allowed."""
    low = field.minimum if field.minimum is not None else field.above
    high = field.maximum if field.maximum is not None else field.below
    bottom = low if low is not None else -math.inf
    top = high if high is not None else math.inf
    share = 0.01 * (top - bottom) if math.isfinite(top - bottom) else 0.0
    if field.minimum is None and low is not None:
        bottom += min(share, 1e-6) if field.scale == "log" else share
    if field.maximum is None and high is not None:
        top -= share
    return bottom, top


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _power(exponent: int) -> float:
    return float(f"1e{exponent}")
