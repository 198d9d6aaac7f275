"""Work beside the window: in a thread of its own, with its share told, until it is cancelled."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from gdsim.engine.sentences import Fault, Sentence, sentence
from gdsim.engine.sweep.pieces import Cancelled
from gdsim.runtime.sweeping import Report

T = TypeVar("T")


def jobs() -> int:
    """Threads for it: one core stays the window's."""
    return max(1, (os.cpu_count() or 2) - 1)


class Computation(Generic[T]):
    """Begins at once; `results` gets shares of the work and at last what came of it, or why
    nothing did."""

    def __init__(self, work: Callable[[Report], T]) -> None:
        self.results: queue.SimpleQueue[float | T | Sentence] = queue.SimpleQueue()
        self._work = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._compute, name="gdsim-sweeping", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop and wait for the threads."""
        self._cancelled.set()
        self._thread.join(10.0)

    def _report(self, share: float) -> bool:
        self.results.put(share)
        return not self._cancelled.is_set()

    def _compute(self) -> None:
        try:
            self.results.put(self._work(self._report))
        except Cancelled:
            pass
        except Fault as fault:
            self.results.put(fault.sentence)
        except Exception as error:
            self.results.put(sentence("The computation failed: {reason}.", reason=str(error)))
