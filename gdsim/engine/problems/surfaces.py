"""Loss surfaces J(x, y) with exact gradients and Hessians."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.base import Bounds, Parameter, Problem


class Surface(Problem):
    """A function of x and y, drawn as contours."""

    parameters = (Parameter("x", "x"), Parameter("y", "y"))
    loss_name = "J"
    extent: Bounds = ((-5.0, 5.0), (-5.0, 5.0))

    def bounds(self) -> Bounds:
        return self.extent


class Quadratic(Surface):
    """The ravine J = ½(x² + 100y²): condition number 100, critical rate 0.02."""

    name = "quadratic"
    title = "Quadratic ravine"
    formula = "½(x² + 100y²)"
    start = (-2.5, 1.0)
    learning_rate = 0.015
    minima = ((0.0, 0.0),)
    extent = ((-3.0, 3.0), (-1.6, 1.6))

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return np.asarray(0.5 * (x * x + 100.0 * y * y))

    def gradient(self, theta: Array, out: Array) -> None:
        np.copyto(out[0], theta[0])
        np.multiply(theta[1], 100.0, out=out[1])

    def hessian(self, theta: Array) -> Array:
        return np.diag([1.0, 100.0])


class Rosenbrock(Surface):
    """Rosenbrock's banana J = (1 − x)² + 100(y − x²)² (Rosenbrock 1960)."""

    name = "rosenbrock"
    title = "Rosenbrock's banana"
    formula = "(1 − x)² + 100(y − x²)²"
    start = (-1.2, 1.0)
    learning_rate = 0.001
    minima = ((1.0, 1.0),)
    extent = ((-2.0, 2.0), (-1.0, 3.0))

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, d = 1.0 - x, y - x * x
        return np.asarray(a * a + 100.0 * d * d)

    def gradient(self, theta: Array, out: Array) -> None:
        x, y = theta
        d = y - x * x
        np.subtract(2.0 * (x - 1.0), 400.0 * x * d, out=out[0])
        np.multiply(d, 200.0, out=out[1])

    def hessian(self, theta: Array) -> Array:
        x, y = float(theta[0]), float(theta[1])
        cross = -400.0 * x
        return np.array([[2.0 - 400.0 * (y - 3.0 * x * x), cross], [cross, 200.0]])


class Beale(Surface):
    """Beale's J = Σᵢ(cᵢ − x + xyⁱ)², i = 1, 2, 3, c = 1.5, 2.25, 2.625 (Beale 1958).

    A long flat valley with steep walls; the minimum (3, ½) is 0.
    """

    name = "beale"
    title = "Beale's flat valley"
    formula = "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²"
    start = (1.0, 1.0)
    learning_rate = 0.01
    minima = ((3.0, 0.5),)
    extent = ((-1.0, 4.5), (-2.0, 2.0))

    def loss(self, theta: Array) -> Array:
        x, y = theta
        square = y * y
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * square, 2.625 - x + x * square * y
        return np.asarray(a * a + b * b + c * c)

    def gradient(self, theta: Array, out: Array) -> None:
        x, y = theta
        square = y * y
        cube = square * y
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * square, 2.625 - x + x * cube
        np.multiply(2.0, a * (y - 1.0) + b * (square - 1.0) + c * (cube - 1.0), out=out[0])
        np.multiply(2.0 * x, a + 2.0 * b * y + 3.0 * c * square, out=out[1])

    def hessian(self, theta: Array) -> Array:
        x, y = float(theta[0]), float(theta[1])
        terms = [(c - x + x * y**i, y**i - 1.0, i) for i, c in ((1, 1.5), (2, 2.25), (3, 2.625))]
        xx = 2.0 * sum(u * u for _, u, _ in terms)
        xy = 2.0 * sum(i * y ** (i - 1) * (x * u + r) for r, u, i in terms)
        yy = 2.0 * sum(
            (x * i * y ** (i - 1)) ** 2 + r * x * i * (i - 1) * y ** max(i - 2, 0)
            for r, _, i in terms
        )
        return np.array([[xx, xy], [xy, yy]])


class Himmelblau(Surface):
    """Himmelblau's four equal minima J = (x² + y − 11)² + (x + y² − 7)² (Himmelblau 1972)."""

    name = "himmelblau"
    title = "Himmelblau's four minima"
    formula = "(x² + y − 11)² + (x + y² − 7)²"
    start = (0.0, 0.0)
    learning_rate = 0.01
    minima = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b = x * x + y - 11.0, x + y * y - 7.0
        return np.asarray(a * a + b * b)

    def gradient(self, theta: Array, out: Array) -> None:
        x, y = theta
        a, b = x * x + y - 11.0, x + y * y - 7.0
        np.add(4.0 * x * a, 2.0 * b, out=out[0])
        np.add(2.0 * a, 4.0 * y * b, out=out[1])

    def hessian(self, theta: Array) -> Array:
        x, y = float(theta[0]), float(theta[1])
        cross = 4.0 * (x + y)
        return np.array(
            [[12.0 * x * x + 4.0 * y - 42.0, cross], [cross, 4.0 * x + 12.0 * y * y - 26.0]]
        )
