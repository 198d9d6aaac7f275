"""The problems by name. To add one: a class in this package and its line in `PROBLEMS`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import make_settings, unknown
from gdsim.engine.problems.base import Bounds, Group, Parameter, Problem
from gdsim.engine.problems.bowls import Booth, Matyas, Quadratic, Ravine, Saddle, Sphere
from gdsim.engine.problems.curves import (
    AbsoluteValue,
    Curve,
    DoubleWell,
    Parabola,
    Plateau,
    Quartic,
    Wave,
)
from gdsim.engine.problems.expression import Expression
from gdsim.engine.problems.logistic import LogisticRegression
from gdsim.engine.problems.network import Network
from gdsim.engine.problems.polynomial import PolynomialRegression
from gdsim.engine.problems.regression import Article, LinearRegression, MultipleRegression
from gdsim.engine.problems.rugged import Ackley, Rastrigin
from gdsim.engine.problems.surface import Surface
from gdsim.engine.problems.surfaces import (
    Beale,
    Camel,
    GentleSaddle,
    GoldsteinPrice,
    Himmelblau,
    Rosenbrock,
    StyblinskiTang,
)

PROBLEMS: tuple[type[Problem], ...] = (
    Article,
    LinearRegression,
    PolynomialRegression,
    LogisticRegression,
    Network,
    Expression,
    Parabola,
    DoubleWell,
    AbsoluteValue,
    Quartic,
    Plateau,
    Wave,
    Quadratic,
    Ravine,
    Rosenbrock,
    Beale,
    Himmelblau,
    Sphere,
    Booth,
    Matyas,
    Saddle,
    GentleSaddle,
    Camel,
    StyblinskiTang,
    GoldsteinPrice,
    Rastrigin,
    Ackley,
)

FIRST = PROBLEMS[0].name
"""What is descended where nothing is named,"""
FIRST_FIT = next(cls.name for cls in PROBLEMS if cls.fits_data)
"""and where only data are."""

__all__ = [
    "FIRST",
    "FIRST_FIT",
    "PROBLEMS",
    "Article",
    "Bounds",
    "Curve",
    "Group",
    "LinearRegression",
    "MultipleRegression",
    "Parameter",
    "Problem",
    "Surface",
    "find_problem",
    "make_problem",
]


def find_problem(name: str) -> type[Problem]:
    """The class of that name; `Fault` with the nearest name where there is none."""
    for cls in PROBLEMS:
        if cls.name == name:
            return cls
    raise unknown(name, [cls.name for cls in PROBLEMS], "problem")


def make_problem(
    name: str,
    data: Data | tuple[Array, Array] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Problem:
    """The problem of that name, on `data` where it fits data; settings not named are default.

    As (x, y), x may have the shape (n,) or (columns, n). `Fault` names what does not serve.
    """
    cls = find_problem(name)
    made = make_settings(cls.Settings, settings or {})
    with np.errstate(all="ignore"):
        return cls.make(data_of(*data) if isinstance(data, tuple) else data, made)
