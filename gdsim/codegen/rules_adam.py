"""Adam and its relatives written out."""

from __future__ import annotations

from typing import Any

from gdsim.codegen.parts import Rule, State, Style

MEAN = State("m", "moving average of the gradient")
SQUARE = State("v", "moving average of the squared gradient")
AVERAGE = "m = beta1 * m + (1 - beta1) * g"
AVERAGE_SQUARE = "v = beta2 * v + (1 - beta2) * g**2"
UNBIASED = "m_hat = m / (1 - beta1**t)  # corrected for the start at zero"
UNBIASED_SQUARE = "v_hat = v / (1 - beta2**t)"


def _betas(s: Any) -> tuple[tuple[str, float], ...]:
    return (("beta1", s.beta1), ("beta2", s.beta2))


def _numbers(s: Any) -> tuple[tuple[str, float], ...]:
    return (*_betas(s), ("eps", s.eps))


def adam(s: Any, w: Style) -> Rule:
    if s.convention == "keras":
        last: tuple[str, ...] = (
            f"scale = {w.rate} * (1 - beta2**t) ** 0.5 / (1 - beta1**t)  # for the start at zero",
            f"theta = theta - scale * m / ({w.np}.sqrt(v) + eps)",
        )
    else:
        last = (
            UNBIASED,
            UNBIASED_SQUARE,
            f"theta = theta - {w.rate} * m_hat / ({w.np}.sqrt(v_hat) + eps)",
        )
    return Rule((AVERAGE, AVERAGE_SQUARE, *last), _numbers(s), (MEAN, SQUARE))


def amsgrad(s: Any, w: Style) -> Rule:
    greatest = State("greatest", "the greatest v so far")
    if s.convention == "optax":
        last = (
            UNBIASED,
            f"greatest = {w.np}.maximum(greatest, v / (1 - beta2**t))",
            f"theta = theta - {w.rate} * m_hat / ({w.np}.sqrt(greatest) + eps)",
        )
    elif s.convention == "keras":
        last = (
            f"greatest = {w.np}.maximum(greatest, v)",
            f"scale = {w.rate} * (1 - beta2**t) ** 0.5 / (1 - beta1**t)  # for the start at zero",
            f"theta = theta - scale * m / ({w.np}.sqrt(greatest) + eps)",
        )
    else:
        last = (
            UNBIASED,
            f"greatest = {w.np}.maximum(greatest, v)",
            f"theta = theta - {w.rate} * m_hat / ({w.np}.sqrt(greatest / (1 - beta2**t)) + eps)",
        )
    return Rule((AVERAGE, AVERAGE_SQUARE, *last), _numbers(s), (MEAN, SQUARE, greatest))


def adamax(s: Any, w: Style) -> Rule:
    keras = s.convention == "keras"
    size = f"{w.np}.abs(g)" if keras else f"{w.np}.abs(g) + eps"
    by = "(greatest + eps)" if keras else "greatest"
    lines = (
        AVERAGE,
        f"greatest = {w.np}.maximum(beta2 * greatest, {size})",
        UNBIASED,
        f"theta = theta - {w.rate} * m_hat / {by}",
    )
    return Rule(lines, _numbers(s), (MEAN, State("greatest", "the greatest recent gradient")))


def nadam(s: Any, w: Style) -> Rule:
    root = f"({w.np}.sqrt(v / (1 - beta2**t)) + eps)"
    if s.convention == "optax":
        lines = (
            "ahead = (1 - beta1) * g / (1 - beta1**t) + beta1 * m / (1 - beta1 ** (t + 1))",
            f"theta = theta - {w.rate} * ahead / {root}",
        )
        return Rule((AVERAGE, AVERAGE_SQUARE, *lines), _numbers(s), (MEAN, SQUARE))
    psi = 1.0 if s.convention == "keras" else s.momentum_decay
    lines_ = (
        "mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))  # the momentum comes up slowly",
        "mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))",
        "product = product * mu",
        "ahead = (1 - mu) * g / (1 - product) + mu_next * m / (1 - product * mu_next)",
        f"theta = theta - {w.rate} * ahead / {root}",
    )
    state = (MEAN, SQUARE, State("product", "of all mu so far", "1.0", single=True))
    numbers = (*_numbers(s), ("momentum_decay", psi))
    return Rule((AVERAGE, AVERAGE_SQUARE, *lines_), numbers, state)


def radam(s: Any, w: Style) -> Rule:
    optax = s.convention == "optax"
    trusted = f"length >= {s.threshold!r}" if optax else "length > 5"
    ratio = "(length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)"
    step = (
        f"r / ({w.np}.sqrt(v / (1 - beta2**t)) + eps)"
        if optax
        else f"r * (1 - beta2**t) ** 0.5 / ({w.np}.sqrt(v) + eps)"
    )
    head = (
        AVERAGE,
        AVERAGE_SQUARE,
        UNBIASED,
        "limit = 2 / (1 - beta2) - 1",
        "length = limit - 2 * t * beta2**t / (1 - beta2**t)  # how many squares v rests on",
    )
    if w.graph:
        before = (
            "# How far v can be trusted at each step, worked out in double precision.",
            "t = np.arange(1, steps + 1)",
            *head[3:],
            f"square = {ratio}",
            f"trust = np.sqrt(np.maximum(square, 0.0)) * ({trusted})",
        )
        lines: tuple[str, ...] = (
            *head[:3],
            "r = ops.take(ops.convert_to_tensor(trust, theta.dtype), self.iterations)",
            f"scale = {w.np}.where(r > 0, {step}, 1.0)  # 1 until v can be trusted",
            f"theta = theta - {w.rate} * m_hat * scale",
        )
        return Rule(lines, _numbers(s), (MEAN, SQUARE), before=before)
    lines = (
        f"if {trusted}:  # v can be trusted",
        f"    r = ({ratio}) ** 0.5",
        f"    theta = theta - {w.rate} * m_hat * {step}",
        "else:",
        f"    theta = theta - {w.rate} * m_hat",
    )
    return Rule((*head, *lines), _numbers(s), (MEAN, SQUARE))


def adabelief(s: Any, w: Style) -> Rule:
    lines = (
        AVERAGE,
        "v = beta2 * v + (1 - beta2) * (g - m) ** 2 + eps_root  # how far g surprises",
        UNBIASED,
        UNBIASED_SQUARE,
        f"theta = theta - {w.rate} * m_hat / ({w.np}.sqrt(v_hat) + eps)",
    )
    square = State("v", "moving average of the squared surprise")
    return Rule(lines, (*_numbers(s), ("eps_root", s.eps_root)), (MEAN, square))


def yogi(s: Any, w: Style) -> Rule:
    lines = (
        AVERAGE,
        f"v = v - (1 - beta2) * {w.np}.sign(v - g**2) * g**2  # grows and shrinks by additions",
        UNBIASED,
        UNBIASED_SQUARE,
        f"theta = theta - {w.rate} * m_hat / ({w.np}.sqrt(v_hat) + eps)",
    )
    fill = repr(s.initial_accumulator)
    state = (State("m", MEAN.comment, fill), State("v", SQUARE.comment, fill))
    return Rule(lines, _numbers(s), state)


def adan(s: Any, w: Style) -> Rule:
    lines = (
        f"change = {w.choose('t > 1', 'g - before', '0 * g')}  # of the gradient",
        "before = g",
        AVERAGE,
        "w = beta2 * w + (1 - beta2) * change",
        "n = beta3 * n + (1 - beta3) * (g + (1 - beta2) * change) ** 2",
        "ahead = m / (1 - beta1**t) + (1 - beta2) * w / (1 - beta2**t)",
        f"theta = theta - {w.rate} * ahead / ({w.np}.sqrt(n / (1 - beta3**t) + eps_root) + eps)",
    )
    numbers = (
        *_betas(s), ("beta3", s.beta3), ("eps", s.eps), ("eps_root", s.eps_root),
    )  # fmt: skip
    state = (
        MEAN,
        State("w", "moving average of the gradient's change"),
        State("n", "moving average of the squares"),
        State("before", "the last gradient"),
    )
    return Rule(lines, numbers, state)


def lamb(s: Any, w: Style) -> Rule:
    decays = s.convention == "optax" and s.weight_decay
    u = f"u = m_hat / ({w.np}.sqrt(v_hat) + eps)"
    lines = (
        AVERAGE,
        AVERAGE_SQUARE,
        UNBIASED,
        UNBIASED_SQUARE,
        f"{u} + weight_decay * theta" if decays else u,
        f"length, size = {w.norm('theta')}, {w.norm('u')}",
        "ratio = "
        + (
            f"{w.np}.where((length > 0) & (size > 0), length / {w.np}.maximum(size, 1e-30), 1.0)"
            if w.graph
            else "length / size if length > 0 and size > 0 else 1.0"
        )
        + "  # the step is as long as a share of theta",
        f"theta = theta - {w.rate} * ratio * u",
    )
    numbers = _numbers(s)
    if decays:
        numbers = (*numbers, ("weight_decay", s.weight_decay))
    return Rule(lines, numbers, (MEAN, SQUARE))
