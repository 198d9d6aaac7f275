"""What a PyTorch script descends on: one vector θ, or the layers of a network."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy

from gdsim.codegen.frameworks.written import loss_functions, start_lines
from gdsim.codegen.parts import Parts
from gdsim.codegen.text import array_lines, indented

_LAYERS = {"tanh": "Tanh", "relu": "ReLU"}


@dataclass(frozen=True)
class Model:
    """How a script makes its parameters, names them and tells their loss."""

    functions: tuple[list[str], ...]
    start: list[str]
    """They at the start, and the base rate."""
    parameters: str
    """What an optimizer takes."""
    call: str
    """The loss; `{x}` and `{y}` stand for the samples."""
    shrink: tuple[str, ...]
    """Every parameter times `{factor}`."""
    ends: str
    """θ at the end."""
    value: str
    """The loss of all samples as a number."""

    def loss(self, *, batch: bool = False) -> str:
        """The loss of all samples, or of those of a batch."""
        at = "[batch]" if batch else ""
        return self.call.format(x=f"x{at}", y=f"y{at}")


def model_of(parts: Parts) -> Model:
    """`torch.nn.Sequential` for a network, as people write it; else θ as one vector."""
    return _layers(parts) if parts.code.units else _vector(parts)


def _vector(parts: Parts) -> Model:
    samples = ", {x}, {y}" if parts.code.has_data else ""
    return Model(
        functions=tuple(loss_functions(parts.code, "torch")),
        start=start_lines(parts, "torch", ", requires_grad=True"),
        parameters="[theta]",
        call=f"loss(theta{samples})",
        shrink=("theta.mul_({factor})",),
        ends="theta = theta.detach()",
        value=f"float(loss(theta{parts.code.arguments}))",
    )


def _layers(parts: Parts) -> Model:
    code, run = parts.code, parts.task.run
    bend = f"torch.nn.{_LAYERS[code.activation]}(),"
    layers = [
        line
        for inputs, units in pairwise((1, *code.units))
        for line in (f"torch.nn.Linear({inputs}, {units}),", bend)
    ]
    start = array_lines("start", "torch.tensor", numpy.array(run.start), code.start_about)
    return Model(
        functions=(),
        start=[
            "y = y.reshape(-1, 1)",
            "model = torch.nn.Sequential(",
            *indented(layers[:-1]),
            ")",
            *start,
            "torch.nn.utils.vector_to_parameters(start, model.parameters())",
            "loss = torch.nn.MSELoss()",
            f"learning_rate = {run.learning_rate!r}",
        ],
        parameters="model.parameters()",
        call="loss(model({x}), {y})",
        shrink=("for theta in model.parameters():", "    theta.mul_({factor})"),
        ends="theta = torch.nn.utils.parameters_to_vector(model.parameters()).detach()",
        value="loss(model(x), y).item()",
    )
