"""A plain model of what a user sets: whole states, kept one after another."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.simulation import Simulation
from gdsim.experiment.undo import PAUSE


@dataclass
class State:
    """An experiment as a plain list of what was set."""

    problem: Problem
    runs: list[tuple[int, Run, list[tuple[int, Run]]]]
    limit: int = 1000
    branches: dict[int, int] = field(default_factory=dict)
    """{key: the step up to which it goes its parent's way}."""

    def own(self, key: int, step: int) -> Run:
        """What its card shows: of a branch what it has from its step on."""
        return self.at(key, max(step, self.branches.get(key, 0)))

    def anew(self, key: int, made: Run) -> tuple[int, Run, list[tuple[int, Run]]]:
        """The run with other settings from where it began."""
        run, changes = next((run, changes) for k, run, changes in self.runs if k == key)
        begin = self.branches.get(key, 0)
        if not begin:
            return key, made, []
        run = replace(run, start=made.start)
        kept = [(at, replace(one, start=made.start)) for at, one in changes if at < begin]
        if (kept[-1][1] if kept else run) != made:
            kept.append((begin, made))
        return key, run, kept

    def at(self, key: int, step: int) -> Run:
        run, changes = next((run, changes) for k, run, changes in self.runs if k == key)
        for begin, other in changes:
            if begin <= step:
                run = other
        return run

    def cut(self, step: int) -> None:
        for _, _, changes in self.runs:
            changes[:] = [change for change in changes if change[0] <= step]

    def copy(self) -> State:
        runs = [(key, run, list(changes)) for key, run, changes in self.runs]
        return State(self.problem, runs, self.limit, dict(self.branches))

    @property
    def size(self) -> int:
        return self.problem.size


@dataclass
class Model:
    """What the window should hold, with the undo stack as two lists of whole states."""

    now: State
    before: list[State] = field(default_factory=list)
    after: list[State] = field(default_factory=list)
    saved: State | None = None
    last: tuple[Hashable, float] = (None, 0.0)

    def edit(self, made: State, what: Hashable, moment: float) -> None:
        if same(made, self.now):
            return
        if what is None or self.last[0] != what or moment - self.last[1] > PAUSE:
            self.before.append(self.now)
        self.last = what, moment
        self.after.clear()
        self.now = made

    def restart(self, state: State, saved: State) -> None:
        self.now, self.before, self.after, self.saved = state, [], [], saved
        self.last = None, 0.0


def same(one: State, other: State) -> bool:
    return (
        one.runs == other.runs and one.limit == other.limit and one.branches == other.branches
        and one.problem.name == other.problem.name
        and one.problem.settings == other.problem.settings
        and one.problem.own_data == other.problem.own_data
    )  # fmt: skip


def straight(state: State, key: int, step: int) -> Array:
    """θ of a run after `step` updates, computed by itself."""
    run, changes = next((run, changes) for k, run, changes in state.runs if k == key)
    simulation = Simulation(state.problem, [run])
    for begin, other in changes:
        if begin > step:
            break
        simulation.advance(begin - simulation.step)
        simulation.take_up({0: other})
    simulation.advance(step - simulation.step)
    return simulation.theta[:, 0]
