"""Losses that need every sample at every step, since no few moments stand for the data."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from gdsim.engine.arrays import Array, Indices, picked

MOST_AT_ONCE = 1 << 15
"""Numbers that are worked on in one go: more lanes than that allows are taken in turn."""


class PointLoss:
    """ℓ(s, y), what one sample adds to the sum, with s the model's output there."""

    name: str

    @abstractmethod
    def value(self, s: Array, y: Array) -> Array:
        """ℓ, elementwise."""

    @abstractmethod
    def slope(self, s: Array, y: Array) -> Array:
        """∂ℓ/∂s, elementwise."""

    @abstractmethod
    def bend(self, s: Array, y: Array) -> Array:
        """∂²ℓ/∂s², elementwise."""


class AbsoluteError(PointLoss):
    """|s − y|, with slope 0 at the kink, as in the frameworks."""

    name = "MAE"

    def value(self, s: Array, y: Array) -> Array:
        return np.abs(s - y)

    def slope(self, s: Array, y: Array) -> Array:
        return np.sign(s - y)

    def bend(self, s: Array, y: Array) -> Array:
        return np.zeros(np.broadcast_shapes(s.shape, y.shape))


class SquaredError(PointLoss):
    """h(s − y)²; linear models descend it by sums over the data (`squares.py`)."""

    name = "MSE"

    def __init__(self, share: float = 1.0) -> None:
        self.share = share

    def value(self, s: Array, y: Array) -> Array:
        return np.asanyarray(self.share * (s - y) ** 2)

    def slope(self, s: Array, y: Array) -> Array:
        return np.asanyarray(2.0 * self.share * (s - y))

    def bend(self, s: Array, y: Array) -> Array:
        return np.full(np.broadcast_shapes(s.shape, y.shape), 2.0 * self.share)


class Huber(PointLoss):
    """½r² up to |r| = δ, beyond it δ(|r| − ½δ), r = s − y (Huber 1964; torch's HuberLoss)."""

    name = "Huber"

    def __init__(self, delta: float) -> None:
        self.delta = delta

    def value(self, s: Array, y: Array) -> Array:
        size = np.abs(s - y)
        inner = np.minimum(size, self.delta)
        return np.asanyarray(inner * (size - 0.5 * inner))

    def slope(self, s: Array, y: Array) -> Array:
        return np.clip(s - y, -self.delta, self.delta)

    def bend(self, s: Array, y: Array) -> Array:
        return np.asarray(np.abs(s - y) <= self.delta, dtype=np.float64)


class Samples:
    """Mean of ℓ(θ₀ + Σθⱼfⱼ, y) over samples with features f (columns, n).

    The sums run over the samples in their order, one lane beside the other, so a run has the same
    bits alone and among others (a product of matrices by BLAS would not).
    """

    def __init__(self, features: Array, y: Array, loss: PointLoss) -> None:
        self.features, self.y, self.point_loss = features, y, loss
        self.size = len(y)
        # One more sample that weighs nothing fills the last batch of an epoch.
        padded = np.pad(features, ((0, 0), (0, 1)))
        self._design = np.concatenate([np.ones((1, self.size + 1)), padded])
        self._design_rows = np.ascontiguousarray(self._design[:, : self.size].T)[:, :, None]
        self._targets = np.append(y, y[-1])
        self._weights = np.append(np.ones(self.size), 0.0)

    def loss(self, theta: Array) -> Array:
        losses: Array = np.empty_like(theta[0])
        for lanes in self._turns(theta, self.size):
            point = self.point_loss.value(self._score(theta[:, lanes]), self.y[:, None])
            losses[lanes] = summed(point) / self.size
        return losses

    def gradient(self, theta: Array, out: Array) -> None:
        for lanes in self._turns(theta, self.size):
            slope = self.point_loss.slope(self._score(theta[:, lanes]), self.y[:, None])
            each = self._design_rows * slope[:, None, :]
            out[:, lanes] = np.add.reduce(each, axis=0) / self.size

    def hessian(self, theta: Array) -> Array:
        bend = self.point_loss.bend(self._score(theta[:, None])[:, 0], self.y)
        design = self._design[:, : self.size]
        return np.asarray((design * bend) @ design.T / self.size)

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        return gathered(samples, offsets)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        for lanes in self._turns(theta, len(batch)):
            chosen = batch[:, lanes]
            design = picked(self._design, chosen)
            score = np.zeros_like(chosen)
            for parameter, column in zip(theta[:, lanes], design, strict=True):
                score += parameter * column
            weights = picked(self._weights, chosen)
            slope = self.point_loss.slope(score, picked(self._targets, chosen)) * weights
            each = (design * slope).transpose(1, 0, 2).copy()
            out[:, lanes] = np.add.reduce(each, axis=0) / summed(weights)

    def _score(self, theta: Array) -> Array:
        """θ₀ + Σθⱼfⱼ at every sample: (n, lanes)."""
        score = np.broadcast_to(theta[0], (self.size, theta.shape[1])).copy()
        for parameter, column in zip(theta[1:], self.features, strict=True):
            score += column[:, None] * parameter
        return score

    def _turns(self, theta: Array, samples: int) -> list[slice]:
        parameters, lanes = theta.shape
        width = max(1, MOST_AT_ONCE // (samples * parameters))
        return [slice(first, first + width) for first in range(0, lanes, width)]


def gathered(samples: Indices, offsets: Indices) -> Array:
    """Each batch's samples, one below the other; −1 fills what a short batch lacks."""
    counts = np.diff(offsets)
    chosen = np.full((int(counts.max()), len(counts)), -1.0)
    row = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    chosen[row, np.repeat(np.arange(len(counts)), counts)] = samples
    return chosen


def summed(values: Array) -> Array:
    """Sums down the columns (n, lanes) → (lanes,), each in order, whatever the number of lanes.

    NumPy sums a single column pairwise and many one row after another: other bits.
    """
    if values.shape[1] == 1:
        return np.asanyarray(np.add.reduce(np.repeat(values, 2, axis=1), axis=0)[:1])
    return np.asanyarray(np.add.reduce(values, axis=0))
