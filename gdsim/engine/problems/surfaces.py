"""Surfaces whose curvature changes from place to place."""

from __future__ import annotations

from typing import Any

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.python_text import PythonText
from gdsim.engine.problems.surface import Surface


class Rosenbrock(Surface):
    """Rosenbrock's banana J = (1 − x)² + 100(y − x²)² (Rosenbrock 1960)."""

    name = "rosenbrock"
    title = "Rosenbrock's banana"
    formula = "(1 − x)² + 100(y − x²)²"
    start = (-1.2, 1.0)
    learning_rate = 0.001
    minima = ((1.0, 1.0),)
    extent = ((-2.0, 2.0), (-1.0, 3.0))
    python = PythonText(
        "(1 - x) ** 2 + 100 * (y - x**2) ** 2",
        ("2 * (x - 1) - 400 * x * (y - x**2)", "200 * (y - x**2)"),
        ("2 - 400 * (y - 3 * x**2)", "-400 * x", "200"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        a, d = 1.0 - x, y - x * x
        return np.asanyarray(a * a + 100.0 * d * d)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        d = y - x * x
        return 2.0 * (x - 1.0) - 400.0 * x * d, 200.0 * d

    def bend(self, theta: Array) -> Array:
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
    python = PythonText(
        "a**2 + b**2 + c**2",
        (
            "2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1))",
            "2 * x * (a + 2 * b * y + 3 * c * y**2)",
        ),
        (
            "2 * ((y - 1) ** 2 + (y**2 - 1) ** 2 + (y**3 - 1) ** 2)",
            "2 * (x * (y - 1) + a + 2 * y * (x * (y**2 - 1) + b)"
            " + 3 * y**2 * (x * (y**3 - 1) + c))",
            "2 * (x**2 + (2 * x * y) ** 2 + 2 * b * x + (3 * x * y**2) ** 2 + 6 * c * x * y)",
        ),
        ("a = 1.5 - x + x * y", "b = 2.25 - x + x * y**2", "c = 2.625 - x + x * y**3"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        square = y * y
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * square, 2.625 - x + x * square * y
        return np.asanyarray(a * a + b * b + c * c)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        square = y * y
        cube = square * y
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * square, 2.625 - x + x * cube
        return (
            2.0 * (a * (y - 1.0) + b * (square - 1.0) + c * (cube - 1.0)),
            2.0 * x * (a + 2.0 * b * y + 3.0 * c * square),
        )

    def bend(self, theta: Array) -> Array:
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
    python = PythonText(
        "a**2 + b**2",
        ("4 * x * a + 2 * b", "2 * a + 4 * y * b"),
        ("12 * x**2 + 4 * y - 42", "4 * (x + y)", "4 * x + 12 * y**2 - 26"),
        ("a = x**2 + y - 11", "b = x + y**2 - 7"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        a, b = x * x + y - 11.0, x + y * y - 7.0
        return np.asanyarray(a * a + b * b)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        a, b = x * x + y - 11.0, x + y * y - 7.0
        return 4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b

    def bend(self, theta: Array) -> Array:
        x, y = float(theta[0]), float(theta[1])
        cross = 4.0 * (x + y)
        return np.array(
            [[12.0 * x * x + 4.0 * y - 42.0, cross], [cross, 4.0 * x + 12.0 * y * y - 26.0]]
        )


class GentleSaddle(Surface):
    """A saddle between two minima, J = ½x² − ½y² + ¼y⁴: minima (0, ±1), saddle (0, 0)."""

    name = "gentle_saddle"
    title = "Saddle between two minima"
    formula = "½x² − ½y² + ¼y⁴"
    start = (1.5, 0.001)
    learning_rate = 0.1
    minima = ((0.0, 1.0), (0.0, -1.0))
    extent = ((-2.0, 2.0), (-1.8, 1.8))
    python = PythonText(
        "(x**2 - y**2) / 2 + y**4 / 4",
        ("x", "y**3 - y"),
        ("1", "0", "3 * y**2 - 1"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        square = y * y
        return np.asanyarray(0.5 * (x * x - square) + 0.25 * square * square)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x, y * y * y - y

    def bend(self, theta: Array) -> Array:
        return np.diag([1.0, 3.0 * float(theta[1]) ** 2 - 1.0])


class Camel(Surface):
    """The three-hump camel J = 2x² − 1.05x⁴ + x⁶/6 + xy + y²: minimum (0, 0), two traps.

    The traps are ±(1.7476, −0.8738), where J = 0.2986.
    """

    name = "camel"
    title = "Three-hump camel"
    formula = "2x² − 1.05x⁴ + x⁶/6 + xy + y²"
    start = (-2.0, 1.5)
    learning_rate = 0.05
    minima = ((0.0, 0.0),)
    extent = ((-2.5, 2.5), (-2.0, 2.0))
    python = PythonText(
        "2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2",
        ("4 * x - 4.2 * x**3 + x**5 + y", "x + 2 * y"),
        ("4 - 12.6 * x**2 + 5 * x**4", "1", "2"),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        s = x * x
        return np.asanyarray(s * (2.0 - s * (1.05 - s / 6.0)) + x * y + y * y)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        s = x * x
        return x * (4.0 - s * (4.2 - s)) + y, x + 2.0 * y

    def bend(self, theta: Array) -> Array:
        s = float(theta[0]) ** 2
        return np.array([[4.0 - s * (12.6 - 5.0 * s), 1.0], [1.0, 2.0]])


class StyblinskiTang(Surface):
    """Styblinski and Tang's four wells J = ½Σ(x⁴ − 16x² + 5x), least −78.3323 (1990)."""

    name = "styblinski_tang"
    title = "Styblinski–Tang's four wells"
    formula = "½(x⁴ − 16x² + 5x + y⁴ − 16y² + 5y)"
    start = (0.5, -0.5)
    learning_rate = 0.01
    minima = ((-2.903534027771177, -2.903534027771177),)
    extent = ((-4.5, 4.5), (-4.5, 4.5))
    python = PythonText(
        "(x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y) / 2",
        ("2 * x**3 - 16 * x + 2.5", "2 * y**3 - 16 * y + 2.5"),
        ("6 * x**2 - 16", "0", "6 * y**2 - 16"),
    )

    def height(self, theta: Array) -> Array:
        square = theta * theta
        return np.asanyarray(0.5 * (square * (square - 16.0) + 5.0 * theta).sum(axis=0))

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x * (2.0 * x * x - 16.0) + 2.5, y * (2.0 * y * y - 16.0) + 2.5

    def bend(self, theta: Array) -> Array:
        return np.diag(6.0 * np.asarray(theta) ** 2 - 16.0)


class GoldsteinPrice(Surface):
    """Goldstein and Price's J = A(s)B(v), s = x + y, v = 2x − 3y, quartics A and B (1971).

    A′ = 12(s + 1)(s − 1)(s − 2), B′ = 12v(v − 1)(v − 3), so four minima: 3 at (0, −1), and 30 at
    (−0.6, −0.4), 84 at (1.8, 0.2), 840 at (1.2, 0.8). The critical rate is 2·10⁻³ at the lowest of
    them and 5·10⁻⁶ on the wall of the start: what the wall bears crawls on the floor.
    """

    name = "goldstein_price"
    title = "Goldstein–Price's steep walls"
    formula = "(1 + (s + 1)²(19 − 14s + 3s²)) (30 + v²(18 − 16v + 3v²)), s = x + y, v = 2x − 3y"
    start = (1.5, -1.5)
    learning_rate = 3e-6
    minima = ((0.0, -1.0),)
    extent = ((-2.0, 2.0), (-2.0, 2.0))
    python = PythonText(
        "a * b",
        ("a_s * b + 2 * a * b_v", "a_s * b - 3 * a * b_v"),
        (
            "a_ss * b + 4 * a_s * b_v + 4 * a * b_vv",
            "a_ss * b - a_s * b_v - 6 * a * b_vv",
            "a_ss * b - 6 * a_s * b_v + 9 * a * b_vv",
        ),
        (
            "s = x + y",
            "v = 2 * x - 3 * y",
            "a = 1 + (s + 1) ** 2 * (19 - 14 * s + 3 * s**2)",
            "b = 30 + v**2 * (18 - 16 * v + 3 * v**2)",
            "a_s = 12 * (s + 1) * (s - 1) * (s - 2)  # the slope of a",
            "b_v = 12 * v * (v - 1) * (v - 3)",
            "a_ss = 12 * (3 * s**2 - 4 * s - 1)  # its curvature",
            "b_vv = 12 * (3 * v**2 - 8 * v + 3)",
        ),
    )

    def height(self, theta: Array) -> Array:
        a, b, _, _ = self._factors(*theta)
        return np.asanyarray(a * b)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        a, b, by_s, by_v = self._factors(x, y)
        along, across = by_s * b, a * by_v
        return along + 2.0 * across, along - 3.0 * across

    def bend(self, theta: Array) -> Array:
        x, y = float(theta[0]), float(theta[1])
        a, b, by_s, by_v = self._factors(x, y)
        s, v = x + y, 2.0 * x - 3.0 * y
        ss, vv = 12.0 * (s * (3.0 * s - 4.0) - 1.0) * b, 12.0 * (v * (3.0 * v - 8.0) + 3.0) * a
        cross = ss - by_s * by_v - 6.0 * vv
        return np.array(
            [
                [ss + 4.0 * (by_s * by_v + vv), cross],
                [cross, ss - 6.0 * by_s * by_v + 9.0 * vv],
            ]
        )

    @staticmethod
    def _factors(x: Any, y: Any) -> tuple[Any, Any, Any, Any]:
        """A, B, A′ and B′."""
        s, v = x + y, 2.0 * x - 3.0 * y
        above = s + 1.0
        return (
            1.0 + above * above * (19.0 - s * (14.0 - 3.0 * s)),
            30.0 + v * v * (18.0 - v * (16.0 - 3.0 * v)),
            12.0 * above * (s - 1.0) * (s - 2.0),
            12.0 * v * (v - 1.0) * (v - 3.0),
        )
