"""A notebook as a newcomer writes it, a cell after the other, as a notebook runs and shows them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any
from xml.etree import ElementTree

import pytest

Cell = tuple[str, str]
"""Its code, and a pattern of what it shows: the last line's value, or the error."""

CELLS: list[Cell] = [
    (
        """
import numpy as np
import gdsim
gdsim.optimizers()
""",
        r"gd +Gradient descent: Walks straight down .*\n.*\nadam +Adam: Momentum over .*",
    ),
    (
        """
run = gdsim.simulate("article", "adam", lr=0.1, steps=500)
run
""",
        r"<Result: adam on article, 500 steps: converged, loss 41\.6 → 0\.56>",
    ),
    (
        "run.step.shape, run.loss.shape, run.learning_rate.shape, run.parameters.shape, run.names",
        r"\(\(501,\), \(501,\), \(501,\), \(501, 2\), \('theta_0', 'theta_1'\)\)",
    ),
    (
        """
intercept, slope = run.last.parameters.tolist()
run.best.loss <= run.last.loss, round(intercept, 3), round(slope, 3)
""",
        r"\(True, -1\.0, 2\.2\)",
    ),
    (
        """
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5] + 3.0
fit = gdsim.simulate("linear", "momentum", data=(X, y), lr=0.05, momentum=0.9)
fit.predict(X).shape, bool(abs(fit.predict(X) - y).max() < 1e-6), str(fit.answer.exact_told)
""",
        r"\(\(40,\), True, 'Exact fit: 3 \+ 1·x1 − 2·x2 \+ 0\.5·x3, R² 1\.'\)",
    ),
    (
        'gdsim.simulate("linear", data=(X.T, y))',
        r"Fault: x has a column a sample: give it a row a sample, as x\.T has it\.",
    ),
    (
        'gdsim.simulate("article", "adamm", learning_rate=0.1)',
        r"Fault: There is no optimizer 'adamm'\. Did you mean 'adam'\? Known: gd, .*\.",
    ),
    (
        'gdsim.simulate("article", "adam", momentum=0.9)',
        r"Fault: 'adam' has no setting 'momentum'\. It has: learning_rate, beta1, .*\.",
    ),
    (
        """
found = gdsim.sweep("article", grid={"lr": np.linspace(0.01, 0.12, 12)}, steps=300)
found
""",
        r"<Sweep: 12 lr, gd on article, 300 steps: \d+ of 12 runs settled, 4 diverged, "
        r"lowest loss 0\.56\S* at lr=0\.08>",
    ),
    (
        """
best = gdsim.simulate("article", steps=300, **found.best)
found.loss.shape, best.last.loss == float(found.loss.min())
""",
        r"\(\(12,\), True\)",
    ),
    (
        """
class MyOptimizer:
    def __init__(self, beta=0.9):
        self.beta, self.mean = beta, 0

    def step(self, theta, gradient, rate):
        self.mean = self.beta * self.mean + (1 - self.beta) * gradient
        return theta - rate * self.mean

mine = gdsim.simulate(lambda x, y: (x - 1)**2 + 5 * y**2, MyOptimizer, start=(4, 2), lr=0.1)
mine
""",
        r"<Result: MyOptimizer on lambda, 1000 steps: converged, loss 29 → \S+>",
    ),
    (
        """
run.to_csv("run.csv")
np.genfromtxt("run.csv", delimiter=",", names=True)["loss"].shape
""",
        r"\(501,\)",
    ),
    (
        'gdsim.load("run.csv")',
        r"Fault: run\.csv is damaged or no gdsim experiment .*",
    ),
    (
        "run.to_dataframe()",
        r"ImportError: to_dataframe\(\) needs pandas, which is not installed here: .*\.",
    ),
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    """What each cell gives, all run in one namespace on a machine without pandas."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("notebook"))
        patch.setitem(sys.modules, "pandas", None)
        namespace: dict[str, Any] = {}
        yield [executed(code, namespace) for code, _ in CELLS]
        assert Path("run.csv").is_file()


def executed(code: str, namespace: dict[str, Any]) -> Any:
    """The value of the last line, or the error, as a notebook shows them."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    before: CodeType = compile(tree, "<cell>", "exec")
    try:
        exec(before, namespace)
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)
    except Exception as error:
        return error


@pytest.mark.parametrize("place", range(len(CELLS)))
def test_each_cell_shows_what_it_should(place: int, shown: list[Any]) -> None:
    value, pattern = shown[place], CELLS[place][1]
    wanted = re.compile(pattern, re.DOTALL)
    if isinstance(value, Exception):
        assert isinstance(value, ValueError | ImportError)
        assert "\n" not in str(value)
        assert wanted.fullmatch(f"{type(value).__name__}: {value}")
        return
    assert wanted.fullmatch(repr(value)) or (place == 0 and wanted.match(repr(value))), repr(value)


def test_what_has_a_picture_shows_it(shown: list[Any]) -> None:
    """A notebook takes the HTML where there is one."""
    pictures = [value._repr_html_() for value in shown if hasattr(value, "_repr_html_")]
    assert len(pictures) == 4
    for html in pictures:
        assert len(html) < 10_000
        ElementTree.fromstring(html)  # it ends where it should
    assert sum("<svg" in html for html in pictures) == 3
