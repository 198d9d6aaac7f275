"""Adam, AMSGrad and AdamW."""

from __future__ import annotations

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall
from gdsim.codegen.methods.base import (
    Averages,
    MethodCode,
    keras_averages,
    optax_averages,
    torch_averages,
)
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.adam import Adam, AdamSettings, AdamW, AdamWSettings, AMSGrad

MEAN = State("m", "moving average of the gradient")
SQUARE = State("v", "moving average of the squared gradient")
AVERAGE = "m = beta1 * m + (1 - beta1) * g"
AVERAGE_SQUARE = "v = beta2 * v + (1 - beta2) * g**2"
UNBIASED = "m_hat = m / (1 - beta1**t)  # corrected for the start at zero"
UNBIASED_SQUARE = "v_hat = v / (1 - beta2**t)"
_DIFFERS = "Keras adds eps to the root of v before its correction, PyTorch and Optax after it"


def numbers_of(s: Averages) -> tuple[tuple[str, float], ...]:
    """The named numbers of Adam and its relatives."""
    return (("beta1", s.beta1), ("beta2", s.beta2), ("eps", s.eps))


def keras_step(style: Style, square: str) -> tuple[str, str]:
    """Keras's form of the step: eps is added before the correction."""
    return (
        f"scale = {style.rate} * (1 - beta2**t) ** 0.5 / (1 - beta1**t)  # for the start at zero",
        f"theta = theta - scale * m / ({style.np}.sqrt({square}) + eps)",
    )


def adam_rule(s: Averages, convention: str, style: Style) -> Rule:
    """Adam written out, in Keras's form or in that of the others."""
    last: tuple[str, ...] = keras_step(style, "v")
    if convention != "keras":
        last = (
            UNBIASED,
            UNBIASED_SQUARE,
            f"theta = theta - {style.rate} * m_hat / ({style.np}.sqrt(v_hat) + eps)",
        )
    return Rule((AVERAGE, AVERAGE_SQUARE, *last), numbers_of(s), (MEAN, SQUARE))


class AdamCode(MethodCode[AdamSettings]):
    optimizer = Adam
    differs = _DIFFERS

    def rule(self, style: Style) -> Rule:
        return adam_rule(self.settings, self.convention, style)

    def torch(self) -> TorchCall | None:
        if self.convention == "keras":
            return None
        values = torch_averages(self.settings)
        if self.decay_place == "parameters":
            return TorchCall("AdamW", values, default_decay=0.01, shrinks=True)
        return TorchCall("Adam", values)

    def keras(self) -> KerasCall | None:
        if self.convention != "keras":
            return None
        return KerasCall("Adam", keras_averages(self.settings))

    def optax(self) -> OptaxCall | None:
        if self.convention == "keras":
            return None
        values = optax_averages(self.settings)
        if self.decay_place == "parameters":
            return OptaxCall("adamw", {**values, "weight_decay": (self.decay, 1e-4)})
        return OptaxCall("adam", values)


class AMSGradCode(MethodCode[AdamSettings]):
    optimizer = AMSGrad
    differs = (
        "Optax takes the maximum of corrected squares, PyTorch and Keras of plain ones; "
        "Keras adds eps before the correction"
    )

    def rule(self, style: Style) -> Rule:
        np, convention = style.np, self.convention
        greatest = State("greatest", "the greatest v so far")
        last: tuple[str, ...]
        if convention == "keras":
            last = (f"greatest = {np}.maximum(greatest, v)", *keras_step(style, "greatest"))
        else:
            taken, size = "v", "greatest / (1 - beta2**t)"
            if convention == "optax":
                taken, size = "v / (1 - beta2**t)", "greatest"
            last = (
                UNBIASED,
                f"greatest = {np}.maximum(greatest, {taken})",
                f"theta = theta - {style.rate} * m_hat / ({np}.sqrt({size}) + eps)",
            )
        lines = (AVERAGE, AVERAGE_SQUARE, *last)
        return Rule(lines, numbers_of(self.settings), (MEAN, SQUARE, greatest))

    def torch(self) -> TorchCall | None:
        if self.convention != "pytorch":
            return None
        values = {**torch_averages(self.settings), "amsgrad": (True, False)}
        if self.decay_place == "parameters":
            return TorchCall("AdamW", values, default_decay=0.01, shrinks=True)
        return TorchCall("Adam", values)

    def keras(self) -> KerasCall | None:
        if self.convention != "keras":
            return None
        return KerasCall("Adam", {**keras_averages(self.settings), "amsgrad": (True, False)})

    def optax(self) -> OptaxCall | None:
        if self.convention != "optax":
            return None
        values = optax_averages(self.settings)
        return OptaxCall("amsgrad", values, ("scale_by_amsgrad", values))


class AdamWCode(MethodCode[AdamWSettings]):
    optimizer = AdamW
    differs = _DIFFERS

    def rule(self, style: Style) -> Rule:
        return adam_rule(self.settings, self.convention, style)

    def torch(self) -> TorchCall | None:
        if self.convention == "keras":
            return None
        return TorchCall("AdamW", torch_averages(self.settings), default_decay=0.01, shrinks=True)

    def keras(self) -> KerasCall | None:
        if self.convention != "keras":
            return None
        values = {**keras_averages(self.settings), "weight_decay": (self.decay, None)}
        return KerasCall("AdamW", values)

    def optax(self) -> OptaxCall | None:
        if self.convention == "keras":
            return None
        values = optax_averages(self.settings)
        return OptaxCall("adamw", {**values, "weight_decay": (self.decay, 1e-4)})
