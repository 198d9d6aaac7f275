"""A function of the user's own, with derivatives that gdsim has worked out."""

from __future__ import annotations

from gdsim.codegen.problems.base import ProblemCode
from gdsim.codegen.problems.graph_text import written
from gdsim.codegen.text import safe
from gdsim.engine.expression_text import read_expression
from gdsim.engine.problems.expression import Expression


def expression(problem: Expression) -> ProblemCode:
    """f(x) or f(x, y)."""
    graph, node = read_expression(problem.settings.expression)
    count = len(problem.parameters)
    slopes = [graph.derivative(node, place) for place in range(count)]
    pairs = [(i, j) for i in range(count) for j in range(i, count)]
    bends = [graph.derivative(slopes[i], j) for i, j in pairs]
    names = "x, y = theta" if count == 2 else "x = theta[0]"
    head = (names,)
    before, (height,) = written(graph, [node])
    slope_before, slope = written(graph, slopes)
    bend_before, bend = written(graph, bends)
    if count == 2:
        matrix = f"np.array([[{bend[0]}, {bend[1]}], [{bend[1]}, {bend[2]}]])"
    else:
        matrix = f"np.array([[{bend[0]}]])"
    value, held = [f"return {height}"], []
    if problem.is_partial:
        # A logarithm has a slope where it has no value, by which a script would go on.
        why = "  # where f has no value, its slope has none"
        value = [f"f = {height}", f"return f * np.where(np.isnan(f), np.nan, 1.0){why}"]
        held = [
            "if np.isnan(loss(theta)):",
            f"    return np.full({count}, np.nan)  # no value here",
        ]
    return ProblemCode(
        about=f"The function is f = {safe(problem.formula)}.",
        loss=(*head, *before, *value),
        gradient=(*held, *head, *slope_before, f"return np.array([{', '.join(slope)}])"),
        hessian=(*head, *bend_before, f"return {matrix}"),
        loss_about="The value of the function at theta.",
    )
