"""What a parameter says on a day."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import structlog
from django.conf import settings

from yigongti.kernel import clock
from yigongti.kernel.parameters.models import ParameterValue
from yigongti.kernel.parameters.words import Dated, Default, Parameter, defaults, frozen


FRESH_SECONDS = 10.0
SIGN = "/run/parameters"

_overrides: dict[str, list[Dated]] = {}
_read_at = float("-inf")
_read_size = 0

log = structlog.get_logger()


class UnknownParameter(LookupError):
    """A name that no page ships: a programmer's error, found at boot."""


def forget() -> None:
    """Read the county's rows again at the next question: after an override, and between tests."""
    global _read_at
    _read_at = float("-inf")


def changed() -> None:
    """Read the rows again, here at once and in the other processes of this machine at their next question.

    A file that they all look at grows by one byte; another machine, or one whose disk is full, waits FRESH_SECONDS.
    """
    forget()
    try:
        _sign().parent.mkdir(parents=True, exist_ok=True)
        with _sign().open("ab") as file:
            file.write(b".")
    except OSError as trouble:
        log.warning("parameters.not_told", error=str(trouble))


def _sign() -> Path:
    return Path(f"{settings.DATA_FOLDER}{SIGN}")


def _size() -> int:
    try:
        return os.stat(f"{settings.DATA_FOLDER}{SIGN}").st_size  # asked often: no Path is made for it
    except OSError:
        return 0


def _county_rows() -> dict[str, list[Dated]]:
    global _overrides, _read_at, _read_size
    size = _size()
    if size != _read_size or time.monotonic() - _read_at > FRESH_SECONDS:
        _read_size = size
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
    shipped = _shipped(code)
    return _said(shipped, _county_rows(), on or clock.today())


def _shipped(code: str) -> Default:
    shipped = defaults().get(code)
    if shipped is None:
        raise UnknownParameter(code)
    return shipped


def _said(shipped: Default, county: Mapping[str, Sequence[Dated]], day: date) -> int | str | bool | tuple[str, ...]:
    """The county's own newest value, else the newest that ships."""
    for said in (county.get(shipped.code, ()), shipped.values):
        for one in reversed(said):
            if one.begins <= day:
                return one.value
    raise UnknownParameter(f"{shipped.code} before {day}")


def several(codes: Sequence[str], /) -> list[int | str | bool | tuple[str, ...]]:
    """What many say today, looked at once. Raises as `value` does."""
    shipped = [_shipped(code) for code in codes]
    day, county = clock.today(), _county_rows()
    return [_said(one, county, day) for one in shipped]


def number(of: Parameter | str, /, *, on: date | None = None) -> int:
    """The value as a whole number (minutes, days, 分, per-myriad…)."""
    return int(value(of, on=on))  # type: ignore[arg-type]


def shipped_number(code: str) -> int:
    """The newest shipped default as a whole number, for what is settled at boot, before any database is asked."""
    return int(defaults()[code].values[-1].value)  # type: ignore[arg-type]
