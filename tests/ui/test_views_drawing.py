"""What the views show: pixels, ranges, colours, languages."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QImage, QPixmap
from pytestqt.qtbot import QtBot

from gdsim.engine.history import LOSS, History, Trace
from gdsim.engine.problems import make_problem
from gdsim.engine.sentences import Fault
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui import language
from gdsim.ui.figures.view_figure import write_view
from gdsim.ui.plot.polylines import clip, columns, cut
from gdsim.ui.scene import Scene
from gdsim.ui.theme import DARK, LIGHT, Theme
from gdsim.ui.views import find_view, serving
from gdsim.ui.views.base import View
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.rate_view import RateView
from tests.ui.conftest import MakeSession, MakeSnapshot, look

V = TypeVar("V", bound=View)
EIGHT = [
    ("gd", 0.01), ("gd", 0.08), ("momentum", 0.01), ("nesterov", 0.01),
    ("adagrad", 0.5), ("rmsprop", 0.01), ("adam", 0.1), ("sgd", 0.01),
]  # fmt: skip


FOUR = ("parameters", "fit", "loss", "rate")
"""The views that the window opens with."""


def served(problem: str) -> list[str]:
    """The views that have a picture of that problem."""
    made = make_problem(problem)
    return [view.name for view in serving(made)]


def scene(snapshot: Snapshot, theme: Theme = LIGHT, hidden: frozenset[int] = frozenset()) -> Scene:
    styles = {run.key: theme.run_style(i) for i, run in enumerate(snapshot.runs)}
    return Scene(theme, styles, hidden)


def shown(qtbot: QtBot, view: V, snapshot: Snapshot, theme: Theme = LIGHT) -> V:
    qtbot.addWidget(view)
    view.resize(520, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.show_snapshot(snapshot, scene(snapshot, theme))
    qtbot.wait(1)
    return view


def pixels(view: View) -> NDArray[np.int64]:
    """The canvas as (rows, columns, RGB)."""
    image = view.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8)
    bgr = flat.reshape(image.height(), image.bytesPerLine() // 4, 4)
    return bgr[:, : image.width(), 2::-1].astype(np.int64)


def like(picture: NDArray[np.int64], color: QColor, within: int = 12) -> NDArray[np.bool_]:
    rgb = np.array([color.red(), color.green(), color.blue()])
    found: NDArray[np.bool_] = np.abs(picture - rgb).max(axis=2) <= within
    return found


def around(view: View, picture: NDArray[np.int64], x: float, y: float) -> NDArray[np.int64]:
    """The pixels around the place where pyqtgraph shows a point."""
    at = view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(x, y)))
    return picture[max(at.y() - 3, 0) : at.y() + 4, max(at.x() - 3, 0) : at.x() + 4]


def test_the_loss_curve_goes_through_the_recorded_losses(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot(steps=300)
    view = shown(qtbot, LossView(), snapshot)
    picture = pixels(view)
    color = LIGHT.run_style(0).color
    trace = snapshot.runs[0].trace
    for step in (5, 20, 100, 250):
        place = around(view, picture, step, math.log10(trace.rows[step, LOSS] - 0.56))
        assert like(place, color).any(), step
    assert not like(around(view, picture, 100, 1.3), color).any()


def test_what_lies_ahead_of_the_cursor_is_faint(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot(steps=300, seek=100)
    view = shown(qtbot, LossView(), snapshot)
    picture = pixels(view)
    loss = math.log10(snapshot.runs[0].trace.rows[200, LOSS] - 0.56)
    place = around(view, picture, 200, loss)
    color = LIGHT.run_style(0).color
    assert not like(place, color).any()
    assert like(place, view.pale(color)).any()


@pytest.mark.parametrize("name", ["parameters", "loss", "rate"])
def test_lines_drawn_as_they_grow_are_those_drawn_at_once(
    qtbot: QtBot, make_session: MakeSession, name: str
) -> None:
    session = make_session("rosenbrock", [("momentum", 0.001), ("adam", 0.02)], limit=400)
    growing = find_view(name)()
    for version in range(1, 12):
        session.advance(23)
        snapshot = session.snapshot(version, True, 60.0)
        if version == 1:
            shown(qtbot, growing, snapshot)
        growing.show_snapshot(snapshot, scene(snapshot))
        growing.plot.grab()
    still = session.snapshot(12, False, 0.0)  # playing, a critical rate may be a moment old
    at_once = shown(qtbot, find_view(name)(), still)
    growing.show_snapshot(still, scene(still))
    for view in (growing, at_once):
        view.show_all()
        view.plot.clearFocus()
    qtbot.wait(50)  # the axes make room for their numbers
    qtbot.waitUntil(lambda: growing.at_rest and at_once.at_rest)
    differing = np.abs(pixels(growing) - pixels(at_once)).max(axis=2) > 60
    assert differing.mean() < 0.004


WILD = {"rosenbrock": (0.001, 0.05), "article": (0.01, 0.12)}
"""Rates of a run that comes home, and of one that diverges: at once, or to 10³⁰⁰ in 570 steps."""


@pytest.mark.parametrize(
    ("where", "name"), [(where, name) for where in WILD for name in served(where)]
)
def test_a_diverged_run_ruins_no_range(
    qtbot: QtBot, make_snapshot: MakeSnapshot, where: str, name: str
) -> None:
    rate, too_large = WILD[where]
    calm = make_snapshot(where, [("gd", rate)], steps=570)
    wild = make_snapshot(where, [("gd", rate), ("gd", too_large)], steps=570)
    assert wild.runs[1].alive == (where == "article")
    assert wild.runs[1].loss > 1e6
    first = shown(qtbot, find_view(name)(), calm)  # kept: a view that goes may have the focus
    before = first.plot.box.viewRange()
    view = shown(qtbot, find_view(name)(), wild)
    after = view.plot.box.viewRange()
    assert np.isfinite(after).all()
    if isinstance(view, LossView):
        start = wild.runs[0].trace.rows[0, LOSS]
        assert after[1][1] <= math.log10(1e6 * start) + 1.0
        look(view, log_scale=False)
        assert view.plot.box.viewRange()[1][1] < 5.0 * start
    elif isinstance(view, RateView):
        assert after[1][1] < 2.0 * too_large
    else:
        assert after == before
    pixels(view)


def test_a_run_that_falls_without_end_ruins_no_range(
    qtbot: QtBot, make_session: MakeSession
) -> None:
    """10⁶ times as deep as it began high, it leaves the picture, which shows how it fell."""
    session = make_session("saddle", [("gd", 0.01)], steps=600, limit=2000)
    view = shown(qtbot, LossView(), session.snapshot(1, True, 60.0))
    assert view.plot.box.viewRange()[1][0] < -10_000.0
    session.go(1000)
    later = session.snapshot(2, True, 60.0)
    view.show_snapshot(later, scene(later))
    assert -100.0 < view.plot.box.viewRange()[1][0] < -2.0


@pytest.mark.parametrize("name", served("article"))
def test_not_a_number_and_infinity_are_drawn_around(
    qtbot: QtBot, make_snapshot: MakeSnapshot, name: str
) -> None:
    snapshot = make_snapshot(steps=50)
    run = snapshot.runs[0]
    rows = np.concatenate([run.trace.rows, np.full((2, 4), np.inf), np.full((1, 4), np.nan)])
    trace = Trace(np.arange(54), rows)
    broken = dataclasses.replace(run, trace=trace, loss=math.nan, gradient=np.full(2, np.nan))
    view = shown(qtbot, find_view(name)(), dataclasses.replace(snapshot, runs=(broken,), step=53))
    assert np.isfinite(view.plot.box.viewRange()).all()
    pixels(view)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]),
        ([1e70, 2e70, 3e70], [1e70, 2e70, 5e70]),
        ([1e-9, 2e-9], [1e-12, 3e-12]),
        ([1e12, 1e12 + 0.01], [0.0, 1.0]),
        ([0.0, 1.0], [0.0, 0.0]),
    ],
)
@pytest.mark.parametrize("name", served("article"))
def test_odd_data_are_drawn(
    qtbot: QtBot, make_snapshot: MakeSnapshot, name: str, x: list[float], y: list[float]
) -> None:
    data = np.array(x), np.array(y)
    snapshot = make_snapshot("linear", [("gd", 1e-3), ("adam", 0.1)], steps=50, data=data)
    view = shown(qtbot, find_view(name)(), snapshot)
    if isinstance(view, LossView | RateView):
        look(view, **{view.log_option: not view.log_scale})
    if isinstance(view, ParameterView):
        view.fit_paths()
    if isinstance(view, FitView):
        look(view, residuals=True)
        view.show_ghost((1.0, 1.0))
    assert np.isfinite(view.plot.box.viewRange()).all()
    pixels(view)


@pytest.mark.parametrize("log", [True, False])
def test_eight_runs_of_a_million_noisy_steps_are_drawn(
    qtbot: QtBot, make_snapshot: MakeSnapshot, log: bool
) -> None:
    snapshot = make_snapshot("article", EIGHT, steps=1, limit=2_000_000)
    generator = np.random.default_rng(1)
    runs = []
    for run in snapshot.runs:
        history = History(4)
        for first in range(0, 1_000_000, 250_000):
            rows = np.empty((250_000, 4))
            rows[:, 0] = 0.01
            rows[:, 2:] = generator.normal((-1.0, 2.2), 0.5, (250_000, 2))
            rows[:, LOSS] = run.run.family is not None and snapshot.problem.loss(rows[:, 2:].T)
            history.append(np.arange(first, first + 250_000), rows)
        runs.append(dataclasses.replace(run, trace=history.trace(), step=999_999))
    million = dataclasses.replace(
        snapshot, runs=tuple(runs), step=999_999, recorded=999_999, version=9
    )
    for name in FOUR:
        view = shown(qtbot, find_view(name)(), million)
        if isinstance(view, LossView):
            look(view, log_scale=log)
            picture = pixels(view)
            assert all(like(picture, LIGHT.run_style(i).color).any() for i in range(5))
        pixels(view)


def test_hidden_runs_are_not_drawn(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot("article", [("gd", 0.01), ("gd", 0.05)], steps=100)
    color = LIGHT.run_style(1).color
    for name in FOUR:
        view = shown(qtbot, find_view(name)(), snapshot)
        assert like(pixels(view), color).any(), name
        view.show_snapshot(snapshot, scene(snapshot, hidden=frozenset({1})))
        assert not like(pixels(view), color, 3).any(), name


def test_the_schedule_ahead_is_drawn_to_the_step_limit(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("article", [("gd", 0.08, "exponential")], limit=400)
    view = shown(qtbot, RateView(), snapshot)
    picture = pixels(view)
    pale = view.pale(LIGHT.run_style(0).color)
    run = snapshot.runs[0].run
    for step in range(60, 400, 20):
        rate = float(run.rate_schedule.rate(0.08, np.array([step]))[0])
        if like(around(view, picture, step, rate), pale, 30).any():
            break
    else:
        pytest.fail("no part of the schedule was found")
    assert view.plot.box.viewRange()[0][1] >= 400


def test_the_critical_rate_is_that_of_theory(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, RateView(), make_snapshot("article", [("gd", 0.05)]))
    assert view.reading().limit == pytest.approx(0.084524052577, rel=1e-10)
    picture = pixels(view)
    line = around(view, picture, 900, 0.084524)
    assert like(line, LIGHT.color("danger"), 60).any()
    adam = shown(qtbot, RateView(), make_snapshot("article", [("adam", 0.05)]))
    assert adam.reading().limit is None


def test_the_ghost_line_and_the_squares_come_and_go(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot(steps=100)
    view = shown(qtbot, FitView(), snapshot)
    view.plot.clearFocus()
    plain = pixels(view)
    view.show_ghost((8.0, -1.0))
    ghostly = pixels(view)
    assert like(np.concatenate([around(view, ghostly, x, 8.0 - x) for x in (1.5, 1.6, 1.7)]),
                LIGHT.color("accent"), 60).any()  # fmt: skip
    view.show_ghost(None)
    assert (pixels(view) == plain).all()
    look(view, residuals=True)
    assert (pixels(view) != plain).any()


def test_theme_and_language_switch_at_once(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot(steps=50)
    for name in FOUR:
        view = shown(qtbot, find_view(name)(), snapshot)
        assert like(pixels(view), LIGHT.color("plot"), 0)[-2:, 2:6].all()
        view.show_snapshot(snapshot, scene(snapshot, DARK))
        assert like(pixels(view), DARK.color("plot"), 0)[-2:, 2:6].all()
        english = view.bar.label.text()
        language.use("zh")
        view.retranslate()
        assert view.bar.label.text() != english
        assert view.bar.label.text() == language.tr(english, "view")
        assert view.plot.accessibleName() == language.tr(view.title, "view")
        language.use("en")


@pytest.mark.parametrize("name", served("article"))
def test_a_view_is_exported_at_twice_its_size(
    qtbot: QtBot, make_snapshot: MakeSnapshot, tmp_path: Path, name: str
) -> None:
    view = shown(qtbot, find_view(name)(), make_snapshot(steps=50))
    target = tmp_path / "view.png"
    snapshot = view.snapshot
    assert snapshot is not None
    write_view(target, view, snapshot, scene(snapshot), QSize())
    picture = QPixmap(str(target))
    assert (picture.width(), picture.height()) == (1040, 800)
    assert [path.name for path in tmp_path.iterdir()] == ["view.png"]
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(800, 1040, 4)
    assert like(flat[:, :, 2::-1].astype(np.int64), LIGHT.run_style(0).color).sum() > 40
    with pytest.raises(Fault, match=r"cannot be written"):
        write_view(tmp_path / "missing" / "view.png", view, snapshot, scene(snapshot), QSize())


def test_columns_keep_the_extremes_of_each_column_of_pixels() -> None:
    generator = np.random.default_rng(0)
    x = np.sort(generator.uniform(0.0, 40.0, 5000))
    y = generator.normal(0.0, 1.0, 5000)
    kept_x, kept_y = columns(x, y)
    assert len(kept_x) <= 80
    assert (np.diff(kept_x) >= 0.0).all()
    for column in range(40):
        inside = np.floor(x) == column
        shown_there = kept_y[np.floor(kept_x) == column]
        assert shown_there.min() == y[inside].min()
        assert shown_there.max() == y[inside].max()


def test_dashes_cover_their_share_and_go_on_where_they_stopped() -> None:
    points = np.array([[0.0, 0.0], [53.0, 0.0], [53.0, 67.0]])
    solid, dashes, end = cut(points, [6.0, 4.0], 0.0)
    length = np.hypot(*(dashes[:, 2:] - dashes[:, :2]).T).sum()
    assert end == pytest.approx(120.0)
    assert length == pytest.approx(0.6 * 120.0)
    assert len(solid) == 2
    _, first, middle = cut(points[:2], [6.0, 4.0], 0.0)
    _, second, _ = cut(points[1:], [6.0, 4.0], middle)
    assert np.concatenate([first, second]) == pytest.approx(dashes)


def test_segments_are_cut_at_the_area() -> None:
    from PySide6.QtCore import QRectF

    segments = np.array(
        [
            [-10.0, 5.0, 30.0, 5.0],
            [5.0, 5.0, 6.0, 6.0],
            [-5.0, 0.0, -1.0, 9.0],
            [5, -1e200, 5, 1e200],
        ]
    )
    kept = clip(segments, QRectF(0.0, 0.0, 20.0, 10.0))
    assert kept[0] == pytest.approx([0.0, 5.0, 20.0, 5.0])
    assert kept[1] == pytest.approx([5.0, 5.0, 6.0, 6.0])
    assert len(kept) == 3
    assert kept[2][[0, 2]] == pytest.approx([5.0, 5.0])
