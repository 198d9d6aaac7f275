"""How scripts say each schedule. To add one: an entry in this package, and its line in `SCHEDULES`.

The files mirror those of `gdsim.engine.schedules`. A schedule without an entry is exported as a
list of its rates.
"""

from __future__ import annotations

from gdsim.codegen.schedules.base import ScheduleCode, WatchCode
from gdsim.codegen.schedules.cosine import CosineCode, CosineRestartsCode, WarmupCosineCode
from gdsim.codegen.schedules.cycles import CyclicalCode, NoamCode, OneCycleCode
from gdsim.codegen.schedules.decay import (
    ConstantCode,
    ExponentialCode,
    InverseTimeCode,
    LinearCode,
    MultistepCode,
    PolynomialCode,
    StepDecayCode,
)
from gdsim.codegen.schedules.drawn import PiecewiseCode
from gdsim.codegen.schedules.listed import ListedCode
from gdsim.codegen.schedules.plateau import PlateauCode
from gdsim.codegen.schedules.stable import WarmupStableDecayCode
from gdsim.codegen.task import Task
from gdsim.engine.fields import Settings
from gdsim.engine.sentences import Fault

SCHEDULES: tuple[type[ScheduleCode[Settings]], ...] = (
    ConstantCode,
    StepDecayCode,
    MultistepCode,
    ExponentialCode,
    InverseTimeCode,
    PolynomialCode,
    LinearCode,
    CosineCode,
    CosineRestartsCode,
    WarmupCosineCode,
    WarmupStableDecayCode,
    OneCycleCode,
    CyclicalCode,
    NoamCode,
    PlateauCode,
    PiecewiseCode,
)

__all__ = ["SCHEDULES", "ScheduleCode", "WatchCode", "schedule_of"]


def schedule_of(task: Task) -> ScheduleCode[Settings]:
    """The entry of the task's schedule; `Fault` where it has none and watches the loss."""
    run = task.run
    for code in SCHEDULES:
        if code.schedule is type(run.rate_schedule):
            return code(task, run.schedule_settings)
    if run.rate_schedule.watches_loss:
        raise Fault(
            "How '{name}' watches the loss has not been written for scripts yet: export a run of "
            "another schedule, or this run's numbers as a table.",
            name=run.rate_schedule.name,
        )  # fmt: skip
    return ListedCode(task, run.schedule_settings)
