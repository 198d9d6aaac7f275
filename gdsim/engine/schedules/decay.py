"""Constant, step, exponential and inverse-time schedules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule, steps_field


@dataclass(frozen=True)
class ConstantSettings(Settings):
    pass


class Constant(Schedule):
    """α(k) = α."""

    name = "constant"
    title = "Constant"
    summary = "The same rate at every step."
    formula = "α(k) = α"
    source = "all frameworks"
    Settings = ConstantSettings

    def rate(self, base: float, k: Indices) -> Array:
        return np.full(k.shape, base)


@dataclass(frozen=True)
class StepSettings(Settings):
    step_size: int = steps_field(200, "Every", "So many steps pass between two drops.", "S")
    gamma: float = field(
        0.5, "Factor", "What the rate is multiplied by at each drop.",
        symbol="γ", above=0.0, maximum=1.0,
    )  # fmt: skip


class StepDecay(Schedule):
    """α(k) = α γ^⌊k/S⌋ (`torch.optim.lr_scheduler.StepLR`)."""

    name = "step"
    title = "Step decay"
    summary = "Drops by a factor every so many steps: a staircase."
    formula = "α(k) = α γ^⌊k/S⌋"
    source = "torch StepLR; Keras and Optax exponential decay with staircase"
    Settings = StepSettings

    def rate(self, base: float, k: Indices) -> Array:
        drops = (k // self.settings.step_size).astype(np.float64)
        return np.asarray(base * self.settings.gamma**drops, dtype=np.float64)


@dataclass(frozen=True)
class ExponentialSettings(Settings):
    gamma: float = field(
        0.995, "Factor", "What the rate is multiplied by at each step.",
        symbol="γ", above=0.0, maximum=1.0,
    )  # fmt: skip


class Exponential(Schedule):
    """α(k) = α γᵏ (`torch.optim.lr_scheduler.ExponentialLR`)."""

    name = "exponential"
    title = "Exponential decay"
    summary = "Shrinks by the same factor at each step."
    formula = "α(k) = α γᵏ"
    source = "torch ExponentialLR"
    Settings = ExponentialSettings

    def rate(self, base: float, k: Indices) -> Array:
        return np.asarray(base * self.settings.gamma ** k.astype(np.float64), dtype=np.float64)


@dataclass(frozen=True)
class InverseTimeSettings(Settings):
    decay_rate: float = field(
        0.01, "Decay rate", "How fast the rate falls; after 1/r steps it is half.",
        symbol="r", minimum=0.0, maximum=1e6, scale="log",
    )  # fmt: skip
    decay_steps: int = steps_field(1, "Per", "So many steps count as one unit of time.", "S")


class InverseTime(Schedule):
    """α(k) = α / (1 + r k/S) (Keras `InverseTimeDecay`)."""

    name = "inverse_time"
    title = "Inverse-time decay"
    summary = "Falls like 1/k: fast at first, then ever more slowly."
    formula = "α(k) = α / (1 + r k/S)"
    source = "Keras InverseTimeDecay; Robbins & Monro 1951"
    Settings = InverseTimeSettings

    def rate(self, base: float, k: Indices) -> Array:
        s = self.settings
        return np.asarray(base / (1.0 + s.decay_rate * k / s.decay_steps), dtype=np.float64)
