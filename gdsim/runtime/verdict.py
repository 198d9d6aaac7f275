"""How a run is doing, in one sentence with its numbers."""

from __future__ import annotations

from gdsim.engine.diagnosis import Outcome
from gdsim.engine.sentences import Sentence, number, sentence


def verdict_of(outcome: Outcome, step: int, loss: float, start_loss: float) -> Sentence:
    """The sentence for a run that has that loss after `step` updates."""
    texts = {
        Outcome.CONVERGED: "Converged at step {step}: loss {loss}.",
        Outcome.MOVING: "Still moving at step {step}: loss {loss}.",
        Outcome.OSCILLATING: "Oscillating at step {step}: loss {loss}.",
        Outcome.STALLED: "Stalled at step {step}, on a plateau or saddle: loss {loss}.",
        Outcome.DIVERGING: "Diverging at step {step}: loss {start} → {loss}.",
        Outcome.DIVERGED: "Diverged at step {step}: loss {start} → {loss}.",
        Outcome.NOT_A_NUMBER: "Not a number at step {step}.",
        Outcome.STEP_LIMIT: "Step limit {step} reached: loss {loss}.",
        Outcome.READY: "Ready at step {step}: loss {loss}.",
    }
    return sentence(texts[outcome], step=step, loss=number(loss), start=number(start_loss))
