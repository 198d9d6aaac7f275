"""Tables that come with the program. To add one: a file in resources/data and a line in `BOXED`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gdsim.engine.data import Data
from gdsim.engine.fields import Value, unknown
from gdsim.engine.problems import Problem, find_problem, make_problem
from gdsim.experiment.tables import chosen, data_from, look
from gdsim.system.resources import resource


@dataclass(frozen=True)
class Boxed:
    """A table, the columns that are taken of it, and the model that they are shown with.

    `title` and `look_for` are said in the window's language; sources and licences stand in
    resources/data/README.md.
    """

    name: str
    title: str
    look_for: str
    file: str
    x: tuple[str, ...]
    y: str
    problem: str = "linear"
    settings: tuple[tuple[str, Value], ...] = ()

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return resource("data") / self.file

    def data(self) -> Data:
        """The columns, without lines that have gaps in them."""
        found = look(self.path)
        labelled = find_problem(self.problem).labels
        columns, target = chosen(found, self.x, self.y)
        return data_from(found, columns, target, "drop", labelled=labelled)

    def make(self) -> Problem:
        """The model on these data."""
        return make_problem(self.problem, self.data(), dict(self.settings))


_SAME = "The same line, means and R² as the other three: look at the points"
BOXED: tuple[Boxed, ...] = (
    Boxed("anscombe-1", "Anscombe's quartet, I", _SAME, "anscombe.csv", ("x",), "y1"),
    Boxed("anscombe-2", "Anscombe's quartet, II", _SAME, "anscombe.csv", ("x",), "y2"),
    Boxed("anscombe-3", "Anscombe's quartet, III", _SAME, "anscombe.csv", ("x",), "y3"),
    Boxed("anscombe-4", "Anscombe's quartet, IV", _SAME, "anscombe.csv", ("x4",), "y4"),
    Boxed(
        "faithful", "Old Faithful", "A long eruption is followed by a long wait",
        "faithful.csv", ("eruption_min",), "waiting_min",
    ),
    Boxed(
        "cars", "Stopping distances, 1920s", "A line fits, a parabola says why",
        "cars.csv", ("speed_mph",), "stopping_ft",
    ),
    Boxed(
        "penguins", "Palmer penguins", "Longer flippers, heavier birds: raw grams make a long way",
        "penguins.csv", ("flipper_length_mm",), "body_mass_g",
    ),
    Boxed(
        "iris", "Two kinds of iris", "No straight line parts them without an error",
        "iris.csv", ("petal_length_cm", "petal_width_cm"), "species", "logistic",
    ),
    Boxed(
        "houses", "Made houses",
        "Raw columns explode: standardise, and the rate may be tens of thousands of times as large",
        "houses.csv", ("area_m2", "rooms", "age_years"), "price",
    ),
)  # fmt: skip


def find_boxed(name: str) -> Boxed:
    """The table of that name; `Fault` names the nearest."""
    for one in BOXED:
        if one.name == name:
            return one
    raise unknown(name, [one.name for one in BOXED], "dataset")
