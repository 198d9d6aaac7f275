"""Warm-up, stable, decay."""

from __future__ import annotations

from gdsim.codegen.schedules.base import ScheduleCode
from gdsim.codegen.text import number
from gdsim.engine.schedules.stable import StableSettings, WarmupStableDecay


class WarmupStableDecayCode(ScheduleCode[StableSettings]):
    schedule = WarmupStableDecay

    def lines(self) -> list[str]:
        s = self.settings
        left = "(1 - passed**0.5)" if s.shape == "sqrt" else "(1 - passed)"
        fall = [f"return learning_rate * {left}"]
        if s.alpha:
            fall = [
                f"floor = {s.alpha!r} * learning_rate",
                f"return floor + (learning_rate - floor) * {left}",
            ]
        return [
            f"if k < {self._falls_from}:",
            f"    return learning_rate * min(k, {s.warmup_steps}) / {s.warmup_steps}",
            f"passed = min(k - {self._falls_from}, {s.decay_steps}) / {s.decay_steps}",
            *fall,
        ]

    @property
    def _falls_from(self) -> int:
        return self.settings.warmup_steps + self.settings.stable_steps

    def optax(self) -> str:
        s = self.settings
        if s.shape != "linear":
            return ""
        last = number(s.alpha * self.base)
        return (
            f"join_schedules([optax.linear_schedule(0, learning_rate, {s.warmup_steps}), "
            "optax.constant_schedule(learning_rate), "
            f"optax.linear_schedule(learning_rate, {last}, {s.decay_steps})], "
            f"[{s.warmup_steps}, {self._falls_from}])"
        )
