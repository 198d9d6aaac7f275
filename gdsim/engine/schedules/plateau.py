"""Reduce on plateau: the rate falls when the loss has not got better for a while."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.conventions import FRAMEWORKS, Defaults, convention_field
from gdsim.engine.fields import Settings, field
from gdsim.engine.schedules.base import Schedule


@dataclass(frozen=True)
class PlateauSettings(Settings):
    factor: float = field(
        0.1, "Factor", "What the rate is multiplied by.", symbol="γ", above=0.0, below=1.0
    )
    patience: int = field(
        10, "Patience", "So many steps without a better loss are borne with.", symbol="p",
        minimum=0, maximum=1e9, scale="log",
    )  # fmt: skip
    threshold: float = field(
        1e-4, "Threshold", "How much smaller a loss must be to count as better.",
        minimum=0.0, maximum=1e12, scale="log", advanced=True, aliases=("min_delta",),
    )  # fmt: skip
    threshold_mode: str = field(
        "rel", "Threshold is", "A share of the best loss so far, or an amount of loss.",
        choices=("rel", "abs"), advanced=True,
    )  # fmt: skip
    cooldown: int = field(
        0, "Cool-down", "So many steps after a fall do not count.",
        minimum=0, maximum=1e9, advanced=True,
    )  # fmt: skip
    min_lr: float = field(
        0.0, "Least rate", "The rate does not fall below this.",
        minimum=0.0, maximum=1e6, advanced=True,
    )  # fmt: skip
    convention: str = convention_field(*FRAMEWORKS)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of the losses seen: the share of α left, the best loss, two counters."""

    share: float = 1.0
    best: float = math.inf
    bad: int = 0
    cooling: int = 0


SMALLEST_CHANGE = 1e-8
"""torch leaves a rate as it is where it would change by no more than this."""


class Plateau(Schedule):
    """α is multiplied by γ when the loss has not got better for more than `patience` steps.

    The loss of the whole data at θₖ is seen with update k and decides about update k + 1; in
    Optax's convention about update k itself. torch: reduces after patience + 1 bad losses,
    cool-down counted after the comparison. Keras: after patience bad ones, threshold an amount by
    default. Optax: when patience bad ones are reached (patience 0 counts as 1 here: in Optax 0.2.8
    it reduces at each *better* loss).
    """

    name = "plateau"
    title = "Reduce on plateau"
    summary = "Falls by a factor when the loss has stopped getting better."
    formula = "n > p:  α ← γ α,  n = k − argmin J"
    source = "torch ReduceLROnPlateau, Keras ReduceLROnPlateau, optax.contrib.reduce_on_plateau"
    Settings = PlateauSettings
    settings: PlateauSettings
    defaults: ClassVar[Defaults] = {"keras": {"threshold_mode": "abs"}}
    watches_loss = True

    def rate(self, base: float | Array, k: Indices) -> Array:
        """The rate while the loss keeps getting better."""
        return np.zeros(k.shape) + base

    def bounds(self, base: float) -> tuple[float, float]:
        return min(self.settings.min_lr, base), base

    def watch(self, memory: Any, base: float, loss: float) -> tuple[float, Watch]:
        before: Watch = memory or Watch()
        seen = {"pytorch": self._torch, "keras": self._keras, "optax": self._optax}[
            self.settings.convention
        ]
        after = seen(before, base, loss)
        share = after.share if self.settings.convention == "optax" else before.share
        return base * share, after

    def _better(self, loss: float, best: float) -> bool:
        threshold = self.settings.threshold
        if self.settings.threshold_mode == "rel":
            # From 1 on nothing is better, the first loss neither: the frameworks compare with ∞.
            return bool(loss < best * (1.0 - threshold))
        return bool(loss < best - threshold)

    def _torch(self, watch: Watch, base: float, loss: float) -> Watch:
        s = self.settings
        better = self._better(loss, watch.best)
        bad = 0 if better else watch.bad + 1
        cooling = watch.cooling
        if cooling > 0:
            cooling, bad = cooling - 1, 0
        share = watch.share
        if bad > s.patience:
            lower = max(base * share * s.factor, s.min_lr)
            if base * share - lower > SMALLEST_CHANGE:
                share = lower / base
            cooling, bad = s.cooldown, 0
        return Watch(share, loss if better else watch.best, bad, cooling)

    def _keras(self, watch: Watch, base: float, loss: float) -> Watch:
        s = self.settings
        cooling, bad = watch.cooling, watch.bad
        if cooling > 0:
            cooling, bad = cooling - 1, 0
        if self._better(loss, watch.best):
            return replace(watch, best=loss, bad=0, cooling=cooling)
        share = watch.share
        if cooling <= 0:
            bad += 1
            if bad >= s.patience and base * share > s.min_lr:
                share = max(base * share * s.factor, s.min_lr) / base
                cooling, bad = s.cooldown, 0
        return Watch(share, watch.best, bad, cooling)

    def _optax(self, watch: Watch, base: float, loss: float) -> Watch:
        s = self.settings
        better = self._better(loss, watch.best)
        best = loss if better else watch.best
        if watch.cooling > 0:
            return Watch(watch.share, best, 0, watch.cooling - 1)
        bad = 0 if better else watch.bad + 1
        if bad < max(s.patience, 1):
            return Watch(watch.share, best, bad, 0)
        # Optax's floor is a share of the base rate; ours is a rate, in all conventions.
        share = max(watch.share * s.factor, min(s.min_lr / base, watch.share))
        return Watch(share, best, 0, s.cooldown)
