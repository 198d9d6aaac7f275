"""Rates drawn by hand."""

from __future__ import annotations

from gdsim.codegen.schedules.base import ScheduleCode
from gdsim.engine.schedules.drawn import Piecewise, PiecewiseSettings, points


class PiecewiseCode(ScheduleCode[PiecewiseSettings]):
    schedule = Piecewise

    def lines(self) -> list[str]:
        steps, factors = zip(*points(self.settings.points), strict=True)
        return [f"return learning_rate * np.interp(k, {list(steps)}, {list(factors)})"]
