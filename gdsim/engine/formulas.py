"""Formulas as graphs of operations: built simplified, derived exactly, evaluated over arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.sentences import Fault, Sentence, sentence

MOST_NODES = 20_000
"""A bound on time and memory; what is typed has 200 at most, its derivatives some dozens each."""

UNARY: dict[str, Callable[..., Any]] = {
    "neg": np.negative,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
}
BINARY: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.true_divide,
    "pow": np.power,
    "max": np.maximum,
    "min": np.minimum,
    # 1 where the first is the greater, ½ where both are equal: which of two slopes holds.
    "above": lambda a, b: np.heaviside(a - b, 0.5),
}
OPERATIONS = {**UNARY, **BINARY}

Node = int


class Graph:
    """Nodes by number; equal ones exist once. Arguments have lower numbers than what uses them.

    Methods named after operations make a node, or an equal and simpler one.
    """

    def __init__(self) -> None:
        self.nodes: list[tuple[str, tuple[float, ...]]] = []
        self.columns: dict[Node, int] = {}
        """Where in the text an operation was written."""
        self._known: dict[tuple[str, tuple[float, ...]], Node] = {}

    def number(self, value: float) -> Node:
        # −0.0 equals 0.0, and nothing here depends on which it is.
        return self._node("number", (value + 0.0,))

    def variable(self, place: int) -> Node:
        return self._node("variable", (place,))

    def value(self, node: Node) -> float | None:
        """The number that a node is, or None."""
        kind, arguments = self.nodes[node]
        return arguments[0] if kind == "number" else None

    def apply(self, kind: str, *arguments: Node) -> Node:
        """An operation of `OPERATIONS` on nodes."""
        values = [self.value(argument) for argument in arguments]
        numbers = [np.float64(value) for value in values if value is not None]
        if len(numbers) == len(values):
            with np.errstate(all="ignore"):
                return self.number(float(OPERATIONS[kind](*numbers)))
        simpler = self._simplified(kind, arguments, values)
        return self._node(kind, arguments) if simpler is None else simpler

    def derivative(self, node: Node, place: int) -> Node:
        """∂node/∂variable, a node of the same graph."""
        slopes: dict[Node, Node] = {}
        for current in self.needed([node]):
            kind, arguments = self.nodes[current]
            if kind == "number":
                slopes[current] = self.number(0.0)
            elif kind == "variable":
                slopes[current] = self.number(1.0 if arguments[0] == place else 0.0)
            else:
                inner = [int(argument) for argument in arguments]
                slopes[current] = self._slope(kind, current, inner, [slopes[a] for a in inner])
        return slopes[node]

    def needed(self, outputs: Sequence[Node]) -> list[Node]:
        """The nodes that outputs depend on, and they, arguments first."""
        wanted = set(outputs)
        for node in range(max(outputs), -1, -1):
            kind, arguments = self.nodes[node]
            if node in wanted and kind in OPERATIONS:
                wanted.update(int(argument) for argument in arguments)
        return sorted(wanted)

    def depends_on(self, node: Node) -> set[int]:
        """The places of the variables that a node depends on."""
        found = (self.nodes[other] for other in self.needed([node]))
        return {int(arguments[0]) for kind, arguments in found if kind == "variable"}

    def degree(self, node: Node) -> float:
        """The degree of a polynomial as it is written; infinite for what is not written as one."""
        degrees: dict[Node, float] = {}
        for current in self.needed([node]):
            kind, arguments = self.nodes[current]
            if kind in ("number", "variable"):
                degrees[current] = float(kind == "variable")
                continue
            inner = [int(argument) for argument in arguments]
            first, last = degrees[inner[0]], degrees[inner[-1]]
            if kind in ("neg", "add", "sub"):
                degrees[current] = max(first, last)
            elif kind == "mul":
                degrees[current] = first + last
            elif kind == "div" and not last:
                degrees[current] = first
            elif kind == "pow" and (power := self.value(inner[1])) in (1.0, 2.0):
                degrees[current] = first * power
            else:
                degrees[current] = math.inf
        return degrees[node]

    def _node(self, kind: str, arguments: tuple[float, ...]) -> Node:
        key = kind, arguments
        known = self._known.get(key)
        if known is None:
            if len(self.nodes) >= MOST_NODES:
                raise Fault("The expression is too long: its derivatives would be huge.")
            known = self._known[key] = len(self.nodes)
            self.nodes.append((kind, arguments))
        return known

    def _simplified(
        self, kind: str, arguments: tuple[Node, ...], values: list[float | None]
    ) -> Node | None:
        first, second = arguments[0], arguments[-1]
        a, b = values[0], values[-1]
        if kind == "add":
            return second if a == 0.0 else first if b == 0.0 else None
        if kind == "sub":
            return self.apply("neg", second) if a == 0.0 else first if b == 0.0 else None
        if kind == "mul":
            if 0.0 in (a, b):
                return self.number(0.0)
            if -1.0 in (a, b):
                return self.apply("neg", second if a == -1.0 else first)
            return second if a == 1.0 else first if b == 1.0 else None
        if kind == "div":
            return self.number(0.0) if a == 0.0 else first if b == 1.0 else None
        if kind == "pow":
            return self._power(first, b)
        if kind == "neg" and self.nodes[first][0] == "neg":
            return int(self.nodes[first][1][0])
        return None

    def _power(self, base: Node, exponent: float | None) -> Node | None:
        if exponent == 0.0:
            return self.number(1.0)
        if exponent == 1.0:
            return base
        if exponent == 2.0:
            return self.apply("mul", base, base)
        if exponent == 3.0:
            return self.apply("mul", self.apply("mul", base, base), base)
        return self.apply("sqrt", base) if exponent == 0.5 else None

    def _slope(self, kind: str, node: Node, inner: list[Node], slopes: list[Node]) -> Node:
        """The chain rule for one operation."""
        if all(self.value(slope) == 0.0 for slope in slopes):
            return self.number(0.0)
        if kind in UNARY:
            return self._unary_slope(kind, node, inner[0], slopes[0])
        apply = self.apply
        (a, b), (da, db) = inner, slopes
        if kind in ("add", "sub"):
            return apply(kind, da, db)
        if kind == "mul":
            return apply("add", apply("mul", da, b), apply("mul", a, db))
        if kind == "div":
            return apply("div", apply("sub", da, apply("mul", node, db)), b)
        if kind == "pow":
            exponent = self.value(b)
            if exponent is not None:
                lower = apply("pow", a, self.number(exponent - 1.0))
                return apply("mul", apply("mul", b, lower), da)
            grown = apply("mul", node, apply("mul", db, apply("log", a)))
            if self.value(da) == 0.0:
                return grown
            lower = apply("pow", a, apply("sub", b, self.number(1.0)))
            return apply("add", grown, apply("mul", apply("mul", b, lower), da))
        if kind == "above":
            return self.number(0.0)
        share = apply("above", a, b) if kind == "max" else apply("above", b, a)
        other = apply("sub", self.number(1.0), share)
        return apply("add", apply("mul", share, da), apply("mul", other, db))

    def _unary_slope(self, kind: str, node: Node, a: Node, da: Node) -> Node:
        apply, one = self.apply, self.number(1.0)
        if kind == "neg":
            return apply("neg", da)
        if kind == "sign":
            return self.number(0.0)
        if kind == "log":
            return apply("div", da, a)
        if kind == "sqrt":
            return apply("div", apply("mul", self.number(0.5), da), node)
        square = apply("mul", a, a)
        if kind == "atan":
            return apply("div", da, apply("add", one, square))
        if kind in ("asin", "acos"):
            slope = apply("div", da, apply("sqrt", apply("sub", one, square)))
            return slope if kind == "asin" else apply("neg", slope)
        outer = {
            "sin": lambda: apply("cos", a),
            "cos": lambda: apply("neg", apply("sin", a)),
            "tan": lambda: apply("add", one, apply("mul", node, node)),
            "sinh": lambda: apply("cosh", a),
            "cosh": lambda: apply("sinh", a),
            "tanh": lambda: apply("sub", one, apply("mul", node, node)),
            "exp": lambda: node,
            "abs": lambda: apply("sign", a),
        }[kind]()
        return apply("mul", outer, da)


class Program:
    """Evaluates some nodes of a graph together, each operation once."""

    def __init__(self, graph: Graph, outputs: Sequence[Node]) -> None:
        self._graph = graph
        self._order = graph.needed(outputs)
        places = {node: place for place, node in enumerate(self._order)}
        self._outputs = [places[node] for node in outputs]
        self._registers: list[Any] = [None] * len(places)
        self._variables: list[tuple[int, int]] = []
        self._steps: list[tuple[Callable[..., Any], int, int, int]] = []
        for node, place in places.items():
            kind, arguments = graph.nodes[node]
            if kind == "number":
                self._registers[place] = arguments[0]
            elif kind == "variable":
                self._variables.append((place, int(arguments[0])))
            else:
                inner = [places[int(argument)] for argument in arguments]
                self._steps.append((OPERATIONS[kind], inner[0], (*inner, -1)[1], place))

    def evaluate(self, point: Array) -> list[Any]:
        """The outputs at points (variables, n): (n,) each, or a number where all are the same."""
        registers = self._run(point)
        return [registers[place] for place in self._outputs]

    def trouble(self, point: Array) -> Sentence | None:
        """Which operation has no value at one point (variables,), in words; None where all have.

        What merely exceeds the greatest number is no such trouble.
        """
        with np.errstate(all="ignore"):
            registers = self._run(np.asarray(point, dtype=np.float64)[:, None])
        found = {
            node: float(np.ravel(value)[0])
            for node, value in zip(self._order, registers, strict=True)
        }
        for node in self._order:
            kind, arguments = self._graph.nodes[node]
            if kind in OPERATIONS and not math.isfinite(found[node]):
                values = [found[int(argument)] for argument in arguments]
                if all(map(math.isfinite, values)):
                    return named_trouble(kind, values, self._graph.columns.get(node, 1))
        return None

    def _run(self, point: Array) -> list[Any]:
        registers = self._registers.copy()
        for place, variable in self._variables:
            registers[place] = point[variable]
        for function, first, second, place in self._steps:
            if second < 0:
                registers[place] = function(registers[first])
            else:
                registers[place] = function(registers[first], registers[second])
        return registers


def named_trouble(kind: str, values: Sequence[float], column: int) -> Sentence | None:
    """Why an operation has no value on these; None where its value is only too large."""
    value = f"{values[0]:.6g}"
    if kind == "log":
        return sentence(
            "log of {value} (column {column} of the expression): it needs a number above 0.",
            value=value, column=column,
        )  # fmt: skip
    if kind == "sqrt":
        return sentence(
            "Square root of {value} (column {column} of the expression): it needs a number from "
            "0 up.",
            value=value, column=column,
        )  # fmt: skip
    if kind in ("asin", "acos"):
        return sentence(
            "{name} of {value} (column {column} of the expression): it needs a number from −1 "
            "to 1.",
            name=kind, value=value, column=column,
        )  # fmt: skip
    if kind == "div" and values[1] == 0.0:
        return sentence(
            "{value} divided by 0 (column {column} of the expression).", value=value, column=column
        )
    if kind == "pow" and (values[0] == 0.0 or (values[0] < 0.0 and values[1] % 1.0)):
        return sentence(
            "{value} to the power of {exponent} (column {column} of the expression) is no real "
            "number.",
            value=value, exponent=f"{values[1]:.6g}", column=column,
        )  # fmt: skip
    return None
