#!/usr/bin/env python3
"""Make resources/fonts/gdsim-cjk.otf, the Chinese glyphs for systems that have none.

    python make_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

A tool for developers, run by hand when a translation needs a character that the font lacks (its
test then fails). Needs fonttools in an environment of its own (4.68 made the present file); the
source is Debian 12's fonts-noto-cjk, Noto Sans CJK SC 2.004. The same source and fonttools give the
same bytes.

What it keeps: the 3755 characters of GB 2312 level 1, some beyond, CJK punctuation,
full-width forms, and every Chinese character of the translations. Left out are Latin, Greek and
mathematics, so that they stay in the system's font, hinting, and layout features.

Licence: Noto Sans CJK is under the SIL Open Font License 1.1 (resources/fonts/OFL.txt), which a
subset must keep. It reserves no font name; but Noto is a trademark, and a changed font should not
pass for it, so the family is called "gdsim CJK".
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "fonts" / "gdsim-cjk.otf"
SOURCE_NAME = "Noto Sans CJK SC"
FAMILY = "gdsim CJK"

# Of 1000 units to the em. Noto's own 1160 and 288 make each line with Chinese a quarter taller than
# the lines beside it; these are close to the usual interface fonts' and hold every glyph kept.
ASCENT, DESCENT = 940, 250

# Beyond level 1: what translations of the subject and people's names are likely to need.
SUBJECT = "阈阱耦熵壑崎岖蜿蜒徘徊涟漪靛绛赭笺瞥嵌黏涡泸瞰觑剔帧拽曳昱璇玥琪瑶婷祺烨炜鑫淼磊"

KEPT_NAMES = (0, 8, 9, 11, 12, 13, 14)  # copyright, makers, addresses, licence


def level_1() -> Iterator[int]:
    """The common characters of GB 2312: rows 16 to 55."""
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                yield ord(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue  # the last row is not full


def punctuation() -> Iterator[int]:
    """CJK punctuation (、。「」《》【】…) and full-width forms (，：；！？（）％…)."""
    yield from range(0x3000, 0x3018)
    yield from range(0xFF01, 0xFF5F)
    yield from range(0xFFE0, 0xFFE7)


def translated() -> Iterator[int]:
    """The Chinese characters that the translations and the lessons use."""
    resources = ROOT / "resources"
    for path in sorted([*resources.glob("translations/zh/*.json"), *resources.glob("lessons/*")]):
        text = path.read_text(encoding="utf-8")
        yield from (ord(c) for c in text if 0x3400 <= ord(c) <= 0x9FFF)


def subset(font: TTFont) -> None:
    """Keep the glyphs named above, without hinting and layout features."""
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.layout_closure = False
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={*level_1(), *punctuation(), *translated(), *map(ord, SUBJECT)})
    subsetter.subset(font)


def rename(font: TTFont) -> None:
    """Give it a name of its own and say what it is; copyright and licence stay."""
    table = font["name"]
    version = str(table.getDebugName(5)).split(";")[0]
    table.names = [n for n in table.names if n.nameID in KEPT_NAMES and n.langID == 0x409]
    names = {
        1: FAMILY,
        2: "Regular",
        3: f"{FAMILY} Regular, {version}",
        4: FAMILY,
        5: version,
        6: FAMILY.replace(" ", "") + "-Regular",
        10: f"A subset of {SOURCE_NAME} ({version}) for gdsim, without Latin and layout features.",
    }
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    postscript = names[6]
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = FAMILY


def set_line_height(font: TTFont) -> None:
    """Lines as tall as those of an interface font."""
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ASCENT, -DESCENT, 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ASCENT, -DESCENT, 0
    os2.usWinAscent, os2.usWinDescent = ASCENT, DESCENT


def main(arguments: list[str]) -> int:
    """Read the collection, write the subset."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    collection = TTCollection(arguments[0])
    font = next(f for f in collection.fonts if f["name"].getDebugName(4) == SOURCE_NAME)
    font.recalcTimestamp = False  # the same bytes each time
    subset(font)
    rename(font)
    set_line_height(font)
    font.save(TARGET)
    size = TARGET.stat().st_size
    print(f"{TARGET.name}: {len(font.getBestCmap())} characters, {size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
