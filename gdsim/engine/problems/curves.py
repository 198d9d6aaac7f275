"""Functions of one variable, each with a story of its own."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.python_text import PythonText


class Curve(Problem):
    """A function J(x), drawn as a curve."""

    parameters = (Parameter("x", "x"),)
    group = "curves"
    loss_name = "J"
    extent: tuple[float, float] = (-5.0, 5.0)

    @property
    def python(self) -> PythonText | None:
        """J as it stands in scripts; None leaves it to be made of `height`."""
        return None

    @abstractmethod
    def height(self, x: Array) -> Array:
        """J at (n,) points."""

    @abstractmethod
    def slope(self, x: Array) -> Array:
        """J′ at (n,) points."""

    @abstractmethod
    def bend(self, x: Array) -> Array:
        """J″ at (n,) points."""

    def loss(self, theta: Array) -> Array:
        return np.asanyarray(self.height(theta[0]))

    def gradient(self, theta: Array, out: Array) -> None:
        out[0] = self.slope(theta[0])

    def hessian(self, theta: Array) -> Array:
        return np.asarray(self.bend(np.asarray(theta, dtype=np.float64)[:1])).reshape(1, 1)

    def bounds(self) -> Bounds:
        return (self.extent,)


class Parabola(Curve):
    """J = x²: the error shrinks by 1 − 2α a step; α = ½ is exact, 1 bounces, beyond diverges."""

    name = "parabola"
    title = "Parabola"
    formula = "x²"
    start = (-4.0,)
    learning_rate = 0.1
    minima = ((0.0,),)
    python = PythonText(
        "x**2",
        ("2 * x",),
        ("2",),
    )

    def height(self, x: Array) -> Array:
        return x * x

    def slope(self, x: Array) -> Array:
        return 2.0 * x

    def bend(self, x: Array) -> Array:
        return np.full_like(x, 2.0)


class DoubleWell(Curve):
    """J = ¼(x² − 1)² + 0.1x: the start, or enough momentum, decides which well is found.

    The deeper well lies at x = −1.0467, the other at 0.9456, the hill between at 0.1010.
    """

    name = "double_well"
    title = "Double well"
    formula = "¼(x² − 1)² + 0.1x"
    start = (1.9,)
    learning_rate = 0.05
    minima = ((-1.0466805318046022,),)
    extent = (-2.2, 2.2)
    python = PythonText(
        "(x**2 - 1) ** 2 / 4 + 0.1 * x",
        ("x * (x**2 - 1) + 0.1",),
        ("3 * x**2 - 1",),
    )

    def height(self, x: Array) -> Array:
        a = x * x - 1.0
        return np.asanyarray(0.25 * a * a + 0.1 * x)

    def slope(self, x: Array) -> Array:
        return np.asanyarray(x * (x * x - 1.0) + 0.1)

    def bend(self, x: Array) -> Array:
        return np.asanyarray(3.0 * x * x - 1.0)


class AbsoluteValue(Curve):
    """J = |x|: the slope never fades, so a constant rate ends in a bounce of its own width."""

    name = "absolute"
    title = "Absolute value"
    formula = "|x|"
    start = (-4.0,)
    learning_rate = 0.3
    minima = ((0.0,),)
    python = PythonText(
        "np.abs(x)",
        ("np.sign(x)",),
        ("0",),
    )

    def height(self, x: Array) -> Array:
        return np.abs(x)

    def slope(self, x: Array) -> Array:
        return np.sign(x)

    def bend(self, x: Array) -> Array:
        return np.zeros_like(x)


class Quartic(Curve):
    """J = ¼x⁴: the curvature fades towards the minimum, and progress with it: x ~ 1/√(2αk)."""

    name = "quartic"
    title = "Flat-bottomed bowl"
    formula = "¼x⁴"
    start = (-2.5,)
    learning_rate = 0.05
    minima = ((0.0,),)
    extent = (-3.0, 3.0)
    python = PythonText(
        "x**4 / 4",
        ("x**3",),
        ("3 * x**2",),
    )

    def height(self, x: Array) -> Array:
        square = x * x
        return np.asanyarray(0.25 * square * square)

    def slope(self, x: Array) -> Array:
        return x * x * x

    def bend(self, x: Array) -> Array:
        return np.asanyarray(3.0 * x * x)


class Plateau(Curve):
    """J = 1 − exp(−½x²): out on the plateau gradients vanish; only methods that scale escape it."""

    name = "plateau"
    title = "Hollow in a plateau"
    formula = "1 − exp(−½x²)"
    start = (-3.2,)
    learning_rate = 0.5
    minima = ((0.0,),)
    python = PythonText(
        "1 - np.exp(-(x**2) / 2)",
        ("x * np.exp(-(x**2) / 2)",),
        ("(1 - x**2) * np.exp(-(x**2) / 2)",),
    )

    def height(self, x: Array) -> Array:
        return -np.expm1(-0.5 * x * x)

    def slope(self, x: Array) -> Array:
        return np.asanyarray(x * np.exp(-0.5 * x * x))

    def bend(self, x: Array) -> Array:
        square = x * x
        return np.asanyarray((1.0 - square) * np.exp(-0.5 * square))


class Wave(Curve):
    """J = 0.1x² − 0.4 cos 2x: a bowl with ripples, whose traps hold gradient descent.

    From the start it ends at −2.7607; momentum 0.9 rolls on to 0.
    """

    name = "wave"
    title = "Bowl with ripples"
    formula = "0.1x² − 0.4 cos 2x"
    start = (-5.4,)
    learning_rate = 0.05
    minima = ((0.0,),)
    extent = (-7.0, 7.0)
    python = PythonText(
        "0.1 * x**2 - 0.4 * np.cos(2 * x)",
        ("0.2 * x + 0.8 * np.sin(2 * x)",),
        ("0.2 + 1.6 * np.cos(2 * x)",),
    )

    def height(self, x: Array) -> Array:
        return np.asanyarray(0.1 * x * x - 0.4 * np.cos(2.0 * x))

    def slope(self, x: Array) -> Array:
        return np.asanyarray(0.2 * x + 0.8 * np.sin(2.0 * x))

    def bend(self, x: Array) -> Array:
        return np.asanyarray(0.2 + 1.6 * np.cos(2.0 * x))
