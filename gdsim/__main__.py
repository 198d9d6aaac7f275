"""`python -m gdsim`."""

from gdsim.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
