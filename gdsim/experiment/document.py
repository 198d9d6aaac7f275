"""The experiment that is saved and shared: problem, data, runs with their changes, and the view.

A document is readable JSON. Everything in it is checked on the way in; what is wrong is named by
its place, as in `runs[1].settings.learning_rate`.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from gdsim import __version__
from gdsim.engine.data import Data, check_whole, column_names, data_of
from gdsim.engine.fields import make_settings, settings_values
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import METHODS, PARTS, Run, run_of, run_values
from gdsim.engine.sentences import Fault, Sentence
from gdsim.experiment.setup import MOST_RUNS, MOST_STEPS, Setup, Track, first_setup
from gdsim.experiment.view_state import OPTIONS, ViewOptions, ViewState
from gdsim.system.files import read_at_most, written_aside

FORMAT = "gdsim"
VERSION = 2
MOST_BYTES = 1 << 30
MOST_SIGNS = 5_000_000
"""Quotes and opening brackets: what stands in them takes up to 30 times its bytes in memory."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that decides what is seen; two with the same JSON are the same."""

    setup: Setup
    view: ViewState = field(default_factory=ViewState)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Experiment) and to_json(self) == to_json(other)

    __hash__ = None  # type: ignore[assignment] # equal by their JSON


def default_experiment() -> Experiment:
    """What gdsim opens with."""
    return Experiment(first_setup())


def to_json(experiment: Experiment) -> str:
    """The document's text; every float round-trips."""
    setup = experiment.setup
    problem: dict[str, object] = {"name": setup.problem.name}
    if settings := settings_values(setup.problem.settings):
        problem["settings"] = settings
    if (data := setup.problem.own_data) is not None:
        problem["source"] = setup.source
        problem["names"], problem["target"] = list(data.names), data.target
        problem["x"], problem["y"] = data.x.tolist(), data.y.tolist()
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"gdsim {__version__}",
        "problem": problem,
        "runs": [_track_values(track) for track in setup.tracks],
        "step_limit": setup.step_limit,
        "view": _view_values(experiment.view),
    }
    return _readable(whole) + "\n"


def from_json(text: str, file: str | Sentence = "document") -> Experiment:
    """Read a document; `Fault` names `file`, the place in it and what is wrong."""
    try:
        whole = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        place = f" ({error})" if isinstance(error, json.JSONDecodeError) else ""
        raise Fault(
            "{file} is damaged or no gdsim experiment{place}. Open another file; "
            "nothing was changed.",
            file=file, place=place,
        ) from None  # fmt: skip
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise Fault("{file} is not a gdsim experiment.", file=file)
    version = whole.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Fault(
            "{file} was made by a newer gdsim ({maker}). Install that version to open it.",
            file=file, maker=str(whole.get("made_by", version)),
        )  # fmt: skip
    reader = _Reader(file)
    if isinstance(version, bool) or version not in range(1, VERSION + 1):
        reader.refuse("version", version)
    reader.only(whole, "", "format", "version", "made_by", "problem", "runs", "step_limit", "view")
    name, data, source, chosen = reader.problem(whole.get("problem"))
    try:
        problem = make_problem(name, data, chosen)
    except Fault as fault:
        reader.fail("problem", fault)
    listed = whole.get("runs")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_RUNS:
        raise reader.fault("runs", "a list of 1 to {count} runs", count=MOST_RUNS)
    tracks = tuple(reader.track(problem, item, key) for key, item in enumerate(listed))
    limit = reader.whole_number(whole.get("step_limit", 1000), "step_limit", 1, MOST_STEPS)
    view = reader.view(whole.get("view", {}), len(tracks))
    return Experiment(Setup(problem, tracks, limit, source), view)


def load(path: str | os.PathLike[str]) -> Experiment:
    """Read a `.gdsim` file; `Fault` says what is wrong with it."""
    path = Path(path)
    raw = read_at_most(path, MOST_BYTES + 1)
    if len(raw) > MOST_BYTES or sum(map(raw.count, (b"[", b"{", b'"'))) > MOST_SIGNS:
        raise Fault("{file} is too large for an experiment.", file=path.name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Fault("{file} is not a gdsim experiment.", file=path.name) from None
    return from_json(text, path.name)


def save(path: str | os.PathLike[str], experiment: Experiment) -> None:
    """Write a `.gdsim` file, whole or not at all."""
    raw = to_json(experiment).encode()
    if len(raw) > MOST_BYTES:  # it could be opened no more
        raise Fault(
            "{file} would be too large for an experiment: take fewer columns or rows of the data.",
            file=Path(path),
        )  # fmt: skip
    with written_aside(path) as aside:
        aside.write_bytes(raw)


def _track_values(track: Track) -> dict[str, object]:
    values = run_values(track.run)
    if track.branched:
        values["branched"] = track.branched
    if track.changes:
        values["changes"] = [{"step": step, **run_values(later)} for step, later in track.changes]
    return values


def _view_values(view: ViewState) -> dict[str, object]:
    options = settings_values(view.options)
    return {**options, "selected": view.selected, "hidden": list(view.hidden)}


def _readable(whole: Mapping[str, object]) -> str:
    """JSON with one line a run and a setting's group, and long lists on one line."""
    return "{\n" + ",\n".join(_lines(key, value, 1) for key, value in whole.items()) + "\n}"


def _lines(key: str, value: object, depth: int) -> str:
    indent = " " * depth
    name = f"{indent}{json.dumps(key)}: "
    if isinstance(value, Mapping) and value and depth < 4:
        inner = ",\n".join(_lines(str(k), v, depth + 1) for k, v in value.items())
        return f"{name}{{\n{inner}\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        items = ",\n".join(
            f"{indent} {{\n"
            + ",\n".join(_lines(str(k), v, depth + 2) for k, v in item.items())
            + f"\n{indent} }}"
            for item in value
        )
        return f"{name}[\n{items}\n{indent}]"
    return name + json.dumps(value, ensure_ascii=False, allow_nan=False)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a finite number")


class _Reader:
    """Checks the parts of a document; what is wrong becomes a `Fault` with its place."""

    def __init__(self, file: str | Sentence) -> None:
        self._file = file

    def fault(self, place: str, wanted: str, **values: object) -> Fault:
        """Something of another kind was expected."""
        return Fault(
            "{file}: {place} must be {wanted}.",
            file=self._file, place=place, wanted=Sentence(wanted, values),
        )  # fmt: skip

    def refuse(self, place: str, value: object) -> NoReturn:
        raise Fault(
            "{file}: {place} cannot be {value}.",
            file=self._file, place=place, value=repr(value),
        )  # fmt: skip

    def fail(self, place: str, fault: Fault) -> NoReturn:
        raise Fault(
            "{file}: {place}: {reason}", file=self._file, place=place, reason=fault.sentence
        ) from None

    def only(self, found: Mapping[str, object], place: str, *known: str) -> None:
        for key in found:
            if key not in known:
                raise Fault(
                    "{file}: {place} is not known to this version of gdsim.",
                    file=self._file, place=f"{place}.{key}".lstrip("."),
                )  # fmt: skip

    def mapping(self, value: object, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fault(place, "an object with names and values")
        return value

    def whole_number(self, value: object, place: str, low: int, high: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise self.fault(place, "a whole number from {low} to {high}", low=low, high=high)

    def numbers(self, value: object, place: str) -> tuple[float, ...]:
        if isinstance(value, list):
            for i, item in enumerate(value):
                number = isinstance(item, int | float) and not isinstance(item, bool)
                if not number or not abs(item) < 1e308 or not math.isfinite(item):
                    raise self.fault(f"{place}[{i}]", "a finite number")
            return tuple(float(item) for item in value)
        raise self.fault(place, "a list of numbers")

    def problem(self, value: object) -> tuple[str, Data | None, str, dict[str, Any]]:
        """Name, data, their source, and settings still to be checked."""
        found = self.mapping(value, "problem")
        self.only(found, "problem", "name", "settings", "source", "names", "target", "x", "y")
        name, source = found.get("name"), found.get("source", "")
        if not isinstance(name, str):
            raise self.fault("problem.name", "a text")
        if not isinstance(source, str):
            raise self.fault("problem.source", "a text")
        try:
            check_whole(source)
        except Fault as fault:
            self.fail("problem.source", fault)
        settings = self.mapping(found.get("settings", {}), "problem.settings")
        if "x" not in found and "y" not in found:
            return name, None, "", settings
        return name, self.data(found), source, settings

    def data(self, found: dict[str, Any]) -> Data:
        """A list of columns, or one column by itself, as version 1 had it."""
        listed = found.get("x")
        if not isinstance(listed, list) or not listed or not isinstance(listed[0], list):
            columns = [self.numbers(listed, "problem.x")]
        else:
            columns = [self.numbers(item, f"problem.x[{i}]") for i, item in enumerate(listed)]
        y = self.numbers(found.get("y"), "problem.y")
        if any(len(column) != len(y) for column in columns):
            raise self.fault("problem.x", "columns of {count} numbers, like y", count=len(y))
        names = found.get("names", list(column_names(len(columns))))
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.fault("problem.names", "a list of texts")
        target = found.get("target", "y")
        if not isinstance(target, str):
            raise self.fault("problem.target", "a text")
        try:
            return data_of(columns, y, names, target)
        except Fault as fault:
            self.fail("problem", fault)

    def track(self, problem: Problem, value: object, key: int) -> Track:
        place = f"runs[{key}]"
        found = dict(self.mapping(value, place))
        listed = found.pop("changes", [])
        branched = self.whole_number(found.pop("branched", 0), f"{place}.branched", 0, MOST_STEPS)
        first = self.run(problem, found, place)
        if not isinstance(listed, list):
            raise self.fault(f"{place}.changes", "a list")
        changes: list[tuple[int, Run]] = []
        least = 0
        for i, item in enumerate(listed):
            where = f"{place}.changes[{i}]"
            later = dict(self.mapping(item, where))
            step = self.whole_number(later.pop("step", None), f"{where}.step", least, MOST_STEPS)
            least = step + 1
            run = replace(self.run(problem, later, where), start=first.start)
            if step:
                changes.append((step, run))
            else:  # version 0.1 wrote such where a run was branched off at its start
                first = run
        return Track(key, first, tuple(changes), branched)

    def run(self, problem: Problem, found: dict[str, Any], place: str) -> Run:
        self.only(found, place, *METHODS, "start", *PARTS)
        for key in METHODS:
            if not isinstance(found.get(key), str):
                raise self.fault(f"{place}.{key}", "a text")
        settings = {part: self.mapping(found.get(part, {}), f"{place}.{part}") for part in PARTS}
        start = self.numbers(found.get("start", list(problem.start)), f"{place}.start")
        try:
            return run_of(problem, {**found, **settings, "start": start})
        except Fault as fault:
            self.fail(place, fault)

    def view(self, value: object, runs: int) -> ViewState:
        found = self.mapping(value, "view")
        self.only(found, "view", *OPTIONS, "selected", "hidden")
        hidden = found.get("hidden", [])
        if not isinstance(hidden, list):
            raise self.fault("view.hidden", "a list")
        try:
            chosen = make_settings(ViewOptions, {k: v for k, v in found.items() if k in OPTIONS})
        except Fault as fault:
            self.fail("view", fault)
        last = runs - 1
        return ViewState(
            chosen,
            self.whole_number(found.get("selected", 0), "view.selected", 0, last),
            tuple(self.whole_number(k, "view.hidden", 0, last) for k in hidden),
        )
