"""Planes through a landscape of many parameters, in which it and the paths on it can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.base import Problem

MOST_AT_ONCE = 1 << 20
"""Parameters times points that are lifted in one go."""


@dataclass(frozen=True, eq=False, slots=True)
class Plane:
    """The points origin + a·u + b·v, with coordinates (a, b).

    `origin`, `u` and `v` are (parameters,); u and v are perpendicular and of length 1. `labels`
    name the axes. `shares` are the parts of a path's spread along u and v, where these are its
    principal directions; the rest, 1 minus their sum, is what the picture does not show.
    """

    origin: Array
    u: Array
    v: Array
    labels: tuple[str, str]
    shares: tuple[float, float] | None = None

    def project(self, points: Array) -> Array:
        """Coordinates (rows, 2) in the plane nearest to `points` (rows, parameters)."""
        away = np.asarray(points, dtype=np.float64) - self.origin
        return np.asarray(away @ np.stack([self.u, self.v], axis=1))

    def lift(self, coordinates: Array) -> Array:
        """The points (parameters, n) at coordinates (2, n)."""
        a, b = coordinates
        return np.asarray(
            self.origin[:, None] + self.u[:, None] * a[None] + self.v[:, None] * b[None]
        )

    def loss(self, problem: Problem, coordinates: Array) -> Array:
        """J at coordinates (2, n) of the plane: (n,)."""
        count = coordinates.shape[1]
        width = max(1, MOST_AT_ONCE // len(self.origin))
        losses = np.empty(count)
        with np.errstate(all="ignore"):
            for first in range(0, count, width):
                part = slice(first, first + width)
                losses[part] = problem.loss(self.lift(coordinates[:, part]))
        return losses

    def slope(self, gradient: Array) -> tuple[float, float]:
        """What is seen in the plane of a gradient (parameters,): its parts along u and v."""
        return float(self.u @ gradient), float(self.v @ gradient)


def parameter_plane(problem: Problem, point: Array, first: int, second: int) -> Plane:
    """The plane of two parameters through `point`, where all others stay as they are there.

    Coordinates are the two parameters themselves.
    """
    origin = np.array(point, dtype=np.float64)
    origin[[first, second]] = 0.0
    ways = np.eye(len(origin))
    symbols = [parameter.symbol for parameter in problem.parameters]
    return Plane(origin, ways[first], ways[second], (symbols[first], symbols[second]))


def principal_plane(paths: Sequence[Array], through: Array | None = None) -> Plane:
    """The plane of the two directions in which paths (rows, parameters) spread most (their PCA).

    It goes through `through`, or the last point of the first path. Where the paths spread along
    less than two directions, axes fill in.
    """
    finite = [np.asarray(path)[np.isfinite(path).all(axis=1)] for path in paths]
    count = np.asarray(paths[0]).shape[1]
    rows = np.concatenate([np.empty((0, count)), *finite])
    origin = np.array(_last(finite, count) if through is None else through, dtype=np.float64)
    if len(rows) > 1:
        # The paths' own middle is taken off: where the plane is laid does not turn it.
        values, vectors = _spread(rows - rows.mean(axis=0))
    else:
        values, vectors = np.zeros(0), np.zeros((0, count))
    total = float(values.sum())
    ways = [vector for value, vector in zip(values, vectors, strict=True) if value > 1e-24 * total]
    ways = ways[:2]
    for axis in np.eye(count):
        if len(ways) == min(2, count):
            break
        rest = axis - sum((way * float(way @ axis) for way in ways), np.zeros(count))
        if float(np.linalg.norm(rest)) > 1e-6:
            ways.append(rest / np.linalg.norm(rest))
    if len(ways) == 1:
        ways.append(np.zeros(count))
    shares = [float(value) / total if total > 0.0 else 0.0 for value in values[:2]]
    u, v = (_pointing(way) for way in ways)
    return Plane(origin, u, v, ("PC 1", "PC 2"), ((*shares, 0.0, 0.0)[0], (*shares, 0.0, 0.0)[1]))


def _last(paths: Sequence[Array], count: int) -> Array:
    return np.asarray(paths[0][-1]) if len(paths[0]) else np.zeros(count)


def _spread(rows: Array) -> tuple[Array, Array]:
    """Squared spreads, descending, and their directions as rows."""
    scale = float(np.abs(rows).max()) or 1.0
    if rows.shape[1] <= len(rows):
        values, vectors = np.linalg.eigh(rows.T @ (rows / scale) / scale)
        return np.maximum(values[::-1], 0.0), vectors.T[::-1]
    _, singular, vectors = np.linalg.svd(rows / scale, full_matrices=False)
    return singular * singular, vectors


def _pointing(way: Array) -> Array:
    """The same direction with its largest part positive, so that pictures do not flip."""
    largest = float(way[int(np.argmax(np.abs(way)))]) if len(way) else 0.0
    return -way if largest < 0.0 else way
