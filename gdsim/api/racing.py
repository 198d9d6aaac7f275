"""`race`: optimizers tuned with one budget, and how good each is at its best."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np

from gdsim.api.given import kind_of, named, number, settings_given
from gdsim.api.picture import table_in_html
from gdsim.api.preparing import check_steps, prepare
from gdsim.api.sweeping import MOST_SWEEP_STEPS, going_on, jobs_given
from gdsim.api.table import axes_given, csv_of, dataframe_of
from gdsim.engine.problems import Problem
from gdsim.engine.race.race import make_race
from gdsim.engine.race.rates import MOST_RATES, read_rates
from gdsim.engine.race.score import Score, Scores
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.judge import NEVER
from gdsim.experiment.race_results import race_columns
from gdsim.runtime.racing import run_race
from gdsim.runtime.sweeping import Report

Chosen = str | type | tuple[str | type, Mapping[str, Any]]
"""An optimizer, or one and its settings."""


@dataclass(frozen=True, eq=False, repr=False)
class Race:
    """What became of a race: a `Score` for each optimizer, in the order in which they were named.

    A score has `optimizer`, `best_lr`, `steps`, `width_decades`, `outcome`, `verdict`, and
    `lr_before` and `steps_before` of the run as it was; `rates` (n,) and `arrivals` (n,) are the
    rates that were tried and the steps that each of them needs, −1 where it never gets there.
    `field_value` is the best value of a second field, None for what lacks it.
    """

    runs: tuple[Score, ...]
    least: float | None
    """The least loss that the tolerance was counted from; None where there is no tolerance."""
    least_is_found: bool
    """Whether that is the least that any of the runs found, for no minimum is known."""
    _scores: Scores

    def __iter__(self) -> Iterator[Score]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)

    def __getitem__(self, optimizer: str) -> Score:
        """The first score of the optimizer with this name."""
        for score in self.runs:
            if score.optimizer == optimizer:
                return score
        raise KeyError(optimizer)

    def to_dataframe(self) -> Any:
        """A pandas DataFrame, a row a run: optimizer, best_lr, steps, width_decades, outcome,
        steps_before."""
        return dataframe_of(race_columns(self._scores))

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """The same columns as CSV, in a file or, without a path, as text.

        >>> import gdsim
        >>> print(gdsim.race("parabola", ["gd"], steps=60).to_csv(), end="")
        optimizer,best_lr,steps,width_decades,outcome,steps_before
        gd,0.5011872336272725,1,0.15,converged,17
        """
        return csv_of(race_columns(self._scores), path)

    def plot(self, ax: Any = None) -> Any:
        """The steps over the rates, in matplotlib's axes: `ax`, or new ones; they are returned."""
        axes = axes_given(ax, "plot()")
        for score in self.runs:
            steps = np.where(score.arrivals == NEVER, np.nan, score.arrivals)
            axes.plot(score.rates, steps, marker=".", label=score.optimizer)
        axes.set_xscale("log")
        axes.set_xlabel("learning rate")
        axes.set_ylabel("steps")
        axes.legend()
        return axes

    def __repr__(self) -> str:
        told = ", ".join(
            f"{score.optimizer} {'never' if score.steps is None else score.steps}"
            for score in self.runs
        )
        race = self._scores.race
        return f"<Race: {race.problem.name}, {race.steps} steps: {told}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the table."""
        columns = race_columns(self._scores)
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        return table_in_html([list(columns), *cells])


def race(
    problem: str | Problem | Callable[..., Any] = "article",
    optimizers: Iterable[str | type | tuple[str | type, Mapping[str, Any]]] = (
        "gd",
        "momentum",
        "adam",
    ),
    *,
    steps: SupportsIndex = 1000,
    field: str = "lr",
    tolerance: float | None = None,
    distance: float | None = None,
    target_loss: float | None = None,
    rates: str | None = None,
    refine: SupportsIndex = 0,
    jobs: SupportsIndex | None = None,
    report: Report | None = None,
    **how: Any,
) -> Race:
    """Tune each optimizer with the same budget of rates and steps, and see which is best at its
    best, and how much its rate matters.

    A run gets there at the step from which on its loss stays within `tolerance` (0.01) of the
    least, to the last step: for 16 steps at least, and for a twentieth of the way there. The least
    loss is that of the known minimum; where none is known, the least that any of the runs has at
    the end. In place of the tolerance there may be a `distance` of θ from the nearest minimum, or
    a `target_loss`. Of each optimizer the rate that needs fewest `steps` is the best; the width
    counts the decades of rates that need at most twice as many.

    An optimizer is a name or a class (see `simulate`), or that and its settings. `rates` are
    "log:LOW:HIGH:COUNT", the same for all: 20 a decade from 0.001 to 10, and on where curvature or
    distance ask for it. With a second `field` ("momentum", or "momentum=0,0.5,0.9") all
    combinations are tried; what lacks that field gets as many more rates. `refine` more rates are
    tried between the neighbours of the best.
    `how` are the other words of `simulate`, `lr` among them: the rate before. `report(share)` is
    called now and then from this thread; False cancels. Raises `ValueError` in one clear sentence
    for all that makes no sense.

    >>> import gdsim
    >>> found = gdsim.race("article", ["gd", "momentum", "adam"], steps=1000)
    >>> for score in found:
    ...     print(score.optimizer, round(score.best_lr, 4), score.steps, score.width_decades)
    gd 0.0794 69 0.35
    momentum 0.01 76 1.7
    adam 0.3981 72 1.85
    >>> found["gd"].steps_before, found["adam"].outcome, found["adam"].is_cut
    (548, 'converged', True)
    >>> heavy = ("momentum", {"momentum": 0.5})
    >>> gdsim.race("quadratic", [heavy], steps=500, start=(-2.5, 1.0)).runs[0].steps
    48
    """
    chosen = _optimizers(optimizers)
    runs = []
    for name, settings in chosen:
        problem, run, _ = prepare(problem, name, **{**how, **settings})
        how = {word: value for word, value in how.items() if word not in _OF_PROBLEMS}
        runs.append(run)
    assert isinstance(problem, Problem)
    if not (report is None or callable(report)):
        raise Fault("report must be a function of the share that is done, not {kind}.",
                    kind=kind_of(report))  # fmt: skip
    made = make_race(
        problem, runs, check_steps(steps, MOST_SWEEP_STEPS),
        tolerance=number("tolerance", tolerance), distance=number("distance", distance),
        loss=number("target_loss", target_loss), field=named("field", field, "momentum"),
        rates=None if rates is None else read_rates(named("rates", rates, "log:1e-3:10:81")),
        refine=0 if refine == 0 else check_steps(refine, MOST_RATES, "refine"),
    )  # fmt: skip
    scores = run_race(made, jobs=jobs_given(jobs, problem, runs), report=going_on(report))
    return Race(scores.runs, scores.least, scores.is_found, scores)


_OF_PROBLEMS = ("data", "problem_settings", "gradient")
"""Words that make the problem, which all runs share."""


def _optimizers(given: object) -> list[tuple[Any, dict[str, Any]]]:
    """Names or classes, and settings; `Fault` for what are none."""
    each: Iterable[Any] = (
        given if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    )
    found = []
    for one in each:
        pair = isinstance(one, tuple) and len(one) == 2
        name, settings = one if pair else (one, None)
        made = settings_given("settings", settings) or {}
        found.append((name, made))
    if not found:
        raise Fault("A race needs at least one run.")
    return found
