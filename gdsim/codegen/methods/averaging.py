"""ASGD and schedule-free AdamW."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from gdsim.codegen.call import OptaxCall, TorchCall
from gdsim.codegen.methods.adam import SQUARE, numbers_of
from gdsim.codegen.methods.base import MethodCode, optax_averages
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.averaging import (
    ASGD,
    ASGDSettings,
    ScheduleFreeAdamW,
    ScheduleFreeSettings,
)


class ASGDCode(MethodCode[ASGDSettings]):
    optimizer = ASGD

    def rule(self, style: Style) -> Rule:
        s = self.settings
        lines = (
            "theta = (1 - lambd * eta) * theta - eta * g",
            f"eta = {style.rate} / (1 + lambd * {style.rate} * t) ** alpha  # falls slowly",
        )
        eta = State("eta", "the rate in use", style.first_rate, single=True)
        return Rule(lines, (("lambd", s.lambd), ("alpha", s.alpha)), (eta,))

    def torch(self) -> TorchCall:
        s = self.settings
        return TorchCall(
            "ASGD",
            {"lambd": (s.lambd, 1e-4), "alpha": (s.alpha, 0.75), "t0": (float(s.t0), 1e6)},
        )


class ScheduleFreeAdamWCode(MethodCode[ScheduleFreeSettings]):
    optimizer = ScheduleFreeAdamW
    differs = "Optax weighs each point by its squared rate, Keras all alike"
    lacks: ClassVar[Mapping[str, str]] = {
        "keras": (
            "Keras's own class reads the fast point of the step before when it has moved already "
            "on TensorFlow and PyTorch, and ends elsewhere than on JAX; so the update is written "
            "out."
        ),
    }

    @property
    def warmup(self) -> str:
        steps = self.settings.warmup_steps
        # Optax counts the steps of a warm-up from 0, Keras from 1.
        count = "k + 1" if self.convention == "keras" else "k"
        return f"min({count}, {steps}) / {steps}" if steps else ""

    def rule(self, style: Style) -> Rule:
        s = self.settings
        keras = self.convention == "keras"
        direction = f"g / ({style.np}.sqrt(v / (1 - beta2**t)) + eps)"
        numbers = numbers_of(s)
        state = [State("z", "the fast point; theta is the average", "theta"), SQUARE]
        lines = ["v = beta2 * v + (1 - beta2) * g**2"]
        if self.decay:
            numbers = (*numbers, ("weight_decay", self.decay))
            if keras:
                # Keras's decay goes by the rate before its warm-up.
                rise = s.warmup_steps
                least = f"{style.least}(t, {rise})"
                plain = f"{style.rate} * {rise} / {least}" if rise else style.rate
                lines.append(f"theta = theta - weight_decay * {plain} / beta1 * y")
            else:
                direction = f"({direction} + weight_decay * y)"
        lines.append(f"z = z - {style.rate} * {direction}")
        weight = "1 / t"
        if not keras and style.rate == style.next_rate:
            weight = "1 / t"  # all weights are alike
        elif not keras:
            power = s.weight_lr_power
            share = "greatest**2" if power == 2.0 else f"greatest**{power!r}"
            state += [
                State("greatest", "the greatest rate so far", "0.0", single=True),
                State("total", "of the weights", "0.0", single=True),
            ]
            lines += [
                f"greatest = max(greatest, {style.next_rate})",
                f"total = total + {share}",
            ]
            weight = f"{share} / total if total > 0 else 0.0"
        lines += [
            f"weight = {weight}  # of the newest point in the average",
            "theta = (1 - weight) * theta + weight * z",
        ]
        point = "beta1 * theta + (1 - beta1) * z"
        return Rule(tuple(lines), numbers, tuple(state), point)

    def optax(self) -> OptaxCall | None:
        s = self.settings
        if self.convention == "keras" or self.task.run.rate_schedule.watches_loss:
            return None
        values = {
            **optax_averages(s),
            "weight_decay": (s.weight_decay, 0.0),
            "weight_lr_power": (s.weight_lr_power, 2.0),
        }
        return OptaxCall(
            "contrib.schedule_free_adamw",
            values,
            rates_ahead=1,
            after=(
                "theta = optax.contrib.schedule_free_eval_params(state, theta)"
                "  # the average is what counts",
            ),
        )
