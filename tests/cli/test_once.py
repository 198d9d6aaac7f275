"""An option given twice is refused: the last would hold, without a word."""

from __future__ import annotations

import inspect

import pytest

import gdsim
from tests.cli.calling import gdsim as call
from tests.cli.calling import refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--lr", "0.01", "--lr", "0.02"), "--lr is given twice"),
        (("run", "--lr=0.01", "--steps", "5", "--lr", "0.02"), "--lr is given twice"),
        (("sweep", "--steps", "5", "--steps", "6"), "--steps is given twice"),
        (("code", "--lr", "0.01", "--lr", "0.02"), "--lr is given twice"),
        (("list", "problems", "--json", "--json"), "--json is given twice"),
    ],
)  # fmt: skip
def test_twice_is_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert said in refused(capsys, *words)


def test_what_is_meant_to_be_repeated_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("run", "--optimizer", "adam", "--set", "beta1=0.8", "--set", "beta2=0.9")
    assert call(*words, "--steps", "3") == 0


def test_help_shows_the_words_and_the_result() -> None:
    signature = inspect.signature(gdsim.simulate)
    assert list(signature.parameters)[:3] == ["problem", "optimizer", "lr"]
    assert signature.return_annotation == "Result"
    assert "words are those of" in (gdsim.simulate.__doc__ or "")
