"""L2 in the loss: J + λ Σⱼ₌₁ θⱼ². The intercept θ₀ is spared (Hoerl & Kennard 1970: ridge)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field

if TYPE_CHECKING:
    from gdsim.engine.problems.linear_model import Kernel


@dataclass(frozen=True)
class PenaltySettings(Settings):
    """How much the size of the parameters counts."""

    l2: float = field(
        0.0, "L2", "Adds λ Σ θⱼ² to the loss, so that contours, limit and exact fit show it; the "
        "intercept is spared.",
        symbol="λ", minimum=0.0, maximum=1e12, advanced=True,
    )  # fmt: skip


class Penalised:
    """A kernel with λ Σ wⱼθⱼ² added, j from 1 on; w are 1 where θ itself descends."""

    def __init__(self, kernel: Kernel, weights: Array) -> None:
        """`weights` (features,) are λwⱼ."""
        self._kernel = kernel
        self._weights = weights
        self._double = 2.0 * weights[:, None]

    def loss(self, theta: Array) -> Array:
        total = self._kernel.loss(theta)
        # One after the other, for the same bits in any number of lanes.
        for weight, row in zip(self._weights.tolist(), theta[1:], strict=True):
            total = total + weight * (row * row)
        return np.asanyarray(total)

    def gradient(self, theta: Array, out: Array) -> None:
        self._kernel.gradient(theta, out)
        out[1:] = out[1:] + self._double * theta[1:]

    def hessian(self, theta: Array) -> Array:
        return self._kernel.hessian(theta) + np.diag([0.0, *(2.0 * self._weights)])

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        return self._kernel.reduce(samples, offsets)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        self._kernel.batch_gradient(theta, batch, out)
        out[1:] = out[1:] + self._double * theta[1:]
