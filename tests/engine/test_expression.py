"""Typed functions: what is read as what, exact derivatives, and nothing else gets in."""

from __future__ import annotations

import contextlib
import math
import random
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.engine import expression_text
from gdsim.engine.expression_text import read_expression
from gdsim.engine.formulas import MOST_NODES, Program
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from gdsim.runtime.session import Session
from tests.setups import setup_of

X, Y = 0.7, -1.3
VALUES = [
    ("x", X),
    ("2x + 3y", 2 * X + 3 * Y),
    ("-x^2", -(X**2)),
    ("−x²", -(X**2)),
    ("2^3^2", 512.0),
    ("x**2 - y**3", X**2 - Y**3),
    ("x⁴ − 1.05x⁻²", X**4 - 1.05 * X**-2),
    ("0.26(x² + y²) − 0.48xy", 0.26 * (X**2 + Y**2) - 0.48 * X * Y),
    ("20 + x² + y² − 10(cos 2πx + cos 2πy)",
     20 + X**2 + Y**2 - 10 * (math.cos(2 * math.pi * X) + math.cos(2 * math.pi * Y))),
    ("−20 exp(−0.2 √(½(x² + y²))) − exp(½(cos 2πx + cos 2πy)) + e + 20",
     -20 * math.exp(-0.2 * math.sqrt((X**2 + Y**2) / 2))
     - math.exp((math.cos(2 * math.pi * X) + math.cos(2 * math.pi * Y)) / 2) + math.e + 20),
    ("|x·y| ÷ 2", abs(X * Y) / 2),
    ("|x| |y|", abs(X) * abs(Y)),
    ("2|x|y", 2 * abs(X) * Y),
    ("sin²(x) + cos^2(x)", 1.0),
    ("sin x cos y", math.sin(X) * math.cos(Y)),
    ("1/2x", X / 2),
    ("2e3 + 2e", 2000 + 2 * math.e),
    ("log(x) + ln x + lg(x) + log2(x)",
     2 * math.log(X) + math.log10(X) + math.log2(X)),
    ("max(x, y) + 10 min(x, y)", X + 10 * Y),
    ("relu(y) + sigmoid(x)", 1 / (1 + math.exp(-X))),
    ("SIN(Ｘ) ＋ （x＊y）", math.sin(X) + X * Y),
    ("x^y", X**Y),
    ("e^(x y)", math.exp(X * Y)),
    ("- - x", X),
    ("arctan(x) + asin(x) + acos(x) + sinh(x) + cosh(x) + tanh(x) + tan(x) + abs(y) + sgn(y)",
     math.atan(X) + math.pi / 2 + math.exp(X) + math.tanh(X) + math.tan(X) + 1.3 - 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_what_is_typed_is_read_as_people_mean_it(text: str, value: float) -> None:
    graph, node = read_expression(text)
    (found,) = Program(graph, [node]).evaluate(np.array([[X], [Y]]))
    assert float(np.ravel(found)[0]) == pytest.approx(value, rel=1e-13)


FAULTS = [
    ("x + sine(y)", r"Column 5: there is no 'sine'\. Did you mean 'sin'\?"),
    ("x + foo", r"Column 5: there is no 'foo'\. Known: x, y, pi, [a-z0-9, ]{,30} …\.$"),
    ("x2 + y", r"Column 1: 'x2' is no name\. For a power type x\^2, for a product 2x"),
    ("x +", r"Column 4: something is missing"),
    ("x + * y", r"Column 5: '\*' is not expected"),
    ("(x + y", r"Column 1: '\(' is not closed"),
    ("x + y)", r"Column 6: '\)' is not expected"),
    ("|x + y", r"Column 1: '\|' is not closed"),
    ("x.__class__", r"Column 2: '\.' is not expected"),
    ("__import__('os')", r"Column 1: there is no '__import__'"),
    ("x; y", r"Column 2: ';' is not expected"),
    ("max(x)", r"Column 1: 'max' needs 2 in its parentheses, not 1"),
    ("sin(x, y)", r"Column 1: 'sin' needs 1 in its parentheses, not 2"),
    ("0,5x", r"Column 2: ',' is not expected"),
    ("1.2.3", r"Column 1: '1\.2\.3' is not expected"),
    ("1e999", r"Column 1: 1e999 is too large"),
    ("x + 9^9^9^9", r"Column \d+: pow is too large"),
    ("x + log(0)", r"log of 0 \(column 5"),
    ("x + 1/0", r"1 divided by 0 \(column 6"),
    ("x + (-1)^0.5", r"-1 to the power of 0\.5"),
    ("   ", r"is empty"),
    ("3 + pi", r"neither x nor y"),
    ("(" * 60 + "x" + ")" * 60, r"nested too deeply"),
    ("2^" * 60 + "x", r"nested too deeply"),
    ("x" + "+x" * 240, r"more than 200 operations"),
    ("x" * 501, r"at most 500 characters"),
    ("x = 3", r"Column 3: '=' is not expected"),
    ("学习", r"Column 1: there is no '学习'"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_what_cannot_be_read_is_pointed_at(text: str, said: str) -> None:
    with pytest.raises(Fault, match=said):
        make_problem("expression", None, {"expression": text})


PIECES = (
    "x", "y", "2", "0", "1e9", "1e308", "3.5", "+", "-", "*", "/", "^", "**", "(", ")", "|", ",",
    "sin", "cos", "tan", "exp", "log", "sqrt", "abs", "max(", "min(", "sigmoid(", "asin(", "√", "²",
    "⁹⁹⁹", "⁻", "½", "π", "e", "π²", " ", "__class__", ".__dict__", "import", "eval(", "lambda",
    "os", "'", '"', "[", "]", "{", "}", "\\", "\0", "\n", "%", "@", "=", ":", ";", "#", "$",
    "^999999999", "^-1e30", "((((((((", "))))))))", "x^x^x^x", "9^9^9", "9" * 60, "log log", "||",
    "学", "😀", "\u202e", "\ud800", "ﬁ", "①", "٣", "İ", "x₁", "e1", "1e", "1e+", ".", "..",
)  # fmt: skip


def test_ten_thousand_hostile_strings_are_values_or_faults() -> None:
    """Never an exception of another kind, nor more work than the limits allow."""
    rng = random.Random(20_260_101)
    tame = PIECES[: PIECES.index("⁹⁹⁹")]
    read = 0
    for number in range(10_000):
        if number % 4 == 0:
            text = "".join(rng.choice(string.printable) for _ in range(rng.randrange(1, 40)))
        elif number % 4 == 1:
            text = "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 30)))
        elif number % 4 == 2:
            text = "".join(rng.choice(tame) for _ in range(rng.randrange(1, 8)))
        else:
            signs = list(rng.choice(VALUES)[0])
            for _ in range(rng.randrange(1, 3)):
                signs[rng.randrange(len(signs))] = rng.choice((*tame, *PIECES))
            text = "".join(signs)
        try:
            graph, node = read_expression(text)
        except Fault:
            continue
        read += 1
        slopes = [graph.derivative(node, place) for place in (0, 1)]
        bends = [graph.derivative(slope, place) for slope in slopes for place in (0, 1)]
        assert len(graph.nodes) <= MOST_NODES
        with np.errstate(all="ignore"):
            Program(graph, [node, *slopes, *bends]).evaluate(np.array([[X, 0.0], [Y, 1e300]]))
    assert read > 300


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_value_or_a_fault(text: str) -> None:
    with contextlib.suppress(Fault):
        read_expression(text)


def test_the_largest_readable_expressions_stay_small() -> None:
    """The limits bound the derivatives too, so that nothing hangs."""
    deep = "sin(" * 30 + "x*y" + ")" * 30
    wide = "*".join(f"sin({i}x+y)" for i in range(45))
    towers = "+".join(["x^y^x"] * 40)
    for text in (deep, wide, towers):
        graph, node = read_expression(text)
        slopes = [graph.derivative(node, place) for place in (0, 1)]
        for slope in slopes:
            graph.derivative(slope, 0), graph.derivative(slope, 1)
        assert len(graph.nodes) < MOST_NODES


def test_only_listed_names_have_a_meaning() -> None:
    known = {*expression_text.FUNCTIONS, *expression_text.CONSTANTS, "x", "y"}
    for word in (*dir(__builtins__), *dir(np), *dir(math)):
        if word.lower() in known or set(word.lower()) <= {"x", "y"}:
            continue
        with pytest.raises(Fault):
            read_expression(f"{word}(x)")


def test_a_domain_error_stops_that_run_and_is_named() -> None:
    problem = make_problem("expression", None, {"expression": "(x − 1)² − 0.1 log(x)"})
    runs = [make_run(problem, "gd", {"learning_rate": rate}, start=(2.0,)) for rate in (1.2, 0.1)]
    session = Session(setup_of(problem, *runs, limit=500))
    while session.advance(100):
        pass
    stopped, other = session.snapshot(1, False, 0.0).runs
    assert stopped.outcome is Outcome.NO_VALUE
    assert np.isfinite([stopped.loss, *stopped.theta]).all()
    assert str(stopped.verdict).startswith(f"No value at step {stopped.step + 1}: log of -")
    assert "(column 16 of the expression)" in str(stopped.verdict)
    assert other.alive
    # Found again by replay, whatever the way there.
    session.seek(0)
    session.seek(400)
    again = session.snapshot(2, False, 0.0).runs[0]
    assert (again.verdict, again.step, again.loss) == (stopped.verdict, stopped.step, stopped.loss)


def test_a_start_outside_the_domain_is_named_at_once() -> None:
    problem = make_problem("expression", None, {"expression": "sqrt(x) + y²"})
    run = make_run(problem, "gd", start=(-2.0, 1.0))
    (shown,) = Session(setup_of(problem, run, limit=10)).snapshot(1, False, 0.0).runs
    assert not shown.alive
    assert "Square root of -2 (column 1" in str(shown.verdict)


def test_a_run_stopped_in_a_blocks_first_step_keeps_its_last_point() -> None:
    problem = make_problem("expression", None, {"expression": "x + log(x)"})
    run = make_run(problem, "gd", {"learning_rate": 0.4}, start=(1.0,))
    whole, single = Simulation(problem, [run]), Simulation(problem, [run])
    whole.advance(50)
    for _ in range(50):
        single.advance(1)
    assert whole.theta[0, 0] == single.theta[0, 0] > 0.0
    assert whole.loss[0] == single.loss[0]


def test_functions_of_one_and_of_two_variables() -> None:
    one = make_problem("expression", None, {"expression": "x² + 1", "reach": 2.0})
    two = make_problem("expression", None, {"expression": "y²", "reach": 2.0})
    assert [p.name for p in one.parameters] == ["x"]
    assert [p.name for p in two.parameters] == ["x", "y"]
    assert one.bounds() == ((-2.0, 2.0),)
    assert one.hessian(np.array([1.0])).tolist() == [[2.0]]
    for problem in (one, two):
        end = Simulation(problem, [make_run(problem)]).advance(500).loss[:, 0]
        assert end[-1] < end[0]


@pytest.mark.parametrize(
    ("formula", "holds_all_over"),
    [
        ("x^2 + 3y^2", True),
        ("(x - 1)(y + 2)/4 + (x - y)^2", True),
        ("-x² + 2x", True),
        ("abs(x) + y^2", False),
        ("relu(x) + y^2", False),
        ("max(x, 2) + y^2", False),
        ("x^2 + sign(x - 5)", False),
        ("|x - 1000| + x^2", False),
        ("x^2 + 0 sin(x)", True),
        ("x^2 + 0.0001cos(y)", False),
        ("x^2/(1 + y^2)", False),
        ("x^3", False),
        ("x^y", False),
    ],
)
def test_what_holds_here_holds_all_over_only_of_quadratics(
    formula: str, holds_all_over: bool
) -> None:
    """|x| has the curvature of a line on either side of its kink."""
    problem = make_problem("expression", settings={"expression": formula})
    assert problem.is_quadratic is holds_all_over


def test_straight_pieces_are_no_quadratic() -> None:
    assert not make_problem("absolute").is_quadratic
