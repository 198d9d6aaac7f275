"""Runs first in the frozen program: lets Qt find libraries and fonts on a bare Linux.

Qt needs some fifty system libraries (X11, fontconfig, GLib, …). Desktops have them, in versions
that fit their drivers, and those are taken. Only what a system lacks comes from `fallback/`: loaded
here by its full path, and found by its soname when Qt asks for it afterwards.
"""

import ctypes
import os
import sys
from importlib.abc import MetaPathFinder

FALLBACK = os.path.join(sys._MEIPASS, "fallback")  # type: ignore[attr-defined] # set in a frozen program


def load_libraries() -> None:
    """Load each library that is needed, the system's copy if there is one."""
    with open(os.path.join(FALLBACK, "order.txt"), encoding="ascii") as order:
        for soname in order.read().split():
            try:
                ctypes.CDLL(soname)
            except OSError:
                ctypes.CDLL(os.path.join(FALLBACK, soname))


def point_to_fonts() -> None:
    """Without its settings fontconfig warns, and knows no folder of fonts."""
    if not os.path.exists("/etc/fonts/fonts.conf"):
        os.environ.setdefault("FONTCONFIG_FILE", os.path.join(FALLBACK, "fonts.conf"))


def point_to_compose() -> None:
    """Without libX11's data there is no table of composed characters, and Qt warns."""
    if not os.path.exists("/usr/share/X11/locale/compose.dir"):
        os.environ.setdefault("XCOMPOSEFILE", os.path.join(FALLBACK, "compose"))


def choose_encoding() -> None:
    """Without any locale Qt would switch to UTF-8 itself, and say so at length."""
    if not any(os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        os.environ["LC_CTYPE"] = "C.UTF-8"


class BeforeQt(MetaPathFinder):
    """Does the above when Qt is first imported: runs without a window do not pay for it."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Never finds anything; the next finder does."""
        if fullname == "PySide6":
            sys.meta_path.remove(self)
            choose_encoding()
            point_to_fonts()
            point_to_compose()
            load_libraries()


sys.meta_path.insert(0, BeforeQt())
