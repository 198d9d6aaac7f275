"""Results as a notebook shows them and hands them on: texts, pictures, tables."""

from __future__ import annotations

import csv
import io
import pickle
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import gdsim
from gdsim.api.picture import line_picture, map_picture, table_in_html, told_in_html
from gdsim.cli.main import main
from gdsim.engine.sentences import Fault


def parsed(html: str) -> ElementTree.Element:
    """What is well-formed XML is HTML that ends where it should."""
    return ElementTree.fromstring(html)


def points(html: str) -> np.ndarray[Any, Any]:
    line = parsed(html).find(".//{http://www.w3.org/2000/svg}polyline")
    assert line is not None
    return np.array([[float(n) for n in pair.split(",")] for pair in line.attrib["points"].split()])


def test_a_run_is_one_short_line() -> None:
    run = gdsim.simulate("article", "adam", lr=0.1, steps=500)
    assert re.fullmatch(
        r"<Result: adam on article, 500 steps: converged, loss 41\.6 → [\d.]+>", repr(run)
    )
    # Of a run that diverged the last finite state is told.
    away = gdsim.simulate(lr=0.12, steps=5000)
    assert "diverged, loss 41.6 → " in repr(away)
    assert "NaN" not in repr(away)
    assert "∞" not in repr(away)


def test_a_sweep_is_one_short_line() -> None:
    found = gdsim.sweep("quadratic", grid={"lr": [0.015, 0.5]}, start=(-2.5, 1.0))
    assert repr(found).startswith(
        "<Sweep: 2 lr, gd on quadratic, 1000 steps: 1 of 2 runs settled, 1 diverged, lowest loss "
    )
    assert repr(found).endswith(" at lr=0.015>")


def test_best_and_last_are_rows() -> None:
    run = gdsim.simulate("rosenbrock", "momentum", lr=1e-3, momentum=0.95, steps=400)
    assert run.last.step == 400
    assert run.last.loss == run.loss[-1]
    assert run.last.learning_rate == 1e-3
    np.testing.assert_array_equal(run.last.parameters, run.parameters[-1])
    assert run.best.loss == run.loss.min()
    assert run.best.step == list(run.loss).index(min(run.loss))


def test_the_last_row_of_a_run_that_ended_is_its_last_finite_one() -> None:
    """x ← −1.4x from −4: |x| is beyond 10³⁰⁸ within 2200 steps."""
    run = gdsim.simulate("parabola", lr=1.2, steps=5000)
    assert np.isfinite(run.last.loss)
    assert not np.isfinite(run.loss[run.last.step + 1])
    # x² is finite up to |x| < 1.34e154.
    expected = int(np.log(np.sqrt(np.finfo(float).max) / 4.0) / np.log(1.4))
    assert run.last.step == expected
    assert run.best == (0, 1.2, 16.0, run.parameters[0])


def test_best_of_a_sweep_are_the_words_of_its_run() -> None:
    rates = [0.3, 0.5, 0.7, 1.5]
    found = gdsim.sweep("parabola", grid={"lr": rates}, steps=3)
    assert found.best == {"lr": 0.5}  # the exact step
    assert gdsim.simulate("parabola", steps=3, **found.best).last.loss == found.loss.min()
    both = gdsim.sweep(grid={"optimizer": ["gd", "adam"], "lr": [0.05, 0.001]}, steps=50)
    assert both.best == {"optimizer": "gd", "lr": 0.05}
    assert gdsim.sweep("parabola", grid={"lr": [3.0, 4.0]}, steps=500).best is None


def test_the_html_is_a_small_picture_of_the_loss() -> None:
    """x² of x ← ½x falls to a quarter each step: a straight line on the log scale."""
    run = gdsim.simulate("parabola", lr=0.25, steps=8)
    html = run._repr_html_()
    assert len(html) < 6000
    assert run.verdict in "".join(parsed(html).itertext())
    at = points(html)
    assert len(at) == 9
    np.testing.assert_allclose(np.diff(at, axis=0), np.diff(at, axis=0)[:1].repeat(8, 0), atol=0.11)
    assert (np.diff(at[:, 0]) > 0).all()
    assert (np.diff(at[:, 1]) > 0).all()  # down, as SVG counts


def test_the_picture_of_a_long_run_is_as_small_and_keeps_its_spikes() -> None:
    y = np.ones(100_000)
    y[51_234] = 1e6
    html = line_picture(np.arange(len(y)), y, "a spike")
    assert len(html) < 10_000
    assert points(html)[:, 1].min() == pytest.approx(4.0)


@pytest.mark.parametrize("loss", [[], [np.nan], [np.inf, 1.0], [0.0, 0.0], [-1e308, 1e308]])
def test_every_loss_has_a_picture(loss: list[float]) -> None:
    parsed(line_picture(np.arange(len(loss)), loss, "loss"))
    parsed(map_picture(np.array([loss, loss]) if loss else np.zeros((1, 1)), "loss"))


def test_a_sweeps_html_is_a_line_or_a_map() -> None:
    one = gdsim.sweep("parabola", grid={"lr": "lin:0.1:0.9:9"}, steps=3)._repr_html_()
    assert len(points(one)) == 9
    words = gdsim.sweep(grid={"optimizer": ["gd", "adam"]}, lr=0.01, steps=3)._repr_html_()
    assert len(points(words)) == 2
    two = gdsim.sweep(grid={"lr": "lin:0.01:0.2:9", "theta_0": "lin:0:1:300"}, steps=99)
    cells = parsed(two._repr_html_()).findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(cells) <= 9 * 40
    assert len(two._repr_html_()) < 60_000


def test_foreign_text_is_shown_as_it_stands() -> None:
    nasty = '</svg><script>alert("1")</script>&'
    for html in (
        told_in_html(nasty, [nasty], ""),
        table_in_html([[nasty]]),
        line_picture([0, 1], [1, 2], nasty),
    ):
        parsed(html)
        assert "<script" not in html


def test_csv_is_that_of_the_command_line(tmp_path: Path) -> None:
    words = ["run", "--problem", "rosenbrock", "--optimizer", "adam", "--lr", "0.05"]
    assert main([*words, "--steps", "30", "--quiet", "--out", str(tmp_path / "there.csv")]) == 0
    run = gdsim.simulate("rosenbrock", "adam", lr=0.05, steps=30)
    assert run.to_csv(tmp_path / "here.csv") is None
    there = (tmp_path / "there.csv").read_bytes()
    assert (tmp_path / "here.csv").read_bytes() == there
    assert str(run.to_csv()).encode() == there
    away = gdsim.simulate("parabola", lr=1.2, steps=3000)
    rows = list(csv.DictReader(io.StringIO(away.to_csv())))
    assert float(rows[-1]["loss"]) != float(rows[-1]["loss"])


def test_a_sweeps_csv_is_that_of_the_command_line(tmp_path: Path) -> None:
    words = ["sweep", "--problem", "article", "--optimizer", "momentum", "--steps", "60", "--grid",
             "lr=0.01,0.2", "--grid", "momentum=0,0.5,0.9"]  # fmt: skip
    assert main([*words, "--quiet", "--out", str(tmp_path / "there.csv")]) == 0
    grid = {"lr": [0.01, 0.2], "momentum": [0.0, 0.5, 0.9]}
    found = gdsim.sweep("article", "momentum", grid=grid, steps=60)
    found.to_csv(str(tmp_path / "here.csv"))
    there = (tmp_path / "there.csv").read_text("utf-8").replace("learning_rate", "lr")
    assert (tmp_path / "here.csv").read_text("utf-8") == there


@pytest.mark.parametrize(
    ("path", "says"),
    [("a.txt", "the ending must be one of .csv"), ("", "a text or a path"), (3, "a text or a path"),
     ("nowhere/a.csv", "There is no folder"), ("a\0.csv", "a text or a path")],
)  # fmt: skip
def test_where_no_file_can_be_written_that_is_said(
    path: Any, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=says):
        gdsim.simulate(steps=1).to_csv(path)
    assert not list(tmp_path.iterdir())


class Frame(dict[str, Any]):
    """All that is asked of pandas: a DataFrame of columns by their names."""


def test_a_dataframe_has_a_row_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = ModuleType("pandas")
    pandas.DataFrame = Frame  # type: ignore[attr-defined] # stands in for it
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    run = gdsim.simulate("beale", steps=5)
    table = run.to_dataframe()
    assert list(table) == ["step", "learning_rate", "loss", "x", "y"]
    np.testing.assert_array_equal(table["y"], run.parameters[:, 1])
    found = gdsim.sweep("parabola", grid={"lr": [0.5, 3.0]}, steps=100).to_dataframe()
    assert list(found)[:5] == ["lr", "settled", "diverged", "loss", "final_x"]
    assert found["settled"][0] == 1.0
    assert np.isnan(found["settled"][1])  # never; −1 would be averaged
    assert {len(column) for column in found.values()} == {2}


def test_what_is_not_installed_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    run, found = gdsim.simulate(steps=1), gdsim.sweep("parabola", grid={"lr": [0.5]}, steps=2)
    for one in (run, found):
        with pytest.raises(ImportError, match=r"^to_dataframe\(\) needs pandas, .* pandas\.$"):
            one.to_dataframe()
        with pytest.raises(ImportError, match=r"^plot\(\) needs matplotlib, .* matplotlib\.$"):
            one.plot()


def test_pandas_and_matplotlib_themselves() -> None:
    pandas = pytest.importorskip("pandas")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    run = gdsim.simulate("linear", data=(pandas.DataFrame({"a": [1, 2, 3]}), [1, 2, 4]), steps=5)
    assert run.to_dataframe().shape == (6, 5)
    axes = run.plot()
    assert axes.get_yscale() == "log"
    assert run.plot(axes) is axes
    two = gdsim.sweep(grid={"lr": [0.1, 0.2], "theta_0": [0, 1, 2]}, steps=5)
    assert two.plot().get_ylabel() == "theta_0"
    pyplot.close("all")


def test_what_are_no_axes_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", ModuleType("matplotlib"))
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", ModuleType("matplotlib.pyplot"))
    with pytest.raises(ValueError, match="ax must be axes of matplotlib, not 3"):
        gdsim.simulate(steps=1).plot(3)


def test_results_can_be_sent_and_kept() -> None:
    run = gdsim.simulate("article", lr=0.2, steps=50)
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.parameters, run.parameters)
    assert (again.verdict, again.regime, again.remedies) == (run.verdict, run.regime, run.remedies)
    found = gdsim.sweep(grid={"lr": [0.01, 0.2]}, steps=20)
    kept = pickle.loads(pickle.dumps(found))
    assert kept.outcome.tolist() == found.outcome.tolist()  # type: ignore[union-attr] # few runs


def test_what_another_process_refuses_is_told_here() -> None:
    with pytest.raises(Fault) as told:
        gdsim.simulate("a{b}")
    again = pickle.loads(pickle.dumps(told.value))
    assert isinstance(again, Fault)
    assert str(again) == str(told.value)
    assert again.sentence == told.value.sentence
