"""The formula bar: what it says becomes of θ is what becomes of it."""

from __future__ import annotations

import html
import itertools
import math
import re
from dataclasses import replace

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.runtime.session import Session
from gdsim.ui.controls.formula_numbers import fixed, numbers_html
from gdsim.ui.interior import Interior
from gdsim.ui.theme import LIGHT
from tests.setups import setup_of
from tests.ui.conftest import until

BECOMES = re.compile(r"(?:=|←) <b>([^<]*)</b>")


def sums(run: Run) -> tuple[list[str], list[str]]:
    """What the bar says that θ becomes, and what it becomes."""
    session = Session(setup_of(make_problem("article"), run))
    session.advance(3)
    before = session.snapshot(1, False, 0.0)
    said = BECOMES.findall(numbers_html(before, before.runs[0], LIGHT))
    session.advance(1)
    after = session.snapshot(2, False, 0.0).runs[0].theta
    return said, [fixed(float(value), 6) for value in after]


def said_of(run: Run, name: str) -> list[float]:
    """The numbers behind a letter, one a parameter."""
    session = Session(setup_of(make_problem("article"), run))
    session.advance(5)
    shown = session.snapshot(1, False, 0.0)
    text = html.unescape(re.sub("<[^>]*>", " ", numbers_html(shown, shown.runs[0], LIGHT, 15)))
    found = re.findall(rf"(?:^|\s){name}  ?[=←]\s+(−?[\d.]+(?:e-?\d+)?)", text)
    return [float(number.replace("−", "-")) for number in found]


def test_the_terms_of_adam_give_its_step() -> None:
    run = make_run(make_problem("article"), "adam", {"learning_rate": 0.01})
    mean, square = said_of(run, "m\u0302"), said_of(run, "v\u0302")
    rate, eps = said_of(run, "α"), 1e-8
    before = [said_of(run, "θ₀")[0], said_of(run, "θ₁")[0]]
    after = [said_of(run, "θ₀")[1], said_of(run, "θ₁")[1]]
    done = [
        theta - a * m / (math.sqrt(v) + eps)
        for theta, a, m, v in zip(before, rate, mean, square, strict=True)
    ]
    assert done == pytest.approx(after, rel=1e-9)
    assert len(said_of(run, "m")) == len(said_of(run, "v")) == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(820, 520), (1024, 768), (1366, 768), (1920, 1080)])
def test_no_number_is_cut_and_what_becomes_of_it_is_there(
    qtbot: QtBot, interior: Interior, lang: str, size: tuple[int, int]
) -> None:
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.window.resize(*size)
    workspace, bar = interior.workspace, interior.central.formula_bar
    for optimizer in ("adam", "gd", "momentum", "adan", "amsgrad", "lookahead", "rmsprop"):
        workspace.edit_run(0, "optimizer", "", optimizer)
        workspace.edit_run(0, "settings", "learning_rate", 0.012345)
        for steps in (0, 1, 7, 60):
            workspace.step_by(steps)
            until(qtbot, interior)
            told = QTextDocument()
            told.setDefaultFont(bar.numbers.font())
            told.setDocumentMargin(0)
            told.setHtml(bar.numbers.text())
            assert told.idealWidth() <= bar.numbers.width(), (optimizer, told.toPlainText())
            text = told.toPlainText()
            if size[0] >= 1366 and optimizer in ("adam", "momentum", "rmsprop"):
                assert "← " in text, optimizer
            if size[0] >= 1900 and optimizer == "adam":
                assert "m\u0302" in text
                assert "v\u0302" in text


def plain(**settings: object) -> Run:
    return make_run(make_problem("article"), "gd", {"learning_rate": 0.01, **settings})


@pytest.mark.parametrize("optimizer", [cls.name for cls in OPTIMIZERS])
def test_no_method_is_said_to_do_what_it_does_not(optimizer: str) -> None:
    said, done = sums(make_run(make_problem("article"), optimizer, {"learning_rate": 0.01}))
    assert said == done


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
    assert said == done


@pytest.mark.parametrize("optimizer", ["momentum", "rmsprop"])
def test_what_is_remembered_is_that_by_which_theta_goes(optimizer: str) -> None:
    """The velocity or average after this update, not the one before it."""
    run = make_run(make_problem("article"), optimizer, {"learning_rate": 0.01})
    letter = "v"
    remembered, gradient = said_of(run, letter), said_of(run, "g")
    before = [said_of(run, "θ₀")[0], said_of(run, "θ₁")[0]]
    after = [said_of(run, "θ₀")[1], said_of(run, "θ₁")[1]]
    if optimizer == "momentum":
        done = [theta - 0.01 * v for theta, v in zip(before, remembered, strict=True)]
    else:
        eps = float(getattr(run.settings, "eps"))  # noqa: B009 (declared by its method)
        done = [
            theta - 0.01 * g / (math.sqrt(v) + eps)
            for theta, g, v in zip(before, gradient, remembered, strict=True)
        ]
    assert done == pytest.approx(after, rel=1e-9)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("wide", [480, 560, 700])
def test_before_a_class_the_numbers_outlast_the_rule(
    qtbot: QtBot, interior: Interior, lang: str, wide: int
) -> None:
    window, bar = interior.window, interior.central.formula_bar
    window.actions_by_name[f"language_{lang}"].trigger()
    window.actions_by_name["present"].setChecked(True)
    window.resize(1024, 768)
    until(qtbot, interior)
    bar.setFixedWidth(wide)
    qtbot.wait(30)
    until(qtbot, interior)
    assert "<b>0.1120</b>" in bar.numbers.text()
    assert bar.rule.isVisible() or "θ" in bar.numbers.toolTip()
    ends = [
        part.geometry() for part in (bar.rule, bar.numbers, bar.result) if part.isVisible()
    ]  # fmt: skip
    assert all(a.right() < b.left() for a, b in itertools.pairwise(ends))
    document = QTextDocument()
    document.setDefaultFont(bar.numbers.font())
    document.setDocumentMargin(0)
    document.setHtml(bar.numbers.text())
    assert document.idealWidth() <= bar.numbers.width() + 1
