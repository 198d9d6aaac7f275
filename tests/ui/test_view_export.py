"""Pictures of single views: whole, of a proper size, whether or not the view is or was seen."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.experiment.lessons.shelf import bundled
from gdsim.ui.figures.view_figure import write_view
from gdsim.ui.film_plan import FilmPlan
from gdsim.ui.interior import Interior
from gdsim.ui.language import tr
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT
from gdsim.ui.views import VIEWS, find_view
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.slice_view import SliceView
from tests.ui.conftest import MakeSnapshot, until


def export(interior: Interior, monkeypatch: pytest.MonkeyPatch, target: Path, title: str) -> QImage:
    """By the menu, as a user does it; a complaint fails the test."""
    monkeypatch.setattr(
        "gdsim.ui.exporter.QFileDialog.getSaveFileName", lambda *a, **k: (str(target), "")
    )
    menu = interior.window.menus_by_name["export"]
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == title).trigger()
    assert not interior.window.findChildren(QMessageBox)
    return QImage(str(target))


def colours(image: QImage) -> int:
    """How many different ones there are: an empty plot has few."""
    small = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(small.constBits(), np.uint32)
    return len(np.unique(pixels))


def similar(one: QImage, other: QImage) -> float:
    """The share of pixels that are the same."""
    first, second = (
        np.frombuffer(i.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
        for i in (one, other)
    )
    return float(np.mean(first == second))


@pytest.mark.parametrize("maximised", ["stage", "beside", "loss", "rate"])
def test_views_that_a_maximised_one_hides_are_exported_whole(
    qtbot: QtBot,
    interior: Interior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    maximised: str,
) -> None:
    interior.workspace.step_by(30)
    until(qtbot, interior, lambda s: s.step == 30)
    interior.central.maximise(interior.central.places[maximised])
    qtbot.wait(50)
    for name in ("parameters", "fit", "slice", "loss", "rate"):
        image = export(interior, monkeypatch, tmp_path / f"{name}.png", find_view(name).title)
        assert image.width() >= 1280, name
        assert image.height() >= 960 or find_view(name).where == maximised, name
        assert colours(image) > 60, name


def test_a_view_is_exported_at_the_step_that_the_window_shows(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    central = interior.central
    central.maximise(central.places["stage"])
    pictures = []
    for step in (0, 300):
        interior.workspace.seek(0) if step == 0 else interior.workspace.step_by(step)
        until(qtbot, interior, lambda s, step=step: s.step == step)  # type: ignore[misc] # a default's type
        pictures.append(export(interior, monkeypatch, tmp_path / f"{step}.png", "Data and fit"))
    assert similar(*pictures) < 0.999


def test_a_view_that_was_never_seen_is_laid_out_at_once(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = SliceView.title
    once, again = (export(interior, monkeypatch, tmp_path / f"{i}.png", title) for i in "ab")
    assert similar(once, again) == 1.0


def test_an_exported_view_is_put_back_as_it_was(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    central = interior.central
    qtbot.wait(100)
    before = central.places["beside"].grab().toImage()
    central.maximise(central.places["stage"])
    export(interior, monkeypatch, tmp_path / "a.png", "Data and fit")
    central.show_all_views()
    qtbot.wait(100)
    assert similar(central.places["beside"].grab().toImage(), before) == 1.0


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_lines_and_pages_are_written_too(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    target = tmp_path / f"a.{ending}"
    export(interior, monkeypatch, target, "Loss")
    assert target.read_bytes().startswith({"svg": b"<?xml", "pdf": b"%PDF"}[ending])


@pytest.mark.parametrize(
    ("name", "words"), [("none/a.png", "there is no such folder"), ("a.gif", ".png, .svg, .pdf")]
)
def test_what_cannot_be_written_is_said(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    target = tmp_path / name
    monkeypatch.setattr(
        "gdsim.ui.exporter.QFileDialog.getSaveFileName", lambda *a, **k: (str(target), "")
    )
    interior.exporter.export_view("loss")
    (box,) = interior.window.findChildren(QMessageBox)
    assert words in box.text()
    assert not target.exists()


def test_the_menu_lists_what_serves_the_problem(qtbot: QtBot, interior: Interior) -> None:
    menu = interior.window.menus_by_name["export"]
    for name in ("article", "parabola"):
        interior.workspace.choose_problem(name)
        problem = until(qtbot, interior, lambda s, n=name: s.problem.name == n).problem  # type: ignore[misc] # a default's type
        menu.aboutToShow.emit()
        assert [a.text() for a in menu.actions()] == [v.title for v in VIEWS if v.serves(problem)]


def test_another_view_of_a_place_is_chosen_and_stays(qtbot: QtBot, interior: Interior) -> None:
    place = interior.central.places["beside"]
    fit = interior.central.view(FitView)
    button = next(b for b in fit.bar.findChildren(type(fit.unzoom)) if b.text() == "Slice")
    button.click()
    assert isinstance(place.shown, SliceView)
    assert (
        place.shown.snapshot is interior.workspace.snapshot
    )  # it is filled at once, though nothing moves
    interior.workspace.choose_problem("linear")
    until(qtbot, interior, lambda s: s.problem.name == "linear")
    assert isinstance(place.shown, SliceView)
    place.shown.plot.setFocus()
    qtbot.keyClick(place.shown.plot, "s")
    assert interior.window.focusWidget() is fit.plot


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_view_that_shares_its_axis_has_its_own_on_paper(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Beneath the loss the window has the rates' strip, with the steps of both."""
    interior.window.actions_by_name[f"language_{lang}"].trigger()
    interior.workspace.step_by(30)
    until(qtbot, interior, lambda s: s.step == 30)
    qtbot.wait(50)
    before = interior.central.stage.grab().toImage()
    for name, title in (("loss", "Loss above the minimum"), ("rate", "Learning rate")):
        target = tmp_path / f"{name}.svg"
        export(interior, monkeypatch, target, tr(find_view(name).title, "view"))
        svg = target.read_text(encoding="utf-8")
        told = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
        width, height = (float(x) for x in re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
        assert {tr(title, "view"), tr("Step", "axis")} <= {text.strip() for text in told}
        assert width >= 640
        assert height >= 480
    qtbot.wait(50)
    assert similar(interior.central.stage.grab().toImage(), before) == 1.0


def test_the_windows_picture_is_written_in_every_format(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(target: Path) -> None:
        monkeypatch.setattr(
            "gdsim.ui.exporter.QFileDialog.getSaveFileName", lambda *a, **k: (str(target), "")
        )
        interior.exporter.export_window()

    choose(tmp_path / "win.gif")
    (box,) = interior.window.findChildren(QMessageBox)
    assert ".png, .svg, .pdf" in box.text()
    assert not list(tmp_path.glob("win*"))
    box.close()
    for name in ("win.PNG", "win", "win.svg", "win.pdf"):
        choose(tmp_path / name)
    for name in ("win.PNG", "win.png"):
        assert QImage(str(tmp_path / name)).size() == interior.window.size() * 2
    assert (tmp_path / "win.pdf").read_bytes().startswith(b"%PDF")
    # What is text stays text, and it looks as the window does.
    told = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "win.svg").read_text()))
    assert all(word in told for word in ("Parameter space", "Gradient descent", "critical 0.0845"))
    picture = QImage(interior.window.size(), QImage.Format.Format_RGB32)
    with QPainter(picture) as painter:
        QSvgRenderer(str(tmp_path / "win.svg")).render(painter)
    assert similar(picture, interior.window.grab().toImage()) > 0.8


def copied(interior: Interior, action: str) -> tuple[QImage, str]:
    """What another program would paste, and what the window says of it."""
    interior.window.actions_by_name[action].trigger()
    return QGuiApplication.clipboard().image(), interior.window.notice.text()


def test_the_view_that_has_the_keyboard_is_copied_else_the_first(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    central = interior.central
    until(qtbot, interior)
    qtbot.wait(300)  # the landscape has been drawn finely
    for name in ("fit", "loss", "parameters"):
        view = central.places[find_view(name).where].shown
        view.plot.setFocus()
        title = find_view(name).title
        image, said = copied(interior, "copy_view")
        assert said.endswith(title)
        # The same picture as in a file.
        assert similar(image, export(interior, monkeypatch, tmp_path / "a.png", title)) == 1.0
    central.run_list.setFocus()
    next(iter(central.run_list.cards.values())).setFocus()
    assert copied(interior, "copy_view")[1].endswith("Parameter space")
    central.maximise(central.places["beside"])
    qtbot.wait(50)
    assert copied(interior, "copy_view")[1].endswith("Data and fit")
    assert copied(interior, "copy_window")[0].size() == interior.window.size() * 2


def test_before_a_lesson_is_answered_no_view_is_taken_out_that_it_does_not_show(
    qtbot: QtBot, interior: Interior
) -> None:
    lesson = next(path for path in bundled() if "rates" in path.name)
    menu = interior.window.menus_by_name["export"]

    def titles() -> list[str]:
        menu.aboutToShow.emit()
        return [action.text() for action in menu.actions()]

    everything = titles()
    interior.lessons.open(lesson)
    interior.lessons.next()
    assert interior.lessons.course is not None
    assert interior.lessons.course.asks
    seen = [find_view(name).title for name in interior.central.stage.seen_names()]
    assert titles() == [title for title in everything if title in seen]
    assert len(titles()) < len(everything)
    shut = ("export_runs", "export_run", "export_code", "copy_text")
    assert not any(interior.window.actions_by_name[name].isEnabled() for name in shut)
    interior.lessons.leave()
    assert titles() == everything


def test_a_line_over_itself_hides_no_more_on_paper_than_on_the_screen(
    qtbot: QtBot, tmp_path: Path, make_snapshot: MakeSnapshot
) -> None:
    """At α 0.083 a run swings 240 times through the valley: drawn whole it is a slab."""
    view = ParameterView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    moment = make_snapshot("article", [("gd", 0.083)], steps=240)
    theme = LIGHT
    scene = Scene(theme, {0: theme.run_style(0)})
    counts = []
    for ending in ("png", "svg"):
        target = tmp_path / f"a.{ending}"
        write_view(target, view, moment, scene, QSize(640, 480))
        size = QSize(1280, 960)
        picture = QImage(size, QImage.Format.Format_RGB32)
        with QPainter(picture) as painter:
            if ending == "svg":
                QSvgRenderer(str(target)).render(painter)
            else:
                painter.drawImage(picture.rect(), QImage(str(target)))
        ink = theme.run_style(0).color.rgb()
        pixels = np.frombuffer(picture.constBits(), dtype=np.uint32)
        counts.append(int(np.count_nonzero(pixels == ink)))
    on_screen, on_paper = counts
    assert 0.8 * on_screen < on_paper < 1.25 * on_screen


@pytest.mark.parametrize(
    ("name", "kinds", "left"),
    [("parameters", ("path", "arrow"), 0.2), ("fit", ("fit",), 0.0), ("loss", ("loss",), 0.0)],
)
def test_what_a_lesson_hides_is_in_no_picture_that_is_taken_out(
    qtbot: QtBot, interior: Interior, name: str, kinds: tuple[str, ...], left: float
) -> None:
    workspace = interior.workspace
    workspace.step_by(30)
    until(qtbot, interior, lambda s: s.step == 30)
    ink = workspace.scene.styles[0].color.rgb()

    def inked() -> list[int]:
        counts = []
        interior.central.places[find_view(name).where].shown.plot.setFocus()
        plan = FilmPlan(name, 0, 30, 1, 10, 800)
        frame = interior.filming._picture(plan)
        rgb = [ink >> shift & 255 for shift in (16, 8, 0)]
        counts.append(int((frame == rgb).all(axis=2).sum()))
        image = copied(interior, "copy_view")[0].convertToFormat(QImage.Format.Format_RGB32)
        counts.append(int((np.frombuffer(image.constBits(), np.uint32) == ink).sum()))
        return counts

    before = inked()
    assert min(before) > 50
    workspace.set_curtain(frozenset(kinds))
    qtbot.wait(50)
    # Of the way its start is left, which everyone may know.
    assert all(now <= left * was for now, was in zip(inked(), before, strict=True))
