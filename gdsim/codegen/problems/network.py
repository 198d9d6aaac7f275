"""A small dense network as it stands in scripts: forwards, and backwards for NumPy."""

from __future__ import annotations

from itertools import pairwise

from gdsim.codegen.problems.base import ProblemCode
from gdsim.engine.problems.network import Network


def network(problem: Network) -> ProblemCode:
    """One or two hidden layers on one column, all weights in one vector."""
    sizes = (1, *problem.hidden, 1)
    tanh = problem.settings.activation == "tanh"
    names = [f"w{i}, b{i}" for i in range(1, len(sizes))]
    unpack = f"{', '.join(names)} = layers(theta)"
    forward = _forward(len(sizes) - 1, tanh)
    last = len(sizes) - 1
    inner = f"h{last - 1}"
    out = f"{inner} @ w{last}.T + b{last}"
    gradient = [
        unpack, *forward,
        f"error = 2 * ({out} - y.reshape(-1, 1)) / len(y)",
        "# Backwards through the layers, by the chain rule.",
    ]  # fmt: skip
    for i in range(last, 0, -1):
        below = f"h{i - 1}" if i > 1 else "x"
        gradient.append(f"g_w{i}, g_b{i} = error.T @ {below}, error.sum(0)")
        if i > 1:
            bent = f"(1 - {below}**2)" if tanh else f"({below} > 0)"
            gradient.append(f"error = error @ w{i} * {bent}")
    parts = ", ".join(f"g_w{i}.ravel(), g_b{i}" for i in range(1, last + 1))
    return ProblemCode(
        about=f"The model is {problem.formula}, the loss J = (1/n) Σ (ŷ − y)².",
        prepare=_prepare(problem),
        helpers=(
            ("layers", "(theta):", "Weights and biases of each layer, out of one vector.",
             _unpacked(sizes)),
            ("predict", "(theta, x):", "What the network says at x, a row for each sample.",
             (unpack, *forward, f"return {out}")),
        ),
        loss=("return np.mean((predict(theta, x)[:, 0] - y) ** 2)",),
        gradient=(*gradient, f"return np.concatenate([{parts}])"),
        hessian=(),
        has_data=True,
        columns=1,
        loss_about="The mean squared error.",
        start_about="all weights and biases at the start",
        predict=("return predict(theta, x)",),
        units=sizes[1:],
        activation=problem.settings.activation,
        keras_loss='"mean_squared_error"',
    )  # fmt: skip


def _prepare(problem: Network) -> tuple[str, ...]:
    lines = ["x = x.reshape(-1, 1)  # a row for each sample"]
    if (problem.centre, problem.spread) != (0.0, 1.0):
        lines.append("x = (x - x.mean()) / x.std()  # at mean 0 and spread 1")
    return tuple(lines)


def _forward(layers: int, tanh: bool) -> list[str]:
    lines, below = [], "x"
    for i in range(1, layers):
        total = f"{below} @ w{i}.T + b{i}"
        if tanh:
            lines.append(f"h{i} = np.tanh({total})")
        else:
            lines += [f"s{i} = {total}", f"h{i} = np.where(s{i} > 0, s{i}, 0.0)  # ReLU"]
        below = f"h{i}"
    return lines


def _unpacked(sizes: tuple[int, ...]) -> tuple[str, ...]:
    lines, names, at = [], [], 0
    for i, (inputs, units) in enumerate(pairwise(sizes), 1):
        stop = at + units * inputs
        weights = f"np.reshape(theta[{at}:{stop}], ({units}, {inputs}))"
        lines.append(f"w{i}, b{i} = {weights}, theta[{stop}:{stop + units}]")
        names += [f"w{i}", f"b{i}"]
        at = stop + units
    return (*lines, f"return {', '.join(names)}")
