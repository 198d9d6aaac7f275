"""Constant, step, multistep, exponential, inverse time, polynomial and linear."""

from __future__ import annotations

from gdsim.codegen.call import ALWAYS
from gdsim.codegen.schedules.base import ScheduleCode, torch_call
from gdsim.codegen.text import number
from gdsim.engine.schedules.decay import (
    Constant,
    ConstantSettings,
    Exponential,
    ExponentialSettings,
    InverseTime,
    InverseTimeSettings,
    Linear,
    LinearSettings,
    Multistep,
    MultistepSettings,
    Polynomial,
    PolynomialSettings,
    StepDecay,
    StepSettings,
    milestones,
)


class ConstantCode(ScheduleCode[ConstantSettings]):
    schedule = Constant

    def lines(self) -> list[str]:
        return ["return learning_rate"]


class StepDecayCode(ScheduleCode[StepSettings]):
    schedule = StepDecay

    def lines(self) -> list[str]:
        s = self.settings
        return [f"return learning_rate * {s.gamma!r} ** (k // {s.step_size})"]

    def torch(self) -> str:
        s = self.settings
        return torch_call(
            "StepLR", {"step_size": (s.step_size, ALWAYS), "gamma": (s.gamma, ALWAYS)}
        )

    def keras(self) -> str:
        s = self.settings
        return f"ExponentialDecay({self.base!r}, {s.step_size}, {s.gamma!r}, staircase=True)"

    def optax(self) -> str:
        s = self.settings
        return (
            f"exponential_decay(learning_rate, transition_steps={s.step_size}, "
            f"decay_rate={s.gamma!r}, staircase=True)"
        )


class MultistepCode(ScheduleCode[MultistepSettings]):
    schedule = Multistep

    @property
    def _drops(self) -> list[int]:
        """The steps whose updates are the first with a lower rate: Keras drops one step later."""
        late = 1 if self.settings.convention == "keras" else 0
        return [step + late for step in milestones(self.settings.milestones)]

    def lines(self) -> list[str]:
        s = self.settings
        steps = ", ".join(map(str, milestones(s.milestones)))
        late = ">" if s.convention == "keras" else ">="
        return [
            f"drops = sum(k {late} milestone for milestone in [{steps}])",
            f"return learning_rate * {s.gamma!r} ** drops",
        ]

    def torch(self) -> str:
        return torch_call(
            "MultiStepLR",
            {"milestones": (self._drops, ALWAYS), "gamma": (self.settings.gamma, ALWAYS)},
        )

    def keras(self) -> str:
        # Keras keeps a rate at its boundary still, where PyTorch and Optax have dropped it.
        steps = [step - 1 for step in self._drops]
        rates = [self.base * self.settings.gamma**drops for drops in range(len(steps) + 1)]
        return f"PiecewiseConstantDecay({steps!r}, {rates!r})"

    def optax(self) -> str:
        drops = dict.fromkeys(self._drops, self.settings.gamma)
        return f"piecewise_constant_schedule(learning_rate, {drops!r})"


class ExponentialCode(ScheduleCode[ExponentialSettings]):
    schedule = Exponential

    def lines(self) -> list[str]:
        s = self.settings
        exponent = "k" if s.decay_steps == 1 else f"(k / {s.decay_steps})"
        return [f"return learning_rate * {s.gamma!r} ** {exponent}"]

    def torch(self) -> str:
        s = self.settings
        if s.decay_steps != 1:
            return ""
        return torch_call("ExponentialLR", {"gamma": (s.gamma, ALWAYS)})

    def keras(self) -> str:
        s = self.settings
        return f"ExponentialDecay({self.base!r}, {s.decay_steps}, {s.gamma!r})"

    def optax(self) -> str:
        s = self.settings
        return (
            f"exponential_decay(learning_rate, transition_steps={s.decay_steps}, "
            f"decay_rate={s.gamma!r})"
        )


class InverseTimeCode(ScheduleCode[InverseTimeSettings]):
    schedule = InverseTime

    def lines(self) -> list[str]:
        s = self.settings
        over = "//" if s.staircase else "/"
        passed = "k" if s.decay_steps == 1 else f"(k {over} {s.decay_steps})"
        return [f"return learning_rate / (1 + {number(s.decay_rate)} * {passed})"]

    def keras(self) -> str:
        s = self.settings
        stairs = ", staircase=True" if s.staircase else ""
        return f"InverseTimeDecay({self.base!r}, {s.decay_steps}, {s.decay_rate!r}{stairs})"


class PolynomialCode(ScheduleCode[PolynomialSettings]):
    schedule = Polynomial

    def lines(self) -> list[str]:
        s = self.settings
        total, power = s.decay_steps, number(s.power)
        if s.cycle:
            lines = [
                f"over = {total} * max(math.ceil(k / {total}), 1)  # each cycle is longer",
                "left = 1 - k / over",
            ]
        else:
            lines = [f"left = 1 - min(k, {total}) / {total}"]
        if not s.end_rate:
            return [*lines, f"return learning_rate * left**{power}"]
        end = repr(s.end_rate)
        return [*lines, f"return (learning_rate - {end}) * left**{power} + {end}"]

    def torch(self) -> str:
        s = self.settings
        if s.cycle or s.end_rate:
            return ""
        return torch_call(
            "PolynomialLR", {"total_iters": (s.decay_steps, ALWAYS), "power": (s.power, ALWAYS)}
        )

    @property
    def _is_whole(self) -> bool:
        """Of what rounding takes below zero at the end, other powers are not a number."""
        return float(self.settings.power).is_integer()

    def keras(self) -> str:
        s = self.settings
        if not self._is_whole:
            return ""
        cycle = ", cycle=True" if s.cycle else ""
        return (
            f"PolynomialDecay({self.base!r}, {s.decay_steps}, "
            f"end_learning_rate={number(s.end_rate)}, power={number(s.power)}{cycle})"
        )

    def optax(self) -> str:
        s = self.settings
        if s.cycle or not self._is_whole:
            return ""
        return (
            f"polynomial_schedule(learning_rate, end_value={number(s.end_rate)}, "
            f"power={number(s.power)}, transition_steps={s.decay_steps})"
        )


class LinearCode(ScheduleCode[LinearSettings]):
    schedule = Linear

    def lines(self) -> list[str]:
        s = self.settings
        first, last = number(s.start_factor), number(s.end_factor)
        return [
            f"passed = min(k, {s.decay_steps}) / {s.decay_steps}",
            f"return learning_rate * ({first} + ({last} - {first}) * passed)",
        ]

    def torch(self) -> str:
        s = self.settings
        if not 0.0 < s.start_factor <= 1.0 or s.end_factor > 1.0:
            return ""
        return torch_call(
            "LinearLR",
            {
                "start_factor": (s.start_factor, ALWAYS),
                "end_factor": (s.end_factor, ALWAYS),
                "total_iters": (s.decay_steps, ALWAYS),
            },
        )

    def keras(self) -> str:
        s = self.settings
        first, last = s.start_factor * self.base, s.end_factor * self.base
        return f"PolynomialDecay({first!r}, {s.decay_steps}, end_learning_rate={last!r})"

    def optax(self) -> str:
        s = self.settings
        first, last = s.start_factor * self.base, s.end_factor * self.base
        return f"linear_schedule({first!r}, {last!r}, transition_steps={s.decay_steps})"
