"""`sweep`: a grid of runs, and what became of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from gdsim.api.given import kind_of, number, plain
from gdsim.api.picture import line_picture, map_picture, told_in_html
from gdsim.api.preparing import check_steps, frozen, prepare
from gdsim.api.table import Columns, axes_given, csv_of, dataframe_of
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault
from gdsim.engine.sentences import number as number_text
from gdsim.engine.sweep.grid import Grid, brings_rate, make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.words import regimes_of, words_of
from gdsim.runtime.sweeping import Report, run_sweep

MOST_SWEEP_STEPS = 10**8
MOST_JOBS = 1024


@dataclass(frozen=True, eq=False, repr=False)
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
    _grid: Grid
    _steps: int

    @cached_property
    def best(self) -> dict[str, Any] | None:
        """The values of the run with the lowest loss, by their fields; None where all diverged.

        >>> import gdsim
        >>> gdsim.sweep("article", grid={"lr": [0.001, 0.08, 0.1]}).best
        {'lr': 0.08}
        """
        if not self._within.any():
            return None
        places = np.unravel_index(int(np.where(self._within, self.loss, np.inf).argmin()),
                                  self.loss.shape)  # fmt: skip
        pairs = zip(self.axes.items(), places, strict=True)
        return {name: values[place].item() for (name, values), place in pairs}

    @cached_property
    def regime(self) -> NDArray[np.str_] | None:
        """`shape`: what each run's rates do, told of its start in the words of `simulate`, when
        first asked for. None beyond `gdsim.engine.sweep.words.MOST_RUNS` runs, or
        `MOST_SAMPLED_RUNS` where samples are drawn.
        """
        regimes = regimes_of(self._grid, self._steps)
        return None if regimes is None else frozen(regimes)

    @cached_property
    def outcome(self) -> NDArray[np.str_] | None:
        """`shape`: the word of `simulate` for each run at the last step, told when first asked for,
        which takes some milliseconds a run. None beyond `gdsim.engine.sweep.words.MOST_RUNS` runs
        or `MOST_STEPS` runs × steps.
        """
        words = words_of(self._grid, self._steps)
        return None if words is None else frozen(words)

    def to_dataframe(self) -> Any:
        """A pandas DataFrame, a row a run: its values, settled, diverged, loss, and the parameters
        at its last step as final_theta_0 …; outcome and regime where they are told.
        """
        return dataframe_of(self._columns())

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """The same columns as CSV, in a file or, without a path, as text.

        >>> import gdsim
        >>> found = gdsim.sweep("parabola", grid={"lr": [0.25, 0.5]}, steps=2, tolerance=0.01)
        >>> print(found.to_csv().splitlines()[1])
        0.25,,,1.0,-1.0,moving,Rate 0.25 is smooth: 25 % of the critical 1 = 2/λmax.
        """
        return csv_of(self._columns(), path)

    def plot(self, ax: Any = None) -> Any:
        """The loss over the values, in matplotlib's axes: `ax`, or new ones; they are returned."""
        axes = axes_given(ax, "plot()")
        names = list(self.axes)
        loss = np.where(self._within, self.loss, np.nan)
        if loss.ndim == 1:
            axes.plot(self.axes[names[0]], loss, marker=".")
            axes.set_ylabel("loss")
        else:
            first, second = self.axes.values()
            drawn = axes.pcolormesh(first, second, loss.T, shading="nearest")
            axes.figure.colorbar(drawn, ax=axes, label="loss")
            axes.set_ylabel(names[1])
        axes.set_xlabel(names[0])
        return axes

    def __repr__(self) -> str:
        return f"<Sweep: {self._title}: {self._count}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: how many runs ended how, and the loss over the values."""
        loss = np.where(self._within, self.loss, np.nan)
        label = f"loss over {' and '.join(self.axes)}"
        values = next(iter(self.axes.values()))
        across = values if values.dtype.kind in "if" else np.arange(len(values))
        drawn = line_picture(across, loss, label) if loss.ndim == 1 else map_picture(loss, label)
        return told_in_html(self._title, [self._count], drawn)

    @property
    def _within(self) -> NDArray[np.bool_]:
        """Which runs have a loss to compare."""
        return np.isfinite(self.loss) & (self.diverged < 0)

    @property
    def _title(self) -> str:
        axes = " × ".join(f"{len(values)} {name}" for name, values in self.axes.items())
        run = self._grid.run
        return f"{axes}, {run.optimizer} on {self._grid.problem.name}, {self._steps} steps"

    @property
    def _count(self) -> str:
        settled, away = int((self.settled >= 0).sum()), int((self.diverged >= 0).sum())
        told = f"{settled} of {self.loss.size} runs settled, {away} diverged"
        if self.best is None:
            return told
        best = ", ".join(f"{name}={value}" for name, value in self.best.items())
        return f"{told}, lowest loss {number_text(float(self.loss[self._within].min()))} at {best}"

    def _columns(self) -> Columns:
        grids = np.meshgrid(*self.axes.values(), indexing="ij")
        columns: dict[str, NDArray[Any]] = {
            name: values.ravel() for name, values in zip(self.axes, grids, strict=True)
        }
        for name, steps in (("settled", self.settled), ("diverged", self.diverged)):
            columns[name] = np.ma.masked_less(steps.ravel(), 0)
        columns["loss"] = self.loss.ravel()
        for place, name in enumerate(self.names):
            columns[f"final_{name}"] = self.parameters[..., place].ravel()
        told = {"outcome": self.outcome, "regime": self.regime}
        return columns | {name: one.ravel() for name, one in told.items() if one is not None}


def sweep(
    problem: str | Problem | Callable[..., Any] = "article",
    optimizer: str | type = "gd",
    *,
    grid: Mapping[str, object],
    steps: SupportsIndex = 1000,
    tolerance: float | None = None,
    target_loss: float | None = None,
    jobs: SupportsIndex | None = None,
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
    if not isinstance(grid, Mapping):
        raise Fault(
            "grid must be a dictionary of fields and their values, such as {example}, not {kind}.",
            example="{'lr': [0.01, 0.1]}", kind=kind_of(grid),
        )  # fmt: skip
    if brings_rate(grid) and how.get("lr") is None and "learning_rate" not in how:
        how = {**how, "lr": 1.0}  # each run has another in its place
    made, run, _ = prepare(problem, optimizer, **how)
    steps = check_steps(steps, MOST_SWEEP_STEPS)
    tolerance, target_loss = number("tolerance", tolerance), number("target_loss", target_loss)
    jobs = jobs_given(jobs, made, [run])
    if not (report is None or callable(report)):
        raise Fault("report must be a function of the share that is done, not {kind}.",
                    kind=kind_of(report))  # fmt: skip
    if tolerance is not None and target_loss is not None:
        raise Fault("Give a tolerance or a target loss, not both.")
    if tolerance is not None and not tolerance > 0.0:
        raise Fault("The tolerance must be greater than zero, not {value}.", value=tolerance)
    if tolerance is None and target_loss is None and made.minima:
        tolerance = 0.05
    table = make_grid(
        made, run,
        {str(key): _values(one) for key, one in grid.items()},
    )  # fmt: skip
    goal = Goal(tolerance, target_loss)
    outcomes = run_sweep(table, steps, goal, jobs=jobs, report=going_on(report))
    keys = zip(grid, table.axes, strict=True)
    return Sweep(
        {key: frozen(np.array([axis.value(i) for i in range(len(axis))])) for key, axis in keys},
        frozen(outcomes.settled),
        frozen(outcomes.diverged),
        frozen(outcomes.loss),
        frozen(np.moveaxis(outcomes.theta, 0, -1)),
        tuple(parameter.name for parameter in made.parameters),
        table,
        steps,
    )


def _values(given: object) -> object:
    """An axis's values as the engine takes them: a text, or a sequence; of a Series its array."""
    if isinstance(given, str | Sequence) or getattr(given, "ndim", 0) != 1:
        return plain(given)
    return np.asarray(given)


def jobs_given(jobs: object, problem: Problem, runs: Sequence[Run]) -> int | None:
    """So many cores; None for all. Not every function can be called from several threads at once,
    so that code of the caller's own is on one unless more are asked for."""
    if jobs is not None:
        return check_steps(jobs, MOST_JOBS, "jobs")
    return 1 if problem.foreign or any(run.family.foreign for run in runs) else None


def going_on(report: Report | None) -> Report | None:
    """`report`, which says nothing where the sweep is to go on: only False cancels."""
    return None if report is None else lambda share: report(share) is not False
