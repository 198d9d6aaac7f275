"""The system libraries that Qt needs, and the packages that bring them. Standard library only."""

import sys
from typing import NamedTuple


class Package(NamedTuple):
    """The package that brings a library, by the tool that installs it."""

    apt: str  # newer name first, where Debian renamed it: "new|old"
    dnf: str
    zypper: str
    pacman: str


# What Qt loads without any display, and what an X11 and a Wayland session add.
OFFSCREEN = {
    "libglib-2.0.so.0": Package("libglib2.0-0t64|libglib2.0-0", "glib2", "libglib-2_0-0", "glib2"),
    "libEGL.so.1": Package("libegl1", "libglvnd-egl", "Mesa-libEGL1", "libglvnd"),
    "libGL.so.1": Package("libgl1", "libglvnd-glx", "Mesa-libGL1", "libglvnd"),
    "libdbus-1.so.3": Package("libdbus-1-3", "dbus-libs", "libdbus-1-3", "dbus"),
    "libfontconfig.so.1": Package("libfontconfig1", "fontconfig", "libfontconfig1", "fontconfig"),
    "libxkbcommon.so.0": Package("libxkbcommon0", "libxkbcommon", "libxkbcommon0", "libxkbcommon"),
}
X11 = {
    "libxcb-cursor.so.0": Package(
        "libxcb-cursor0", "xcb-util-cursor", "libxcb-cursor0", "xcb-util-cursor"
    ),
    "libxkbcommon-x11.so.0": Package(
        "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11-0", "libxkbcommon-x11"
    ),
    "libxcb-icccm.so.4": Package("libxcb-icccm4", "xcb-util-wm", "libxcb-icccm4", "xcb-util-wm"),
    "libxcb-keysyms.so.1": Package(
        "libxcb-keysyms1", "xcb-util-keysyms", "libxcb-keysyms1", "xcb-util-keysyms"
    ),
    "libxcb-shape.so.0": Package("libxcb-shape0", "libxcb", "libxcb-shape0", "libxcb"),
}
WAYLAND = {
    "libwayland-cursor.so.0": Package(
        "libwayland-cursor0", "libwayland-cursor", "libwayland-cursor0", "wayland"
    ),
}
# Debian keeps the part of Python that makes environments in a package of its own.
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
VENV = Package(f"python{VERSION}-venv|python3-venv", "python3", "python3", "")

INSTALL = {
    "apt-get": "apt-get install -y --no-install-recommends",
    "dnf": "dnf install -y",
    "zypper": "zypper install -y",
    "pacman": "pacman -S --needed",
}
