"""Newton's method, which no framework has."""

from __future__ import annotations

import numpy as np

from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.rule import Rule, Style
from gdsim.engine.optimizers.newton import Newton, NewtonSettings


class NewtonCode(MethodCode[NewtonSettings]):
    optimizer = Newton

    def rule(self, style: Style) -> Rule:
        damping = self.settings.damping
        curvature = "hessian(theta, *data)"
        if damping:
            curvature += f" + damping * {style.np}.eye(len(theta))"
        lines = (
            f"curvature = {curvature}",
            *(_NOISE if self._is_singular() else ()),
            *_solved(style.np),
            f"theta = theta - {style.rate} * move  # to where a fitted parabola is flat",
        )
        return Rule(lines, (("damping", damping),) if damping else (), curved=True)

    def _is_singular(self) -> bool:
        """Whether no digit of the first move is sure."""
        start = np.array(self.task.run.start)
        curvature = self.task.problem.hessian(start) + self.settings.damping * np.eye(len(start))
        return bool(np.isfinite(curvature).all() and np.linalg.cond(curvature) > 1e15)


_NOISE = (
    "# It is singular at the start, but for rounding: where this ends hangs on the last digits.",
)
_LEAST = {
    "np": "np.linalg.lstsq(curvature, g, rcond=None)[0]",
    "torch": 'torch.linalg.lstsq(curvature, g[:, None], driver="gelsd").solution[:, 0]',
    "jnp": "jnp.linalg.lstsq(curvature, g)[0]",
}
_ABOUT = "the shortest of the best moves where the curvature is singular"


def _solved(framework: str) -> tuple[str, ...]:
    """`move` in curvature · move = g; least squares where that has no solution, or many."""
    # Keras, which has neither, refuses what is curved.
    solved, least = (
        f"move = {framework}.linalg.solve(curvature, g)",
        f"    move = {_LEAST.get(framework, '')}",
    )
    if framework == "jnp":
        return solved, f"if not jnp.isfinite(move).all():  # {_ABOUT}", least
    return "try:", f"    {solved}", f"except {framework}.linalg.LinAlgError:  # {_ABOUT}", least
