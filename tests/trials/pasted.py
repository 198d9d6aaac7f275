"""Texts of experiments, mutated: python -m tests.trials.pasted SEED N.

Signs are replaced, lost, doubled, moved; lines broken, quoted, mixed with those of another text; or
the document in it is mutated and packed anew with the right checksum. Each is refused in one short
sentence or opened, in bounded time; what opens comes back the same from its own text.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import time
import zlib
from collections import Counter
from typing import Any

from gdsim.engine.sentences import Fault
from gdsim.experiment import text_to_paste
from gdsim.experiment.document import Experiment, to_json
from gdsim.experiment.examples import EXAMPLES
from gdsim.experiment.text_to_paste import from_text, to_text

LONGEST = 500
"""Characters of a refusal."""
PATIENCE = 5.0
SIGNS = "ABCxyz019-_.:>|= \n\t\r\u00a0\u200b\u3002é面\0\"'{}[],"
VALUES: tuple[Any, ...] = (
    None, True, "", "adam", "linear", "x" * 1000, -1, 0, 2, 10**9, 10**400, 0.5, -1e308, 1e-320, [],
    [[]], [1.0, 2.0], [[1.0], [2.0]], {}, {"learning_rate": 1e300}, [{}], float("nan"),
)  # fmt: skip
WORDS = ("1e999", "NaN", "-1", "null", "true", '""', "[]", "{}", "1e18", "[[]]", "0.5", "10**9")


def mutated(rng: random.Random) -> str:
    """A text that somebody may paste."""
    experiment = Experiment(rng.choice(EXAMPLES).setup())
    kind = rng.random()
    if kind < 0.25:
        return _packed(_bent(rng, to_json(experiment)))
    if kind < 0.5:
        return _packed(json.dumps(_changed(rng, json.loads(to_json(experiment)))))
    return _bent(rng, to_text(experiment), to_text(Experiment(rng.choice(EXAMPLES).setup())))


def _changed(rng: random.Random, whole: Any) -> Any:
    """A document with another value somewhere, one less, or one more."""
    inside = whole
    while True:
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = rng.choice(keys)
        if isinstance(inside[key], dict | list) and inside[key] and rng.random() < 0.8:
            inside = inside[key]
            continue
        if rng.random() < 0.2:
            del inside[key]
        elif isinstance(inside, dict) and rng.random() < 0.2:
            inside[str(key)[::-1]] = rng.choice(VALUES)
        else:
            inside[key] = rng.choice(VALUES)
        return whole


def _bent(rng: random.Random, text: str, other: str = "") -> str:
    for _ in range(rng.randint(1, 3)):
        at, to = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        match rng.randrange(7):
            case 0:
                text = text[:at] + rng.choice(SIGNS) + text[at + 1 :]
            case 1:
                text = text[:at] + text[at + rng.randint(1, 4) :]
            case 2:
                text = text[:at] + text[at : at + 9] + text[at:]
            case 3:
                text = text[:at] + rng.choice(WORDS) + text[at + rng.randint(0, 6) :]
            case 4:
                text = text[:at] + other[at:] if other else text[:at] + text[to:]
            case 5:
                mark = rng.choice(["> ", "|", "  ", "Bob> ", "\t"])
                text = "\r\n".join(mark + line for line in text.splitlines())
            case _:
                text = text[:to] + text[at:to][::-1] + text[to:]
    return text


def _packed(document: str) -> str:
    """With the right checksum."""
    plain = document.encode("utf-8", "surrogatepass")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=text_to_paste._KNOWN)
    raw = zlib.crc32(plain).to_bytes(4, "big") + packer.compress(plain) + packer.flush()
    return f"gdsim1:{base64.urlsafe_b64encode(raw).decode().rstrip('=')}."


def main(seed: int, count: int) -> int:
    """The number of those that broke the rule."""
    rng, told, broken = random.Random(seed), Counter[str](), 0
    for _ in range(count):
        text, began = mutated(rng), time.monotonic()
        try:
            opened = from_text(text)
            said, whole = "opened", from_text(to_text(opened)) == opened
        except Fault as fault:
            said = str(fault)
            whole = len(said) <= LONGEST and "\n" not in said
            said = fault.sentence.template
        except Exception as error:
            said, whole = repr(error), False
        if not whole or time.monotonic() - began > PATIENCE:
            broken += 1
            print(f"BROKEN {said}: {text!r}")
        told[said] += 1
    for said, times in told.most_common():
        print(f"{times:6} {said}")
    print(f"{count} texts, {broken} broken")
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]))))
