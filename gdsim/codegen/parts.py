"""What a script is put together from."""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.codegen.methods import MethodCode, method_of
from gdsim.codegen.problems import ProblemCode, code_of
from gdsim.codegen.schedules import ScheduleCode, WatchCode, schedule_of
from gdsim.codegen.task import Task
from gdsim.codegen.text import indented
from gdsim.engine.fields import Settings
from gdsim.engine.sentences import Fault


@dataclass(frozen=True)
class Parts:
    """What has to be done, and how its problem, its method and its schedule are said."""

    task: Task
    code: ProblemCode
    method: MethodCode[Settings]
    schedule: ScheduleCode[Settings]

    @classmethod
    def of(cls, task: Task) -> Parts:
        """The parts of a task; `Fault` names what cannot be said."""
        parts = cls(task, code_of(task.problem), method_of(task), schedule_of(task))
        if parts.watch and parts.method.warmup:
            raise Fault(
                "A script has no room for the warm-up of '{name}' beside a schedule that watches "
                "the loss: set warmup_steps to 0, or choose another schedule.",
                name=parts.method.optimizer.name,
            )  # fmt: skip
        return parts

    def check_own_losses(self, framework: str) -> None:
        """`Fault` where the loss is more than a framework's own losses are."""
        if self.code.penalty:
            raise Fault(
                "The losses of {framework} have no L2: export for NumPy or Optax, or set L2 to 0.",
                framework=framework,
            )

    @property
    def watch(self) -> WatchCode[Settings] | None:
        """The schedule, if it looks at the loss on the way."""
        return self.schedule if isinstance(self.schedule, WatchCode) else None

    @property
    def is_constant(self) -> bool:
        """Whether every update has the same rate."""
        return self.task.is_constant and not self.method.warmup

    def schedule_lines(self) -> list[str]:
        """`def schedule(k)`: the rate of the update from k to k + 1; [] where it is constant."""
        if self.is_constant or self.watch:
            return []
        body, title = self.schedule.lines(), self.task.run.rate_schedule.title
        if self.task.is_constant:
            title = "Warm-up"
        if self.method.warmup:
            rise = f"rise = {self.method.warmup}  # the optimizer's own warm-up"
            body = [rise, *map(_risen, body)]
        head = f'"""{title}: the learning rate of the update from step k to k + 1."""'
        return ["def schedule(k):", *indented([head, *body])]


def _risen(line: str) -> str:
    """A line of a schedule's body; what it returns times the share that a warm-up lets through."""
    inside = line.lstrip()
    if not inside.startswith("return "):
        return line
    rate = inside.removeprefix("return ")
    rate = f"({rate})" if " " in rate else rate
    return f"{line[: len(line) - len(inside)]}return rise * {rate}"
