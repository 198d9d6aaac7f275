"""A method, schedule or problem that is new to gdsim: what its export needs, and says without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gdsim.cli import main as cli
from gdsim.codegen import FRAMEWORKS, export, methods
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.rule import Rule, Style
from gdsim.engine import optimizers, problems, schedules
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import Settings, field
from gdsim.engine.optimizers.adam import Adam
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, column_of
from gdsim.engine.problems import PROBLEMS, Bounds, Curve, Parameter, Problem, Surface, make_problem
from gdsim.engine.problems.bowls import Quadratic
from gdsim.engine.run import make_run
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.engine.sentences import Fault
from tests.codegen.running import assert_ends_alike

NAMES = [framework.name for framework in FRAMEWORKS]


@dataclass(frozen=True)
class CautiousSettings(RateSettings):
    care: float = field(1.0, "Care", "How much long slopes are shortened.", minimum=0.0)


class Cautious(Optimizer):
    name = "cautious"
    title = "Cautious descent"
    summary = "Shortens long slopes."
    formula = ("θ ← θ − α g / (1 + c |g|)",)
    source = "nowhere"
    Settings = CautiousSettings
    conventions = ()

    def init(self, theta: Array) -> State:
        return {}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        care = column_of(self.settings, "care")
        return theta - gradient / (1.0 + care * np.abs(gradient)) * coefficients[0]


class CautiousCode(MethodCode[CautiousSettings]):
    optimizer = Cautious

    def rule(self, style: Style) -> Rule:
        lines = (f"theta = theta - {style.rate} * g / (1 + care * {style.np}.abs(g))",)
        return Rule(lines, (("care", self.settings.care),))


class Stubborn(Adam):
    """Adam in all but one thing, which its parent's script would not do."""

    name = "stubborn"
    title = "Stubborn Adam"

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        return super().update(theta, -gradient, state, *coefficients)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    known = (*optimizers.OPTIMIZERS, Cautious, Stubborn)
    monkeypatch.setattr(optimizers, "OPTIMIZERS", known)
    monkeypatch.setattr(schedules, "SCHEDULES", (*SCHEDULES, Sawtooth, Nervous))
    monkeypatch.setattr(problems, "PROBLEMS", (*PROBLEMS, *NEW_PROBLEMS))


@pytest.mark.parametrize("framework", NAMES)
@pytest.mark.parametrize("optimizer", ["cautious", "stubborn"])
def test_a_method_without_an_entry_is_named(optimizer: str, framework: str) -> None:
    problem = make_problem("article")
    with pytest.raises(Fault, match=f"'{optimizer}' has not been written for scripts yet: export"):
        export(problem, make_run(problem, optimizer), 10, framework)


def test_the_command_line_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--problem", "beale", "--optimizer", "cautious", "--steps", "5"]
    assert cli.main(["code", "--framework", "numpy", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "'cautious' has not been written for scripts yet" in told.err


def test_one_entry_makes_scripts_for_all_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "METHODS", (*methods.METHODS, CautiousCode))
    problem = make_problem("article")
    run = make_run(problem, "cautious", {"learning_rate": 0.05, "care": 0.3}, "cosine")
    assert "care = 0.3" in assert_ends_alike(problem, run, 40)
    for framework in NAMES:
        text = export(problem, run, 40, framework).text
        compile(text, "script.py", "exec")
        said = " ".join(text.replace("#", "").split())
        assert framework == "numpy" or "has no Cautious descent, so the update is" in said


class Sawtooth(Schedule):
    name = "sawtooth"
    title = "Sawtooth"
    summary = "Falls and jumps."
    formula = "α(k) = α (1 − (k mod 7)/9)"
    source = "nowhere"

    class Settings(Settings):
        pass

    def rate(self, base: float | Array, k: Indices) -> Array:
        return np.asarray(base * (1.0 - (k % 7) / 9.0))


class Nervous(Sawtooth):
    name = "nervous"
    title = "Nervous"
    watches_loss = True

    def watch(self, memory: Any, base: float, loss: float) -> tuple[float, Any]:
        return base / (1.0 + loss), None


@pytest.mark.parametrize("optimizer", ["gd", "adam", "asgd", "schedule_free_adamw"])
def test_a_schedule_without_an_entry_is_a_list_of_its_rates(optimizer: str) -> None:
    problem = make_problem("article")
    run = make_run(problem, optimizer, {"learning_rate": 0.02}, "sawtooth")
    text = assert_ends_alike(problem, run, 40)
    assert "The formula has not been written for scripts yet" in text
    for framework in NAMES[1:]:
        if (optimizer, framework) != ("schedule_free_adamw", "keras"):
            found = export(problem, run, 40, framework).text
            compile(found, "script.py", "exec")
            assert max(map(len, found.splitlines())) <= 100


def test_what_cannot_be_listed_of_a_schedule_is_said() -> None:
    problem = make_problem("article")
    run = make_run(problem, "gd", {}, "sawtooth")
    assert_ends_alike(problem, run, 1000)
    with pytest.raises(Fault, match=r"'sawtooth' has not been .* export 1,000 steps or fewer"):
        export(problem, run, 1001, "numpy")
    nervous = make_run(problem, "gd", {}, "nervous")
    with pytest.raises(Fault, match="'nervous' watches the loss has not been written"):
        export(problem, nervous, 10, "numpy")


class Dale(Surface):
    """A surface with nothing but its height, slope and bend."""

    name = "dale"
    title = "Dale"
    formula = "…"
    start = (1.2, -0.7)
    learning_rate = 0.02

    def height(self, theta: Array) -> Array:
        x, y = theta
        square = theta * theta
        waves = np.sqrt(1.0 + x * x) - np.expm1(-y * y) + 0.1 * np.square(np.sin(x - y))
        return np.asarray(waves + 0.25 * square.sum(axis=0) + np.abs(x - 9.0) / 4 + y**4 / 8)

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        pull = 0.2 * np.sin(x - y) * np.cos(x - y)
        return (
            x / np.sqrt(1.0 + x * x) + pull + 0.5 * x + 0.25 * np.sign(x - 9.0),
            2.0 * y * np.exp(-y * y) - pull + 0.5 * y + y * y * y / 2.0,
        )

    def gradient(self, theta: Array, out: Array) -> None:
        out[0], out[1] = self._slope(theta[0], theta[1])

    def bend(self, theta: Array) -> Array:
        x, y = theta
        pull = 0.2 * np.cos(2.0 * (x - y))
        xx = (1.0 + x * x) ** -1.5 + pull + 0.5
        yy = (2.0 - 4.0 * y * y) * np.exp(-y * y) + pull + 0.5 + 1.5 * y * y
        return np.array([[xx, -pull], [-pull, yy]])


class Scar(Curve):
    name = "scar"
    title = "Scar"
    formula = "cosh x − x"
    start = (1.5,)
    learning_rate = 0.1

    def height(self, x: Array) -> Array:
        return np.asarray(np.cosh(x) - x)

    def slope(self, x: Array) -> Array:
        return np.asarray(np.sinh(x) - 1.0)

    def bend(self, x: Array) -> Array:
        return np.asarray(np.cosh(x))


class Tilted(Quadratic):
    """Another height than its parent's, whose text is not its own."""

    name = "tilted"

    def height(self, theta: Array) -> Array:
        return np.asarray(super().height(theta) + theta[0])

    def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x + 1.0, 100.0 * y


class Torn(Dale):
    """A height that asks for numbers: what it does with x and y cannot be followed."""

    name = "torn"

    def height(self, theta: Array) -> Array:
        return np.asarray(np.where(theta[0] > 0.0, theta[0] ** 2, theta[1] ** 2))


class Strange(Problem):
    name = "strange"
    title = "Strange"
    formula = "…"
    loss_name = "J"
    parameters = (Parameter("x", "x"),)
    start = (1.0,)
    learning_rate = 0.1

    def loss(self, theta: Array) -> Array:
        return np.asarray(theta[0] ** 2)

    def gradient(self, theta: Array, out: Array) -> None:
        out[0] = 2.0 * theta[0]

    def hessian(self, theta: Array) -> Array:
        return np.array([[2.0]])

    def bounds(self) -> Bounds:
        return ((-1.0, 1.0),)


NEW_PROBLEMS = (Dale, Scar, Tilted, Torn, Strange)


@pytest.mark.parametrize("optimizer", ["gd", "adam", "newton"])
@pytest.mark.parametrize(
    ("name", "settings"), [("dale", {}), ("dale", {"angle": 30.0}), ("scar", {}), ("tilted", {})]
)
def test_a_height_is_enough_for_scripts(
    name: str, settings: dict[str, object], optimizer: str
) -> None:
    problem = make_problem(name, None, settings)
    assert_ends_alike(problem, make_run(problem, optimizer), 5)
    for framework in NAMES[1:]:
        if (optimizer, framework) != ("newton", "keras"):
            compile(export(problem, make_run(problem, optimizer), 5, framework).text, "s", "exec")


@pytest.mark.parametrize("name", ["torn", "strange"])
def test_a_problem_that_cannot_be_said_is_named(name: str) -> None:
    problem = make_problem(name)
    for framework in NAMES:
        with pytest.raises(Fault, match=f"'{name}' has not been written for scripts yet: export"):
            export(problem, make_run(problem), 10, framework)


SURFACES = [cls for cls in PROBLEMS if issubclass(cls, Surface | Curve)]


@pytest.mark.parametrize("cls", SURFACES, ids=lambda cls: cls.name)
def test_text_made_of_a_height_is_as_good_as_the_declared(cls: type[Surface | Curve]) -> None:
    # The text of the parent does not count, since the height is declared anew.
    heir = type("Heir", (cls,), {"height": cls.height})()
    declared, made = (
        export(one, make_run(one, "momentum"), 30, "numpy").text for one in (cls(), heir)
    )
    assert declared != made or cls.name in ("parabola", "absolute")
    assert_ends_alike(heir, make_run(heir, "momentum"), 30)
