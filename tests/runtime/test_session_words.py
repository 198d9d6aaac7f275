"""What a session says of its runs, while playing, paused and sought."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.verdict import verdict_at
from gdsim.runtime.session import Session
from tests.runtime.sessions import ARTICLE, GD, NOISY, account_of, go, session
from tests.setups import setup_of


@pytest.mark.parametrize(
    ("rate", "word"), [(0.0845, "zigzags"), (0.0846, "diverges"), (0.01, "smooth")]
)
def test_the_regime_is_named_before_anyone_plays(rate: float, word: str) -> None:
    run = session(make_run(ARTICLE, "gd", {"learning_rate": rate})).snapshot(0, False, 0.0).runs[0]
    assert word in str(run.verdict)
    assert "0.08452" in str(run.verdict)


def words(one: Session, steps: range, *, playing: bool) -> list[str]:
    """The word that is shown at each of the steps, on the way there."""
    said = []
    for step in steps:
        go(one, step - one.step)
        said.append(one.snapshot(0, playing, 0.0).runs[0].outcome.value)
    return said


def changes(said: list[str]) -> int:
    return sum(a != b for a, b in pairwise(said))


def test_words_do_not_flicker_while_playing() -> None:
    """RMSProp comes by the minimum again and again; who watches sees one word, that then stays."""
    hopping = make_run(ARTICLE, "rmsprop", {"learning_rate": 0.05})
    own = words(session(hopping), range(1, 1200), playing=False)
    held = words(session(hopping), range(1, 1200), playing=True)
    assert changes(own) > 20
    assert changes(held) <= 2


def test_paused_the_word_is_the_procedures_own() -> None:
    one = session(NOISY)
    for step in (3, 17, 60, 400):
        go(one, step - one.step)
        one.snapshot(0, True, 0.0)
        shown = one.snapshot(0, False, 0.0).runs[0]
        assert shown.outcome is verdict_at(account_of(NOISY, step), step).outcome


@pytest.mark.parametrize("target", [0, 1, 700, 20_011, 39_999])
def test_sought_back_far_into_a_long_run_the_word_is_that_of_the_run_till_there(
    target: int,
) -> None:
    """The history has gaps by then; the replay gives every step that the word is told from."""
    slow = make_run(ARTICLE, "momentum", {"learning_rate": 0.0005, "momentum": 0.99}, "cosine")
    one = session(slow, GD)
    go(one, 40_000)
    one.seek(target)
    for key, run in enumerate((slow, GD)):
        shown = one.snapshot(0, False, 0.0).run(key)
        assert shown is not None
        if target:
            assert shown.outcome is verdict_at(account_of(run, target), target).outcome


def test_a_run_without_a_value_says_so_at_once_while_playing() -> None:
    problem = make_problem("expression", None, {"expression": "(x − 1)² − 0.1 log(x)"})
    run = make_run(problem, "gd", {"learning_rate": 1.2}, start=(2.0,))
    one = Session(setup_of(problem, run, run, limit=100))
    one.snapshot(0, True, 0.0)
    go(one, 1)
    assert one.snapshot(1, True, 0.0).runs[0].outcome is Outcome.NO_VALUE
