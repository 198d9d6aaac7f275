"""Allowed settings and runs of every kind, for hypothesis."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from gdsim.engine.fields import Field, fields_of
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES, Schedule

TEXTS = {"milestones": ("3", "5, 20, 21"), "points": ("0:1", "2:0.5, 9:2, 30:0.1")}
CLIPS = (Clipping(), Clipping(clip_norm=0.5), Clipping(clip_norm=2.0, clip_value=1.0))
GREATEST = {"learning_rate": 0.05, "weight_decay": 0.5, "lr_decay": 1.0, "decay_rate": 10.0}


@cache
def problem(name: str) -> Problem:
    return make_problem(name)


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Allowed values that do not lead out of what numbers can hold."""
    if field.kind == "bool":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "text":
        return st.sampled_from(TEXTS[field.name])
    low = field.minimum if field.minimum is not None else field.above or 0.0
    high = field.maximum if field.maximum is not None else field.below or 1.0
    if field.kind == "int":
        return st.integers(int(low), int(min(high, max(low, 1) * 60)))
    high = GREATEST.get(field.name, min(high, max(10.0 * abs(float(field.default)), 1.0)))
    numbers = st.floats(
        low, high, allow_subnormal=False,
        exclude_min=field.above is not None, exclude_max=field.below == high,
    )  # fmt: skip

    def allowed(x: float) -> bool:
        return (field.above is None or x > field.above) and (field.below is None or x < field.below)

    shown = numbers.map(lambda x: float(f"{x:.4g}")).filter(allowed)
    return st.one_of(st.just(field.default), shown)


def settings_of(cls: type[Optimizer] | type[Schedule]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({f.name: value_of(f) for f in fields_of(cls.Settings)})


@st.composite
def runs_on(draw: st.DrawFn, where: str, optimizer: type[Optimizer] | None = None) -> Run:
    family = optimizer or draw(st.sampled_from(OPTIMIZERS))
    schedule = draw(st.sampled_from(SCHEDULES))
    size = problem(where).size
    batch = draw(st.sampled_from((0, 1, 2, size))) if size else 0
    return make_run(
        problem(where), family.name, draw(settings_of(family)),
        schedule.name, draw(settings_of(schedule)),
        Sampling(batch_size=batch, seed=draw(st.integers(0, 3))),
        draw(st.sampled_from(CLIPS)),
    )  # fmt: skip
