"""What has become of a run, in one sentence with its numbers: that of every surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gdsim.engine.account import Account, Excursion
from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.fields import settings_values
from gdsim.engine.history import GROWTH
from gdsim.engine.outcome import Finding, Kind, Outcome, find
from gdsim.engine.pace import (
    counted,
    pace_of,
    since,
    since_it_stands,
    since_the_rate_is_zero,
    way_in_rates,
)
from gdsim.engine.position import ROUNDING, Position
from gdsim.engine.sentences import Sentence, listed, number, sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """The word for a run at a step, and the sentence that tells why.

    `left_at` is the first step up to there at which it was beyond the limit, `back_at` the one at
    which it last came back, each None where it did not.
    """

    outcome: Outcome
    sentence: Sentence
    left_at: int | None = None
    back_at: int | None = None


def verdict_at(account: Account, step: int) -> Verdict:
    """What has become of the run by `step`, which is recorded."""
    with np.errstate(all="ignore"):  # runs go on to 10³⁰⁸, and squares of such are infinite
        return _verdict(account, step)


def _verdict(account: Account, step: int) -> Verdict:
    found, here = find(account, step)
    excursion = account.excursion_until(step)
    if found.outcome is Outcome.NO_VALUE:
        told = sentence(
            "No value at step {step}: {reason}", step=account.ended_at, reason=account.trouble
        )
    elif here is None or found.outcome is Outcome.DIVERGED:
        assert excursion is not None
        told = _diverged(account, excursion[0])
    else:
        ended = found.outcome in _ON_THE_WAY and here.has_ended
        told = _with_share_right(
            _ended(here) if ended else _TELLERS[found.outcome](found, here), found, here
        )
    if excursion is None:
        return Verdict(found.outcome, told)
    first, back = excursion
    if back is not None and here is not None:
        told = sentence(
            "{verdict} It left the limit at step {left} and came back at step {back}.",
            verdict=told, left=first.left, back=back,
        )  # fmt: skip
    return Verdict(found.outcome, told, first.left, back)


def _with_share_right(told: Sentence, found: Finding, here: Position) -> Sentence:
    """Of labels that no straight border parts: how many are right, and how many can be."""
    if found.outcome not in _AT_REST:
        return told
    best, right = here.problem.most_right, here.problem.share_right(here.theta)
    if best is None or best == 1.0 or right is None:
        return told
    values = {"right": number(100.0 * right, 3), "best": number(100.0 * best, 3)}
    if right >= best:
        share = sentence("{right} % right: no straight line can do better.", **values)
    else:
        share = sentence("{right} % right: no straight line can do better than {best} %.", **values)
    return sentence("{verdict} {why}", verdict=told, why=share)


# At a minimum.


def _settled(found: Finding, here: Position) -> Sentence:
    begun = since(here, found.rest)
    if found.kind is Kind.MANY:
        told = sentence("Settled since {step} on one of many best fits.", step=begun)
    elif found.above <= 64.0 * ROUNDING * (abs(found.rest) + here.problem.scale):
        told = sentence("Settled since {step} at {place}.", step=begun, place=_place(here))
    else:
        told = sentence(
            "Settled since {step}, {above} above {place}.",
            step=begun, above=_short(found.above), place=_place(here),
        )  # fmt: skip
    return _may_leave(told, here)


def _in_local_minimum(found: Finding, here: Position) -> Sentence:
    problem = here.problem
    lowest = min(problem.minima, key=lambda minimum: problem.loss_at(np.array(minimum)))
    where = listed(
        f"{parameter.symbol} = {_short(value)}"
        for parameter, value in zip(problem.parameters, lowest, strict=True)
    )
    told = sentence(
        "Settled in a local minimum: loss {loss}; a lower one, {lower}, lies at {where}.",
        loss=number(here.loss, 4), lower=number(problem.loss_at(np.array(lowest)), 4), where=where,
    )  # fmt: skip
    return _may_leave(told, here)


def _may_leave(told: Sentence, here: Position) -> Sentence:
    if here.hop <= here.small:
        return told
    return sentence("{verdict} Its steps may carry it out again.", verdict=told)


def _hovering(found: Finding, here: Position) -> Sentence:
    height = _height(found, here)
    if found.kind is Kind.HOPS and here.knows_rest:
        return sentence(
            "Hops around {place}, {above} above it ({times}α²): the rate must fall.",
            place=_place(here), above=_short(found.above),
            times=_short(found.above / (here.rate * here.rate)),
        )  # fmt: skip
    if found.kind is Kind.HOPS:
        return sentence("Hops around its place, {height}: the rate must fall.", height=height)
    if here.batch == 1:
        return sentence("Hovers {height}: the noise of single samples.", height=height)
    return sentence(
        "Hovers {height}: the noise of batches of {batch}.", height=height, batch=here.batch
    )


def _oscillating(found: Finding, here: Position) -> Sentence:
    if found.kind is Kind.WIDER:
        return sentence(
            "Swings ever wider, {height} now: each step multiplies the swing by {factor}.",
            height=_height(found, here), factor=_factor(found.factor),
        )  # fmt: skip
    return sentence(
        "Oscillates, on average {height}: each step multiplies the swing by {factor}.",
        height=_height(found, here), factor=number(found.factor, 4),
    )  # fmt: skip


# Elsewhere.


def _ended(here: Position) -> Sentence:
    """Of one that moved of late, and will not from now on."""
    return sentence(
        "The schedule has brought the rate to 0 at {step}, {height}.",
        step=since_the_rate_is_zero(here),
        height=_height(Finding(Outcome.STANDING, above=here.value - here.rest), here),
    )


def _moving(found: Finding, here: Position) -> Sentence:
    if found.kind is Kind.ACROSS:
        return sentence("Still moving: it bounces across its way.")
    if here.moves_by_rate:
        times = way_in_rates(here)
        if times > here.steps:
            return sentence(
                "Still moving: the nearest minimum is some {steps} times α away.",
                steps=number(float(f"{times:.2g}"), 5),
            )
    pace = pace_of(here)
    if pace is None:
        return sentence("Still moving, {height}.", height=_height(found, here))
    if pace.steps < 1.0:
        return sentence("Still moving: a step takes away more than nine tenths of the distance.")
    steps = counted(pace.steps)
    if pace.already:
        return sentence(
            "Still moving: at this pace some {steps} for each factor of 10 in the distance.",
            steps=steps,
        )
    return sentence(
        "Still moving, faster now than later: from here on some {steps} for each factor of 10 in "
        "the distance.",
        steps=steps,
    )


def _standing(found: Finding, here: Position) -> Sentence:
    height = _height(found, here)
    if found.kind is Kind.HELD:
        return sentence("Stands still, {height}: slope and decay hold each other.", height=height)
    if found.kind is Kind.ROUNDING:
        return sentence(
            "Stands still, {height}: its moves are too small for its numbers.", height=height
        )
    return sentence(
        "Stands still since {step}, {height}: the schedule has brought the rate to 0.",
        step=since_it_stands(here), height=height,
    )  # fmt: skip


def _stalled(found: Finding, here: Position) -> Sentence:
    if found.kind is Kind.SCALE:
        told = sentence(
            "Stalled: too flat along {axis} at this rate, with curvatures a factor of {kappa} "
            "apart.",
            axis=_axis(here, 0),
            kappa=_short(min(1e12, here.steepest / max(float(here.curvatures[0]), 1e-300))),
        )
        if settings_values(here.problem.settings).get("standardise") is not False:
            return told  # it cannot be, or is already
        return sentence("{verdict} Standardise the data.", verdict=told)
    if found.kind is Kind.BENT and here.down.all():
        return sentence("Stalled at a top: the landscape falls to all sides.")
    if found.kind is Kind.BENT:
        return sentence(
            "Stalled at a saddle: along {axis} the landscape bends down, with curvature {value}.",
            axis=_axis(here, 0), value=_short(float(here.curvatures[0])),
        )  # fmt: skip
    return sentence("Stalled on a flat place: the slope is {slope}.", slope=_short(here.slope))


def _unbounded(found: Finding, here: Position) -> Sentence:
    if found.kind is Kind.PARTED:
        return sentence(
            "The weights grow without end, the loss nears 0: the classes can be parted."
        )
    return sentence(
        "Falls without end along {axis}: the loss has no lower bound.", axis=_most(here, here.fall)
    )


def _ready(found: Finding, here: Position) -> Sentence:
    return sentence("Ready: loss {loss}.", loss=_short(here.loss))


# Away.


def _diverging(found: Finding, here: Position) -> Sentence:
    if found.kind is Kind.NOISE:
        return sentence(
            "Diverging: on average {height}, farther than the start.", height=_height(found, here)
        )
    if found.kind is Kind.UP:
        told = sentence(
            "Diverging: the loss grew at every step, to {times} times that of the start.",
            times=number(float(f"{here.value / here.start_value:.2g}"), 5),
        )
        return _with_reason(told, here.account, here.step, here.rate, here.steepest)
    told = sentence(
        "Diverging: each step multiplies the swing by {factor}.", factor=_factor(found.factor)
    )
    return _with_reason(told, here.account, here.step, here.rate, here.steepest)


def _diverged(account: Account, excursion: Excursion) -> Sentence:
    """When it left the limit, how the loss grew, and the reason there."""
    if not excursion.left:
        return sentence(
            "The loss at the start, {loss}, is larger than numbers can be.",
            loss=number(excursion.loss),
        )
    if excursion.loss_beyond < excursion.loss:
        return sentence(
            "The loss fell below all numbers at step {step}: it has no lower bound on the way.",
            step=excursion.left,
        )
    values: dict[str, object] = {
        "step": excursion.left,
        "before": number(excursion.loss, 4),
        "after": number(excursion.loss_beyond, 4),
        "limit": number(account.limit, 5),
    }
    told = (
        sentence(
            "Left the limit at step {step}: loss {before} → {after}, beyond {limit}, 10⁶ times "
            "that of the start.",
            **values,
        )
        if account.limit > GROWTH
        else sentence(
            "Left the limit at step {step}: loss {before} → {after}, beyond {limit}.", **values
        )
    )
    there = curvature_at(account.problem, excursion.theta)
    if there is None:
        return told
    steepest = there.largest + account.run_at(max(excursion.left - 1, 0)).pull
    return _with_reason(told, account, excursion.left, excursion.rate, steepest)


def _with_reason(
    told: Sentence, account: Account, step: int, rate: float, steepest: float
) -> Sentence:
    """That the rate is above the limit of λmax where the run is at `step`, if it is; since when."""
    problem, run = account.problem, account.run_at(max(step - 1, 0))
    critical = run.method.critical_rate(steepest)
    if critical is None or run.clipping.clips or run.batch_size_for(problem) or rate <= critical:
        return told
    at_start = curvature_at(problem, np.array(account.run.start))
    first = 0.0 if at_start is None else at_start.largest + run.pull
    before = run.method.critical_rate(first)
    if before is not None and rate <= before:
        why = sentence(
            "Steeper on its way: λmax rose from {first} to {steepest}, so that {law} fell from "
            "{before} to {critical}, below the rate {rate}.",
            first=number(first, 4), steepest=number(steepest, 4), law=run.method.law(),
            before=number(before, 4), critical=number(critical, 4), rate=number(rate, 4),
        )  # fmt: skip
    elif run.method.law() == number(critical, 4):
        # Newton's limit is the same everywhere.
        why = sentence(
            "The rate {rate} is above {critical}.", rate=number(rate), critical=number(critical, 4)
        )
    else:
        why = sentence(
            "The rate {rate} is above {law} = {critical} there.",
            rate=number(rate, 4 if rate > 1.01 * critical else 6), law=run.method.law(),
            critical=number(critical, 4),
        )  # fmt: skip
    return sentence("{verdict} {why}", verdict=told, why=why)


_ON_THE_WAY = (Outcome.MOVING, Outcome.HOVERING, Outcome.OSCILLATING, Outcome.DIVERGING)
_AT_REST = (Outcome.CONVERGED, Outcome.HOVERING, Outcome.STANDING, Outcome.STALLED)
_TELLERS: Mapping[Outcome, Callable[[Finding, Position], Sentence]] = {
    Outcome.READY: _ready,
    Outcome.CONVERGED: _settled,
    Outcome.LOCAL_MINIMUM: _in_local_minimum,
    Outcome.HOVERING: _hovering,
    Outcome.STANDING: _standing,
    Outcome.OSCILLATING: _oscillating,
    Outcome.MOVING: _moving,
    Outcome.STALLED: _stalled,
    Outcome.DIVERGING: _diverging,
    Outcome.UNBOUNDED: _unbounded,
}

# Numbers and places.


def _factor(value: float) -> str:
    """One that is not 1, with as many digits as tell it from 1."""
    digits = next((d for d in range(4, 12) if abs(float(f"{value:.{d}g}")) != 1.0), 4)
    return number(value, digits)


def _short(value: float) -> str:
    return number(value, 3 if abs(value) < 1000.0 else 4)


def _height(found: Finding, here: Position) -> Sentence:
    """How high the run is above the minimum; its loss where none is known."""
    if not here.knows_rest:
        return sentence("at loss {loss}", loss=number(here.loss, 4))
    return sentence("{above} above {place}", above=_short(found.above), place=_place(here))


def _place(here: Position) -> Sentence:
    """What is looked at as the lowest place."""
    if here.pull:
        return sentence("the minimum of loss and decay")
    return sentence("the minimum") if here.knows_rest else sentence("the nearest minimum")


def _axis(here: Position, place: int) -> str:
    """The parameter that changes most along an axis."""
    return _most(here, here.axes[:, place])


def _most(here: Position, way: Array | None) -> str:
    """The parameter that changes most along a way."""
    assert way is not None
    return here.problem.parameters[int(np.abs(way).argmax())].symbol
