"""Newton's method, which no framework has."""

from __future__ import annotations

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
            "# Where it is singular this fails; gdsim takes the step of least squares there.",
            f"theta = theta - {style.rate} * {style.np}.linalg.solve(curvature, g)"
            "  # to where a fitted parabola is flat",
        )
        return Rule(lines, (("damping", damping),) if damping else (), curved=True)
