"""Where linear models have their best loss, found without descending."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.samples import Huber, Samples

_ROUNDS = 60
MANY = 20_000
"""Samples beyond which the kink of an absolute error is rounded to a ten-thousandth of the errors'
size at last, and not to a thousand-millionth."""


def best_fit(model: Samples, first: Array, *, intercept: bool = True) -> tuple[float, ...]:
    """The θ of least loss for absolute errors or Huber's, from a good `first` one.

    It is found in units where every feature has spread 1, and mean 0 where there is an intercept
    (else θ₀ is 0), by sums of squares alone: some dozens of passes over the data.
    """
    means = model.features.mean(axis=1) * float(intercept)
    spreads = np.sqrt(np.mean((model.features - means[:, None]) ** 2, axis=1))
    spreads[spreads == 0.0] = 1.0
    design = (model.features - means[:, None]) / spreads[:, None]
    theta = first[1:] * spreads
    if intercept:
        design = np.concatenate([np.ones((1, model.size)), design])
        theta = np.append(first[0] + first[1:] @ means, theta)
    if isinstance(model.point_loss, Huber):
        theta = _huber_fit(design, model.y, theta, model.point_loss.delta)
    else:
        theta = _absolute_fit(design, model.y, theta)
    slopes = theta[int(intercept) :] / spreads
    return (float(theta[0] - slopes @ means) if intercept else 0.0, *slopes.tolist())


def _huber_fit(design: Array, y: Array, theta: Array, delta: float, rounds: int = _ROUNDS) -> Array:
    """Newton's method, which is exact once no sample changes between near and far.

    Where its step does not lower the loss, reweighted least squares take one, which always does.
    """
    loss = _huber(theta @ design - y, delta)
    for _ in range(rounds):
        residual = theta @ design - y
        near = np.abs(residual) <= delta
        slope = design @ np.clip(residual, -delta, delta)
        tried = theta - _solved((design * near) @ design.T, slope)
        after = _huber(tried @ design - y, delta)
        if not after < loss:
            weights = delta / np.maximum(np.abs(residual), delta)
            weighted = design * weights
            reweighted = _solved(weighted @ design.T, weighted @ y)
            lower = _huber(reweighted @ design - y, delta)
            if not lower < min(after, loss):
                return tried if after <= loss else theta
            tried, after = reweighted, lower
        theta, loss = tried, after
    return theta


def _absolute_fit(design: Array, y: Array, theta: Array) -> Array:
    """Huber's loss with an ever smaller δ, then exactly through the samples that are met.

    A best fit passes through as many samples as there are parameters. Among very many samples the
    neighbours of these are as good as they to all digits that can be seen, and the search ends
    earlier.
    """
    scale = float(np.abs(theta @ design - y).mean()) or 1.0
    many = len(y) > MANY
    for tenth in range(5 if many else 10):
        delta = scale * 10.0**-tenth
        theta = _huber_fit(design, y, theta, delta, 6 if many else _ROUNDS)
    residual = np.abs(theta @ design - y)
    met = np.argsort(residual, kind="stable")[: len(theta)]
    through = np.linalg.lstsq(design[:, met].T, y[met], rcond=None)[0]
    better = float(np.abs(through @ design - y).sum()) <= float(residual.sum()) * (1.0 + 1e-12)
    return np.asarray(through if better else theta, dtype=np.float64)


def _huber(residual: Array, delta: float) -> float:
    size = np.abs(residual)
    inner = np.minimum(size, delta)
    return float((inner * (size - 0.5 * inner)).sum())


def _solved(matrix: Array, right: Array) -> Array:
    return np.asarray(np.linalg.lstsq(matrix, right, rcond=None)[0])
