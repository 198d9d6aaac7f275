"""How scripts say each problem. To add one: a file in this package, and its line below.

A curve or surface needs none: it is said by the text beside its height, or by what its height does.
"""

from __future__ import annotations

from functools import singledispatch

from gdsim.codegen.problems.base import ProblemCode, spelled
from gdsim.codegen.problems.expression import expression
from gdsim.codegen.problems.fits import linear, logistic, origin, plane, polynomial
from gdsim.codegen.problems.network import network
from gdsim.codegen.problems.surface import curve, surface
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Fault

__all__ = ["ProblemCode", "code_of", "spelled"]


@singledispatch
def code_of(problem: Problem) -> ProblemCode:
    """The problem in code; `Fault` for one that cannot be exported."""
    raise Fault(
        "The problem '{name}' has not been written for scripts yet: export another problem, or "
        "this run's numbers as a table.",
        name=problem.name,
    )  # fmt: skip


code_of.register(linear)
code_of.register(plane)
code_of.register(origin)
code_of.register(polynomial)
code_of.register(logistic)
code_of.register(network)
code_of.register(expression)
code_of.register(curve)
code_of.register(surface)
