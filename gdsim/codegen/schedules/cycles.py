"""One cycle, cyclical rates and Noam's."""

from __future__ import annotations

from itertools import pairwise

from gdsim.codegen.call import ALWAYS, Values, arguments
from gdsim.codegen.schedules.base import ScheduleCode, torch_call
from gdsim.codegen.text import number
from gdsim.engine.schedules.cycles import (
    Cyclical,
    CyclicalSettings,
    Noam,
    NoamSettings,
    OneCycle,
    OneCycleSettings,
)


class OneCycleCode(ScheduleCode[OneCycleSettings]):
    schedule = OneCycle

    def lines(self) -> list[str]:
        s = self.settings
        corners = OneCycle(s).corners(self.base)
        end = s.total_steps - 1 if s.convention == "pytorch" else s.total_steps
        steps = ", ".join(f"({number(step)}, {rate!r})" for step, rate in corners)
        share = "(k - start) / (stop - start)"
        if any(start == stop for (start, _), (stop, _) in pairwise(corners)):
            share += " if stop > start else 1.0"
        way = (
            "high + (low - high) * (1 + math.cos(math.pi * passed)) / 2"
            if s.anneal_strategy == "cos"
            else "low + (high - low) * passed"
        )
        return [
            f"corners = [{steps}]",
            f"k = min(k, {end})",
            "for (start, low), (stop, high) in zip(corners, corners[1:]):",
            "    if k <= stop:",
            "        break",
            f"passed = {share}",
            f"return {way}",
        ]

    def torch(self) -> str:
        s = self.settings
        if s.convention != "pytorch" or self.task.steps > s.total_steps:
            return ""
        values: Values = {
            "max_lr": (self.base, ALWAYS),
            "total_steps": (s.total_steps, ALWAYS),
            "pct_start": (s.pct_start, 0.3),
            "div_factor": (s.div_factor, 25.0),
            "final_div_factor": (s.final_div_factor, 1e4),
            "anneal_strategy": (s.anneal_strategy, "cos"),
            "three_phase": (s.three_phase, False),
            "cycle_momentum": (False, True),
        }
        return torch_call("OneCycleLR", values)

    def optax(self) -> str:
        s = self.settings
        if s.convention != "optax":
            return ""
        cosine = s.anneal_strategy == "cos"
        values: Values = {
            "pct_start": (s.pct_start, 0.3),
            **({} if cosine else {"pct_final": (s.pct_final, 0.85)}),
            "div_factor": (s.div_factor, 25.0),
            "final_div_factor": (s.final_div_factor, 1e4),
        }
        name = "cosine_onecycle_schedule" if cosine else "linear_onecycle_schedule"
        return f"{name}({s.total_steps}, peak_value=learning_rate{arguments(values)})"


class CyclicalCode(ScheduleCode[CyclicalSettings]):
    schedule = Cyclical

    def lines(self) -> list[str]:
        s = self.settings
        up, down = s.step_size_up, s.step_size_down or s.step_size_up
        low = number(s.base_fraction)
        lines = [
            f"cycle, place = divmod(k, {up + down})",
            f"height = place / {up} if place <= {up} else ({up + down} - place) / {down}",
        ]
        if s.mode == "triangular2":
            lines.append("height = height * 0.5**cycle")
        elif s.mode == "exp_range":
            lines.append(f"height = height * {s.gamma!r}**k")
        if not s.base_fraction:
            return [*lines, "return learning_rate * height"]
        return [*lines, f"return learning_rate * ({low} + (1 - {low}) * height)"]

    def torch(self) -> str:
        s = self.settings
        values: Values = {
            "base_lr": (s.base_fraction * self.base, ALWAYS),
            "max_lr": (self.base, ALWAYS),
            "step_size_up": (s.step_size_up, ALWAYS),
            "step_size_down": (s.step_size_down or s.step_size_up, s.step_size_up),
            "mode": (s.mode, "triangular"),
            **({"gamma": (s.gamma, 1.0)} if s.mode == "exp_range" else {}),
            "cycle_momentum": (False, True),
        }
        return torch_call("CyclicLR", values)


class NoamCode(ScheduleCode[NoamSettings]):
    schedule = Noam

    def lines(self) -> list[str]:
        s = self.settings
        scale = "" if s.d_model == 1 else f" * {s.d_model}**-0.5"
        return [
            "s = k + 1",
            f"return learning_rate{scale} * min(s**-0.5, s * {s.warmup_steps} ** -1.5)",
        ]
