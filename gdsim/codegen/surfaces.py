"""Curves and surfaces as they stand in scripts: height, slope and curvature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """Expressions in x and y, and in what `before` has named; functions are NumPy's."""

    height: str
    slope: tuple[str, str]
    bend: tuple[str, str, str]
    """∂²J/∂x², ∂²J/∂x∂y, ∂²J/∂y²."""
    before: tuple[str, ...] = ()
    """Lines that name parts of the height, for the slope and the curvature too."""


_BEALE = (
    "a = 1.5 - x + x * y",
    "b = 2.25 - x + x * y**2",
    "c = 2.625 - x + x * y**3",
)
_HIMMELBLAU = ("a = x**2 + y - 11", "b = x + y**2 - 7")
_BOOTH = ("a = x + 2 * y - 7", "b = 2 * x + y - 5")

FORMULAS: dict[str, Formula] = {
    "quadratic": Formula("(x**2 + 100 * y**2) / 2", ("x", "100 * y"), ("1", "0", "100")),
    "rosenbrock": Formula(
        "(1 - x) ** 2 + 100 * (y - x**2) ** 2",
        ("2 * (x - 1) - 400 * x * (y - x**2)", "200 * (y - x**2)"),
        ("2 - 400 * (y - 3 * x**2)", "-400 * x", "200"),
    ),
    "beale": Formula(
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
        _BEALE,
    ),
    "himmelblau": Formula(
        "a**2 + b**2",
        ("4 * x * a + 2 * b", "2 * a + 4 * y * b"),
        ("12 * x**2 + 4 * y - 42", "4 * (x + y)", "4 * x + 12 * y**2 - 26"),
        _HIMMELBLAU,
    ),
    "sphere": Formula("x**2 + y**2", ("2 * x", "2 * y"), ("2", "0", "2")),
    "booth": Formula("a**2 + b**2", ("2 * a + 4 * b", "4 * a + 2 * b"), ("10", "8", "10"), _BOOTH),
    "matyas": Formula(
        "0.26 * (x**2 + y**2) - 0.48 * x * y",
        ("0.52 * x - 0.48 * y", "0.52 * y - 0.48 * x"),
        ("0.52", "-0.48", "0.52"),
    ),
    "saddle": Formula("x**2 - y**2", ("2 * x", "-2 * y"), ("2", "0", "-2")),
    "gentle_saddle": Formula(
        "(x**2 - y**2) / 2 + y**4 / 4", ("x", "y**3 - y"), ("1", "0", "3 * y**2 - 1")
    ),
    "camel": Formula(
        "2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2",
        ("4 * x - 4.2 * x**3 + x**5 + y", "x + 2 * y"),
        ("4 - 12.6 * x**2 + 5 * x**4", "1", "2"),
    ),
    "styblinski_tang": Formula(
        "(x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y) / 2",
        ("2 * x**3 - 16 * x + 2.5", "2 * y**3 - 16 * y + 2.5"),
        ("6 * x**2 - 16", "0", "6 * y**2 - 16"),
    ),
    "rastrigin": Formula(
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
    ),
    "ackley": Formula(
        "20 * (1 - np.exp(-0.2 * r)) + np.e - np.exp(waves)",
        (
            "pull * x + swell * np.sin(2 * np.pi * x)",
            "pull * y + swell * np.sin(2 * np.pi * y)",
        ),
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
            "pull = 2 * np.exp(-0.2 * r) / r  # of the funnel",
            "swell = np.pi * np.exp(waves)  # of the waves",
            "bend = -(0.2 * r + 1) * np.exp(-0.2 * r) / r**3",
        ),
    ),
}

CURVES: dict[str, tuple[str, str, str]] = {
    "parabola": ("x**2", "2 * x", "2"),
    "double_well": ("(x**2 - 1) ** 2 / 4 + 0.1 * x", "x * (x**2 - 1) + 0.1", "3 * x**2 - 1"),
    "absolute": ("np.abs(x)", "np.sign(x)", "0"),
    "quartic": ("x**4 / 4", "x**3", "3 * x**2"),
    "plateau": (
        "1 - np.exp(-(x**2) / 2)",
        "x * np.exp(-(x**2) / 2)",
        "(1 - x**2) * np.exp(-(x**2) / 2)",
    ),
    "wave": (
        "0.1 * x**2 - 0.4 * np.cos(2 * x)",
        "0.2 * x + 0.8 * np.sin(2 * x)",
        "0.2 + 1.6 * np.cos(2 * x)",
    ),
}  # fmt: skip
"""Functions of x: height, slope, curvature."""
