"""A trial as a command: what was said how often, and how often it was not borne out."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np

Counts = tuple[Counter[str], Counter[str]]
"""How often each thing was said, and how often something spoke against it."""
Trial = Callable[[int, int, Callable[[str], None]], Counts]
"""With a seed and a number of runs; each objection is handed on."""


def run_trial(trial: Trial, count: int) -> None:
    """Read [SEED [COUNT]] from the command line, and print objections and counts."""
    seed, count = ([int(word) for word in sys.argv[1:]] + [0, count][len(sys.argv) - 1 :])[:2]
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    given, wrong = trial(seed, count, print)
    print(f"seed {seed}: {count} runs, {sum(wrong.values())} times not borne out")
    for said, times in given.most_common():
        print(f"{times:6}{wrong[said]:6}  {said}")
