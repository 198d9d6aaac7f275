"""What the window does with what the user asks: it changes the setup, and tells the engine."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Value, make_settings, settings_values
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault
from gdsim.experiment.more_runs import MORE
from gdsim.experiment.setup import Setup, edited
from gdsim.experiment.undo import UndoStack
from gdsim.experiment.view_state import ViewOptions, ViewState, next_speed
from gdsim.runtime import commands
from gdsim.runtime.runner import Runner
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.language import say
from gdsim.ui.run_looks import RunLooks
from gdsim.ui.scene import Scene
from gdsim.ui.theme import Theme


class Workspace(QObject):
    """Owns the setup, and what the engine does not know: selection, visibility, theme.

    Every edit changes the setup at once, without asking the engine; `changed` follows.
    """

    changed = Signal()
    """The setup is another one."""
    refused = Signal(str)
    """A sentence for the user: what cannot be, and why."""
    setting_refused = Signal(str)
    """The same for a setting of the problem, to be said beside it."""
    data_refused = Signal(str)
    """The same for points; those that hold are to be shown again."""
    run_refused = Signal(int, str)
    """The same for a setting of the run of that key."""
    branched = Signal(int, int, int)
    """A new run's key, its parent's, and the step up to which it goes the parent's way."""
    options_changed = Signal(object)
    """It is looked at another way."""

    def __init__(
        self, setup: Setup, theme: Theme, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.runner = Runner(setup)
        self.snapshot = self.runner.snapshot
        """What the window shows of the engine."""
        self.setup = setup
        self._clock = clock
        self._undo = UndoStack()
        self._looks = RunLooks()
        self.scene = Scene(
            theme, self._looks.of(self.setup.keys, theme), selected=setup.keys[0], setup=setup
        )
        self.runner.send(commands.SetSpeed(self.scene.options.steps_per_second))

    def follow(self, snapshot: Snapshot) -> None:
        """Show what the engine has done."""
        self.snapshot = snapshot
        if self.scene.awaited is not None and snapshot.shows(self.setup):
            self.scene = replace(self.scene, awaited=None)

    @property
    def step(self) -> int:
        """The step that the window shows, or that the engine was told to go to."""
        return self.scene.step(self.snapshot)

    def selected_run(self) -> Run:
        """The selected run's settings at that step."""
        return self.setup.track(self.scene.selected).own_at(self.step)

    def selection(self) -> tuple[Problem, Run]:
        """The problem and the settings of the selected run."""
        return self.setup.problem, self.selected_run()

    def set_theme(self, theme: Theme) -> None:
        """Recolour everything."""
        self.scene = replace(self.scene, theme=theme, styles=self._looks.of(self.setup.keys, theme))

    def set_curtain(
        self, hides: frozenset[str] = frozenset(), free: frozenset[str] | None = None, span: int = 0
    ) -> None:
        """What a lesson hides, what it leaves to be set, and how far its step axes reach."""
        if (hides, free, span) != (self.scene.hides, self.scene.free, self.scene.span):
            self.scene = replace(self.scene, hides=hides, free=free, span=span)

    # Playing

    @Slot()
    def toggle_play(self) -> None:
        """Play or pause; at the end, play again from the start."""
        self.runner.send(commands.TogglePlay())

    @Slot()
    def play(self, until_settled: bool = False) -> None:
        self.runner.send(commands.Play(until_settled))

    @Slot()
    def pause(self) -> None:
        self.runner.send(commands.Pause())

    @Slot(int)
    def step_by(self, count: int) -> None:
        """Forward by updates, backward by replay; from the step that is seen, if it plays."""
        seen = self.snapshot.step if self.snapshot.playing else None
        self.runner.send(commands.StepBy(count, seen))

    @Slot(int)
    def seek(self, step: int | None) -> None:  # None: the last one that was reached
        self.runner.send(commands.Seek(step))

    @Slot(int)
    def play_to(self, step: int) -> None:
        """To that step, be it recorded or not."""
        self.runner.send(commands.PlayTo(step))

    @Slot()
    def reset(self) -> None:
        """Every run with its present settings from step 0 on, and nothing recorded."""
        setup = self.setup.restarted(self.step)
        if not self._take(setup, step=0):
            self._adopt(setup, step=0)
        self.runner.send(commands.Reset())

    @Slot()
    def rerun(self) -> None:
        """Play the same again from step 0."""
        self.runner.send(commands.Seek(0))
        self.runner.send(commands.Play())

    @Slot(object)
    def set_speed(self, speed: float | None) -> None:
        self.set_option("steps_per_second", speed or 0.0)

    def change_speed(self, way: int) -> None:
        """The next faster (+1) or slower (−1) of the usual speeds."""
        self.set_speed(next_speed(self.scene.options.steps_per_second, way))

    @Slot(int)
    def set_limit(self, step_limit: int) -> None:
        self._take(self.setup.with_limit(step_limit), "limit")

    # Runs

    @Slot(int, str, str, object)
    def edit_run(self, key: int, part: str, name: str, value: Value) -> None:
        """Another value for one setting of a run: see `edited`."""
        try:
            run = edited(self.setup.track(key).own_at(self.step), part, name, value)
            self._change_run(key, run, (key, part, name))
        except Fault as fault:
            self.run_refused.emit(key, say(fault.sentence))

    def change_run(self, key: int, run: Run) -> None:
        """Other settings for one run."""
        with self._refusing():
            self._change_run(key, run, None)

    @Slot(object)
    def tune(self, runs: Mapping[int, Run]) -> None:
        """Other settings for some runs, from where they began: one edit."""
        self._take(self.setup.with_runs(runs))

    def _change_run(self, key: int, run: Run, field: Hashable) -> None:
        """From where it began, or from here on."""
        step = 0 if self.scene.options.restart else self.step
        self._take(self.setup.with_runs({key: run}, step), field, step=step or None)

    @Slot(bool)
    def set_restart(self, restart: bool) -> None:
        """What a change of settings does: begin again, or go on from here."""
        self.set_option("restart", restart)

    @Slot()
    def add_run(self, kind: str = "copy") -> None:
        """What that kind of `MORE` adds beside the selected run."""
        self.add(*MORE[kind][1](self.setup, self.selected_run()))

    def add(self, *runs: Run) -> None:
        """More runs, the last selected; refused where there are too many."""
        with self._refusing():
            setup = self.setup.added(*runs)
            self._take(setup, selected=setup.keys[-1])

    @Slot(int)
    def branch(self, parent: int) -> None:
        """A new run that goes the parent's way up to here."""
        with self._refusing():
            setup = self.setup.branched(parent, self.step)
            step = self.step
            self._take(setup, step=step or None, selected=setup.keys[-1])
            self.branched.emit(setup.keys[-1], parent, step)

    @Slot(int)
    def remove(self, key: int) -> None:
        with self._refusing():
            self._take(self.setup.removed(key))

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

    @Slot(str, object)
    def set_option(self, name: str, value: Value) -> None:
        """Look at it another way."""
        options = self.scene.options
        self._look(make_settings(ViewOptions, {**settings_values(options), name: value}))

    def look(self, view: ViewState) -> None:
        """Look at it as it was looked at; runs are named by their place in the list."""
        keys = self.setup.keys
        self.scene = replace(
            self.scene,
            selected=keys[min(view.selected, len(keys) - 1)],
            hidden=frozenset(keys[place] for place in view.hidden if place < len(keys)),
        )
        self._look(view.options)

    def view_state(self) -> ViewState:
        """How it is looked at now."""
        keys, scene = self.setup.keys, self.scene
        hidden = tuple(place for place, key in enumerate(keys) if key in scene.hidden)
        return ViewState(scene.options, keys.index(scene.selected), hidden)

    def _look(self, options: ViewOptions) -> None:
        before = self.scene.options
        if options == before:
            return
        self.scene = replace(self.scene, options=options)
        if options.steps_per_second != before.steps_per_second:
            self.runner.send(commands.SetSpeed(options.steps_per_second or None))
        self.options_changed.emit(options)

    def toggle_visible(self, place: int) -> None:
        """Show or hide the run that stands at `place` in the list, from 0."""
        if place < len(self.setup.keys):
            key = self.setup.keys[place]
            self.set_visible(key, key in self.scene.hidden)

    # Problem and data

    @Slot(object)
    def set_start(self, start: tuple[float, ...]) -> None:
        """All runs begin there: a comparison is fair only from one point."""
        if self._refuses("start"):
            return
        with self._refusing():
            self._take(self.setup.with_start(tuple(start), self.step), "start")

    @Slot(str)
    def choose_problem(self, name: str) -> None:
        """Another landscape; data of the user's own go along where it can fit them."""
        if name != self.setup.problem.name:
            with self._refusing():
                self._take(self.setup.on_problem(name), step=0, pause=True)

    def take_problem(self, problem: Problem, source: str = "") -> None:
        """Put the present runs on another problem; starts and rates become the problem's own."""
        with self._refusing():
            self._take(self.setup.on(problem, source), step=0, pause=True)

    def change_problem(self, name: str, value: Value, also: dict[str, Value] | None = None) -> None:
        """Another value for a setting of the problem: landscape and trajectories follow at once."""
        with self._refusing(self.setting_refused):
            made = self.setup.with_problem_setting(name, value, **(also or {}))
            self._remake(made, ("problem", name))

    @Slot()
    def make_data(self) -> None:
        """Let the problem make its data again, in place of the user's own."""
        with self._refusing(self.setting_refused):
            self._remake(self.setup.with_made_data(), None)

    @Slot(object)
    def edit_data(self, data: tuple[Array, Array]) -> None:
        """Other points: the landscape and every trajectory follow at once."""
        if self._refuses("data"):
            return
        with self._refusing(self.data_refused):
            self._remake(self.setup.with_points(*data), "data")

    def _refuses(self, what: str) -> bool:
        """Whether a lesson has locked that; then what holds is shown again."""
        locked = self.scene.free is not None and what not in self.scene.free
        if locked:
            self.changed.emit()
        return locked

    def _remake(self, setup: Setup, field: Hashable) -> None:
        same = setup.problem.parameters == self.setup.problem.parameters
        self._take(setup, field, step=None if same else 0)

    # The setup

    def load(self, setup: Setup, step: int = 0) -> None:
        """Replace the whole experiment, and forget what could be undone."""
        self._undo = UndoStack()
        self._looks = RunLooks()
        self._adopt(setup, step, pause=True)

    def set_aside(self) -> tuple[Setup, UndoStack, RunLooks, ViewState, int]:
        """All that `take_back` needs to bring this experiment back as it is now."""
        return self.setup, self._undo, self._looks, self.view_state(), self.step

    def take_back(self, aside: tuple[Setup, UndoStack, RunLooks, ViewState, int]) -> None:
        """Show again what was set aside, with what can be undone of it."""
        setup, self._undo, self._looks, view, step = aside
        self._adopt(setup, step, pause=True)
        self.look(view)

    def clear(self) -> None:
        """Nothing is recorded, at step 0."""
        self.runner.send(commands.Reset())

    def end_edit(self) -> None:
        """What comes next is another step of undo, however soon."""
        self._undo.rest()

    @property
    def can_undo(self) -> bool:
        return self._undo.can_undo

    @property
    def can_redo(self) -> bool:
        return self._undo.can_redo

    @Slot()
    def undo(self) -> None:
        self._go_to(self._undo.undo(self.setup))

    @Slot()
    def redo(self) -> None:
        self._go_to(self._undo.redo(self.setup))

    def _go_to(self, setup: Setup | None) -> None:
        if setup is not None:
            self._adopt(setup)

    def _take(
        self, setup: Setup, field: Hashable = None, *, step: int | None = None,
        pause: bool = False, selected: int | None = None,
    ) -> bool:  # fmt: skip
        """Take up what an edit has made, if it has made another; edits of one `field` may merge."""
        if setup == self.setup:
            return False
        fresh = self._undo.push(self.setup, field, self._clock())
        self._adopt(setup, step, new_ghost=fresh, pause=pause, selected=selected)
        return True

    def _adopt(
        self, setup: Setup, step: int | None = None, *, new_ghost: bool = True,
        pause: bool = False, selected: int | None = None,
    ) -> None:  # fmt: skip
        self.setup = setup
        scene = self.scene
        chosen = scene.selected if selected is None else selected
        self.scene = replace(
            scene,
            setup=setup,
            styles=self._looks.of(setup.keys, scene.theme),
            hidden=scene.hidden & frozenset(setup.keys),
            selected=chosen if chosen in setup.keys else setup.keys[-1],
            awaited=scene.awaited if step is None else step,
        )
        self.runner.send(commands.Adopt(setup, step, new_ghost, pause))
        self.changed.emit()

    @contextlib.contextmanager
    def _refusing(self, signal: SignalInstance | None = None) -> Iterator[None]:
        """What cannot be is said, and changes nothing."""
        try:
            yield
        except Fault as fault:
            (signal or self.refused).emit(say(fault.sentence))
