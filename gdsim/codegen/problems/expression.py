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
    return ProblemCode(
        about=f"The function is f = {safe(problem.formula)}.",
        loss=(*head, *before, f"return {height}"),
        gradient=(*head, *slope_before, f"return np.array([{', '.join(slope)}])"),
        hessian=(*head, *bend_before, f"return {matrix}"),
        loss_about="The value of the function at theta.",
    )
