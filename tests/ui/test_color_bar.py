"""The bar beside the surface: its values are those of the colours."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdsim.ui.plot.color_bar import Shades, has_powers, values_on, written
from gdsim.ui.plot.relief import palette_of
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.parameter_view import ParameterView
from tests.ui.conftest import MakeSnapshot
from tests.ui.seeing import shown


@given(
    st.floats(-1e6, 1e6), st.floats(1e-6, 1e3), st.floats(1e-3, 1e9),
    st.integers(40, 1000), st.integers(10, 60),
)  # fmt: skip
def test_values_are_in_order_apart_and_within(
    base: float, soft: float, span: float, height: int, apart: int
) -> None:
    shades = Shades(base, soft, math.log(soft), math.log(soft + span))
    values = values_on(shades, height, apart)
    assert values[0] == shades.loss(0.0)
    places = [shades.share(value) * height for value in values]
    assert all(b - a >= apart * (1.0 - 1e-6) for a, b in pairwise(places))
    assert all(-1e-6 <= place <= height * (1.0 + 1e-6) for place in places)


_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def test_round_values_are_chosen() -> None:
    shades = Shades(0.56, 1.0, math.log(1.0), math.log(400.0))
    values = values_on(shades, 290.0, 24.0)
    assert values[0] == pytest.approx(0.56)
    assert {1.0, 10.0, 100.0} & set(values) >= {10.0, 100.0}


def test_the_colour_at_a_value_is_that_of_the_surface_there(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot("quadratic", steps=1)
    view = shown(qtbot, ParameterView(), snapshot)
    qtbot.waitUntil(lambda: bool(view.plot.grab()) and view.at_rest)
    view.plot.grab()
    shades = view.color_bar.shades
    assert shades is not None
    assert view.color_bar.isVisible()
    palette = palette_of(LIGHT)
    projection = view.plot.projection()
    image = view._landscape._pixmap.toImage()
    scale = image.width() / projection.width
    near = 0
    places = [(i, j) for i in range(20, 500, 37) for j in range(20, 300, 31)]
    for x, y in places:
        if x >= projection.width - 2 or y >= projection.height - 2:
            continue

        theta = np.array(projection.inverse(QPointF(x, y)))
        share = shades.share(snapshot.problem.loss_at(theta))
        wanted = palette[int(np.clip(share, 0.0, 1.0) * 255)].astype(int)
        color = image.pixelColor(round(x * scale), round(y * scale))
        found = np.array([color.red(), color.green(), color.blue()])
        near += int(np.abs(found - wanted).max() <= 6)
    # Contours lie over some of the pixels.
    assert near >= 0.6 * len(places)


def test_a_small_view_has_no_bar(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    view = shown(qtbot, ParameterView(), make_snapshot("quadratic", steps=1))
    before = view.plot.box.rect().width()
    view.resize(380, 300)
    qtbot.waitUntil(lambda: not view.color_bar.isVisible())
    assert before < 560 - 60
    qtbot.waitUntil(lambda: view.plot.box.rect().width() > 380 - 70)


def test_a_number_is_shortened_not_cut(qtbot: QtBot) -> None:
    """Cut, 0.00412 was read as 0.00."""
    metrics = QFontMetricsF(QApplication.font())
    room = metrics.horizontalAdvance("0.0000")
    for value in (0.00412345, -0.0123, 1234.0, 4.5678e-7):
        text = written(value, metrics, room)
        assert "…" not in text
        assert len(text) <= len(written(value, metrics, math.inf))
    assert written(0.00412345, metrics, room) in ("0.0041", "0.004")


def test_thousands_are_written_as_the_hundreds_beneath_them_are(qtbot: QtBot) -> None:
    metrics = QFontMetricsF(QFont())
    assert [written(value, metrics, 60.0) for value in (300.0, 1000.0, 2000.0)] == [
        "300", "1000", "2000",
    ]  # fmt: skip
    assert written(2e7, metrics, 60.0) == "2×10⁷"


@pytest.mark.parametrize("most", [2.1e5, 3.3e7, 9.7e12])
def test_the_numbers_beside_a_bar_are_all_powers_of_ten_or_none(qtbot: QtBot, most: float) -> None:
    """20000 stood beside 2×10⁵."""
    shades = Shades(0.0, 0.02, math.log(0.3), math.log(most))
    metrics = QFontMetricsF(QFont("DejaVu Sans", 9))
    assert has_powers(shades)
    values = [value for value in values_on(shades, 400.0, 20.0) if value]
    assert len(values) > 3
    for value in values:
        text = written(value, metrics, 400.0, powers=True)
        digits, _, power = text.rpartition("10")
        back = float(digits.rstrip("×") or 1.0) * 10.0 ** int(power.translate(_RAISED))
        assert back == pytest.approx(value, rel=0.05)
    assert not has_powers(Shades(0.0, 0.02, math.log(0.3), math.log(9e4)))
