"""Reduce on plateau, as each framework counts."""

from __future__ import annotations

from gdsim.codegen.call import ALWAYS, Values, arguments
from gdsim.codegen.schedules.base import WatchCode, torch_call
from gdsim.codegen.text import indented
from gdsim.engine.schedules.plateau import Plateau, PlateauSettings
from gdsim.engine.sentences import Fault


class PlateauCode(WatchCode[PlateauSettings]):
    schedule = Plateau

    @property
    def before(self) -> bool:
        return self.settings.convention == "optax"

    def state(self) -> list[str]:
        cools = self.settings.cooldown
        names, zeros = ("best, bad, cooling", "0, 0") if cools else ("best, bad", "0")
        return [
            "rate = learning_rate",
            f'{names} = float("inf"), {zeros}  # what the plateau remembers of the losses',
        ]

    def watch(self) -> list[str]:
        count = {"pytorch": self._torch, "keras": self._keras, "optax": self._optax}
        return count[self.settings.convention]()

    @property
    def _better(self) -> str:
        s = self.settings
        if s.threshold_mode == "rel":
            return f"seen < best * (1 - {s.threshold!r})"
        return f"seen < best - {s.threshold!r}"

    def _lower(self, floor: str) -> str:
        """The next rate."""
        s = self.settings
        return f"max(rate * {s.factor!r}, {floor})" if s.min_lr else f"rate * {s.factor!r}"

    @property
    def _reset(self) -> str:
        cooldown = self.settings.cooldown
        return f"bad, cooling = 0, {cooldown}" if cooldown else "bad = 0"

    @property
    def _cool(self) -> list[str]:
        if not self.settings.cooldown:
            return []
        return ["if cooling > 0:", "    cooling, bad = cooling - 1, 0"]

    def _torch(self) -> list[str]:
        s = self.settings
        lower = self._lower(repr(s.min_lr))
        return [
            f"if {self._better}:",
            "    best, bad = seen, 0",
            "else:",
            "    bad = bad + 1",
            *self._cool,
            f"if bad > {s.patience}:  # no better for too long",
            f"    if rate - {lower} > 1e-8:",
            f"        rate = {lower}",
            f"    {self._reset}",
        ]

    def _keras(self) -> list[str]:
        s = self.settings
        return [
            *self._cool,
            f"if {self._better}:",
            "    best, bad = seen, 0",
            "elif cooling <= 0:" if s.cooldown else "else:",
            "    bad = bad + 1",
            f"    if bad >= {s.patience} and rate > {s.min_lr!r}:  # no better for too long",
            f"        rate = {self._lower(repr(s.min_lr))}",
            f"        {self._reset}",
        ]

    def _optax(self) -> list[str]:
        s = self.settings
        lines = [f"better = {self._better}", "best = seen if better else best"]
        count = [
            "bad = 0 if better else bad + 1",
            f"if bad >= {max(s.patience, 1)}:  # no better for too long",
            f"    rate = {self._lower(f'min({s.min_lr!r}, rate)')}",
            f"    {self._reset}",
        ]
        if not s.cooldown:
            return [*lines, *count]
        cool = ["if cooling > 0:", "    bad, cooling = 0, cooling - 1"]
        return [*lines, *cool, "else:", *indented(count)]

    def torch(self) -> str:
        s = self.settings
        if s.convention != "pytorch":
            return ""
        values: Values = {
            "factor": (s.factor, ALWAYS),
            "patience": (s.patience, ALWAYS),
            "threshold": (s.threshold, 1e-4),
            "threshold_mode": (s.threshold_mode, "rel"),
            "cooldown": (s.cooldown, 0),
            "min_lr": (s.min_lr, 0.0),
        }
        return torch_call("ReduceLROnPlateau", values)

    def keras_callback(self) -> str:
        s = self.settings
        if s.convention != "keras" or s.threshold_mode != "abs" or self.task.batch_size:
            raise Fault(
                "Keras's ReduceLROnPlateau looks at the loss once an epoch and counts an amount, "
                "not a share: choose the convention 'keras', the threshold 'abs' and the full "
                "batch, or export NumPy or PyTorch."
            )
        values: Values = {
            "factor": (s.factor, 0.1),
            "patience": (s.patience, 10),
            "min_delta": (s.threshold, 1e-4),
            "cooldown": (s.cooldown, 0),
            "min_lr": (s.min_lr, 0.0),
        }
        return f'keras.callbacks.ReduceLROnPlateau(monitor="loss"{arguments(values)})'

    def optax(self) -> str:
        s = self.settings
        if s.convention != "optax":
            return ""
        relative = s.threshold_mode == "rel"
        values: Values = {
            "factor": (s.factor, 0.1),
            # With 0 Optax 0.2.8 reduces at each better loss.
            "patience": (max(s.patience, 1), 10),
            "rtol": (s.threshold if relative else 0.0, 1e-4),
            "atol": (0.0 if relative else s.threshold, 0.0),
            "cooldown": (s.cooldown, 0),
            "min_scale": (min(s.min_lr / self.base, 1.0), 0.0),
        }
        return f"contrib.reduce_on_plateau({arguments(values).removeprefix(', ')})"
