"""The whole way of one run, every step of it: what checks and facts look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array, Flags
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.problems import Problem
from gdsim.engine.run import check_value
from gdsim.engine.verdict import Verdict, verdict_at
from gdsim.experiment.setup import Setup
from gdsim.experiment.trajectories import accounts_of, blocks_of

EVERY = 20
"""Steps between two looks at the curvature, which costs as much as many steps."""


@dataclass(frozen=True, eq=False)
class Way:
    """Row k is the state after k updates: `loss` (n,), `theta` (n, parameters)."""

    problem: Problem
    loss: Array
    theta: Array
    account: Account

    @property
    def last(self) -> int:
        """The number of updates."""
        return len(self.loss) - 1

    @cached_property
    def verdict(self) -> Verdict:
        """What has become of the run at its last step."""
        return verdict_at(self.account, self.last)

    @cached_property
    def distance(self) -> Array:
        """(n,): from the nearest known minimum; inf everywhere where none is known."""
        if not self.problem.minima:
            return np.full(len(self.loss), np.inf)
        gaps = [self.theta - np.asarray(minimum) for minimum in self.problem.minima]
        with np.errstate(all="ignore"):
            nearest: Array = np.min([np.linalg.norm(gap, axis=1) for gap in gaps], axis=0)
        return nearest

    def sharpness(self, step: int) -> float:
        """λmax there; nan where there is no curvature."""
        curvature = curvature_at(self.problem, self.theta[step])
        return float("nan") if curvature is None else float(curvature.eigenvalues.max())

    def mean_sharpness(self, first: int) -> float:
        """λmax on average over the steps from `first` on, looked at each twentieth."""
        return float(np.mean([self.sharpness(k) for k in range(first, self.last + 1, EVERY)]))

    @cached_property
    def critical(self) -> float:
        """2/λmax at the start; inf where the loss does not curve upwards there."""
        largest = self.sharpness(0)
        return 2.0 / largest if largest > 0.0 else np.inf

    @property
    def aim(self) -> float:
        """Degrees between the first step and the way to the first known minimum; nan for none."""
        if not self.problem.minima or self.last < 1:
            return float("nan")
        wanted = np.asarray(self.problem.minima[0]) - self.theta[0]
        went = self.theta[1] - self.theta[0]
        with np.errstate(all="ignore"):
            cosine = wanted @ went / np.linalg.norm(wanted) / np.linalg.norm(went)
        return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def way_of(setup: Setup, place: int = 0, steps: int | None = None) -> Way:
    """The run at that place, made anew from its start; `Fault` where it has no value there."""
    track = setup.tracks[place]
    check_value(setup.problem, track.run)
    (account,) = accounts = accounts_of(setup.problem, [(track.run, track.changes)])
    blocks = list(blocks_of(accounts, setup.step_limit if steps is None else steps))
    loss = np.concatenate([block.loss[:, 0] for block in blocks])
    theta = np.concatenate([block.theta[..., 0] for block in blocks])
    return Way(setup.problem, loss, theta, account)


def stays_from(holds: Flags) -> int | None:
    """The first step from which on it holds to the end; None where it does not hold there."""
    fails = np.flatnonzero(~holds)
    if not len(fails):
        return 0
    following = int(fails[-1]) + 1
    return following if following < len(holds) else None
