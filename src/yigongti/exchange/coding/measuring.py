"""Numbers of results become measurements of the record's series: those whose code and unit somebody has named.

The report itself is written as it was sent; a measurement stands beside it, and follows its corrections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from yigongti.exchange import known_entries
from yigongti.exchange.coding.meanings import can_be, code_of, in_series, loinc_of, meaning_of, unit_of
from yigongti.exchange.hl7v2 import facts
from yigongti.exchange.models import Sender
from yigongti.exchange.policy.known_codes import DIASTOLIC, PRESSURE, SYSTOLIC
from yigongti.kernel import clock
from yigongti.record.actions import Told
from yigongti.record.queries.vocabulary import SERIES


TAKEN = ("", "F", "C")
"""OBX-11 of a result that counts: final, corrected, or not said."""
GONE = ("D", "W", "X")
Code = tuple[str, str]

COUNT = """
INSERT INTO exchange_localcode (sender_id, code, unit, name, count, first_at, last_at)
VALUES (%(sender)s, %(code)s, %(unit)s, %(name)s, %(count)s, %(now)s, %(now)s)
ON CONFLICT (sender_id, code, unit) DO UPDATE
SET count = exchange_localcode.count + EXCLUDED.count, last_at = EXCLUDED.last_at
"""


@dataclass(slots=True, kw_only=True)
class Measuring:
    """The results of one message: what was measured, and which codes nobody has named."""

    sender: Sender
    only: Code | None = None
    unnamed: Counter[Code] = field(default_factory=Counter)
    names: dict[Code, str] = field(default_factory=dict)
    written: int = 0

    def measure(
        self, results: Sequence[facts.Result], *, key: str, at: datetime, whom: int
    ) -> None:  # fmt: skip
        """Write the measurements among results of one report; `at` where a result has no time of its own."""
        own = [one for one in results if one.about == "patient" and (self.only is None or _named(one) == self.only)]
        pressures = [one for one in own if loinc_of(one.code) in (SYSTOLIC, DIASTOLIC)]
        for upper, lower in _pairs(pressures):
            self._write(upper, _pressure(upper, lower), key=key, at=at, whom=whom)
        for one in own:
            if one not in pressures:
                self._write(one, self._single(one, at), key=key, at=at, whom=whom)

    def _single(self, one: facts.Result, at: datetime) -> dict[str, Any] | None:
        number = number_of(one)
        if number is None:
            return None
        when = (one.time.at if one.time else at).astimezone(clock.COUNTY_ZONE).date()
        meaning = meaning_of(self.sender, one.code, one.unit, when)
        if meaning is None:
            self.unnamed[_named(one)] += 1
            self.names[_named(one)] = one.name[:120]
            return None
        value = in_series(meaning, number) if meaning.series else None
        return None if value is None else _measured(meaning.series, value)

    def _write(self, one: facts.Result, measured: dict[str, Any] | None, *, key: str, at: datetime,
               whom: int) -> None:  # fmt: skip
        number = f"{key}|{code_of(one.code)}|{one.sub}"
        if one.status in GONE:
            self.written += known_entries.withdraw(sender=self.sender, kind="measured", number=number, whom=whom)
        elif measured is not None and one.status in TAKEN:
            told = Told(
                resident_id=whom, institution_id=self.sender.institution_id, kind="observation", source="inbox",
                title=SERIES[measured["series"]].title, at=one.time.at if one.time else at, measured=measured,
                text=f"原文：{one.name} {_as_sent(one)}",
                detail={"measured": {"code": code_of(one.code), "report": key}},
            )  # fmt: skip
            self.written += known_entries.write_if_new(sender=self.sender, kind="measured", number=number, told=told)

    def count_unnamed(self) -> None:
        """Count what nobody has named, in one order, so that two workers never wait for each other in a circle."""
        with connection.cursor() as cursor:
            for code, unit in sorted(self.unnamed):
                cursor.execute(COUNT, {"sender": self.sender.pk, "code": code, "unit": unit, "now": clock.now(),
                                       "name": self.names[code, unit], "count": self.unnamed[code, unit]})  # fmt: skip


def number_of(one: facts.Result) -> Decimal | None:
    """The one number that a result is; <0.5, 阴性 and several values are none."""
    only = one.values[0] if len(one.values) == 1 else None
    return only.number if isinstance(only, facts.Number) else None


def _named(one: facts.Result) -> Code:
    return code_of(one.code), unit_of(one.unit)


def _as_sent(one: facts.Result) -> str:
    return f"{number_of(one)} {one.unit.code or one.unit.text}".strip()


def _measured(series: str, value: Decimal) -> dict[str, Any]:
    return {"series": series, "value": value, "unit": SERIES[series].unit}


def _pairs(pressures: Sequence[facts.Result]) -> Iterator[tuple[facts.Result, facts.Result]]:
    """Systolic with the diastolic that follows it: one without the other is no blood pressure."""
    lower = [one for one in pressures if loinc_of(one.code) == DIASTOLIC]
    for one in pressures:
        if loinc_of(one.code) == SYSTOLIC:
            found = next((other for other in lower if (other.sub, other.time) == (one.sub, one.time)), None)
            if found is not None:
                lower.remove(found)
                yield one, found


def _pressure(upper: facts.Result, lower: facts.Result) -> dict[str, Any] | None:
    numbers = number_of(upper), number_of(lower)
    units = unit_of(upper.unit) in PRESSURE and unit_of(lower.unit) in PRESSURE
    if None in numbers or not units or numbers[0] <= numbers[1]:  # type: ignore[operator]
        return None
    if not all(can_be("blood_pressure", place, one) for place, one in enumerate(numbers) if one is not None):
        return None
    return _measured("blood_pressure", numbers[0]) | {"second_value": numbers[1]}  # type: ignore[arg-type]
