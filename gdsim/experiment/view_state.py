"""How an experiment is looked at, declared: documents, menus, keys and check marks follow.

To add a check mark: a line in `ViewOptions`, which views and controls read. With a `menu` it is
shown there; a view that names it in its `options` has a switch for it, labelled with the symbol.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.engine.fields import Field, Settings, field, fields_of


@dataclass(frozen=True)
class ViewOptions(Settings):
    """What the user has switched on; saved with the experiment."""

    log_scale: bool = field(
        True, "&Log scale of the loss", "Log scale of the loss", symbol="Log", menu="view", key="L"
    )
    above_minimum: bool = field(
        True, "Loss above the &minimum", "Loss above the minimum, where one is known",
        symbol="Above minimum", menu="view", key="M",
    )  # fmt: skip
    log_rate: bool = field(
        False, "Log scale of the learning rate", "Log scale of the learning rate", symbol="Log"
    )
    residuals: bool = field(
        False, "&Residual squares", "Show the squared residuals of the selected run",
        symbol="Residuals", menu="view",
    )  # fmt: skip
    my_line: bool = field(
        False, "M&y line", "A line of your own beside the runs; what the squares of each add up to",
        symbol="My line", menu="view", key="Y",
    )  # fmt: skip
    equal_scales: bool = field(
        False, "&Equal scales", "Both parameters to one scale: right angles look right",
        menu="view", key="E",
    )  # fmt: skip
    table: bool = field(
        False, "Table of the r&uns", "The runs beside each other in numbers", menu="view",
        key="Ctrl+T",
    )  # fmt: skip
    grid_lines: bool = field(True, "&Grid lines", "Faint lines at the ticks", menu="view")
    restart: bool = field(
        True, "Recompute from the start",
        "Ticked: a change recomputes the run from step 0, a branch from where it branched. "
        "Otherwise it applies from the present step on.",
    )  # fmt: skip
    steps_per_second: float = field(
        20.0, "Playback speed", "Updates a second; 0 is as fast as it goes.", minimum=0.0,
        maximum=1e6,
    )  # fmt: skip


SPEEDS = (1.0, 5.0, 20.0, 100.0, 1000.0, 0.0)
"""The usual playback speeds in steps a second; 0 is as fast as it goes."""


def next_speed(now: float, way: int) -> float:
    """The next faster (+1) or slower (−1) of the usual speeds; the same where there is none."""
    order = {speed: speed or float("inf") for speed in SPEEDS}
    here = now or float("inf")
    beyond = [speed for speed, size in order.items() if (size > here if way > 0 else size < here)]
    return now if not beyond else beyond[0] if way > 0 else beyond[-1]


OPTIONS: dict[str, Field] = {option.name: option for option in fields_of(ViewOptions)}


@dataclass(frozen=True)
class ViewState:
    """The options, and which runs are looked at, by their place in the list."""

    options: ViewOptions = ViewOptions()
    selected: int = 0
    hidden: tuple[int, ...] = ()
