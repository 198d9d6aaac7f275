"""The formula bar: what it says becomes of θ is what becomes of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.runtime.session import Session
from gdsim.ui.controls.formula_bar import fixed, numbers_html
from gdsim.ui.theme import LIGHT
from tests.setups import setup_of

BECOMES = re.compile(r"= <b>([^<]*)</b>")


def sums(run: Run) -> tuple[list[str], list[str]]:
    """What the bar says that θ becomes, and what it becomes."""
    session = Session(setup_of(make_problem("article"), run))
    session.advance(3)
    before = session.snapshot(1, False, 0.0)
    said = BECOMES.findall(numbers_html(before, before.runs[0], LIGHT))
    session.advance(1)
    after = session.snapshot(2, False, 0.0).runs[0].theta
    return said, [fixed(float(value), 6) for value in after]


def plain(**settings: object) -> Run:
    return make_run(make_problem("article"), "gd", {"learning_rate": 0.01, **settings})


@pytest.mark.parametrize("optimizer", [cls.name for cls in OPTIMIZERS])
def test_no_method_is_said_to_do_what_it_does_not(optimizer: str) -> None:
    said, done = sums(make_run(make_problem("article"), optimizer, {"learning_rate": 0.01}))
    assert said in ([], done)


def test_plain_descent_is_written_out() -> None:
    said, done = sums(plain())
    assert said == done


@pytest.mark.parametrize(
    "run",
    [
        plain(weight_decay=0.5),
        replace(plain(), clipping=Clipping(clip_norm=1.0)),
        replace(plain(), clipping=Clipping(clip_value=1.0)),
        replace(plain(), sampling=Sampling(batch_size=2)),
    ],
    ids=["decay", "clip_norm", "clip_value", "batch"],
)
def test_what_else_changes_a_step_is_not_left_out_of_a_sum(run: Run) -> None:
    said, done = sums(run)
    assert said in ([], done)
