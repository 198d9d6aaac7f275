#!/usr/bin/env python3
"""Draw resources/icons/gdsim-16.png … gdsim-256.png from gdsim.svg: `python make_icons.py`.

For systems and Qt builds that show no SVG. Run by hand after a change of the drawing (a test fails
until then), in the environment of the tests.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (16, 24, 32, 48, 64, 128, 256)
OVERSAMPLING = 8
"""Drawn so much larger, then averaged: finer edges than the painter's own at 16 pixels."""


def drawn(svg: Path, size: int) -> QImage:
    """The drawing at `size` × `size` pixels, transparent around it."""
    image = QImage(size * OVERSAMPLING, size * OVERSAMPLING, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    return image.scaled(
        size,
        size,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def main() -> int:
    """Write all sizes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    for size in SIZES:
        target = ICONS / f"gdsim-{size}.png"
        if not drawn(ICONS / "gdsim.svg", size).save(str(target)):
            print(f"{target} could not be written.", file=sys.stderr)
            return 1
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
