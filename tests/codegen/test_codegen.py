"""Scripts for NumPy end where gdsim ends; those for the frameworks say what they must.

That the others end there too is checked with the frameworks by tests/reference/check_code.py.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdsim import codegen
from gdsim.codegen import export, save
from gdsim.engine.conventions import FRAMEWORKS
from gdsim.engine.fields import fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import PROBLEMS, find_problem, make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Fault
from tests.codegen.running import assert_ends_alike, names_of
from tests.reference import code_cases
from tests.reference.code_cases import Exported

LISTINGS = Path(__file__).parent / "listings"
WITH_FRAMEWORK = ("pytorch", "keras", "optax")


@cache
def listed() -> tuple[Exported, ...]:
    return tuple(code_cases.exported())


def groups() -> list[str]:
    return sorted({one.run.optimizer for one in listed()})


def text_of(one: Exported, framework: str) -> str | None:
    """None where it is refused."""
    try:
        return export(one.problem, one.run, one.steps, framework).text
    except Fault:
        return None


@pytest.mark.parametrize("optimizer", groups())
def test_numpy_script_ends_where_gdsim_does(optimizer: str) -> None:
    compared = 0
    for one in listed():
        if one.run.optimizer != optimizer:
            continue
        if export(one.problem, one.run, one.steps, "numpy").table is None:
            assert_ends_alike(one.problem, one.run, one.steps)
            compared += 1
    assert compared


def test_every_optimizer_schedule_and_problem_is_among_them() -> None:
    assert {cls.name for cls in OPTIMIZERS} == set(groups())
    assert {cls.name for cls in SCHEDULES} == {one.run.schedule for one in listed()}
    assert {one.problem.name for one in listed()} == {cls.name for cls in PROBLEMS}
    conventions = {
        (one.run.optimizer, getattr(one.run.settings, "convention", framework))
        for one in listed()
        for framework in one.run.family.conventions
    }
    wanted = {(cls.name, framework) for cls in OPTIMIZERS for framework in cls.conventions}
    assert wanted <= conventions


@pytest.mark.parametrize("name", [cls.name for cls in PROBLEMS if cls.name != "linear"])
def test_loss_slope_and_curvature_are_gdsims(name: str) -> None:
    """At points that no run has come by: those beside a kink, far out, and where it turns."""
    known = {item.name for item in fields_of(find_problem(name).Settings)}
    for settings in ({}, {"angle": 25.0}) if "angle" in known else ({},):
        problem = make_problem(name, None, settings)
        curved = name != "network"
        run = make_run(problem, "newton" if curved else "gd")
        names = names_of(export(problem, run, 0, "numpy").text)
        data = (names["x"], names["y"]) if problem.size else ()
        rng = np.random.default_rng(2)
        for _ in range(20):
            theta = np.array(problem.start) + rng.normal(0.0, 1.5, len(problem.start))
            wanted: dict[str, Any] = {
                "loss": problem.loss_at(theta),
                "gradient": problem.gradient_at(theta),
            }
            if curved:
                wanted["hessian"] = problem.hessian(theta)
            for what, value in wanted.items():
                found = names[what](theta, *data)
                np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("framework", ["numpy", *WITH_FRAMEWORK])
def test_every_script_is_python_of_short_lines_and_few_are_refused(framework: str) -> None:
    refused = set()
    for one in listed()[::2]:
        text = text_of(one, framework)
        if text is None:
            refused.add((one.run.optimizer, one.run.schedule))
            continue
        compile(text, "script.py", "exec")
        assert not [line for line in text.splitlines() if len(line) > 100], one.name
        assert "\t" not in text
    assert text == text_of(one, framework)
    if framework != "keras":
        assert not refused
    else:
        assert all(
            optimizer in ("newton", "schedule_free_adamw") or schedule == "plateau"
            for optimizer, schedule in refused
        )


OWN_CLASSES = {
    "pytorch": {
        "gd": "optim.SGD(", "sgd": "optim.SGD(", "momentum": "momentum=0.9",
        "nesterov": "nesterov=True", "adagrad": "optim.Adagrad(", "rmsprop": "optim.RMSprop(",
        "adadelta": "optim.Adadelta(", "adam": "optim.Adam(", "amsgrad": "amsgrad=True",
        "adamw": "optim.AdamW(", "adamax": "optim.Adamax(", "nadam": "optim.NAdam(",
        "radam": "optim.RAdam(", "rprop": "optim.Rprop(", "asgd": "optim.ASGD(",
    },
    "keras": {
        "gd": "optimizers.SGD(", "sgd": "optimizers.SGD(", "momentum": "momentum=0.9",
        "nesterov": "nesterov=True", "adagrad": "optimizers.Adagrad(",
        "rmsprop": "optimizers.RMSprop(", "adadelta": "optimizers.Adadelta(",
        "adam": "optimizers.Adam(", "amsgrad": "amsgrad=True", "adamw": "optimizers.AdamW(",
        "adamax": "optimizers.Adamax(", "nadam": "optimizers.Nadam(", "lion": "optimizers.Lion(",
        "lamb": "optimizers.Lamb(",
    },
    "optax": {
        "gd": "optax.sgd(", "sgd": "optax.sgd(", "momentum": "momentum=0.9",
        "nesterov": "nesterov=True", "adagrad": "optax.adagrad(", "rmsprop": "optax.rmsprop(",
        "adadelta": "optax.adadelta(", "adam": "optax.adam(", "amsgrad": "optax.amsgrad(",
        "adamw": "optax.adamw(", "adamax": "optax.adamax(", "nadam": "optax.nadam(",
        "radam": "optax.radam(", "lion": "optax.lion(", "adabelief": "optax.adabelief(",
        "yogi": "optax.yogi(", "adan": "optax.adan(", "lamb": "optax.lamb(",
        "schedule_free_adamw": "contrib.schedule_free_adamw(", "lookahead": "optax.lookahead(",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("framework", "optimizer"), [(f, name) for f in FRAMEWORKS for name in OWN_CLASSES[f]]
)
def test_a_frameworks_own_class_is_used_for_its_own_formula(framework: str, optimizer: str) -> None:
    problem = make_problem("article")
    run = make_run(problem, optimizer, {"learning_rate": 0.02}, convention=framework)
    text = export(problem, run, 100, framework).text
    assert OWN_CLASSES[framework][optimizer] in text
    assert "written out" not in text


def test_own_classes_are_those_that_gdsim_says_the_frameworks_have() -> None:
    for framework in FRAMEWORKS:
        assert set(OWN_CLASSES[framework]) == {
            cls.name
            for cls in OPTIMIZERS
            if framework in cls.conventions
            and (framework, cls.name) != ("keras", "schedule_free_adamw")
        }


@pytest.mark.parametrize(
    ("optimizer", "convention", "framework", "said"),
    [
        ("lion", "keras", "pytorch", "PyTorch has no Lion"),
        ("rprop", "pytorch", "keras", "Keras has no Rprop"),
        ("rmsprop", "pytorch", "keras", "This run goes by PyTorch's formula"),
        ("adam", "keras", "optax", "This run goes by Keras's formula"),
        ("newton", None, "optax", "Optax has no Newton's method"),
        ("schedule_free_adamw", "keras", "keras", "ends elsewhere than on JAX"),
    ],
)
def test_what_is_written_out_says_why(
    optimizer: str, convention: str | None, framework: str, said: str
) -> None:
    problem = make_problem("article")
    run = make_run(problem, optimizer, convention=convention)
    text = " ".join(export(problem, run, 10, framework).text.replace("\n#", " ").split())
    assert said in text


@pytest.mark.parametrize(
    ("name", "optimizer", "settings", "convention", "framework"),
    [
        ("article_numpy.txt", "gd", {"learning_rate": 0.01}, None, "numpy"),
        ("article_keras.txt", "adam", {"learning_rate": 0.001}, "keras", "keras"),
        ("article_pytorch.txt", "adam", {"learning_rate": 0.1}, "pytorch", "pytorch"),
        ("article_optax.txt", "adam", {"learning_rate": 0.1}, "optax", "optax"),
    ],
)
def test_the_articles_listings(
    name: str, optimizer: str, settings: dict[str, Any], convention: str | None, framework: str
) -> None:
    problem = make_problem("article")
    run = make_run(problem, optimizer, settings, convention=convention)
    text = export(problem, run, 1000, framework).text
    assert without_digits(text) == without_digits((LISTINGS / name).read_text(encoding="utf-8"))


def without_digits(text: str) -> list[str]:
    """Without gdsim's version and the last digits of its result, which rounding decides."""
    lines = [line for line in text.splitlines() if not line.startswith("Made by gdsim")]
    return [
        line if not line.startswith(("# gdsim: ", "#        ")) else line[:30] for line in lines
    ]


def test_the_keras_listing_tells_of_the_slow_rate_and_a_better_one() -> None:
    problem = make_problem("article")
    run = make_run(problem, "adam", {"learning_rate": 0.001}, convention="keras")
    said = " ".join(export(problem, run, 1000, "keras").text.replace("\n# ", " ").split())
    # Keras 3.15 itself prints 9.4103 for epoch 1000 and evaluates to 9.3947; 0.5600 at rate 0.1.
    assert "1000 epochs at Keras's default rate, 0.001, reach a loss of 9.41 " in said
    assert "far from the 0.56 of least squares" in said
    assert "The rate 0.1 gets there" in said
    fast = make_run(problem, "adam", {"learning_rate": 0.1}, convention="keras")
    assert "least squares" not in export(problem, fast, 1000, "keras").text


HOSTILE = (
    '"""\nimport os; os.system("x")\n"""',
    "a\nimport os",
    "'''); import os; ('''",
    'end"; import os #',
    "\\",
    "a\u2028import os",
    "a\rimport os",
    "成绩.csv",
)


@pytest.mark.parametrize("framework", ["numpy", *WITH_FRAMEWORK])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_executable_comes_in_by_a_name(framework: str, name: str) -> None:
    data = (np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]), np.array([1.0, 2.0, 2.0]))
    few = make_problem("linear", data)
    rng = np.random.default_rng(0)
    many = make_problem("linear", (rng.normal(size=300), rng.normal(size=300)))
    for problem in (few, many):
        run = make_run(problem)
        plain = export(problem, run, 10, framework, source="data", table_name="data.csv").text
        hostile = export(problem, run, 10, framework, source=name, table_name=name).text
        # Comments are no part of a tree; the table's name is a literal in it.
        trees = [ast.dump(ast.parse(text)) for text in (plain, hostile)]
        assert trees[1] == trees[0].replace(
            "Constant(value='data.csv')", f"Constant(value={name!r})"
        )


def test_many_data_are_read_from_a_table_beside_the_script(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    x = rng.uniform(-3, 3, (2, 400))
    problem = make_problem("linear", (x, x[0] - 2 * x[1] + rng.normal(size=400)))
    run = make_run(problem, "adam", {"learning_rate": 0.05}, sampling=Sampling(32))
    made = export(problem, run, 50, "numpy", table_name="我的 数据.csv")
    script = tmp_path / "script.py"
    save(script, made)
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    found = ast.literal_eval(done.stdout.splitlines()[0].removeprefix("theta = "))
    wanted = Exported("", problem, run, 50).ends()
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert (tmp_path / "我的 数据.csv").read_text(encoding="utf-8").splitlines()[0] == "x1,x2,y"


def test_what_cannot_be_exported_is_said() -> None:
    problem = make_problem("article")
    run = make_run(problem)
    with pytest.raises(Fault, match="changes its settings at step 20"):
        export(problem, run, 50, "numpy", changes=((20, run),))
    export(problem, run, 20, "numpy", changes=((20, run),))
    with pytest.raises(Fault, match="pytorch"):
        export(problem, run, 50, "torch")
    with pytest.raises(Fault, match="NumPy, PyTorch and Optax"):
        export(problem, make_run(problem, "newton"), 50, "keras")
    with pytest.raises(Fault, match="choose the convention 'keras'"):
        export(problem, make_run(problem, "gd", {}, "plateau"), 50, "keras")
    noam = make_run(problem, "gd", {}, "noam")
    with pytest.raises(Fault, match="too many for a table"):
        export(problem, noam, 10**8, "optax")


def test_long_runs_are_exported_at_once() -> None:
    """Nothing of 10⁸ steps is simulated for the comment that tells the result, nor of many data."""
    x = np.random.default_rng(0).normal(size=100_000)
    many = make_problem("linear", (x, 2 * x + 1), {"loss": "mae"})
    assert "gdsim: theta" not in export(many, make_run(many, "adam"), 1000, "keras").text
    problem = make_problem("article")
    text = export(problem, make_run(problem, "adam"), 10**8, "numpy").text
    assert "gdsim: theta" not in text
    assert "range(1, 100000001)" in text


def test_the_menu_of_frameworks_is_complete() -> None:
    assert [one.name for one in codegen.FRAMEWORKS] == ["numpy", *WITH_FRAMEWORK]
