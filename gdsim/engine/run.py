"""A run: one optimizer, its schedule, its samples and its start – everything but the problem."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as _field
from typing import Any

import numpy as np

from gdsim.engine.conventions import FRAMEWORK_TITLES, FRAMEWORKS
from gdsim.engine.fields import (
    Field,
    Settings,
    Value,
    by_name,
    field,
    fields_of,
    make_settings,
    settings_values,
    unknown,
)
from gdsim.engine.optimizers import Optimizer, find_optimizer
from gdsim.engine.optimizers.base import RateSettings
from gdsim.engine.optimizers.descent import DescentSettings, GradientDescent
from gdsim.engine.problems import Problem
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import Schedule, find_schedule
from gdsim.engine.schedules.decay import Constant, ConstantSettings
from gdsim.engine.sentences import Fault, some


@dataclass(frozen=True)
class Clipping(Settings):
    """Gradient clipping before the update; 0 switches it off."""

    clip_norm: float = field(
        0.0, "Clip norm", "Shortens the gradient to this length where it is longer; 0 is off.",
        minimum=0.0, maximum=1e12, advanced=True,
    )  # fmt: skip
    clip_value: float = field(
        0.0, "Clip value", "Cuts each component of the gradient at this size; 0 is off.",
        minimum=0.0, maximum=1e12, advanced=True,
    )  # fmt: skip

    @property
    def clips(self) -> bool:
        """Whether it does anything."""
        return bool(self.clip_norm or self.clip_value)


@dataclass(frozen=True)
class Run:
    """Settings of one run; immutable, hashable by value, equal runs have equal trajectories."""

    optimizer: str = GradientDescent.name
    settings: RateSettings = _field(default_factory=DescentSettings)
    schedule: str = Constant.name
    schedule_settings: Settings = _field(default_factory=ConstantSettings)
    sampling: Sampling = _field(default_factory=Sampling)
    clipping: Clipping = _field(default_factory=Clipping)
    start: tuple[float, ...] = (0.0, 0.0)

    @property
    def family(self) -> type[Optimizer]:
        return self.settings.family or find_optimizer(self.optimizer)

    @property
    def method(self) -> Optimizer:
        """The optimizer with this run's settings: its rule and what is known of it."""
        return self.family([self.settings])

    @property
    def rate_schedule(self) -> Schedule:
        return find_schedule(self.schedule)(self.schedule_settings)

    @property
    def learning_rate(self) -> float:
        """The base rate α; a schedule scales it."""
        return float(self.settings.learning_rate)

    @property
    def pull(self) -> float:
        """λ of the decay that is descended beside the loss, as ½λ|θ|²."""
        return self.method.pull()

    @property
    def other_convention(self) -> str:
        """The framework whose formula is taken in place of the usual one; "" where none is."""
        chosen = getattr(self.settings, "convention", "")
        usual = ("", *self.family.conventions[:1])
        return "" if chosen in usual else FRAMEWORK_TITLES[chosen]

    def batch_size_for(self, problem: Problem) -> int:
        """Samples a step on this problem; 0 where the whole loss is used."""
        if not problem.size:
            return 0
        wanted = self.sampling.batch_size or (1 if self.family.single_sample else 0)
        return 0 if wanted == problem.size and self.sampling.sampling != "random" else wanted


def epoch_steps(problem: Problem, run: Run) -> int:
    """Steps in which a run sees as many samples as there are; 1 where each step sees them all."""
    batch = run.batch_size_for(problem)
    return -(-problem.size // batch) if batch else 1


_EPOCHS = re.compile(r"(\d+(?:\.\d+)?) ?(?:epochs?|轮次?)")
"""A number of epochs, where a schedule counts steps."""


def in_steps(text: str, each: int) -> str:
    """A text in which 10 epochs, of so many steps each, are told in steps."""
    return _EPOCHS.sub(lambda found: str(round(float(found[1]) * each)), text)


METHODS = {"optimizer": "settings", "schedule": "schedule_settings"}
"""The names in a run that choose a method, and the parts in which its settings stand."""
PARTS = tuple(
    item.name for item in dataclasses.fields(Run) if isinstance(getattr(Run(), item.name), Settings)
)
"""The parts of a run that hold declared settings, in the order in which a name is looked up."""
FREE_PARTS: dict[str, type[Settings]] = {
    part: type(getattr(Run(), part)) for part in PARTS if part not in METHODS.values()
}
"""Those of them that are the same whatever the methods, and what they declare."""


def run_values(run: Run) -> dict[str, object]:
    """The run as plain values by the names of its parts: what files say of it."""
    values = {item.name: getattr(run, item.name) for item in dataclasses.fields(run)}
    return {
        name: settings_values(value) if isinstance(value, Settings) else value
        for name, value in values.items()
    }


Changes = tuple[tuple[int, Run], ...]
"""Changes of a run's settings on its way: (step, settings from that step on), ascending."""


def make_run(
    problem: Problem,
    optimizer: str | type[Optimizer] = GradientDescent.name,
    settings: Mapping[str, object] | None = None,
    schedule: str = Constant.name,
    schedule_settings: Mapping[str, object] | None = None,
    sampling: Sampling | None = None,
    clipping: Clipping | None = None,
    start: tuple[float, ...] | None = None,
    convention: str | None = None,
) -> Run:
    """A checked run on `problem`; what is not given takes its default (rate: the problem's).

    `convention` sets the formulas and the defaults of that framework, its learning rate among them
    if it has one; what `settings` and `schedule_settings` name goes before. `Fault` where that
    framework lacks the optimizer. Without a convention PyTorch's formulas are meant, or those of
    the first framework that has the method, and the problem's own rate.
    """
    family = find_optimizer(optimizer) if isinstance(optimizer, str) else optimizer
    planned = find_schedule(schedule)
    chosen = by_name(family.Settings, settings or {}, family.name)
    if family.own_rate is not None and not planned.constant:
        _check_scheduled(family, chosen)
    values: dict[str, object] = {**convention_defaults(family, convention, chosen), **chosen}
    if "learning_rate" not in values:  # a network finds its rate by trying: only when asked for
        own = family.own_rate
        values["learning_rate"] = problem.learning_rate if own is None else own
    point = problem.start if start is None else tuple(float(value) for value in start)
    check_start(problem, point)
    made = make_settings(family.Settings, values, family.name)
    given = by_name(planned.Settings, schedule_settings or {}, schedule)
    run = Run(
        family.name,
        made,
        schedule,
        make_settings(
            planned.Settings, {**convention_defaults(planned, convention, given), **given}, schedule
        ),
        sampling or Sampling(),
        clipping or Clipping(),
        point,
    )
    check_batch(problem, run)
    return run


def run_of(problem: Problem, values: Mapping[str, Any]) -> Run:
    """The checked run with these `run_values`; parts that are left out take their defaults."""
    made = make_run(
        problem, values["optimizer"], values.get("settings"), values["schedule"],
        values.get("schedule_settings"), start=values.get("start"),
    )  # fmt: skip
    return with_parts(problem, made, values)


def with_parts(problem: Problem, run: Run, values: Mapping[str, Any]) -> Run:
    """The checked run with its free parts made of those `values` that are named as they are."""
    made: dict[str, Any] = {
        part: make_settings(cls, values.get(part, {})) for part, cls in FREE_PARTS.items()
    }
    changed = replace(run, **made)
    check_batch(problem, changed)
    return changed


def convention_defaults(
    method: type[Optimizer] | type[Schedule],
    convention: str | None,
    settings: Mapping[str, object] | None = None,
) -> dict[str, Value]:
    """The settings in which a framework departs from the declared defaults.

    A `convention` among `settings` goes before. For a schedule that the framework lacks the
    declared defaults hold, since any optimizer may be combined with any schedule. The framework's
    learning rate is among them only where the framework was asked for.
    """
    known = method.conventions
    if convention is not None:
        if convention not in FRAMEWORKS:
            raise unknown(convention, FRAMEWORKS, "convention")
        if issubclass(method, Optimizer) and convention not in known:
            raise _lacking(method, convention)
    chosen = (settings or {}).get("convention", convention or FRAMEWORKS[0])
    if chosen not in known:
        chosen = known[0] if known else ""
    values = dict(method.defaults.get(str(chosen), {}))
    if convention is None:
        values.pop("learning_rate", None)
    if any(item.name == "convention" for item in fields_of(method.Settings)):
        values["convention"] = str(chosen)
    return values


def _lacking(family: type[Optimizer], convention: str) -> Fault:
    if not family.conventions:
        return Fault("No framework has '{name}': leave the convention out.", name=family.name)
    return Fault(
        "The convention '{convention}' has no '{name}'; it exists in: {known}.",
        convention=convention, name=family.name, known=some(family.conventions),
    )  # fmt: skip


def _check_scheduled(family: type[Optimizer], settings: Mapping[str, object]) -> None:
    if "learning_rate" not in settings:
        raise Fault(
            "'{name}' takes full steps unless it is given a learning rate: give one for the "
            "schedule to change, or leave the schedule constant.",
            name=family.name,
        )  # fmt: skip


def check_start(problem: Problem, start: tuple[float, ...]) -> None:
    """`Fault` where no run on the problem can begin there."""
    if len(start) != len(problem.parameters):
        raise Fault(
            "The start needs {count} numbers ({names}); {given} were given.",
            count=len(problem.parameters),
            names=some(p.name for p in problem.parameters),
            given=len(start),
        )
    for parameter, value in zip(problem.parameters, start, strict=True):
        if not abs(value) <= 1e150:
            raise Fault(
                "The start {name} = {value} is not usable: give a finite number up to 1e150.",
                name=parameter.name, value=value,
            )  # fmt: skip


def check_value(problem: Problem, run: Run, number: int | None = None) -> None:
    """`Fault` where the loss has no value at the start, with the reason; `number` is that of one
    among several.

    What the window shows as an outcome is refused where a run is all that was asked for.
    """
    theta = np.array(run.start)
    trouble = problem.trouble_at(theta)
    if trouble is None or np.isfinite(problem.loss_at(theta)):
        return
    if number is None:
        raise Fault("No value where the run starts: {reason}", reason=trouble)
    raise Fault("No value where run {number} starts: {reason}", number=number, reason=trouble)


def check_batch(problem: Problem, run: Run) -> None:
    """`Fault` where the batch cannot be had from the problem's data."""
    batch = run.sampling.batch_size
    if batch and not problem.size:
        raise Fault(
            "'{problem}' is not a sum over samples, so a batch size of {batch} has no meaning.",
            problem=problem.name, batch=batch,
        )  # fmt: skip
    if problem.size and batch > problem.size:
        raise Fault(
            "A batch of {batch} is larger than the data: there are {size} samples.",
            batch=batch, size=problem.size,
        )  # fmt: skip


def under_optimizer(run: Run, optimizer: str) -> Run:
    """The same run with another optimizer: the rate stays, and what else was set and both have.

    The framework stays where it has the method; its defaults come with it.
    """
    family, old = find_optimizer(optimizer), run.family
    values = settings_values(run.settings)
    framework = str(values.get("convention", "")) or None
    before = _defaults_under(old, framework)
    chosen = framework if framework in family.conventions else None
    after = _defaults_under(family, chosen)
    for item in fields_of(family.Settings):
        name = item.name
        was_set = name == "learning_rate" or (name in values and values[name] != before[name])
        if name != "convention" and was_set and _allows(item, values[name]):
            after[name] = values[name]
    return replace(run, optimizer=optimizer, settings=make_settings(family.Settings, after))


def under_convention(
    method: type[Optimizer] | type[Schedule], settings: Settings, framework: str
) -> Settings:
    """The settings of a method as another framework has them: what was set by hand stays."""
    values = settings_values(settings)
    before = _defaults_under(method, str(values["convention"]))
    after = _defaults_under(method, framework)
    kept = {
        name: value
        for name, value in values.items()
        if name == "learning_rate" or (name != "convention" and value != before[name])
    }
    return make_settings(type(settings), {**after, **kept})


def _defaults_under(
    method: type[Optimizer] | type[Schedule], framework: str | None
) -> dict[str, Value]:
    """Every setting of the method as that framework has it by default."""
    declared = {item.name: item.default for item in fields_of(method.Settings)}
    given = {} if framework is None else {"convention": framework}
    return {**declared, **convention_defaults(method, None, given)}


def _allows(item: Field, value: Value) -> bool:
    try:
        item.check(value)
    except Fault:
        return False
    return True
