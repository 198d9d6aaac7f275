"""A race over all cores: sweeps of each run's rate, side by side, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gdsim.engine.outcome import Outcome
from gdsim.engine.race.race import Race
from gdsim.engine.race.score import Score, Scores, Tried, best_of, scored
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.grid import Grid
from gdsim.engine.sweep.judge import Goal
from gdsim.engine.sweep.pieces import Cancelled, Outcomes
from gdsim.engine.sweep.words import accounts_at
from gdsim.engine.verdict import verdict_at
from gdsim.runtime.sweeping import POLL_SECONDS, Report, run_sweeps


def run_race(
    race: Race,
    *,
    jobs: int | None = None,
    report: Report | None = None,
    breathe: Callable[[], None] | None = None,
) -> Scores:
    """Tune every run of the race, on `jobs` cores (None: those there).

    Where no minimum is known the runs are swept once more, before, for the least loss that any of
    them has at the end. `report` gets the share that is done and says whether to go on, else
    `Cancelled`; `breathe` is called between steps. No bit depends on `jobs`. `Fault` where the loss
    falls without end.
    """
    return _Racing(race, jobs, report, breathe).scores()


class _Racing:
    """The sweeps of a race, one after the other, each over all runs."""

    def __init__(
        self,
        race: Race,
        jobs: int | None,
        report: Report | None,
        breathe: Callable[[], None] | None,
    ) -> None:
        self.race = race
        self._jobs, self._report, self._breathe = jobs, report, breathe
        self._grids = [*race.own, *race.grids]
        self._is_found = race.finish.tolerance is not None and race.problem.least_loss is None
        once = sum(grid.size for grid in self._grids)
        self._size = once * (2 if self._is_found else 1) + race.refine * len(race.runs)
        self._done, self._said = 0, 0.0

    def scores(self) -> Scores:
        race = self.race
        least = self._least_found() if self._is_found else race.problem.least_loss
        goal = race.finish.goal(least)
        outcomes = self._sweep(self._grids, goal)
        own, swept = outcomes[: len(race.runs)], outcomes[len(race.runs) :]
        refined: Sequence[Outcomes | None] = [None] * len(race.runs)
        if race.refine:
            firsts = [scored(*pair).run for pair in zip(own, swept, strict=True)]
            refined = self._sweep(race.refined(firsts), goal)
        scores = [scored(*each) for each in zip(own, swept, refined, strict=True)]
        return Scores(race, goal, least, self._is_found, tuple(self._told(scores)))

    def _sweep(self, grids: Sequence[Grid], goal: Goal) -> list[Outcomes]:
        size, done, others = sum(grid.size for grid in grids), self._done, self._report

        def report(share: float) -> bool:
            return others is None or others((done + share * size) / self._size)

        found = run_sweeps(
            grids, self.race.steps, goal, jobs=self._jobs, report=report, breathe=self._breathe
        )
        self._done += size
        return found

    def _pause(self) -> None:
        """Between the steps of runs that are gone through once more: here too it can be ended."""
        if self._breathe is not None:
            self._breathe()
        now = time.monotonic()
        if self._report is not None and now - self._said >= POLL_SECONDS:
            self._said = now
            if not self._report(self._done / self._size):
                raise Cancelled

    def _least_found(self) -> float:
        """The least loss that any run has at the end."""
        best: Tried = min(
            (best_of(outcomes)[0] for outcomes in self._sweep(self._grids, Goal())),
            key=lambda one: one.loss,
        )
        problem = self.race.problem
        (account,) = accounts_at(problem, [best.run], self.race.steps, self._pause)
        falls = verdict_at(account, self.race.steps).outcome is Outcome.UNBOUNDED
        if not np.isfinite(best.loss) or (falls and not problem.separable):
            raise Fault(
                "No least loss of '{problem}' is known, and the runs find none: give a target "
                "loss.",
                problem=problem.name,
            )
        return best.loss

    def _told(self, scores: Sequence[Score]) -> list[Score]:
        """With the word for each at its best."""
        race = self.race
        accounts = accounts_at(
            race.problem, [score.run for score in scores], race.steps, self._pause
        )
        return [
            replace(score, told=verdict_at(account, race.steps))
            for score, account in zip(scores, accounts, strict=True)
        ]
