"""Problems from the command line: what is descended, what is told of it, what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdsim.cli.main import main


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["run", *words]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["run", *words]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Columns a, b, c = a + b, constant k, target t = 1 + 2a − 3b, label l, word w."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 40)).round(3)
    path = tmp_path / "data.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["a", "b", "c", "k", "t", "l", "three", "p,q"])
        for p, q in zip(a, b, strict=True):
            three = int(p > 0) + int(q > 0)
            row = [p, q, p + q, 5, 1 + 2 * p - 3 * q, int(p + 0.5 * q > 0.2), three, p * q]
            writer.writerow(row)
    return path


def test_a_function_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "path.csv"
    words = ["--expression", "(x − 1)² + 10(y + 2)²", "--lr", "0.05", "--start", "0,0"]
    text = told(capsys, *words, "--steps", "500", "--out", str(out))
    assert "Function of your own" in text
    assert "converged" in text
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["step", "learning_rate", "loss", "x", "y"]
    assert float(rows[-1]["x"]) == pytest.approx(1.0)
    assert float(rows[-1]["y"]) == pytest.approx(-2.0)


def test_a_typo_is_pointed_at(capsys: pytest.CaptureFixture[str]) -> None:
    error = refused(capsys, "--expression", "x² + sine(y)")
    assert "Column 6: there is no 'sine'. Did you mean 'sin'?" in error


def test_a_domain_error_names_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "path.json"
    words = ["--expression", "(x − 1)² − 0.1 log(x)", "--start", "2", "--lr", "1.2"]
    text = told(capsys, *words, "--steps", "5", "--out", str(out))
    assert "No value at step 1" in text
    assert "log of -0.34 (column 16 of the expression): it needs a number above 0." in text
    assert json.loads(out.read_text(encoding="utf-8"))["trouble"].startswith("log of -0.34")


def test_several_columns_and_their_own_units(
    capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "end.json"
    words = ["--data", str(table), "--x", "a,b", "--y", "t", "--standardise", "--lr", "0.3"]
    text = told(capsys, *words, "--out", str(out))
    after = text.split("in the data's own units:")[1].split()
    values = dict(zip(after[::2], map(float, after[1::2]), strict=True))
    assert values == pytest.approx({"intercept": 1.0, "a": 2.0, "b": -3.0})
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["own_units"] == pytest.approx(values)
    assert found["problem_settings"]["standardise"] is True
    assert list(found["parameters"]) == ["theta_0", "theta_1", "theta_2"]
    plain = told(capsys, "--data", str(table), "--x", "a,b", "--y", "t", "--no-standardise")
    assert "own units" not in plain


def test_a_column_whose_name_holds_a_comma(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    assert "theta_1" in told(capsys, "--data", str(table), "--x", "p,q", "--y", "5")
    assert "theta_2" not in told(capsys, "--data", str(table), "--x", "8", "--y", "t")


def test_constant_and_collinear_columns_are_said(
    capsys: pytest.CaptureFixture[str], table: Path
) -> None:
    text = told(capsys, "--data", str(table), "--x", "a,b,c,k", "--y", "t", "--lr", "0.01")
    assert "The column 'k' is constant (5.0)" in text
    assert "The columns a, b, c are collinear" in text
    assert "steps:" in text


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (["--problem", "polynomial", "--degree", "2"], "Polynomial regression"),
        (["--degree", "4", "--y", "t"], "Polynomial regression"),
        (["--problem", "logistic", "--y", "l"], "Logistic regression"),
        (["--hidden", "4,4", "--activation", "relu", "--y", "t"], "Small neural network"),
        (["--loss", "huber", "--problem-set", "huber_delta=0.5"], "Linear regression"),
    ],
)
def test_models_on_a_table(
    capsys: pytest.CaptureFixture[str], table: Path, words: list[str], title: str
) -> None:
    assert title in told(capsys, "--data", str(table), "--steps", "50", *words)


@pytest.mark.parametrize(
    "name",
    ["polynomial", "logistic", "network", "sphere", "saddle", "ravine", "booth", "matyas",
     "rastrigin", "ackley", "camel", "styblinski_tang", "expression", "quadratic", "linear"],
)  # fmt: skip
def test_every_promised_problem_runs_without_a_table(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert "20 steps" in told(capsys, "--problem", name, "--steps", "20")


REFUSED: list[tuple[list[str], str]] = [
    (["--degree", "3", "--problem", "linear"], "'linear' has no setting 'degree'"),
    (["--degree", "99"], "degree cannot be 99"),
    (["--hidden", "8,8,8"], "hidden cannot be '8,8,8'"),
    (["--loss", "mean", "--problem", "article"], "loss cannot be mean"),
    (["--problem-set", "angel=4", "--problem", "sphere"], "Did you mean 'angle'"),
    (["--problem-set", "angle", "--problem", "sphere"], "KEY=VALUE"),
    (["--problem-set", "huber_delta=2", "--problem", "linear"], "needs loss = huber"),
    (["--x", "a"], "give --data"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_makes_no_sense_is_said_in_a_line(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in refused(capsys, *words)


DATA_REFUSED: list[tuple[list[str], str]] = [
    (["--problem", "logistic", "--y", "three"], "column 'three' has 2."),
    (["--x", "a,a"], "The column 'a' is named twice"),
    (["--x", "a,t", "--y", "t"], "'t' cannot be both x and y"),
    (["--x", "a,zz"], "no column 'zz'"),
    (["--problem", "sphere"], "'sphere' takes no data"),
    (["--problem", "polynomial", "--x", "a,b"], "one column"),
    (["--problem-set", "generator=sine"], "generator has no effect on data of your own"),
]


@pytest.mark.parametrize(("words", "said"), DATA_REFUSED)
def test_what_a_table_cannot_give_is_said_in_a_line(
    capsys: pytest.CaptureFixture[str], table: Path, words: list[str], said: str
) -> None:
    assert said in refused(capsys, "--data", str(table), *words)


def test_the_list_tells_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "problems", "--json"]) == 0
    listed: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    by_name = {entry["name"]: entry for entry in listed}
    assert by_name["ravine"]["settings"]["kappa"]["default"] == 100.0
    losses = ["mse", "half_mse", "sse", "mae", "huber"]
    assert by_name["linear"]["settings"]["loss"]["choices"] == losses
    assert not any(entry["needs_data"] for entry in listed)


def test_how_a_table_is_written_is_said_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "houses.csv"
    path.write_text("area;price\n50,5;100\n80,5;NA\n120;300\n", encoding="utf-8")
    assert "gaps in 1 of 3 lines" in refused(capsys, "--data", str(path))
    said = told(capsys, "--data", str(path), "--missing", "drop", "--steps", "5")
    assert (
        "houses.csv: semicolons, decimal commas, header; left out 1 incomplete lines of 3" in said
    )
    path.write_text("x;y\n1,100;2\n2,200;3\n", encoding="utf-8")
    assert "--decimal comma" in refused(capsys, "--data", str(path))
    assert "decimal commas" in told(
        capsys, "--data", str(path), "--decimal", "comma", "--steps", "5"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--encoding", "klingon"], "There is no encoding 'klingon'"),
        (["--encoding", "base64"], "There is no encoding 'base64'"),
        (["--delimiter", "dots"], "--delimiter takes one sign or comma, semicolon"),
        (["--decimal", "dash"], "--decimal takes point or comma, not 'dash'"),
        (["--missing", "keep"], "--missing takes drop or refuse, not 'keep'"),
    ],
)
def test_a_way_to_write_tables_that_does_not_exist_is_refused(
    table: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in refused(capsys, "--data", str(table), *words)
    assert "give --data FILE.csv" in refused(capsys, *words)


def test_a_table_in_the_box_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Exact fit: −17.58 + 3.932·speed_mph" in told(capsys, "--dataset", "cars")
    assert "Logistic" in told(capsys, "--dataset", "iris", "--steps", "50")
    assert "Polynomial" in told(capsys, "--dataset", "cars", "--problem", "polynomial")
    assert "Did you mean 'cars'" in refused(capsys, "--dataset", "car")
    assert "leave one of them out" in refused(capsys, "--dataset", "cars", "--data", "x.csv")
    assert main(["list", "data"]) == 0
    assert "houses" in capsys.readouterr().out
