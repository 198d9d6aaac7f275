"""The runs of the window as a file: the numbers that the command would write."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.ui import run_writer
from gdsim.ui.interior import Interior
from tests.cli.calling import gdsim
from tests.ui.conftest import until


def export(
    qtbot: QtBot,
    interior: Interior,
    monkeypatch: pytest.MonkeyPatch,
    target: Path,
    kind: str = "",
    action: str = "export_runs",
) -> None:
    monkeypatch.setattr(
        "gdsim.ui.exporter.QFileDialog.getSaveFileName", lambda *a, **k: (str(target), kind)
    )
    interior.window.actions_by_name[action].trigger()
    writer = interior.exporter._writer
    assert writer is not None
    qtbot.waitUntil(lambda: not writer.is_busy)
    qtbot.wait(20)


@pytest.mark.parametrize("ending", ["csv", "json", "npz"])
def test_every_step_of_all_runs_is_written_as_the_command_does(
    qtbot: QtBot,
    interior: Interior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    workspace = interior.workspace
    workspace.step_by(61)
    until(qtbot, interior, lambda s: s.step == 61)
    workspace.branch_selected()
    workspace.edit_run(1, "settings", "learning_rate", 0.05)
    workspace.step_by(9)
    workspace.seek(20)
    until(qtbot, interior, lambda s: s.step == 20 and s.recorded == 70)
    document, target, other = (
        tmp_path / name for name in ("a.gdsim", f"b.{ending}", f"c.{ending}")
    )
    interior.documents._save_to(document)
    export(qtbot, interior, monkeypatch, target)
    assert interior.window.notice.isVisible()
    assert gdsim("run", str(document), "--steps", "70", "--out", str(other)) == 0
    if ending == "npz":
        mine, its = np.load(target), np.load(other)
        assert mine.files == its.files
        assert all(np.array_equal(mine[name], its[name]) for name in mine.files)
        assert mine["loss"].shape == (71, 2)
    else:
        assert target.read_text("utf-8") == other.read_text("utf-8")
        assert ending != "json" or len(json.loads(target.read_text("utf-8"))["runs"]) == 2


@pytest.mark.parametrize("ending", ["csv", "npz"])
def test_the_selected_run_is_written_by_itself_as_the_command_does(
    qtbot: QtBot,
    interior: Interior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    workspace = interior.workspace
    workspace.add_run()
    workspace.edit_run(1, "optimizer", "", "adam")
    workspace.step_by(60)
    until(qtbot, interior, lambda s: s.step == 60)
    workspace.select(1)
    target, other = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    export(qtbot, interior, monkeypatch, target, action="export_run")
    rate = workspace.selected_run().learning_rate
    words = ("--problem", "article", "--optimizer", "adam", "--lr", repr(rate), "--steps", "60")
    assert gdsim("run", *words, "--out", str(other)) == 0
    if ending == "npz":
        mine, its = np.load(target), np.load(other)
        assert mine.files == its.files
        assert all(np.array_equal(mine[name], its[name]) for name in mine.files)
    else:
        assert target.read_text("utf-8") == other.read_text("utf-8")
        assert target.read_text("utf-8").startswith("step,learning_rate,loss,")


def test_what_cannot_be_written_is_said(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, words in (("a.xlsx", ".csv, .json, .npz"), ("none/a.csv", "no folder")):
        export(qtbot, interior, monkeypatch, tmp_path / name)
        (box,) = (one for one in interior.window.findChildren(QMessageBox) if one.isVisible())
        assert words in box.text()
        box.close()
    assert not list(tmp_path.iterdir())
    # A name without an ending gets that of the kind; before the first step it is the whole run.
    export(qtbot, interior, monkeypatch, tmp_path / "whole", "NPZ (*.npz)")
    assert len(np.load(tmp_path / "whole.npz")["step"]) == 1001


def test_a_long_file_is_ended_with_the_window_and_leaves_nothing(
    qtbot: QtBot, interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interior.workspace.set_limit(10**8)
    monkeypatch.setattr(
        "gdsim.ui.exporter.QFileDialog.getSaveFileName",
        lambda *a, **k: (str(tmp_path / "long.csv"), ""),
    )
    interior.exporter.export_runs()
    writer = interior.exporter._writer
    assert writer is not None
    # Its thread may speak before a waiting `waitSignal` is whole: then that broke.
    heard: list[object] = []
    writer.proceeded.connect(lambda *told: heard.append(told))
    qtbot.waitUntil(lambda: bool(heard))
    assert writer.is_busy
    monkeypatch.setattr(run_writer, "GRACE_SECONDS", 10.0)
    writer.stop()
    assert not writer.is_busy
    assert not list(tmp_path.iterdir())
