"""Momentum and Nesterov's accelerated gradient."""

from __future__ import annotations

from gdsim.codegen.call import KerasCall, OptaxCall, TorchCall
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.momentum import (
    Momentum,
    MomentumSettings,
    Nesterov,
    VelocitySettings,
)

VELOCITY = State("velocity", "what is left of the steps so far")
_DIFFERS = "Keras takes the rate into the velocity, PyTorch and Optax leave it outside"


class MomentumCode(MethodCode[MomentumSettings]):
    optimizer = Momentum
    differs = _DIFFERS

    def rule(self, style: Style) -> Rule:
        s = self.settings
        numbers = [("momentum", s.momentum)]
        if s.convention == "keras":
            lines = (
                f"velocity = momentum * velocity + {style.rate} * g"
                "  # Keras: the rate goes into it",
                "theta = theta - velocity",
            )
            return Rule(lines, tuple(numbers), (VELOCITY,))
        taken = "g"
        if self._dampens:
            numbers.append(("dampening", s.dampening))
            taken = style.choose("t == 1", "g", "(1 - dampening) * g")
            taken = taken if style.graph else f"({taken})"
        lines = (
            f"velocity = momentum * velocity + {taken}",
            f"theta = theta - {style.rate} * velocity",
        )
        return Rule(lines, tuple(numbers), (VELOCITY,))

    @property
    def _dampens(self) -> bool:
        s = self.settings
        return s.convention == "pytorch" and bool(s.dampening and s.momentum)

    def torch(self) -> TorchCall | None:
        s = self.settings
        if s.convention == "keras" and not self.task.is_constant:
            return None
        return TorchCall(
            "SGD",
            {
                "momentum": (s.momentum, 0.0),
                "dampening": (s.dampening if self._dampens else 0.0, 0.0),
            },
        )

    def keras(self) -> KerasCall | None:
        s = self.settings
        if self._dampens or (s.convention != "keras" and not self.task.is_constant):
            return None
        return KerasCall("SGD", {"momentum": (s.momentum, 0.0)})

    def optax(self) -> OptaxCall | None:
        s = self.settings
        if self._dampens or (s.convention == "keras" and not self.task.is_constant):
            return None
        return OptaxCall(
            "sgd",
            {"momentum": (s.momentum, None)},
            ("trace", {"decay": (s.momentum, None)}),
            scales=not s.momentum,
        )


class NesterovCode(MethodCode[VelocitySettings]):
    optimizer = Nesterov
    differs = _DIFFERS

    def rule(self, style: Style) -> Rule:
        s = self.settings
        inside = f"{style.rate} * g" if s.convention == "keras" else "g"
        step = f"({inside} + momentum * velocity)"
        if s.convention != "keras":
            step = f"{style.rate} * {step}"
        lines = (
            f"velocity = momentum * velocity + {inside}",
            f"theta = theta - {step}  # looks ahead along the velocity",
        )
        return Rule(lines, (("momentum", s.momentum),), (VELOCITY,))

    def torch(self) -> TorchCall | None:
        s = self.settings
        if s.convention == "keras" and not self.task.is_constant:
            return None
        # Without momentum there is nothing to look ahead along, and the class refuses it.
        return TorchCall(
            "SGD", {"momentum": (s.momentum, 0.0), "nesterov": (bool(s.momentum), False)}
        )

    def keras(self) -> KerasCall | None:
        s = self.settings
        if s.convention != "keras" and not self.task.is_constant:
            return None
        return KerasCall("SGD", {"momentum": (s.momentum, 0.0), "nesterov": (True, False)})

    def optax(self) -> OptaxCall | None:
        s = self.settings
        if s.convention == "keras" and not self.task.is_constant:
            return None
        ahead = {"nesterov": (True, False)}
        return OptaxCall(
            "sgd",
            {"momentum": (s.momentum, None), **ahead},
            ("trace", {"decay": (s.momentum, None), **ahead}),
            scales=not s.momentum,
        )
