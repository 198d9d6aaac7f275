"""Conventions, defaults and refusals of make_run; settings that change on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at, stability_bands
from gdsim.engine.fields import Settings, Value, fields_of, settings_values
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import Surface, make_problem
from gdsim.engine.run import (
    METHODS,
    PARTS,
    Clipping,
    make_run,
    run_of,
    run_values,
    under_convention,
    under_optimizer,
)
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.engine.sentences import Fault, rate_number
from gdsim.engine.simulation import Simulation, changed

ARTICLE = make_problem("article")


def settings_under(optimizer: str, convention: str | None, **settings: Any) -> dict[str, Any]:
    return settings_values(make_run(ARTICLE, optimizer, settings, convention=convention).settings)


def said(settings: Settings, *names: str) -> tuple[Value, ...]:
    values = settings_values(settings)
    return tuple(values[name] for name in names)


@pytest.mark.parametrize(
    ("optimizer", "convention", "expected"),
    [
        ("adam", "pytorch", {"eps": 1e-8, "beta2": 0.999, "weight_decay": 0.0}),
        ("adam", "keras", {"eps": 1e-7, "decoupled_weight_decay": True, "convention": "keras"}),
        ("adam", "optax", {"eps": 1e-8, "decoupled_weight_decay": False, "convention": "optax"}),
        ("adamw", "pytorch", {"weight_decay": 0.01}),
        ("adamw", "keras", {"weight_decay": 0.004}),
        ("adamw", "optax", {"weight_decay": 1e-4}),
        ("rmsprop", "pytorch", {"rho": 0.99, "eps": 1e-8}),
        ("rmsprop", "keras", {"rho": 0.9, "eps": 1e-7}),
        ("adagrad", "pytorch", {"initial_accumulator": 0.0, "eps": 1e-10}),
        ("adagrad", "optax", {"initial_accumulator": 0.1, "eps": 1e-7}),
        ("adadelta", "keras", {"rho": 0.95, "eps": 1e-7}),
        ("lion", "keras", {"weight_decay": 0.0}),
        ("lion", "optax", {"weight_decay": 1e-3}),
        ("lamb", "optax", {"eps": 1e-6, "convention": "optax"}),
        ("nadam", "pytorch", {"momentum_decay": 0.004}),
    ],
)
def test_a_convention_brings_the_frameworks_defaults(
    optimizer: str, convention: str, expected: dict[str, Any]
) -> None:
    assert expected.items() <= settings_under(optimizer, convention).items()


def test_what_is_set_goes_before_the_conventions_defaults() -> None:
    assert settings_under("adam", "keras", eps=1e-3)["eps"] == 1e-3
    formula = make_run(ARTICLE, "adam", {"convention": "keras"}).settings
    assert said(formula, "convention", "eps") == ("keras", 1e-7)
    assert settings_under("adam", None)["learning_rate"] == ARTICLE.learning_rate


def test_where_pytorch_has_none_the_first_that_has_it_is_meant() -> None:
    assert settings_under("schedule_free_adamw", None)["convention"] == "optax"
    assert settings_under("lamb", None)["convention"] == "keras"
    assert "convention" not in settings_under("lion", None)


@pytest.mark.parametrize(
    ("optimizer", "convention", "says"),
    [
        ("radam", "keras", "exists in: pytorch, optax"),
        ("rprop", "optax", "exists in: pytorch"),
        ("newton", "keras", "No framework has 'newton'"),
        ("adam", "torch", "Did you mean 'pytorch'"),
    ],
)
def test_a_convention_that_lacks_the_optimizer(optimizer: str, convention: str, says: str) -> None:
    with pytest.raises(Fault, match=says):
        make_run(ARTICLE, optimizer, convention=convention)


def test_schedules_have_conventions_too() -> None:
    late = make_run(ARTICLE, "gd", {}, "multistep", {"milestones": "5"}, convention="keras")
    prompt = make_run(ARTICLE, "gd", {}, "multistep", {"milestones": "5"})
    steps = np.arange(8)
    rates = [run.rate_schedule.rate(1.0, steps).tolist() for run in (prompt, late)]
    assert rates[0] == pytest.approx([1.0] * 5 + [0.1] * 3)
    assert rates[1] == pytest.approx([1.0] * 6 + [0.1] * 2)
    # A schedule that the framework lacks is no reason to refuse its optimizer.
    assert make_run(ARTICLE, "adam", {}, "cyclical", convention="keras").schedule == "cyclical"
    ends = make_run(ARTICLE, "adam", {}, "polynomial", convention="keras").schedule_settings
    assert said(ends, "power", "end_rate") == (1.0, 1e-4)


@pytest.mark.parametrize(
    ("schedule", "settings", "says"),
    [
        ("multistep", {"milestones": "300, 200"}, "whole numbers that go up"),
        ("multistep", {"milestones": ""}, "whole numbers that go up"),
        ("multistep", {"milestones": 300}, "milestones cannot be 300"),
        ("piecewise", {"points": "0:1, 10"}, "'10' is no point"),
        ("piecewise", {"points": "0:1, 0:2"}, "'0:2' is no point"),
        ("piecewise", {"points": "0:nan"}, "'0:nan' is no point"),
        ("piecewise", {"points": "0:-1"}, "steps go up"),
        ("one_cycle", {"pct_start": 1.0}, "pct_start cannot be 1"),
        ("cyclical", {"mode": "round"}, "triangular, triangular2, exp_range"),
    ],
)
def test_schedules_refuse_with_the_remedy(
    schedule: str, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(Fault, match=says):
        make_run(ARTICLE, "gd", {}, schedule, settings)


def test_newton_has_full_steps_that_no_schedule_may_change_unasked() -> None:
    assert make_run(ARTICLE, "newton").learning_rate == 1.0
    with pytest.raises(Fault, match="give one for the schedule"):
        make_run(ARTICLE, "newton", {}, "cosine")
    assert make_run(ARTICLE, "newton", {"learning_rate": 0.5}, "cosine").learning_rate == 0.5


def test_newton_takes_the_shortest_step_where_the_curvature_is_singular() -> None:
    class Trough(Surface):
        """J = (x + y)²/2: flat along x = −y."""

        name = "trough"
        start = (3.0, 1.0)
        learning_rate = 0.1

        def height(self, theta: Array) -> Array:
            return np.asarray((theta[0] + theta[1]) ** 2 / 2.0)

        def slope(self, x: Any, y: Any) -> tuple[Any, Any]:
            return x + y, x + y

        def bend(self, theta: Array) -> Array:
            return np.ones((2, 2))

    trough = Trough()
    theta = Simulation(trough, [make_run(trough, "newton")]).advance(1).theta[0, :, 0]
    np.testing.assert_allclose(theta, [1.0, -1.0], atol=1e-12)


def test_dampening_moves_the_critical_rate() -> None:
    """b ← βb + (1−d)g is gradient descent with momentum at the rate α(1−d)."""
    curvature = curvature_at(ARTICLE, np.zeros(2))
    for factor, comes_home in ((0.98, True), (1.02, False)):
        run = make_run(ARTICLE, "momentum", {"momentum": 0.5, "dampening": 0.4})
        bands = stability_bands(run, curvature)
        assert bands is not None
        rate = factor * bands.critical
        fast = replace(run, settings=replace(run.settings, learning_rate=rate))
        simulation = Simulation(ARTICLE, [fast])
        simulation.advance(3000)
        assert bool(simulation.loss[0] <= 41.6) is comes_home


@pytest.mark.parametrize("name", ["gd", "momentum", "nesterov"])
def test_a_coupled_decay_moves_the_critical_rate(name: str) -> None:
    """What is descended is J + ½λ|θ|²: its greatest curvature is λmax + λ."""
    curvature = curvature_at(ARTICLE, np.zeros(2))
    run = make_run(ARTICLE, name, {"weight_decay": 10.0})
    bands = stability_bands(run, curvature)
    assert bands is not None
    for factor, comes_home in ((0.98, True), (1.02, False)):
        rate = factor * bands.critical
        fast = replace(run, settings=replace(run.settings, learning_rate=rate))
        simulation = Simulation(ARTICLE, [fast])
        simulation.advance(3000)
        assert bool(simulation.loss[0] <= 41.6) is comes_home


@pytest.mark.parametrize("beta", [0.5, 0.9])
@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_up_to_the_smooth_rate_no_step_throws_the_run_to_the_other_side(
    name: str, beta: float
) -> None:
    """The roots of the companion polynomial are real and negative from there on only."""
    parabola = make_problem("parabola")
    run = make_run(parabola, name, {"momentum": beta})
    curvature = curvature_at(parabola, np.zeros(1))
    bands = stability_bands(run, curvature)
    assert bands is not None
    assert curvature is not None
    for factor, smooth in ((0.999, True), (1.001, False)):
        x = factor * bands.smooth_ends * curvature.largest
        polynomial = (
            [1.0, -(1.0 + beta - x), beta]
            if name == "momentum"
            else [1.0, -(1.0 + beta) * (1.0 - x), beta * (1.0 - x)]
        )
        roots = np.roots(polynomial)
        assert (
            bool(roots[np.abs(roots).argmax()].real >= 0.0 or abs(roots[0].imag) > 1e-9) is smooth
        )


def test_no_critical_rate_is_claimed_where_none_is_known() -> None:
    curvature = curvature_at(ARTICLE, np.zeros(2))
    for name in ("momentum", "nesterov"):
        apart = {"weight_decay": 0.1, "decoupled_weight_decay": True}
        assert stability_bands(make_run(ARTICLE, name, apart), curvature) is None
    assert stability_bands(make_run(ARTICLE, "adam"), curvature) is None


@pytest.mark.parametrize("damping", [0.0, 3.0])
def test_newtons_critical_rate_is_2_and_more_with_damping(damping: float) -> None:
    for factor, comes_home in ((0.99, True), (1.01, False)):
        bands = stability_bands(
            make_run(ARTICLE, "newton", {"damping": damping}), curvature_at(ARTICLE, np.zeros(2))
        )
        assert bands is not None
        run = make_run(ARTICLE, "newton", {"damping": damping, "lr": factor * bands.critical})
        simulation = Simulation(ARTICLE, [run])
        simulation.advance(3000)
        assert bool(simulation.loss[0] <= 41.6) is comes_home


def test_plateau_waits_for_the_loss_and_survives_a_replay() -> None:
    run = make_run(
        ARTICLE, "gd", {"learning_rate": 0.0846}, "plateau", {"patience": 3, "factor": 0.5}
    )
    simulation = Simulation(ARTICLE, [run])
    block = simulation.advance(20)
    # It diverges slowly from the start: four losses that are not better, then half the rate.
    assert block.rate[:, 0].tolist()[:6] == [0.0846] * 4 + [0.0423] * 2
    assert simulation.loss[0] < 41.6
    again = Simulation(ARTICLE, [run])
    for step in range(20):
        lanes = again.lanes()
        again = Simulation(ARTICLE, [run])
        again.restore(step, lanes)
        again.advance(1)
    np.testing.assert_array_equal(again.theta, simulation.theta)


def test_a_changed_formula_keeps_what_it_can_of_the_state() -> None:
    plain = make_run(ARTICLE, "rmsprop", {"rho": 0.9})
    centred = make_run(ARTICLE, "rmsprop", {"rho": 0.9, "centered": True, "momentum": 0.5})
    simulation = Simulation(ARTICLE, [plain])
    simulation.advance(10)
    (lane,) = simulation.lanes()
    assert lane.state is not None
    square = lane.state["square"].copy()
    simulation.restore(10, [changed(lane, centred, 10)])
    (lane,) = simulation.lanes()
    assert lane.state is not None
    np.testing.assert_array_equal(lane.state["square"], square)
    np.testing.assert_array_equal(lane.state["velocity"], 0.0)
    simulation.advance(5)
    simulation.restore(15, [changed(simulation.lanes()[0], plain, 15)])
    assert np.isfinite(simulation.advance(5).theta).all()


def test_declarations_are_whole() -> None:
    """Every field has a label and a help, every default is allowed, every need exists."""
    methods: tuple[type[Optimizer] | type[Schedule], ...] = (*OPTIMIZERS, *SCHEDULES)
    for cls in methods:
        fields = {f.name: f for f in fields_of(cls.Settings)}
        assert cls.title
        assert cls.summary
        assert cls.formula
        assert cls.source
        for item in fields.values():
            assert item.label
            assert item.help.endswith(".")
            assert item.check(item.default) == item.default
            for name, value in item.needs:
                assert value in fields[name].choices
        for framework, values in cls.defaults.items():
            assert framework in cls.conventions
            for name, value in values.items():
                assert fields[name].check(value) == value
        if "convention" in fields:
            assert set(fields["convention"].choices) == set(cls.conventions)


@pytest.mark.parametrize(
    ("optimizer", "settings", "convention", "rule"),
    [
        ("momentum", {}, "pytorch", ("v ← β v + g", "θ ← θ − α v")),
        ("momentum", {}, "keras", ("v ← β v + α g", "θ ← θ − v")),
        ("momentum", {"dampening": 0.5}, "pytorch", ("v ← β v + (1 − d) g", "θ ← θ − α v")),
        ("gd", {"weight_decay": 0.1}, "pytorch", ("g ← g + λ θ,  θ ← θ − α g",)),
        ("nadam", {}, "keras", ("0.96ᵗ",)),
        ("rmsprop", {"centered": True}, "optax", ("√(v − m² + ε)",)),
        ("rmsprop", {"momentum": 0.5}, "pytorch", ("b ← β b + g / (√v + ε)", "θ ← θ − α b")),
        ("adamw", {"weight_decay": 0.1}, "pytorch", ("θ ← (1 − α λ) θ",)),
        ("adamw", {"weight_decay": 0.0}, "pytorch", ("m ← β₁ m + (1 − β₁) g",)),
        ("adam", {}, "keras", ("θ ← θ − α (√c₂/c₁) m / (√v + ε)",)),
        ("radam", {"threshold": 6.0}, "optax", ("ρ ≥ 6:",)),
        ("schedule_free_adamw", {}, "keras", ("w = 1/t",)),
    ],
)
def test_the_rule_shown_is_the_one_in_force(
    optimizer: str, settings: dict[str, Any], convention: str, rule: tuple[str, ...]
) -> None:
    run = make_run(ARTICLE, optimizer, settings, convention=convention)
    shown = run.method.rule()
    assert all(part in "\n".join(shown) for part in rule)


def test_rules_fit_their_three_lines_and_name_the_state() -> None:
    for cls in OPTIMIZERS:
        fields = {f.name for f in fields_of(cls.Settings)}
        for convention in cls.conventions or (None,):
            for decay in ({}, {"weight_decay": 0.1}) if "weight_decay" in fields else ({},):
                run = make_run(ARTICLE, cls.name, decay, convention=convention)
                rule = run.method.rule()
                assert 1 <= len(rule) <= 3
                state = cls([run.settings]).init(np.zeros((2, 1)))
                for name, symbol in cls.symbols.items():
                    assert symbol in "".join(rule) or name not in state


def test_another_optimizer_keeps_the_rate_and_what_was_set() -> None:
    run = make_run(ARTICLE, "adam", {"learning_rate": 0.3, "beta1": 0.5}, convention="keras")
    lamb = under_optimizer(run, "lamb").settings
    names = ("learning_rate", "beta1", "convention", "eps")
    assert said(lamb, *names) == (0.3, 0.5, "keras", 1e-7)
    # Keras has no RAdam: PyTorch's form and defaults are meant.
    radam = under_optimizer(run, "radam").settings
    assert said(radam, *names) == (0.3, 0.5, "pytorch", 1e-8)
    assert under_optimizer(run, "newton").learning_rate == 0.3
    zero = make_run(ARTICLE, "adam", {"beta1": 0.0})
    free = under_optimizer(zero, "schedule_free_adamw").settings
    assert said(free, "beta1") == (0.9,)  # 0 is not allowed
    for old in OPTIMIZERS:
        for new in OPTIMIZERS:
            for convention in old.conventions or (None,):
                made = make_run(ARTICLE, old.name, {"learning_rate": 0.3}, convention=convention)
                assert under_optimizer(made, new.name).learning_rate == 0.3


def test_another_framework_brings_its_defaults_but_not_over_what_was_set() -> None:
    run = make_run(ARTICLE, "rmsprop", {"learning_rate": 0.3, "momentum": 0.5, "rho": 0.7})
    keras: Any = under_convention(run.family, run.settings, "keras")
    assert (keras.learning_rate, keras.momentum, keras.rho, keras.eps) == (0.3, 0.5, 0.7, 1e-7)
    assert keras.decoupled_weight_decay
    back = under_convention(run.family, keras, "pytorch")
    assert back == run.settings
    plateau = make_run(ARTICLE, "gd", {}, "plateau").schedule_settings
    schedule = next(cls for cls in SCHEDULES if cls.name == "plateau")
    changed_one: Any = under_convention(schedule, plateau, "keras")
    assert changed_one.threshold_mode == "abs"


@pytest.mark.parametrize("schedule", ["constant", "cosine", "plateau"])
@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam", "newton", "rprop"])
def test_a_run_is_made_again_of_its_plain_values(optimizer: str, schedule: str) -> None:
    run = make_run(
        ARTICLE, optimizer, {"learning_rate": 0.3}, schedule, None, Sampling(2, "random", 5),
        Clipping(clip_value=3.0), (1.0, -2.0),
    )  # fmt: skip
    values = json.loads(json.dumps(run_values(run)))
    assert run_of(ARTICLE, values) == run
    assert set(values) == {"start", *METHODS, *PARTS}
    with pytest.raises(Fault, match="larger than the data"):
        run_of(ARTICLE, {**values, "sampling": {"batch_size": 6}})


def test_a_rate_has_its_three_digits_beside_a_power_of_ten_too() -> None:
    assert rate_number(2.534e-7) == "2.53×10⁻⁷"
    assert rate_number(0.084524) == "0.0845"
    assert rate_number(3e-7) == "3×10⁻⁷"
