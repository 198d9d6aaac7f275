"""The account of a run's way: where it left the limit, where it ended, under which settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.engine.account import MOST_EXCURSIONS, Account
from gdsim.engine.history import LOSS
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Changes, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Block, Simulation
from gdsim.experiment.trajectories import accounts_of, blocks_of

ARTICLE = make_problem("article")
QUADRATIC = make_problem("quadratic")
COMES_BACK = make_run(
    QUADRATIC, "adam", {"learning_rate": 1500.0}, "linear",
    {"start_factor": 1.0, "end_factor": 0.0, "total_steps": 4000},
)  # fmt: skip


def gd(rate: float, problem: Problem = ARTICLE) -> Run:
    return make_run(problem, "gd", {"learning_rate": rate})


def account_of(problem: Problem, run: Run, steps: int, changes: Changes = ()) -> Account:
    (account,) = accounts = accounts_of(problem, [(run, changes)])
    for _ in blocks_of(accounts, steps):
        pass
    return account


def made_of(losses: list[float], cuts: list[int]) -> Account:
    """An account of a way with those losses, given in blocks that end at `cuts`."""
    account = Account(ARTICLE, gd(0.01))
    ends = sorted({1, len(losses), *(min(max(cut, 1), len(losses)) for cut in cuts)})
    for first, end in zip([0, *ends], ends, strict=False):
        loss = np.array(losses[first:end])[:, None]
        theta = np.zeros((len(loss), 2, 1))
        account.take(Block(first, theta, loss, np.ones_like(loss), np.array([len(loss)])), 0)
    return account


def test_a_run_that_left_the_limit_may_come_back() -> None:
    account = account_of(QUADRATIC, COMES_BACK, 6000)
    found = account.excursion_until(6000)
    assert found is not None
    assert (found[0].left, found[1]) == (1, 5)
    assert account.ended_at is None
    assert account.diverged_at is None
    assert account.last == 6000
    before = account.excursion_until(1)  # it had not come back yet
    assert before is not None
    assert before[1] is None


def test_a_run_goes_on_beyond_the_limit_until_its_numbers_end() -> None:
    account = account_of(ARTICLE, gd(0.12), 1000)
    assert account.ended_at is not None
    assert account.diverged_at is not None
    rows = account.history.trace().rows
    assert rows[account.diverged_at - 1, LOSS] <= account.limit < rows[account.diverged_at, LOSS]
    assert account.last == account.ended_at - 1
    assert account.last > 2 * account.diverged_at
    assert np.isfinite(account.last_row).all()
    assert account.last_row[LOSS] > 1e300


@given(
    st.lists(st.sampled_from([1.0, 2e6, 5e5]), min_size=2, max_size=40),
    st.lists(st.integers(1, 40), max_size=6),
)
def test_crossings_are_those_of_the_losses_however_the_way_is_cut(
    losses: list[float], cuts: list[int]
) -> None:
    losses[0] = 1.0
    account = made_of(losses, cuts)
    for step in range(len(losses)):
        beyond = [at for at in range(step + 1) if losses[at] > 1e6]
        found = account.excursion_until(step)
        if not beyond:
            assert found is None
            continue
        assert found is not None
        assert found[0].left == beyond[0]
        assert found[1] == (None if losses[step] > 1e6 else beyond[-1] + 1)


def test_crossings_without_end_stay_in_bounded_memory() -> None:
    losses = [1.0 + 2e6 * (step % 2) for step in range(9000)]
    account = made_of(losses, list(range(0, 9000, 1000)))
    assert len(account.excursions) <= MOST_EXCURSIONS
    found = account.excursion_until(8998)
    assert found is not None
    assert (found[0].left, found[1]) == (1, 8998)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 300), st.integers(1, 300))
def test_cut_off_and_gone_on_an_account_is_that_of_the_straight_way(cut: int, chunk: int) -> None:
    run = make_run(ARTICLE, "sgd", {"learning_rate": 0.11}, sampling=Sampling(1, "random", 3))
    straight = account_of(ARTICLE, run, 300)
    simulation = Simulation(ARTICLE, [run])
    account = Account(ARTICLE, run)
    account.take(simulation.now(), 0)
    account.take(simulation.advance(300), 0)
    account = account.until(cut)
    assert account.last == min(cut, straight.last)
    simulation = Simulation(ARTICLE, [run])
    while simulation.step < 300:
        account.take(simulation.advance(min(chunk, 300 - simulation.step)), 0)
    assert account.last_row.tobytes() == straight.last_row.tobytes()
    assert account.ended_at == straight.ended_at
    marks = [(one.left, one.back) for one in account.excursions]
    assert marks == [(one.left, one.back) for one in straight.excursions]


def test_settings_are_taken_up_on_the_way() -> None:
    later = make_run(ARTICLE, "gd", {"learning_rate": 0.05})
    (account,) = accounts = accounts_of(ARTICLE, [(gd(0.01), ((10, later),))])
    blocks = list(blocks_of(accounts, 20))
    rates = np.concatenate([block.rate[:, 0] for block in blocks])
    # The rate of row k is that of the update from k on.
    assert rates.tolist() == [0.01] * 10 + [0.05] * 11
    assert (account.run_at(9), account.run_at(10)) == (gd(0.01), later)
    plain = Simulation(ARTICLE, [gd(0.01)])
    plain.advance(10)
    plain.take_up({0: later})
    plain.advance(10)
    assert account.last_row[2:].tobytes() == plain.theta[:, 0].tobytes()


def test_a_step_that_divides_zero_by_zero_says_so() -> None:
    """With ε = 0 the gradient's zero along x at Beale's (1, 1) makes 0/0."""
    beale = make_problem("beale")
    account = account_of(beale, make_run(beale, "adam", {"eps": 0.0}, start=(1.0, 1.0)), 5)
    assert account.ended_at == 1
    assert "0 by 0" in str(account.trouble)


@pytest.mark.parametrize("rate", [0.09, 0.12])
def test_runs_beyond_the_limit_end_alone(rate: float) -> None:
    accounts = accounts_of(ARTICLE, [(gd(rate), ()), (gd(0.01), ())])
    for _ in blocks_of(accounts, 1000):
        pass
    assert accounts[0].diverged_at is not None
    assert accounts[1].last_row[LOSS] == pytest.approx(0.560465130125, rel=1e-12)
