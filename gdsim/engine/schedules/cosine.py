"""Cosine annealing: alone, with warm restarts, and after a linear warm-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import Defaults, convention_field
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule, floor_field, steps_field
from gdsim.engine.schedules.decay import power


def cosine_fall(base: float | Array, floor: float | Array, k: Array, total: float | Array) -> Array:
    """floor + (base − floor)(1 + cos(πk/T))/2 with k clamped to T."""
    fraction = np.minimum(k, total) / total
    return np.asarray(floor + (base - floor) * 0.5 * (1.0 + np.cos(np.pi * fraction)))


@dataclass(frozen=True)
class CosineSettings(Settings):
    decay_steps: int = steps_field(
        1000, "Over", "The number of steps from the top to the floor.",
        aliases=("T_max", "total_steps"),
    )  # fmt: skip
    alpha: float = floor_field()
    periodic: bool = field(
        False, "Periodic", "Climbs again after the floor, as PyTorch's does, instead of staying.",
        advanced=True,
    )  # fmt: skip


class Cosine(Schedule):
    """α(k) = e + (α − e)(1 + cos(πk/T))/2, e = fraction × α, staying at e after T.

    Loshchilov & Hutter 2017; Keras `CosineDecay`, Optax `cosine_decay_schedule`. Periodic: the
    same without an end, of period 2T, as `torch` CosineAnnealingLR.
    """

    name = "cosine"
    title = "Cosine annealing"
    summary = "Half a cosine wave from the learning rate down to its floor."
    formula = "α(k) = e + (α − e)(1 + cos(πk/T))/2"
    source = "Loshchilov & Hutter 2017; Keras CosineDecay, Optax cosine_decay_schedule"
    Settings = CosineSettings
    settings: CosineSettings
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        if s.periodic:
            # Folded to 0 … T, where a cosine has all its digits.
            k = k % (2 * s.decay_steps)
            k = np.minimum(k, 2 * s.decay_steps - k)
        return cosine_fall(base, s.alpha * base, k.astype(np.float64), s.decay_steps)

    def bounds(self, base: float) -> tuple[float, float]:
        return self.settings.alpha * base, base


@dataclass(frozen=True)
class RestartsSettings(Settings):
    first_steps: int = steps_field(
        200, "First cycle", "The number of steps to the first restart.", "T₀",
        aliases=("T_0", "first_decay_steps"),
    )  # fmt: skip
    t_mult: float = field(
        1.0, "Cycle factor", "How many times longer each cycle is than the one before.",
        minimum=1.0, maximum=100.0, aliases=("T_mult", "t_mul"),
    )  # fmt: skip
    m_mult: float = field(
        1.0, "Peak factor", "What each cycle's height above the floor is multiplied by.",
        above=0.0, maximum=1.0, advanced=True, aliases=("m_mul",),
    )  # fmt: skip
    alpha: float = floor_field()


class CosineRestarts(Schedule):
    """Half a cosine wave in each cycle; cycle i has T₀ mⁱ steps and begins at its full height.

    SGDR, Loshchilov & Hutter 2017; `torch` CosineAnnealingWarmRestarts, Keras CosineDecayRestarts,
    which doubles the cycles where nothing else is said. The rate at a restart is the peak.
    """

    name = "cosine_restarts"
    title = "Cosine with warm restarts"
    summary = "Half a cosine wave down, then up at once, again and again."
    formula = "α(k) = e + (α − e)(1 + cos(π(k − kᵢ)/Tᵢ))/2,  Tᵢ = T₀ mⁱ"
    source = "Loshchilov & Hutter 2017; torch CosineAnnealingWarmRestarts, Keras"
    Settings = RestartsSettings
    settings: RestartsSettings
    defaults: ClassVar[Defaults] = {"keras": {"t_mult": 2.0}}

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        length, factor = float(s.first_steps), s.t_mult
        if factor == 1.0:
            cycle = (k // s.first_steps).astype(np.float64)
            passed = (k % s.first_steps).astype(np.float64)
            lengths = np.full(k.shape, length)
        else:
            starts, last = [0.0], float(k.max()) if k.size else 0.0
            while starts[-1] <= last:
                starts.append(length * (factor ** len(starts) - 1.0) / (factor - 1.0))
            place = np.searchsorted(np.array(starts), k, side="right") - 1
            cycle = place.astype(np.float64)
            passed = k - np.array(starts)[place]
            lengths = length * power(factor, cycle)
        floor = s.alpha * base
        return cosine_fall(floor + (base - floor) * power(s.m_mult, cycle), floor, passed, lengths)

    def bounds(self, base: float) -> tuple[float, float]:
        return self.settings.alpha * base, base


@dataclass(frozen=True)
class WarmupCosineSettings(Settings):
    warmup_steps: int = steps_field(100, "Warm-up", "The number of steps of the rise.", "w")
    decay_steps: int = steps_field(
        1000, "Over", "All steps, those of the warm-up included; in Keras's convention without.",
        aliases=("total_steps",),
    )  # fmt: skip
    start_fraction: float = field(
        0.0, "Starts at", "The first rate, as a fraction of the learning rate.",
        minimum=0.0, maximum=1.0, advanced=True,
    )  # fmt: skip
    alpha: float = floor_field()
    convention: str = convention_field("optax", "keras")


class WarmupCosine(Schedule):
    """A linear rise over w steps, then a cosine fall over the T − w that remain (Optax).

    Keras `CosineDecay(warmup_steps=w)` falls over T steps after the rise. torch has none.
    """

    name = "warmup_cosine"
    title = "Warm-up, then cosine"
    summary = "Rises in a line to the learning rate, then falls along half a cosine wave."
    formula = "k < w:  α k/w;  k ≥ w:  e + (α − e)(1 + cos(π(k − w)/(T − w)))/2"
    source = "Goyal et al. 2017; Optax warmup_cosine_decay_schedule"
    Settings = WarmupCosineSettings
    settings: WarmupCosineSettings
    conventions = ("optax", "keras")
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        start, step = s.start_fraction * base, k.astype(np.float64)
        rising = start + (base - start) * step / s.warmup_steps
        whole = s.decay_steps if s.convention == "keras" else s.decay_steps - s.warmup_steps
        left = max(whole, 1)
        falling = cosine_fall(base, s.alpha * base, np.maximum(step - s.warmup_steps, 0.0), left)
        return np.where(k < s.warmup_steps, rising, falling)

    def bounds(self, base: float) -> tuple[float, float]:
        return min(self.settings.start_fraction, self.settings.alpha) * base, base
