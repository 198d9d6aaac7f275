"""AdaGrad, RMSProp and Adadelta."""

from __future__ import annotations

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall, Values
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.methods.momentum import VELOCITY
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.adaptive import (
    Adadelta,
    AdadeltaSettings,
    AdaGrad,
    AdaGradSettings,
    RMSProp,
    RMSPropSettings,
)

_DIFFERS = "PyTorch adds eps to the root, Keras and Optax add it below the root"


class AdaGradCode(MethodCode[AdaGradSettings]):
    optimizer = AdaGrad
    differs = _DIFFERS

    def rule(self, style: Style) -> Rule:
        s = self.settings
        numbers = [("eps", s.eps)]
        rate = style.rate
        if s.convention == "pytorch":
            root = f"({style.np}.sqrt(total) + eps)"
            if s.lr_decay:
                numbers.insert(0, ("lr_decay", s.lr_decay))
                rate = f"{style.rate} / (1 + (t - 1) * lr_decay)"
        else:
            root = f"{style.np}.sqrt(total + eps)"
        step = f"{rate} * g / {root}"
        if s.convention == "optax" and not s.initial_accumulator:
            step = f"{style.np}.where(total > 0, {step}, 0.0)"
        lines = (
            "total = total + g**2",
            f"theta = theta - {step}  # each parameter has a rate of its own",
        )
        start = State("total", "the sum of all squared gradients", repr(s.initial_accumulator))
        return Rule(lines, tuple(numbers), (start,))

    def torch(self) -> TorchCall | None:
        s = self.settings
        if s.convention != "pytorch":
            return None
        return TorchCall(
            "Adagrad",
            {
                "lr_decay": (s.lr_decay, 0.0),
                "initial_accumulator_value": (s.initial_accumulator, 0.0),
                "eps": (s.eps, 1e-10),
            },
        )

    def keras(self) -> KerasCall | None:
        s = self.settings
        if s.convention == "pytorch" or (s.convention == "optax" and not s.initial_accumulator):
            return None
        return KerasCall("Adagrad", self._values("epsilon"))

    def optax(self) -> OptaxCall | None:
        s = self.settings
        if s.convention == "pytorch" or (s.convention == "keras" and not s.initial_accumulator):
            return None
        values = self._values("eps")
        return OptaxCall("adagrad", values, ("scale_by_rss", values))

    def _values(self, eps: str) -> Values:
        s = self.settings
        return {"initial_accumulator_value": (s.initial_accumulator, 0.1), eps: (s.eps, 1e-7)}


class RMSPropCode(MethodCode[RMSPropSettings]):
    optimizer = RMSProp
    differs = _DIFFERS

    @property
    def _below(self) -> bool:
        """Whether eps is added below the root."""
        s = self.settings
        return s.convention == "keras" or (s.convention == "optax" and s.eps_in_sqrt)

    def rule(self, style: Style) -> Rule:
        s = self.settings
        numbers = [("rho", s.rho), ("eps", s.eps)]
        state = [State("square", "moving average of the squared gradient")]
        lines = ["square = rho * square + (1 - rho) * g**2"]
        size = "square"
        if s.centered:
            state.append(State("mean", "moving average of the gradient"))
            lines.append("mean = rho * mean + (1 - rho) * g")
            size = "square - mean**2"
        sqrt = f"{style.np}.sqrt"
        root = f"{sqrt}({size} + eps)" if self._below else f"({sqrt}({size}) + eps)"
        if not s.momentum:
            lines.append(f"theta = theta - {style.rate} * g / {root}")
            return Rule(tuple(lines), tuple(numbers), tuple(state))
        numbers.append(("momentum", s.momentum))
        state.append(VELOCITY)
        if s.convention == "pytorch":
            lines += [
                f"velocity = momentum * velocity + g / {root}",
                f"theta = theta - {style.rate} * velocity",
            ]
        else:
            lines += [
                f"velocity = momentum * velocity + {style.rate} * g / {root}"
                "  # the rate goes into it",
                "theta = theta - velocity",
            ]
        return Rule(tuple(lines), tuple(numbers), tuple(state))

    def torch(self) -> TorchCall | None:
        s = self.settings
        if self._below or (s.convention == "optax" and s.momentum and not self.task.is_constant):
            return None
        return TorchCall(
            "RMSprop",
            {
                "alpha": (s.rho, 0.99),
                "eps": (s.eps, 1e-8),
                "momentum": (s.momentum, 0.0),
                "centered": (s.centered, False),
            },
        )

    def keras(self) -> KerasCall | None:
        s = self.settings
        if not self._below:
            return None
        return KerasCall(
            "RMSprop",
            {
                "rho": (s.rho, 0.9),
                "momentum": (s.momentum, 0.0),
                "epsilon": (s.eps, 1e-7),
                "centered": (s.centered, False),
            },
        )

    def optax(self) -> OptaxCall | None:
        s = self.settings
        if s.convention == "pytorch" and s.momentum and not self.task.is_constant:
            return None
        if s.momentum and self.decay_place == "parameters":
            return None  # the rate is inside its velocity
        average: Values = {"decay": (s.rho, 0.9), "eps": (s.eps, 1e-8)}
        below: Values = {"eps_in_sqrt": (self._below, True)}
        momentum: Values = {"momentum": (s.momentum, None)} if s.momentum else {}
        return OptaxCall(
            "rmsprop",
            {**average, "centered": (s.centered, False), **below, **momentum},
            ("scale_by_stddev" if s.centered else "scale_by_rms", {**average, **below}),
            scales=not s.momentum,
        )


class AdadeltaCode(MethodCode[AdadeltaSettings]):
    optimizer = Adadelta

    def rule(self, style: Style) -> Rule:
        s = self.settings
        lines = (
            "square = rho * square + (1 - rho) * g**2",
            f"step = g * {style.np}.sqrt(square_step + eps) / {style.np}.sqrt(square + eps)",
            "square_step = rho * square_step + (1 - rho) * step**2",
            f"theta = theta - {style.rate} * step",
        )
        state = (
            State("square", "moving average of the squared gradient"),
            State("square_step", "moving average of the squared step"),
        )
        return Rule(lines, (("rho", s.rho), ("eps", s.eps)), state)

    def torch(self) -> TorchCall:
        return TorchCall("Adadelta", self._values("eps", 0.9, 1e-6))

    def keras(self) -> KerasCall:
        return KerasCall("Adadelta", self._values("epsilon", 0.95, 1e-7))

    def optax(self) -> OptaxCall:
        values = self._values("eps", 0.9, 1e-6)
        return OptaxCall("adadelta", values, ("scale_by_adadelta", values))

    def _values(self, eps: str, default_rho: float, default_eps: float) -> Values:
        s = self.settings
        return {"rho": (s.rho, default_rho), eps: (s.eps, default_eps)}
