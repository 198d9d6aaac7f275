"""Command line, notebook, sweep and window say the same of the same run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import gdsim
from gdsim.cli.main import main
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.runtime.session import Session
from tests.setups import setup_of

FALLING = {"start_factor": 1.0, "end_factor": 0.0, "total_steps": 4000}


def test_a_run_that_left_the_limit_and_came_back(tmp_path: Path) -> None:
    """The quadratic, Adam 1500 falling to 0 over 4000 steps: it is at home by step 6000."""
    steps = 6000
    said = gdsim.simulate(
        "quadratic", "adam", lr=1500.0, schedule="linear", schedule_settings=FALLING, steps=steps
    )
    assert (said.outcome, said.diverged_at) == ("converged", None)
    found = gdsim.sweep(
        "quadratic", "adam", grid={"lr": [1500.0, 1.0]}, schedule="linear",
        schedule_settings=FALLING, steps=steps,
    )  # fmt: skip
    assert found.diverged.tolist() == [-1, -1]
    assert found.loss[0] == said.loss[-1]
    problem = make_problem("quadratic")
    run = make_run(problem, "adam", {"learning_rate": 1500.0}, "linear", FALLING)
    session = Session(setup_of(problem, run, limit=steps))
    while session.advance(1000):
        pass
    shown = session.snapshot(0, False, 0.0).runs[0]
    assert shown.outcome.value == said.outcome
    target = tmp_path / "run.json"
    words = ["run", "--problem", "quadratic", "--optimizer", "adam", "--lr", "1500"]
    planned = [f"{name}={value}" for name, value in FALLING.items()]
    words += ["--schedule", "linear", "--schedule-set", *planned]
    assert main([*words, "--steps", str(steps), "--out", str(target), "--quiet"]) == 0
    whole = json.loads(target.read_text(encoding="utf-8"))
    assert (whole["outcome"], whole["diverged_at"]) == (said.outcome, None)


@pytest.mark.parametrize("rate", [0.09, 0.12])
def test_a_run_that_stays_beyond_the_limit(rate: float) -> None:
    said = gdsim.simulate("article", lr=rate, steps=400)
    found = gdsim.sweep("article", grid={"lr": [rate, 0.01]}, steps=400)
    assert said.outcome == "diverged"
    assert found.diverged.tolist() == [said.diverged_at, -1]
    problem = make_problem("article")
    session = Session(
        setup_of(problem, make_run(problem, "gd", {"learning_rate": rate}), limit=400)
    )
    while session.advance(37):
        pass
    shown = session.snapshot(0, False, 0.0).runs[0]
    assert shown.outcome.value == said.outcome
    assert f"step {said.diverged_at}:" in str(shown.verdict)


@pytest.mark.parametrize(
    ("formula", "rate", "start", "steps"),
    [("x^3", 1e6, -1.0, 20), ("x^3", 0.01, -1.0, 100), ("-x^2", 0.1, 1.0, 4500),
     ("log(x)", 0.1, 1.0, 30), ("-exp(x)", 1.0, 1.0, 30), ("x + sqrt(x)", 0.5, 1.0, 30)],
)  # fmt: skip
def test_a_loss_that_falls_below_all_numbers_leaves_at_one_step(
    formula: str, rate: float, start: float, steps: int
) -> None:
    """θ itself may be finite for long, as on −x²."""
    how: dict[str, Any] = {
        "problem": "expression", "problem_settings": {"expression": formula},
        "start": (start,), "steps": steps,
    }  # fmt: skip
    said = gdsim.simulate(**how, lr=rate)
    found = gdsim.sweep(**how, grid={"lr": [rate, 1e-4]}, target_loss=-1e300)
    assert said.diverged_at is not None
    assert found.diverged.tolist() == [said.diverged_at, -1]
    assert found.loss[0] == said.loss[said.diverged_at - 1]


@pytest.mark.parametrize(
    ("formula", "start", "reason"),
    [("1/x", 0.0, "1 divided by 0"), ("log(x)", 0.0, "log of 0"), ("sqrt(x)", -1.0, "root of -1")],
)
def test_a_start_without_a_value_is_refused(
    formula: str, start: float, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a run alone would begin nothing is run; of a sweep over starts one place has none."""
    how: dict[str, Any] = {
        "problem": "expression", "problem_settings": {"expression": formula}, "steps": 3
    }  # fmt: skip
    with pytest.raises(ValueError, match=f"No value where the run starts.*{reason}"):
        gdsim.simulate(**how, lr=0.01, start=(start,))
    with pytest.raises(ValueError, match=f"No value where the run starts.*{reason}"):
        gdsim.sweep(**how, start=(start,), grid={"lr": [0.01, 0.02]})
    words = ["--problem", "expression", "--expression", formula]
    for command in (["run"], ["sweep", "--grid", "lr=0.01,0.02"]):
        assert main([*command, *words, f"--start={start}"]) == 2
        said = capsys.readouterr()
        assert reason in said.err
        assert not said.out
    found = gdsim.sweep(**how, lr=0.01, start=(start,), grid={"x": [start, 2.0]})
    assert found.outcome is not None
    assert found.outcome.tolist() == ["no value", "moving"]
    assert found.diverged.tolist() == [0, -1]
    at_start = gdsim.simulate(
        "expression", problem_settings={"expression": "exp(x)"}, start=(1e3,), lr=0.1, steps=3
    )
    # Too large is no lack of a value.
    assert (at_start.outcome, at_start.diverged_at) == ("diverged", 0)


@pytest.mark.parametrize(
    ("problem", "optimizer", "rate", "schedule", "begins"),
    [
        ("article", "sgd", 0.05, "constant", "Rate 0.05 is below 0.0825"),
        ("article", "momentum", 0.2, "warmup_cosine", "The rate peaks at 0.2 at step 100"),
        ("rosenbrock", "gd", 0.01, "constant", "Rate 0.01 is unstable here"),
    ],
)
def test_what_its_rates_will_do_why_and_what_would_help(
    problem: str, optimizer: str, rate: float, schedule: str, begins: str,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    steps = 300
    said = gdsim.simulate(problem, optimizer, lr=rate, schedule=schedule, steps=steps)
    assert said.regime.startswith(begins)
    target = tmp_path / "run.json"
    words = ["run", "--problem", problem, "--optimizer", optimizer, "--lr", str(rate)]
    words += ["--schedule", schedule, "--steps", str(steps), "--out", str(target)]
    assert main(words) == 0
    printed = capsys.readouterr().out
    whole = json.loads(target.read_text(encoding="utf-8"))
    told = [whole["regime"], whole["why"] or "", tuple(whole["remedies"])]
    assert told == [said.regime, said.why, said.remedies]
    for text in (said.regime, said.why, *said.remedies):
        assert text in printed
    made = make_problem(problem)
    run = make_run(made, optimizer, {"learning_rate": rate}, schedule)
    session = Session(setup_of(made, run, limit=steps))
    assert str(session.snapshot(0, False, 0.0).runs[0].verdict) == said.regime
    while session.advance(100):
        pass
    shown = session.snapshot(0, False, 0.0).runs[0]
    assert tuple(str(remedy.sentence) for remedy in shown.remedies) == said.remedies
    assert bool(said.remedies) is (said.outcome == "diverged")
