"""LAMB."""

from __future__ import annotations

from gdsim.codegen.call import KerasCall, OptaxCall
from gdsim.codegen.methods.adam import (
    AVERAGE,
    AVERAGE_SQUARE,
    MEAN,
    SQUARE,
    UNBIASED,
    UNBIASED_SQUARE,
    numbers_of,
)
from gdsim.codegen.methods.base import MethodCode, keras_averages, optax_averages
from gdsim.codegen.rule import Rule, Style
from gdsim.engine.optimizers.layerwise import Lamb, LambSettings


class LambCode(MethodCode[LambSettings]):
    optimizer = Lamb
    differs = "Optax has the weight decay within the ratio, Keras outside it"
    couples = True

    def rule(self, style: Style) -> Rule:
        np = style.np
        within = self.decay_place == "update"
        ratio = "length / size if length > 0 and size > 0 else 1.0"
        if style.graph:
            there = "(length > 0) & (size > 0)"
            ratio = f"{np}.where({there}, length / {np}.maximum(size, 1e-30), 1.0)"
        lines = (
            AVERAGE,
            AVERAGE_SQUARE,
            UNBIASED,
            UNBIASED_SQUARE,
            f"u = m_hat / ({np}.sqrt(v_hat) + eps){' + weight_decay * theta' if within else ''}",
            f"length, size = {style.norm('theta')}, {style.norm('u')}",
            f"ratio = {ratio}  # the step is as long as a share of theta",
            f"theta = theta - {style.rate} * ratio * u",
        )
        numbers = numbers_of(self.settings)
        if within:
            numbers = (*numbers, ("weight_decay", self.decay))
        return Rule(lines, numbers, (MEAN, SQUARE))

    def keras(self) -> KerasCall | None:
        if self.decay_place == "update":
            return None
        return KerasCall("Lamb", keras_averages(self.settings))

    def optax(self) -> OptaxCall | None:
        if self.decay_place == "parameters":
            return None
        values = optax_averages(self.settings, 1e-6)
        return OptaxCall("lamb", {**values, "weight_decay": (self.decay, 0.0)})
