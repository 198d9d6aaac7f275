"""How far a sweep or a race is, on a terminal."""

from __future__ import annotations

import sys
import time

from gdsim.runtime.sweeping import Report

PATIENCE = 0.5
"""Seconds before a terminal shows how far it is, and between two times that it says so."""


def progress(runs: int, *, quiet: bool) -> Report | None:
    """A line that is rewritten on a terminal; nothing into a pipe."""
    if quiet or not sys.stderr.isatty():
        return None
    began = said = time.monotonic()

    def report(share: float) -> bool:
        nonlocal said
        now = time.monotonic()
        if now - said > PATIENCE or (share >= 1.0 and said > began):
            said = now
            left = f", {(now - began) * (1.0 - share) / share:,.0f} s left" if share else ""
            end = "\n" if share >= 1.0 else "\r"
            text = f"{share:.0%} of {runs:,} runs{left}"
            print(f"{text:<60}", end=end, file=sys.stderr, flush=True)
        return True

    return report
