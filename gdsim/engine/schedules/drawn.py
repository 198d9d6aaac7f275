"""A schedule drawn by hand: straight lines between points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule
from gdsim.engine.sentences import Fault

MOST_FACTOR = 1e6


def points(text: str) -> tuple[tuple[int, float], ...]:
    """(step, factor) pairs as in "0:1, 200:0.5, 1000:0.1", the steps going up."""
    found: list[tuple[int, float]] = []
    for part in text.split(","):
        step, colon, factor = part.partition(":")
        try:
            pair = int(step), float(factor)
        except ValueError:
            pair = -1, 0.0
        above = found[-1][0] if found else -1
        if not colon or pair[0] <= above or not 0.0 <= pair[1] <= MOST_FACTOR:
            raise Fault(
                "'{part}' is no point of a schedule: give step:factor pairs whose steps go up, "
                "such as 0:1, 200:0.5, 1000:0.1.",
                part=part.strip()[:60],
            )  # fmt: skip
        found.append(pair)
    return tuple(found)


@dataclass(frozen=True)
class PiecewiseSettings(Settings):
    points: str = field(
        "0:1, 200:0.5, 1000:0.1", "Corners",
        "step:factor pairs; between them the rate goes in straight lines.",
        reader=points, wanted="step:factor pairs, such as 0:1, 200:0.5, 1000:0.1",
    )  # fmt: skip


class Piecewise(Schedule):
    """α times a factor that goes in straight lines through the given (step, factor) points.

    Before the first point and after the last the factor stays.
    """

    name = "piecewise"
    title = "Drawn by hand"
    summary = "Straight lines through points of your own."
    formula = "α(k) = α (fᵢ + (fᵢ₊₁ − fᵢ)(k − kᵢ)/(kᵢ₊₁ − kᵢ))"
    source = "optax.piecewise_interpolate_schedule"
    Settings = PiecewiseSettings
    settings: PiecewiseSettings
    conventions = ("optax",)
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        steps, factors = np.array(points(self.settings.points)).T
        # Not np.interp: it works differently for few points asked for than for many.
        place = np.clip(np.searchsorted(steps, k, side="right") - 1, 0, max(len(steps) - 2, 0))
        after = np.minimum(place + 1, len(steps) - 1)
        width = np.maximum(steps[after] - steps[place], 1.0)
        passed = np.clip((k - steps[place]) / width, 0.0, 1.0)
        return np.asarray(base * (factors[place] + (factors[after] - factors[place]) * passed))

    def bounds(self, base: float) -> tuple[float, float]:
        factors = [factor for _, factor in points(self.settings.points)]
        return min(factors) * base, max(factors) * base
