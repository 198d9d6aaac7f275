"""`gdsim.simulate`: one run in one call, for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Value, make_settings
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.experiment.trajectories import Endings, blocks_of

MOST_STEPS = 10_000_000


@dataclass(frozen=True, eq=False)
class Result:
    """What one run did. All arrays are read-only; n is `steps` + 1, P the number of parameters.

    Row k is the state after k updates; `learning_rate[k]` is the one that update k → k+1 uses.
    """

    step: Indices
    """(n,): 0, 1, … steps."""
    learning_rate: Array
    """(n,)"""
    loss: Array
    """(n,); inf and nan where the run diverged."""
    parameters: Array
    """(n, P)"""
    names: tuple[str, ...]
    """(P): the parameters' names, such as ("theta_0", "theta_1")."""
    outcome: str
    """converged, oscillating, stalled, step limit, diverging, diverged or not a number."""
    diverged_at: int | None
    """The step at which the loss left all bounds, if it did."""


def simulate(
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
) -> Result:
    """Run one optimizer on a problem; the words are those of `gdsim run`.

    `settings` are the optimizer's own (`gdsim list optimizers`): momentum, beta1, eps,
    weight_decay, …. `convention` ("pytorch", "keras", "optax") sets the formulas and defaults of
    that framework, its learning rate too where `lr` is not given. `data` = (x, y) for problems that
    fit data, x (n,) or (columns, n); `problem_settings` are the problem's (`gdsim list problems`).
    `batch_size` is a number of samples or "full". Raises `ValueError` in one clear sentence for
    all that makes no sense.

    >>> import gdsim
    >>> run = gdsim.simulate("article", "gd", lr=0.01, steps=1000)
    >>> run.parameters.shape, run.names, run.outcome
    ((1001, 2), ('theta_0', 'theta_1'), 'step limit')
    >>> print(run.loss[:3].round(6), run.parameters[-1].round(6))
    [41.6      24.643008 14.760186] [-0.949449  2.185998]
    >>> gdsim.simulate("beale", "adam", lr=0.2, convention="keras", beta1=0.8).outcome
    'converged'
    """
    made, run = prepare(
        problem,
        optimizer,
        lr=lr,
        convention=convention,
        schedule=schedule,
        schedule_settings=schedule_settings,
        data=data,
        problem_settings=problem_settings,
        batch_size=batch_size,
        sampling=sampling,
        seed=seed,
        start=start,
        clip_norm=clip_norm,
        clip_value=clip_value,
        **settings,
    )
    check_steps(steps, MOST_STEPS)
    endings = Endings(made, 1)
    blocks = list(endings.watching(blocks_of(made, [(run, ())], steps)))
    ending = endings.ending(0)
    rate, loss, theta = (
        _frozen(np.concatenate([getattr(block, part) for block in blocks])[..., 0])
        for part in ("rate", "loss", "theta")
    )
    step = np.arange(steps + 1)
    step.flags.writeable = False
    names = tuple(parameter.name for parameter in made.parameters)
    return Result(step, rate, loss, theta, names, ending.outcome.value, ending.diverged_at)


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
    clip_norm: float = 0.0,
    clip_value: float = 0.0,
    **settings: Value,
) -> tuple[Problem, Run]:
    """The problem and the checked run that the words of `simulate` name."""
    if isinstance(problem, str):
        columns = None if data is None else _columns(data)
        problem = make_problem(problem, columns, problem_settings)
    elif data is not None or problem_settings is not None:
        raise Fault(
            "A problem that is made already has its data and settings: leave 'data' and "
            "'problem_settings' out."
        )
    if lr is not None:
        settings["lr"] = lr
    return problem, make_run(
        problem,
        optimizer,
        settings,
        schedule,
        schedule_settings,
        make_sampling(problem, batch_size, {"sampling": sampling, "seed": seed}),
        make_settings(Clipping, {"clip_norm": clip_norm, "clip_value": clip_value}),
        None if start is None else tuple(start),
        convention,
    )


def check_steps(steps: int, most: int) -> None:
    """`Fault` for a number of steps that cannot be made."""
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= most:
        raise Fault(
            "{option} must be a whole number from {low} to {high}, not '{text}'.",
            option="steps", low=1, high=most, text=steps,
        )  # fmt: skip


def make_sampling(
    problem: Problem, batch_size: int | str | None, values: Mapping[str, object]
) -> Sampling:
    """Checked sampling; `batch_size` "full" is all the data, None what `values` say or default."""
    if batch_size is None:
        return make_settings(Sampling, values)
    if batch_size == "full":
        # The whole data has no order.
        return make_settings(
            Sampling, {**values, "batch_size": problem.size, "sampling": "shuffle"}
        )
    if batch_size in (0, "0"):
        raise Fault("A batch has at least 1 sample; 'full' takes all the data.")
    return make_settings(Sampling, {**values, "batch_size": batch_size})


def _columns(data: tuple[ArrayLike, ArrayLike]) -> tuple[Array, Array]:
    try:
        x, y = (np.asarray(column, dtype=np.float64) for column in data)
    except (TypeError, ValueError):
        raise Fault("The data must be two columns of numbers, (x, y).") from None
    return x, y


def _frozen(array: Array) -> Array:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
