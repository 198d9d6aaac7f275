"""Surfaces with very many local minima, where gradients mislead."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems.python_text import PythonText
from gdsim.engine.problems.surface import Surface

TURN = 2.0 * math.pi


class Rastrigin(Surface):
    """Rastrigin's egg box J = 20 + x² + y² − 10(cos 2πx + cos 2πy) (Rastrigin 1974)."""

    name = "rastrigin"
    title = "Rastrigin's egg box"
    formula = "20 + x² + y² − 10(cos 2πx + cos 2πy)"
    start = (1.8, -1.3)
    learning_rate = 0.001
    minima = ((0.0, 0.0),)
    extent = ((-2.5, 2.5), (-2.5, 2.5))
    python = PythonText(
        "20 + x**2 + y**2 - 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y))",
        (
            "2 * x + 20 * np.pi * np.sin(2 * np.pi * x)",
            "2 * y + 20 * np.pi * np.sin(2 * np.pi * y)",
        ),
        (
            "2 + 40 * np.pi**2 * np.cos(2 * np.pi * x)",
            "0",
            "2 + 40 * np.pi**2 * np.cos(2 * np.pi * y)",
        ),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        waves = np.cos(TURN * x) + np.cos(TURN * y)
        return np.asanyarray(20.0 + x * x + y * y - 10.0 * waves)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        wave = 10.0 * TURN
        return 2.0 * x + wave * np.sin(TURN * x), 2.0 * y + wave * np.sin(TURN * y)

    def bend(self, theta: Array) -> Array:
        return np.diag(2.0 + 10.0 * TURN * TURN * np.cos(TURN * np.asarray(theta)))


class Ackley(Surface):
    """Ackley's J = −20e^(−0.2r) − e^(½(cos 2πx + cos 2πy)) + e + 20, r = √((x² + y²)/2).

    Ackley 1987. The minimum (0, 0) is a kink: the gradient there is 0/0 and taken as 0.
    """

    name = "ackley"
    title = "Ackley's funnel"
    formula = "−20 exp(−0.2 √(½(x² + y²))) − exp(½(cos 2πx + cos 2πy)) + e + 20"
    start = (1.7, -1.2)
    learning_rate = 0.01
    minima = ((0.0, 0.0),)
    extent = ((-3.0, 3.0), (-3.0, 3.0))
    python = PythonText(
        "20 * (1 - np.exp(-0.2 * r)) + np.e - np.exp(waves)",
        ("pull * x + swell * np.sin(2 * np.pi * x)", "pull * y + swell * np.sin(2 * np.pi * y)"),
        (
            "bend * x**2 + pull + swell * np.pi * (2 * np.cos(2 * np.pi * x)"
            " - np.sin(2 * np.pi * x) ** 2)",
            "bend * x * y - swell * np.pi * np.sin(2 * np.pi * x) * np.sin(2 * np.pi * y)",
            "bend * y**2 + pull + swell * np.pi * (2 * np.cos(2 * np.pi * y)"
            " - np.sin(2 * np.pi * y) ** 2)",
        ),
        (
            "r = np.sqrt((x**2 + y**2) / 2)",
            "waves = (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2",
            "pull = 2 * np.exp(-0.2 * r) / np.where(r > 0, r, 1)  # of the funnel, whose tip is 0",
            "swell = np.pi * np.exp(waves)  # of the waves",
            "bend = -(0.2 * r + 1) * np.exp(-0.2 * r) / r**3",
        ),
    )

    def height(self, theta: Array) -> Array:
        x, y = theta
        funnel = np.exp(-0.2 * np.sqrt(0.5 * (x * x + y * y)))
        waves = np.exp(0.5 * (np.cos(TURN * x) + np.cos(TURN * y)))
        # Each bracket is exactly 0 at the minimum.
        return np.asanyarray(20.0 * (1.0 - funnel) + (math.e - waves))

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        r = np.sqrt(0.5 * (x * x + y * y))
        pull = 2.0 * np.exp(-0.2 * r) / np.where(r > 0.0, r, 1.0)
        waves = math.pi * np.exp(0.5 * (np.cos(TURN * x) + np.cos(TURN * y)))
        return x * pull + np.sin(TURN * x) * waves, y * pull + np.sin(TURN * y) * waves

    def bend(self, theta: Array) -> Array:
        point = np.asarray(theta, dtype=np.float64)
        r = math.sqrt(0.5 * float(point @ point))
        if not r:
            return np.full((2, 2), math.inf)
        fall = math.exp(-0.2 * r)
        bend = -fall * (0.2 * r + 1.0) / r**3
        funnel = np.outer(point, point) * bend + np.eye(2) * 2.0 * fall / r
        sines, cosines = np.sin(TURN * point), np.cos(TURN * point)
        waves = math.pi**2 * math.exp(0.5 * float(cosines.sum()))
        return np.asarray(funnel + waves * (2.0 * np.diag(cosines) - np.outer(sines, sines)))
