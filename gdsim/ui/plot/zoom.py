"""What the wheel makes of a range."""

from __future__ import annotations

import math

NOTCH = 120.0
"""What Qt tells of one notch of a wheel."""
SHARE = 0.75
"""Of the range that is left to be seen after a notch."""
FINEST = 1e-10
"""A range is no narrower than this share of its ends: beneath are only rounding errors."""
WIDEST = 1e100


def zoomed(shown: tuple[float, float], about: float, turned: float) -> tuple[float, float]:
    """The range after the wheel turned so far (in eighths of a degree), `about` standing still."""
    low, high = shown
    factor = SHARE ** (turned / NOTCH)
    span = factor * (high - low)
    if not FINEST * max(abs(low), abs(high)) < span < WIDEST or not math.isfinite(about):
        return shown
    return about + factor * (low - about), about + factor * (high - about)


def notches(factor: float) -> float:
    """How far a wheel would turn to show things so many times as large, in eighths of a degree."""
    return -NOTCH * math.log(factor) / math.log(SHARE)
