"""Saving under another name: the ending is added, and no other file is replaced unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior

Button = QMessageBox.StandardButton


@pytest.mark.parametrize("name", ["mine", "lesson 2.5", "mine.json", "mine.GDSIM"])
def test_the_ending_is_there(
    qtbot: QtBot, interior: Interior, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = "gdsim.ui.documents.QFileDialog.getSaveFileName"
    monkeypatch.setattr(chosen, lambda *a, **k: (str(tmp_path / name), ""))
    assert interior.documents.save_as()
    (saved,) = tmp_path.iterdir()
    assert saved.name == (name if name.lower().endswith(".gdsim") else f"{name}.gdsim")


@pytest.mark.parametrize(("answer", "replaced"), [(Button.Yes, True), (Button.No, False)])
def test_the_completed_name_is_asked_about(
    interior: Interior, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    answer: QMessageBox.StandardButton, replaced: bool,
) -> None:  # fmt: skip
    there = tmp_path / "mine.gdsim"
    there.write_text("precious")
    chosen = "gdsim.ui.documents.QFileDialog.getSaveFileName"
    monkeypatch.setattr(chosen, lambda *a, **k: (str(tmp_path / "mine"), ""))
    monkeypatch.setattr("gdsim.ui.documents.ask", lambda *a: answer)
    assert interior.documents.save_as() is replaced
    assert (there.read_text() == "precious") is not replaced
