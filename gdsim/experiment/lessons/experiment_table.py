"""An experiment in the words of a lesson's file: `[experiment]` and its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gdsim.engine.data import Data
from gdsim.engine.fields import Settings, fields_of, settings_values
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.reading import MOST_RUNS, MOST_STEPS, experiment_from
from gdsim.experiment.lessons.toml_faults import toml_values
from gdsim.experiment.lessons.toml_text import toml_value
from gdsim.experiment.prepare import prepare_run
from gdsim.experiment.setup import Setup, Track

MOST_POINTS = 200
"""More of them are no pleasure to read in a lesson's file."""


def as_lesson(setup: Setup) -> Setup:
    """The experiment as a lesson can have it: runs numbered from 0 on, not too long."""
    tracks = tuple(replace(track, key=place) for place, track in enumerate(setup.tracks))
    return replace(setup, tracks=tracks, step_limit=min(setup.step_limit, MOST_STEPS))


def in_words(setup: Setup) -> list[str] | None:
    """The lines of `[experiment]` and its runs; None where words cannot say it.

    A run that was changed on its way, and a table of several columns, need a file beside.
    """
    setup = replace(as_lesson(setup), source="")
    lines = _lines(setup)
    if lines is None:
        return None
    try:  # what is read again is what was meant, or it is not said
        table = toml_values("\n".join(lines), "")["experiment"]
        return lines if experiment_from(table, Path()) == setup else None
    except Fault:
        return None


def _lines(setup: Setup) -> list[str] | None:
    problem, runs = setup.problem, [track.run for track in setup.tracks]
    data = problem.own_data
    plain = all(track == Track(track.key, track.run) for track in setup.tracks)
    if not plain or len(runs) > MOST_RUNS or (data is not None and not _is_short(data)):
        return None
    lines = ["[experiment]", f"problem = {toml_value(problem.name)}"]
    if settings := _changed(problem.settings):
        lines.append(f"settings = {toml_value(settings)}")
    if data is not None:
        points = {"x": data.x[0].tolist(), "y": data.y.tolist()}
        lines.append(f"data = {toml_value(points)}")
    starts = {run.start for run in runs}
    start = runs[0].start if len(starts) == 1 else problem.start
    if start != problem.start:
        lines.append(f"start = {toml_value(start)}")
    lines.append(f"steps = {setup.step_limit}")
    for run in runs:
        words = _words_of(problem, run)
        if words is None:
            return None
        if run.start != start:
            words["start"] = run.start
        lines.append("[[experiment.run]]")
        lines += [f"{name} = {toml_value(value)}" for name, value in words.items()]
    return lines


def _is_short(data: Data) -> bool:
    return len(data.x) == 1 and len(data.y) <= MOST_POINTS


def _words_of(problem: Problem, run: Run) -> dict[str, object] | None:
    """What `prepare_run` is to be told; None where it cannot be."""
    for convention in ("", *run.family.conventions):
        words: dict[str, object] = {"optimizer": run.optimizer, "lr": run.learning_rate}
        if convention:
            words["convention"] = convention
        if run.schedule != Run.schedule:
            words["schedule"] = run.schedule
        try:
            usual = prepare_run(problem, **words)  # type: ignore[arg-type] # by their names
        except Fault:
            continue
        words |= _changed(run.settings, usual.settings)
        if planned := _changed(run.schedule_settings, usual.schedule_settings):
            words["schedule_settings"] = planned
        for part in (run.sampling, run.clipping):
            words |= _changed(part)
        try:
            made = prepare_run(problem, start=run.start, **words)  # type: ignore[arg-type] # by names
        except (Fault, TypeError):
            continue
        if made == run:
            return words
    return None


def _changed(settings: Settings, usual: Settings | None = None) -> dict[str, object]:
    """What is not as it is by default, or as in `usual`."""
    declared = {one.name: one.default for one in fields_of(settings)}
    other: Mapping[str, object] = declared if usual is None else settings_values(usual)
    return {
        name: value for name, value in settings_values(settings).items() if value != other[name]
    }
