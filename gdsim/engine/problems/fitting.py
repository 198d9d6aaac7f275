"""Where linear models have their best loss, found without descending."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.samples import Huber, Samples

_ROUNDS = 100


def best_fit(model: Samples, first: Array) -> tuple[float, ...]:
    """The θ of least loss for absolute errors or Huber's, from a good `first` one."""
    if isinstance(model.point_loss, Huber):
        return _huber_fit(model, first, model.point_loss.delta)
    return _absolute_fit(model, first)


def _design(model: Samples) -> Array:
    return np.concatenate([np.ones((1, model.size)), model.features])


def _huber_fit(model: Samples, first: Array, delta: float) -> tuple[float, ...]:
    """Reweighted least squares to get near, then Newton, which ends where no sample changes side.

    Within one division of the samples into near and far ones the loss is quadratic.
    """
    design, theta = _design(model), first
    for _ in range(_ROUNDS):
        size = np.abs(theta @ design - model.y)
        theta = _weighted(design, model.y, delta / np.maximum(size, delta))
    best, least = theta, float(model.loss(theta[:, None])[0])
    for _ in range(_ROUNDS):
        residual = theta @ design - model.y
        slope = design @ np.clip(residual, -delta, delta)
        near = design[:, np.abs(residual) <= delta]
        step = np.linalg.lstsq(near @ near.T, slope, rcond=None)[0]
        theta = np.asarray(theta - step, dtype=np.float64)
        loss = float(model.loss(theta[:, None])[0])
        if not loss <= least:
            break
        done = np.array_equal(theta, best)
        best, least = theta, loss
        if done:
            break
    return tuple(best.tolist())


def _absolute_fit(model: Samples, first: Array) -> tuple[float, ...]:
    """Reweighted least squares, then exactly through the samples that are met.

    A best fit passes through as many samples as there are parameters.
    """
    design, theta = _design(model), first
    scale = float(np.abs(theta @ design - model.y).mean())
    for round_ in range(_ROUNDS):
        size = np.abs(theta @ design - model.y)
        floor = scale * 10.0 ** -(2 + 10 * round_ / _ROUNDS)
        theta = _weighted(design, model.y, 1.0 / np.maximum(size, max(floor, 1e-300)))
    least = float(model.loss(theta[:, None])[0])
    met = np.argsort(np.abs(theta @ design - model.y), kind="stable")[: len(theta)]
    through = _weighted(design[:, met], model.y[met], np.ones(len(met)))
    if float(model.loss(through[:, None])[0]) <= least * (1.0 + 1e-12):
        theta = through
    return tuple(theta.tolist())


def _weighted(design: Array, y: Array, weights: Array) -> Array:
    root = np.sqrt(weights)
    return np.asarray(np.linalg.lstsq((design * root).T, y * root, rcond=None)[0])
