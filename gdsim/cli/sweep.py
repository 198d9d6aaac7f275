"""`gdsim sweep`: a grid of runs over one field or two, without a window."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gdsim.cli.parser import MAX_STEPS, Parser
from gdsim.cli.progress import progress
from gdsim.cli.run_options import (
    experiment_from,
    experiment_options,
    finite_number,
    whole_number,
)
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.sentences import Fault, number
from gdsim.engine.sweep.grid import Grid, brings_rate, make_grid
from gdsim.engine.sweep.judge import NEVER, Goal
from gdsim.engine.sweep.pieces import Outcomes
from gdsim.engine.sweep.words import MOST_RUNS, MOST_STEPS, regimes_of, words_of
from gdsim.experiment.results import check_target
from gdsim.experiment.sweep_results import SWEEP_FORMATS, Words, write_sweep
from gdsim.runtime.sweeping import run_sweep

PICTURES = (".png", ".svg", ".pdf")
TOLERANCE = 0.05


def command(words: Sequence[str]) -> int:
    """Do what `words` after `sweep` say; the exit status."""
    options = _parser().parse_args(words)
    specs = _specs(options.grid)
    rate = brings_rate(text.partition("=")[0] for text in options.set)
    if brings_rate(specs) and options.lr is None and not rate:
        options.lr = "1"  # each run has another in its place
    problem, run = experiment_from(options)
    grid = make_grid(problem, run, specs)
    steps = whole_number(options.steps, "--steps", 1, MAX_STEPS)
    jobs = None if options.jobs is None else whole_number(options.jobs, "--jobs", 1, 256)
    goal = _goal(options, grid)
    for target, formats in ((options.out, SWEEP_FORMATS), (options.plot, PICTURES)):
        if target is not None:
            check_target(target, formats)
    draw = None if options.plot is None else _painter()
    began = time.monotonic()
    report = progress(grid.size, quiet=options.quiet)
    outcomes = run_sweep(grid, steps, goal, jobs=jobs, report=report)
    took = time.monotonic() - began
    told = words_of(grid, steps) if options.out is not None or not options.quiet else None
    if options.out is not None:
        write_sweep(options.out, outcomes, told, regimes_of(grid, steps))
    if draw is not None:
        draw(options.plot, outcomes)
    if not options.quiet:
        print("\n".join(_told(outcomes, told, took)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="gdsim sweep",
        description="Run a grid of settings without a window, on all cores.",
        epilog="SPEC is lin:LOW:HIGH:COUNT, log:LOW:HIGH:COUNT, or values with commas between. KEY "
        "is lr, a setting of the optimizer or schedule, clip_norm, clip_value, seed, batch_size, "
        "optimizer, schedule, or a parameter (its start), such as theta_0.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    experiment_options(parser)
    add(
        "--grid", action="append", default=[], metavar="KEY=SPEC",
        help="the values that a field takes; once, or twice for all combinations",
    )  # fmt: skip
    add("--steps", default="1000", metavar="N", help="updates of each run (1000)")
    add(
        "--tolerance", metavar="F",
        help=f"settled is: within this distance of the nearest minimum to the end ({TOLERANCE})",
    )  # fmt: skip
    add("--target-loss", metavar="F", help="settled is instead: at most at this loss to the end")
    add(
        "--out",
        type=Path,
        metavar="FILE.npz|.csv",
        help="write what became of each run; "
        f"its outcome and regime too, up to {MOST_RUNS:,} runs and {MOST_STEPS:,} runs × steps",
    )
    add("--plot", type=Path, metavar="FILE.png|.svg|.pdf", help="draw it as a map")
    add("--jobs", metavar="N", help="threads at most (one a core)")
    add("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _specs(texts: Sequence[str]) -> dict[str, object]:
    specs: dict[str, object] = {}
    for text in texts:
        key, equals, spec = text.partition("=")
        if not equals or not key or not spec:
            raise Fault(
                "--grid takes KEY=SPEC, such as lr=log:1e-4:1:200, not '{text}'.", text=text
            )
        if key in specs:
            raise Fault("--grid names {key} twice: name two different fields.", key=key)
        specs[key] = spec
    if not specs:
        raise Fault("What shall be swept over? For instance: --grid lr=log:1e-4:1:200")
    return specs


def _goal(options: argparse.Namespace, grid: Grid) -> Goal:
    if options.target_loss is not None:
        if options.tolerance is not None:
            raise Fault("Give --tolerance or --target-loss, not both.")
        return Goal(loss=finite_number(options.target_loss, "--target-loss"))
    if options.tolerance is None:
        return Goal(tolerance=TOLERANCE if grid.problem.minima else None)
    tolerance = finite_number(options.tolerance, "--tolerance")
    if tolerance <= 0.0:
        raise Fault("--tolerance must be greater than zero, not {value}.", value=options.tolerance)
    if not grid.problem.minima:
        raise Fault(
            "No minimum of '{problem}' is known to be near to: give --target-loss instead.",
            problem=grid.problem.name,
        )
    return Goal(tolerance=tolerance)


def _painter() -> Callable[[Path, Outcomes], None]:
    """What draws the map, before the sweep: a missing Qt shall not be found after an hour."""
    try:
        from gdsim.ui.figures.sweep_figure import draw_sweep
    except ImportError as error:
        raise Fault("A picture needs Qt, which does not load: {reason}", reason=error) from None
    return draw_sweep


def _told(outcomes: Outcomes, words: Words, seconds: float) -> list[str]:
    """What a person wants to know at once."""
    grid = outcomes.grid
    title = grid.run.family.title
    if any(axis.name == "optimizer" for axis in grid.axes):
        title = f"{len(grid.axes[0])} optimizers"
    size = " × ".join(f"{len(axis):,}" for axis in grid.axes)
    lines = [
        f"{grid.problem.title} · {title} · {size} runs · {outcomes.steps:,} steps · {seconds:.1f} s"
    ]
    settled, diverged = outcomes.settled != NEVER, outcomes.diverged != NEVER
    if settled.any():
        steps = np.where(settled, outcomes.settled, np.iinfo(np.int64).max)
        place = _least(steps)
        lines.append(f"  settled   {settled.sum():,}")
        lines.append(f"  soonest   step {steps[place]:,} {_where(grid, place)}")
    elif outcomes.goal.tolerance is not None or outcomes.goal.loss is not None:
        lines.append("  settled   none")
    lines.append(f"  diverged  {diverged.sum():,}")
    losses = np.where(diverged | ~np.isfinite(outcomes.loss), np.inf, outcomes.loss)
    if np.isfinite(losses).any():
        place = _least(losses)
        lines.append(f"  lowest    {float(losses[place])!r} {_where(grid, place)}")
    if words is None:
        lines.append(f"  outcomes  told up to {MOST_RUNS:,} runs and {MOST_STEPS:,} runs × steps")
    else:
        names, counts = np.unique(words, return_counts=True)
        each = ", ".join(f"{name} {n:,}" for name, n in zip(names, counts, strict=True))
        lines.append(f"  outcomes  {each}")
    return lines


def _least(values: Array | Indices) -> tuple[int, ...]:
    """The place of the least of them."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmin(values)), values.shape))


def _where(grid: Grid, places: tuple[int, ...]) -> str:
    values = [(axis.name, axis.value(p)) for axis, p in zip(grid.axes, places, strict=True)]
    words = [f"{name} = {v if isinstance(v, str) else number(float(v))}" for name, v in values]
    return "at " + ", ".join(words)
