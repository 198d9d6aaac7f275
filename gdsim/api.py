"""`gdsim.simulate` and `gdsim.sweep`: runs in one call, for notebooks and scripts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gdsim.engine.answer import Answer, answer_of, predicted
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Value
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run, check_value
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.grid import brings_rate, make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.words import regimes_of, words_of
from gdsim.engine.telling import Told, told_of
from gdsim.engine.verdict import verdict_at
from gdsim.experiment.prepare import prepare_run
from gdsim.experiment.trajectories import accounts_of, blocks_of
from gdsim.runtime.sweeping import Report, run_sweep

MOST_STEPS = 10_000_000
MOST_SWEEP_STEPS = 10**8


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
    """What has become of the run, in a word: converged, local minimum, hovering, standing,
    oscillating, moving, stalled, diverging, diverged, unbounded or no value."""
    verdict: str
    """The same in a sentence, with its numbers."""
    diverged_at: int | None
    """The step at which a run that has diverged left the limit: 10⁶ × the loss of its start."""
    left_limit_at: int | None
    """The first step beyond the limit, whether or not the run came back."""
    came_back_at: int | None
    """The step at which it last came back, where it is within the limit at the end."""
    _tell: Callable[[], Told] = field(repr=False)
    _problem: Problem = field(repr=False)

    @property
    def answer(self) -> Answer | None:
        """Beside a regression: the exact fit in the data's own units, and R² of it and of the run.

        None where nothing is fitted, or the end is not finite.
        """
        return answer_of(self._problem, self.parameters[-1])

    def predict(self, x: ArrayLike) -> Array:
        """ŷ (or the probability of 1) by the last parameters at x, (n,) or (columns, n): (n,).

        >>> import gdsim
        >>> run = gdsim.simulate("article", "gd", lr=0.08, steps=3000)
        >>> run.predict([6.0, 7.0]).round(6).tolist(), round(run.answer.r_squared, 6)
        ([12.2, 14.4], 0.945312)
        """
        columns = np.atleast_2d(np.asarray(x, dtype=np.float64))
        return predicted(self._problem, self.parameters[-1], columns)

    @cached_property
    def _told(self) -> Told:
        """Worked out when first asked for: it takes longer than many a run."""
        return self._tell()

    @property
    def regime(self) -> str:
        """What its rates do, told of its start: below or above which limit, and by how much."""
        return str(self._told.regime)

    @property
    def why(self) -> str:
        """What a step makes of the error along the deciding axis, at the start; may be empty."""
        return "" if self._told.why is None else str(self._told.why)

    @property
    def remedies(self) -> tuple[str, ...]:
        """What would help a run that has left its limit, as tried from its start."""
        return tuple(str(remedy.sentence) for remedy in self._told.remedies)


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


def _named_by(
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


@_named_by(prepare)
def simulate(problem: Problem, run: Run, steps: int) -> Result:
    """Run one optimizer on a problem; the words are those of `gdsim run`.

    `settings` are the optimizer's own (`gdsim list optimizers`): momentum, beta1, eps,
    weight_decay, …. `convention` ("pytorch", "keras", "optax") sets the formulas and defaults of
    that framework, its learning rate too where `lr` is not given. `data` = (x, y) for problems that
    fit data, x (n,) or (columns, n); `problem_settings` are the problem's (`gdsim list problems`).
    `batch_size` is a number of samples or "full". Raises `ValueError` in one clear sentence for
    all that makes no sense, a start at which the loss has no value (1/x at 0) among it; where a run
    comes to such a place on its way, its outcome is "no value".

    >>> import gdsim
    >>> run = gdsim.simulate("article", "gd", lr=0.01, steps=1000)
    >>> run.parameters.shape, run.names, run.outcome
    ((1001, 2), ('theta_0', 'theta_1'), 'moving')
    >>> print(run.loss[:3].round(6), run.parameters[-1].round(6))
    [41.6      24.643008 14.760186] [-0.949449  2.185998]
    >>> gdsim.simulate("beale", "adam", lr=0.2, convention="keras", beta1=0.8).outcome
    'converged'
    """
    check_steps(steps, MOST_STEPS)
    check_value(problem, run)
    (account,) = accounts = accounts_of(problem, [(run, ())])
    blocks = list(blocks_of(accounts, steps))
    found = verdict_at(account, steps)
    rate, loss, theta = (
        _frozen(np.concatenate([getattr(block, part) for block in blocks])[..., 0])
        for part in ("rate", "loss", "theta")
    )
    step = np.arange(steps + 1)
    step.flags.writeable = False
    names = tuple(parameter.name for parameter in problem.parameters)
    return Result(
        step, rate, loss, theta, names, found.outcome.value, str(found.sentence),
        account.diverged_at, found.left_at, found.back_at,
        lambda: told_of(problem, run, steps, found.outcome), problem,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sweep:
    """What became of a grid of runs. All arrays are read-only; `shape` is the grid's, (n,) or
    (n, m), in the order in which the fields were named; P is the number of parameters.
    """

    axes: dict[str, NDArray[Any]]
    """The values of each field, (n,) and (m,)."""
    settled: Indices
    """`shape`: the first step from which the run stays at its goal to the end; −1 if none."""
    diverged: Indices
    """`shape`: the step at which a run left the limit and stayed beyond it (or ended), 10⁶ × the
    loss of its start; −1 where it is within the limit at the end."""
    loss: Array
    """`shape`: at the last step, for a diverged run at its last finite point."""
    parameters: Array
    """(*shape, P), at the same step as `loss`."""
    names: tuple[str, ...]
    """(P): the parameters' names, such as ("theta_0", "theta_1")."""
    _tell: Callable[[], NDArray[np.str_] | None] = field(repr=False)
    _foretell: Callable[[], NDArray[np.str_] | None] = field(repr=False)

    @cached_property
    def regime(self) -> NDArray[np.str_] | None:
        """`shape`: what each run's rates do, told of its start in the words of `simulate`, when
        first asked for. None beyond `gdsim.engine.sweep.words.MOST_RUNS` runs, or
        `MOST_SAMPLED_RUNS` where samples are drawn.
        """
        regimes = self._foretell()
        return None if regimes is None else _frozen(regimes)

    @cached_property
    def outcome(self) -> NDArray[np.str_] | None:
        """`shape`: the word of `simulate` for each run at the last step, told when first asked for,
        which takes some milliseconds a run. None beyond `gdsim.engine.sweep.words.MOST_RUNS` runs
        or `MOST_STEPS` runs × steps.
        """
        words = self._tell()
        return None if words is None else _frozen(words)


def sweep(
    problem: str | Problem = "article",
    optimizer: str = "gd",
    *,
    grid: Mapping[str, object],
    steps: int = 1000,
    tolerance: float | None = None,
    target_loss: float | None = None,
    jobs: int | None = None,
    report: Report | None = None,
    **how: Any,
) -> Sweep:
    """Run all combinations of the values of one field or two, on all cores or `jobs` of them.

    `grid` maps a field to `"lin:LOW:HIGH:COUNT"`, `"log:LOW:HIGH:COUNT"` or a sequence of values. A
    field is lr, any setting of the optimizer or schedule, clip_norm, clip_value, seed, batch_size,
    optimizer, schedule, or a parameter (its start), such as theta_0. `how` are the other words of
    `simulate`: lr, schedule, data, start, momentum, ….

    A run settles where it comes within `tolerance` of the nearest minimum (0.05 where minima are
    known), or to `target_loss`, and stays. `report(share)` is called now and then from this
    thread; False cancels (`gdsim.engine.sweep.Cancelled`). Each run is the run of `simulate`, bit
    for bit. Raises `ValueError` in one clear sentence for all that
    makes no sense, as does `simulate`; only of a grid of starts may some have no value: there the
    outcome is "no value", `diverged` 0 and the loss inf or nan.

    >>> import gdsim
    >>> found = gdsim.sweep(
    ...     "article", "momentum", grid={"lr": "lin:0.02:0.2:10", "momentum": [0.0, 0.9]}, steps=500
    ... )
    >>> found.loss.shape, found.parameters.shape, found.names
    ((10, 2), (10, 2, 2), ('theta_0', 'theta_1'))
    >>> print(found.axes["lr"].round(2), found.axes["momentum"])
    [0.02 0.04 0.06 0.08 0.1  0.12 0.14 0.16 0.18 0.2 ] [0.  0.9]
    >>> print((found.diverged < 0).sum(axis=0))  # 2(1 + β)/λmax is 0.0845 and 0.1606
    [4 8]
    >>> gdsim.sweep("quadratic", grid={"lr": [0.015]}, start=(-2.5, 1.0)).settled.tolist()
    [259]
    """
    if brings_rate(grid) and how.get("lr") is None and "learning_rate" not in how:
        how = {**how, "lr": 1.0}  # each run has another in its place
    made, run, _ = prepare(problem, optimizer, **how)
    check_steps(steps, MOST_SWEEP_STEPS)
    if tolerance is not None and target_loss is not None:
        raise Fault("Give a tolerance or a target loss, not both.")
    if tolerance is not None and not tolerance > 0.0:
        raise Fault("The tolerance must be greater than zero, not {value}.", value=tolerance)
    if tolerance is None and target_loss is None and made.minima:
        tolerance = 0.05
    table = make_grid(made, run, grid)
    goal = Goal(tolerance, target_loss)
    outcomes = run_sweep(table, steps, goal, jobs=jobs, report=report)
    keys = zip(grid, table.axes, strict=True)
    return Sweep(
        {key: _frozen(np.array([axis.value(i) for i in range(len(axis))])) for key, axis in keys},
        _frozen(outcomes.settled),
        _frozen(outcomes.diverged),
        _frozen(outcomes.loss),
        _frozen(np.moveaxis(outcomes.theta, 0, -1)),
        tuple(parameter.name for parameter in made.parameters),
        lambda: words_of(table, steps),
        lambda: regimes_of(table, steps),
    )


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


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
