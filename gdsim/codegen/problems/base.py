"""What a problem contributes to a script."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemCode:
    """Bodies of the functions of `theta` (and of x and y, where there are data), for NumPy.

    Names of NumPy's functions are put into another framework's by `spelled`. `prepare` are lines
    that change x before the descent, `report` lines that tell more of the result.
    """

    about: str
    loss: tuple[str, ...]
    gradient: tuple[str, ...]
    hessian: tuple[str, ...]
    helpers: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    """Functions that the loss needs: name, arguments, what it is, body."""
    prepare: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    has_data: bool = False
    columns: int = 0
    """Of x as the model sees it."""
    flat: bool = False
    """Whether x is one column without a second axis."""
    loss_about: str = "The height of the surface at theta."
    start_about: str = "where it starts"
    predict: tuple[str, ...] = ()
    """What the model says at x, a row for each sample, as a column."""
    dense: bool = False
    """Whether the model is one dense layer: its bias is θ₀, its kernel the rest."""
    units: tuple[int, ...] = ()
    """Of the layers of a network, the last one included."""
    activation: str = ""
    keras_loss: str = ""
    """What `compile` takes as the loss."""
    penalty: float = 0.0
    """λ of L2 in the loss, which frameworks' own losses do not have."""
    best: str = "the best fit"
    """What the least loss is called."""

    @property
    def arguments(self) -> str:
        """What follows `theta` in a call."""
        return ", x, y" if self.has_data else ""


_OTHER_NAMES = {
    "torch": {
        "np.array": "torch.tensor",
        "np.pi": "torch.pi",
        "np.e": "torch.e",
        "np.inf": "torch.inf",
        "np.nan": "torch.nan",
    },
    "ops": {
        "np.pi": "np.pi",
        "np.e": "np.e",
        "np.inf": "np.inf",
        "np.nan": "np.nan",
        "np.array": "ops.stack",
    },
}


def spelled(lines: tuple[str, ...] | list[str], np: str) -> list[str]:
    """The lines with NumPy's functions under another name: `torch`, `jnp` or `ops`."""
    if np == "np":
        return list(lines)
    other = _OTHER_NAMES.get(np, {})

    def renamed(match: re.Match[str]) -> str:
        return other.get(match[0], f"{np}.{match[1]}")

    lines = [re.sub(r"\bnp\.(\w+)", renamed, line) for line in lines]
    if np == "ops":
        # Not every backend of Keras has x.T, nor unpacks a variable.
        lines = [re.sub(r"\b(w\d)\.T\b", r"ops.transpose(\1)", line) for line in lines]
        lines = [line.replace("x, y = theta", "x, y = theta[0], theta[1]") for line in lines]
    return lines
