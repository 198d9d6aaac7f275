"""The rates of a schedule whose formula has not been written for scripts."""

from __future__ import annotations

import textwrap

import numpy as np

from gdsim.codegen.schedules.base import ScheduleCode
from gdsim.codegen.text import indented, number
from gdsim.codegen.width import WIDTH
from gdsim.engine.fields import Settings
from gdsim.engine.sentences import Fault

MOST_LISTED = 1000


class ListedCode(ScheduleCode[Settings]):
    """gdsim's own rates, one a step, as numbers; `Fault` where there are too many of them."""

    def lines(self) -> list[str]:
        schedule, steps = self.task.run.rate_schedule, self.task.steps
        if steps > MOST_LISTED:
            raise Fault(
                "The formula of '{name}' has not been written for scripts yet, and the rates of "
                "{steps:,} steps are too many to be listed: export {most:,} steps or fewer.",
                name=schedule.name, steps=steps, most=MOST_LISTED,
            )  # fmt: skip
        rates = schedule.rate(self.base, np.arange(steps + 1)).tolist()
        return [
            "# The formula has not been written for scripts yet: these are gdsim's own rates.",
            "rates = [",
            *indented(textwrap.wrap(", ".join(map(number, rates)), WIDTH - 8)),
            "]",
            "return rates[k]",
        ]
