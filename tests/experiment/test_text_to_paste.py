"""An experiment as a short text: it comes back whole from a mail, or is refused in one sentence."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.engine.data import data_of
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sentences import Fault
from gdsim.experiment import text_to_paste
from gdsim.experiment.document import Experiment, default_experiment
from gdsim.experiment.examples import EXAMPLES
from gdsim.experiment.setup import Setup, Track
from gdsim.experiment.text_to_paste import (
    MOST_BYTES,
    MOST_CHARACTERS,
    VERSION,
    WIDTH,
    from_text,
    holds_text,
    to_text,
)
from tests.setups import setup_of
from tests.trials import pasted

KEPT = """
gdsim1:f6c-vaNaaoTmC9SYT0_NSwX6M78IqkAJGjcg95sAXZKXD06HBnrGOsBCoCQxHhJJh
jqI_GOoQ78kraOUmQcsppJTC6ABCop-WMn6rGP_k93b9ZKLy4DGwIvZl3MXPV--HiiShFLeA
lU-W7AHUegaApOOERAbo4FYnWhgAWZoDi6PdY31TGNjIcUyrIw2BqU4HBkNXEwSyGqGOkQWo
Bj5ERgjwCRUWgAKR1RJaFhhLTqHSC4G52SgOoxK1VyH5CA2MB0NY5xhXAtMvaipFl71E1FJI
DcTqBd-OmgNDvTwLIaWVFhCUwlsPKy1Ayn6E3MKMhKhzgGWvJn5KcCWALSOHOjAR62qzM2Hb
kUFAA.
"""
"""A text that was sent once opens for ever."""


def rich() -> Experiment:
    """Own data with names in Chinese, two runs, a change on the way."""
    data = data_of([[0.1, 0.2, 1 / 3], [1e-17, 2.0, -3.5]], [1.0, 2.0, 3.0], ["面积", "b"], "价格")
    problem = make_problem("linear", data)
    first = make_run(problem, "adam", {"learning_rate": 0.1})
    later = make_run(problem, "adam", {"learning_rate": 0.05})
    second = make_run(problem, "momentum", {"momentum": 0.8}, "cosine")
    tracks = (Track(0, first, ((7, later),)), Track(1, second))
    return Experiment(Setup(problem, tracks, 77, "房价.csv"))


ALL = [default_experiment(), rich(), *(Experiment(example.setup()) for example in EXAMPLES)]


@pytest.mark.parametrize("experiment", ALL, ids=lambda one: one.setup.problem.name)
def test_it_comes_back_as_it_was_in_lines_that_mail_leaves_alone(experiment: Experiment) -> None:
    text = to_text(experiment)
    assert from_text(text) == experiment
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert text.isascii()


def test_usual_experiments_are_short() -> None:
    assert all(len(to_text(Experiment(example.setup()))) < 300 for example in EXAMPLES)


def quoted(text: str, mark: str) -> str:
    return "\r\n".join(mark + line for line in text.splitlines())


WAYS: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: quoted(text, "> "),
    "quoted twice": lambda text: quoted(text, "> > "),
    "quoted and broken": lambda text: quoted(
        "\n".join(textwrap.wrap(quoted(text, "> "), 50, break_on_hyphens=False)), ">>"
    ),
    "one line": lambda text: text.replace("\n", ""),
    "spaces for line breaks": lambda text: text.replace("\n", " "),
    "indented": lambda text: textwrap.indent(text, "\t \u00a0"),
    "broken at every sign": lambda text: "\n".join(text),
    "quoted-printable": lambda text: "=\r\n".join(textwrap.wrap(text, 30)),
    "invisible": lambda text: "\ufeff" + "\u200b".join(text),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_survives_what_mail_does_to_it(way: str) -> None:
    text = to_text(rich())
    begin = text[: text.index(":") + 1]  # no program breaks such a short word
    sent = f"Hi, paste this gdsim1: text.\n\n{begin}{WAYS[way](text.removeprefix(begin))}\n\nBob."
    assert from_text(sent) == rich()


def test_of_several_the_first_whole_one_is_taken() -> None:
    text, other = to_text(rich()), to_text(default_experiment())
    assert from_text(f"{text[:-30]}\n{text}\n{other}") == rich()


@given(st.text())
def test_other_texts_hold_none_and_are_refused(text: str) -> None:
    if not holds_text(text):
        with pytest.raises(Fault, match="no experiment in what was copied"):
            from_text(text)


def test_what_is_cut_off_or_changed_says_what_to_do() -> None:
    text = to_text(rich())
    for damaged in (
        text[:-1],
        text[:40],
        text[:30] + text[31:],
        text.replace("\n", "!"),
        "gdsim1:.",
    ):
        with pytest.raises(Fault, match=r"lost or changed some signs .* copy it again"):
            from_text(damaged)


def test_that_of_a_newer_gdsim_says_so() -> None:
    with pytest.raises(Fault, match="newer gdsim"):
        from_text(to_text(rich()).replace(f"gdsim{VERSION}:", f"gdsim{VERSION + 1}:"))


def packed(document: bytes, check: int | None = None) -> str:
    """Written as `text_to_paste.py` says, without its code but for the text that all share."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=text_to_paste._KNOWN)
    raw = packer.compress(document) + packer.flush()
    sum_ = zlib.crc32(document) if check is None else check
    return f"gdsim1:{base64.urlsafe_b64encode(sum_.to_bytes(4, 'big') + raw).decode().strip('=')}."


def test_a_document_in_it_is_checked_as_a_file_is() -> None:
    for document, words in (
        (b'{"format": "gdsim", "version": 2}', "The pasted text: problem must be"),
        (b"[1, 2", "The pasted text is damaged"),
        (b'{"format": "gdsim", "version": 3, "made_by": "gdsim 9"}', "newer gdsim"),
        (b"[" * 100_000, "The pasted text is damaged"),
        (b"\xff\xfe", "lost or changed"),
    ):
        with pytest.raises(Fault, match=words):
            from_text(packed(document))
    with pytest.raises(Fault, match="lost or changed"):
        from_text(packed(b'{"format": "gdsim", "version": 2}', 1))


def test_few_signs_do_not_become_much_memory() -> None:
    bomb = packed(b" " * (4 * MOST_BYTES))
    assert len(bomb) < 2 * MOST_CHARACTERS
    with pytest.raises(Fault, match="lost or changed"):
        from_text(bomb)
    with pytest.raises(Fault, match="too large"):
        from_text("gdsim1:" + "A" * 10_000_000 + ".")


def test_what_is_too_large_for_a_text_is_told_to_be_saved() -> None:
    rng = np.random.default_rng(0)
    data = data_of([rng.normal(size=20_000)], rng.normal(size=20_000), ["x"], "y")
    problem = make_problem("linear", data)
    with pytest.raises(Fault, match="save it as a file"):
        to_text(Experiment(setup_of(problem, make_run(problem, "gd"))))


def test_mutated_texts_are_refused_in_one_sentence_or_open() -> None:
    assert pasted.main(17, 300) == 0


def test_a_text_of_long_ago_opens() -> None:
    assert from_text(KEPT) == rich()
