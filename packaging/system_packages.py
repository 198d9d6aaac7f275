"""The system libraries that Qt needs, and the packages that bring them. Standard library only."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from telling import Stopped, quiet, say


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


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def wanted_libraries(environment: Mapping[str, str]) -> dict[str, Package]:
    """The system libraries that Qt loads in such a session."""
    wanted = dict(OFFSCREEN)
    if environment.get("QT_QPA_PLATFORM", "").partition(":")[0] == "offscreen":
        return wanted
    if environment.get("DISPLAY"):
        wanted.update(X11)
    if environment.get("WAYLAND_DISPLAY"):
        wanted.update(WAYLAND)
    return wanted


def is_loadable(library: str) -> bool:
    """Whether the dynamic loader finds the library."""
    try:
        import ctypes
    except ImportError:  # a Python built without libffi: let Qt complain itself
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(environment: Mapping[str, str], *, graphics: bool) -> list[Package]:
    """What a Linux system lacks to run gdsim; other systems carry it all."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = wanted_libraries(environment) if graphics else {}
    missing = [package for name, package in wanted.items() if not is_loadable(name)]
    try:
        import ensurepip  # noqa: F401  (only to see whether it is there)
    except ImportError:
        missing.append(VENV)
    return missing


def installer() -> str | None:
    """The system's package tool, if it is one that we know."""
    return next((tool for tool in INSTALL if shutil.which(tool)), None)


def names_for(tool: str, packages: Iterable[Package]) -> list[str]:
    """The names to install; of two names the one that apt knows, or else the older one."""
    if tool != "apt-get":
        names = [getattr(package, tool) for package in packages]
        return list(dict.fromkeys(name for name in names if name))
    chosen = []
    for package in packages:
        *newer, last = package.apt.split("|")
        known = (name for name in newer if quiet(["apt-cache", "show", name])[0] == 0)
        chosen.append(next(known, last))
    return chosen


def install_command(tool: str | None, packages: list[Package]) -> str:
    """The command for a person to type, as root where needed."""
    if tool is None:
        return "(with your system's own tool) " + " ".join(names_for("dnf", packages))
    commands = [" ".join([INSTALL[tool], *names_for(tool, packages)])]
    if tool == "apt-get":  # its lists may be empty (containers) or name versions that are gone
        commands.insert(0, "apt-get update")
    if os.geteuid() == 0:
        return " && ".join(commands)
    if shutil.which("sudo"):
        return " && ".join("sudo " + command for command in commands)
    # With the dash: a plain su keeps a PATH without /sbin, and dpkg then refuses to work.
    return "su - -c " + shlex.quote(" && ".join(commands))


def elevation() -> list[str] | None:
    """What to put before apt-get: for root, for sudo where it asks nothing, or None."""
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.geteuid() == 0:
        # After a plain su root has the user's PATH, and dpkg refuses to work without /sbin.
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
        return [*quietly, "PATH=" + path]
    if shutil.which("sudo") and quiet(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n", *quietly]
    return None


def bring_system_packages(environment: Mapping[str, str], *, graphics: bool = True) -> None:
    """Install what the system lacks by apt-get where that needs no question, or say how to."""
    missing = missing_packages(environment, graphics=graphics)
    if not missing:
        return
    tool = installer()
    prefix = elevation() if tool == "apt-get" else None
    if prefix is None:
        raise Stopped(
            "Some system packages are missing. Install them, then run this again:\n  "
            + install_command(tool, missing)
        )
    command = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    say("asking apt-get for what this system lacks")
    # One source that fails must not stop us: the packages may come from another.
    quiet([*command, "update"])
    names = names_for("apt-get", missing)
    say("installing by apt-get: " + " ".join(names))
    install = [*command, "install", "-y", "--no-install-recommends", *names]
    status, output = quiet(install)
    if status and "dpkg --configure -a" in output:  # an earlier installation was interrupted
        quiet([*prefix, "dpkg", "--configure", "-a"])
        status, output = quiet(install)
    if status:
        errors = [line for line in output.splitlines() if line.startswith("E:")]
        raise Stopped(
            "apt-get could not install what is missing"
            + (f" ({errors[-1][2:].strip()})" if errors else "")
            + ". Try it yourself, then run this again:\n  "
            + install_command(tool, missing)
        )
