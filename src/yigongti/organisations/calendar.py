"""The working calendar: the county's own days first, then the shipped years, then the weekday."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import time as clock_time
from functools import cache
from importlib import resources
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Row
from yigongti.kernel.parameters import values
from yigongti.organisations.models import CalendarDay


FRESH_SECONDS = 5.0

_own: Mapping[date, bool] = {}
_read_at = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a shipped page says about a day on which the weekday does not decide."""

    works: bool
    name: str
    source: str


def forget() -> None:
    """Read the county's days again at the next question: after a write, and between tests."""
    global _read_at
    _read_at = float("-inf")


def is_working_day(day: date) -> bool:
    """Whether the county works on a day."""
    own = _own_days()
    if day in own:
        return own[day]
    said = shipped().get(day)
    return said.works if said else day.weekday() < 5


def working_hours(day: date) -> tuple[tuple[clock_time, clock_time], ...]:
    """The spans of a working day, by the county's parameters of that day."""
    return tuple(_span(f"organisations.working_hours_{half}", day) for half in ("morning", "afternoon"))


@cache
def shipped() -> dict[date, Said]:
    """Every day that the policy pages `calendar_<year>.toml` name."""
    days: dict[date, Said] = {}
    for page in resources.files("yigongti.organisations.policy").iterdir():
        if page.name.startswith("calendar_") and page.name.endswith(".toml"):
            days.update(_days_of(tomllib.loads(page.read_text(encoding="utf-8"))))
    return days


def shipped_rows(text: str, chosen: Mapping[str, str]) -> list[Row]:
    """The shipped days as the register lists them, newest first; a day that the county has set is its own."""
    own = _own_days()
    return [
        Row(cells=[day.isoformat(), say("上班") if said.works else say("休息"), said.name,
                   say("随系统提供：{source}", source=said.source)])
        for day, said in sorted(shipped().items(), reverse=True)
        if day not in own and text.strip() in said.name and chosen.get("works", "") in ("", str(said.works))
    ]  # fmt: skip


def known_until() -> date:
    """The last day of which anybody said more than its weekday: beyond it the calendar only guesses."""
    return max((*shipped(), *_own_days()), default=date.min)


def keep() -> None:
    """Answer the kernel's clock from now on."""
    clock.keep_calendar(is_working_day=is_working_day, working_hours=working_hours)


def _own_days() -> Mapping[date, bool]:
    global _own, _read_at
    if time.monotonic() - _read_at > FRESH_SECONDS:
        _own = dict(CalendarDay.objects.values_list("day", "works"))
        _read_at = time.monotonic()
    return _own


def _span(code: str, day: date) -> tuple[clock_time, clock_time]:
    moments = values.value(code, on=day)
    if not isinstance(moments, tuple) or len(moments) != 2:
        raise ValueError(f"{code} must name two moments of the day, not {moments}")
    opens, closes = moments
    return clock_time.fromisoformat(opens), clock_time.fromisoformat(closes)


def _days_of(page: Mapping[str, Any]) -> dict[date, Said]:
    source = str(page["source"])
    groups = ((page["holidays"], False), (page["workdays"], True))
    return {
        day: Said(works=works, name=name, source=source)
        for named, works in groups
        for name, days in named.items()
        for day in days
    }
