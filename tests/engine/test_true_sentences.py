"""Sentences that were false once, each held against numbers worked out on their own."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import gdsim
from gdsim.codegen import export
from gdsim.engine.diagnosis import Regime, curvature_at, stability_bands
from gdsim.engine.outcome import Outcome
from gdsim.engine.presets import Preset, preset_rate
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.telling import told_of
from gdsim.engine.verdict import Verdict, verdict_at
from gdsim.experiment.trajectories import accounts_of, blocks_of

ARTICLE = make_problem("article")
STEEPEST = float(np.linalg.eigvalsh(ARTICLE.hessian(np.zeros(2)))[-1])


def after(problem: str, method: str, step: int, **how: Any) -> gdsim.Result:
    return gdsim.simulate(problem, method, steps=step, **how)


@pytest.mark.parametrize("method", ["adam", "nadam", "amsgrad", "lion"])
@pytest.mark.parametrize("rate", [5e-6, 5e-5, 5e-4])
def test_how_far_a_minimum_is_is_no_number_of_steps(method: str, rate: float) -> None:
    """Adam at 0.0005 took 11,892 steps where 4200 were told: its parameters turn on their way."""
    said = after("article", method, 200, lr=rate).verdict
    at = after("article", method, 200, lr=rate).parameters[-1]
    far = max(abs(at[0] + 1.0), abs(at[1] - 2.2)) / rate
    assert "steps" not in said
    (times,) = re.findall(r"the nearest minimum is some ([\d.]+(?:×10⁵)?) times α away", said)
    assert float(times.replace("×10⁵", "e5")) == pytest.approx(far, rel=0.05)


@pytest.mark.parametrize("where", ["rosenbrock", "himmelblau", "beale"])
def test_what_is_told_of_the_start_says_so(where: str) -> None:
    """Its numbers are the start's, printed beside the end's."""
    problem = make_problem(where)
    for method in ("gd", "momentum", "adam"):
        told = told_of(problem, make_run(problem, method, {}), 500, Outcome.MOVING)
        assert told.why is not None
        assert " here" not in str(told.why)
        assert str(told.why).endswith(" This holds at the start.")


@pytest.mark.parametrize("beta", [0.3, 0.9, 0.99])
@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_the_gauge_has_momentums_own_words(method: str, beta: float) -> None:
    """By the roots of z² − (1 + β − x)z + β, or z² − (1 + β)(1 − x)z + β(1 − x), x = αλmax."""
    for x in np.geomspace(1e-5, 8.0, 200).tolist():
        run = make_run(ARTICLE, method, {"learning_rate": x / STEEPEST, "momentum": beta})
        bands = stability_bands(run, curvature_at(ARTICLE, np.zeros(2)))
        assert bands is not None
        roots = np.roots(
            [1.0, -(1.0 + beta - x), beta]
            if method == "momentum"
            else [1.0, -(1.0 + beta) * (1.0 - x), beta * (1.0 - x)]
        )
        largest = roots[np.abs(roots).argmax()]
        if np.abs(largest) > 1.0:
            right = Regime.DIVERGENCE
        elif np.iscomplex(roots).any():
            right = Regime.UNDERDAMPED
        else:
            right = Regime.ALTERNATING if largest.real < 0.0 else Regime.OVERDAMPED
        assert bands.regime(x / STEEPEST) is right


def changed(to: float, steps: int, at: int = 300) -> Verdict:
    before = make_run(ARTICLE, "gd", {"learning_rate": 0.02})
    later = make_run(ARTICLE, "gd", {"learning_rate": to})
    (account,) = accounts = accounts_of(ARTICLE, [(before, ((at, later),))])
    for _ in blocks_of(accounts, at + steps):
        pass
    return verdict_at(account, at + steps)


@pytest.mark.parametrize("rate", [0.0846, 0.086, 0.09, 0.101])
def test_what_grows_oscillates_about_no_level(rate: float) -> None:
    for steps in (12, 20, 28):
        said = str(changed(rate, steps).sentence)
        assert "on average" not in said or "Diverging" in said
        if "Swings ever wider" in said:
            (factor,) = re.findall(r"by −([\d.]+)", said)
            assert float(factor) == pytest.approx(rate * STEEPEST - 1.0, rel=0.002)
    assert "Swings ever wider" in after("article", "gd", 200, lr=0.0846).verdict


def test_what_swings_at_one_width_oscillates() -> None:
    said = after("parabola", "gd", 100, lr=1.0).verdict
    assert said.startswith("Oscillates, on average ")


def test_what_grows_a_thousandfold_at_once_diverges() -> None:
    """At step 15 the loss is 472,302, from 41.6; at 0.0846 it grows by 0.4 % a step."""
    found = after("article", "gd", 15, lr=0.1)
    assert found.outcome == "diverging"
    assert "the loss grew at every step, to 11000 times that of the start." in found.verdict
    assert after("article", "gd", 15, lr=0.0846).outcome == "moving"
    # Heavy balls grow for a while where their roots all but meet, and come home.
    wide = after("article", "momentum", 15, lr=3.97 / STEEPEST, momentum=0.99)
    assert wide.outcome == "moving"
    # What moves by α goes far at once, from so near the minimum.
    assert after("parabola", "adam", 10, lr=1.0, start=(1e-4,)).outcome == "moving"


def test_a_schedule_that_has_ended_is_said_to() -> None:
    how: dict[str, Any] = {"schedule": "cosine", "schedule_settings": {"total_steps": 100}}
    for step in (100, 101, 110):
        said = after("article", "gd", step, **how).verdict
        assert said == (
            "The schedule has brought the rate to 0 at step 100, 0.289 above the minimum."
        )
    assert "Still moving" in after("article", "gd", 99, **how).verdict
    assert after("article", "gd", 116, **how).outcome == "standing"


def test_safe_is_no_hair_above() -> None:
    for name in ("article", "quadratic", "rosenbrock", "booth", "logistic", "beale"):
        problem = make_problem(name)
        start = np.array(problem.start)
        steepest = float(np.linalg.eigvalsh(problem.hessian(start))[-1])
        rate = preset_rate(problem, make_run(problem, "gd", {}), start, Preset.SAFE)
        assert rate is not None
        assert 0.99 / steepest < rate <= 1.0 / steepest


@pytest.mark.parametrize("formula", ["log(x)", "sqrt(x)", "x^1.5", "log(x) + y^2"])
@pytest.mark.parametrize("steps", [50, 300, 2000])
def test_no_remedy_that_only_delays_a_wall(formula: str, steps: int) -> None:
    start = (1.0, 1.0) if "y" in formula else (1.0,)
    how: dict[str, Any] = {"lr": 0.3, "start": start}
    problem = make_problem("expression", None, {"expression": formula})
    found = gdsim.simulate(problem, "gd", steps=steps, **how)
    assert found.outcome == "no value" or steps == 50
    assert found.remedies == ()


def test_a_remedy_was_run_to_the_end() -> None:
    """At 0.00816, which was called a help after 300 steps, Beale's valley throws it out at 391."""
    how: dict[str, Any] = {"start": (0.09920536965098703, 1.3913623213601605)}
    (remedy, *_) = after("beale", "momentum", 3000, lr=0.0752, **how).remedies
    rate = float(remedy.removeprefix("Set the rate to "))
    assert after("beale", "momentum", 3000, lr=rate, **how).left_limit_at is None
    assert after("beale", "momentum", 3000, lr=0.00816, **how).left_limit_at == 391


def test_far_down_a_saddle_it_still_falls_without_end() -> None:
    """At y = −10¹⁰⁶ few powers of ten are left to look at."""
    found = after("saddle", "gd", 5000, lr=0.025)
    assert abs(found.parameters[-1, 1]) > 1e100
    assert found.outcome == "unbounded"


def test_verdict_and_why_count_alike() -> None:
    """They were 83 and 84 steps."""
    for rate in np.geomspace(0.001, 0.08, 60).tolist():
        for method in ("gd", "momentum", "nesterov"):
            found = after("article", method, 60, lr=rate)
            counts = re.findall(r"(?:about|some) ([\d.]+) steps? for each", found.verdict)
            whys = re.findall(r"about ([\d.]+) steps? for each", found.why)
            if counts and whys:
                one, other = float(counts[0]), float(whys[0])
                assert one == other or not 0.9 < one / other < 1.1, (method, rate)


def test_a_velocity_that_is_cut_is_told_apart() -> None:
    """Matyas, β 0.99, at 94 % of the limit: the loss rose from 36 to 176 as it was cut."""
    for method, cut in (("momentum", True), ("gd", False)):
        said = after("matyas", method, 5, lr=0.01, clip_norm=1.0).regime
        assert ("where nothing is clipped" in said) is cut


def test_a_script_says_where_rounding_decides_its_end() -> None:
    """RMSProp at 0.1 hops: a script ended 8e-5 from gdsim, 0.05 with another last digit."""
    for method, rate, grows in (("rmsprop", 0.1, True), ("gd", 0.01, False), ("adam", 0.1, False)):
        run = make_run(ARTICLE, method, {"learning_rate": rate})
        assert ("rounding grow" in export(ARTICLE, run, 1000, "numpy").text) is grows


def test_a_run_that_is_carried_away_has_no_pace() -> None:
    """β 0.99 at 99.9 % of the limit: the loss is 13,900 at step 60, from 41.6; it comes home."""
    how: dict[str, Any] = {"lr": 0.168, "momentum": 0.99}
    for step in (15, 60):
        found = after("article", "momentum", step, **how)
        assert found.loss[-1] > 100.0
        assert "pace" not in found.verdict
    assert "some 460 steps for each" in after("article", "momentum", 1500, **how).verdict
