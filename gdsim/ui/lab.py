"""What the window does with what the user asks: commands to the engine, a scene for the panels."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal, Slot

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import Value, settings_values
from gdsim.engine.problems import Problem, find_problem, make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sentences import Fault
from gdsim.runtime import commands
from gdsim.runtime.runner import Runner
from gdsim.runtime.session import LIVE_LIMIT
from gdsim.runtime.snapshot import Snapshot, Track
from gdsim.ui.language import say, tr
from gdsim.ui.theme import RunStyle, Scene, Theme

MOST_RUNS = 12
SAME_EDIT_SECONDS = 0.7
"""Edits of one thing that follow each other so closely are one step of undo, with one ghost."""
SPEEDS: tuple[float | None, ...] = (1.0, 5.0, 20.0, 100.0, 1000.0, None)


class Lab(QObject):
    """The runner, and beside it what the engine does not know: selection, visibility, theme."""

    refused = Signal(str)
    """A sentence for the user: what cannot be, and why."""
    setting_refused = Signal(str)
    """The same for a setting of the problem, to be said beside it."""
    edited = Signal(str)
    """The experiment is about to change; the word names what, equal words may be merged."""
    speed_set = Signal(object)

    def __init__(
        self, runner: Runner, theme: Theme, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.runner = runner
        self.restart = True
        self.speed: float | None = 20.0
        self.source = ""
        """The file that the data came from."""
        self._clock = clock
        self._last_edit = ("", 0.0)
        self._loading: commands.Load | None = None
        self._keys: tuple[int, ...] = ()
        self._on_their_way: set[int] = set()
        self.scene = Scene(theme, selected=runner.snapshot.runs[0].key)
        self.follow(runner.snapshot)

    @property
    def snapshot(self) -> Snapshot:
        """The newest one."""
        return self.runner.snapshot

    def selected_run(self) -> Run:
        """The settings of the selected run."""
        found = self.snapshot.run(self.scene.selected) or self.snapshot.runs[0]
        return found.run

    def selection(self) -> tuple[Problem, Run]:
        """The problem and the settings of the selected run."""
        return self.snapshot.problem, self.selected_run()

    @Slot(object)
    def follow(self, snapshot: Snapshot) -> None:
        """Keep styles and selection in step with the runs that there are."""
        keys = tuple(run.key for run in snapshot.runs)
        if keys == self._keys:
            return
        self._keys = keys
        scene = self.scene
        self.scene = replace(
            scene,
            styles=self._styles(scene.theme),
            hidden=scene.hidden & frozenset(keys),
            selected=scene.selected if scene.selected in keys else keys[-1],
        )

    def set_theme(self, theme: Theme) -> None:
        """Recolour everything."""
        self.scene = replace(self.scene, theme=theme, styles=self._styles(theme))

    # Playing

    @Slot()
    def toggle_play(self) -> None:
        """Play or pause; at the end, play again from the start."""
        if self.snapshot.playing:
            self.pause()
        else:
            self.play()

    @Slot()
    def play(self) -> None:
        shown = self.snapshot
        if shown.step >= shown.step_limit or not any(run.alive for run in shown.runs):
            self.runner.send(commands.Seek(0))
        self.runner.send(commands.Play())

    @Slot()
    def pause(self) -> None:
        self.runner.send(commands.Pause())

    @Slot(int)
    def step_by(self, count: int) -> None:
        """Forward by updates, backward by replay."""
        if count > 0:
            self.runner.send(commands.StepOnce(count))
        else:
            self.runner.send(commands.Seek(self.snapshot.step + count))

    @Slot(int)
    def seek(self, step: int) -> None:
        self.runner.send(commands.Seek(step))

    @Slot()
    def seek_end(self) -> None:
        """To the last recorded step."""
        self.seek(self.snapshot.recorded)

    @Slot()
    def reset(self) -> None:
        self._edit("reset")
        self.runner.send(commands.Reset())

    @Slot()
    def rerun(self) -> None:
        """Play the same again from step 0."""
        self.runner.send(commands.Seek(0))
        self.runner.send(commands.Play())

    @Slot(object)
    def set_speed(self, speed: float | None) -> None:
        self.speed = speed
        self.runner.send(commands.SetSpeed(speed))
        self.speed_set.emit(speed)

    def change_speed(self, way: int) -> None:
        """The next faster (+1) or slower (−1) of the usual speeds."""
        known = [speed if speed is not None else float("inf") for speed in SPEEDS]
        now = self.speed if self.speed is not None else float("inf")
        faster = [i for i, speed in enumerate(known) if speed > now]
        slower = [i for i, speed in enumerate(known) if speed < now]
        if way > 0 and faster:
            self.set_speed(SPEEDS[faster[0]])
        elif way < 0 and slower:
            self.set_speed(SPEEDS[slower[-1]])

    @Slot(int)
    def set_limit(self, step_limit: int) -> None:
        self._edit("limit")
        self.runner.send(commands.SetLimit(step_limit))

    # Runs

    @Slot(int, object)
    def change_run(self, key: int, run: Run) -> None:
        """Other settings for one run; recomputed from its start, or from here on."""
        fresh = self._edit(f"run {key}")
        self.runner.send(commands.Configure(key, run, self.restart, fresh))

    @Slot(bool)
    def set_restart(self, restart: bool) -> None:
        self.restart = restart

    @Slot()
    def add_run(self) -> None:
        """A copy of the selected run."""
        self.add(self.selected_run())

    @Slot(object, object)
    def add_on(self, problem: Problem, run: Run) -> None:
        """One more run, made on `problem`; refused where that is no longer the problem."""
        if problem is self.snapshot.problem:
            self.add(run)
        else:
            self.refused.emit(tr("The problem has changed since this sweep: compute it again."))

    def add(self, run: Run) -> None:
        """One more run, selected; refused where there are too many."""
        key = self._free_key()
        if key is not None:
            self._edit("add")
            self.runner.send(commands.AddRun(key, run))
            self.select(key)

    @Slot(int)
    def branch(self, parent: int) -> None:
        """A new run from the parent's very state at the cursor."""
        found = self.snapshot.run(parent)
        key = self._free_key()
        if key is not None and found is not None:
            self._edit("branch")
            self.runner.send(commands.Branch(parent, key, found.run))
            self.select(key)

    @Slot(int)
    def remove(self, key: int) -> None:
        self._edit("remove")
        self.runner.send(commands.RemoveRun(key))

    @Slot()
    def branch_selected(self) -> None:
        self.branch(self.scene.selected)

    @Slot()
    def remove_selected(self) -> None:
        self.remove(self.scene.selected)

    @Slot(int)
    def select(self, key: int) -> None:
        if key != self.scene.selected:
            self.scene = replace(self.scene, selected=key)

    @Slot(int, bool)
    def set_visible(self, key: int, visible: bool) -> None:
        hidden = self.scene.hidden - {key} if visible else self.scene.hidden | {key}
        self.scene = replace(self.scene, hidden=hidden)

    def look_at(self, selected: int, hidden: frozenset[int]) -> None:
        """Select and hide runs by their place in the list."""
        keys = self._keys
        self.scene = replace(
            self.scene,
            selected=keys[min(selected, len(keys) - 1)],
            hidden=frozenset(keys[place] for place in hidden if place < len(keys)),
        )

    def toggle_visible(self, place: int) -> None:
        """Show or hide the run that stands at `place` in the list, from 0."""
        if place < len(self.snapshot.runs):
            key = self.snapshot.runs[place].key
            self.set_visible(key, key in self.scene.hidden)

    # Problem and data

    @Slot(object)
    def set_start(self, start: tuple[float, ...]) -> None:
        """All runs begin there: a comparison is fair only from one point."""
        fresh = self._edit("start")
        for run in self.snapshot.runs:
            moved = replace(run.run, start=tuple(start))
            self.runner.send(commands.Configure(run.key, moved, True, fresh))

    @Slot(str)
    def choose_problem(self, name: str) -> None:
        """Another landscape; data of the user's own go along where it can fit them."""
        problem, _ = self._newest()
        if name == problem.name:
            return
        data = problem.own_data if find_problem(name).fits_data else None
        try:
            made = make_problem(name, data)
        except Fault:
            data = None  # it cannot use those: it makes its own
            made = make_problem(name)
        self.take_problem(made, self.source if data is not None else "")

    def take_problem(self, problem: Problem, source: str = "") -> None:
        """Put the present runs on another problem; starts and rates become the problem's own."""
        old, tracks = self._newest()
        moved = tuple(Track(track.key, _moved(track.run, old, problem)) for track in tracks)
        self._edit("problem")
        self.source = source
        self.load(problem, moved, self.snapshot.step_limit)

    @Slot(str, object)
    def change_problem(self, name: str, value: Value) -> None:
        """Another value for a setting of the problem: landscape and trajectories follow at once."""
        old, _ = self._newest()
        values = {**settings_values(old.settings), name: value}
        self._replace_problem(old.name, old.own_data, values, f"problem {name}")

    @Slot()
    def make_data(self) -> None:
        """Let the problem make its data again, in place of the user's own."""
        old, _ = self._newest()
        self._replace_problem(old.name, None, settings_values(old.settings), "made data")

    def _replace_problem(
        self, name: str, data: Data | None, settings: Mapping[str, object], what: str
    ) -> None:
        """The same problem made anew; what of starts and rates the user has chosen stays."""
        old, tracks = self._newest()
        try:
            problem = make_problem(name, data, settings)
        except Fault as fault:
            self.setting_refused.emit(say(fault.sentence))
            return
        self._edit(what)
        if data is None:
            self.source = ""
        same = problem.parameters == old.parameters
        made = tuple(
            Track(
                track.key,
                _moved(track.run, old, problem),
                tuple((step, _moved(run, old, problem)) for step, run in track.changes)
                if same
                else (),
            )
            for track in tracks
        )
        self._load_live(problem, made, self.snapshot.step if same else 0)

    @Slot(object)
    def edit_data(self, data: tuple[Array, Array]) -> None:
        """Other points: the landscape and every trajectory follow at once."""
        old, tracks = self._newest()
        try:
            problem = _with_data(old, data)
        except Fault as fault:
            self.refused.emit(say(fault.sentence))
            return
        self._edit("data")
        self._load_live(problem, tracks, self.snapshot.step)

    def _load_live(self, problem: Problem, tracks: tuple[Track, ...], step: int) -> None:
        """Load, and go on from `step` where that is near; a race that was playing plays on."""
        shown = self.snapshot
        self.load(problem, tracks, shown.step_limit, step if step <= LIVE_LIMIT else 0)
        if shown.playing:
            self.runner.send(commands.Play())

    def _newest(self) -> tuple[Problem, tuple[Track, ...]]:
        """Problem and tracks, those on their way to the engine before those it shows."""
        if self._loading is not None and not self.runner.is_settled:
            return self._loading.problem, self._loading.tracks
        shown = self.snapshot
        return shown.problem, tuple(run.track for run in shown.runs)

    def load(
        self, problem: Problem, tracks: tuple[Track, ...], step_limit: int, step: int = 0
    ) -> None:
        """Replace the whole experiment."""
        self._loading = commands.Load(problem, tracks, step_limit, step)
        self.runner.send(self._loading)

    def _edit(self, what: str) -> bool:
        """Tell of an edit; whether it is a new one and not the same drag going on."""
        now = self._clock()
        word, before = self._last_edit
        fresh = word != what or now - before > SAME_EDIT_SECONDS
        self._last_edit = (what, now)
        if fresh:
            self.edited.emit(what)
        return fresh

    def _free_key(self) -> int | None:
        if self.runner.is_settled:
            self._on_their_way.clear()
        used = {run.key for run in self.snapshot.runs} | self._on_their_way
        key = next(number for number in range(MOST_RUNS + 1) if number not in used)
        if key == MOST_RUNS:
            self.refused.emit(tr("At most {count} runs: remove one first.", count=MOST_RUNS))
            return None
        self._on_their_way.add(key)
        return key

    def _styles(self, theme: Theme) -> MappingProxyType[int, RunStyle]:
        return MappingProxyType({key: theme.run_style(key) for key in self._keys})


def _with_data(problem: Problem, points: tuple[Array, Array]) -> Problem:
    """The same problem on other points; a problem with fixed ones becomes a regression."""
    if problem.data is None or not problem.fits_data:
        return make_problem("linear", points, settings_values(problem.settings))
    data = data_of(*points, problem.data.names, problem.data.target)
    return make_problem(problem.name, data, settings_values(problem.settings))


def _moved(run: Run, old: Problem, new: Problem) -> Run:
    """The run on another problem. Start and rate that were the old problem's become the new one's.

    On a problem of another name so do those that the user has chosen: they would mean nothing
    there, save the rates of methods that scale each parameter by themselves.
    """
    same = old.name == new.name
    values: dict[str, object] = dict(settings_values(run.settings))
    usual = run.learning_rate == old.learning_rate and run.family.own_rate is None
    if usual or (not same and run.method.stability_factor() is not None):
        del values["learning_rate"]
    sampling = run.sampling
    if sampling.batch_size > new.size:
        sampling = replace(sampling, batch_size=0)
    stays = same and old.parameters == new.parameters and run.start != old.start
    return make_run(
        new, run.optimizer, values, run.schedule, settings_values(run.schedule_settings), sampling,
        run.clipping, run.start if stays else None,
    )  # fmt: skip
