"""Functions of x, or of x and y: by the text that stands beside their height, or from it."""

from __future__ import annotations

from gdsim.codegen.problems.base import ProblemCode
from gdsim.codegen.problems.graph_text import written
from gdsim.codegen.problems.traced import traced
from gdsim.codegen.text import uses
from gdsim.engine.problems import Curve, Surface
from gdsim.engine.problems.python_text import PythonText


def curve(problem: Curve) -> ProblemCode:
    """A function J(x)."""
    text = _text_of(problem)
    head = ("x = theta[0]",)
    return ProblemCode(
        about=f"The function is J = {problem.formula}.",
        loss=_body(text, head, f"return {text.height}"),
        gradient=_body(text, head, f"return np.array([{text.slope[0]}])"),
        hessian=_body(text, head, f"return np.array([[{text.bend[0]}]])"),
        loss_about="The height of the curve at theta.",
    )


def surface(problem: Surface) -> ProblemCode:
    """A function J(x, y), turned by an angle."""
    text = _text_of(problem)
    xx, xy, yy = text.bend
    cos, sin = problem.turn
    a, b = problem.centre
    head: tuple[str, ...] = ("x, y = theta",)
    slope = [f"return np.array([{', '.join(text.slope)}])"]
    bend = [f"bend_x = {xx}", f"bend_xy = {xy}", f"bend_y = {yy}"]
    matrix = "np.array([[bend_x, bend_xy], [bend_xy, bend_y]])"
    last = [f"return {matrix}"]
    if (cos, sin) != (1.0, 0.0):
        dx, dy = _less("x", a), _less("y", b)
        x, y = f"{dx} * cos + {dy} * sin{_more(a)}", f"{dy} * cos - {dx} * sin{_more(b)}"
        angle = f"{problem.settings.angle:g} degrees"
        head = (*head, f"cos, sin = {cos!r}, {sin!r}  # turned by {angle}", f"x, y = {x}, {y}")
        slope = [
            f"along, across = {', '.join(text.slope)}",
            "return np.array([along * cos - across * sin, along * sin + across * cos])",
        ]
        last = [
            "turn = np.array([[cos, -sin], [sin, cos]])",
            f"return turn @ {matrix} @ turn.T",
        ]
    return ProblemCode(
        about=f"The surface is J = {problem.formula}.",
        loss=_body(text, head, f"return {text.height}"),
        gradient=_body(text, head, *slope),
        hessian=_body(text, head, *bend, *last),
    )


def _text_of(problem: Curve | Surface) -> PythonText:
    """The text that its class declares, or else what its height does with x and y."""
    for cls in type(problem).__mro__:
        # An heir with another height has not its parent's text.
        if "height" in vars(cls):
            if "python" in vars(cls) and problem.python is not None:
                return problem.python
            break
    return _made_text(problem)


def _made_text(problem: Curve | Surface) -> PythonText:
    count = len(problem.parameters)
    graph, height = traced(problem)
    slope = [graph.derivative(height, place) for place in range(count)]
    bend = [graph.derivative(slope[i], j) for i in range(count) for j in range(i, count)]
    named, texts = written(graph, [height, *slope, *bend])
    return PythonText(
        texts[0], tuple(texts[1 : 1 + count]), tuple(texts[1 + count :]), tuple(named)
    )


def _less(name: str, value: float) -> str:
    return f"({name} - {value!r})" if value else name


def _more(value: float) -> str:
    return f" + {value!r}" if value else ""


def _body(text: PythonText, head: tuple[str, ...], *last: str) -> tuple[str, ...]:
    """The last lines after those of `named` that they need."""
    lines = list(last)
    for line in reversed(text.named):
        if uses(line.split(" = ")[0], lines):
            lines.insert(0, line)
    if len(head) == 1 and not (uses("x", lines) or uses("y", lines)):
        return tuple(lines)
    return (*head, *lines)
