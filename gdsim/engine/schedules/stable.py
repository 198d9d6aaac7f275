"""Warm-up, stable, decay: most of the way at one rate, with a short fall at its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule, floor_field, steps_field


@dataclass(frozen=True)
class StableSettings(Settings):
    warmup_steps: int = steps_field(50, "Warm-up", "The number of steps of the rise.", "w")
    stable_steps: int = steps_field(
        700, "Stable", "The number of steps at the learning rate itself.", "s"
    )
    decay_steps: int = steps_field(250, "Decay", "The number of steps of the fall.", "d")
    shape: str = field(
        "linear", "Shape",
        "Whether it falls along a straight line or, fast at first, along a root.",
        choices={"linear": "linear", "sqrt": "root"},
    )  # fmt: skip
    alpha: float = floor_field()


class WarmupStableDecay(Schedule):
    """A linear rise over w steps, s steps at α, then a fall over d steps to e = fraction × α.

    α(k) = αk/w for k < w, α for k < w + s, then e + (α − e)f(u) with u = (k − w − s)/d up to 1.
    f(u) = 1 − u (Hu et al. 2024, MiniCPM), or 1 − √u (Hägele et al. 2024). A run may be prolonged,
    since nothing before the fall depends on its length.
    """

    name = "wsd"
    title = "Warm-up, stable, decay"
    summary = "Rises in a line, stays at the learning rate, and falls only at the end."
    formula = "k < w:  α k/w;  k < w + s:  α;  then  e + (α − e) f((k − w − s)/d)"
    source = "Hu et al. 2024 (MiniCPM); Hägele et al. 2024"
    Settings = StableSettings
    settings: StableSettings
    conventions = ()
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        fall = s.warmup_steps + s.stable_steps
        passed = np.clip((k - fall) / s.decay_steps, 0.0, 1.0)
        left = 1.0 - (np.sqrt(passed) if s.shape == "sqrt" else passed)
        floor = s.alpha * base
        rising = base * np.minimum(k, s.warmup_steps) / s.warmup_steps
        return np.asarray(np.where(k < fall, rising, floor + (base - floor) * left))
