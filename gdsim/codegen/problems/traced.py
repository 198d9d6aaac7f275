"""What the height of a curve or surface does with x and y, as a graph of operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gdsim.engine.formulas import OPERATIONS, Graph, Node
from gdsim.engine.problems import Curve, Surface
from gdsim.engine.sentences import Fault

_KINDS: dict[Any, str] = {
    function: kind for kind, function in OPERATIONS.items() if kind != "above"
}
_BY_NAME: dict[str, Any] = {
    function.__name__: function for function in (*_KINDS, np.square, np.expm1)
}


class _Term(np.lib.mixins.NDArrayOperatorsMixin):
    """A value of x and y that notes down what NumPy and Python's operators do with it."""

    def __init__(self, graph: Graph, node: Node) -> None:
        self.graph, self.node = graph, node

    def __array_ufunc__(
        self, function: Callable[..., Any], method: str, *inputs: Any, **options: Any
    ) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        if any(isinstance(one, np.ndarray) for one in inputs):
            # Arrays of objects go element by element, by Python's operators.
            return function(*(np.array(one, dtype=object) for one in inputs))
        if function is np.square:
            return inputs[0] * inputs[0]
        if function is np.expm1:
            return np.exp(inputs[0]) - 1.0
        if function not in _KINDS:
            return NotImplemented
        nodes = [
            one.node if isinstance(one, _Term) else self.graph.number(float(one)) for one in inputs
        ]
        return _Term(self.graph, self.graph.apply(_KINDS[function], *nodes))

    def __getattr__(self, name: str) -> Callable[[], Any]:
        # Of the elements of an array NumPy wants methods that are called as its functions are.
        if name not in _BY_NAME:
            raise AttributeError(name)
        return lambda: _BY_NAME[name](self)


def traced(problem: Curve | Surface) -> tuple[Graph, Node]:
    """The operations of the problem's height; `Fault` where they cannot be followed."""
    graph = Graph()
    theta = np.empty(len(problem.parameters), dtype=object)
    for place in range(len(theta)):
        theta[place] = _Term(graph, graph.variable(place))
    try:
        height = problem.height(theta[0] if isinstance(problem, Curve) else theta)
        (found,) = np.ravel(np.asarray(height, dtype=object))
    except (TypeError, ValueError, AttributeError):
        found = None
    if not isinstance(found, _Term):
        raise Fault(
            "The formula of '{name}' has not been written for scripts yet: export another "
            "problem, or this run's numbers as a table.",
            name=problem.name,
        )  # fmt: skip
    return graph, found.node
