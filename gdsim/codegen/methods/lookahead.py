"""Lookahead over the entry of another method."""

from __future__ import annotations

from dataclasses import replace

from gdsim.codegen.call import OptaxCall
from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.methods.entries import ENTRIES, entry_of
from gdsim.codegen.rule import Rule, State, Style
from gdsim.codegen.task import Task
from gdsim.engine.optimizers.lookahead import Lookahead, LookaheadSettings


class LookaheadCode(MethodCode[LookaheadSettings]):
    optimizer = Lookahead

    def __init__(self, task: Task, settings: LookaheadSettings) -> None:
        super().__init__(task, settings)
        inner = Lookahead([settings]).inner
        run = replace(task.run, optimizer=inner.name, settings=inner.chosen)
        self.inner = entry_of(replace(task, run=run), ENTRIES)
        self.decay, self.decay_place = self.inner.decay, self.inner.decay_place
        self.couples = self.inner.couples

    def rule(self, style: Style) -> Rule:
        s, rule = self.settings, self.inner.rule(style)
        moved, now = "slow + slow_step * (theta - slow)", "t % sync_period == 0"
        sync: tuple[str, ...] = (
            f"if {now}:  # the slow weights follow, and it goes on from there",
            f"    slow = {moved}",
            "    theta = slow",
        )
        if style.graph:
            sync = (
                f"slow = {style.choose(now, moved, 'slow')}  # the slow weights follow",
                f"theta = {style.choose(now, 'slow', 'theta')}  # and it goes on from there",
            )
        return replace(
            rule,
            lines=(*rule.lines, *sync),
            numbers=(*rule.numbers, ("sync_period", s.sync_period), ("slow_step", s.slow_step)),
            state=(*rule.state, State("slow", "the slow weights", "theta")),
        )

    def optax(self) -> OptaxCall | None:
        s, call = self.settings, self.inner.optax()
        if call is None:
            return None
        return replace(
            call,
            around=f"optax.lookahead({{}}, {s.sync_period}, {s.slow_step!r})",
            before=("theta = optax.LookaheadParams.init_synced(theta)  # fast and slow weights",),
            point="theta.fast",
            after=("theta = theta.fast",),
            scales=False,
        )
