"""What a measurement is held against: the target of its series on its day, by age and managed conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.words import Parameter
from yigongti.record.words import Band, Measure, Series


@dataclass(frozen=True, slots=True)
class Target:
    """From `low` on and `below` excluded; either may be missing."""

    low: Decimal | None = None
    below: Decimal | None = None

    def side(self, number: Decimal) -> str:
        """Whether a number is 'inside', 'above' or 'below' the target."""
        if self.below is not None and number >= self.below:
            return "above"
        return "below" if self.low is not None and number < self.low else "inside"

    def greatest(self, places: int) -> Decimal | None:
        """The greatest number still on target, for a chart whose band includes its edge."""
        return None if self.below is None else self.below - Decimal(1).scaleb(-places)


NONE = Target()


def target_of(measure: Measure, *, born: date, managed: frozenset[str], on: date) -> Target:
    """The first band that fits the person on the day."""
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    for band in measure.bands:
        if band.from_age <= age < band.under_age and (not band.managed or band.managed in managed):
            return _on_the_day(band, on)
    return NONE


def targets_of(series: Series, *, born: date, managed: frozenset[str], on: date) -> tuple[Target, ...]:
    """The targets of a series' numbers, in their order."""
    return tuple(target_of(measure, born=born, managed=managed, on=on) for measure in series.measures)


def _on_the_day(band: Band, on: date) -> Target:
    return Target(low=_number(band.low, on), below=_number(band.below, on))


def _number(named: Parameter | None, on: date) -> Decimal | None:
    return None if named is None else Decimal(str(values.value(named, on=on)))
