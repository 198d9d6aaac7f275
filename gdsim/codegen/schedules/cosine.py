"""Cosine decay, alone, with warm restarts, and after a warm-up."""

from __future__ import annotations

from gdsim.codegen.call import ALWAYS, Values
from gdsim.codegen.schedules.base import ScheduleCode, torch_call
from gdsim.codegen.text import number
from gdsim.engine.schedules.cosine import (
    Cosine,
    CosineRestarts,
    CosineSettings,
    RestartsSettings,
    WarmupCosine,
    WarmupCosineSettings,
)


def _floor(alpha: float) -> tuple[list[str], str, str]:
    """The lines that name the floor, the height above it, and what is added to it."""
    if not alpha:
        return [], "learning_rate", ""
    return [f"floor = {alpha!r} * learning_rate"], "(learning_rate - floor)", "floor + "


def _alpha(alpha: float) -> str:
    """The floor as an argument of Keras and Optax."""
    return f", alpha={alpha!r}" if alpha else ""


class CosineCode(ScheduleCode[CosineSettings]):
    schedule = Cosine

    def lines(self) -> list[str]:
        s = self.settings
        head, height, floor = _floor(s.alpha)
        step = "k" if s.periodic else f"min(k, {s.decay_steps})"
        wave = f"(1 + math.cos(math.pi * {step} / {s.decay_steps})) / 2"
        return [*head, f"return {floor}{height} * {wave}"]

    def torch(self) -> str:
        s = self.settings
        # PyTorch's climbs again after T_max, where others stay at the floor.
        if not s.periodic and self.task.steps > s.decay_steps:
            return ""
        values: Values = {
            "T_max": (s.decay_steps, ALWAYS), "eta_min": (s.alpha * self.base, 0.0),
        }  # fmt: skip
        return torch_call("CosineAnnealingLR", values)

    def keras(self) -> str:
        s = self.settings
        if s.periodic:
            return ""
        return f"CosineDecay({self.base!r}, {s.decay_steps}{_alpha(s.alpha)})"

    def optax(self) -> str:
        s = self.settings
        if s.periodic:
            return ""
        steps = f"decay_steps={s.decay_steps}{_alpha(s.alpha)}"
        return f"cosine_decay_schedule(learning_rate, {steps})"


class CosineRestartsCode(ScheduleCode[RestartsSettings]):
    schedule = CosineRestarts

    def lines(self) -> list[str]:
        s = self.settings
        head, height, floor = _floor(s.alpha)
        shrink = "" if s.m_mult == 1.0 else f" * {s.m_mult!r}**cycle"
        if s.t_mult == 1.0:
            lines = [f"cycle, passed = divmod(k, {s.first_steps})"]
            length = str(s.first_steps)
        else:
            lines = [
                f"cycle, passed, length = 0, k, {s.first_steps}",
                "while passed >= length:  # a warm restart",
                f"    cycle, passed, length = cycle + 1, passed - length, "
                f"{number(s.t_mult)} * length",
            ]
            length = "length"
        wave = f"(1 + math.cos(math.pi * passed / {length})) / 2"
        return [*head, *lines, f"return {floor}{height}{shrink} * {wave}"]

    def torch(self) -> str:
        s = self.settings
        if s.m_mult != 1.0 or not s.t_mult.is_integer():
            return ""
        values: Values = {
            "T_0": (s.first_steps, ALWAYS), "T_mult": (int(s.t_mult), 1),
            "eta_min": (s.alpha * self.base, 0.0),
        }  # fmt: skip
        return torch_call("CosineAnnealingWarmRestarts", values)

    def keras(self) -> str:
        s = self.settings
        # Keras's own cycles double where nothing else is said.
        more = f", t_mul={number(s.t_mult)}"
        more += f", m_mul={s.m_mult!r}" if s.m_mult != 1.0 else ""
        return f"CosineDecayRestarts({self.base!r}, {s.first_steps}{more}{_alpha(s.alpha)})"


class WarmupCosineCode(ScheduleCode[WarmupCosineSettings]):
    schedule = WarmupCosine

    def lines(self) -> list[str]:
        s = self.settings
        head, height, floor = _floor(s.alpha)
        rise, first = s.warmup_steps, number(s.start_fraction)
        left = max(self._falling, 1)
        climb = f"({first} + (1 - {first}) * k / {rise})" if s.start_fraction else f"k / {rise}"
        return [
            f"if k < {rise}:",
            f"    return learning_rate * {climb}",
            *head,
            f"passed = min(k - {rise}, {left}) / {left}",
            f"return {floor}{height} * (1 + math.cos(math.pi * passed)) / 2",
        ]

    @property
    def _falling(self) -> int:
        """Steps after the warm-up, which Keras does not count among `decay_steps`."""
        s = self.settings
        return s.decay_steps - (0 if s.convention == "keras" else s.warmup_steps)

    def keras(self) -> str:
        s = self.settings
        return (
            f"CosineDecay({s.start_fraction * self.base!r}, {max(self._falling, 1)}"
            f"{_alpha(s.alpha)}, warmup_target={self.base!r}, warmup_steps={s.warmup_steps})"
        )

    def optax(self) -> str:
        s = self.settings
        if self._falling <= 0:
            return ""
        return (
            f"warmup_cosine_decay_schedule({number(s.start_fraction * self.base)}, learning_rate, "
            f"warmup_steps={s.warmup_steps}, decay_steps={s.warmup_steps + self._falling}, "
            f"end_value={number(s.alpha * self.base)})"
        )
