"""`gdsim run`: runs from their start to the end without a window."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gdsim.cli.parser import Parser
from gdsim.cli.run_options import asked_for, file_options
from gdsim.engine.account import Account
from gdsim.engine.answer import answer_of, prediction
from gdsim.engine.data import Data
from gdsim.engine.held_out import held_end
from gdsim.engine.history import THETA
from gdsim.engine.run import check_value, epoch_steps
from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.engine.telling import told_of
from gdsim.engine.verdict import verdict_at
from gdsim.experiment.results import (
    FORMATS,
    check_length,
    check_target,
    column_names,
    write_results,
)
from gdsim.experiment.trajectories import Report, accounts_of, blocks_of, settled_step
from gdsim.runtime.run_snapshots import snapshot_of
from gdsim.runtime.snapshot import Snapshot

PICTURES = (".png", ".svg", ".pdf")
PATIENCE = 0.5
"""Seconds before a terminal shows how far it is, and between two times that it says so."""
MOST_LINES, FEW_LINES = 24, 12
"""Up to so many numbers are all printed; of more than those, so many."""


def command(words: Sequence[str]) -> int:
    """Do what `words` after `run` say; the exit status."""
    options = _parser().parse_args(words)
    asked = asked_for(options)
    problem, tracks, steps = asked.problem, asked.tracks, asked.steps
    wanted = [_numbers(text) for text in options.predict]
    for x in wanted:
        prediction(problem, np.array(problem.start), x)  # what is wrong in it is said before
    for target, formats in ((options.out, FORMATS), (options.plot, PICTURES)):
        if target is not None:
            check_target(target, formats)
    draw_figure = _painter() if options.plot is not None else None
    if options.until_settled:
        steps = settled_step(problem, tracks, steps)
    accounts = accounts_of(problem, tracks)
    blocks = blocks_of(accounts, steps, _progress(steps, options.quiet))
    for lane, (run, _) in enumerate(tracks):
        check_value(problem, run, lane + 1 if len(tracks) > 1 else None)
    if options.out is not None:
        check_length(options.out, steps, len(tracks))
        write_results(options.out, accounts, steps, blocks)
    else:
        for _ in blocks:
            pass
    if draw_figure is not None:
        draw_figure(options.plot, snapshot_of(accounts, steps))
    if not options.quiet:
        if problem.data is not None and problem.data.told is not None:
            print(problem.data.told)
            print(_columns(problem.data))
        for note in problem.notes:
            print(note)
        for lane, account in enumerate(accounts):
            number = f"{lane + 1}. " if len(tracks) > 1 else ""
            print("\n".join(_told(account, steps, number, wanted)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="gdsim run",
        description="Run without a window. With a FILE the options change what its runs say.",
        epilog="Numbers are those of PyTorch, Keras 3 and Optax in float64, to rounding. Keras on "
        "TensorFlow itself rounds some settings to float32 (parameters move by up to 7e-6). In "
        'JSON what is not finite is "NaN", "Infinity" or "-Infinity", texts that float() reads.',
        allow_abbrev=False,
    )
    add = parser.add_argument
    file_options(parser)
    add("--out", type=Path, metavar="FILE.csv|.json|.npz", help="write every step")
    add("--plot", type=Path, metavar="FILE.png|.svg|.pdf", help="draw path, loss and rate")
    add(
        "--predict", action="append", default=[], metavar="V[,V…]",
        help="what the end predicts at these x, in the data's own units; several times if wished",
    )  # fmt: skip
    add(
        "--until-settled", action="store_true",
        help="stop where every run has settled or stands still, after --steps at the latest",
    )  # fmt: skip
    add("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _painter() -> Callable[[Path, Snapshot], None]:
    """What draws the figure, before the run: a missing Qt shall not be found after an hour."""
    try:
        from gdsim.ui.figures.run_figure import draw_figure
    except ImportError as error:
        raise Fault("A picture needs Qt, which does not load: {reason}", reason=error) from None
    return draw_figure


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise Fault(
            "--predict takes numbers with commas between, such as 1650,3, not '{text}'.", text=text
        ) from None


def _told(
    account: Account, steps: int, number: str, wanted: Sequence[Sequence[float]]
) -> list[str]:
    """What a person wants to know of the end, every float so that it round-trips."""
    problem, found = account.problem, verdict_at(account, steps)
    told = told_of(problem, account.run, steps, found.outcome)
    title = account.run_at(steps).family.title
    values, theta = account.last_row.tolist(), account.last_row[THETA:]
    answer = answer_of(problem, theta)
    whose = f"  of its last finite step, {account.last}:" if account.last < steps else ""
    lines = [
        f"{number}{problem.title} · {title} · {_length(account, steps)}: {found.outcome.value}",
        f"  {found.sentence}",
        f"  At its start: {told.regime}",
        *([f"  Why: {told.why}"] if told.why is not None else []),
        *(f"  Would help: {remedy.sentence}." for remedy in told.remedies),
        *([f"  {answer.exact_told}", f"  {answer.run_told}"] if answer is not None else []),
        *([f"  {held}"] if (held := held_end(account)) is not None else []),
        *(f"  {prediction(problem, theta, x)}" for x in wanted),
        *([whose] if whose else []),
        *_listed(column_names(problem)[1 : len(values) + 1], values),
    ]
    own = problem.own_units(theta)
    if not np.array_equal(own, theta, equal_nan=True):
        lines.append("in the data's own units:")
        lines += _listed(problem.own_names, own.tolist())
    return lines


def _columns(data: Data) -> Sentence:
    """Which columns were taken."""
    names = ", ".join(name[:40] for name in data.names[:8]) + (" …" if data.columns > 8 else "")
    return sentence("x: {x}; y: {y}.", x=names, y=data.target[:40])


def _length(account: Account, steps: int) -> str:
    """So many steps, and epochs where samples are drawn."""
    each = epoch_steps(account.problem, account.run)
    return f"{steps} steps" + (f" ({steps / each:.6g} epochs)" if each > 1 else "")


def _listed(names: Sequence[str], values: Sequence[float]) -> list[str]:
    """One line a number; of a network's hundreds the first, and where the others are."""
    shown = len(names) if len(names) <= MOST_LINES else FEW_LINES
    lines = [f"  {n:<14}{v!r}" for n, v in zip(names, values, strict=True)]
    left = len(lines) - shown
    return [*lines[:shown], *([f"  … and {left} more: --out FILE.json has all"] if left else [])]


def _progress(steps: int, quiet: bool) -> Report | None:
    """A line that is rewritten on a terminal; nothing into a pipe."""
    if quiet or not sys.stderr.isatty():
        return None
    began = said = time.monotonic()

    def report(step: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said > PATIENCE or (step >= steps and said > began):
            said = now
            left = (now - began) * (steps - step) / step
            text = f"step {step:,} of {steps:,} ({step / steps:.0%}), {left:,.0f} s left"
            end = "\n" if step >= steps else "\r"
            print(f"{text:<60}", end=end, file=sys.stderr, flush=True)

    return report
