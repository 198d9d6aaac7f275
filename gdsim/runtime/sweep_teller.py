"""The verdict on the run of a sweep that somebody points at, worked out in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from gdsim.engine.sentences import Sentence
from gdsim.engine.sweep.grid import Grid
from gdsim.engine.sweep.pieces import Cancelled
from gdsim.engine.sweep.words import MOST_STEPS_OF_ONE, told_at
from gdsim.engine.verdict import Verdict


@dataclass(frozen=True)
class Question:
    """A run by its places on the axes of a grid, and the step at which it is judged."""

    grid: Grid
    places: tuple[int, ...]
    steps: int


class SweepTeller:
    """Answers the newest question; one that is no longer asked is left unfinished.

    `answers` gets each question with what its rates do and with its verdict. `breathe` is called
    between steps.
    """

    def __init__(self, breathe: Callable[[], None]) -> None:
        self.answers: queue.SimpleQueue[tuple[Question, Sentence, Verdict]] = queue.SimpleQueue()
        self._breathe = breathe
        self._asked: Question | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, question: Question | None) -> bool:
        """Take up this question (None: no more) instead of the one before; False if it is longer
        than anyone would wait for."""
        if question is not None and question.steps > MOST_STEPS_OF_ONE:
            question = None
        with self._changed:
            self._asked = question
            if question is not None and self._thread is None:
                self._thread = threading.Thread(
                    target=self._answer, name="gdsim-verdict", daemon=True
                )
                self._thread.start()
            self._changed.notify()
        return question is not None

    def _answer(self) -> None:
        """Until there is no question."""
        while True:
            with self._changed:
                question = self._asked
                if question is None:
                    self._thread = None
                    return

            def breathe(current: Question = question) -> None:
                if self._asked is not current:
                    raise Cancelled
                self._breathe()

            try:
                told = told_at(question.grid, question.places, question.steps, breathe)
            except Cancelled:
                continue
            self.answers.put((question, *told))
            with self._changed:
                if self._asked is question:
                    self._asked = None
