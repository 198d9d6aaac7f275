"""Lion and Rprop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall
from gdsim.codegen.methods.adam import MEAN
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.signs import Lion, LionSettings, Rprop, RpropSettings


class LionCode(MethodCode[LionSettings]):
    optimizer = Lion

    def rule(self, style: Style) -> Rule:
        s = self.settings
        lines = (
            f"theta = theta - {style.rate} * {style.np}.sign(beta1 * m + (1 - beta1) * g)"
            "  # only the direction counts",
            "m = beta2 * m + (1 - beta2) * g",
        )
        return Rule(lines, (("beta1", s.beta1), ("beta2", s.beta2)), (MEAN,))

    def keras(self) -> KerasCall | None:
        s = self.settings
        if not s.beta1:
            return None  # Keras wants beta_1 above 0
        return KerasCall("Lion", {"beta_1": (s.beta1, 0.9), "beta_2": (s.beta2, 0.99)})

    def optax(self) -> OptaxCall:
        s = self.settings
        return OptaxCall(
            "lion",
            {
                "b1": (s.beta1, 0.9), "b2": (s.beta2, 0.99),
                "weight_decay": (s.weight_decay, 1e-3),
            },
        )  # fmt: skip


class RpropCode(MethodCode[RpropSettings]):
    optimizer = Rprop
    lacks: ClassVar[Mapping[str, str]] = {
        "optax": "Optax's own Rprop is one step late, so the update is written out."
    }

    def rule(self, style: Style) -> Rule:
        s, np = self.settings, style.np
        lines = (
            "turn = g * before  # below zero where the gradient has changed its sign",
            f"size = {np}.where(turn < 0, size * eta_minus, "
            f"{np}.where(turn > 0, size * eta_plus, size))",
            f"size = {np}.clip(size, step_min, step_max)",
            f"g = {np}.where(turn < 0, {np}.zeros_like(g), g)  # no move where it has turned",
            f"theta = theta - size * {np}.sign(g)",
            "before = g",
        )
        numbers = (
            ("eta_minus", s.eta_minus), ("eta_plus", s.eta_plus),
            ("step_min", s.step_min), ("step_max", s.step_max),
        )  # fmt: skip
        state = (
            State("size", "each parameter's own step", style.first_rate),
            State("before", "the last gradient"),
        )
        return Rule(lines, numbers, state)

    def torch(self) -> TorchCall:
        s = self.settings
        return TorchCall(
            "Rprop",
            {
                "etas": ((s.eta_minus, s.eta_plus), (0.5, 1.2)),
                "step_sizes": ((s.step_min, s.step_max), (1e-6, 50.0)),
            },
        )
