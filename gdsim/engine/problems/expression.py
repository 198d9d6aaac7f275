"""A function of the user's own, typed as f(x) or f(x, y)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.expression_text import read_expression
from gdsim.engine.fields import Settings, field
from gdsim.engine.formulas import Program
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.trial import best_rate
from gdsim.engine.sentences import Fault, Sentence, sentence

_PARTIAL = ("log", "sqrt", "asin", "acos", "pow")
"""Operations that have no value for some numbers."""
_PARAMETERS = (Parameter("x", "x"), Parameter("y", "y"))
_STARTS = (
    (-0.8, 0.6), (0.8, 0.6), (0.8, -0.6), (-0.8, -0.6),
    (0.5, 0.3), (0.2, 0.1), (-0.3, 0.2), (0.95, 0.9),
)  # fmt: skip
"""Where a run may begin, in parts of the reach: the first place that has a slope."""


@dataclass(frozen=True)
class ExpressionSettings(Settings):
    """What is typed, and how much of it is shown."""

    expression: str = field(
        "sin(2x) + cos(2y) + 0.2(x² + y²)", "f(x, y) =",
        "A function of x, or of x and y: + − · / ^, parentheses, sin cos tan asin acos atan sinh "
        "cosh tanh exp log log2 log10 sqrt abs sign min max relu sigmoid, pi and e.",
        reader=read_expression, wanted="a formula of x and y, as in x² + 3y²",
    )  # fmt: skip
    reach: float = field(
        4.0, "Reach", "The view shows so far from 0 in each direction.",
        above=0.0, maximum=1e6, scale="log",
    )  # fmt: skip


class Expression(Problem):
    """J = f(x) or f(x, y) as typed, with exact derivatives, first and second.

    Where f has no value, as log of a negative has none, `trouble_at` says which operation fails.
    """

    name = "expression"
    title = "Function of your own"
    group = "own"
    Settings: ClassVar[type[Settings]] = ExpressionSettings
    settings: ExpressionSettings
    loss_name = "f"

    def __init__(self, settings: ExpressionSettings | None = None) -> None:
        super().__init__(settings)
        self.formula = self.settings.expression.strip()
        self._graph, self._node = read_expression(self.formula)
        places = self._graph.depends_on(self._node)
        if not places:
            raise Fault("The expression depends on neither x nor y: there is nothing to descend.")
        self.parameters = _PARAMETERS[: max(places) + 1]
        self._slopes = [
            self._graph.derivative(self._node, place) for place in range(len(self.parameters))
        ]
        self._height = Program(self._graph, [self._node])
        self._slope = Program(self._graph, [self._node, *self._slopes])
        kinds = {self._graph.nodes[node][0] for node in self._graph.needed([self._node])}
        self._is_partial = not kinds.isdisjoint(_PARTIAL)
        self.start = self._first_start()

    @property
    def is_partial(self) -> bool:
        """Whether f may have no value somewhere; a run ends there. Whole powers have one."""
        nodes = [self._graph.nodes[node] for node in self._graph.needed([self._node])]
        return any(
            kind in _PARTIAL
            and not (kind == "pow" and (self._graph.value(int(inner[1])) or 0.5) % 1.0 == 0.0)
            for kind, inner in nodes
        )

    @cached_property
    def is_quadratic(self) -> bool:
        """By its formula: the curvature at points says nothing of kinks and steps between them."""
        return self._graph.degree(self._node) <= 2.0

    @cached_property
    def learning_rate(self) -> float:  # type: ignore[override] # worked out when asked
        """Found by trying, once someone asks."""
        return best_rate(self)

    @cached_property
    def _bend(self) -> Program:
        count = len(self.parameters)
        graph = self._graph
        pairs = [(i, j) for i in range(count) for j in range(i, count)]
        bends = [graph.derivative(self._slopes[i], j) for i, j in pairs]
        return Program(graph, bends)

    def loss(self, theta: Array) -> Array:
        (height,) = self._height.evaluate(theta)
        return np.asanyarray(height)

    def gradient(self, theta: Array, out: Array) -> None:
        height, *slopes = self._slope.evaluate(theta)
        for row, slope in zip(out, slopes, strict=True):
            row[:] = slope
        if self._is_partial:
            # The slope of a logarithm goes on where it has no value itself; a run does not.
            out[:, np.isnan(np.broadcast_to(height, out.shape[1:]))] = np.nan

    def hessian(self, theta: Array) -> Array:
        point = np.asarray(theta, dtype=np.float64).reshape(-1, 1)
        bends = [float(np.ravel(bend)[0]) for bend in self._bend.evaluate(point)]
        if len(bends) == 1:
            return np.array([bends])
        xx, xy, yy = bends
        return np.array([[xx, xy], [xy, yy]])

    def bounds(self) -> Bounds:
        reach = float(self.settings.reach)
        return ((-reach, reach),) * len(self.parameters)

    def trouble_at(self, theta: Array) -> Sentence | None:
        point = np.asarray(theta, dtype=np.float64)
        trouble = self._height.trouble(point)
        if trouble is not None:
            return trouble
        trouble = self._slope.trouble(point)
        if trouble is None:
            return None
        return sentence("The slope has no value there: {reason}", reason=trouble)

    def _first_start(self) -> tuple[float, ...]:
        reach = float(self.settings.reach)
        for share in _STARTS:
            point = np.array(share[: len(self.parameters)]) * reach
            slope = self.gradient_at(point)
            if np.isfinite(self.loss_at(point)) and np.isfinite(slope).all() and slope.any():
                # Short numbers, since people read them.
                return tuple(float(f"{value:.3g}") for value in point)
        return (1.0,) * len(self.parameters)
