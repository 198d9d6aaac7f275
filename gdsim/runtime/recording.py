"""What runs without a window leave for a picture: a snapshot of their accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gdsim.engine.account import Account
from gdsim.engine.history import LOSS, RATE, THETA
from gdsim.engine.verdict import verdict_at
from gdsim.experiment.setup import Track
from gdsim.runtime.snapshot import RunSnapshot, Snapshot


def snapshot_of(accounts: Sequence[Account], steps: int) -> Snapshot:
    """The end of the runs, as a view shows it; each at its last finite state."""
    return Snapshot(
        version=0, generation=0, problem=accounts[0].problem, step=steps, recorded=steps,
        step_limit=steps, playing=False, steps_per_second=0.0,
        runs=tuple(_run(lane, account, steps) for lane, account in enumerate(accounts)),
    )  # fmt: skip


def _run(key: int, account: Account, steps: int) -> RunSnapshot:
    theta, loss = account.last_row[THETA:].copy(), float(account.last_row[LOSS])
    gradient = account.problem.gradient_at(theta)
    theta.flags.writeable = gradient.flags.writeable = False
    found = verdict_at(account, steps)
    return RunSnapshot(
        key=key,
        run=replace(account.run_at(account.last), start=account.run.start),
        theta=theta,
        gradient=gradient,
        loss=loss,
        rate=float(account.last_row[RATE]),
        step=account.last,
        alive=account.ended_at is None,
        outcome=found.outcome,
        verdict=found.sentence,
        trace=account.history.trace(),
        track=Track(key, account.run, account.changes),
    )
