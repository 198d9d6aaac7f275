"""`python -m gdsim`; an old Python, even 2, must be able to read this, to say that it is old."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "gdsim needs Python 3.11 or newer; this is %d.%d. In a checkout it is started by: %s %s"
        % (
            sys.version_info[0],
            sys.version_info[1],
            "py" if sys.platform == "win32" else "python3",
            " ".join(["packaging/bootstrap.py", "run"] + sys.argv[1:]),
        )
    )

from gdsim.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
