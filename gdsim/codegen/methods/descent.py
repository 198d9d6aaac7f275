"""Gradient descent and its stochastic form."""

from __future__ import annotations

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.rule import Rule, Style
from gdsim.engine.optimizers.descent import (
    DescentSettings,
    GradientDescent,
    StochasticGradientDescent,
)


class GradientDescentCode(MethodCode[DescentSettings]):
    optimizer = GradientDescent

    def rule(self, style: Style) -> Rule:
        return Rule((f"theta = theta - {style.rate} * g  # a step against the gradient",))

    def torch(self) -> TorchCall:
        return TorchCall("SGD", {})

    def keras(self) -> KerasCall:
        return KerasCall("SGD", {})

    def optax(self) -> OptaxCall:
        return OptaxCall("sgd", {}, ("trace", {}))

    @property
    def keras_shrinks(self) -> bool:
        # Coupled and decoupled decay are the same here.
        return bool(self.decay)


class StochasticGradientDescentCode(GradientDescentCode):
    optimizer = StochasticGradientDescent
