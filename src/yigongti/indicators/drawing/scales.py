"""Axes: where a number stands between two ends, in percent, and which round numbers are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from yigongti.kernel.pages.drawing import Tick, nice_step


WIDE = 30
"""From the largest being so many times the smallest, an axis of sizes is logarithmic: rooms and hospitals on one."""
ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`; `step` is the distance of its ticks, nothing on a logarithmic one."""

    low: float
    high: float
    step: float = 0.0

    def at(self, number: float) -> float:
        """Where it stands, 0 to 100; beyond an end at that end."""
        return self.beyond(min(max(number, self.low), self.high))

    def beyond(self, number: float) -> float:
        """Where it stands, under 0 or over 100 where it is beyond an end: for lines that leave the picture."""
        low, high = self._on(self.low), self._on(self.high)
        return 100 * (self._on(number) - low) / ((high - low) or 1)

    def across(self) -> list[Tick]:
        """Ticks of a lying axis."""
        return [Tick(pct(self.at(one)), number_words(one)) for one in self._ticks()]

    def upright(self) -> list[Tick]:
        """Ticks of a standing axis: the largest on top."""
        return [Tick(pct(100 - self.at(one)), number_words(one)) for one in self._ticks()]

    def _on(self, number: float) -> float:
        return number if self.step else math.log10(max(number, 1e-9))

    def _ticks(self) -> list[float]:
        if self.step:
            first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
            return [round(n * self.step, 10) for n in range(first, last + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        found = [factor * 10.0**power for power in powers for factor in ROUND]
        seen = [one for one in found if self.low <= one <= self.high]
        return [one for one in seen if f"{one:e}".startswith("1")] if len(seen) > 7 else seen


def around(numbers: Iterable[float], *, least: float | None = None, most: float | None = None) -> Scale:
    """An axis that holds the numbers, its ends round, never beyond what is possible."""
    told = list(numbers)
    low, high = min(told), max(told)
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    step = nice_step(high - low)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return Scale(low if least is None else max(low, least), high if most is None else min(high, most), step)


def sizes(numbers: Iterable[float]) -> Scale:
    """An axis of sizes: from nothing where they are alike, logarithmic where they are not."""
    told = [one for one in numbers if one > 0]
    low, high = min(told), max(told)
    if high > WIDE * low:
        return Scale(low / 1.3, high * 1.3)
    return Scale(0.0, high * 1.05, nice_step(high * 1.05))


def pct(number: float) -> str:
    """A percentage as text, which no locale can touch."""
    return f"{number:.2f}%"


def number_words(number: float) -> str:
    """A round number as it is written on an axis."""
    return f"{number:.4f}".rstrip("0").rstrip(".") if number != int(number) else str(int(number))
