"""Picking where to: departments that receive referrals, each with what it can hold now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.capacity import queries
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import Choice, picker
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.refusal import BadValue
from yigongti.organisations.queries import departments_seen


def _find(*, for_: Actor, text: str, limit: int, given: Mapping[str, str] | None = None) -> list[Choice]:
    return [
        Choice(
            value=str(room.department_id),
            label=f"{room.institution} {room.department}",
            detail=_detail(room),
        )
        for room in queries.receiving_rooms(for_=for_, text=text, limit=limit)
    ]


def _detail(room: queries.Room) -> str:
    held = say("空床 {beds} · 可约号 {slots}", beds=room.free_beds, slots=room.free_slots)
    return f"{held} · {room.treats}" if room.treats else held


def _resolve(*, for_: Actor, value: str, given: Mapping[str, str] | None = None) -> Any:
    department = row_number(value)
    if not department or not queries.receiving_rooms(for_=for_, department_id=department, limit=1):
        raise BadValue(field="to_department", label="科室", value=value, problem="不在本集团接收转诊的科室之内")
    return departments_seen(for_=for_).get(pk=department)


picker(
    "receiving_department",
    find=_find,
    resolve=_resolve,
    label=lambda d: f"{d.institution.short_name} {d.name}",
    closed=True,
    hint="科室、医院、病种或拼音首字母",
)
