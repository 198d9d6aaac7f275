"""What loss surfaces J(x, y) share: slopes in plain arithmetic, and being turned by an angle."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Settings, field
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.python_text import PythonText


@dataclass(frozen=True)
class SurfaceSettings(Settings):
    """How a surface is turned."""

    angle: float = field(
        0.0, "Angle",
        "Turns the surface about the middle of its view, in degrees. Methods that scale each "
        "parameter by itself feel it, gradient descent and momentum do not.",
        symbol="φ", minimum=-360.0, maximum=360.0,
    )  # fmt: skip


class Surface(Problem):
    """A function of x and y, drawn as contours, turned by an angle φ about a point c.

    J(p) = f(q) with q = c + Rᵀ(p − c), R = [[cos φ, −sin φ], [sin φ, cos φ]]; so ∇J = R∇f and
    ∇²J = R∇²fRᵀ at q. Start, minima and bounds turn along.
    """

    Settings: ClassVar[type[Settings]] = SurfaceSettings
    settings: SurfaceSettings
    parameters = (Parameter("x", "x"), Parameter("y", "y"))
    loss_name = "J"
    extent: Bounds = ((-5.0, 5.0), (-5.0, 5.0))

    def __init__(self, settings: SurfaceSettings | None = None) -> None:
        super().__init__(settings)
        self._cos, self._sin = _cos_sin(self.settings.angle)
        self._turned = (self._cos, self._sin) != (1.0, 0.0)
        (left, right), (low, high) = self.extent
        self._centre = 0.5 * (left + right), 0.5 * (low + high)
        if self._turned:
            self.formula = f"{self.formula}, φ = {self.settings.angle:g}°"
            self.start = self._forth(self.start)
            self.minima = tuple(self._forth(minimum) for minimum in self.minima)

    @property
    def turn(self) -> tuple[float, float]:
        """(cos φ, sin φ)."""
        return self._cos, self._sin

    @property
    def centre(self) -> tuple[float, float]:
        """The point that it is turned about."""
        return self._centre

    @property
    def python(self) -> PythonText | None:
        """f as it stands in scripts; None leaves it to be made of `height`."""
        return None

    @abstractmethod
    def height(self, theta: Array) -> Array:
        """f at (2, n) points: (n,)."""

    @abstractmethod
    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        """(∂f/∂x, ∂f/∂y) for arrays of runs."""

    @abstractmethod
    def bend(self, theta: Array) -> Array:
        """∇²f at one point (2,): (2, 2)."""

    def loss(self, theta: Array) -> Array:
        if self._turned:
            theta = np.stack(self._back(theta[0], theta[1]))
        return self.height(theta)

    def gradient(self, theta: Array, out: Array) -> None:
        out[0], out[1] = self._slope(theta[0], theta[1])

    def hessian(self, theta: Array) -> Array:
        if not self._turned:
            return self.bend(theta)
        x, y = self._back(float(theta[0]), float(theta[1]))
        turn = np.array([[self._cos, -self._sin], [self._sin, self._cos]])
        return np.asarray(turn @ self.bend(np.array([x, y])) @ turn.T)

    def bounds(self) -> Bounds:
        if not self._turned:
            return self.extent
        halves = [0.5 * (high - low) for low, high in self.extent]
        c, s = abs(self._cos), abs(self._sin)
        reach = c * halves[0] + s * halves[1], s * halves[0] + c * halves[1]
        return tuple((m - h, m + h) for m, h in zip(self._centre, reach, strict=True))

    def _slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        if not self._turned:
            return self.slope(x, y)
        along, across = self.slope(*self._back(x, y))
        return along * self._cos - across * self._sin, along * self._sin + across * self._cos

    def _back(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Where a point of the view lies on the surface as it was before it was turned."""
        a, b = self._centre
        dx, dy = x - a, y - b
        return dx * self._cos + dy * self._sin + a, dy * self._cos - dx * self._sin + b

    def _forth(self, point: tuple[float, ...]) -> tuple[float, ...]:
        a, b = self._centre
        dx, dy = point[0] - a, point[1] - b
        return dx * self._cos - dy * self._sin + a, dx * self._sin + dy * self._cos + b


def _cos_sin(degrees: float) -> tuple[float, float]:
    """Exact for quarter turns, so that they change no bit of the surface."""
    quarter = round(degrees / 90.0)
    rest = math.radians(degrees - 90.0 * quarter)
    c, s = math.cos(rest), math.sin(rest)
    return ((c, s), (-s, c), (-c, -s), (s, -c))[quarter % 4]
