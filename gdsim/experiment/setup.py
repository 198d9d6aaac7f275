"""What the user has set: the problem, each run with its changes on the way, how far to go.

A `Setup` is never changed: an edit makes another one, or raises `Fault` and says what cannot be.
Whoever holds one holds something that the engine can run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import Settings, Value, make_settings, settings_values
from gdsim.engine.problems import FIRST, FIRST_FIT, Problem, find_problem, make_problem
from gdsim.engine.run import (
    Changes,
    Run,
    check_batch,
    check_start,
    make_run,
    under_convention,
    under_optimizer,
)
from gdsim.engine.schedules import find_schedule
from gdsim.engine.sentences import Fault

MOST_RUNS = 64
MOST_STEPS = 10**9


@dataclass(frozen=True, slots=True)
class Track:
    """All that decides a run's way: its settings at step 0 and the changes made in mid-run.

    `key` names the run for as long as it exists. Changes stand at steps from 1 on, ascending, and
    have the start of the run. A branch goes its parent's way up to the step at which it `branched`.
    """

    key: int
    run: Run
    changes: Changes = ()
    branched: int = 0

    def at(self, step: int) -> Run:
        """The settings in force at `step`."""
        return next((run for at, run in reversed(self.changes) if at <= step), self.run)

    def own_at(self, step: int) -> Run:
        """The same; of a branch those of its own, where the cursor is still on its parent's way."""
        return self.at(max(step, self.branched))

    def change_at(self, step: int) -> Run | None:
        """The settings that begin to hold at `step`, if there is a change."""
        return next((run for at, run in self.changes if at == step), None)

    def until(self, step: int) -> Track:
        """The track without what is changed beyond `step`."""
        return replace(self, changes=tuple(one for one in self.changes if one[0] <= step))

    def changed(self, step: int, run: Run) -> Track:
        """Other settings from `step` (1 …) on, in place of all that was changed there and beyond.

        A change that changes nothing is none. One before a branch's own step is where it branches.
        """
        before = replace(self.until(step - 1), branched=min(self.branched, step))
        if run == before.at(step):
            return before
        return replace(before, changes=(*before.changes, (step, run)))

    def anew(self, run: Run) -> Track:
        """Other settings from where it began, and nothing changed later: a branch stays one.

        Its parent's way then begins where it begins.
        """
        if not self.branched:
            return Track(self.key, run)
        theirs = self.until(self.branched - 1)
        changes = tuple((step, replace(one, start=run.start)) for step, one in theirs.changes)
        first = replace(theirs.run, start=run.start)
        return replace(theirs, run=first, changes=changes).changed(self.branched, run)

    def agrees_until(self, other: Track) -> int:
        """The step up to which both go the same way: −1 for none, `MOST_STEPS` for all."""
        if self.run != other.run:
            return -1
        mine, its = set(self.changes), set(other.changes)
        return min((step for step, _ in mine ^ its), default=MOST_STEPS)


@dataclass(frozen=True, eq=False)
class Setup:
    """An experiment without its results; equal where problem, runs and limit are.

    `source` is the file that the data came from.
    """

    problem: Problem
    tracks: tuple[Track, ...]
    step_limit: int = 1000
    source: str = ""

    def __post_init__(self) -> None:
        if not self.tracks:
            raise Fault("An experiment needs at least one run.")
        if len(self.tracks) > MOST_RUNS:
            raise Fault("At most {count} runs: remove one first.", count=MOST_RUNS)
        for track in self.tracks:
            check_start(self.problem, track.run.start)
            for run in (track.run, *(run for _, run in track.changes)):
                check_batch(self.problem, run)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Setup):
            return NotImplemented
        mine, its = (
            (one.tracks, one.step_limit, one.source, type(one.problem), one.problem.settings)
            for one in (self, other)
        )
        same = self.problem is other.problem
        return mine == its and (same or self.problem.own_data == other.problem.own_data)

    @property
    def keys(self) -> tuple[int, ...]:
        """The runs' keys, in order."""
        return tuple(track.key for track in self.tracks)

    def track(self, key: int) -> Track:
        """The track of that key; `Fault` where there is none."""
        for track in self.tracks:
            if track.key == key:
                return track
        raise Fault("There is no run {key}.", key=key)

    # Runs

    def with_runs(self, runs: Mapping[int, Run], step: int = 0) -> Setup:
        """Other settings for some runs, from `step` on or, with 0, from where they began.

        What is changed beyond `step` goes, for all runs alike, since they share one cursor. Another
        start is one from where they began, whatever `step` is.
        """
        tracks, cut = [], False
        for track in self.tracks:
            run = runs.get(track.key)
            if run is None:
                tracks.append(track)
            elif step == 0 or run.start != track.run.start:
                tracks.append(track.anew(run))
            else:
                tracks.append(track.changed(step, run))
                cut = True
        return self._with(track.until(step) if cut else track for track in tracks)

    def with_start(self, start: tuple[float, ...], step: int) -> Setup:
        """All runs begin there, with the settings that are in force at `step`."""
        return self._with(
            track.anew(replace(track.own_at(step), start=start)) for track in self.tracks
        )

    def added(self, *runs: Run) -> Setup:
        """One more run, or several; they come last."""
        made = self
        for run in runs:
            made = made._with((*made.tracks, Track(made._free_key(), run)))
        return made

    def branched(self, parent: int, step: int) -> Setup:
        """One more run that goes the way of `parent` up to `step`; it comes last.

        What is changed beyond `step` goes, for all runs alike. From step 0 on it is a run like any.
        """
        first = self.track(parent)
        if step == 0:
            return self.added(first.run)
        new = replace(first.until(step), key=self._free_key(), branched=step)
        return self._with((*(track.until(step) for track in self.tracks), new))

    def removed(self, key: int) -> Setup:
        """One run less; the last one stays."""
        return self._with(track for track in self.tracks if track.key != key)

    def restarted(self, step: int) -> Setup:
        """Every run anew, with the settings in force at `step`, from where it began."""
        return self._with(track.anew(track.own_at(step)) for track in self.tracks)

    def with_limit(self, step_limit: int) -> Setup:
        """Played up to another step."""
        return replace(self, step_limit=step_limit)

    # Problem and data

    def on(self, problem: Problem, source: str = "") -> Setup:
        """The runs on another problem; starts and rates become the problem's own."""
        tracks = tuple(Track(track.key, self._moved(track.run, problem)) for track in self.tracks)
        return Setup(problem, tracks, self.step_limit, source)

    def on_problem(self, name: str) -> Setup:
        """The runs on another landscape; data of the user's own go along where it can fit them."""
        data = self.problem.own_data if find_problem(name).fits_data else None
        try:
            return self.on(make_problem(name, data), self.source if data is not None else "")
        except Fault:  # it cannot use those: it makes its own
            return self.on(make_problem(name))

    def with_problem_setting(self, name: str, value: Value, **also: Value) -> Setup:
        """Another value for a setting of the problem, and for others that go with it."""
        values = {**settings_values(self.problem.settings), name: value, **also}
        return self._remade(self.problem.own_data, values)

    def with_made_data(self) -> Setup:
        """Data that the problem makes by its settings, in place of the user's own."""
        return self._remade(None, settings_values(self.problem.settings))

    def with_points(self, x: Array, y: Array) -> Setup:
        """Other points, (n,) or (columns, n) and (n,), under the same runs.

        A problem with fixed points becomes a regression.
        """
        old = self.problem
        values = settings_values(old.settings)
        if old.data is None or not old.fits_data:
            return replace(self, problem=make_problem(FIRST_FIT, (x, y), values))
        data = data_of(x, y, old.data.names, old.data.target)
        return replace(self, problem=make_problem(old.name, data, values))

    def _remade(self, data: Data | None, values: Mapping[str, object]) -> Setup:
        """The same problem made anew; what of starts and rates the user has chosen stays."""
        problem = make_problem(self.problem.name, data, values)
        same = problem.parameters == self.problem.parameters
        tracks = []
        for track in self.tracks:
            run = self._moved(track.run, problem)
            changes = (
                (step, replace(self._moved(later, problem), start=run.start))
                for step, later in track.changes
            )
            own = (tuple(changes), track.branched) if same else ()
            tracks.append(Track(track.key, run, *own))
        return Setup(problem, tuple(tracks), self.step_limit, "" if data is None else self.source)

    def _moved(self, run: Run, new: Problem) -> Run:
        """The run on another problem. Start and rate that were the old one's become the new one's.

        On a problem of another name, or in other units, so do those that the user has chosen: they
        would mean nothing there, save the rates of methods that scale each parameter by themselves.
        """
        old = self.problem
        same = old.name == new.name and _units(old) == _units(new)
        values: dict[str, object] = dict(settings_values(run.settings))
        usual = run.learning_rate == old.learning_rate and run.family.own_rate is None
        if usual or (not same and run.method.stability_factor() is not None):
            del values["learning_rate"]
        sampling = run.sampling
        if sampling.batch_size > new.size:
            sampling = replace(sampling, batch_size=0)
        stays = same and old.parameters == new.parameters and run.start != old.start
        return make_run(
            new, run.optimizer, values, run.schedule, settings_values(run.schedule_settings),
            sampling, run.clipping, run.start if stays else None,
        )  # fmt: skip

    def _with(self, tracks: Iterable[Track]) -> Setup:
        return replace(self, tracks=tuple(tracks))

    def _free_key(self) -> int:
        """The least number that no run has."""
        return min(set(range(len(self.tracks) + 1)) - set(self.keys))


def _units(problem: Problem) -> tuple[Value | None, ...]:
    """What a problem's parameters are counted in, as far as it can be chosen."""
    values = settings_values(problem.settings)
    return tuple(values.get(name) for name in ("standardise", "scaled_by", "standardise_y"))


def first_setup() -> Setup:
    """What gdsim opens with: the article's five points, gradient descent at 0.01."""
    problem = make_problem(FIRST)
    return Setup(problem, (Track(0, make_run(problem)),))


def edited(run: Run, part: str, name: str, value: Value) -> Run:
    """The run with one setting changed; `Fault` where there is none of that name.

    `part` is the attribute of the run that has the setting `name`. "optimizer" and "schedule"
    themselves (with no name) bring their defaults, and so does another framework's convention.
    """
    if part == "optimizer":
        return run if value == run.optimizer else under_optimizer(run, str(value))
    if part == "schedule":
        if value == run.schedule:
            return run
        planned = make_settings(find_schedule(str(value)).Settings, {})
        return replace(run, schedule=str(value), schedule_settings=planned)
    settings: Settings = getattr(run, part)
    made: Any
    if name == "convention":
        method = run.family if part == "settings" else find_schedule(run.schedule)
        made = under_convention(method, settings, str(value))
    else:
        made = make_settings(type(settings), {**settings_values(settings), name: value})
    return replace(run, **{part: made})
