"""Runs from their start to the end without a window: every step, and an account of each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gdsim.engine.account import Account, proceed
from gdsim.engine.problems import Problem
from gdsim.engine.run import Changes, Run
from gdsim.engine.simulation import Block, Simulation

ROWS = 4096
"""Steps made at once."""

Tracks = Sequence[tuple[Run, Changes]]
"""Each run with the changes of its settings on the way."""
Report = Callable[[int], None]


def accounts_of(problem: Problem, tracks: Tracks) -> list[Account]:
    """An account of each run, to be filled by `blocks_of`."""
    return [Account(problem, run, changes) for run, changes in tracks]


def blocks_of(
    accounts: Sequence[Account], steps: int, report: Report | None = None
) -> Iterator[Block]:
    """The states after 0, 1, … `steps` updates of all runs, some thousand rows at a time.

    Row k is the state after k updates; its rate is the one that update k → k+1 uses. A run that has
    ended goes on into inf and nan, as it would in a framework; its account does not.
    """
    problem, runs = accounts[0].problem, [account.run for account in accounts]
    simulation = Simulation(problem, runs, stop_ended=False)
    begin = simulation.now()
    for lane, account in enumerate(accounts):
        account.take(begin, lane)
    yield begin
    while simulation.step < steps:
        yield proceed(simulation, accounts, min(ROWS, steps - simulation.step))
        if report is not None:
            report(simulation.step)
