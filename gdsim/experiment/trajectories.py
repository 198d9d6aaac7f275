"""Runs from their start to the end without a window: every step, and an account of each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gdsim.engine.account import Account, proceed
from gdsim.engine.outcome import Outcome, find
from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run
from gdsim.engine.simulation import Block, Simulation

FIRST_LOOK = 100
AT_REST = (
    Outcome.CONVERGED, Outcome.LOCAL_MINIMUM, Outcome.STANDING, Outcome.STALLED,
    Outcome.NO_VALUE,
)  # fmt: skip
"""What a run that nobody need wait for has come to."""
ROWS = 4096
"""Steps made at once."""

Tracks = Sequence[tuple[Run, Changes]]
"""Each run with the changes of its settings on the way."""
Report = Callable[[int], None]


def accounts_of(problem: Problem, tracks: Tracks) -> list[Account]:
    """An account of each run, to be filled by `blocks_of`."""
    return [Account(problem, run, changes) for run, changes in tracks]


def _begun(accounts: Sequence[Account]) -> tuple[Simulation, Block]:
    """All runs at their start, which their accounts have."""
    problem, runs = accounts[0].problem, [account.run for account in accounts]
    simulation = Simulation(problem, runs, stop_ended=False)
    begin = simulation.now()
    for lane, account in enumerate(accounts):
        account.take(begin, lane)
    return simulation, begin


def settled_step(problem: Problem, tracks: Tracks, steps: int) -> int:
    """The first step looked at where every run has settled or stands still; `steps` if none."""
    accounts = accounts_of(problem, tracks)
    simulation, _ = _begun(accounts)
    while True:
        look = min(next_look(simulation.step), steps)
        while simulation.step < look:
            proceed(simulation, accounts, min(ROWS, look - simulation.step))
        if look >= steps or all_at_rest(accounts, look):
            return look


def next_look(step: int) -> int:
    """Where runs are looked at next: at 100, 110, 121 … (each a tenth more).

    So the step where all have settled is one of the experiment, however it is played.
    """
    look = FIRST_LOOK
    while look <= step:
        look += look // 10
    return look


def all_at_rest(accounts: Sequence[Account], step: int) -> bool:
    """Whether every run has settled or stands still after so many steps."""
    with np.errstate(all="ignore"):
        return all(find(account, step)[0].outcome in AT_REST for account in accounts)


def blocks_of(
    accounts: Sequence[Account], steps: int, report: Report | None = None
) -> Iterator[Block]:
    """The states after 0, 1, … `steps` updates of all runs, some thousand rows at a time.

    Row k is the state after k updates; its rate is the one that update k → k+1 uses. A run that has
    ended goes on into inf and nan, as it would in a framework; its account does not.
    """
    simulation, begin = _begun(accounts)
    yield begin
    while simulation.step < steps:
        yield proceed(simulation, accounts, min(ROWS, steps - simulation.step))
        if report is not None:
            report(simulation.step)
