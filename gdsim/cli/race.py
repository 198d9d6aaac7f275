"""`gdsim race`: optimizers tuned with one budget, without a window."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from gdsim.api.table import csv_of
from gdsim.cli.parser import MAX_STEPS, Parser
from gdsim.cli.problem_options import problem_from, problem_options
from gdsim.cli.progress import progress
from gdsim.cli.run_options import any_run_options, finite_number, run_from, whole_number
from gdsim.engine.arrival import TOLERANCE
from gdsim.engine.fields import Value, given_twice
from gdsim.engine.race.race import make_race
from gdsim.engine.race.rates import MOST_RATES, read_rates
from gdsim.engine.race.score import Scores
from gdsim.engine.sentences import number
from gdsim.experiment.race_results import RACE_FORMATS, race_columns
from gdsim.experiment.results import check_target
from gdsim.runtime.racing import run_race

OPTIMIZERS = "gd,momentum,adam"
WORDS = "optimizer", "outcome"
"""Columns of the table that hold no numbers."""


def command(words: Sequence[str]) -> int:
    """Do what `words` after `race` say; the exit status."""
    options = _parser().parse_args(words)
    problem = problem_from(options)
    runs = []
    for name in _names(options.optimizers):
        options.optimizer = name
        runs.append(run_from(options, problem))
    race = make_race(
        problem, runs, whole_number(options.steps, "--steps", 1, MAX_STEPS),
        tolerance=_number(options.tolerance, "--tolerance"),
        distance=_number(options.distance, "--distance"),
        loss=_number(options.target_loss, "--target-loss"),
        rates=None if options.rates is None else read_rates(options.rates),
        field=options.field,
        refine=whole_number(options.refine, "--refine", 0, MOST_RATES),
    )  # fmt: skip
    jobs = None if options.jobs is None else whole_number(options.jobs, "--jobs", 1, 256)
    if options.out is not None:
        check_target(options.out, RACE_FORMATS)
    began = time.monotonic()
    size = sum(grid.size for grid in race.grids)
    scores = run_race(race, jobs=jobs, report=progress(size, quiet=options.quiet))
    if options.out is not None:
        csv_of(race_columns(scores), options.out)
    if not options.quiet:
        print("\n".join(_told(scores, time.monotonic() - began)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="gdsim race",
        description="Tune optimizers with the same budget of rates and steps, and tell how soon "
        "each stays near the minimum at its best rate, and how many decades of rates are good: "
        "those that need at most twice the best steps.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    problem_options(parser)
    add("--optimizers", default=OPTIMIZERS, metavar="NAME,NAME…", help=f"({OPTIMIZERS})")
    any_run_options(parser)
    add("--steps", default="1000", metavar="N", help="updates of each run (1000)")
    add(
        "--field", default="lr", metavar="NAME[=SPEC]",
        help="tune this field beside the rate, over its usual values or over SPEC: "
        "lin:LOW:HIGH:COUNT, log:LOW:HIGH:COUNT, or values with commas between (lr: the rate "
        "alone)",
    )  # fmt: skip
    add(
        "--tolerance", metavar="F",
        help="a run is there once its loss stays at most so far above the least, that of the "
        f"minimum or else the least that any run finds ({TOLERANCE})",
    )  # fmt: skip
    add("--distance", metavar="F", help="instead: once it stays so near to a known minimum")
    add("--target-loss", metavar="F", help="instead: once it stays at or below this loss")
    add(
        "--rates", metavar="log:LOW:HIGH:COUNT",
        help="the rates that each is given (20 a decade from 0.001 to 10, and on where needed)",
    )  # fmt: skip
    add("--refine", default="0", metavar="N", help="so many more rates about the best (0)")
    add("--out", type=Path, metavar="FILE.csv", help="write the table")
    add("--jobs", metavar="N", help="threads at most (one a core)")
    add("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if names.count(name) > 1:
            raise given_twice(name, name, name)
    return names


def _number(text: str | None, option: str) -> float | None:
    return None if text is None else finite_number(text, option)


def _told(scores: Scores, seconds: float) -> list[str]:
    """The table that a person reads."""
    race = scores.race
    rates = race.rates
    lines = [
        f"{race.problem.title} · {race.steps:,} steps · {rates.count:,} rates from "
        f"{number(rates.low)} to {number(rates.high)} · {seconds:.1f} s",
        f"  there once {_finish(scores)}",
    ]
    field = next((score.field for score in scores.runs if score.field is not None), None)
    rows = [["optimizer", "best lr", "steps", "before", "decades", "outcome"]]
    rows[0] += [] if field is None else [field.name]
    for score in scores.runs:
        width = score.width_decades
        decades = "–" if width is None else f"{'> ' if score.is_cut else ''}{width:.3g}"
        rows.append([
            score.optimizer, number(score.best_lr, 4), _steps(score.steps),
            _steps(score.steps_before), decades, score.outcome,
            *([] if field is None else [_value(score.field_value)]),
        ])  # fmt: skip
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(size) if column in WORDS else cell.rjust(size)
            for column, cell, size in zip(rows[0], row, sizes, strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def _finish(scores: Scores) -> str:
    finish, least = scores.race.finish, scores.least
    if finish.distance is not None:
        return f"it stays within {number(finish.distance)} of a minimum"
    if finish.tolerance is None or least is None:
        return f"the loss stays at most {number(finish.loss or 0.0)}"
    found = "least found" if scores.is_found else "least"
    return f"the loss stays within {number(finish.tolerance)} of the {found}, {number(least)}"


def _value(value: Value | None) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else number(float(value), 4)


def _steps(steps: int | None) -> str:
    return "never" if steps is None else f"{steps:,}"
