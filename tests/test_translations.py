"""Every visible string is translated, with the same placeholders; nothing stale is kept."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdsim.engine.expression_text import read_expression
from gdsim.engine.sentences import Fault
from gdsim.system.files import written_aside
from gdsim.system.resources import translations
from gdsim.ui import language
from gdsim.ui.language import say
from tests.spoken_texts import ROOT, calls, has_words, literals, placeholders, said, sources

Catalogue = dict[str, str | dict[str, str]]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    language.use("en")


@pytest.fixture(params=list(translations()))
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def files(code: str) -> dict[str, Catalogue]:
    folder = translations()[code]
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }


def entries(code: str) -> Iterator[tuple[str, str, str]]:
    """(English, context, translation), with "*" for a translation that serves every context."""
    for catalogue in files(code).values():
        for english, found in catalogue.items():
            if isinstance(found, str):
                yield english, "*", found
            else:
                yield from ((english, context, text) for context, text in found.items())


def test_every_visible_string_is_translated(code: str) -> None:
    known = {(english, context) for english, context, _ in entries(code)}
    for text, contexts in said().items():
        for context in contexts:
            found = {(text, context), (text, ""), (text, "*")} & known
            assert found or not has_words(text), (text, context)


def test_nothing_stale_is_kept(code: str) -> None:
    for catalogue in files(code).values():
        for english, found in catalogue.items():
            contexts = said().get(english, set())
            assert contexts, english
            if not isinstance(found, str):
                others = contexts - (found.keys() - {""})
                assert contexts >= found.keys() - {""}, english
                assert bool(others) == ("" in found), english


def test_no_string_is_translated_twice(code: str) -> None:
    counts = Counter(text for catalogue in files(code).values() for text in catalogue)
    assert not [text for text, count in counts.items() if count > 1]


def test_no_key_stands_twice_in_one_file(code: str) -> None:
    """JSON would take the last without a word."""
    for path in sorted((translations()[code]).glob("*.json")):
        twice: list[str] = []

        def look(pairs: list[tuple[str, object]], twice: list[str] = twice) -> dict[str, object]:
            counts = Counter(key for key, _ in pairs)
            twice += [key for key, count in counts.items() if count > 1]
            return dict(pairs)

        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=look)
        assert not twice, path.name


GIVEN_UP = re.compile(
    "投影模式|迭代步|字段|有限的数|极小点|震荡|悬停|您|你|曲折|平台期|反比时间|每轮次"
)
"""What the glossary has other words for."""
HAN = "[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(
    f"{HAN}[,;:!?]|[,;:!?]{HAN}|{HAN} ?\\((?![&*{{])|\\){HAN}|{HAN} ?['\"]|['\"]{HAN}"
    f"|[}}\\d] %|{HAN} [，。：；？、]|[，。：；？、（] |\\.\\.\\."
)
"""Punctuation of English beside Chinese; (x, y), mnemonics and the kinds of files are not."""


AS_TYPED = re.compile(r";;|步:系数|\(\*[^)]*\)")
"""What Qt reads, or a user types."""


@pytest.mark.parametrize("pattern", [GIVEN_UP, HALF_WIDTH], ids=["glossary", "punctuation"])
def test_chinese_is_written_as_the_house_writes_it(pattern: re.Pattern[str]) -> None:
    found = [
        (english, text, match.group())
        for english, _, text in entries("zh")
        if (match := pattern.search(AS_TYPED.sub("", text))) is not None
    ]
    assert not found


def test_placeholders_survive_translation(code: str) -> None:
    for english, _, translated in entries(code):
        assert placeholders(english) == placeholders(translated), english
        assert translated.strip() or not has_words(english), english


def test_what_is_declared_is_said_in_its_context() -> None:
    """A title or label without one could not be told from a verb that English spells alike."""
    for path in sources():
        for call, text, context in calls(path):
            if isinstance(text, ast.Attribute) and text.attr in ("title", "label"):
                assert context, f"{path.name}:{call.lineno}"


class Anything:
    """A value that can be put into every placeholder."""

    def __format__(self, spec: str) -> str:
        return "7"


def test_every_sentence_of_the_source_can_be_said(code: str) -> None:
    """Whatever its placeholders are called: `text`, `context`, `template`, `self` …"""
    count = 0
    for path in sorted((ROOT / "gdsim").rglob("*.py")):
        for call, said_by_it, context in calls(path):
            given = {keyword.arg for keyword in call.keywords}
            for text in literals(said_by_it):
                names = placeholders(text)
                where = f"{path.name}:{call.lineno}: {text}"
                assert None in given or names <= given or not given, where
                values = dict.fromkeys(names, Anything())
                fault = Fault(text, **values)
                for language_code in ("en", code):
                    language.use(language_code)
                    assert "{" not in say(fault.sentence), where
                    assert "{" not in language.tr(text, context, **values), where
                count += 1
    assert count > 400


@pytest.mark.parametrize("text", ["(x", "sin(x", "x + ", "foo(x)", "1e999", "x)", "sin(x, y)"])
def test_half_typed_functions_are_told_in_every_language(text: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        read_expression(text)
    assert say(caught.value.sentence) == str(caught.value)
    language.use(code)
    assert say(caught.value.sentence) != str(caught.value)


def test_one_english_word_can_be_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some.json").write_text(
        json.dumps({"Fit": {"view": "ajustement", "": "adapter"}, "Loss": "perte"}),
        encoding="utf-8",
    )
    monkeypatch.setitem(translations(), "fr", tmp_path)
    language.use("fr")
    assert language.tr("Fit", "view") == "ajustement"
    assert language.tr("Fit", "button") == language.tr("Fit") == "adapter"
    assert language.tr("Loss", "view") == language.tr("Loss") == "perte"
    assert language.tr("Not translated {text}", text=3) == "Not translated 3"
    language.use("en")
    assert language.tr("Fit", "view") == "Fit"


def test_why_a_file_cannot_be_written_is_said_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    language.use("zh")
    told = []
    for place in (tmp_path / "none" / "a.txt", tmp_path / "file" / "a.txt"):
        with pytest.raises(Fault) as caught, written_aside(place):
            pass
        told.append(say(caught.value.sentence).replace(str(place), "FILE"))
    assert told == [
        "无法写入 FILE：没有这个文件夹。请换一个位置。",
        "无法写入 FILE：路径中有一级不是文件夹。请换一个位置。",
    ]
