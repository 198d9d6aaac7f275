"""The window beside the model of what was set in it, and whether they agree."""

from __future__ import annotations

import copy
import random
import time
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMessageBox

from gdsim.experiment import document
from gdsim.experiment.setup import Setup
from gdsim.ui.interior import Interior
from tests.trials.edit_model import Model, State, same, straight


class Bench:
    """The window and the model side by side."""

    def __init__(self, interior: Interior, folder: Path, seed: int) -> None:
        self.interior, self.workspace, self.folder = interior, interior.workspace, folder
        self.random = random.Random(seed)
        self.moment = 0.0
        self.workspace._clock = lambda: self.moment
        first = self.read(self.workspace.setup)
        self.model = Model(first, saved=first)
        self.files: list[tuple[Path, State]] = []
        self.counts: Counter[str] = Counter()
        interior.documents.may_discard = lambda: True  # type: ignore[method-assign]  # nobody is there to ask

    @staticmethod
    def read(setup: Setup) -> State:
        """The state that a setup of the window stands for."""
        tracks = [(t.key, t.run, list(t.changes)) for t in setup.tracks]
        branches = {t.key: t.branched for t in setup.tracks if t.branched}
        return State(setup.problem, tracks, setup.step_limit, branches)

    def check(self, number: int) -> None:
        workspace, model, interior = self.workspace, self.model, self.interior
        assert same(self.read(workspace.setup), model.now), (
            f"the setup {workspace.setup} is not {model.now}"
        )
        assert interior.window.isWindowModified() != same(model.now, model.saved or model.now)
        assert (workspace.can_undo, workspace.can_redo) == (bool(model.before), bool(model.after))
        for name in ("undo", "redo"):
            enabled = interior.window.actions_by_name[name].isEnabled()
            assert enabled == getattr(workspace, f"can_{name}")
        cards = interior.central.run_list.cards
        assert list(cards) == [key for key, _, _ in model.now.runs], "the cards"
        if (
            workspace.scene.step(workspace.snapshot) == workspace.step
            and not workspace.snapshot.playing
        ):
            for key, card in cards.items():
                assert card._run == model.now.own(key, workspace.step), "a card"
        assert interior.central.problem_panel.shown is workspace.setup.problem
        assert interior.central.transport.limit.value() == model.now.limit
        if number % 5 == 0:
            again = self.read(
                document.from_json(document.to_json(interior.documents.experiment())).setup
            )
            plain = [(run, changes) for _, run, changes in model.now.runs]
            assert [(run, changes) for _, run, changes in again.runs] == plain, "the document"
            begun = [model.now.branches.get(key, 0) for key, _, _ in model.now.runs]
            assert [again.branches.get(key, 0) for key, _, _ in again.runs] == begun
            again.runs, again.branches = copy.copy(model.now.runs), model.now.branches
            assert same(again, model.now), "the document"

    def rest(self) -> None:
        """Let the engine come to rest, and see that it has computed what is set."""
        self.workspace.pause()
        workspace, end = self.workspace, time.monotonic() + 30.0
        version = workspace.runner.snapshot.version
        workspace.seek(workspace.step)
        while not (
            workspace.snapshot.version > version and workspace.snapshot.shows(workspace.setup)
        ):
            assert time.monotonic() < end, "the engine does not come to rest"
            QCoreApplication.processEvents()
            time.sleep(0.001)
        shown = workspace.snapshot
        assert shown.failure is None, str(shown.failure)
        for run in shown.runs:
            assert run.run == self.model.now.at(run.key, shown.step)
            if run.alive:
                expected = straight(self.model.now, run.key, shown.step)
                assert run.theta.tobytes() == expected.tobytes(), "a way"
        self.counts["rest"] += 1

    def close_boxes(self, wanted: int | None = None) -> None:
        boxes = self.interior.window.findChildren(QMessageBox)
        assert wanted in (None, len(boxes))
        for box in boxes:
            box.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
