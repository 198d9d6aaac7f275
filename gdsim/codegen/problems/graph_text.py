"""A graph of operations as Python."""

from __future__ import annotations

import math
from collections import Counter

from gdsim.codegen.text import number
from gdsim.engine.formulas import Graph, Node

_FUNCTIONS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
"""Where NumPy has another name for an operation."""
_SIGNS = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2), "div": ("/", 2), "pow": ("**", 4)}
"""Operators and how tightly they bind."""
_NEG, _ATOM = 3, 5
_LONG = 50


def written(graph: Graph, outputs: list[Node]) -> tuple[list[str], list[str]]:
    """Lines that name what is used more than once, and an expression for each output."""
    order = graph.needed(outputs)
    used: Counter[Node] = Counter(outputs)
    for node in order:
        if graph.nodes[node][0] not in ("number", "variable"):
            used.update(int(argument) for argument in graph.nodes[node][1])
    lines: list[str] = []
    texts: dict[Node, tuple[str, int]] = {}
    for node in order:
        text, binds = _text(graph, node, texts)
        leaf = graph.nodes[node][0] in ("number", "variable")
        # A name is worth its line where something of some length comes again, or gets too long.
        again = used[node] > 1 and (len(text) > 6 or used[node] > 3)
        if not leaf and (again or len(text) > _LONG):
            name = f"u{len(lines) + 1}"
            lines.append(f"{name} = {text}")
            text, binds = name, _ATOM
        texts[node] = text, binds
    return lines, [texts[node][0] for node in outputs]


def _text(graph: Graph, node: Node, texts: dict[Node, tuple[str, int]]) -> tuple[str, int]:
    """The operation of a node on what its arguments are called, and how tightly it binds."""
    kind, arguments = graph.nodes[node]
    if kind == "number":
        return _number(arguments[0])
    if kind == "variable":
        return ("x", "y")[int(arguments[0])], _ATOM
    inner = [int(argument) for argument in arguments]
    if kind == "neg":
        return f"-{_bound(texts[inner[0]], _NEG)}", _NEG
    if kind in _SIGNS:
        return _binary(graph, kind, inner, texts)
    if kind == "above":
        left, right = texts[inner[0]], _bound(texts[inner[1]], 2)
        return f"np.heaviside({left[0]} - {right}, 0.5)", _ATOM
    if kind in ("max", "min"):
        first, second = _alike(graph, inner, texts)
        return f"np.{kind}imum({first}, {second})", _ATOM
    return f"np.{_FUNCTIONS.get(kind, kind)}({texts[inner[0]][0]})", _ATOM


def _binary(
    graph: Graph, kind: str, inner: list[Node], texts: dict[Node, tuple[str, int]]
) -> tuple[str, int]:
    sign, binds = _SIGNS[kind]
    a, b = inner
    if kind == "mul":
        # Squares and cubes are products in the graph.
        if a == b:
            return f"{_bound(texts[a], _ATOM)}**2", 4
        if graph.nodes[a] == ("mul", (b, b)):
            return f"{_bound(texts[b], _ATOM)}**3", 4
    # Of equal operators the left one goes first, but for powers.
    left = _bound(texts[a], _ATOM if kind == "pow" else binds)
    right = _bound(texts[b], _NEG if kind == "pow" else binds + 1)
    if kind == "pow":
        return f"{left} ** {right}" if " " in right or "(" in left else f"{left}**{right}", binds
    return f"{left} {sign} {right}", binds


def _alike(graph: Graph, inner: list[Node], texts: dict[Node, tuple[str, int]]) -> tuple[str, str]:
    """Both arguments as arrays: PyTorch compares no array with a number."""
    first, second = (texts[node][0] for node in inner)
    if graph.value(inner[0]) is not None:
        return f"np.full_like({second}, {first})", second
    if graph.value(inner[1]) is not None:
        return first, f"np.full_like({first}, {second})"
    return first, second


def _number(value: float) -> tuple[str, int]:
    if math.isnan(value):
        return "np.nan", _ATOM
    if math.isinf(value):
        return ("np.inf", _ATOM) if value > 0 else ("-np.inf", _NEG)
    return number(value), _ATOM if value >= 0 else _NEG


def _bound(part: tuple[str, int], tightly: int) -> str:
    """The text, in parentheses where it binds less tightly."""
    text, binds = part
    return text if binds >= tightly else f"({text})"
