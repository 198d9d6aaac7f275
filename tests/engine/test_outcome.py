"""The word for a run is the right one, whatever the surface that asks and the way it was made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gdsim
from gdsim.api import prepare
from gdsim.engine.account import Account
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.outcome import BEFORE, Outcome
from gdsim.engine.problems import PROBLEMS, Problem, make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation
from gdsim.engine.verdict import Verdict, verdict_at
from gdsim.experiment.trajectories import accounts_of, blocks_of
from tests.engine.outcome_cases import CASES, Case


def account_of(problem: Problem, run: Run, steps: int) -> Account:
    (account,) = accounts = accounts_of(problem, [(run, ())])
    for _ in blocks_of(accounts, steps):
        pass
    return account


def after(problem: Problem | str, optimizer: str, steps: int, **how: Any) -> Verdict:
    made, run, _ = prepare(problem, optimizer, **how)
    return verdict_at(account_of(made, run, steps), steps)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_known_cases(case: Case) -> None:
    _, problem, optimizer, how, steps, words = case
    assert after(problem, optimizer, steps, **how).outcome.value in words.split("|")


SAID = [
    ("gd", 3000, {"lr": 0.01}, "Settled since step 1564, 6×10⁻¹⁰ above the minimum."),
    ("gd", 1000, {"lr": 0.01}, "some 680 steps for each factor of 10"),
    # The loss at (0, 0) is 208/5.
    ("gd", 100, {"lr": 0.09}, "Left the limit at step 57: loss 3.4×10⁷ → 4.4×10⁷, beyond "
     "4.16×10⁷, 10⁶ times that of the start. The rate 0.09 is above 2/λmax = 0.08452 there."),
    # 0.001 takes 0.034 % of the flat axis's error a step, and at step 100 2.4 % of the steep one's.
    ("gd", 100, {"lr": 0.001}, "faster now than later: from here on some 6800 steps for each"),
    ("gd", 2000, {"lr": 0.001}, "at this pace some 6800 steps for each factor of 10"),
    ("gd", 1000, {"lr": 0.0846}, "The rate 0.0846 is above 2/λmax"),
    ("newton", 500, {"lr": 2.5}, "4×10⁷ → 9×10⁷, beyond 4.16×10⁷, 10⁶ times that of the start. "
     "The rate 2.5 is above 2."),
    ("newton", 500, {"lr": 2.5, "damping": 0.5}, "is above 2(1+μ/λmax) = 2.042 there."),
    ("newton", 2, {"lr": 0.96}, "a step takes away more than nine tenths of the distance"),
    ("rmsprop", 3000, {"lr": 0.01, "rho": 0.9}, "0.00045 above it (4.5α²): the rate must fall"),
    ("adam", 1000, {"lr": 1e-7}, "the nearest minimum is some 2.2×10⁷ times α away"),
    ("sgd", 5000, {"lr": 0.02}, "Hovers 0.212 above the minimum: the noise of single samples"),
    ("gd", 5000, {"lr": 0.02, "weight_decay": 0.5}, "step 287 at the minimum of loss and decay"),
    ("gd", 3000, {"lr": 0.01, "schedule": "cosine", "schedule_settings": {"total_steps": 100}},
     "since step 100, 0.289 above the minimum: the schedule has brought the rate to 0"),
    ("sgd", 3000, {"lr": 0.07, "sampling": "random"},
     "It left the limit at step 191 and came back at step 651."),
]  # fmt: skip


@pytest.mark.parametrize(("optimizer", "steps", "how", "text"), SAID)
def test_the_sentence_has_its_numbers(
    optimizer: str, steps: int, how: dict[str, Any], text: str
) -> None:
    assert text in str(after("article", optimizer, steps, **how).sentence)


ELSEWHERE = [
    # What is level to rounding alone: the best fit has a loss of 0.06, the run one of 1.6.
    ("linear", "gd", 1000,
     {"lr": 1e-14, "data": ([1e6, 1e6 + 1.0, 1e6 + 2.0], [1.0, 2.0, 4.0])},
     "too flat along θ₀ at this rate, with curvatures a factor of 1×10¹² apart"),
    ("expression", "gd", 1000,
     {"lr": 0.01, "start": (1.0,), "problem_settings": {"expression": "x^3"}}, "Still moving, at"),
    ("expression", "gd", 300,
     {"lr": 0.1, "start": (1.0,), "problem_settings": {"expression": "2*x"}},
     "Falls without end along x"),
    ("expression", "gd", 1000,
     {"lr": 0.1, "start": (0.0,), "problem_settings": {"expression": "exp(x)"}},
     "Still moving, at"),
    ("expression", "gd", 30,
     {"lr": 0.02, "start": (4.0,), "problem_settings": {"expression": "x^2 + 7"}},
     "some 56 steps for each factor of 10"),
    ("article", "momentum", 2000,
     {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True},
     "slope and decay hold each other"),
    ("logistic", "gd", 3000,
     {"lr": 0.1, "data": ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0, 1, 0, 1, 0, 1])},
     "66.7 % right: no straight line can do better."),
    ("logistic", "gd", 300,
     {"lr": 0.1, "data": ([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], [0, 1, 1, 0])},
     "50 % right: no straight line can do better than 75 %."),
    ("double_well", "gd", 300, {"lr": 0.1},
     "loss 0.09736; a lower one, −0.1024, lies at x = −1.05"),
    ("himmelblau", "momentum", 2000, {"lr": 0.0292, "momentum": 0.99, "start": (0.98, 1.41)},
     "λmax rose from 4.855 to 1461, so that 2(1+β)/λmax fell from 0.8197 to 0.002725"),
    ("saddle", "gd", 60, {"lr": 0.1}, "without end along y"),
    ("saddle", "gd", 400, {"lr": 0.1, "start": (1.5, 0.0)}, "along y the landscape bends down"),
    ("quadratic", "adam", 6000,
     {"lr": 1500.0, "schedule": "linear",
      "schedule_settings": {"start_factor": 1.0, "end_factor": 0.0, "total_steps": 4000}},
     "It left the limit at step 1 and came back at step 5."),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "optimizer", "steps", "how", "text"), ELSEWHERE)
def test_the_sentence_names_the_place(
    problem: str, optimizer: str, steps: int, how: dict[str, Any], text: str
) -> None:
    assert text in str(after(problem, optimizer, steps, **how).sentence)


@pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.name)
@pytest.mark.parametrize("where", ["article", "rosenbrock", "absolute", "logistic"])
def test_every_method_gets_a_word_and_a_sentence_at_every_step(
    cls: type[Optimizer], where: str
) -> None:
    problem = make_problem(where)
    for batch in (0, 1) if problem.size else (0,):
        run = make_run(problem, cls.name, sampling=Sampling(batch_size=batch))
        account = account_of(problem, run, 400)
        for step in (0, 1, 2, 15, 16, 17, 100, 399, 400):
            found = verdict_at(account, step)
            assert str(found.sentence)
            assert (found.outcome is Outcome.READY) == (step == 0)


@pytest.mark.parametrize("cls", PROBLEMS, ids=lambda cls: cls.name)
def test_every_problem_has_a_scale_that_a_word_can_be_measured_by(cls: type[Problem]) -> None:
    problem = make_problem(cls.name)
    assert 0.0 < problem.scale < np.inf
    assert problem.scale == make_problem(cls.name).scale


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([("gd", 0.05, 0), ("momentum", 0.05, 0), ("sgd", 0.02, 1), ("adam", 0.1, 2)]),
    st.integers(1, 900),
    st.integers(0, 900),
    st.integers(1, 400),
)
def test_a_word_is_a_function_of_the_record_up_to_its_step(
    method: tuple[str, float, int], step: int, more: int, chunk: int
) -> None:
    """Neither what came after, nor how the way was cut, nor what was asked before, changes it."""
    problem, (optimizer, rate, batch) = make_problem("article"), method
    run = make_run(problem, optimizer, {"learning_rate": rate}, sampling=Sampling(batch))
    straight = verdict_at(account_of(problem, run, step), step)
    account, simulation = Account(problem, run), Simulation(problem, [run])
    account.take(simulation.now(), 0)
    while simulation.step < step + more:
        account.take(simulation.advance(min(chunk, step + more - simulation.step)), 0)
        verdict_at(account, simulation.step)
    assert verdict_at(account, step) == straight
    assert verdict_at(account.until(step), step) == straight


def test_a_word_far_on_is_told_from_every_step_of_late() -> None:
    """The history is thinned by then; with every second step alone a bounce looks like rest."""
    problem = make_problem("parabola")
    found = after("parabola", "gd", 40_000, lr=1.0)
    assert found.outcome is Outcome.OSCILLATING
    run = make_run(problem, "momentum", {"learning_rate": 0.001, "momentum": 0.99})
    account = account_of(problem, run, 40_000)
    assert account.history.trace().whole_until < 30_000
    assert verdict_at(account, 40_000).outcome is Outcome.CONVERGED
    # By a plain loop: x² is above 10⁻⁶ of the start's 16 for the last time at step 1352.
    assert "since step 1353 " in str(verdict_at(account, 40_000).sentence)


def test_noise_of_a_long_run_is_told_from_sums() -> None:
    """6/(αλmin) is 59,000 steps here, far more than are kept one by one."""
    found = after("article", "sgd", 200_000, lr=0.0003)
    assert found.outcome is Outcome.HOVERING
    assert after("article", "sgd", 30_000, lr=0.0003).outcome is Outcome.MOVING


def test_changes_on_the_way_are_judged_by_the_settings_in_force() -> None:
    problem = make_problem("article")
    calm = make_run(problem, "gd", {"learning_rate": 0.05})
    wild = make_run(problem, "gd", {"learning_rate": 0.0846})
    (account,) = accounts = accounts_of(problem, [(wild, ((1000, calm),))])
    for _ in blocks_of(accounts, 2000):
        pass
    assert verdict_at(account, 1000).outcome is Outcome.DIVERGING
    assert verdict_at(account, 2000).outcome is Outcome.CONVERGED


@pytest.mark.parametrize("inner", ["adam", "momentum", "gd"])
def test_what_goes_over_a_method_has_its_facts(inner: str) -> None:
    """Lookahead over Adam moves by α as Adam does: it is told as such."""
    problem = make_problem("article")
    over = make_run(problem, "lookahead", {"inner": inner}).method
    below = make_run(problem, inner).method
    assert over.moves_by_rate == below.moves_by_rate
    assert over.half_swing() == below.half_swing()
    assert over.longest_step() == below.longest_step()


def test_every_word_has_the_one_that_version_0_1_had() -> None:
    assert set(BEFORE) == set(Outcome)


EXTREMES = [
    ("quartic", "gd", {"start": (6e139,)}, "larger than numbers can be"),
    ("saddle", "gd", {"lr": 20.0, "start": (0.0, 0.001)}, "no lower bound on the way"),
    ("rosenbrock", "gd", {"lr": 100.0, "start": (1e100, 1.0)}, "larger than numbers can be"),
    ("beale", "lion", {"lr": 1e-7, "start": (600.0, 1e139)}, "larger than numbers can be"),
    ("plateau", "lamb", {"lr": 8000.0}, ""),
    ("network", "sgd", {"lr": 1e6}, ""),
]


@pytest.mark.parametrize(("problem", "optimizer", "how", "text"), EXTREMES)
def test_at_the_end_of_the_numbers_words_are_found_too(
    problem: str, optimizer: str, how: dict[str, Any], text: str
) -> None:
    """Nothing fails or warns where squares overflow."""
    assert text in str(after(problem, optimizer, 400, **how).sentence)


@pytest.mark.parametrize("optimizer", ["newton", "gd", "momentum"])
@pytest.mark.parametrize("clip", [{"clip_norm": 0.1}, {"clip_value": 0.05}])
def test_a_run_that_is_clipped_has_no_pace(optimizer: str, clip: dict[str, float]) -> None:
    """It comes nearer by so much a step, and not by a share; once nothing is cut it has one."""
    how: dict[str, Any] = {"lr": 0.001, "start": (-2.5, 1.0), **clip}
    assert "pace" not in str(after("quadratic", optimizer, 60, **how).sentence)
    near = {**how, "start": (-0.04, 1e-5)}
    assert "pace" in str(after("quadratic", optimizer, 60, **near).sentence)


def test_newton_on_a_saddle_stalls_at_its_first_step() -> None:
    """One step takes it where the slope is exactly 0; it remembers nothing that would move it."""
    for steps in (2, 5, 50):
        assert gdsim.simulate("saddle", "newton", steps=steps).outcome == "stalled"
