"""Films: whole for other programs (Qt's own reader here), faithful, and never half written."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageReader
from pytestqt.qtbot import QtBot

from gdsim.engine.sentences import Fault
from gdsim.runtime.film_writer import FilmWriter, check_format
from gdsim.system.gif import Gif, Pixels, colors_of
from gdsim.ui.dialogs.film_dialog import FilmDialog
from gdsim.ui.film_plan import WINDOW, FilmPlan
from gdsim.ui.interior import Interior
from tests.ui.conftest import until


def pixels(image: QImage) -> Pixels:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def read(film: bytes) -> tuple[list[Pixels], set[int], int]:
    """The frames, how many milliseconds each is shown, how often all is (−1: for ever)."""
    buffer = QBuffer()
    buffer.setData(QByteArray(film))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"gif"))
    frames, delays = [], set()
    while not (image := reader.read()).isNull():
        frames.append(pixels(image))
        delays.add(reader.nextImageDelay())
    return frames, delays, reader.loopCount()


def written(frames: list[Pixels], rate: float = 20) -> bytes:
    stream = io.BytesIO()
    gif = Gif(stream, frames, rate)
    for frame in frames:
        gif.add(frame)
    gif.close()
    return stream.getvalue()


@pytest.mark.parametrize("seed", range(12))
def test_few_colours_come_back_exactly_in_every_frame(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width, count = (int(rng.integers(1, most)) for most in (200, 300, 256))
    colors = rng.integers(0, 256, (count, 3)).astype(np.uint8)
    frame = colors[rng.integers(0, count if seed % 2 else 1, (height, width))]
    frames = []
    for number in range(5):
        if number != 2:  # one that is as the one before
            top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
            frame = frame.copy()
            frame[top : top + 50, left : left + 50] = colors[rng.integers(0, count)]
        frames.append(frame)
    shown, delays, times = read(written(frames))
    assert len(shown) == len(frames)
    assert all(np.array_equal(one, other) for one, other in zip(shown, frames, strict=True))
    assert delays == {50}
    assert times == -1


def test_many_colours_become_near_ones_and_white_stays_white() -> None:
    red, green = np.meshgrid(np.arange(256), np.arange(256))
    frame = np.stack([red, green, 255 - red], axis=2).astype(np.uint8)
    frame[:, :40] = 255
    frame[100, :] = (200, 0, 0)  # a thin line
    assert len(colors_of([frame])) == 255
    ((shown,), _, _) = read(written([frame]))
    assert np.array_equal(shown[:90, :40], frame[:90, :40])
    assert np.abs(shown[100].astype(int) - frame[100]).max() < 20
    off = np.abs(shown.astype(int) - frame)
    assert off.mean() < 6.0
    assert off.max() < 32


# Written in a thread


def write(path: Path, count: int = 6, stop_after: int | None = None) -> FilmWriter:
    frame = np.zeros((31, 41, 3), np.uint8)
    writer = FilmWriter(path, [frame], 20)
    for number in [*range(count), None]:
        while not writer.has_room and not writer.has_ended:
            time.sleep(0.005)
        if writer.has_ended:
            return writer
        if number is None:
            writer.finish()
        elif number == stop_after:
            writer.stop()
            return writer
        else:
            frame = frame.copy()
            frame[:, number] = 255
            writer.add(frame)
    while not writer.has_ended:
        time.sleep(0.005)
    return writer


def test_a_film_is_whole_or_not_at_all(tmp_path: Path) -> None:
    assert write(tmp_path / "a.gif").fault is None
    assert len(read((tmp_path / "a.gif").read_bytes())[0]) == 6
    assert write(tmp_path / "b.gif", stop_after=3).has_ended
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]
    fault = write(tmp_path / "none" / "a.gif").fault
    assert "no such folder" in str(fault)


def put_ffmpeg(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program of that name which takes frames as ffmpeg does."""
    program = folder / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nimport sys\n{script}", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


@pytest.mark.skipif(os.name == "nt", reason="scripts are no programs there")
def test_ffmpeg_gets_every_frame_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_ffmpeg(
        tmp_path, monkeypatch,
        "data = sys.stdin.buffer.read()\n"
        "open(sys.argv[-1], 'w').write(f'{len(data)} {\" \".join(sys.argv[1:])}')\n",
    )  # fmt: skip
    assert write(tmp_path / "a.mp4").fault is None
    told = (tmp_path / "a.mp4").read_text()
    assert told.startswith(f"{6 * 31 * 41 * 3} ")
    assert "-s 41x31 -r 20 -i -" in told


@pytest.mark.skipif(os.name == "nt", reason="scripts are no programs there")
def test_what_ffmpeg_says_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_ffmpeg(tmp_path, monkeypatch, "sys.exit('Unknown encoder')\n")
    fault = write(tmp_path / "a.mp4").fault
    assert "Unknown encoder" in str(fault)
    assert ".gif" in str(fault)
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


@pytest.mark.skipif(os.name == "nt", reason="scripts are no programs there")
def test_an_ffmpeg_that_takes_nothing_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_ffmpeg(tmp_path, monkeypatch, "import time\ntime.sleep(600)\n")
    writer = FilmWriter(tmp_path / "a.mp4", [np.zeros((500, 500, 3), np.uint8)], 20)
    for _ in range(3):
        writer.add(np.zeros((500, 500, 3), np.uint8))
    time.sleep(0.3)
    assert not writer.has_ended
    writer.stop()
    assert writer.has_ended
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_without_ffmpeg_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match=r"MP4 needs ffmpeg.* Install it, or choose .*\.gif"):
        check_format(tmp_path / "a.mp4")
    with pytest.raises(Fault, match=r"ends in \.gif, \.mp4"):
        check_format(tmp_path / "a.avi")


# From the window


def asked(interior: Interior, monkeypatch: pytest.MonkeyPatch, target: Path) -> FilmDialog:
    monkeypatch.setattr(
        "gdsim.ui.dialogs.film_dialog.QFileDialog.getSaveFileName",
        lambda *a, **k: (str(target), ""),
    )
    interior.window.actions_by_name["export_film"].trigger()
    (dialog,) = interior.window.findChildren(FilmDialog)
    return dialog


def played(qtbot: QtBot, interior: Interior, step: int, back: int) -> None:
    interior.workspace.play_to(step)
    until(qtbot, interior, lambda s: s.step == step)
    interior.workspace.seek(back)
    until(qtbot, interior, lambda s: s.step == back)


@pytest.mark.parametrize("picture", ["fit", "slice", WINDOW])
def test_a_film_shows_what_the_window_shows_at_each_step(
    qtbot: QtBot,
    interior: Interior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    picture: str,
) -> None:
    played(qtbot, interior, 30, 7)
    target = tmp_path / "film"
    dialog = asked(interior, monkeypatch, target)
    assert (dialog.first.value(), dialog.last.value()) == (0, 30)
    dialog.picture.setCurrentIndex(dialog.picture.findData(picture))
    dialog.last.setValue(20)
    dialog.seconds.setValue(1)
    dialog.rate.setCurrentIndex(0)
    dialog.wide.setValue(480)
    told = dialog.told.text()
    dialog.save_button.click()
    assert not dialog.save_button.isEnabled()
    qtbot.waitUntil(lambda: not interior.filming.is_on, timeout=60_000)
    assert "Film written" in dialog.message.text()
    frames, delays, _ = read(target.with_suffix(".gif").read_bytes())
    assert delays == {100}
    assert (
        told
        == f"{len(frames)} frames of 480 × {len(frames[0])} pixels"
        == (f"10 frames of 480 × {len(frames[0])} pixels")
    )
    until(qtbot, interior, lambda s: s.step == 7)  # back where it was
    assert interior.central.updatesEnabled()
    places = interior.central.places.values()
    assert all(place.shown.plot.export_scale is None for place in places)
    # Each frame is its step's: steps 0, 2, 4, 7, 9 …
    plan = FilmPlan(picture, 0, 20, 1, 10, 480)
    for number in (0, 3, 9):
        interior.workspace.seek(plan.steps[number])
        until(qtbot, interior, lambda s, step=plan.steps[number]: s.step == step)  # type: ignore[misc] # a default's type
        qtbot.wait(200)
        interior.filming._scale = 480 / interior.filming.size_of(picture).width()
        shown = interior.filming._picture(plan)
        off = [np.abs(frame.astype(int) - shown).mean() for frame in frames]
        assert int(np.argmin(off)) == number
        assert off[number] < 3.0
    dialog.close()


def test_a_film_that_is_cancelled_leaves_nothing(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(qtbot, interior, 60, 60)
    dialog = asked(interior, monkeypatch, tmp_path / "a.gif")
    dialog.seconds.setValue(60)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() > 2, timeout=30_000)
    dialog.close_button.click()
    assert dialog.isVisible()
    assert not interior.filming.is_on
    assert interior.central.updatesEnabled()
    assert not list(tmp_path.iterdir())
    dialog.save_button.click()
    dialog.close_button.click()
    dialog.close_button.click()
    assert not dialog.isVisible()
    assert not list(tmp_path.iterdir())


def test_before_anything_was_played_there_is_nothing_to_film(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    dialog = asked(interior, monkeypatch, tmp_path / "a.gif")
    assert "press Play first" in dialog.message.text()
    assert not dialog.save_button.isEnabled()
    dialog.close()


def test_without_ffmpeg_the_dialog_says_so(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    played(qtbot, interior, 5, 5)
    dialog = asked(interior, monkeypatch, tmp_path / "a.mp4")
    assert "ffmpeg" in dialog.message.text()
    dialog.save_button.click()
    assert "Install it" in dialog.message.text()
    assert not interior.filming.is_on
    dialog.close()


def test_a_window_that_closes_leaves_no_half_film(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(qtbot, interior, 60, 60)
    (tmp_path / "films").mkdir()
    dialog = asked(interior, monkeypatch, tmp_path / "films" / "a.gif")
    dialog.seconds.setValue(60)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() > 2, timeout=30_000)
    interior.window.may_close = lambda: True
    interior.window.close()
    assert "gdsim-film" not in [thread.name for thread in threading.enumerate()]
    assert not list((tmp_path / "films").iterdir())
