"""Chinese on a system that has no Chinese font: each character that is shown is carried along."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QRawFont
from PySide6.QtWidgets import QApplication

from gdsim.system.resources import resource

FONT = resource("fonts/gdsim-cjk.otf")
HOW = "packaging/make_font.py makes the font anew"


def is_chinese(character: str) -> bool:
    """Ideographs, CJK punctuation and full-width forms: what a Latin font does not have."""
    code = ord(character)
    return 0x3000 <= code <= 0x9FFF or 0xFF00 <= code <= 0xFFEF


def shown_characters() -> dict[str, str]:
    """Each Chinese character of the translations and of the program's own texts, with its place."""
    found: dict[str, str] = {}
    package = Path(__file__).resolve().parents[2] / "gdsim"
    folders = ("translations/zh", "manual/zh", "lessons")
    texts = [path for folder in folders for path in resource(folder).iterdir()]
    for path in (*sorted(texts), *sorted(package.rglob("*.py"))):
        text = path.read_text(encoding="utf-8")
        found.update(dict.fromkeys(filter(is_chinese, text), path.name))
    return found


@pytest.fixture
def font(qapp: QApplication) -> QRawFont:
    font = QRawFont(str(FONT), 32.0)
    assert font.isValid()
    return font


def test_every_chinese_character_that_is_shown_is_in_the_font(font: QRawFont) -> None:
    shown = shown_characters()
    assert "梯" in shown  # gradient: the translations were really read
    lacking = {c: place for c, place in shown.items() if not font.supportsCharacter(ord(c))}
    assert not lacking, HOW


def test_users_own_texts_find_the_common_characters(font: QRawFont) -> None:
    """Column names of a CSV file, labels of runs: GB 2312 level 1, 3755 characters."""
    codes = [bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]
    level_1 = "".join(code.decode("gb2312", errors="ignore") for code in codes)
    assert len(level_1) == 3755
    assert not [c for c in level_1 if not font.supportsCharacter(ord(c))]


def test_it_leaves_latin_and_mathematics_to_the_systems_font(font: QRawFont) -> None:
    assert not [c for c in "Az09 θα∂≤≥∇²₀×·−…“”" if font.supportsCharacter(ord(c))]


def test_its_glyphs_are_drawn(font: QRawFont) -> None:
    (glyph,) = font.glyphIndexesForString("梯")
    assert font.pathForGlyph(glyph).elementCount() > 20
    assert 20 < font.boundingRect(glyph).width() <= 32


def test_lines_with_chinese_are_no_taller_than_an_interface_fonts(font: QRawFont) -> None:
    assert 1.1 <= (font.ascent() + font.descent()) / 32 <= 1.25  # DejaVu Sans 1.17, Noto CJK 1.45


def test_it_goes_by_a_name_of_its_own_and_with_its_licence(qapp: QApplication) -> None:
    added = QFontDatabase.addApplicationFont(str(FONT))
    try:
        assert QFontDatabase.applicationFontFamilies(added) == ["gdsim CJK"]
    finally:
        QFontDatabase.removeApplicationFont(added)
    licence = FONT.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "Copyright 2014-2021 Adobe" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_it_stays_small() -> None:
    assert FONT.stat().st_size < 900_000
