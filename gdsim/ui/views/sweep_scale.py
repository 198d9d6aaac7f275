"""What a sweep's map shows of each run, as an exponent of ten, and its range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.sweep.judge import NEVER
from gdsim.engine.sweep.pieces import Outcomes
from gdsim.ui.language import tr

SETTLED, LOSS = "settled", "loss"
LEAST_EXCESS = 1e-15
"""Losses closer to the lowest than this share of it are rounding."""


@dataclass(frozen=True)
class Scale:
    """The range of what is shown, in exponents of ten."""

    low: float
    high: float
    title: str

    def share(self, exponents: Array) -> Array:
        """1 … 0 along the colours, for good is bright; NaN stays."""
        return 1.0 - np.clip((exponents - self.low) / (self.high - self.low), 0.0, 1.0)


def scale_of(exponents: Array, measure: str) -> Scale:
    """The range of the runs that did not diverge."""
    shown = exponents[np.isfinite(exponents)]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    if high - low < 0.05:
        low, high = low - 0.5, high + 0.5
    if measure == SETTLED:
        return Scale(low, high, tr("Steps until it stays there"))
    # Next to the boundary some runs are on their way up: they shall not take all the colours.
    if shown.size:
        high = max(low + 1.0, float(np.quantile(shown, 0.99)))
    return Scale(low, high, tr("Loss above the lowest"))


def exponents_of(outcomes: Outcomes, measure: str) -> Array:
    """log₁₀ of what is shown, NaN where there is nothing."""
    if measure == SETTLED:
        steps = np.maximum(outcomes.settled, 1)
        return np.log10(np.where(outcomes.settled == NEVER, np.nan, steps))
    least_known = outcomes.grid.problem.least_loss
    finite = outcomes.loss[np.isfinite(outcomes.loss)]
    known = [] if least_known is None else [least_known]
    lowest = min([*known, float(finite.min())] if finite.size else [*known, 0.0])
    least = LEAST_EXCESS * max(1.0, abs(lowest))
    with np.errstate(all="ignore"):
        return np.asarray(np.log10(np.maximum(outcomes.loss - lowest, least)))
