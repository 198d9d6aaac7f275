"""A small dense network on one column of data: the bridge from lines to deep learning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import numpy as np

from gdsim.engine import fields
from gdsim.engine.arrays import Array, Indices, picked
from gdsim.engine.data import Data
from gdsim.engine.fields import Settings, field
from gdsim.engine.generators import GENERATORS, GeneratorSettings, made_data
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.held_back import HeldBackSettings, of_parts
from gdsim.engine.problems.linear_model import subscript
from gdsim.engine.problems.samples import gathered
from gdsim.engine.problems.trial import best_rate
from gdsim.engine.sentences import Fault

MOST_UNITS = 16
MOST_AT_ONCE = 1 << 15
"""Numbers in one layer's values that are worked on in one go: what a processor keeps near."""


def read_hidden(text: str) -> tuple[int, ...]:
    """The units of one or two hidden layers, as in `8` or `8, 8`; `Fault` says what is wrong."""
    try:
        units = tuple(int(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        units = ()
    if not 1 <= len(units) <= 2 or not all(1 <= count <= MOST_UNITS for count in units):
        raise Fault(
            "hidden cannot be {value}: give one or two numbers of units from 1 to {most}, as in "
            "8 or 8, 8.",
            value=f"'{text[:20]}'", most=MOST_UNITS,
        )  # fmt: skip
    return units


@dataclass(frozen=True)
class NetworkSettings(HeldBackSettings, GeneratorSettings):
    """The layers, how they bend, and where the weights begin."""

    generator: str = field(
        "sine", "Made data", "What the samples are like; data of your own replace them.",
        choices=GENERATORS,
    )  # fmt: skip
    noise: float = field(
        0.1, "Noise", "The spread of the noise on the samples.", symbol="σ",
        minimum=0.0, maximum=1e6, beside=True,
    )  # fmt: skip
    hidden: str = field(
        "8", "Hidden layers", "The units of one hidden layer, as in 8, or of two, as in 8, 8.",
        reader=read_hidden, wanted="one or two numbers of units from 1 to 16, as in 8 or 8, 8",
    )  # fmt: skip
    activation: str = field(
        "tanh", "Activation", "How each hidden unit bends its sum: smoothly, or with a kink at 0.",
        choices={"tanh": "tanh", "relu": "ReLU"},
    )  # fmt: skip
    init_seed: int = field(
        0, "Seed of the weights", "The same seed begins at the same weights.",
        minimum=0, maximum=2**31 - 1,
    )  # fmt: skip
    standardise: bool = field(
        True, "Standardise", "The network sees each column of x at mean 0 and spread 1.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Layer:
    """Where a layer's weights (units, inputs) and biases (units,) lie among the parameters."""

    inputs: int
    units: int
    weights: slice
    biases: slice


class Network(Problem):
    """ŷ = W²φ(W¹z + b¹) + b² (or with a second hidden layer), J = (1/n)Σ(y − ŷ)².

    z is x, standardised on demand; φ is tanh or ReLU. The parameters are, layer by layer, the
    weights row by row and the biases, as torch's `nn.Linear` orders them. They begin with Glorot's
    uniform weights for tanh (Glorot & Bengio 2010), He's normal ones for ReLU (He et al. 2015), and
    biases 0. Backpropagation is written out; every run is multiplied by itself, so it has the same
    bits alone and among others.
    """

    name = "network"
    title = "Small neural network"
    loss_name = "MSE"
    squares = True
    fits_data: ClassVar[bool] = True
    group = "networks"
    Settings: ClassVar[type[Settings]] = NetworkSettings
    settings: NetworkSettings
    data: Data

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(settings)
        if data.columns != 1:
            raise Fault(
                "The network takes one column of x; the data have {count}.", count=data.columns
            )
        self.data = data
        self.x, self.y = data.x[0], data.y
        self.size = data.size
        self.hidden = read_hidden(self.settings.hidden)
        self.is_smooth = self.settings.activation == "tanh"
        with np.errstate(over="ignore", invalid="ignore"):
            mean, sigma = float(self.x.mean()), float(self.x.std())
            fits = np.isfinite([mean, sigma, float(np.mean(self.y * self.y))]).all()
        if not fits:
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        scaled = self.settings.standardise and sigma > 0.0
        self.centre, self.spread = (mean, sigma) if scaled else (0.0, 1.0)
        self._z = (self.x - self.centre) / self.spread
        sizes = (1, *self.hidden, 1)
        self._layers: list[_Layer] = []
        at = 0
        for inputs, units in pairwise(sizes):
            weights = slice(at, at + units * inputs)
            at = weights.stop + units
            self._layers.append(_Layer(inputs, units, weights, slice(weights.stop, at)))
        self.parameters = tuple(_named(self._layers))
        self.start = tuple(self._first_weights())
        self.formula = _formula(len(self.hidden), self.settings.activation)

    @cached_property
    def learning_rate(self) -> float:  # type: ignore[override] # worked out when asked
        """Found by trying, once asked for; a notch below, for curvature grows while it learns."""
        return best_rate(self, notches=1)

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        whole = made_data(settings) if data is None else data
        return of_parts(lambda part: cls(part, settings), data, whole, settings)

    def layer_arrays(self, theta: Array) -> list[tuple[Array, Array]]:
        """Each layer's weights (units, inputs) and biases (units,) for one θ."""
        whole = np.asarray(theta, dtype=np.float64)
        return [
            (whole[layer.weights].reshape(layer.units, layer.inputs), whole[layer.biases])
            for layer in self._layers
        ]

    def own_units(self, theta: Array) -> Array:
        """The weights of the same network that takes x as it is."""
        own = np.array(theta, dtype=np.float64)
        first = self._layers[0]
        own[first.weights] /= self.spread
        own[first.biases] -= own[first.weights] * self.centre
        return own

    def predict(self, theta: Array, x: Array) -> Array:
        """ŷ at `x`, (n,) or (1, n) in the data's own units, for one θ: (n,)."""
        z = (np.atleast_2d(np.asarray(x, dtype=np.float64))[0] - self.centre) / self.spread
        lane = np.ascontiguousarray(np.asarray(theta, dtype=np.float64)[None])
        return np.asarray(self._forward(lane, z)[-1][0, 0])

    def loss(self, theta: Array) -> Array:
        return self._mean_square(theta, self._z, self.y)

    def loss_on(self, theta: Array, data: Data) -> Array:
        return self._mean_square(theta, (data.x[0] - self.centre) / self.spread, data.y)

    def _mean_square(self, theta: Array, z: Array, y: Array) -> Array:
        losses: Array = np.empty_like(theta[0])
        for lanes, rows in self._turns(theta, len(y)):
            error = self._forward(rows, z)[-1][:, 0] - y
            losses[lanes] = (error * error).sum(axis=1) / len(y)
        return losses

    def gradient(self, theta: Array, out: Array) -> None:
        for lanes, rows in self._turns(theta, self.size):
            values = self._forward(rows, self._z)
            error = (2.0 / self.size) * (values[-1] - self.y)
            out[:, lanes] = self._backward(rows, values, error).T

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        return gathered(samples, offsets)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        for lanes, rows in self._turns(theta, len(batch)):
            chosen = batch[:, lanes].T.copy()
            there = chosen >= 0.0
            values = self._forward(rows, picked(self._z, chosen)[:, None, :])
            count = np.where(there, 1.0, 0.0).sum(axis=1)[:, None]
            missed = values[-1][:, 0] - picked(self.y, chosen)
            error = np.where(there, missed * (2.0 / count), 0.0)
            out[:, lanes] = self._backward(rows, values, error[:, None, :]).T

    def hessian(self, theta: Array) -> Array:
        """Exact, by differentiating backpropagation along every axis at once (Pearlmutter 1994).

        With tanh it costs about as much as two gradients of as many runs as there are parameters;
        ReLU's second derivative is taken as 0.
        """
        row = np.ascontiguousarray(np.asarray(theta, dtype=np.float64)[None])
        values = self._forward(row, self._z)
        error = (2.0 / self.size) * (values[-1] - self.y)
        ways = np.eye(len(self.parameters))
        result = np.empty_like(ways)
        for lanes, rows in self._turns(ways, self.size):
            result[lanes] = self._curved(row, values, error, rows)
        return 0.5 * (result + result.T)

    def bounds(self) -> Bounds:
        """Some way around where each parameter begins."""
        return tuple((value - 3.0, value + 3.0) for value in self.start)

    def _turns(self, theta: Array, samples: int) -> list[tuple[slice, Array]]:
        """Lanes that are worked on together, each as (lanes, parameters)."""
        width = max(1, MOST_AT_ONCE // (samples * max(self.hidden)))
        slices = [slice(first, first + width) for first in range(0, theta.shape[1], width)]
        return [(lanes, theta[:, lanes].T.copy()) for lanes in slices]

    def _split(self, rows: Array, layer: _Layer) -> tuple[Array, Array]:
        """A layer's weights (lanes, units, inputs) and biases (lanes, units, 1)."""
        weights = rows[:, layer.weights].reshape(len(rows), layer.units, layer.inputs)
        return weights, rows[:, layer.biases, None]

    def _forward(self, rows: Array, z: Array) -> list[Array]:
        """The input, (n,) or (lanes, 1, n), and each layer's values (lanes, units, samples)."""
        values: list[Array] = [z]
        for place, layer in enumerate(self._layers):
            weights, biases = self._split(rows, layer)
            sums = z * weights if not place else _product(weights, values[-1])
            sums = sums + biases
            if place < len(self.hidden):
                sums = np.tanh(sums) if self.is_smooth else np.maximum(sums, 0.0)
            values.append(sums)
        return values

    def _bent(self, value: Array) -> Array:
        """φ′ from φ."""
        if self.is_smooth:
            return np.asanyarray(1.0 - value * value)
        return np.where(value > 0.0, 1.0, 0.0)

    def _backward(self, rows: Array, values: list[Array], error: Array) -> Array:
        """The gradient (lanes, parameters) from ∂J/∂ŷ (lanes, 1, samples)."""
        gradient = np.empty_like(rows)
        for place in range(len(self._layers) - 1, -1, -1):
            layer, inner = self._layers[place], values[place]
            gradient[:, layer.biases] = error.sum(axis=2)
            gradient[:, layer.weights] = _outer(error, inner).reshape(len(rows), -1)
            if place:
                weights, _ = self._split(rows, layer)
                error = _product(weights.transpose(0, 2, 1), error) * self._bent(inner)
        return gradient

    def _curved(self, row: Array, values: list[Array], error: Array, ways: Array) -> Array:
        """Hv for each direction v, (lanes, parameters), at the one point `row`."""
        moved: list[Array] = [np.zeros(1)]
        for place, layer in enumerate(self._layers):
            weights, _ = self._split(row, layer)
            weight_ways, bias_ways = self._split(ways, layer)
            if place:
                sums = weight_ways @ values[place] + weights @ moved[-1] + bias_ways
            else:
                sums = weight_ways * values[0] + bias_ways
            if place < len(self.hidden):
                sums = sums * self._bent(values[place + 1])
            moved.append(sums)
        turned = (2.0 / self.size) * moved[-1]
        result = np.empty_like(ways)
        for place in range(len(self._layers) - 1, -1, -1):
            layer, inner = self._layers[place], values[place]
            result[:, layer.biases] = turned.sum(axis=2)
            if place:
                product = turned @ inner.transpose(0, 2, 1)
                product = product + error @ moved[place].transpose(0, 2, 1)
                weights, _ = self._split(row, layer)
                weight_ways, _ = self._split(ways, layer)
                back = weights.transpose(0, 2, 1) @ error
                turned_back = weights.transpose(0, 2, 1) @ turned
                turned_back = turned_back + weight_ways.transpose(0, 2, 1) @ error
                bent = self._bent(inner)
                turned = turned_back * bent
                if self.is_smooth:
                    turned = turned - 2.0 * back * inner * moved[place]
                error = back * bent
            else:
                product = (turned * inner).sum(axis=2)
            result[:, layer.weights] = product.reshape(len(ways), -1)
        return result

    def _first_weights(self) -> list[float]:
        rng = np.random.default_rng(self.settings.init_seed)
        whole = np.zeros(len(self.parameters))
        for layer in self._layers:
            count = layer.units * layer.inputs
            if self.is_smooth:
                limit = (6.0 / (layer.inputs + layer.units)) ** 0.5
                whole[layer.weights] = rng.uniform(-limit, limit, count)
            else:
                whole[layer.weights] = rng.normal(0.0, (2.0 / layer.inputs) ** 0.5, count)
        return [float(value) for value in whole]


def _product(weights: Array, values: Array) -> Array:
    """weights @ values for every lane; by plain sums where a side is 1, which BLAS is slow at."""
    if weights.shape[2] == 1:
        return weights * values
    if weights.shape[1] == 1:
        return np.add.reduce(weights.transpose(0, 2, 1) * values, axis=1, keepdims=True)
    return np.asanyarray(weights @ values)


def _outer(error: Array, values: Array) -> Array:
    """error @ valuesᵀ for every lane: (lanes, units, inputs); `values` may be one row for all."""
    if values.ndim == 1 or 1 in (error.shape[1], values.shape[1]):
        return np.asanyarray(np.add.reduce(error * values, axis=2))
    return np.asanyarray(error @ values.transpose(0, 2, 1))


def _named(layers: list[_Layer]) -> list[Parameter]:
    """w1_2_1 is the weight in layer 1 to unit 2 from input 1, b1_2 that unit's bias."""
    named = []
    for number, layer in enumerate(layers, 1):
        for unit in range(1, layer.units + 1):
            for source in range(1, layer.inputs + 1):
                symbol = f"w{subscript(number)},{subscript(unit)},{subscript(source)}"
                named.append(Parameter(f"w{number}_{unit}_{source}", symbol))
        for unit in range(1, layer.units + 1):
            symbol = f"b{subscript(number)},{subscript(unit)}"
            named.append(Parameter(f"b{number}_{unit}", symbol))
    return named


def _formula(hidden: int, activation: str) -> str:
    name = "tanh" if activation == "tanh" else "ReLU"
    inner = f"{name}(W₁x + b₁)"
    if hidden == 2:
        inner = f"{name}(W₂ {inner} + b₂)"
    return f"ŷ = W{subscript(hidden + 1)} {inner} + b{subscript(hidden + 1)}"
