"""What Qt finds on this machine: for `gdsim --info`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

_GL_RENDERER, _GL_VERSION = 0x1F01, 0x1F02


def describe_graphics() -> Iterator[str]:
    """Lines on versions, platform, screens and OpenGL. The last may abort: ask in a process."""
    yield f"PySide6      {pyside_version}, Qt {qVersion()}"
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        yield "graphics     no display: only --screenshot and runs without a window"
        return
    application = QGuiApplication(sys.argv[:1])
    yield f"platform     {application.platformName()}, language {QLocale.system().name()}"
    for screen in application.screens():
        size = screen.size()
        yield (
            f"screen       {screen.name()}: {size.width()} × {size.height()}, "
            f"scale {screen.devicePixelRatio():g}, {screen.refreshRate():.0f} Hz"
        )
    yield f"OpenGL       {_opengl()} (gdsim draws without it)"


def _opengl() -> str:
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return "none"
    functions = context.functions()
    return f"{functions.glGetString(_GL_VERSION)}, {functions.glGetString(_GL_RENDERER)}"
