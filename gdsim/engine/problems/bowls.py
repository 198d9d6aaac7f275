"""Quadratic surfaces: bowls, ravines and the plain saddle, where theory is exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Settings, field
from gdsim.engine.problems.python_text import PythonText
from gdsim.engine.problems.surface import Surface, SurfaceSettings


class Quadratic(Surface):
    """The ravine J = ½(x² + 100y²): condition number 100, critical rate 0.02."""

    name = "quadratic"
    convex = True
    title = "Quadratic ravine"
    formula = "½(x² + 100y²)"
    start = (-2.5, 1.0)
    learning_rate = 0.015
    minima = ((0.0, 0.0),)
    extent = ((-3.0, 3.0), (-1.6, 1.6))
    python = PythonText(
        "(x**2 + 100 * y**2) / 2",
        ("x", "100 * y"),
        ("1", "0", "100"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        return np.asanyarray(0.5 * (x * x + 100.0 * y * y))

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x, 100.0 * y

    def bend(self, theta: Array) -> Array:
        return np.diag([1.0, 100.0])


@dataclass(frozen=True)
class RavineSettings(SurfaceSettings):
    """How thin a ravine is."""

    kappa: float = field(
        100.0, "Condition number", "How much more the ravine is curved across than along.",
        symbol="κ", minimum=1.0, maximum=1e8, scale="log",
    )  # fmt: skip


class Ravine(Surface):
    """The ravine J = ½(x² + κy²): condition number κ, critical rate 2/κ.

    The best constant rate is 2/(κ + 1); no steps are fewer than those of momentum, ~√κ.
    """

    name = "ravine"
    convex = True
    title = "Ravine of any condition"
    formula = "½(x² + κy²)"
    Settings: ClassVar[type[Settings]] = RavineSettings
    settings: RavineSettings
    start = (-2.5, 1.0)
    minima = ((0.0, 0.0),)
    extent = ((-3.0, 3.0), (-1.6, 1.6))

    def __init__(self, settings: RavineSettings | None = None) -> None:
        super().__init__(settings)
        self.kappa: float = self.settings.kappa
        self.learning_rate = float(f"{1.5 / self.kappa:.2g}")
        self.formula = self.formula.replace("κ", f"{self.kappa:g}")

    @property
    def python(self) -> PythonText:
        kappa = repr(self.kappa)
        return PythonText(f"(x**2 + {kappa} * y**2) / 2", ("x", f"{kappa} * y"), ("1", "0", kappa))

    def height(self, theta: Array) -> Array:
        x, y = theta
        return np.asanyarray(0.5 * (x * x + self.kappa * y * y))

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x, self.kappa * y

    def bend(self, theta: Array) -> Array:
        return np.diag([1.0, self.kappa])


class Sphere(Surface):
    """The round bowl J = x² + y²: one curvature everywhere, critical rate 1."""

    name = "sphere"
    convex = True
    title = "Round bowl"
    formula = "x² + y²"
    start = (-2.5, 1.5)
    learning_rate = 0.1
    minima = ((0.0, 0.0),)
    extent = ((-3.0, 3.0), (-3.0, 3.0))
    python = PythonText(
        "x**2 + y**2",
        ("2 * x", "2 * y"),
        ("2", "0", "2"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        return np.asanyarray(x * x + y * y)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 2.0 * x, 2.0 * y

    def bend(self, theta: Array) -> Array:
        return np.diag([2.0, 2.0])


class Booth(Surface):
    """Booth's tilted bowl J = (x + 2y − 7)² + (2x + y − 5)², minimum (1, 3)."""

    name = "booth"
    convex = True
    title = "Booth's tilted bowl"
    formula = "(x + 2y − 7)² + (2x + y − 5)²"
    start = (-6.0, -2.0)
    learning_rate = 0.02
    minima = ((1.0, 3.0),)
    extent = ((-10.0, 10.0), (-10.0, 10.0))
    python = PythonText(
        "a**2 + b**2",
        ("2 * a + 4 * b", "4 * a + 2 * b"),
        ("10", "8", "10"),
        ("a = x + 2 * y - 7", "b = 2 * x + y - 5"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        a, b = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
        return np.asanyarray(a * a + b * b)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        a, b = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
        return 2.0 * a + 4.0 * b, 4.0 * a + 2.0 * b

    def bend(self, theta: Array) -> Array:
        return np.array([[10.0, 8.0], [8.0, 10.0]])


class Matyas(Surface):
    """Matyas's valley across the axes J = 0.26(x² + y²) − 0.48xy: condition number 25."""

    name = "matyas"
    convex = True
    title = "Matyas's slanted valley"
    formula = "0.26(x² + y²) − 0.48xy"
    start = (-8.0, 4.0)
    learning_rate = 0.2
    minima = ((0.0, 0.0),)
    extent = ((-10.0, 10.0), (-10.0, 10.0))
    python = PythonText(
        "0.26 * (x**2 + y**2) - 0.48 * x * y",
        ("0.52 * x - 0.48 * y", "0.52 * y - 0.48 * x"),
        ("0.52", "-0.48", "0.52"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        return np.asanyarray(0.26 * (x * x + y * y) - 0.48 * x * y)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x

    def bend(self, theta: Array) -> Array:
        return np.array([[0.52, -0.48], [-0.48, 0.52]])


class Saddle(Surface):
    """The saddle J = x² − y²: no minimum; from y = 0 exactly gradient descent never leaves it."""

    name = "saddle"
    unbounded = True
    title = "Saddle"
    formula = "x² − y²"
    start = (1.5, 0.001)
    learning_rate = 0.01
    extent = ((-2.0, 2.0), (-2.0, 2.0))
    python = PythonText(
        "x**2 - y**2",
        ("2 * x", "-2 * y"),
        ("2", "0", "-2"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        return np.asanyarray(x * x - y * y)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 2.0 * x, -2.0 * y

    def bend(self, theta: Array) -> Array:
        return np.diag([2.0, -2.0])
