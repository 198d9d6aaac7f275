"""Planes through the parameter space, in which a loss of many parameters can be drawn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.history import THETA, Trace
from gdsim.engine.planes import Plane, parameter_plane, principal_plane
from gdsim.engine.problems import Problem
from gdsim.runtime.snapshot import RunSnapshot, Snapshot

Point = tuple[float, float]

PRINCIPAL = (-1, -1)
"""In place of a pair of parameters: the two directions in which the run has moved most."""
REST_SECONDS = 0.7
"""While playing a plane stays for so long: each new one is a new picture of the loss."""
GROWTH = 1.4
"""By how much a way must have grown for its principal directions to be found anew."""
FEW = 8
"""Up to so many parameters the picture begins with two of them, beyond with the way's plane."""
NEAR = 0.01
"""Share of the bounds within which a point counts as lying in the plane."""
MOST_ROWS = 2000


@dataclass(frozen=True, eq=False)
class DrawnPlane:
    """A plane of a problem's parameters, as a surface over its two coordinates.

    A plane of two parameters (`pair`) has their own values as coordinates. One that follows a run
    moves along its normal only, so the drawn paths stay where they are.
    """

    problem: Problem
    pair: tuple[int, int]
    plane: Plane

    @property
    def is_whole(self) -> bool:
        """Whether there are no other parameters."""
        return len(self.plane.origin) == 2

    @property
    def is_convex(self) -> bool:
        """Whether the loss is known to be convex; then any plane through it is."""
        return bool(self.problem.convex)

    @property
    def is_principal(self) -> bool:
        return self.pair == PRINCIPAL

    @property
    def share(self) -> float | None:
        """How much of the variance of the run's way lies in the plane; None without a way."""
        return sum(self.plane.shares) if self.plane.shares is not None else None

    @cached_property
    def minima(self) -> tuple[Point, ...]:
        """The known best points that lie in the plane."""
        found = []
        for minimum in self.problem.minima:
            theta = np.array(minimum)
            a, b = self.coordinates(theta).tolist()
            off = np.abs(theta - self.theta_at((a, b)))
            spans = np.array([high - low for low, high in self.problem.bounds()])
            if (off <= NEAR * spans).all():
                found.append((a, b))
        return tuple(found)

    def coordinates(self, theta: Array) -> Array:
        """(parameters,) or (n, parameters) → (2,) or (n, 2): projected along the normal."""
        if not self.is_principal:
            return np.asarray(theta[..., list(self.pair)])
        return self.plane.project(theta)

    def theta_at(self, at: Point) -> Array:
        """The θ of coordinates: (parameters,)."""
        return np.ascontiguousarray(self.plane.lift(np.array(at).reshape(2, 1))[:, 0])

    def moved(self, theta: Sequence[float], to: Point) -> tuple[float, ...]:
        """θ moved within its own parallel plane to these coordinates."""
        if not self.is_principal:
            moved = list(theta)
            moved[self.pair[0]], moved[self.pair[1]] = to
            return tuple(moved)
        old = np.array(theta)
        a, b = (np.array(to) - self.coordinates(old)).tolist()
        # Six digits, so that numbers stay short where the plane lies askew.
        new = old + a * self.plane.u + b * self.plane.v
        return tuple(float(f"{value:.6g}") for value in new)

    def loss(self, flat: Array) -> Array:
        """J at (2, n) coordinates: (n,)."""
        return self.plane.loss(self.problem, flat)

    def loss_at(self, at: Array) -> float:
        """J at one pair of coordinates."""
        return self.problem.loss_at(self.theta_at((float(at[0]), float(at[1]))))

    def same_picture(self, other: DrawnPlane | None) -> bool:
        """Whether drawn paths stay where they are."""
        return (
            other is not None and self.pair == other.pair and self.plane.u is other.plane.u
        )  # fmt: skip


class PlaneKeeper:
    """Holds the plane that is drawn, and makes a new one as seldom as will do."""

    def __init__(self) -> None:
        self.pair: tuple[int, int] | None = None
        self._drawn: DrawnPlane | None = None
        self._theta: Array | None = None
        self._made_at = 0.0
        self._way: tuple[object, int] = (None, 0)

    def choose(self, pair: tuple[int, int]) -> None:
        """Draw another pair of parameters, or `PRINCIPAL`."""
        self.pair = pair
        self._drawn = None

    def follow(self, snapshot: Snapshot, run: RunSnapshot) -> DrawnPlane:
        """The plane for this moment; through the present point, where it is time for a new one."""
        problem, drawn = snapshot.problem, self._drawn
        if drawn is None or drawn.problem.parameters != problem.parameters:
            drawn = self._anew(problem, run)
        elif drawn.problem is not problem:
            drawn = replace(drawn, problem=problem)
        if len(problem.parameters) > 2:
            late = time.monotonic() - self._made_at > REST_SECONDS
            if late or not snapshot.playing:
                drawn = self._refreshed(drawn, run, playing=snapshot.playing)
        self._drawn = drawn
        return drawn

    def _anew(self, problem: Problem, run: RunSnapshot) -> DrawnPlane:
        count = len(problem.parameters)
        self._theta = None
        pair = self.pair
        if pair is None:
            # Single weights of a network say little; a few coefficients say all.
            pair = PRINCIPAL if count > FEW else (0, 1)
        if pair == PRINCIPAL and count > 2:
            return self._principal(problem, run, None)
        if pair == PRINCIPAL or max(pair) >= count:
            pair = (0, 1)
        return DrawnPlane(problem, pair, parameter_plane(problem, np.zeros(count), *pair))

    def _refreshed(self, drawn: DrawnPlane, run: RunSnapshot, *, playing: bool) -> DrawnPlane:
        if drawn.is_principal:
            lineage, length = self._way
            steps = int(run.trace.steps[-1])
            grown = steps > GROWTH * length if playing else steps != length
            if run.trace.lineage is not lineage or grown:
                drawn = self._principal(drawn.problem, run, drawn)
                self._theta = None
        if self._theta is not None and np.array_equal(self._theta, run.theta):
            return drawn
        if not np.isfinite(run.theta).all():
            return drawn
        self._theta, self._made_at = run.theta, time.monotonic()
        return replace(drawn, plane=_through(drawn, run.theta))

    def _principal(
        self, problem: Problem, run: RunSnapshot, before: DrawnPlane | None
    ) -> DrawnPlane:
        """The plane of the two directions in which the recorded way is widest."""
        trace = run.trace
        self._way = trace.lineage, int(trace.steps[-1])
        start = np.array(run.run.start)
        seen = trace.drawn()
        rows = trace.rows if seen is None else trace.rows[seen]
        rows = rows[:: max(1, len(rows) // MOST_ROWS), THETA:]
        rows = rows[np.isfinite(rows).all(axis=1)]
        # The frame stays where it was laid first, so that a start can be dragged in it.
        old = before.plane if before is not None and before.is_principal else None
        origin = start if old is None else old.origin
        if len(rows) > 2:
            plane = principal_plane([rows], origin)
        else:
            plane = replace(principal_plane(_first_ways(problem, start), origin), shares=None)
        if old is not None:
            plane = _turned_like(plane, old)
        return DrawnPlane(problem, PRINCIPAL, plane)


def _through(drawn: DrawnPlane, theta: Array) -> Plane:
    """The same plane, moved along its normal to θ."""
    plane = drawn.plane
    if not drawn.is_principal:
        origin = np.array(theta)
        origin[list(drawn.pair)] = 0.0
        return replace(plane, origin=origin)
    away = theta - plane.origin
    a, b = plane.slope(away)
    return replace(plane, origin=plane.origin + away - a * plane.u - b * plane.v)


def _first_ways(problem: Problem, start: Array) -> list[Array]:
    """For a run that has not moved: the way it will go, and that of greatest curvature."""
    ways = []
    gradient = problem.gradient_at(start)
    size = float(np.linalg.norm(gradient))
    if 0.0 < size < np.inf:
        ways.append(np.stack([start, start - gradient / size]))
    curvature = curvature_at(problem, start)
    if curvature is not None:
        steepest = curvature.vectors[:, int(np.argmax(np.abs(curvature.eigenvalues)))]
        ways.append(np.stack([start - 0.2 * steepest, start + 0.2 * steepest]))
    return ways or [start[None]]


def _turned_like(plane: Plane, before: Plane) -> Plane:
    """The same plane's axes, turned in it as near to those before as may be."""
    old, new = np.stack([before.u, before.v]), np.stack([plane.u, plane.v])
    left, _, right = np.linalg.svd(old @ new.T)
    u, v = (left @ right) @ new
    if np.allclose([u, v], old, atol=1e-9):
        return replace(plane, u=before.u, v=before.v)
    return replace(plane, u=u, v=v)


class Shadows:
    """The runs' ways projected into a plane; only what was added is computed."""

    def __init__(self) -> None:
        self._plane: DrawnPlane | None = None
        self._known: dict[tuple[int, int], tuple[Array, Array]] = {}

    def of(self, key: int, trace: Trace, plane: DrawnPlane, kind: int = 0) -> Array:
        """(n, 2) coordinates of a trace; `kind` tells several traces of one run apart."""
        if not plane.is_principal:
            return np.asarray(plane.coordinates(trace.rows[:, THETA:]))
        if not plane.same_picture(self._plane):
            self._known.clear()
        self._plane = plane
        memory = trace.rows if trace.rows.base is None else trace.rows.base
        known = self._known.get((key, kind))
        if known is not None and known[0] is memory and len(known[1]) <= len(trace.rows):
            done = known[1]
            new = plane.coordinates(trace.rows[len(done) :, THETA:])
            flat = np.concatenate([done, new]) if len(new) else done
        else:
            flat = plane.coordinates(trace.rows[:, THETA:])
        self._known[key, kind] = memory, flat
        return flat


def rows_of(runs: Sequence[RunSnapshot]) -> Array:
    """All recorded θ of these runs: (n, parameters)."""
    return np.concatenate([run.trace.rows[:, THETA:] for run in runs])
