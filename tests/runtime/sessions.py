"""Small sessions and runs for tests."""

from __future__ import annotations

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.experiment.trajectories import accounts_of, blocks_of
from gdsim.runtime.session import Session
from tests.setups import setup_of

ARTICLE = make_problem("article")


def session(*runs: Run, limit: int = 100_000) -> Session:
    return Session(setup_of(ARTICLE, *runs, limit=limit))


def go(one: Session, steps: int) -> None:
    one.go(one.step + steps)


def theta(one: Session, key: int = 0) -> Array:
    found = one.snapshot(0, False, 0.0).run(key)
    assert found is not None
    return found.theta


def account_of(run: Run, steps: int) -> Account:
    (account,) = accounts = accounts_of(ARTICLE, [(run, ())])
    for _ in blocks_of(accounts, steps):
        pass
    return account


NOISY = make_run(ARTICLE, "adam", {"learning_rate": 0.02}, sampling=Sampling(2, "shuffle", 7))


GD = make_run(ARTICLE, "gd", {"learning_rate": 0.01})
