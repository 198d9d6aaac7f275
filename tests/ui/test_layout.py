"""Where things stand: on every screen all that is pressed is seen, and steps are one number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings, QSize, Qt
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStatusBar, QWidget
from pytestqt.qtbot import QtBot

from gdsim.ui.controls.swatch import Swatch
from gdsim.ui.interior import Interior
from gdsim.ui.main_window import FRAME, MainWindow
from gdsim.ui.theme import unit_of
from tests.ui.conftest import until


@pytest.mark.parametrize(
    "free",
    [(1024, 728), (1366, 728), (1920, 1040), (1536, 824), (1280, 680), (960, 510), (683, 354)],
)
def test_the_first_window_fits_the_free_area(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: tuple[int, int]
) -> None:
    area = QRect(0, 40, *free)
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: area)
    window = MainWindow(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat), "en")
    qtbot.addWidget(window)
    window.restore_geometry()
    placed = QRect(window.pos(), window.size() + FRAME)
    assert area.contains(placed), placed
    assert window.minimumWidth() <= free[0]
    assert window.minimumHeight() <= free[1]
    roomy = free[0] >= 1374 and free[1] >= 804
    assert window.isMaximized() is not roomy
    assert not roomy or window.size() == QSize(1366, 768)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(820, 520), (960, 540), (1024, 768), (1366, 696), (1920, 1080)])
def test_nothing_that_is_pressed_lies_beyond_the_window(
    qtbot: QtBot, interior: Interior, lang: str, size: tuple[int, int]
) -> None:
    window = interior.window
    window.actions_by_name[f"language_{lang}"].trigger()
    window.resize(*size)
    qtbot.wait(30)
    assert (window.width(), window.height()) == size
    transport = interior.central.transport
    for widget in (transport.play, transport.reset, transport.step, transport.speed):
        corner = widget.mapTo(window, widget.rect().bottomRight())
        assert widget.isVisible(), widget.objectName()
        assert window.rect().contains(corner), widget.objectName()
    assert transport.timeline.width() > 150
    narrow = size[0] < 1000
    assert interior.central.side.isVisible() is not narrow
    assert interior.central.strip.isVisible() is narrow
    seen = [name for name, place in interior.central.places.items() if place.isVisible()]
    assert ("beside" in seen) is (size[1] > 600)
    assert ("rate" in seen) is (size[0] > 1100)
    assert {"stage", "loss"} <= set(seen)


def test_where_the_fit_has_no_room_it_is_a_tab(qtbot: QtBot, interior: Interior) -> None:
    interior.window.resize(820, 520)
    qtbot.wait(30)
    places = interior.central.places
    places["stage"].shown.other_requested.emit(places["beside"].shown.name)
    assert places["beside"].isVisible()
    assert not places["stage"].isVisible()
    places["beside"].shown.other_requested.emit(places["stage"].shown.name)
    assert places["stage"].isVisible()
    assert not places["beside"].isVisible()
    QTest.keyClick(interior.window, Qt.Key.Key_F7)
    assert interior.central.side.isVisible()


def test_footer_and_transport_say_one_step(qtbot: QtBot, interior: Interior) -> None:
    workspace, central = interior.workspace, interior.central
    workspace.set_speed(100.0)
    workspace.play()
    said = []
    for _ in range(12):
        qtbot.wait(25)
        found = re.search(r"step ([\d,]+) →", central.formula_bar.result.text())
        assert found is not None
        said.append(found.group(1).replace(",", ""))
        assert said[-1] == str(central.transport.at.value())
    assert len(set(said)) > 1
    workspace.pause()
    until(qtbot, interior, lambda s: not s.playing)


def test_the_timeline_is_as_long_as_what_is_played(qtbot: QtBot, interior: Interior) -> None:
    interior.workspace.step_by(83)
    until(qtbot, interior, lambda s: s.step == 83)
    line = interior.central.transport.timeline
    assert (line.value(), line.maximum()) == (83, 1000)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    until(qtbot, interior, lambda s: s.step == 83)  # what is to come is not there yet
    at = round(line.x_of(40))
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center().__class__(at, 10))
    shown = until(qtbot, interior, lambda s: s.step < 83)
    assert abs(shown.step - 40) <= 1
    assert line.value() == shown.step
    image = line.grab().toImage()
    groove = [
        image.pixelColor(round(line.x_of(x)), round(line.groove)).name() for x in (10, 60, 500)
    ]
    assert len(set(groove)) == 3


def test_the_strip_of_the_rate_has_the_step_axis_of_the_loss(
    qtbot: QtBot, interior: Interior
) -> None:
    interior.workspace.step_by(150)
    until(qtbot, interior, lambda s: s.step == 150)
    loss, rate = (interior.central.places[name].shown.plot for name in ("loss", "rate"))
    assert loss.box.viewRange()[0] == rate.box.viewRange()[0]
    edges = [
        (plot.mapTo(interior.window, plot.mapFromScene(plot.box.mapToScene(corner))).x())
        for plot in (loss, rate)
        for corner in (plot.box.rect().topLeft(), plot.box.rect().topRight())
    ]
    assert abs(edges[0] - edges[2]) <= 1
    assert abs(edges[1] - edges[3]) <= 1


def test_no_line_repeats_the_verdict(interior: Interior) -> None:
    assert interior.window.findChild(QStatusBar) is None
    assert not interior.window.notice.isVisible()
    interior.window.say("Saved: a.gdsim")
    assert interior.window.notice.isVisible()


def test_what_comes_into_sight_shows_the_present_moment(qtbot: QtBot, interior: Interior) -> None:
    interior.window.resize(820, 520)
    interior.workspace.step_by(30)
    until(qtbot, interior, lambda s: s.step == 30)
    fit = interior.central.places["beside"].shown
    bar = interior.central.formula_bar
    for size in ((1366, 768), (820, 520), (1366, 768)):
        interior.window.resize(*size)
        qtbot.waitUntil(lambda: "= <b>" in bar.numbers.text())
    qtbot.waitUntil(lambda: fit.snapshot is interior.workspace.snapshot)
    interior.window.actions_by_name["panel"].trigger()
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    interior.window.actions_by_name["panel"].trigger()
    qtbot.waitUntil(lambda: interior.central.run_list.cards[0].line.said.endswith("steps") or
                    "above" in interior.central.run_list.cards[0].line.said)  # fmt: skip
    interior.central.maximise(interior.central.places["loss"])
    interior.workspace.step_by(5)
    until(qtbot, interior, lambda s: s.step == 35)
    interior.central.maximise(None)
    qtbot.waitUntil(lambda: fit.snapshot is interior.workspace.snapshot)


def share(interior: Interior) -> tuple[int, int]:
    """Pixels of the upper and the lower row."""
    upper, lower = interior.central.stage.rows.sizes()
    return upper, lower


@pytest.mark.parametrize(
    ("size", "panel", "upper"),
    [((1920, 1080), 360, 0.56), ((1366, 768), 328, 356), ((1366, 696), 328, 356),
     ((1024, 768), 296, 340)],
)  # fmt: skip
def test_panel_and_rows_are_as_drawn(
    qtbot: QtBot, interior: Interior, size: tuple[int, int], panel: int, upper: float
) -> None:
    interior.window.resize(*size)
    qtbot.wait(30)
    unit = unit_of(interior.central.font())
    assert interior.central.side.width() == pytest.approx(panel * unit, abs=1)
    rows = share(interior)
    if upper < 1:
        assert rows[0] / sum(rows) == pytest.approx(upper, abs=0.01)
    else:
        assert rows[0] == pytest.approx(upper * unit, abs=6)
        assert rows[1] >= 170 * unit


def test_rows_that_a_user_has_divided_stay_so(qtbot: QtBot, interior: Interior) -> None:
    rows = interior.central.stage.rows
    handle = rows.handle(1)
    centre = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseMove(handle, centre - centre.__class__(0, 80))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=centre - centre.__class__(0, 80))
    qtbot.wait(20)
    before = share(interior)[0] / sum(share(interior))
    assert before < 0.5
    interior.window.resize(1500, 900)
    qtbot.wait(30)
    assert share(interior)[0] / sum(share(interior)) == pytest.approx(before, abs=0.08)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [820, 1024, 1366])
def test_no_title_is_cut_off_beside_its_tools(
    qtbot: QtBot, interior: Interior, width: int, lang: str
) -> None:
    window, places = interior.window, interior.central.places
    window.actions_by_name[f"language_{lang}"].trigger()
    window.resize(width, 768)
    qtbot.wait(40)
    for name in ("stage", "beside", "loss"):
        bar = places[name].shown.bar
        assert not places[name].isVisible() or "…" not in bar.label.shown, name
    bar = places["beside"].shown.bar
    if width == 1024 and lang == "en":
        assert bar.label.shown == "Data and fit"
        assert bar.more.isVisible()
        bar.more.menu().aboutToShow.emit()
        action = bar.more.menu().actions()[0]
        action.trigger()  # the slice, in its place
        assert places["beside"].shown.name == "slice"
        qtbot.wait(20)
        assert "…" not in places["beside"].shown.bar.label.shown
    elif width == 1366:
        assert bar.more.isHidden()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("free", [(1366, 728), (683, 354)])
def test_smaller_type_is_said_in_the_view_menu(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: tuple[int, int], lang: str
) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: QRect(0, 0, *free))
    window = MainWindow(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat), lang)
    qtbot.addWidget(window)
    small = free[0] < 700
    assert window.theme.text_points == (7.5 if small else 10.0)
    said = [a.text() for a in window.menus_by_name["view"].actions() if a.isVisible()]
    assert any("75" in text and "683 × 354" in text for text in said) is small


def test_the_timeline_marks_where_each_run_stays_within_the_tolerance(
    qtbot: QtBot, interior: Interior
) -> None:
    """Momentum 0.01 on the article's points: step 76; gradient descent 0.01: step 548."""
    workspace, line = interior.workspace, interior.central.transport.timeline
    workspace.add_run()
    workspace.edit_run(1, "optimizer", "", "momentum")
    workspace.step_by(600)
    until(qtbot, interior, lambda s: s.step == 600 and len(s.runs) == 2)
    assert [(step, label) for step, _, label in line.arrivals] == [(548, "1"), (76, "2")]
    image = line.grab().toImage()
    scale = image.devicePixelRatio()
    for step, color, _ in line.arrivals:
        column = [image.pixelColor(round(line.x_of(step) * scale), y).name() for y in range(9)]
        assert color.name() in column
    QTest.keyClick(interior.window, Qt.Key.Key_2)
    qtbot.wait(40)
    assert [step for step, *_ in line.arrivals] == [548]


def test_presenter_mode_folds_the_panel_and_puts_it_back(qtbot: QtBot, interior: Interior) -> None:
    central, window = interior.central, interior.window
    interior.workspace.add_run()
    until(qtbot, interior, lambda s: len(s.runs) == 2)
    height = central.run_list.cards[1].gauge.sizeHint().height()
    window.actions_by_name["present"].trigger()
    qtbot.wait(30)
    assert central.strip.isVisible()
    assert not central.side.isVisible()
    for swatch in central.strip.findChildren(Swatch):
        button = swatch.parentWidget()
        assert isinstance(button, QWidget)
        assert button.rect().contains(swatch.geometry())  # its number is whole
    QTest.keyClick(window, Qt.Key.Key_F7)
    until(qtbot, interior)
    gauge = central.run_list.cards[1].gauge
    assert gauge.sizeHint().height() > 1.2 * height
    qtbot.waitUntil(lambda: gauge.height() >= gauge.sizeHint().height())  # its numbers are whole
    window.actions_by_name["present"].trigger()
    qtbot.wait(30)
    assert central.side.isVisible()
    window.actions_by_name["panel"].trigger()
    for _ in range(2):
        window.actions_by_name["present"].trigger()
    assert not central.side.isVisible()  # as it was before


def test_menus_have_the_type_of_the_window(interior: Interior) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    present = interior.window.actions_by_name["present"]
    for _ in range(3):  # as it starts, in presenter mode, and back
        for shown in (interior.window.menuBar(), *interior.window.menus_by_name.values()):
            assert shown.font().pointSizeF() == application.font().pointSizeF()
        present.trigger()
