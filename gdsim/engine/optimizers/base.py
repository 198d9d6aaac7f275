"""What every optimizer is: declared settings, an explicit state, and one update rule."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.columns import Columns
from gdsim.engine.conventions import FRAMEWORKS, Defaults
from gdsim.engine.fields import Settings, Value, field, fields_of

if TYPE_CHECKING:
    from gdsim.engine.problems import Problem

State = dict[str, Array]
Update = Callable[..., Array]


@dataclass(frozen=True)
class RateSettings(Settings):
    """The setting that every first-order optimizer has."""

    family: ClassVar[type[Optimizer] | None] = None
    """Whose settings they are, where that is none of the optimizers that are found by a name."""

    learning_rate: float = field(
        0.01, "Learning rate", "How far each update goes along its direction.",
        symbol="α", above=0.0, maximum=1e6, scale="log", aliases=("lr",),
    )  # fmt: skip


def decay_field(default: float = 0.0) -> Any:
    """λ, the pull of every weight towards zero."""
    return field(
        default, "Weight decay", "How strongly every parameter is pulled towards zero.",
        symbol="λ", minimum=0.0, maximum=1e3, advanced=True,
    )  # fmt: skip


def decoupled_field(default: bool = False) -> Any:
    """Whether the decay acts on the parameters themselves (AdamW) or through the gradient (L2)."""
    return field(
        default, "Decoupled decay",
        "Shrinks the parameters themselves by αλ; otherwise λθ is added to the gradient.",
        advanced=True,
    )  # fmt: skip


def beta_field(name: str, symbol: str, default: float, help: str) -> Any:
    """How long a moving average remembers, from 0 (not at all) to just below 1."""
    digit = name[-1]
    aliases = (f"beta_{digit}", f"b{digit}") if digit.isdecimal() else ()
    return field(default, name, help, symbol=symbol, minimum=0.0, below=1.0, aliases=aliases)


def column_of(settings: Sequence[Settings], name: str) -> Array:
    """One hyperparameter of all runs: (runs,), or of shape () where all have the same.

    Same bits either way; NumPy takes 0.23 µs for θ times a number and 0.50 for θ times a row.
    """
    if isinstance(settings, Columns):
        return settings.column(name)
    values = [float(getattr(one, name)) for one in settings]
    return np.array(values if min(values) < max(values) else values[0])


def powers(base: Array, exponent: NDArray[Any]) -> Array:
    """base^exponent as (steps, runs); either may be (runs,) or ().

    Each column is worked out over contiguous memory, so that no bit depends on the company a run is
    in: NumPy's vector and scalar `pow` differ in the last place, and an exponent that it takes for
    a scalar has shortcuts of its own, so that no column may be of length one.
    """
    shape = np.broadcast_shapes(base.shape, exponent.shape)
    if shape[0] == 1:
        twice = np.repeat(np.broadcast_to(exponent, shape), 2, axis=0)
        return powers(base if base.ndim < 2 else np.repeat(base, 2, axis=0), twice)[:1]
    if base.ndim == 1 and exponent.shape[1] == 1:
        # A grid has few different bases among many runs: each power is worked out once.
        bases, which = np.unique(base, return_inverse=True)
        return np.ascontiguousarray(_columns_of_powers(bases, exponent)[:, which])
    return _columns_of_powers(base, exponent)


def _columns_of_powers(base: Array, exponent: NDArray[Any]) -> Array:
    shape = np.broadcast_shapes(base.shape, exponent.shape)
    below, above = np.empty(shape[::-1]), np.empty(shape[::-1])
    below.T[...], above.T[...] = base, exponent
    return np.power(below, above).T.copy()


class Optimizer(ABC):
    """One family, stepping any number of runs at once; parameters have shape (parameters, runs).

    The state is explicit (as in Optax): `init` makes it, `update` puts the next one in its
    place. What depends on the step number alone is worked out for a whole block of steps by
    `coefficients`.
    All runs of one instance have the same `variant`; only their numbers differ.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str] = ""
    """The title where there is little room, if it is another."""
    summary: ClassVar[str]
    formula: ClassVar[tuple[str, ...]]
    source: ClassVar[str]
    Settings: ClassVar[type[RateSettings]]
    conventions: ClassVar[tuple[str, ...]] = FRAMEWORKS
    """The frameworks that have the method."""
    defaults: ClassVar[Defaults] = {}
    """Where a framework's defaults differ from those declared: framework → setting → value.

    The learning rate too, where the framework has one (Optax mostly wants it given).
    """
    symbols: ClassVar[Mapping[str, str]] = {}
    """The letters that the formula has for the arrays of the state."""
    switches: ClassVar[tuple[str, ...]] = ("weight_decay",)
    """Numbers whose being zero or not chooses between formulas."""
    single_sample: ClassVar[bool] = False
    """Whether the method is by definition fed one sample a step unless a batch size is set."""
    by_itself: ClassVar[bool] = False
    """Whether Python steps each run by itself, so that many together are no cheaper."""
    foreign: ClassVar[bool] = False
    """Whether it calls code of the user's own, of which no tape is made: it may ask `if`."""
    moves_by_rate: bool = False
    """Whether a parameter moves by about α a step, however small its slope."""
    inertia: ClassVar[str] = ""
    """The setting β that says how much of its way a run keeps from one step to the next."""
    own_rate: ClassVar[float | None] = None
    """The learning rate where none is given; None leaves it to the problem."""

    chosen: RateSettings

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        self.settings = settings
        self.chosen = settings[0]
        """The first run's: what chooses between formulas is the same in all."""
        self.convention = str(getattr(self.chosen, "convention", ""))
        self.decays = bool(getattr(self.chosen, "weight_decay", 0.0))
        self.decay = column_of(settings, "weight_decay") if self.decays else np.zeros(())
        place = self.decay_place() if self.decays else "update"
        self.step: Update = self.update
        """`update`, after the weight decay where there is any."""
        if place == "gradient":
            self.step = self._update_pulled
        elif place == "parameters":
            self.step = self._update_shrunk
        self._shrinks = place == "parameters"

    def decay_place(self) -> Literal["gradient", "parameters", "update"]:
        """Where the decay acts: on the gradient (coupled), on θ (decoupled), or in `update`."""
        return "parameters" if getattr(self.chosen, "decoupled_weight_decay", False) else "gradient"

    def rule(self) -> tuple[str, ...]:
        """`formula` as these settings make it: the framework's form, its options, the decay.

        Three lines at most.
        """
        lines = self.lines()
        place = self.decay_place()
        if not self.decays or place == "update":
            return lines
        pull = "g ← g + λ θ" if place == "gradient" else "θ ← (1 − α λ) θ"
        return (f"{pull},  {lines[0]}", *lines[1:])

    def lines(self) -> tuple[str, ...]:
        """`rule` without the weight decay that acts before the update."""
        return self.formula

    def variant(self) -> tuple[Value, ...]:
        """What chooses between formulas; runs that agree in it are stepped together."""
        return tuple(
            getattr(self.chosen, item.name)
            if item.kind in ("bool", "choice")
            else bool(getattr(self.chosen, item.name))
            for item in fields_of(self.chosen)
            if item.kind in ("bool", "choice") or item.name in self.switches
        )

    @classmethod
    def memory(cls) -> str:
        """The first setting that says how long the method remembers, from 0 to just below 1."""
        fields = fields_of(cls.Settings)
        return next((f.name for f in fields if (f.minimum, f.below) == (0.0, 1.0)), "")

    def bind(self, problem: Problem) -> None:  # noqa: B027 – most methods need nothing
        """Called once before the first update, for methods that need more than gradients."""

    @abstractmethod
    def init(self, theta: Array) -> State:
        """The state before the first update; each array is (anything, runs)."""

    def prepare(self, t: Indices, rates: Array) -> tuple[Array, ...]:
        """The last arguments of `step` for updates t (1, 2, …), all (steps, runs).

        `step` may get a row as (runs,) or repeated for each parameter, as (parameters, runs).

        `rates` is (steps + 1, runs): the scheduled rate of each update and of the one after.
        """
        rate = rates[:-1]
        coefficients = self.coefficients(t, rate)
        if self._shrinks:
            return (1.0 - rate * self.decay, *coefficients)
        return coefficients

    def coefficients(self, t: Indices, rate: Array) -> tuple[Array, ...]:
        """What the updates t (1, 2, …) need, from t and the scheduled rate; all (steps, runs)."""
        return (rate,)

    @abstractmethod
    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        """What one update makes of θ; the arrays of the state are replaced by those to come."""

    def gradient_point(self, theta: Array, state: State) -> Array:
        """Where the next update wants its gradient: θ itself, but for averaging methods."""
        return theta

    def letters(self) -> Mapping[str, str]:
        """`symbols`, with those of a method within."""
        return self.symbols

    def stability_factor(self) -> float | None:
        """c in the critical rate c/λmax on a quadratic, or None where no such constant exists.

        λmax is that of what is descended: with coupled decay, of J + ½λ|θ|².
        """
        return None

    def law(self) -> str:
        """The formula of the critical rate; asked where there is one."""
        return f"{self.stability_factor():g}/{self.steepest()}"

    def critical_rate(self, steepest: float) -> float | None:
        """The rate above which a quadratic of that greatest curvature is left, if there is one."""
        factor = self.stability_factor()
        return None if factor is None or steepest <= 0.0 else factor / steepest

    def smooth_rate(self, steepest: float) -> float:
        """Up to which no step throws a run to the other side; asked where there is a critical."""
        return self.smooth_factor() / steepest

    def crawl_rate(self, steepest: float) -> float:
        """Below which a run crawls even along the steepest axis: a tenth is left behind a step."""
        return 0.1 * (1.0 - self.kept()) / steepest

    def swing_rate(self, steepest: float) -> float | None:
        """From which on an axis of that curvature is underdamped; None where nothing swings."""
        return None

    def kept(self) -> float:
        """β: the share of its velocity that a run keeps from one step to the next."""
        return 0.0

    def transition(self, hessian: Array, rate: float) -> Array | None:
        """The map M of one update near a minimum: z ← Mz, z the error of θ and then the velocity.

        `hessian` (P, P) is that of what is descended, with the coupled decay; M is (P, P), or
        (2P, 2P) with a velocity. None where an update is no such map.
        """
        return None

    def along(self, curvature: float, rate: float) -> Array | None:
        """`transition` along one axis of the whole loss, (1, 1), or (2, 2) with a velocity."""
        return self.transition(np.array([[curvature]]), rate)

    def factor_law(self) -> str:
        """The formula of what a step makes of the error along the steepest axis."""
        return f"1 − α{self.steepest()}"

    def preconditioner(self, state: Mapping[str, Array], step: int) -> Array | None:
        """P (parameters,) where the update is α P⁻¹ times an average of g, after `step` updates.

        `state` holds the arrays of one run, (parameters,). None where there is no such scale.
        """
        return None

    def scaled_factor(self) -> float:
        """c in the critical rate c/λmax(P⁻¹H) of such a method."""
        return 2.0

    def scaled_law(self) -> str:
        """The formula of that rate."""
        return "2/λmax(P⁻¹H)"

    def steepest(self) -> str:
        """The greatest curvature of what is descended, as a factor of a formula."""
        return "(λmax + λ)" if self.pull() else "λmax"

    def smooth_factor(self) -> float:
        """s in the rate s/λmax up to which no step throws a run to the other side."""
        return 1.0

    def pull(self) -> float:
        """λ where J + ½λ|θ|² is descended in place of J: of the decay that is coupled."""
        if not self.decays or self.decay_place() != "gradient":
            return 0.0
        return float(getattr(self.chosen, "weight_decay", 0.0))

    @property
    def decays_apart(self) -> bool:
        """Whether there is a decay that is not coupled: what is descended is then no loss."""
        return self.decays and not self.pull()

    def half_swing(self) -> float:
        """Steps in half the slowest swing that β allows: π/(1 − √β); 0 where nothing is kept."""
        beta = float(getattr(self.chosen, self.inertia)) if self.inertia else 0.0
        return math.pi / (1.0 - math.sqrt(beta)) if beta else 0.0

    def longest_step(self) -> float:
        """How far one step may carry a run at rest, in units of α, where methods move by α."""
        return 1.0

    def only_nears(self, rate: float, steepest: float) -> bool:
        """Whether every step at that rate brings a run nearer to a minimum of that curvature."""
        return False

    def is_plain(self) -> bool:
        """Whether an update is θ − αg and nothing else, so that a user can work it out."""
        return False

    def _update_pulled(
        self, theta: Array, gradient: Array, state: State, *coefficients: Array
    ) -> Array:
        return self.update(theta, gradient + self.decay * theta, state, *coefficients)

    def _update_shrunk(
        self, theta: Array, gradient: Array, state: State, kept: Array, *coefficients: Array
    ) -> Array:
        return self.update(theta * kept, gradient, state, *coefficients)
