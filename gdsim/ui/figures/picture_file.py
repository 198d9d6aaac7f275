"""Pictures as files: PNG, SVG or PDF by the file's ending, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from gdsim import __version__
from gdsim.engine.sentences import Fault, some
from gdsim.system.files import written_aside

SCALE = 2
"""Device pixels per pixel in a PNG, and of the surfaces in the others."""
DOTS = 96


class Figure(Protocol):
    """What can be written as a picture: its size in pixels of 1/96 inch, and its painting."""

    @property
    def size(self) -> QSize: ...
    def paint(self, painter: QPainter) -> None: ...


def write_figure(target: Path, figure: Figure) -> None:
    """Write a figure; `Fault` where the file cannot be written or its ending is not known."""
    if target.suffix.lower() not in _WRITERS:
        raise Fault(
            "{file}: a picture's name ends in {endings}.",
            file=target, endings=some(_WRITERS),
        )  # fmt: skip
    with written_aside(target) as aside:
        _WRITERS[target.suffix.lower()](aside, figure)


def image_of(figure: Figure, scale: float = SCALE) -> QImage:
    """A figure with so many device pixels per pixel."""
    image = QImage(figure.size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    with QPainter(image) as painter:
        figure.paint(painter)
    return image


def _write_png(path: Path, figure: Figure) -> None:
    # Qt says no more than that a file could not be written; the system says why.
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    image_of(figure).save(data, "PNG")  # type: ignore[call-overload] # the stubs know no QIODevice here
    path.write_bytes(data.data().data())


def _write_svg(path: Path, figure: Figure) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(figure.size)
    generator.setViewBox(QRectF(QPointF(), QSizeF(figure.size)))
    generator.setResolution(DOTS)
    generator.setTitle("gdsim")
    generator.setDescription(f"gdsim {__version__}")
    with QPainter(generator) as painter:
        figure.paint(painter)
    # Qt's name for the default family is none that a browser knows.
    text = path.read_text(encoding="utf-8")
    families = re.sub(r'font-family="([^"]*)"', r'font-family="\1, sans-serif"', text)
    path.write_text(families, encoding="utf-8")


def _write_pdf(path: Path, figure: Figure) -> None:
    writer = QPdfWriter(str(path))
    writer.setResolution(DOTS)
    writer.setTitle("gdsim")
    writer.setCreator(f"gdsim {__version__}")
    points = QSizeF(figure.size) * (72.0 / DOTS)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(), QPageLayout.Unit.Point)
    with QPainter(writer) as painter:
        figure.paint(painter)


_WRITERS: dict[str, Callable[[Path, Figure], None]] = {
    ".png": _write_png, ".svg": _write_svg, ".pdf": _write_pdf,
}  # fmt: skip
ENDINGS = tuple(_WRITERS)
