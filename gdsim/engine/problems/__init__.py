"""The problems by name. To add one: a class in this package and its line in `PROBLEMS`."""

from __future__ import annotations

from gdsim.engine.arrays import Array
from gdsim.engine.fields import unknown
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.regression import Article, LinearRegression
from gdsim.engine.problems.rugged import Ackley, Rastrigin
from gdsim.engine.problems.surfaces import (
    Beale,
    Booth,
    Camel,
    GentleSaddle,
    Himmelblau,
    Matyas,
    Quadratic,
    Rosenbrock,
    Saddle,
    Sphere,
    StyblinskiTang,
    Surface,
)
from gdsim.engine.sentences import Fault

PROBLEMS: tuple[type[Problem], ...] = (
    Article,
    LinearRegression,
    Quadratic,
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
    Rastrigin,
    Ackley,
)

__all__ = [
    "PROBLEMS",
    "Article",
    "Bounds",
    "LinearRegression",
    "Parameter",
    "Problem",
    "Surface",
    "make_problem",
]


def make_problem(name: str, data: tuple[Array, Array] | None = None) -> Problem:
    """The problem of that name; `data` = (x, y) for `linear`, and only for it."""
    for cls in PROBLEMS:
        if cls.name != name:
            continue
        if cls is LinearRegression:
            if data is None:
                raise Fault("The problem '{name}' needs data: give a CSV file.", name=name)
            return LinearRegression(*data)
        if data is not None:
            raise Fault("The problem '{name}' takes no data; 'linear' does.", name=name)
        return cls()
    raise unknown(name, [cls.name for cls in PROBLEMS], "problem")
