"""A run from plain words: those of `gdsim.simulate`, of `gdsim run` and of lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gdsim.engine.fields import Value, make_settings
from gdsim.engine.optimizers import Optimizer
from gdsim.engine.problems import Problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault


def prepare_run(
    problem: Problem,
    optimizer: str | type[Optimizer] = "gd",
    *,
    lr: float | None = None,
    convention: str | None = None,
    schedule: str = "constant",
    schedule_settings: Mapping[str, Value] | None = None,
    batch_size: int | str | None = None,
    sampling: str = "shuffle",
    seed: int = 0,
    start: Sequence[float] | None = None,
    clip_norm: float = 0.0,
    clip_value: float = 0.0,
    **settings: Value,
) -> Run:
    """The checked run that these words name; `settings` are the optimizer's own. Raises `Fault`."""
    if lr is not None:
        settings["lr"] = lr
    return make_run(
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
    made = make_settings(Sampling, values)
    try:
        size = make_settings(Sampling, {"batch_size": batch_size}).batch_size
    except Fault:
        size = 0  # what the window means by 0 is "full" here
    if not size:
        raise Fault(
            "batch_size is a whole number of samples from 1 on, or 'full', not '{text}'.",
            text=batch_size,
        )
    return replace(made, batch_size=size)
