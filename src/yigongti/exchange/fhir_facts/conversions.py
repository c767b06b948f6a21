"""The words in which the page of known codes is written: a code's series, and each unit's way to the series' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """How a number in this unit becomes one in the series' unit: subtract, then multiply."""

    less: Decimal = Decimal(0)
    factor: Decimal = Decimal(1)

    def converted(self, number: Decimal) -> Decimal:
        """Exact as decimals of 28 digits are."""
        return (number - self.less) * self.factor


Units = Mapping[str, Unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCode:
    """LOINC codes whose quantities belong to one series of the record, and the UCUM units that are taken."""

    series: str
    units: Units
    loinc: tuple[str, ...]
