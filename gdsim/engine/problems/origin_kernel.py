"""Kernels without an intercept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdsim.engine.arrays import Array, Indices

if TYPE_CHECKING:
    from gdsim.engine.problems.linear_model import Kernel


class Held:
    """A kernel whose θ₀ is held at 0: here θ begins with θ₁."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def loss(self, theta: Array) -> Array:
        return self._kernel.loss(_whole(theta))

    def gradient(self, theta: Array, out: Array) -> None:
        whole = _whole(theta)
        slope = np.empty_like(whole)
        self._kernel.gradient(whole, slope)
        out[...] = slope[1:]

    def hessian(self, theta: Array) -> Array:
        return self._kernel.hessian(_whole(theta))[1:, 1:]

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        return self._kernel.reduce(samples, offsets)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        whole = _whole(theta)
        slope = np.empty_like(whole)
        self._kernel.batch_gradient(whole, batch, slope)
        out[...] = slope[1:]


def _whole(theta: Array) -> Array:
    """(features, …) → (1 + features, …) with 0 in front."""
    return np.stack([np.zeros_like(theta[0]), *theta])
