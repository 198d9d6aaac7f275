"""What the calls take: the words of a run, read and checked; arrays that are only read."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec, SupportsIndex, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdsim.api.given import batch_of, given_data, given_point, kind_of, named, plain, settings_given
from gdsim.api.own_loss import OwnLoss
from gdsim.api.own_optimizer import own_family
from gdsim.engine.fields import Value
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault
from gdsim.experiment.prepare import prepare_run

MOST_STEPS = 10_000_000


def prepare(
    problem: str | Problem | Callable[..., Any] = "article",
    optimizer: str | type = "gd",
    *,
    lr: float | None = None,
    convention: str | None = None,
    schedule: str = "constant",
    schedule_settings: Mapping[str, Value] | None = None,
    gradient: Callable[..., Any] | None = None,
    data: tuple[Any, Any] | None = None,
    problem_settings: Mapping[str, Value] | None = None,
    batch_size: int | str | None = None,
    sampling: str = "shuffle",
    seed: int = 0,
    start: ArrayLike | None = None,
    steps: SupportsIndex = 1000,
    clip_norm: float = 0.0,
    clip_value: float = 0.0,
    **settings: Value,
) -> tuple[Problem, Run, int]:
    """The problem, the checked run and the number of steps that the words of `simulate` name."""
    made = _problem_of(plain(problem), gradient, data, problem_settings, start)
    family = plain(optimizer)
    run = prepare_run(
        made,
        family if isinstance(family, str) else own_family(family, WORDS),
        convention=None if convention is None else named("convention", convention, "pytorch"),
        schedule=named("schedule", schedule, "cosine"),
        schedule_settings=settings_given("schedule_settings", schedule_settings),
        start=given_point("start", start),
        lr=plain(lr), batch_size=batch_of(batch_size), sampling=plain(sampling), seed=plain(seed),
        clip_norm=plain(clip_norm), clip_value=plain(clip_value),
        **{name: plain(value) for name, value in settings.items()},
    )  # fmt: skip
    return made, run, check_steps(steps, MOST_STEPS)


WORDS = tuple(inspect.signature(prepare).parameters)
"""What `simulate` calls its own; the settings of an optimizer have other names."""


def _problem_of(
    problem: object, gradient: Any, data: object, settings: object, start: Any
) -> Problem:
    if isinstance(problem, str):
        columns = None if data is None else given_data(data)
        made = make_problem(problem, columns, settings_given("problem_settings", settings))
    elif not isinstance(problem, Problem) and not callable(problem):
        raise Fault(
            "problem must be a name, such as 'rosenbrock', or a function, not {kind}.",
            kind=kind_of(problem),
        )
    elif data is not None or settings is not None:
        raise Fault(
            "A problem that is made already has its data and settings: leave 'data' and "
            "'problem_settings' out."
            if isinstance(problem, Problem)
            else "A loss of your own has its data within: leave 'data' and 'problem_settings' out."
        )
    elif isinstance(problem, Problem):
        made = problem
    else:
        point = given_point("start", start)
        if not point:
            raise Fault("A loss of your own needs a start, such as start=[0.5, 1.0].")
        return OwnLoss(problem, gradient, point, flat=np.ndim(start) > 0)
    if gradient is not None:
        raise Fault("'{name}' has a gradient: leave 'gradient' out.", name=made.name)
    return made


P = ParamSpec("P")
R = TypeVar("R")


def named_by(
    read: Callable[P, tuple[Problem, Run, int]],
) -> Callable[[Callable[[Problem, Run, int], R]], Callable[P, R]]:
    """Let a function be called by the words that `read` takes, which are listed there alone."""

    def named(work: Callable[[Problem, Run, int], R]) -> Callable[P, R]:
        @wraps(work)
        def call(*args: P.args, **words: P.kwargs) -> R:
            if len(args) > 2:
                raise TypeError(
                    f"{work.__name__}() takes a problem and an optimizer by place; name what "
                    "follows, as in steps=100 or data=(x, y)."
                )
            return work(*read(*args, **words))

        # help() shows the words of `read`, and what `work` makes of them.
        made = inspect.signature(work).return_annotation
        del call.__wrapped__
        shown = inspect.signature(read).replace(return_annotation=made)
        call.__signature__ = shown  # type: ignore[attr-defined] # inspect reads it, mypy has no word for it
        return call

    return named


def check_steps(steps: object, most: int, name: str = "steps") -> int:
    """A whole number from 1 to `most`; `Fault` names it where it is none."""
    found, count = plain(steps), 0
    if not isinstance(found, bool):
        with suppress(TypeError):
            count = operator.index(found)
    if not 1 <= count <= most:
        raise Fault(
            "{option} must be a whole number from {low} to {high}, not '{text}'.",
            option=name, low=1, high=most, text=steps,
        )  # fmt: skip
    return count


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
