"""What the calls take: the words of a run, read and checked; arrays that are only read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Value
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault
from gdsim.experiment.prepare import prepare_run


def prepare(
    problem: str | Problem = "article",
    optimizer: str = "gd",
    *,
    lr: float | None = None,
    convention: str | None = None,
    schedule: str = "constant",
    schedule_settings: Mapping[str, Value] | None = None,
    data: tuple[ArrayLike, ArrayLike] | None = None,
    problem_settings: Mapping[str, Value] | None = None,
    batch_size: int | str | None = None,
    sampling: str = "shuffle",
    seed: int = 0,
    start: Sequence[float] | None = None,
    steps: int = 1000,
    clip_norm: float = 0.0,
    clip_value: float = 0.0,
    **settings: Value,
) -> tuple[Problem, Run, int]:
    """The problem, the checked run and the number of steps that the words of `simulate` name."""
    if isinstance(problem, str):
        columns = None if data is None else _columns(data)
        problem = make_problem(problem, columns, problem_settings)
    elif data is not None or problem_settings is not None:
        raise Fault(
            "A problem that is made already has its data and settings: leave 'data' and "
            "'problem_settings' out."
        )
    run = prepare_run(
        problem, optimizer, lr=lr, convention=convention, schedule=schedule,
        schedule_settings=schedule_settings, batch_size=batch_size, sampling=sampling, seed=seed,
        start=start, clip_norm=clip_norm, clip_value=clip_value, **settings,
    )  # fmt: skip
    return problem, run, steps


P = ParamSpec("P")
R = TypeVar("R")


def named_by(
    read: Callable[P, tuple[Problem, Run, int]],
) -> Callable[[Callable[[Problem, Run, int], R]], Callable[P, R]]:
    """Let a function be called by the words that `read` takes, which are listed there alone."""

    def named(work: Callable[[Problem, Run, int], R]) -> Callable[P, R]:
        @wraps(work)
        def call(*args: P.args, **words: P.kwargs) -> R:
            return work(*read(*args, **words))

        # help() shows the words of `read`, and what `work` makes of them.
        made = inspect.signature(work).return_annotation
        del call.__wrapped__
        shown = inspect.signature(read).replace(return_annotation=made)
        call.__signature__ = shown  # type: ignore[attr-defined] # inspect reads it, mypy has no word for it
        return call

    return named


def check_steps(steps: int, most: int) -> None:
    """`Fault` for a number of steps that cannot be made."""
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= most:
        raise Fault(
            "{option} must be a whole number from {low} to {high}, not '{text}'.",
            option="steps", low=1, high=most, text=steps,
        )  # fmt: skip


def _columns(data: tuple[ArrayLike, ArrayLike]) -> tuple[Array, Array]:
    try:
        x, y = (np.asarray(column, dtype=np.float64) for column in data)
    except (TypeError, ValueError):
        raise Fault("The data must be two columns of numbers, (x, y).") from None
    return x, y


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
