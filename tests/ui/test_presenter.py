"""What a class sees from the back row: sizes, contrast, and names that are whole."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFontInfo
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.stage_area import GAP
from gdsim.ui.theme import DARK, LIGHT, Theme
from gdsim.ui.views.loss_view import LossView
from tests.ui.conftest import has_runs, until


def _brightness(color: str) -> float:
    """WCAG's relative luminance."""
    shown = QColor(color)
    weighed = (0.2126, shown.redF()), (0.7152, shown.greenF()), (0.0722, shown.blueF())
    return sum(
        w * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for w, v in weighed
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_reaches_seven_to_one_on_a_projector(theme: Theme) -> None:
    far = theme.for_projector(1080)
    colors = (far.text, far.muted, far.accent, far.good, far.warning, far.danger, *far.terms)
    for color in colors:
        bright, dark = sorted((_brightness(color), _brightness(far.plot)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 6.99, color


@pytest.mark.parametrize("height", [768, 1080])
def test_all_text_of_a_picture_is_a_fiftieth_of_the_screen(qtbot: QtBot, height: int) -> None:
    theme = LIGHT.for_projector(height)
    for share in (0.75, 0.8, 0.85, 0.9, 1.0):
        assert QFontInfo(sized_font(theme, share)).pixelSize() >= height / 50.0


def test_an_axis_name_stands_in_the_middle_and_whole(qtbot: QtBot, interior: Interior) -> None:
    loss = interior.central.view(LossView)
    until(qtbot, interior)
    for width, height in ((820, 520), (1366, 768), (960, 540)):
        for size in (10.0, 18.0):
            interior.window.resize(width, height)
            interior.central.maximise(interior.central.places["loss"] if size > 10.0 else None)
            qtbot.wait(60)
            until(qtbot, interior)
            label, axis = loss.plot.left.label, loss.plot.left
            assert ("0.56" in loss.plot.left.labelText) is not ("0.56" in loss.note())
            if not label.isVisible():
                continue
            shown = label.mapRectToParent(label.boundingRect())
            assert abs(shown.center().y() - 0.5 * axis.size().height()) < 2.0
            assert shown.top() >= -4.0  # its own empty margin


@pytest.mark.parametrize("size", [(820, 520), (1024, 768), (1366, 768)])
def test_a_notice_hides_no_numbers_and_no_picture(
    qtbot: QtBot, interior: Interior, size: tuple[int, int]
) -> None:
    window, central = interior.window, interior.central
    window.resize(*size)
    qtbot.wait(40)
    window.say("Saved: experiment.gdsim")
    shown = window.notice.geometry()
    assert window.rect().contains(shown)
    assert shown.bottom() <= window.menuBar().geometry().bottom() + 2
    last = window.menuBar().actionGeometry(window.menuBar().actions()[-1])
    assert shown.left() > last.right()
    window.notice.offer("It failed: " + "a long reason, " * 6, "Undo", lambda: None)
    shown = window.notice.geometry()
    assert window.notice.heightForWidth(shown.width()) <= shown.height()  # all of it is read
    for place in central.places.values():
        plot = place.shown.plot
        if plot.isVisible():
            there = plot.rect().translated(plot.mapTo(window, plot.rect().topLeft()))
            assert not there.intersects(shown)


def test_a_card_taller_than_its_list_shows_its_head(qtbot: QtBot, interior: Interior) -> None:
    interior.window.resize(1366, 620)
    interior.workspace.choose_problem("network")
    for count in (2, 3, 4):
        interior.workspace.add_run()
        until(qtbot, interior, partial(has_runs, count))
        qtbot.wait(60)
        runs = interior.central.run_list
        card = runs.cards[interior.workspace.scene.selected]
        view = runs._scroll.viewport()
        assert card.height() > view.height()
        assert card.mapTo(runs._inside, card.rect().topLeft()).y() >= view.y()
        top = card.mapTo(view, card.rect().topLeft()).y()
        assert 0 <= top < 12


def test_a_class_sees_two_views_and_what_each_run_has_come_to(
    qtbot: QtBot, interior: Interior
) -> None:
    window, central, workspace = interior.window, interior.central, interior.workspace
    for count in (2, 3):
        workspace.add_run()
        until(qtbot, interior, partial(has_runs, count))
    workspace.step_by(240)
    until(qtbot, interior, lambda s: s.step == 240)
    usual = {name for name, place in central.places.items() if place.isVisible()}
    present = window.actions_by_name["present"]
    assert not central.head.isVisible()
    present.trigger()
    qtbot.waitUntil(lambda: len(central.head.said) == 3)
    first = central.head.said[0]
    assert (first.style.label, first.rate, first.value) == ("1", "α 0.01", "0.0800")
    assert {name for name, place in central.places.items() if place.isVisible()} == {
        "stage", "loss",
    }  # fmt: skip
    tops = [
        central.places[name].mapTo(window, QPoint(0, 0)).y() for name in ("stage", "loss")
    ]  # fmt: skip
    assert abs(tops[0] - tops[1]) <= 2
    central.stage.bring("beside")  # the others are there on demand
    assert central.places["beside"].isVisible()
    workspace.set_visible(1, False)
    qtbot.waitUntil(lambda: [one.style.label for one in central.head.said] == ["1", "3"])
    central.stage.bring("stage")
    present.trigger()
    qtbot.wait(40)
    assert not central.head.isVisible()
    assert {name for name, place in central.places.items() if place.isVisible()} == usual


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_eight_runs_have_their_values_in_the_head(
    qtbot: QtBot, interior: Interior, lang: str
) -> None:
    window, central = interior.window, interior.central
    window.actions_by_name[f"language_{lang}"].trigger()
    window.resize(1024, 768)
    window.actions_by_name["present"].trigger()
    for count in range(2, 9):
        interior.workspace.add_run()
        until(qtbot, interior, partial(has_runs, count))
    qtbot.waitUntil(lambda: len(central.head.said) == 8)
    assert window.width() == 1024
    head = central.head
    assert head.height() == head.sizeHint().height()
    room = (head.width() - 240) / 8 - 14
    points, _ = head._key_points(room)
    assert points >= 0.9 * 12.0  # no less than the type around it, as good as


def test_the_loss_keeps_more_of_a_low_row_than_the_rate(qtbot: QtBot, interior: Interior) -> None:
    interior.window.resize(1366, 696)
    qtbot.wait(40)
    loss, rate = (interior.central.places[name].shown.plot for name in ("loss", "rate"))
    assert rate.isVisible()
    assert loss.box.rect().height() > 1.5 * rate.box.rect().height()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_name_of_the_rate_stands_beside_its_numbers(
    qtbot: QtBot, interior: Interior, size: tuple[int, int]
) -> None:
    interior.window.resize(*size)
    interior.workspace.choose_problem("network")
    interior.workspace.step_by(60)
    until(qtbot, interior, lambda s: s.step == 60)
    qtbot.wait(60)
    loss, rate = (interior.central.places[name].shown.plot for name in ("loss", "rate"))
    assert rate.left.label.isVisible()
    assert rate.left.size().width() >= rate.left.wanted_width() - 1.0
    assert rate.left.size().width() == pytest.approx(loss.left.size().width(), abs=1)


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
def test_the_transport_keeps_to_the_margins_of_the_views(
    qtbot: QtBot, interior: Interior, size: tuple[int, int]
) -> None:
    interior.window.resize(*size)
    central, present = interior.central, interior.window.actions_by_name["present"]

    def keeps() -> bool:
        right = central.strip if central.strip.isVisible() else central.side
        ends = {part.mapTo(central, part.rect().topRight()).x() for part in
                (right, central.transport.speed)}  # fmt: skip
        begins = {part.mapTo(central, QPoint()).x() for part in
                  (central.stage, central.transport.reset)}  # fmt: skip
        wide = min(begins) > GAP and max(begins) > GAP
        return len(begins) == len(ends) == 1 and wide is present.isChecked()

    qtbot.waitUntil(keeps)
    for _ in range(2):  # and as it was, once presenter mode is left
        present.trigger()
        qtbot.waitUntil(keeps)
