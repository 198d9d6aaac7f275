"""AdaBelief, Yogi and Adan, which only Optax has."""

from __future__ import annotations

from gdsim.codegen.call import OptaxCall
from gdsim.codegen.methods.adam import (
    AVERAGE,
    MEAN,
    SQUARE,
    UNBIASED,
    UNBIASED_SQUARE,
    numbers_of,
)
from gdsim.codegen.methods.base import MethodCode, optax_averages
from gdsim.codegen.rule import Rule, State, Style
from gdsim.engine.optimizers.belief import (
    AdaBelief,
    AdaBeliefSettings,
    Adan,
    AdanSettings,
    Yogi,
    YogiSettings,
)


def _unbiased(average_square: str, style: Style) -> tuple[str, ...]:
    """Adam's lines with another average of the squares."""
    return (
        AVERAGE,
        average_square,
        UNBIASED,
        UNBIASED_SQUARE,
        f"theta = theta - {style.rate} * m_hat / ({style.np}.sqrt(v_hat) + eps)",
    )


class AdaBeliefCode(MethodCode[AdaBeliefSettings]):
    optimizer = AdaBelief

    def rule(self, style: Style) -> Rule:
        s = self.settings
        average = "v = beta2 * v + (1 - beta2) * (g - m) ** 2 + eps_root  # how far g surprises"
        square = State("v", "moving average of the squared surprise")
        numbers = (*numbers_of(s), ("eps_root", s.eps_root))
        return Rule(_unbiased(average, style), numbers, (MEAN, square))

    def optax(self) -> OptaxCall:
        s = self.settings
        values = {**optax_averages(s, 1e-16), "eps_root": (s.eps_root, 1e-16)}
        return OptaxCall("adabelief", values, ("scale_by_belief", values))


class YogiCode(MethodCode[YogiSettings]):
    optimizer = Yogi

    def rule(self, style: Style) -> Rule:
        average = (
            f"v = v - (1 - beta2) * {style.np}.sign(v - g**2) * g**2"
            "  # grows and shrinks by additions"
        )
        fill = repr(self.settings.initial_accumulator)
        state = (State("m", MEAN.comment, fill), State("v", SQUARE.comment, fill))
        return Rule(_unbiased(average, style), numbers_of(self.settings), state)

    def optax(self) -> OptaxCall:
        s = self.settings
        values, usual = optax_averages(s, 1e-3), 1e-6
        inner = {**values, "initial_accumulator_value": (s.initial_accumulator, usual)}
        apart = s.initial_accumulator != usual
        return OptaxCall("yogi", values, ("scale_by_yogi", inner), apart=apart)


class AdanCode(MethodCode[AdanSettings]):
    optimizer = Adan

    def rule(self, style: Style) -> Rule:
        s = self.settings
        root = f"{style.np}.sqrt(n / (1 - beta3**t) + eps_root)"
        lines = (
            f"change = {style.choose('t > 1', 'g - before', '0 * g')}  # of the gradient",
            "before = g",
            AVERAGE,
            "w = beta2 * w + (1 - beta2) * change",
            "n = beta3 * n + (1 - beta3) * (g + (1 - beta2) * change) ** 2",
            "ahead = m / (1 - beta1**t) + (1 - beta2) * w / (1 - beta2**t)",
            f"theta = theta - {style.rate} * ahead / ({root} + eps)",
        )
        numbers = (
            ("beta1", s.beta1), ("beta2", s.beta2), ("beta3", s.beta3),
            ("eps", s.eps), ("eps_root", s.eps_root),
        )  # fmt: skip
        state = (
            MEAN,
            State("w", "moving average of the gradient's change"),
            State("n", "moving average of the squares"),
            State("before", "the last gradient"),
        )
        return Rule(lines, numbers, state)

    def optax(self) -> OptaxCall:
        s = self.settings
        return OptaxCall(
            "adan",
            {
                "b1": (s.beta1, 0.98), "b2": (s.beta2, 0.92), "b3": (s.beta3, 0.99),
                "eps": (s.eps, 1e-8), "eps_root": (s.eps_root, 1e-8),
                "weight_decay": (s.weight_decay, 0.0),
            },
        )  # fmt: skip
