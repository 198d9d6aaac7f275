"""Every method by playback and by NumPy, bit for bit.

    python -m tests.trials.playback [--every N] [problem …]

Optimizers × conventions × problems × lanes (1, 2, 3, 8, 64) × batches × schedules × clipping, some
hundred steps each; of all these every Nth. Prints what was counted, what differed, and what was
not played back and why.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from gdsim.engine import group
from gdsim.engine.fields import fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS, Problem, make_problem
from gdsim.engine.replay.kernel import describe
from gdsim.engine.run import Run, make_run
from gdsim.engine.simulation import Simulation

LANES = (1, 2, 3, 8, 64)
SCHEDULES = ("constant", "cosine")
BLOCKS = (1, 7, 64, 128)


def main(names: list[str], every: int) -> int:
    """Go through all of it, or every so-manieth; 1 where anything differed."""
    print(f"playback {describe()}")
    began, cases, played = time.monotonic(), 0, 0
    differed: list[str] = []
    refused: Counter[str] = Counter()
    for problem in _problems(names):
        for what, runs in itertools.islice(_cases(problem), 0, None, every):
            plain, _ = _bits(problem, runs, 10**12)
            found, groups = _bits(problem, runs, 1)
            cases += 1
            if plain != found:
                differed.append(what)
            played += all(one.is_played for one in groups)
            refused.update(f"{what.split()[1]}: {one.refused}" for one in groups if one.refused)
        print(
            f"{problem.name:16} {cases:6} cases, {played} played, {len(differed)} differ",
            flush=True,
        )
    for what in differed:
        print("differs:", what)
    for why, count in refused.most_common():
        print(f"{count:6} not played: {why}")
    print(f"{time.monotonic() - began:.0f} s")
    return bool(differed)


def _problems(names: list[str]) -> Iterator[Problem]:
    for kind in PROBLEMS:
        if not names or kind.name in names:
            yield make_problem(kind.name, None, {})
    if not names or "network" in names:
        for hidden in ("8,8", "3,2"):
            yield make_problem("network", None, {"hidden": hidden, "activation": "relu"})


def _cases(problem: Problem) -> Iterator[tuple[str, list[Run]]]:
    for family in OPTIMIZERS:
        declared = {item.name for item in fields_of(family.Settings)}
        conventions = family.conventions if "convention" in declared else ("",)
        batches = (0, 1, 3) if problem.size else (0,)
        whole = itertools.product(conventions, LANES, batches, SCHEDULES, (False, True))
        for convention, lanes, batch, schedule, clips in whole:
            settings: dict[str, object] = {"convention": convention} if convention else {}
            runs = []
            for lane in range(lanes):
                settings["learning_rate"] = problem.learning_rate * (1.0 - 0.9 * lane / lanes)
                planned = schedule if family.own_rate is None else "constant"
                run = make_run(problem, family.name, dict(settings), schedule=planned)
                if batch:
                    run = replace(run, sampling=replace(run.sampling, batch_size=batch, seed=lane))
                if clips:
                    clipping = replace(run.clipping, clip_norm=0.7, clip_value=0.5)
                    run = replace(run, clipping=clipping)
                runs.append(run)
            words = (problem.name, family.name, convention, lanes, batch, schedule, clips)
            yield " ".join(map(str, words)), runs


def _bits(problem: Problem, runs: list[Run], worth: int) -> tuple[list[bytes], list[group.Group]]:
    group.WORTH = worth
    simulation = Simulation(problem, runs)
    blocks = [simulation.advance(count) for count in BLOCKS]
    numbers = [part.tobytes() for b in blocks for part in (b.theta, b.loss, b.rate, b.count)]
    return numbers, [one for _, one, _ in simulation._groups]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("problems", nargs="*")
    asked = parser.parse_args()
    sys.exit(main(asked.problems, asked.every))
