#!/usr/bin/env python3
"""Bring gdsim up on a bare machine: `bootstrap.py run|test|build [arguments]`.

Standard library only. Makes a virtual environment in the checkout, installs the locked packages by
their hashes, adds the system libraries that Qt needs where it may, and starts the program or the
tests. Later runs find everything in place and need no network.

Any Python, 2 too, must be able to read this file, to say that it is too old.
"""

import os
import subprocess
import sys

NAMES = ["%d.%d" % (3, minor) for minor in (14, 13, 12, 11)]


def newer_python():  # type: () -> str
    """The command that starts a Python which is new enough, or ""."""
    is_new = ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    for name in NAMES:
        command = ["py", "-" + name] if os.name == "nt" else ["python" + name]
        with open(os.devnull, "w") as nowhere:
            try:
                status = subprocess.call(command + is_new, stdout=nowhere, stderr=nowhere)
            except OSError:
                continue
        if status == 0:
            return " ".join(command)
    return ""


def is_too_old():  # type: () -> str
    """What to do instead, in one sentence."""
    found = newer_python()
    words = " ".join('"%s"' % word if " " in word else word for word in sys.argv)
    advice = "This machine has one, so run"
    if not found:
        found = "py" if os.name == "nt" else "python3"
        advice = "Install one (https://www.python.org/downloads), then run"
    return "gdsim needs Python 3.11 or newer; this is %d.%d. %s: %s %s" % (
        sys.version_info[0], sys.version_info[1], advice, found, words,
    )  # fmt: skip


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(is_too_old())
    from commands import start

    sys.exit(start(sys.argv[1:]))
