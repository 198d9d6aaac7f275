"""How scripts say each method that stands by itself. To add one: see `ENTRIES`."""

from __future__ import annotations

from gdsim.codegen.methods.adam import AdamCode, AdamWCode, AMSGradCode
from gdsim.codegen.methods.adam_relatives import AdamaxCode, NAdamCode, RAdamCode
from gdsim.codegen.methods.adaptive import AdadeltaCode, AdaGradCode, RMSPropCode
from gdsim.codegen.methods.averaging import ASGDCode, ScheduleFreeAdamWCode
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.methods.belief import AdaBeliefCode, AdanCode, YogiCode
from gdsim.codegen.methods.descent import GradientDescentCode, StochasticGradientDescentCode
from gdsim.codegen.methods.layerwise import LambCode
from gdsim.codegen.methods.momentum import MomentumCode, NesterovCode
from gdsim.codegen.methods.newton import NewtonCode
from gdsim.codegen.methods.signs import LionCode, RpropCode
from gdsim.codegen.task import Task
from gdsim.engine.fields import Settings
from gdsim.engine.sentences import Fault

ENTRIES: tuple[type[MethodCode[Settings]], ...] = (
    GradientDescentCode,
    StochasticGradientDescentCode,
    MomentumCode,
    NesterovCode,
    AdaGradCode,
    RMSPropCode,
    AdadeltaCode,
    AdamCode,
    AMSGradCode,
    AdamWCode,
    AdamaxCode,
    NAdamCode,
    RAdamCode,
    LionCode,
    RpropCode,
    AdaBeliefCode,
    YogiCode,
    AdanCode,
    LambCode,
    ASGDCode,
    ScheduleFreeAdamWCode,
    NewtonCode,
)
"""An entry in this package is added by its line here; one that goes over others, in `METHODS`."""


def entry_of(task: Task, entries: tuple[type[MethodCode[Settings]], ...]) -> MethodCode[Settings]:
    """The entry of the task's optimizer among these; `Fault` where it has none.

    It goes by the class itself: a relative of Adam is another method and needs an entry of its own.
    """
    run = task.run
    for code in entries:
        if code.optimizer is run.family:
            return code(task, run.settings)
    raise Fault(
        "The update of '{name}' has not been written for scripts yet: export a run of another "
        "method, or this run's numbers as a table.",
        name=run.family.name,
    )  # fmt: skip
