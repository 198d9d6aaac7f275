"""What will become of a run, told before it is played: the regime of its rates, with the numbers.

Of the whole schedule, the way its samples are drawn, its decay and its clipping. On a quadratic it
holds all over, elsewhere at the point that it is told of.
"""

from __future__ import annotations

import cmath
import math
from enum import Enum

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import Bands, Curvature, Regime, curvature_at, stability_bands
from gdsim.engine.optimizers import Optimizer
from gdsim.engine.plan import Above, Plan, plan_of
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sampled_limit import sampled_limit
from gdsim.engine.sentences import Sentence, number, sentence


class Motion(Enum):
    """How the error along one axis of a quadratic goes on from step to step."""

    NEARING = "nearing"
    SWINGING = "swinging"
    ALTERNATING = "alternating"
    GROWING = "growing"


def motion_of(method: Optimizer, curvature: float, rate: float) -> tuple[Motion, float] | None:
    """The motion along an axis of that curvature, and by how much each step multiplies its size.

    By the eigenvalues of `Optimizer.along`; None where the method has none.
    """
    step = method.along(curvature, rate)
    if step is None or not np.isfinite(step).all():
        return None
    largest = complex(max(np.linalg.eigvals(step), key=abs))
    size = abs(largest)
    if size >= 1.0 + 1e-12:
        return Motion.GROWING, size
    if curvature < 0.0 and -rate * curvature < 1e-9:
        # As steeper ones do that bend down, but rounding would hide that it grows.
        # It is no steeper than what Newton's damping outweighs.
        damping = float(getattr(method.chosen, "damping", 0.0))
        steep = min(0.001 / rate, 0.5 * damping or math.inf) if rate > 0.0 else 0.0
        steeper = motion_of(method, -steep, rate) if steep > -curvature else None
        return (Motion.NEARING if steeper is None else steeper[0]), size
    if len(step) > 1 and abs(cmath.phase(largest)) > 1e-6 and abs(largest.imag) > 1e-9 * size:
        return Motion.SWINGING, size
    return (Motion.ALTERNATING if largest.real < 0.0 else Motion.NEARING), size


def forecast(problem: Problem, run: Run, theta: Array, steps: int) -> Sentence:
    """The regime of the run's rates over `steps` steps, at θ (parameters,)."""
    plan = plan_of(run, steps)
    if not plan.peak:
        return sentence("The rate is 0: the slope moves nothing.")
    if run.method.moves_by_rate:
        return _by_rate(plan)
    curvature = curvature_at(problem, theta)
    bands = stability_bands(run, curvature)
    if bands is None or curvature is None:
        return _without_limit(run, curvature, plan.peak)
    down = float(curvature.eigenvalues[0]) + run.pull
    if down < -1e-9 * curvature.largest:
        if not _leaves(run, down, plan.peak):
            return sentence(
                "Goes to the nearest stationary point, be it a saddle: along one axis the loss "
                "bends down here, with curvature {value}. The critical rate is {critical}.",
                value=number(down, 4), critical=critical_text(run, bands),
            )  # fmt: skip
        return sentence(
            "Unstable here at any rate: along one axis the loss bends down, with curvature "
            "{value}. Along the others the critical rate is {critical}.",
            value=number(down, 4), critical=critical_text(run, bands),
        )  # fmt: skip
    if run.clipping.clips and plan.peak >= bands.critical:
        return _clipped(problem, run, plan, bands)
    told = _of_plan(problem, run, plan, bands, curvature)
    if not run.batch_size_for(problem):
        if not (run.clipping.clips and run.method.kept()):
            return told
        # What gradient descent cuts makes it slower; a velocity goes on with what was not cut.
        return sentence(
            "{why} This holds {where}.", why=told, where=sentence("where nothing is clipped")
        )
    return _of_samples(problem, run, theta, plan, bands) or told


def share_of(rate: float, limit: float) -> str | Sentence:
    """How much of a limit a rate is: 1/160, 12 %, 320 %; near 100 % with as many digits as tell."""
    share = rate / limit
    if share < 0.1:
        return f"1/{float(f'{1.0 / share:.2g}'):.0f}" if share > 1e-4 else number(share, 2)
    digits = 0
    while 0.95 < share < 1.05 and digits < 4 and f"{100.0 * share:.{digits}f}".startswith("100"):
        digits += 1
    return sentence("{percent} %", percent=f"{100.0 * share:.{digits}f}")


def critical_text(run: Run, bands: Bands) -> str:
    """The critical rate and the formula that it comes from."""
    value, law = number(bands.critical, 4), run.method.law()
    return value if value == law else f"{value} = {law}"


def _by_rate(plan: Plan) -> Sentence:
    if plan.is_constant:
        return sentence("Adaptive: moves about α = {rate} a step.", rate=number(plan.first))
    return sentence(
        "Adaptive: moves about α a step, which peaks at {peak} at step {step}.",
        peak=number(plan.peak), step=plan.peak_step,
    )  # fmt: skip


def _leaves(run: Run, curvature: float, rate: float) -> bool:
    """Whether a run goes off along an axis that bends down; Newton's method nears its ridge."""
    found = motion_of(run.method, curvature, rate)
    return found is None or found[0] is Motion.GROWING


def _without_limit(run: Run, curvature: Curvature | None, rate: float) -> Sentence:
    if curvature is None:
        return sentence("The loss has no finite curvature here: no critical rate.")
    if not curvature.eigenvalues.any():
        return sentence("The landscape is straight here: without curvature no critical rate.")
    if curvature.largest <= 0.0:
        if not _leaves(run, float(curvature.eigenvalues[0]), rate):
            return sentence("The landscape bends down here: the method goes to its top.")
        return sentence("The landscape bends down here: no critical rate.")
    return sentence("No critical rate is known for this method with these settings.")


# From the schedule


def _of_plan(
    problem: Problem, run: Run, plan: Plan, bands: Bands, curvature: Curvature
) -> Sentence:
    critical = critical_text(run, bands)
    above = plan.above(bands.critical)
    if plan.is_constant or (above == Above(0, None, True)):
        return _of_rate(problem, run, plan.peak, bands, curvature)
    peak, at = number(plan.peak), plan.peak_step
    if above is None:
        return sentence(
            "The rate peaks at {peak} at step {step}: {share} of the critical {critical}.",
            peak=peak, step=at, share=share_of(plan.peak, bands.critical), critical=critical,
        )  # fmt: skip
    begins, ends = above.begins, above.back
    if not above.throughout:
        return sentence(
            "The rate peaks at {peak} at step {step}, again and again above the critical "
            "{critical} between step {begins} and step {ends}.",
            peak=peak, step=at, critical=critical, begins=begins,
            ends=(ends or int(plan.steps[-1]) + 1) - 1,
        )  # fmt: skip
    if begins == 0:
        return sentence(
            "Starts too large, at {rate}; below the critical {critical} from step {step} "
            "on.",
            rate=number(plan.first), critical=critical, step=ends,
        )  # fmt: skip
    if ends is None:
        return sentence(
            "The rate peaks at {peak} at step {step}, above the critical {critical} from "
            "step {begins} on.",
            peak=peak, step=at, critical=critical, begins=begins,
        )  # fmt: skip
    return sentence(
        "The rate peaks at {peak} at step {step}, above the critical {critical} from step "
        "{begins} to step {ends}.",
        peak=peak, step=at, critical=critical, begins=begins, ends=ends - 1,
    )  # fmt: skip


def _of_rate(
    problem: Problem, run: Run, rate: float, bands: Bands, curvature: Curvature
) -> Sentence:
    """One rate, held all the way."""
    words: dict[str, object] = {
        "rate": number(rate), "critical": critical_text(run, bands),
        "share": share_of(rate, bands.critical),
    }  # fmt: skip
    if rate >= bands.critical and run.rate_schedule.watches_loss:
        return sentence(
            "Starts at {rate}, above the critical {critical}: too large until the schedule lowers "
            "it.",
            **words,
        )
    if problem.is_quadratic and math.isclose(rate, bands.critical, rel_tol=1e-12):
        return sentence(
            "Rate {rate} is the critical {critical}: it swings for ever, and neither nears nor "
            "leaves.",
            **words,
        )
    if rate >= bands.critical:
        if problem.is_quadratic:
            return sentence("Rate {rate} diverges: above the critical {critical}.", **words)
        return sentence(
            "Rate {rate} is unstable here: above the critical {critical} of this point.",
            **words,
        )
    found = motion_of(run.method, curvature.largest + run.pull, rate)
    if found is not None and run.method.kept():
        motion, size = found
        if motion is Motion.SWINGING:
            return sentence(
                "Rate {rate} is underdamped: along the steep axis it swings, and each step leaves "
                "{size} of the swing; {share} of the critical {critical}.",
                size=number(size, 3), **words,
            )  # fmt: skip
        if motion is Motion.NEARING:
            return sentence(
                "Rate {rate} is overdamped: it nears without a swing; {share} of the critical "
                "{critical}.",
                **words,
            )
        return sentence(
            "Rate {rate} alternates from side to side of the steep axis: {share} of the critical "
            "{critical}.",
            **words,
        )
    texts = {
        Regime.CRAWL: "Rate {rate} crawls: {share} of the critical {critical}.",
        Regime.SMOOTH: "Rate {rate} is smooth: {share} of the critical {critical}.",
        Regime.ZIGZAG: "Rate {rate} zigzags: {share} of the critical {critical}.",
    }
    return sentence(texts[bands.regime(rate)], **words)


# From the samples and the clipping


def _of_samples(
    problem: Problem, run: Run, theta: Array, plan: Plan, bands: Bands
) -> Sentence | None:
    """Below or above the limit of the samples as they are drawn, beside that of all of them."""
    limit = sampled_limit(problem, run, theta)
    if limit is None:
        return None
    value = number(limit.rate, 3 if limit.exact else 2)
    values: dict[str, object] = {
        "rate": number(plan.peak),
        "limit": value if limit.exact else sentence("about {value}", value=value),
        "samples": limit.samples,
        "critical": number(bands.critical, 3),
    }  # fmt: skip
    if plan.peak < limit.rate:
        return sentence(
            "Rate {rate} is below {limit}, the limit with {samples}; with all samples it is "
            "{critical}.",
            **values,
        )
    if not plan.is_constant:
        above = plan.above(limit.rate)
        assert above is not None
        values["begins"] = above.begins
        if not above.throughout:
            return sentence(
                "The rate peaks at {rate}: again and again from step {begins} on it is above "
                "{limit}, the limit with {samples}; with all samples it is {critical}.",
                **values,
            )
        if above.back is not None:
            return sentence(
                "The rate peaks at {rate}: from step {begins} to step {ends} it is above {limit}, "
                "the limit with {samples}; with all samples it is {critical}.",
                ends=above.back - 1, **values,
            )  # fmt: skip
        return sentence(
            "The rate peaks at {rate}: from step {begins} on it is above {limit}, the limit with "
            "{samples}; with all samples it is {critical}.",
            **values,
        )
    if limit.growth(plan.peak) < 1.0:  # above some rates at which it grows there are others
        return sentence(
            "Rate {rate} makes the error shrink, though just above {limit} it grows with "
            "{samples}; with all samples the limit is {critical}.",
            **values,
        )
    if run.rate_schedule.watches_loss:
        return sentence(
            "Starts at {rate}, above {limit}, the limit with {samples}; with all samples it is "
            "{critical}. It is too large until the schedule lowers it.",
            **values,
        )
    if run.sampling.sampling == "cyclic":
        return sentence(
            "The error grows from epoch to epoch: rate {rate} is above {limit}, the limit with "
            "{samples}; with all samples it is {critical}.",
            **values,
        )
    return sentence(
        "On average over the orders the error grows: rate {rate} is above {limit}, the limit with "
        "{samples}; with all samples it is {critical}. One run may last.",
        **values,
    )


def _clipped(problem: Problem, run: Run, plan: Plan, bands: Bands) -> Sentence:
    """No move is longer than the rate times the clip norm, and with momentum 1/(1 − β) of that."""
    clipping, parameters = run.clipping, len(problem.parameters)
    lengths = [clipping.clip_norm or math.inf]
    lengths.append(clipping.clip_value * math.sqrt(parameters) or math.inf)
    longest = plan.peak * min(lengths) / (1.0 - run.method.kept())
    values: dict[str, object] = {
        "rate": number(plan.peak), "critical": critical_text(run, bands),
        "length": number(longest, 3),
    }  # fmt: skip
    if run.pull or run.method.transition(np.eye(1), 1.0) is None:
        return sentence(  # a decay comes after the clipping, and a method may stretch what is left
            "Rate {rate} is unstable here, above the critical {critical}; clipping shortens its "
            "gradients.",
            **values,
        )
    if problem.convex and not run.batch_size_for(problem):
        return sentence(
            "Rate {rate} is above the critical {critical}, but clipped to moves of at most "
            "{length} it cannot diverge: it swings.",
            **values,
        )
    return sentence(
        "Rate {rate} is unstable here, above the critical {critical}; clipping bounds its "
        "moves by {length}.",
        **values,
    )
