"""Cosine annealing, alone and after a linear warm-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule, floor_field, steps_field


def cosine_fall(base: float, floor: float, k: Array, total: float) -> Array:
    """floor + (base − floor)(1 + cos(πk/T))/2 with k clamped to T."""
    fraction = np.minimum(k, total) / total
    return np.asarray(floor + (base - floor) * 0.5 * (1.0 + np.cos(np.pi * fraction)))


@dataclass(frozen=True)
class CosineSettings(Settings):
    decay_steps: int = steps_field(1000, "Over", "The number of steps from the top to the floor.")
    alpha: float = floor_field()


class Cosine(Schedule):
    """α(k) = e + (α − e)(1 + cos(πk/T))/2, e = fraction × α, staying at e after T.

    Loshchilov & Hutter 2017; Keras `CosineDecay`, Optax `cosine_decay_schedule`.
    """

    name = "cosine"
    title = "Cosine annealing"
    summary = "Half a cosine wave from the learning rate down to its floor."
    formula = "α(k) = e + (α − e)(1 + cos(πk/T))/2"
    source = "Loshchilov & Hutter 2017; Keras CosineDecay, Optax cosine_decay_schedule"
    Settings = CosineSettings

    def rate(self, base: float, k: Indices) -> Array:
        s = self.settings
        return cosine_fall(base, s.alpha * base, k.astype(np.float64), s.decay_steps)


@dataclass(frozen=True)
class WarmupCosineSettings(Settings):
    warmup_steps: int = steps_field(100, "Warm-up", "The number of steps of the rise.", "w")
    decay_steps: int = steps_field(1000, "Over", "All steps, those of the warm-up included.")
    start_fraction: float = field(
        0.0, "Starts at", "The first rate, as a fraction of the learning rate.",
        minimum=0.0, maximum=1.0, advanced=True,
    )  # fmt: skip
    alpha: float = floor_field()


class WarmupCosine(Schedule):
    """A linear rise over w steps, then a cosine fall over the T − w that remain (Optax)."""

    name = "warmup_cosine"
    title = "Warm-up, then cosine"
    summary = "Rises in a line to the learning rate, then falls along half a cosine wave."
    formula = "k < w: α k/w; then cosine over T − w"
    source = "Goyal et al. 2017; Optax warmup_cosine_decay_schedule"
    Settings = WarmupCosineSettings

    def rate(self, base: float, k: Indices) -> Array:
        s = self.settings
        start, step = s.start_fraction * base, k.astype(np.float64)
        rising = start + (base - start) * step / s.warmup_steps
        left = max(s.decay_steps - s.warmup_steps, 1)
        falling = cosine_fall(base, s.alpha * base, np.maximum(step - s.warmup_steps, 0.0), left)
        return np.where(k < s.warmup_steps, rising, falling)
