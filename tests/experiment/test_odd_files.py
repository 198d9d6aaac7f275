"""Files that are no tables, no experiments and no lessons: one sentence, at once, for each kind."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.engine.sentences import KEPT, MOST, Fault, quoted, some
from gdsim.experiment import document
from gdsim.experiment.document import default_experiment, from_json, load, save, to_json
from gdsim.experiment.lessons.reading import read_lesson
from gdsim.experiment.tables import look
from gdsim.experiment.tables.source import source_of
from gdsim.system import files
from gdsim.system.files import RegularFile, read_at_most

READERS: tuple[Callable[[Path], object], ...] = (load, look, read_lesson)
posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")


def refusal(read: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(Fault) as caught:
        read(path)
    said = str(caught.value)
    assert len(said) <= MOST
    assert said.endswith(".")
    assert said.isprintable()
    return said


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """What may stand where a file is expected."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name in ("pipe", "folder", "socket", "loop"):
            (tmp_path / f"link_to_{name}").symlink_to(tmp_path / name)
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        (tmp_path / "link_to_nothing").symlink_to(tmp_path / "nothing")
        (tmp_path / "zeros").symlink_to("/dev/zero")
        found = {path.name: path for path in tmp_path.iterdir()}
        yield found | {"nul": Path("a\0b"), "nothing": tmp_path / "nothing", "here": Path(".")}


@posix
@pytest.mark.parametrize("read", READERS)
def test_only_regular_files_are_opened(odd: dict[str, Path], read: Callable[[Path], None]) -> None:
    for name, path in odd.items():
        said = refusal(read, path)
        if name.endswith(("pipe", "socket", "zeros")):
            assert "not a file on a disk" in said
        if name.endswith(("folder", "here")):
            assert "is a folder: choose a file in it" in said


@posix
def test_a_pipe_that_takes_the_files_place_at_the_last_moment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n1,2\n")
    opened = os.open

    def swapped(path: Path, flags: int) -> int:
        file.unlink()
        os.mkfifo(file)
        return opened(path, flags)

    monkeypatch.setattr(os, "open", swapped)
    for read in READERS:
        file.unlink()
        file.write_text("x,y\n1,2\n")
        assert "not a file on a disk" in refusal(read, file)


def test_no_more_is_read_than_there_was_when_the_file_was_opened(tmp_path: Path) -> None:
    """However it grows in the meantime; and one that shrinks ends where it ends."""
    path = tmp_path / "growing"
    path.write_bytes(b"first")
    with RegularFile(path) as file:
        path.write_bytes(b"first and more")
        assert file.readall() == b"first"
        assert file.share() == 1.0
    source = source_of(_written(tmp_path / "a.csv", "x,y\n1,2\n3,4\n"))
    for text in ("x,y\n1,2\n3,4\n5,6\n", "x,y\n1,2\n"):
        _written(source.path, text)
        with source.text("utf-8") as (stream, _):
            assert stream.read() == text[:12]
    assert read_at_most(path, 3) == b"fir"


def _written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="Linux has files that never end")
def test_a_file_of_the_systems_own_that_never_ends_ends(tmp_path: Path) -> None:
    for name in ("kmsg", "self/pagemap"):
        for read in READERS:
            refusal(read, Path("/proc", name))


def test_what_the_disk_or_the_network_refuses_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _written(tmp_path / "a.csv", "x,y\n1,2\n")
    for code, reason in files.REASONS.items():

        def fail(*given: object, code: int = code) -> int:
            raise OSError(code, "words of the system")

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", fail)
            for read in READERS:
                said = refusal(read, file)
                assert str(reason) in said or "There is no file" in said


def test_a_document_that_is_small_and_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    for many in ("[],", "{},", '"a":"",', '{"a":['):
        path = _written(tmp_path / "a.gdsim", '{"format": "gdsim", "x": [' + many * 5_000_001)
        assert "too large" in refusal(load, path)


def test_what_could_not_be_opened_again_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gdsim"
    save(path, default_experiment())
    before = path.read_bytes()
    monkeypatch.setattr(document, "MOST_BYTES", len(before) - 1)
    with pytest.raises(Fault, match="take fewer columns"):
        save(path, default_experiment())
    assert path.read_bytes() == before


# What is quoted of a file


def test_half_a_character_is_refused_when_it_is_read_so_that_nothing_fails_when_it_is_saved() -> (
    None
):
    whole = to_json(default_experiment())
    head, tail = whole.split('"problem":', 1)
    data = '"names": ["x"], "target": "y", "x": [[1.0, 2.0]], "y": [1.0, 2.0]'
    for before, after in (('["x"]', '["\\ud800"]'), ('"y",', '"\\udfff",')):
        damaged = data.replace(before, after)
        problem = f'{{"name": "linear", "source": "a.csv", {damaged}}}'
        with pytest.raises(Fault, match="half a character"):
            from_json(f'{head}"problem": {problem}, "runs": [{{"optimizer": "gd"}}]}}')
    problem = f'{{"name": "linear", "source": "\\ud800.csv", {data}}}'
    with pytest.raises(Fault, match=r"problem\.source: .*half a character"):
        from_json(f'{head}"problem": {problem}, "runs": [{{"optimizer": "gd"}}]}}')
    assert tail


@posix
def test_a_table_whose_name_is_no_text_can_be_saved_with_the_experiment(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    try:
        _written(path, "x,y\n1,2\n3,4\n")
    except OSError:
        pytest.skip("this disk takes no such name")
    assert look(path).name == "caf\\udce9.csv"


def test_a_column_whose_name_would_command_the_terminal_is_called_by_what_can_be_seen(
    tmp_path: Path,
) -> None:
    path = _written(tmp_path / "a.csv", "a\x1b[31m\u202eb,caf\u00e9 \u4ef7\u683c\n1,2\n3,4\n")
    assert [one.name for one in look(path).columns] == [
        "a\\x1b[31m\\u202eb",
        "caf\u00e9 \u4ef7\u683c",
    ]


WORDS = st.text(st.characters(), max_size=500)


@given(WORDS)
def test_a_quoted_text_is_one_short_line_in_which_all_is_seen(text: str) -> None:
    for end in (False, True):
        shown = quoted(text, end=end)
        assert len(shown) <= KEPT
        assert all(one.isprintable() or one.isspace() or one in "\u200c\u200d" for one in shown)
        assert not set(shown) & set("\n\r\t\x1b\u202e\u200b\x00")
        shown.encode()  # no half characters
        if text.isprintable() and len(text) <= KEPT:
            assert shown == text


@given(st.lists(WORDS, min_size=4, max_size=4), st.lists(WORDS, max_size=40))
def test_no_refusal_is_longer_than_one_reads(texts: list[str], names: list[str]) -> None:
    template = "{file}, line 3: a sentence with {a}, {b} and {c}, of {names}: choose another one."
    file, a, b, c = texts
    said = str(Fault(template, file=Path(file), a=a, b=b, c=c, names=some(names)))
    assert len(said) <= MOST
    assert "\n" not in said


def test_a_path_is_quoted_by_its_end(tmp_path: Path) -> None:
    path = Path(*["a folder of many"] * 30, "the file.gdsim")
    assert "a folder of many/the file.gdsim" in str(Fault("{file}", file=path))


@posix
def test_a_file_that_may_be_read_is_opened_whoever_owns_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.gdsim"
    save(file, default_experiment())
    file.chmod(0o444)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert load(file) == default_experiment()
