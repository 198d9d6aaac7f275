"""The runs in numbers, a row each, as the table shows them and a spreadsheet takes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrival import arrival
from gdsim.engine.problems import Problem
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.controls.run_line import Standing, standing
from gdsim.ui.language import tr
from gdsim.ui.scene import Scene
from gdsim.ui.theme import RunStyle


@dataclass(frozen=True, slots=True)
class Row:
    """One run at the step that is seen; None where a number is not known, or not told."""

    key: int
    style: RunStyle
    name: str
    rate: float
    standing: Standing
    steps: int | None
    """From which on its loss stays within the tolerance, as far as is recorded."""
    loss: float | None
    above: float | None
    """The loss above the least one."""
    distance: float | None
    """From θ to the nearest known minimum."""
    outcome: str


def rows_of(snapshot: Snapshot, scene: Scene) -> tuple[Row, ...]:
    """A row for each run that is set and shown, in their order."""
    setup = scene.setup
    if setup is None or snapshot.problem is not setup.problem:
        return ()
    step, rows = scene.step(snapshot), []
    for track in setup.tracks:
        shown = snapshot.run(track.key)
        if shown is not None and track.key in scene.styles:
            run = track.at(step)
            name = tr(run.family.title, "optimizer")
            rows.append(_row(snapshot.problem, shown, scene, step, name, run.learning_rate))
    return tuple(rows)


def _row(
    problem: Problem, shown: RunSnapshot, scene: Scene, step: int, name: str, rate: float
) -> Row:
    judged, counted = "verdict" not in scene.hides, "loss" not in scene.hides
    least = problem.least_loss if counted else None
    return Row(
        key=shown.key,
        style=scene.styles[shown.key],
        name=name,
        rate=rate,
        standing=standing(problem, shown, step) if judged and counted else ("", "", "muted"),
        steps=None if least is None or not judged else arrival(shown.trace, least),
        loss=shown.loss if counted else None,
        above=None if least is None else shown.loss - least,
        distance=_distance(problem, shown) if counted else None,
        outcome=shown.outcome.value if judged else "",
    )


def _distance(problem: Problem, shown: RunSnapshot) -> float | None:
    if not problem.minima:
        return None
    ways = np.array(problem.minima) - shown.theta
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(ways * ways, axis=1)).min())


def as_csv(rows: Sequence[Row], step: int) -> str:
    """The rows in their order, with names that do not depend on the language."""
    stream = io.StringIO()
    write = csv.writer(stream, lineterminator="\n").writerow
    write(["run", "optimizer", "learning_rate", "step", "steps_to_tolerance", "loss",
           "above_minimum", "distance", "outcome"])  # fmt: skip
    for row in rows:
        numbers = (row.steps, row.loss, row.above, row.distance)
        told = ["" if value is None else repr(value) for value in numbers]
        write([row.style.label, row.name, repr(row.rate), step, *told, row.outcome])
    return stream.getvalue()
