"""`problems`, `optimizers` and `schedules`: what there is, by the names that the calls take."""

from __future__ import annotations

from gdsim.api.given import named
from gdsim.api.picture import table_in_html
from gdsim.engine.fields import Settings, fields_of
from gdsim.engine.optimizers import OPTIMIZERS, find_optimizer
from gdsim.engine.problems import PROBLEMS, find_problem
from gdsim.engine.schedules import SCHEDULES, find_schedule


class Listing(dict[str, str]):
    """Names and what they are; shown a line each."""

    def __repr__(self) -> str:
        widest = max(map(len, self), default=0)
        return "\n".join(f"{name:<{widest}}  {told}" for name, told in self.items())

    def _repr_html_(self) -> str:
        return table_in_html(list(self.items()))


def problems(name: str | None = None) -> Listing:
    """What can be descended; of the problem of that name its settings, for `problem_settings`.

    >>> import gdsim
    >>> "rosenbrock" in gdsim.problems()
    True
    >>> gdsim.problems("expression")["reach"]
    '4.0 (> 0, ≤ 1×10⁶): The view shows so far from 0 in each direction.'
    """
    if name is not None:
        return _settings(find_problem(named("name", name, "rosenbrock")).Settings)
    told = {one.name: (one.title, getattr(one, "formula", "")) for one in PROBLEMS}
    return Listing({key: ": ".join(filter(None, parts)) for key, parts in told.items()})


def optimizers(name: str | None = None) -> Listing:
    """The optimizers; of the one of that name its settings, which `simulate` takes by their names.

    >>> import gdsim
    >>> print(gdsim.optimizers("momentum"))  # doctest: +ELLIPSIS
    learning_rate           0.01 (> 0, ≤ 1×10⁶): How far each update goes along its direction.
    momentum                0.9 (≥ 0, < 1): ...
    """
    if name is not None:
        return _settings(find_optimizer(named("name", name, "adam")).Settings)
    return Listing({one.name: f"{one.title}: {one.summary}" for one in OPTIMIZERS})


def schedules(name: str | None = None) -> Listing:
    """The schedules; of the one of that name its settings, for `schedule_settings`.

    >>> import gdsim
    >>> list(gdsim.schedules("exponential"))
    ['gamma', 'decay_steps']
    """
    if name is not None:
        return _settings(find_schedule(named("name", name, "cosine")).Settings)
    return Listing({one.name: f"{one.title}: {one.summary}" for one in SCHEDULES})


def _settings(settings: type[Settings]) -> Listing:
    """Default, range and help of each setting."""
    return Listing({
        item.name: f"{item.default} ({item.allowed()}): {item.help}" for item in fields_of(settings)
    })  # fmt: skip
