"""One-cycle, cyclical and Noam: rates that go up before they go down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import convention_field
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule, steps_field
from gdsim.engine.schedules.decay import power


@dataclass(frozen=True)
class OneCycleSettings(Settings):
    total_steps: int = field(
        1000, "Over", "The number of steps of the whole cycle.",
        symbol="N", minimum=2, maximum=1e9, scale="log",
    )  # fmt: skip
    pct_start: float = field(
        0.3, "Rising share", "The share of the steps in which the rate goes up.",
        above=0.0, below=1.0,
    )  # fmt: skip
    div_factor: float = field(
        25.0, "First divisor", "The first rate is the learning rate divided by this.",
        minimum=1.0, maximum=1e12, scale="log",
    )  # fmt: skip
    final_div_factor: float = field(
        1e4, "Last divisor", "The last rate is the first one divided by this.",
        minimum=1.0, maximum=1e12, scale="log",
    )  # fmt: skip
    anneal_strategy: str = field(
        "cos", "Shape", "Whether it goes along half cosine waves or straight lines.",
        choices=("cos", "linear"), advanced=True,
    )  # fmt: skip
    three_phase: bool = field(
        False, "Three phases", "Up, down to the first rate in as many steps, then to the last.",
        advanced=True, needs=(("convention", "pytorch"),),
    )  # fmt: skip
    pct_final: float = field(
        0.85, "Back at", "The share of the steps after which the first rate is reached again.",
        above=0.0, maximum=1.0, advanced=True,
        needs=(("convention", "optax"), ("anneal_strategy", "linear")),
    )  # fmt: skip
    convention: str = convention_field("pytorch", "optax")


class OneCycle(Schedule):
    """From α/d up to α, then down to α/(d f): Smith & Topin 2018; `torch` OneCycleLR.

    torch: peak at k = pN − 1, end at N − 1. Optax: peak at ⌊pN⌋, end at N; its linear form comes
    down to α/d at ⌊p′N⌋ first. After the end the last rate stays. The learning rate is the peak.
    """

    name = "one_cycle"
    title = "One cycle"
    summary = "One long rise to the learning rate, then a fall far below where it began."
    formula = "α/d ↗ α (k = pN − 1) ↘ α/(d f) (k = N − 1)"
    source = "Smith & Topin 2018; torch OneCycleLR, optax.cosine_onecycle_schedule"
    Settings = OneCycleSettings
    settings: OneCycleSettings
    continuous = True
    conventions = ("pytorch", "optax")

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        corners = self.corners(base)
        end = s.total_steps - 1 if s.convention == "pytorch" else s.total_steps
        step = np.minimum(k, end).astype(np.float64)
        out = np.zeros(k.shape) + corners[-1][1]
        # Backwards, so that of two corners at one step the earlier one counts, as in torch.
        for (begin, low), (stop, high) in reversed(list(pairwise(corners))):
            here = step <= stop
            passed = (step - begin) / (stop - begin) if stop > begin else np.ones_like(step)
            if s.anneal_strategy == "cos":
                way = high + (low - high) / 2.0 * (np.cos(np.pi * np.clip(passed, 0, 1)) + 1.0)
            else:
                way = (high - low) * passed + low
            out = np.where(here, way, out)
        return np.asarray(out)

    def bounds(self, base: float) -> tuple[float, float]:
        s = self.settings
        return base / s.div_factor / s.final_div_factor, base

    def corners(self, base: float | Array) -> list[tuple[float, float | Array]]:
        """(step, rate) where one piece gives way to the next."""
        s = self.settings
        count, first = s.total_steps, base / s.div_factor
        last = first / s.final_div_factor
        if s.convention == "optax":
            peak = (float(int(s.pct_start * count)), base)
            if s.anneal_strategy == "cos":
                return [(0.0, first), peak, (float(count), last)]
            back = max(float(int(s.pct_final * count)), peak[0])
            return [(0.0, first), peak, (back, first), (float(count), last)]
        peak, end = (s.pct_start * count - 1.0, base), (count - 1.0, last)
        if not s.three_phase:
            return [(0.0, first), peak, end]
        return [(0.0, first), peak, (2.0 * s.pct_start * count - 2.0, first), end]


@dataclass(frozen=True)
class CyclicalSettings(Settings):
    step_size_up: int = steps_field(100, "Rising steps", "The number of steps from bottom to top.")
    step_size_down: int = field(
        0, "Falling steps", "The number of steps from top to bottom; 0 is as many as the rise.",
        minimum=0, maximum=1e9, advanced=True,
    )  # fmt: skip
    base_fraction: float = field(
        0.1, "Bottom", "The lowest rate, as a fraction of the learning rate.",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip
    mode: str = field(
        "triangular", "Peaks", "All alike, each half as high as the last, or shrinking with γᵏ.",
        choices=("triangular", "triangular2", "exp_range"),
    )  # fmt: skip
    gamma: float = field(
        0.999, "Factor", "What the height is multiplied by at each step.",
        symbol="γ", above=0.0, maximum=1.0, needs=(("mode", "exp_range"),),
    )  # fmt: skip


class Cyclical(Schedule):
    """Triangles between a fraction of α and α (Smith 2017; `torch` CyclicLR).

    triangular2: the height halves with each cycle; exp_range: it is multiplied by γᵏ. The
    learning rate is torch's max_lr. Momentum is not cycled.
    """

    name = "cyclical"
    title = "Cyclical"
    summary = "Up and down in triangles between a lowest rate and the learning rate."
    formula = "α(k) = b + (α − b) Δ(k) h(k),  h = 1 | ½ᶜ | γᵏ"
    source = "Smith 2017; torch CyclicLR"
    Settings = CyclicalSettings
    settings: CyclicalSettings
    conventions = ("pytorch",)
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        s = self.settings
        up, down = s.step_size_up, s.step_size_down or s.step_size_up
        cycle, place = k // (up + down), k % (up + down)
        height = np.where(place <= up, place / up, (up + down - place) / down)
        if s.mode == "triangular2":
            height = height * power(0.5, cycle)
        elif s.mode == "exp_range":
            height = height * power(s.gamma, k)
        low = s.base_fraction * base
        return np.asarray(low + (base - low) * height, dtype=np.float64)

    def bounds(self, base: float) -> tuple[float, float]:
        return self.settings.base_fraction * base, base


@dataclass(frozen=True)
class NoamSettings(Settings):
    warmup_steps: int = steps_field(100, "Warm-up", "The number of steps of the rise.", "w")
    d_model: int = field(
        1, "Model width", "The width of the model that the rate is scaled for (paper: 512).",
        symbol="d", minimum=1, maximum=1e9, scale="log",
    )  # fmt: skip


class Noam(Schedule):
    """α(k) = α d^(−½) min(s^(−½), s w^(−3/2)), s = k + 1 (Vaswani et al. 2017)."""

    name = "noam"
    title = "Noam (transformer)"
    summary = "Rises in a line, then falls like one over the root of the step."
    formula = "α(k) = α d^(−½) min(s^(−½), s w^(−3/2)),  s = k + 1"
    source = "Vaswani et al. 2017, equation 3; torch LambdaLR"
    Settings = NoamSettings
    settings: NoamSettings
    continuous = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        s, step = self.settings, (k + 1).astype(np.float64)
        rise = step * float(s.warmup_steps) ** -1.5
        peak = base * float(s.d_model) ** -0.5
        return np.asarray(peak * np.minimum(1.0 / np.sqrt(step), rise))

    def bounds(self, base: float) -> tuple[float, float]:
        s = self.settings
        return 0.0, base * float(s.d_model) ** -0.5 * float(s.warmup_steps) ** -0.5
