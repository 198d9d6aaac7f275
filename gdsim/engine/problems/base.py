"""What every problem offers: parameters, loss, gradient, curvature, and how to draw it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from gdsim.engine import fields
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.data import Data
from gdsim.engine.fields import Field, Settings, fields_of, settings_values
from gdsim.engine.generators import GENERATOR_FIELDS
from gdsim.engine.sentences import Fault, Sentence

Bounds = tuple[tuple[float, float], ...]
Group = Literal["data", "networks", "own", "curves", "surfaces"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's name in files (`theta_0`) and its symbol on screen (θ₀)."""

    name: str
    symbol: str


class Problem(ABC):
    """A loss over parameters θ of shape (parameters, runs), each column one run.

    `size` is the number of samples (0: the loss is no sum over data, so mini-batches do not apply);
    `data` are those samples, and `own_data` what a user gave. Samples may be held back: `whole` has
    all of them, and `held` (n,) says which of these are no part of `data`. `notes` say what a user
    should know of the problem although it can be used. `minima` are known best points, as good as
    numbers allow; there may be none.
    """

    Settings: ClassVar[type[Settings]] = Settings
    """The declared options of the problem."""
    convex: ClassVar[bool] = False
    """Whether J is convex for any data and settings: in a box it is greatest at a corner."""
    unbounded: ClassVar[bool] = False
    """Whether J falls without end along some way."""
    fits_data: ClassVar[bool] = False
    """Whether the problem takes data (and makes some by its settings where none are given)."""
    group: ClassVar[Group] = "surfaces"
    """Beside which problems it stands where one is chosen."""
    labels: ClassVar[bool] = False
    """Whether y are labels, 0 or 1, and what is predicted is the probability of 1."""
    sums: bool = False
    """Whether J is a sum over the samples, not their mean."""
    straight: ClassVar[bool] = False
    """Whether what is predicted over one column of x is a straight line."""
    foreign: ClassVar[bool] = False
    """Whether it calls code of the user's own, of which no tape is made: it may ask `if`."""
    settings: fields.Settings
    name: str
    title: str
    formula: str
    loss_name: str
    parameters: tuple[Parameter, ...]
    start: tuple[float, ...]
    learning_rate: float
    squares: bool = False
    """Whether J is a mean of squared residuals."""
    minima: tuple[tuple[float, ...], ...] = ()
    size: int = 0
    data: Data | None = None
    own_data: Data | None = None
    whole: Data | None = None
    held: Indices = np.empty(0, dtype=np.int64)
    notes: tuple[Sentence, ...] = ()
    separable: bool = False
    """Whether J nears its lowest only as θ grows without end: classes that can be parted."""

    most_right: float | None = None
    """The greatest share of labels that any straight border gets right, where it is known."""

    def share_right(self, theta: Array) -> float | None:
        """The share of labels that θ gets right; None where there are none."""
        return None

    def __init__(self, settings: fields.Settings | None = None) -> None:
        self.settings = type(self).Settings() if settings is None else settings

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        """The problem with these settings; `Fault` where the data or the settings do not serve."""
        if data is not None:
            raise Fault("The problem '{name}' takes no data; 'linear' does.", name=cls.name)
        return cls(settings)

    def shown_settings(self) -> tuple[Field, ...]:
        """The declared settings that have an effect here, in order of declaration."""
        values = settings_values(self.settings)
        idle = () if self.own_data is None else GENERATOR_FIELDS
        return tuple(
            item
            for item in fields_of(self.settings)
            if item.applies(values) and item.name not in idle
        )

    @abstractmethod
    def loss(self, theta: Array) -> Array:
        """J(θ) over all data: (parameters, n) → (n,)."""

    def loss_on(self, theta: Array, data: Data) -> Array:
        """J(θ) over other samples, without L2: (parameters, n) → (n,)."""
        raise NotImplementedError(f"{self.name} has no samples")

    @cached_property
    def held_data(self) -> Data:
        """The samples that are held back; there are some where `held` has places."""
        assert self.whole is not None
        whole = self.whole
        return Data(whole.x[:, self.held], whole.y[self.held], whole.names, whole.target)

    @abstractmethod
    def gradient(self, theta: Array, out: Array) -> None:
        """∇J(θ) over all data, written into `out`; both (parameters, n)."""

    @abstractmethod
    def hessian(self, theta: Array) -> Array:
        """∇²J at one point: (parameters,) → (parameters, parameters)."""

    @cached_property
    def least_loss(self) -> float | None:
        """J at the best of the known minima; None where none is known. It costs a pass over the
        data for each, so that what is shown with every frame asks here."""
        return min((self.loss_at(np.array(minimum)) for minimum in self.minima), default=None)

    @cached_property
    def scale(self) -> float:
        """What counts as a large difference in J: the variance of y, or that of start and minimum.

        A fact of the problem and never of a run's start.
        """
        if self.data is not None:
            samples = self.size if self.sums else 1
            return self._scale_of(samples * float(np.var(self.target)))
        return self._scale_of(self.loss_at(np.array(self.start)) - (self.least_loss or 0.0))

    @property
    def target(self) -> Array:
        """y as it is descended towards, where there are data: (n,)."""
        assert self.data is not None
        return self.data.y

    def _scale_of(self, size: float) -> float:
        """A size that is of use; else that of the loss at the start, or 1."""
        sizes = (abs(size), abs(self.loss_at(np.array(self.start))))
        return next((one for one in sizes if 0.0 < one < math.inf), 1.0)

    @cached_property
    def is_quadratic(self) -> bool:
        """Whether its curvature is the same everywhere, so that what holds here holds all over."""
        if self.squares and self.convex:
            return True
        if len(self.parameters) > 2:
            return False
        first = np.array(self.start)
        with np.errstate(all="ignore"):
            found = [self.hessian(first + way) for way in (0.0, 1.0, -1.7, 93.0, -211.0)]
        # No curvature at all is that of straight pieces, which may meet in a kink: |x|.
        return bool(found[0].any()) and all(
            np.allclose(one, found[0], rtol=1e-9, atol=1e-12) for one in found
        )

    @abstractmethod
    def bounds(self) -> Bounds:
        """What a view should show at first: (low, high) for each parameter."""

    @property
    def own_names(self) -> tuple[str, ...]:
        """What `own_units` are called."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def own_terms(self) -> tuple[str, ...]:
        """What `own_units` behind the first are multiplied by; none where ŷ is no sum of terms."""
        return ()

    def own_units(self, theta: Array) -> Array:
        """θ (parameters,) as coefficients of the data as they were given; θ itself without any."""
        return np.asarray(theta, dtype=np.float64)

    def trouble_at(self, theta: Array) -> Sentence | None:
        """Why J or its slope has no value at one point, in words; None where it is merely large."""
        return None

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        """Condense batches to what the gradient needs: (statistics, batches).

        Batch i holds `samples[offsets[i]:offsets[i + 1]]`.
        """
        raise NotImplementedError(f"{self.name} has no samples")

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        """The gradient over one batch a run; `batch` is (statistics, n) from `reduce`."""
        raise NotImplementedError(f"{self.name} has no samples")

    def gradient_at(self, theta: Array) -> Array:
        """∇J at one point: (parameters,) → (parameters,)."""
        column = np.ascontiguousarray(theta, dtype=np.float64).reshape(-1, 1)
        out = np.empty_like(column)
        with np.errstate(all="ignore"):
            self.gradient(column, out)
        return out[:, 0]

    def sample_gradients(self, theta: Array, samples: Indices) -> Array:
        """The gradient of each of these samples' loss at one point: (parameters, samples).

        Their mean over all samples is ∇J; the gradient of a batch is the mean over its own.
        """
        lanes = np.repeat(np.asarray(theta, dtype=np.float64)[:, None], len(samples), axis=1)
        out = np.empty_like(lanes)
        with np.errstate(all="ignore"):
            self.batch_gradient(lanes, self.reduce(samples, np.arange(len(samples) + 1)), out)
        return out

    def loss_at(self, theta: Array) -> float:
        """J at one point."""
        with np.errstate(all="ignore"):
            return float(self.loss(np.asarray(theta, dtype=np.float64).reshape(-1, 1))[0])
