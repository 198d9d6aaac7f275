"""Lookahead: slow weights that now and then go some of the way that another method has gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.columns import Columns
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, column_of
from gdsim.engine.optimizers.methods import METHODS

if TYPE_CHECKING:
    from gdsim.engine.problems import Problem

INNER = {
    cls.name: cls.title
    for cls in METHODS
    # What keeps points of its own beside θ would not come back with it; one sample a step is a
    # matter of the run's batch size.
    if cls.gradient_point is Optimizer.gradient_point and not cls.single_sample
}


@dataclass(frozen=True)
class LookaheadSettings(RateSettings):
    inner: str = field(
        "momentum", "Method", "The method that makes the steps, with its default settings.",
        choices=INNER,
    )  # fmt: skip
    sync_period: int = field(
        5, "Every", "So many steps are made before the slow weights follow.",
        symbol="k", minimum=1, maximum=1e9, scale="log",
    )  # fmt: skip
    slow_step: float = field(
        0.5, "Share", "The share of the way that the slow weights follow; from there it goes on.",
        symbol="s", above=0.0, maximum=1.0, aliases=("slow_step_size",),
    )  # fmt: skip


class Lookahead(Optimizer):
    """θ makes k steps of another method, then φ ← φ + s(θ − φ), θ ← φ (Zhang et al. 2019).

    φ starts at θ. The inner method keeps its state at these moments, as `optax.lookahead` does
    (`reset_state=False`); it has its default settings, apart from the rate. What is shown is θ.
    """

    name = "lookahead"
    title = "Lookahead"
    summary = "Goes ahead by another method, then back some of the way: swings and noise shrink."
    formula = ("θ ← A(θ, g)", "t = k, 2k, …:  φ ← φ + s (θ − φ),  θ ← φ")
    source = "Zhang, Lucas, Hinton & Ba 2019; optax.lookahead"
    Settings = LookaheadSettings
    chosen: LookaheadSettings
    conventions = ("optax",)

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        family = next(cls for cls in METHODS if cls.name == self.chosen.inner)
        self.inner = family(Columns(family.Settings(), {}, len(settings)))
        self.moves_by_rate = self.inner.moves_by_rate
        self.period, self.share = (
            column_of(settings, "sync_period"),
            column_of(settings, "slow_step"),
        )

    def lines(self) -> tuple[str, ...]:
        *first, last = self.inner.rule()
        return ",  ".join(first) or last, *([last] if first else []), self.formula[-1]

    def letters(self) -> Mapping[str, str]:
        return {**self.inner.letters(), "slow": "φ"}

    def bind(self, problem: Problem) -> None:
        self.inner.bind(problem)

    def init(self, theta: Array) -> State:
        return {**self.inner.init(theta), "slow": theta.copy()}

    def prepare(self, t: Indices, rates: Array) -> tuple[Array, ...]:
        follows = np.where(t % self.period == 0, self.share, 0.0)
        return (*self.inner.prepare(t, rates), follows)

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        *steps, follows = coefficients
        fast = self.inner.step(theta, gradient, state, *steps)
        state["slow"] = slow = state["slow"] + (fast - state["slow"]) * follows
        return np.where(follows > 0.0, slow, fast)

    def pull(self) -> float:
        return self.inner.pull()

    def half_swing(self) -> float:
        return self.inner.half_swing()

    def longest_step(self) -> float:
        return self.inner.longest_step()

    def stability_factor(self) -> float | None:
        """Of an error that a step of gradient descent multiplies by z, 1 − s + szᵏ is left."""
        if not self.inner.is_plain():
            return None
        s, k = self.chosen.slow_step, self.chosen.sync_period
        return 1.0 + ((2.0 - s) / s) ** (1.0 / k) if k % 2 else 2.0

    def law(self) -> str:
        return "(1 + ᵏ√(2/s − 1))/λmax" if self.chosen.sync_period % 2 else "2/λmax"
