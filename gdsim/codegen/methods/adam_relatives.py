"""Adamax, NAdam and RAdam."""

from __future__ import annotations

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall
from gdsim.codegen.methods.adam import (
    AVERAGE,
    AVERAGE_SQUARE,
    MEAN,
    SQUARE,
    UNBIASED,
    numbers_of,
)
from gdsim.codegen.methods.base import (
    MethodCode,
    keras_averages,
    optax_averages,
    torch_averages,
)
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.adam import AdamSettings
from gdsim.engine.optimizers.adam_relatives import (
    Adamax,
    NAdam,
    NAdamSettings,
    RAdam,
    RAdamSettings,
)


class AdamaxCode(MethodCode[AdamSettings]):
    optimizer = Adamax
    differs = "PyTorch and Optax add eps within the maximum, Keras after it"

    def rule(self, style: Style) -> Rule:
        keras = self.convention == "keras"
        size = f"{style.np}.abs(g)" if keras else f"{style.np}.abs(g) + eps"
        by = "(greatest + eps)" if keras else "greatest"
        lines = (
            AVERAGE,
            f"greatest = {style.np}.maximum(beta2 * greatest, {size})",
            UNBIASED,
            f"theta = theta - {style.rate} * m_hat / {by}",
        )
        state = (MEAN, State("greatest", "the greatest recent gradient"))
        return Rule(lines, numbers_of(self.settings), state)

    def torch(self) -> TorchCall | None:
        if self.convention == "keras":
            return None
        return TorchCall("Adamax", torch_averages(self.settings))

    def keras(self) -> KerasCall | None:
        if self.convention != "keras":
            return None
        return KerasCall("Adamax", keras_averages(self.settings))

    def optax(self) -> OptaxCall | None:
        if self.convention == "keras":
            return None
        values = optax_averages(self.settings)
        return OptaxCall("adamax", values, ("scale_by_adamax", values))


class NAdamCode(MethodCode[NAdamSettings]):
    optimizer = NAdam
    differs = "in Optax the momentum is constant, in PyTorch and Keras it comes up"

    @property
    def _momentum_decay(self) -> float:
        return 1.0 if self.convention == "keras" else self.settings.momentum_decay

    def rule(self, style: Style) -> Rule:
        numbers = numbers_of(self.settings)
        root = f"({style.np}.sqrt(v / (1 - beta2**t)) + eps)"
        step = f"theta = theta - {style.rate} * ahead / {root}"
        if self.convention == "optax":
            ahead = "(1 - beta1) * g / (1 - beta1**t) + beta1 * m / (1 - beta1 ** (t + 1))"
            lines = (AVERAGE, AVERAGE_SQUARE, f"ahead = {ahead}", step)
            return Rule(lines, numbers, (MEAN, SQUARE))
        rising = (
            "mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))  # the momentum comes up slowly",
            "mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))",
            "product = product * mu",
            "ahead = (1 - mu) * g / (1 - product) + mu_next * m / (1 - product * mu_next)",
        )
        return Rule(
            (AVERAGE, AVERAGE_SQUARE, *rising, step),
            (*numbers, ("momentum_decay", self._momentum_decay)),
            (MEAN, SQUARE, State("product", "of all mu so far", "1.0", single=True)),
        )

    def torch(self) -> TorchCall | None:
        if self.convention == "optax":
            return None
        values = {
            **torch_averages(self.settings),
            "momentum_decay": (self._momentum_decay, 0.004),
            "decoupled_weight_decay": (self.decay_place == "parameters", False),
        }
        return TorchCall("NAdam", values, shrinks=True)

    def keras(self) -> KerasCall | None:
        if self.convention != "keras":
            return None
        return KerasCall("Nadam", keras_averages(self.settings))

    def optax(self) -> OptaxCall | None:
        if self.convention != "optax":
            return None
        values = optax_averages(self.settings)
        return OptaxCall("nadam", values, ("scale_by_adam", {**values, "nesterov": (True, False)}))


class RAdamCode(MethodCode[RAdamSettings]):
    optimizer = RAdam
    differs = "PyTorch adds eps to the root of v before its correction, Optax after it"

    def rule(self, style: Style) -> Rule:
        np, optax = style.np, self.convention == "optax"
        trusted = f"length >= {self.settings.threshold!r}" if optax else "length > 5"
        ratio = "(length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)"
        averages = (AVERAGE, AVERAGE_SQUARE, UNBIASED)
        lengths = (
            "limit = 2 / (1 - beta2) - 1",
            "length = limit - 2 * t * beta2**t / (1 - beta2**t)  # how many squares v rests on",
        )
        step = f"r * (1 - beta2**t) ** 0.5 / ({np}.sqrt(v) + eps)"
        if optax:
            step = f"r / ({np}.sqrt(v / (1 - beta2**t)) + eps)"
        before: tuple[str, ...] = ()
        if style.graph:
            before = (
                "# How far v can be trusted at each step, worked out in double precision.",
                "t = np.arange(1, steps + 1)",
                *lengths,
                f"square = {ratio}",
                f"trust = np.sqrt(np.maximum(square, 0.0)) * ({trusted})",
            )
            lines: tuple[str, ...] = (
                *averages,
                "r = ops.take(ops.convert_to_tensor(trust, theta.dtype), self.iterations)",
                f"scale = {np}.where(r > 0, {step}, 1.0)  # 1 until v can be trusted",
                f"theta = theta - {style.rate} * m_hat * scale",
            )
        else:
            lines = (
                *averages,
                *lengths,
                f"if {trusted}:  # v can be trusted",
                f"    r = ({ratio}) ** 0.5",
                f"    theta = theta - {style.rate} * m_hat * {step}",
                "else:",
                f"    theta = theta - {style.rate} * m_hat",
            )
        return Rule(lines, numbers_of(self.settings), (MEAN, SQUARE), before=before)

    def torch(self) -> TorchCall | None:
        if self.convention != "pytorch":
            return None
        values = {
            **torch_averages(self.settings),
            "decoupled_weight_decay": (self.decay_place == "parameters", False),
        }
        return TorchCall("RAdam", values, shrinks=True)

    def optax(self) -> OptaxCall | None:
        if self.convention != "optax":
            return None
        values = {**optax_averages(self.settings), "threshold": (self.settings.threshold, 5.0)}
        return OptaxCall("radam", values, ("scale_by_radam", values))
