"""An optimizer of the caller's own: a class whose `step` makes θ into the θ to come."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, cast

import numpy as np

from gdsim.api.given import kind_of, plain
from gdsim.engine.arrays import Array
from gdsim.engine.fields import field, settings_values
from gdsim.engine.optimizers import Optimizer, State
from gdsim.engine.optimizers.base import RateSettings
from gdsim.engine.sentences import Fault

RATES = ("lr", "learning_rate")


@dataclass(frozen=True)
class OwnSettings(RateSettings):
    """The arguments of the class, each a setting; sent elsewhere as the class and its values."""

    rule: ClassVar[type]

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.rule, settings_values(self))


def _again(rule: type, values: dict[str, Any]) -> RateSettings:
    return family_of(rule).Settings(**values)


class OwnOptimizer(Optimizer):
    """Each run has an object of the class; `step(theta, gradient, rate)` gets (P,), (P,) and a
    number, and gives (P,).

    What it remembers it keeps in itself, so that a run goes forward only: `simulate` and `sweep`
    ask for no more.
    """

    formula = ("θ ← step(θ, g, α)",)
    source = ""
    Settings = OwnSettings
    conventions = ()
    switches = ()
    foreign: ClassVar[bool] = True
    by_itself = True
    chosen: OwnSettings

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        # A weight decay of its own is in its `step`.
        self.decays, self._shrinks, self.step = False, False, self.update

    def init(self, theta: Array) -> State:
        rules = np.empty((1, theta.shape[1]), dtype=object)
        for lane, one in enumerate(self.settings):
            values = settings_values(one)
            rules[0, lane] = self.chosen.rule(**{k: values[k] for k in values if k not in RATES})
        return {"rule": rules}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        rates = np.broadcast_to(coefficients[0], theta.shape)[0].tolist()
        moved = np.full_like(theta, np.nan)
        for lane, rule in enumerate(state["rule"][0]):
            here, slope = theta[:, lane].copy(), gradient[:, lane].copy()
            if np.isfinite(here).all() and np.isfinite(slope).all():
                moved[:, lane] = self._checked(rule.step(here, slope, rates[lane]), len(here))
        return moved

    def _checked(self, found: Any, count: int) -> Array:
        try:
            theta = np.asarray(found, dtype=np.float64)
        except (TypeError, ValueError):
            theta = np.zeros(0)
        if theta.shape != (count,):
            raise Fault(
                "{name}.step must give the parameters to come, {count} numbers; it gave {kind}.",
                name=self.name, count=count, kind=kind_of(found),
            )  # fmt: skip
        return theta


def own_family(optimizer: object, taken: Sequence[str]) -> type[Optimizer]:
    """The optimizer that a class of the caller's is; `Fault` says what it lacks.

    `taken` are the words of `simulate`, which no setting can be called.
    """
    if not isinstance(optimizer, type):
        if hasattr(optimizer, "step"):
            raise Fault(
                "optimizer must be the class {name} itself; what it is set to goes beside it, as "
                "in simulate(…, {name}, beta=0.8).",
                name=type(optimizer).__name__,
            )
        raise _no_optimizer(kind_of(optimizer))
    if issubclass(optimizer, Optimizer):
        return optimizer
    step = getattr(optimizer, "step", None)
    if not callable(step):
        raise _no_optimizer(f"{optimizer.__name__}, which has no step")
    try:
        inspect.signature(step).bind(None, None, None, None)
    except (TypeError, ValueError):
        raise Fault(
            "{name}.step must take theta, gradient and rate: def step(self, theta, gradient, "
            "rate).",
            name=optimizer.__name__,
        ) from None
    for name, default in _arguments(optimizer).items():
        if name in RATES:
            raise Fault(
                "{name} needs no '{setting}': simulate has it, and hands step the rate of each "
                "step.",
                name=optimizer.__name__, setting=name,
            )  # fmt: skip
        if name in taken:
            raise Fault(
                "{name} cannot have a setting '{setting}': simulate takes that word itself.",
                name=optimizer.__name__, setting=name,
            )  # fmt: skip
        if not isinstance(default, bool | int | float):
            raise Fault(
                "'{setting}' of {name} needs a number as its default, as in def __init__(self, "
                "beta=0.9).",
                name=optimizer.__name__, setting=name,
            )  # fmt: skip
    return family_of(cast(Any, optimizer))  # which can be hashed, as all classes can


@lru_cache(maxsize=64)
def family_of(rule: type) -> type[Optimizer]:
    """An `OwnOptimizer` for that class, its arguments declared as settings."""
    declared = [
        (name, type(default), field(default, name, ""))
        for name, default in _arguments(rule).items()
    ]
    settings = dataclasses.make_dataclass(
        f"{rule.__name__}Settings", declared, bases=(OwnSettings,), frozen=True
    )
    summary = (inspect.getdoc(rule) or "").partition("\n")[0]
    about = {"name": rule.__name__, "title": rule.__name__, "summary": summary}
    family = type(rule.__name__, (OwnOptimizer,), {**about, "Settings": settings})
    settings.rule, settings.family = rule, family  # type: ignore[attr-defined] # class variables
    return family


def _arguments(rule: type) -> dict[str, Any]:
    """What it is made of: the names, and the defaults as Python's numbers."""
    asked = inspect.signature(rule).parameters.values()
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {one.name: plain(one.default) for one in asked if one.kind not in several}


def _no_optimizer(kind: object) -> Fault:
    return Fault(
        "optimizer must be a name, such as 'adam', or a class with a method step(self, theta, "
        "gradient, rate), not {kind}.",
        kind=kind,
    )
