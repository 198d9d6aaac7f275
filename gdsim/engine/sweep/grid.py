"""A grid of runs: one or two fields of a run and the values that each of them takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Field, Value, fields_of, unknown
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import Problem
from gdsim.engine.run import METHODS, PARTS, Run, check_batch, check_value, make_run
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.engine.sentences import Fault

MOST_VALUES = 10**7
GREATEST_START = 1e150


@dataclass(frozen=True)
class Target:
    """The field of a run that an axis varies: `part` is where it stands, `name` what it is called.

    A start's field is a parameter of the problem; `optimizer` and `schedule` are parts themselves.
    """

    part: str
    name: str
    field: Field

    @property
    def is_number(self) -> bool:
        return self.field.kind in ("float", "int")


@dataclass(frozen=True)
class Axis:
    """One field and its values, ascending or as they were listed.

    `values` is an array of numbers, or a tuple of words (choices, names, yes and no).
    `spacing` is "log", "lin" or "list".
    """

    target: Target
    values: Array | tuple[Value, ...]
    spacing: str

    @property
    def name(self) -> str:
        return self.target.name

    def __len__(self) -> int:
        return len(self.values)

    @property
    def greatest(self) -> int:
        """The place of the greatest number; 0 among words."""
        return int(np.argmax(self.values)) if isinstance(self.values, np.ndarray) else 0

    def value(self, place: int) -> Value:
        """The value at a place, as a run has it."""
        value = self.values[place]
        if isinstance(value, np.floating):
            return int(value) if self.target.field.kind == "int" else float(value)
        return value


def targets(problem: Problem, run: Run) -> dict[str, Target]:
    """What can be varied in `run`, by the names that a user gives.

    Where a schedule has a setting of the same name as the optimizer's it is `schedule.NAME`.
    """
    found: dict[str, Target] = {
        "optimizer": _methods("optimizer", OPTIMIZERS),
        "schedule": _methods("schedule", SCHEDULES),
    }
    for part in PARTS:
        for item in fields_of(getattr(run, part)):
            target = Target(part, item.name, item)
            if part == "schedule_settings":
                found[f"schedule.{item.name}"] = target
            for name in (item.name, *item.aliases):
                found.setdefault(name, target)
    for parameter in problem.parameters:
        start = Field(
            parameter.name, "float", 0.0, parameter.symbol, "",
            minimum=-GREATEST_START, maximum=GREATEST_START,
        )  # fmt: skip
        found.setdefault(parameter.name, Target("start", parameter.name, start))
    return found


def make_axis(problem: Problem, run: Run, key: str, spec: object) -> Axis:
    """An axis from a name and what it takes; `Fault` names what is wrong with either.

    `spec` is `lin:LOW:HIGH:COUNT`, `log:LOW:HIGH:COUNT`, values with commas between, or a sequence
    of values. Whole numbers are rounded, and those that come twice are left out.
    """
    known = targets(problem, run)
    if key not in known:
        raise unknown(
            key, {target.name: target for target in known.values()}, "field to sweep over"
        )
    target = known[key]
    spacing, given = _values(key, spec)
    if isinstance(given, np.ndarray) and target.field.kind == "int":
        given = np.unique(np.rint(given))
    if isinstance(given, np.ndarray) and target.is_number:
        # A range is inside where its ends are; only lists need every value looked at.
        for end in {0, len(given) - 1}:
            target.field.check(float(given[end]))
        return Axis(target, given, spacing)
    if isinstance(given, np.ndarray):
        raise Fault(
            "{key} is no number, so it takes values with commas between: {range}.",
            key=key, range=target.field.allowed(),
        )  # fmt: skip
    checked = tuple(target.field.check(value) for value in given)
    if len(set(checked)) < len(checked):
        raise Fault("{key} has the same value twice.", key=key)
    if target.is_number:
        return Axis(target, np.array(checked, dtype=np.float64), "list")
    return Axis(target, checked, "list")


@dataclass(frozen=True)
class Tile:
    """Runs of a grid that differ in numbers only: `run` with `numbers` put in, the last fastest.

    Its runs are `first`, `first + 1`, … in the order in which the grid is worked through.
    """

    run: Run
    numbers: tuple[Axis, ...]
    first: int

    @property
    def size(self) -> int:
        return math.prod(len(axis) for axis in self.numbers)

    @property
    def is_mixable(self) -> bool:
        """Whether runs far apart can be stepped together at no further cost."""
        return not any(axis.target.part in _COSTLY for axis in self.numbers)

    @property
    def is_apart(self) -> bool:
        """Whether each run is stepped by itself, however many there are."""
        return self.run.method.by_itself or self.run.rate_schedule.watches_loss

    def columns(self, runs: range) -> dict[tuple[str, str], Array]:
        """The varied numbers of some of the tile's runs, by (part, name)."""
        places = np.arange(runs.start, runs.stop, runs.step)
        found: dict[tuple[str, str], Array] = {}
        for axis in reversed(self.numbers):
            values = np.asarray(axis.values, dtype=np.float64)
            found[axis.target.part, axis.name] = values[places % len(axis)]
            places //= len(axis)
        return found


@dataclass(frozen=True)
class Grid:
    """All combinations of the values of one or two axes, put into one run; without any, itself.

    Runs are worked through in an order of their own, in which neighbours share what is costly to
    work out; `arranged` puts results into the order of the axes.
    """

    problem: Problem
    run: Run
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of values, one an axis."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def run_at(self, *places: int) -> Run:
        """The run at these places of the axes."""
        return self._with(self.run, zip(self.axes, places, strict=True))

    def _with(self, run: Run, chosen: Iterable[tuple[Axis, int]]) -> Run:
        # An optimizer or schedule brings its own settings, so it is put in before them.
        for axis, place in sorted(chosen, key=lambda pair: pair[0].target.part not in METHODS):
            run = varied(self.problem, run, axis.target, axis.value(place))
        return run

    @cached_property
    def _order(self) -> tuple[int, ...]:
        """Axes from the outermost in: words, then what many runs should share, then the rest."""
        return tuple(sorted(range(len(self.axes)), key=lambda i: _rank(self.axes[i].target)))

    def tiles(self) -> Iterator[Tile]:
        """The grid in pieces that differ in numbers only."""
        ordered = [self.axes[i] for i in self._order]
        words = [axis for axis in ordered if not axis.target.is_number]
        numbers = tuple(axis for axis in ordered if axis.target.is_number)
        first = 0
        for places in np.ndindex(*(len(axis) for axis in words)):
            run = self._with(self.run, zip(words, places, strict=True))
            tile = Tile(run, numbers, first)
            first += tile.size
            yield tile

    def arranged(self, results: Array | Indices) -> Any:
        """Results (…, runs) in the order of working as (…, *shape)."""
        head = results.shape[:-1]
        back = np.argsort(self._order)
        worked = results.reshape((*head, *(self.shape[i] for i in self._order)))
        return worked.transpose((*range(len(head)), *(len(head) + back)))


def brings_rate(specs: Iterable[str]) -> bool:
    """Whether the learning rate is among the fields swept over, so that the run needs none."""
    return not {"lr", "learning_rate"}.isdisjoint(specs)


def make_grid(problem: Problem, run: Run, specs: Mapping[str, object]) -> Grid:
    """The grid over the fields that `specs` names (see `make_axis`): one or two.

    Of a grid of starts some may have no value, which is an outcome; a start without one that all
    runs share is a `Fault`.
    """
    if not 1 <= len(specs) <= 2:
        raise Fault("A sweep goes over one field or two; {count} are named.", count=len(specs))
    # A setting may belong to an optimizer or schedule that the other axis brings.
    ordered = sorted(specs, key=lambda key: key not in METHODS)
    axes: dict[str, Axis] = {}
    for key in ordered:
        base = run
        for axis in axes.values():
            base = varied(problem, base, axis.target, axis.value(0))
        axes[key] = make_axis(problem, base, key, specs[key])
    grid = Grid(problem, run, tuple(axes[key] for key in specs))
    if len({(axis.target.part, axis.name) for axis in grid.axes}) < len(grid.axes):
        raise Fault("Both axes are {name}: name two different fields.", name=grid.axes[0].name)
    check_batch(problem, grid.run_at(*(axis.greatest for axis in grid.axes)))
    for tile in grid.tiles():
        for axis in tile.numbers:
            varied(problem, tile.run, axis.target, axis.value(0))
    if not any(axis.target.part == "start" for axis in grid.axes):
        check_value(problem, run)
    return grid


def varied(problem: Problem, run: Run, target: Target, value: Value) -> Run:
    """`run` with one field changed; `Fault` where it has no such field or cannot take the value.

    Another optimizer or schedule comes with its defaults; the learning rate stays.
    """
    if target.part == "optimizer":
        own = next(cls for cls in OPTIMIZERS if cls.name == value).own_rate
        rate = {} if own is not None else {"learning_rate": run.learning_rate}
        made = make_run(problem, str(value), rate)
        return replace(run, optimizer=made.optimizer, settings=made.settings)
    if target.part == "schedule":
        made = make_run(problem, schedule=str(value))
        return replace(run, schedule=made.schedule, schedule_settings=made.schedule_settings)
    if target.part == "start":
        names = [parameter.name for parameter in problem.parameters]
        start = list(run.start)
        start[names.index(target.name)] = float(value)
        return replace(run, start=tuple(start))
    part = getattr(run, target.part)
    declared = {item.name: item for item in fields_of(part)}
    if target.name not in declared:
        raise unknown(
            target.name, declared, "setting of {optimizer} and {schedule}",
            optimizer=run.optimizer, schedule=run.schedule,
        )  # fmt: skip
    changes: dict[str, Any] = {
        target.part: replace(part, **{target.name: declared[target.name].check(value)})
    }
    return replace(run, **changes)


_COSTLY = ("schedule_settings", "sampling")


def _methods(what: str, classes: Sequence[type[Optimizer] | type[Schedule]]) -> Target:
    names = tuple(cls.name for cls in classes)
    titles = tuple(cls.title for cls in classes)
    return Target(
        what, what, Field(what, "choice", names[0], what, "", choices=names, titles=titles)
    )


def _rank(target: Target) -> int:
    if not target.is_number:
        return 0
    if target.part in _COSTLY:
        return 1
    return 2 if target.part == "settings" and target.name != "learning_rate" else 3


def _values(key: str, spec: object) -> tuple[str, Array | list[object]]:
    """The spacing, and the values: of a range as an array, of a list as they stand."""
    if not isinstance(spec, str):
        values = list(spec) if isinstance(spec, Sequence | np.ndarray) else []
        if not values:
            raise Fault(
                "{key} needs a range or a list of values, not {value}.", key=key, value=spec
            )
        return "list", [v.item() if isinstance(v, np.generic) else v for v in values]
    kind, colon, rest = spec.strip().partition(":")
    if not colon:
        listed = [part.strip() for part in spec.split(",")]
        if not all(listed):
            raise _no_range(key, spec)
        return "list", list(listed)
    parts = rest.split(":")
    if kind not in ("lin", "log") or len(parts) != 3:
        raise _no_range(key, spec)
    try:
        low, high, count = float(parts[0]), float(parts[1]), float(parts[2])
    except ValueError:
        raise _no_range(key, spec) from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Fault("{key}: the ends of a range must be finite numbers.", key=key)
    if not (count.is_integer() and 1 <= count <= MOST_VALUES):
        raise Fault(
            "{key}: the number of values must be a whole number from 1 to {most:,}, not {count}.",
            key=key, most=MOST_VALUES, count=parts[2],
        )  # fmt: skip
    if kind == "log" and not (low > 0.0 and high > 0.0):
        raise Fault("{key}: a log range needs both its ends above zero.", key=key)
    if count > 1 and low >= high:
        raise Fault("{key}: the low end of a range comes first, then the high one.", key=key)
    make = np.geomspace if kind == "log" else np.linspace
    return kind, np.asarray(make(low, high, int(count)), dtype=np.float64)


def _no_range(key: str, spec: str) -> Fault:
    return Fault(
        "'{spec}' is no range for {key}: write lin:LOW:HIGH:COUNT, log:LOW:HIGH:COUNT, or values "
        "with commas between.",
        key=key, spec=spec[:60],
    )  # fmt: skip
