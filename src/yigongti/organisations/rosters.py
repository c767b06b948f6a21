"""Who is on duty where and when, and whether an institution is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yigongti.kernel import clock
from yigongti.kernel.access.models import Account
from yigongti.organisations.models import Duty, OpeningHours


def on_duty(unit_path: str, duty: str, at: datetime) -> list[Account]:
    """The accounts whose turn covers the moment at this very unit, earliest turn first."""
    turns = (
        Duty.objects.filter(
            unit__path=unit_path,
            duty=duty,
            begins__lte=at,
            ends__gt=at,
            account__status="active",
        )
        .select_related("account")
        .order_by("begins", "id")
    )
    return list({turn.account_id: turn.account for turn in turns}.values())


def answer(unit_path: str, part: str, at: datetime) -> Iterable[int]:
    """The engine's question, answered with account ids."""
    return [account.pk for account in on_duty(unit_path, part, at)]


def is_open(hours: Iterable[OpeningHours], *, at: datetime) -> bool:
    """Whether one of the spans covers the moment."""
    local = at.astimezone(clock.COUNTY_ZONE)
    return any(h.weekday == local.weekday() and h.opens <= local.time() < h.closes for h in hours)
