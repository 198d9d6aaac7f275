"""What a problem contributes to a script: its data, loss, gradient and curvature.

To add one: a function from the problem to its `ProblemCode`, and its line in `CODES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gdsim.codegen import fits, formula_text, networks
from gdsim.codegen.parts import ProblemCode, uses
from gdsim.codegen.surfaces import CURVES, FORMULAS, Formula
from gdsim.engine.problems import PROBLEMS, Problem
from gdsim.engine.sentences import Fault


def code_of(problem: Problem) -> ProblemCode:
    """The problem in code; `Fault` for one that cannot be exported."""
    make = CODES.get(problem.name)
    if make is None:
        raise Fault(
            "The problem '{name}' cannot be exported as code yet; these can: {known}.",
            name=problem.name, known=", ".join(p.name for p in PROBLEMS if p.name in CODES),
        )  # fmt: skip
    return make(problem)


_OTHER_NAMES = {
    "torch": {
        "np.array": "torch.tensor",
        "np.pi": "torch.pi",
        "np.e": "torch.e",
        "np.inf": "torch.inf",
        "np.nan": "torch.nan",
    },
    "ops": {
        "np.pi": "np.pi",
        "np.e": "np.e",
        "np.inf": "np.inf",
        "np.nan": "np.nan",
        "np.array": "ops.stack",
    },
}


def spelled(lines: tuple[str, ...] | list[str], np: str) -> list[str]:
    """The lines with NumPy's functions under another name: `torch`, `jnp` or `ops`."""
    if np == "np":
        return list(lines)
    other = _OTHER_NAMES.get(np, {})

    def renamed(match: re.Match[str]) -> str:
        return other.get(match[0], f"{np}.{match[1]}")

    lines = [re.sub(r"\bnp\.(\w+)", renamed, line) for line in lines]
    if np == "ops":
        # Not every backend of Keras has x.T, nor unpacks a variable.
        lines = [re.sub(r"\b(w\d)\.T\b", r"ops.transpose(\1)", line) for line in lines]
        lines = [line.replace("x, y = theta", "x, y = theta[0], theta[1]") for line in lines]
    return lines


def _surface(problem: Any) -> ProblemCode:
    formula = _formula_of(problem)
    xx, xy, yy = formula.bend
    cos, sin = problem.turn
    a, b = problem.centre
    turned = (cos, sin) != (1.0, 0.0)
    slope = _array(formula.slope)
    bend = [f"bend_x = {xx}", f"bend_xy = {xy}", f"bend_y = {yy}"]
    matrix = "np.array([[bend_x, bend_xy], [bend_xy, bend_y]])"
    last = [f"return {matrix}"]
    back: list[str] = []
    if turned:
        dx, dy = _less("x", a), _less("y", b)
        x, y = f"{dx} * cos + {dy} * sin{_more(a)}", f"{dy} * cos - {dx} * sin{_more(b)}"
        angle = f"{problem.settings.angle:g} degrees"
        back = [f"cos, sin = {cos!r}, {sin!r}  # turned by {angle}", f"x, y = {x}, {y}"]
        slope = [
            f"along, across = {', '.join(formula.slope)}",
            "return np.array([along * cos - across * sin, along * sin + across * cos])",
        ]
        last = [
            "turn = np.array([[cos, -sin], [sin, cos]])",
            f"return turn @ {matrix} @ turn.T",
        ]
    return ProblemCode(
        about=f"The surface is J = {problem.formula}.",
        loss=_body(formula, back, f"return {formula.height}"),
        gradient=_body(formula, back, *slope),
        hessian=_body(formula, back, *bend, *last),
    )


def _formula_of(problem: Any) -> Formula:
    if problem.name != "ravine":
        return FORMULAS[problem.name]
    kappa = repr(problem.kappa)
    return Formula(f"(x**2 + {kappa} * y**2) / 2", ("x", f"{kappa} * y"), ("1", "0", kappa))


def _less(name: str, value: float) -> str:
    return f"({name} - {value!r})" if value else name


def _more(value: float) -> str:
    return f" + {value!r}" if value else ""


def _curve(problem: Problem) -> ProblemCode:
    height, slope, bend = CURVES[problem.name]
    head = "x = theta[0]"
    return ProblemCode(
        about=f"The function is J = {problem.formula}.",
        loss=(head, f"return {height}"),
        gradient=(head, f"return np.array([{slope}])"),
        hessian=(head, f"return np.array([[{bend}]])"),
        loss_about="The height of the curve at theta.",
    )


def _array(entries: tuple[str, ...]) -> list[str]:
    return [f"return np.array([{', '.join(entries)}])"]


def _body(formula: Formula, back: list[str], *last: str) -> tuple[str, ...]:
    """The last lines after those of `before` that they need."""
    lines = list(last)
    for line in reversed(formula.before):
        if uses(line.split(" = ")[0], lines):
            lines.insert(0, line)
    if not (uses("x", lines) or uses("y", lines) or back):
        return tuple(lines)
    return ("x, y = theta", *back, *lines)


CODES: dict[str, Callable[[Any], ProblemCode]] = {
    "article": fits.linear,
    "linear": fits.linear,
    "polynomial": fits.polynomial,
    "logistic": fits.logistic,
    "network": networks.network,
    "expression": formula_text.expression,
    "ravine": _surface,
    **dict.fromkeys(FORMULAS, _surface),
    **dict.fromkeys(CURVES, _curve),
}
