"""Random edits, undos, saves and reopenings in the real window, held against a plain model.

    QT_QPA_PLATFORM=offscreen python -m tests.trials.edits [count] [seed]

After each the setup, the cards, the marks of the title and the menu, and now and then the document
must say what the model says; when the window has come to rest, so must the engine, bit for bit.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication

from gdsim.app import App
from gdsim.engine.data import Data
from gdsim.engine.fields import settings_values
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run, make_run, under_optimizer
from gdsim.engine.schedules import SCHEDULES
from gdsim.experiment.setup import MOST_RUNS
from tests.trials.edit_bench import Bench
from tests.trials.edit_model import State, same

PROBLEMS = ("article", "quadratic", "rosenbrock", "double_well", "linear")
LONGEST = 300
"""Steps, so that a trial can compute each run again."""
MOST = 6
"""Runs: more are refused by the trial, lest each be slow."""


class Trial(Bench):
    """Random edits, each made in the window and in the model."""

    # What is done

    def go(self, count: int) -> None:
        """Do `count` things at random, then undo to the beginning."""
        names = [name for name in dir(self) if name.startswith("do_")]
        weights = [3 if name in ("do_rate", "do_undo", "do_step") else 1 for name in names]
        for number in range(count):
            (name,) = self.random.choices(names, weights)
            self.moment += self.random.choice((0.1, 0.3, 2.0))
            getattr(self, name)()
            self.counts[name[3:]] += 1
            try:
                self.check(number)
            except AssertionError as error:
                raise AssertionError(f"{error} after {name[3:]}, number {number}") from error
            if self.random.random() < 0.5:
                QCoreApplication.processEvents()
            if self.random.random() < 0.05:
                self.rest()
        first = (self.model.before or [self.model.now])[0]
        while self.workspace.can_undo:
            self.do_undo()
        assert same(self.model.now, first)
        self.check(0)
        self.rest()

    def edit(self, made: State, what: Hashable, ask: Callable[[], object]) -> None:
        """Ask for an edit, which should make that state."""
        ask()
        self.model.edit(made, what, self.moment)

    def change(self, key: int, run: Run, what: Hashable, ask: Callable[[], object]) -> None:
        """Ask for other settings of one run: from its start or from here on."""
        made, step = self.model.now.copy(), self.workspace.step
        place = next(i for i, one in enumerate(made.runs) if one[0] == key)
        if self.workspace.scene.options.restart or step == 0:
            made.runs[place] = made.anew(key, run)
        else:
            made.cut(step)
            _, first, changes = made.runs[place]
            changes[:] = [change for change in changes if change[0] < step]
            if (changes[-1][1] if changes else first) != run:
                changes.append((step, run))
            if key in made.branches:
                made.branches[key] = min(step, made.branches[key])
        self.edit(made, what, ask)

    def some_key(self) -> int:
        return self.random.choice(self.model.now.runs)[0]

    def do_rate(self) -> None:
        key, rate = self.some_key(), float(f"{10 ** self.random.uniform(-4, -1.5):.3g}")
        run = self.model.now.own(key, self.workspace.step)
        made = replace(run, settings=replace(run.settings, learning_rate=rate))
        self.change(
            key, made, (key, "learning_rate"),
            lambda: self.workspace.edit_run(key, "settings", "learning_rate", rate),
        )  # fmt: skip

    def do_halve(self) -> None:
        key = self.some_key()
        run = self.model.now.own(key, self.workspace.step)
        rate = run.learning_rate / 2.0
        made = replace(run, settings=replace(run.settings, learning_rate=rate))
        card = self.interior.central.run_list.cards[key]
        self.change(
            key, made, (key, "learning_rate"),
            lambda: card.edited.emit(key, "settings", "learning_rate", rate),
        )  # fmt: skip

    def do_optimizer(self) -> None:
        key, name = self.some_key(), self.random.choice(OPTIMIZERS).name
        run = self.model.now.own(key, self.workspace.step)
        made = run if run.optimizer == name else under_optimizer(run, name)
        box = self.interior.central.run_list.cards[key].optimizer
        box.setCurrentIndex(box.findData(name))
        self.change(key, made, (key, "optimizer"), lambda: box.activated.emit(box.currentIndex()))

    def do_schedule(self) -> None:
        key, method = self.some_key(), self.random.choice(SCHEDULES)
        run = self.model.now.own(key, self.workspace.step)
        if run.schedule != method.name:
            run = replace(run, schedule=method.name, schedule_settings=method.Settings())
        self.change(
            key, run, (key, "schedule"),
            lambda: self.workspace.edit_run(key, "schedule", "", method.name),
        )  # fmt: skip

    def do_batch(self) -> None:
        key, size = self.some_key(), self.random.choice((0, 1, 2, 5, 9))
        run = self.model.now.own(key, self.workspace.step)
        if size > self.model.now.size:  # refused, in the card
            self.workspace.edit_run(key, "sampling", "batch_size", size)
            return
        made = replace(run, sampling=replace(run.sampling, batch_size=size))
        self.change(
            key, made, (key, "batch_size"),
            lambda: self.workspace.edit_run(key, "sampling", "batch_size", size),
        )  # fmt: skip

    def do_start(self) -> None:
        made, step = self.model.now.copy(), self.workspace.step
        start = tuple(
            round(self.random.uniform(low, high), 3) for low, high in made.problem.bounds()
        )
        made.runs = [
            made.anew(key, replace(made.own(key, step), start=start)) for key, _, _ in made.runs
        ]
        self.edit(made, "start", lambda: self.workspace.set_start(start))

    def do_add(self) -> None:
        made = self.model.now.copy()
        if len(made.runs) >= MOST:
            return
        used = [key for key, _, _ in made.runs]
        new = min(set(range(MOST_RUNS)) - set(used))
        made.runs.append((new, made.own(self.workspace.scene.selected, self.workspace.step), []))
        self.edit(made, None, self.workspace.add_run)
        assert self.workspace.scene.selected == new

    def do_branch(self) -> None:
        made, step, parent = self.model.now.copy(), self.workspace.step, self.some_key()
        if len(made.runs) >= MOST:
            return
        if step:
            made.cut(step)
        _, first, changes = next(one for one in made.runs if one[0] == parent)
        used = [key for key, _, _ in made.runs]
        new = min(set(range(MOST_RUNS)) - set(used))
        made.runs.append((new, first, list(changes) if step else []))
        if step:
            made.branches[new] = step
        self.edit(made, None, lambda: self.workspace.branch(parent))

    def do_remove(self) -> None:
        made, key = self.model.now.copy(), self.some_key()
        if len(made.runs) > 1:
            made.runs = [one for one in made.runs if one[0] != key]
            made.branches.pop(key, None)
        self.edit(made, None, lambda: self.workspace.remove(key))
        self.close_boxes()

    def do_limit(self) -> None:
        made = self.model.now.copy()
        made.limit = self.random.randint(20, LONGEST)
        self.edit(made, "limit", lambda: self.workspace.set_limit(made.limit))

    def do_restart(self) -> None:
        self.interior.central.run_list.restart.setChecked(self.random.random() < 0.5)

    def do_problem(self) -> None:
        name, now = self.random.choice(PROBLEMS), self.model.now
        if name == now.problem.name:
            self.workspace.choose_problem(name)
            return
        data = now.problem.own_data if name == "linear" else None
        self.replace_problem(
            make_problem(name, data), None, lambda: self.workspace.choose_problem(name)
        )

    def do_setting(self) -> None:
        name = self.model.now.problem.name
        settings = {"quadratic": ("angle", (0.0, 20.0, 45.0)), "linear": ("noise", (0.1, 0.5, 2.0))}
        if name not in settings:
            return
        which, values = settings[name]
        value = self.random.choice(values)
        chosen = {**settings_values(self.model.now.problem.settings), which: value}
        made = make_problem(name, self.model.now.problem.own_data, chosen)
        self.replace_problem(
            made, ("problem", which), lambda: self.workspace.change_problem(which, value), keep=True
        )

    def do_made_data(self) -> None:
        problem = self.model.now.problem
        if problem.name == "linear":
            made = make_problem("linear", None, settings_values(problem.settings))
            self.replace_problem(made, None, self.workspace.make_data, keep=True)

    def replace_problem(
        self, problem: Problem, what: Hashable, ask: Callable[[], object], *, keep: bool = False
    ) -> None:
        """Other problem: what was the old problem's becomes the new one's; settings stay."""
        old, made = self.model.now.problem, self.model.now.copy()
        made.problem = problem
        made.branches = made.branches if keep and problem.parameters == old.parameters else {}
        changes = keep and problem.parameters == old.parameters

        def moved(run: Run) -> Run:
            rate = run.learning_rate
            follows = run.learning_rate == old.learning_rate and run.family.own_rate is None
            if follows or (not keep and run.method.stability_factor() is not None):
                usual = run.family.own_rate
                rate = problem.learning_rate if usual is None else usual
            sampling = run.sampling
            if sampling.batch_size > problem.size:
                sampling = replace(sampling, batch_size=0)
            own = keep and changes and run.start != old.start
            return replace(
                run, settings=replace(run.settings, learning_rate=rate), sampling=sampling,
                start=run.start if own else problem.start,
            )  # fmt: skip

        made.runs = [
            (key, moved(run), [(at, moved(one)) for at, one in some] if changes else [])
            for key, run, some in made.runs
        ]
        self.edit(made, what, ask)

    def do_points(self) -> None:
        problem = self.model.now.problem
        if problem.data is None or problem.data.columns > 1:
            return
        x, y = problem.data.x[0].copy(), problem.data.y.copy()
        place = self.random.randrange(len(x))
        if self.random.random() < 0.2 and len(x) > 4:
            x, y = np.delete(x, place), np.delete(y, place)
        else:
            x[place] += round(self.random.uniform(-0.2, 0.2), 3)
            y[place] += round(self.random.uniform(-1, 1), 3)
        made = self.model.now.copy()
        data = Data(x[None], y, problem.data.names, problem.data.target)
        name = "linear" if problem.name == "article" else problem.name
        if name != problem.name:
            data = Data(x[None], y, ("x",), "y")
        made.problem = make_problem(name, data, settings_values(problem.settings))
        batches = [one.sampling.batch_size for _, run, some in made.runs
                   for one in (run, *(other for _, other in some))]  # fmt: skip
        if max(batches) > len(x):  # refused, and said
            self.workspace.edit_data((x, y))
            self.close_boxes(1)
            return
        self.edit(made, "data", lambda: self.workspace.edit_data((x, y)))

    def do_reset(self) -> None:
        made, step = self.model.now.copy(), self.workspace.step
        made.runs = [made.anew(key, made.own(key, step)) for key, _, _ in made.runs]
        self.edit(made, None, self.workspace.reset)

    def do_undo(self) -> None:
        self.workspace.undo()
        model = self.model
        model.last = None, 0.0
        if model.before:
            model.after.append(model.now)
            model.now = model.before.pop()

    def do_redo(self) -> None:
        self.workspace.redo()
        model = self.model
        model.last = None, 0.0
        if model.after:
            model.before.append(model.now)
            model.now = model.after.pop()

    def do_save(self) -> None:
        path = self.folder / f"{self.random.randrange(6)}.gdsim"
        assert self.interior.documents._save_to(path)
        self.files = [(file, state) for file, state in self.files if file != path]
        self.files.append((path, self.model.now))
        self.model.saved, self.model.last = self.model.now, (None, 0.0)

    def do_open(self) -> None:
        if self.files:
            path, state = self.random.choice(self.files)
            self.interior.documents.open(path)
            opened = state.copy()
            begun = [opened.branches.get(key, 0) for key, _, _ in opened.runs]
            opened.branches = {key: step for key, step in enumerate(begun) if step}
            opened.runs = [(key, run, some) for key, (_, run, some) in enumerate(opened.runs)]
            self.model.restart(opened, opened)

    def do_new(self) -> None:
        if self.random.random() < 0.2:
            self.interior.documents.new()
            article = make_problem("article")
            first = State(article, [(0, make_run(article), [])])
            self.model.restart(first, first)

    # What changes no setup

    def do_step(self) -> None:
        self.workspace.step_by(self.random.choice((1, 5, 30, -1, -7)))

    def do_seek(self) -> None:
        self.workspace.seek(self.random.randint(0, LONGEST))

    def do_play(self) -> None:
        if self.model.now.limit <= LONGEST:
            self.workspace.toggle_play()

    def do_select(self) -> None:
        self.workspace.select(self.some_key())

    # What must hold


def main(count: int = 10_000, seed: int = 0) -> None:
    """Do so many things and say what they were."""
    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        app = App(settings, lang="en", theme="light")
        app.window.resize(1366, 768)
        app.window.show()
        app.finish()
        assert app.interior is not None
        app.interior.clock.stop()
        app.interior.clock.start(
            [], app.interior.central.controls
        )  # no pictures: they are tried elsewhere
        trial = Trial(app.interior, Path(folder), seed)
        began = time.perf_counter()
        try:
            trial.go(count)
        finally:
            app.window.may_close = lambda: True
            app.window.close()
            app.window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    print(f"{count} in {time.perf_counter() - began:.0f} s, seed {seed}")
    print(", ".join(f"{name} {times}" for name, times in sorted(trial.counts.items())))
    del application


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
