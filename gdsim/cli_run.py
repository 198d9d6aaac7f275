"""`gdsim run` and `gdsim list`: a run without a window, and what there is to run."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gdsim import __version__
from gdsim.cli_experiment import experiment_from, experiment_options, whole_number
from gdsim.cli_parser import MAX_STEPS, Parser
from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import Outcome, judge
from gdsim.engine.fields import fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS
from gdsim.engine.schedules import SCHEDULES
from gdsim.experiment.results import check_format, column_names, rows_of, write_results


def command(words: Sequence[str]) -> int:
    """Run `words`, which begin with `run` or `list`; the exit status."""
    if words[0] == "run":
        return _run(_run_parser().parse_args(words[1:]))
    return _list(_list_parser().parse_args(words[1:]))


def _run_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="gdsim run", description="Run without a window.", allow_abbrev=False)
    add = parser.add_argument
    experiment_options(parser)
    add("--steps", default="1000", metavar="N")
    add("--out", type=Path, metavar="FILE.csv|.json|.npz", help="write every step")
    add("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _list_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="gdsim list", description="What there is.", allow_abbrev=False)
    parser.add_argument("what", choices=("problems", "optimizers", "schedules"))
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


def _list(options: argparse.Namespace) -> int:
    entries: list[dict[str, object]] = []
    if options.what == "problems":
        entries = [
            {
                "name": p.name,
                "title": p.title,
                "formula": p.formula,
                "parameters": [q.name for q in p.parameters],
            }
            for p in PROBLEMS
        ]
    else:
        for family in OPTIMIZERS if options.what == "optimizers" else SCHEDULES:
            formula: str | tuple[str, ...] = family.formula
            entries.append(
                {
                    "name": family.name,
                    "title": family.title,
                    "formula": formula if isinstance(formula, str) else list(formula),
                    "settings": {f.name: f.default for f in fields_of(family.Settings)},
                }
            )
    if options.json:
        print(json.dumps(entries, ensure_ascii=False, indent=1))
        return 0
    for entry in entries:
        lines = entry["formula"]
        text = "; ".join(lines) if isinstance(lines, list) else lines
        print(f"{entry['name']:<16}{entry['title']}: {text}")
    return 0


def _run(options: argparse.Namespace) -> int:
    problem, run = experiment_from(options)
    steps = whole_number(options.steps, "--steps", 1, MAX_STEPS)
    recent: deque[Array] = deque(maxlen=16)
    last: list[Array] = []

    def watched(rows: Iterator[Array]) -> Iterator[Array]:
        for block in rows:
            recent.extend(block[-16:, 3:])
            last[:] = [block[-1]]
            if not first:
                first.append(float(block[0, 2]))
            yield block

    def summary() -> dict[str, object]:
        row = last[0]
        theta = row[3:]
        alive = bool(np.isfinite(row[2:]).all()) and row[2] <= 1e6 * max(first[0], 1.0)
        outcome = judge(
            problem, first[0], theta, float(row[2]), np.array(recent), alive=alive, at_limit=True
        )
        if outcome is Outcome.NOT_A_NUMBER and not math.isfinite(first[0]):
            outcome = Outcome.NOT_A_NUMBER
        names = [p.name for p in problem.parameters]
        return {
            "gdsim": __version__,
            "problem": problem.name,
            "optimizer": run.optimizer,
            "steps": int(row[0]),
            "outcome": outcome.value,
            "loss": float(row[2]),
            "parameters": dict(zip(names, map(float, theta), strict=True)),
        }

    first: list[float] = []
    rows = watched(rows_of(problem, run, steps, _progress(steps, options.quiet)))
    if options.out is not None:
        check_format(options.out)
        write_results(options.out, problem, rows, summary)
    else:
        for _ in rows:
            pass
    if not options.quiet:
        found = summary()
        print(f"{problem.title} · {run.family.title} · {found['steps']} steps: {found['outcome']}")
        for name, value in zip(column_names(problem)[2:], last[0][2:], strict=True):
            print(f"  {name:<12}{float(value)!r}")
    return 0


def _progress(steps: int, quiet: bool) -> Callable[[int], None] | None:
    """A line that is rewritten on a terminal; nothing into a pipe."""
    if quiet or not sys.stderr.isatty():
        return None
    began = time.monotonic()

    def report(step: int) -> None:
        if time.monotonic() - began > 0.5:
            end = "\n" if step >= steps else "\r"
            print(f"step {step:,} of {steps:,}", end=end, file=sys.stderr, flush=True)

    return report
