"""What a parameter says on a day."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date

from yigongti.kernel import clock
from yigongti.kernel.parameters.models import ParameterValue
from yigongti.kernel.parameters.words import Dated, Parameter, defaults, frozen


FRESH_SECONDS = 10.0

_overrides: dict[str, list[Dated]] = {}
_read_at = float("-inf")


class UnknownParameter(LookupError):
    """A name that no page ships: a programmer's error, found at boot."""


def forget() -> None:
    """Read the county's rows again at the next question: after an override, and between tests."""
    global _read_at
    _read_at = float("-inf")


def _county_rows() -> dict[str, list[Dated]]:
    global _overrides, _read_at
    if time.monotonic() - _read_at > FRESH_SECONDS:
        rows: dict[str, list[Dated]] = defaultdict(list)
        for row in ParameterValue.objects.order_by("begins", "id"):
            rows[row.code].append(Dated(begins=row.begins, value=frozen(row.value)))
        _overrides, _read_at = dict(rows), time.monotonic()
    return _overrides


def value(of: Parameter | str, /, *, on: date | None = None) -> int | str | bool | tuple[str, ...]:
    """What the parameter says on a day (today unless told).

    Raises UnknownParameter for a name that no page ships or a day before its first value.
    """
    code = of.code if isinstance(of, Parameter) else of
    shipped = defaults().get(code)
    if shipped is None:
        raise UnknownParameter(code)
    day = on or clock.today()
    said = [d for d in (*shipped.values, *_county_rows().get(code, ())) if d.begins <= day]
    if not said:
        raise UnknownParameter(f"{code} before {day}")
    own = [d for d in _county_rows().get(code, ()) if d.begins <= day]
    return (own or said)[-1].value


def number(of: Parameter | str, /, *, on: date | None = None) -> int:
    """The value as a whole number (minutes, days, 分, per-myriad…)."""
    return int(value(of, on=on))  # type: ignore[arg-type]


def shipped_number(code: str) -> int:
    """The newest shipped default as a whole number, for what is settled at boot, before any database is asked."""
    return int(defaults()[code].values[-1].value)  # type: ignore[arg-type]
