"""Scripts at the edges: settings that a framework refuses, singular curvatures, long lines."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from gdsim import simulate
from gdsim.codegen import export
from gdsim.codegen.width import fitted
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run, make_run
from tests.codegen.running import assert_ends_alike


def _script(problem: Problem, run: Run, framework: str) -> str:
    text = export(problem, run, 20, framework).text
    compile(text, "script.py", "exec")
    return text


def test_newtons_script_goes_on_where_the_curvature_is_singular() -> None:
    problem = make_problem("expression", None, {"expression": "x^2 + (y - 1)^4"})
    run = make_run(problem, "newton", start=(1.0, 1.0))
    assert np.linalg.matrix_rank(problem.hessian(np.array([1.0, 1.0]))) == 1
    text = assert_ends_alike(problem, run, 5)
    assert "singular at the start" in text
    for framework in ("pytorch", "optax"):
        assert "lstsq" in _script(problem, run, framework)


@pytest.mark.parametrize(
    ("text", "start", "rate"),
    [("log(x)", (1.0,), 0.1), ("x + log(x y)", (1.0, 0.5), 0.3), ("x sqrt(y)", (1.0, 0.1), 0.4)],
)
@pytest.mark.parametrize("optimizer", ["gd", "adam", "momentum", "newton"])
def test_a_script_ends_where_the_function_has_no_value(
    text: str, start: tuple[float, ...], rate: float, optimizer: str
) -> None:
    """1/x has a value beyond 0, by which the script of log(x) went on."""
    problem = make_problem("expression", None, {"expression": text})
    run = make_run(problem, optimizer, {"learning_rate": rate}, start=start)
    script = assert_ends_alike(problem, run, 40)
    if optimizer == "gd":
        assert "No value at step" in script
        assert "nan" in script.split("# gdsim: theta = ")[1].splitlines()[0]


def test_a_function_with_values_everywhere_is_written_plainly() -> None:
    problem = make_problem("expression", None, {"expression": "x^4 + exp(y) + (x - y)^-2"})
    for framework in ("numpy", "pytorch", "optax", "keras"):
        assert "isnan" not in _script(problem, make_run(problem, "gd"), framework)


def test_a_regular_curvature_is_not_called_singular() -> None:
    problem = make_problem("article")
    assert "at the start, but" not in _script(problem, make_run(problem, "newton"), "numpy")


def test_keras_gets_no_setting_that_it_refuses() -> None:
    problem = make_problem("article")
    run = make_run(problem, "lion", {"beta1": 0.0})
    text = _script(problem, run, "keras")
    assert "keras.optimizers.Lion" not in text
    assert "does not have these settings" in " ".join(text.split())


def test_optax_gets_yogis_first_average_where_it_takes_it() -> None:
    problem = make_problem("article")
    own = _script(problem, make_run(problem, "yogi"), "optax")
    assert "optax.yogi(" in own
    assert "scale_by_yogi" not in own
    other = _script(problem, make_run(problem, "yogi", {"initial_accumulator": 0.0}), "optax")
    assert "scale_by_yogi(initial_accumulator_value=0.0)" in other
    assert "optax.yogi(" not in other


def test_keras_works_with_as_many_digits_as_gdsim() -> None:
    problem = make_problem("article")
    text = _script(problem, make_run(problem, "adam"), "keras")
    assert text.index('set_floatx("float64")') < text.index("keras.Sequential")


@pytest.mark.parametrize("convention", ["keras", "optax"])
def test_schedule_free_keeps_its_average_apart_in_keras(convention: str) -> None:
    problem = make_problem("article")
    run = make_run(problem, "schedule_free_adamw", convention=convention)
    text = _script(problem, run, "keras")
    assert "keras.optimizers.ScheduleFreeAdamW" not in text
    built, fitted_at = text.index("optimizer.build("), text.index("model.fit(")
    assert built < fitted_at < text.index("model.set_weights(kept)") < text.index("theta = np.conc")


def test_keras_refuses_weights_by_rates_that_are_still_to_come() -> None:
    problem = make_problem("article")
    run = make_run(problem, "schedule_free_adamw", None, "cosine", convention="optax")
    with pytest.raises(ValueError, match="choose the convention 'keras'"):
        export(problem, run, 20, "keras")


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_pytorch_network_is_written_as_people_write_it(activation: str) -> None:
    problem = make_problem("network", None, {"hidden": "3, 2", "activation": activation})
    run = make_run(problem, "adam", {"weight_decay": 0.1})
    text = _script(problem, run, "pytorch")
    bend = {"tanh": "Tanh", "relu": "ReLU"}[activation]
    layers = ["Linear(1, 3)", f"{bend}()", "Linear(3, 2)", f"{bend}()", "Linear(2, 1)"]
    assert "".join(f"    torch.nn.{layer},\n" for layer in layers) in text
    assert "torch.optim.Adam(model.parameters()" in text
    assert "vector_to_parameters(start, model.parameters())" in text
    assert "def predict" not in text


def test_a_lambda_is_not_cut_where_it_names_what_it_takes() -> None:
    line = f"model.compile(optimizer={'x' * 70}, loss=lambda _, height: height, jit=False)"
    assert "    loss=lambda _, height: height,\n" in "\n".join(fitted([line]))
    short = f"f({'a' * 90}, lambda a, b=(1, 2), *c: {{a: b}}, d)"
    assert [line.strip() for line in fitted([short])][2] == "lambda a, b=(1, 2), *c: {a: b},"


@pytest.mark.parametrize("convention", ["optax", "keras"])
@pytest.mark.parametrize("schedule", ["warmup_cosine", "wsd", "step", "cosine", "constant"])
def test_a_warm_up_of_its_own_holds_in_every_part_of_a_schedule(
    schedule: str, convention: str
) -> None:
    problem = make_problem("parabola")
    values = {"warmup_steps": 40, "learning_rate": 0.1}
    run = make_run(problem, "schedule_free_adamw", values, schedule, convention=convention)
    assert_ends_alike(problem, run, 60)


def test_a_warm_up_beside_a_watched_loss_is_refused_with_a_sentence() -> None:
    problem = make_problem("parabola")
    run = make_run(problem, "schedule_free_adamw", {"warmup_steps": 40}, "plateau")
    with pytest.raises(ValueError, match="set warmup_steps to 0"):
        export(problem, run, 60, "numpy")


@pytest.mark.parametrize("start", [(0.0, 0.0), (1e-300, 0.0)])
def test_a_script_stands_on_the_tip_of_a_funnel_as_gdsim_does(start: tuple[float, ...]) -> None:
    problem = make_problem("ackley")
    assert_ends_alike(problem, make_run(problem, start=start), 3)


@pytest.mark.parametrize("threshold", [0.5, 1.0, 1.7])
def test_a_plateau_with_any_threshold_is_torchs(threshold: float) -> None:
    # torch 2.13's ReduceLROnPlateau: from 1 on no loss is better, the first one neither.
    problem = make_problem("parabola")
    settings = {"threshold": threshold, "patience": 2}
    run = make_run(problem, "gd", {"learning_rate": 0.1}, "plateau", settings)
    assert_ends_alike(problem, run, 30)
    rates = simulate("parabola", lr=0.1, schedule="plateau", schedule_settings=settings, steps=30)
    if threshold >= 1.0:
        assert rates.learning_rate[:5].tolist() == pytest.approx([0.1, 0.1, 0.1, 0.01, 0.01])


def test_several_values_are_parted_from_each_other_where_a_line_is_too_long() -> None:
    terms = " + ".join(["x"] * 18)
    line = f"    along, across = {terms}, f({terms})"
    assert fitted([line]) == [
        "    along, across = (", f"        {terms},", f"        f({terms}),", "    )",
    ]  # fmt: skip
    line = f"    return f({terms}), lambda a, b: g({terms})"
    assert fitted([line])[1:3] == [f"        f({terms}),", f"        lambda a, b: g({terms}),"]


def test_words_of_a_script_stand_in_one_kind_of_quotes() -> None:
    problem = make_problem("linear", None, {"samples": 300})
    text = export(problem, make_run(problem), 10, "pytorch", table_name="Bo's data.csv").text
    assert 'np.loadtxt("Bo\'s data.csv", ' in text
    problem = make_problem("article")
    run = make_run(problem, schedule="cyclical", schedule_settings={"mode": "triangular2"})
    assert 'mode="triangular2"' in export(problem, run, 10, "pytorch").text


def test_a_name_with_both_quotes_or_a_broken_letter_is_still_read() -> None:
    problem = make_problem("linear", None, {"samples": 300})
    for name in ("a'b\"c.csv", "a\\b.csv", "a\udc80.csv", "数据.csv"):
        text = export(problem, make_run(problem), 10, "numpy", table_name=name).text
        text.encode()
        call = text[text.index("np.loadtxt(") + 11 :]
        assert ast.literal_eval(call[: call.index(", delimiter")]) == name


@pytest.mark.parametrize("loss", ["mse", "half_mse", "mae", "huber"])
def test_a_loss_has_one_article(loss: str) -> None:
    problem = make_problem("article", None, {"loss": loss})
    text = export(problem, make_run(problem), 10, "numpy").text.lower()
    assert "the half" not in text
    assert "the the" not in text
