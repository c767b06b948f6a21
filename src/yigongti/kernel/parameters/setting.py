"""A county sets its own dated value over a shipped default: never by editing, always with a source."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import transaction

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.models import ParameterValue
from yigongti.kernel.parameters.words import Default, defaults
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal, raise_all


@action("parameters.set", permission="parameters.manage")
def set_value(*, by: Actor, code: str, value: str, begins: str, source: str) -> Receipt:
    """设定本县参数："""
    shipped = defaults().get(code)
    if shipped is None:
        raise NotFound
    found: list[Refusal] = []
    read = _read(shipped, value, found)
    day = _day(begins, found)
    if not source.strip():
        found.append(Missing(field="source", label="依据"))
    raise_all(found)
    ParameterValue.objects.create(
        code=code, begins=day, value=read, source=source.strip()[:200], entered_at=clock.now(), entered_by_id=by.post_id
    )
    transaction.on_commit(values.changed)
    return Receipt(
        number=code, done=_told(shipped, day, value), href="/parameters",
        next="各页面在十秒内按新值办理；已经开始的时限不变", subject=f"parameters:{code}",
        facts={"value": read, "begins": str(day), "source": source},
    )  # fmt: skip


def _told(shipped: Default, day: date, value: str) -> str:
    what, unit = phrase(shipped.title), phrase(shipped.unit)
    return phrase("{what}自{day}起为 {value} {unit}", what=what, day=day, value=value, unit=unit)


def _read(shipped: Default, text: str, found: list[Refusal]) -> Any:
    """The text as a value of the same kind as the shipped one."""
    sample = shipped.values[-1].value
    try:
        if isinstance(sample, bool):
            return {"是": True, "否": False}[text.strip()]
        if isinstance(sample, int):
            number = int(text.strip())
            if number < 0:
                raise ValueError(text)
            return number
    except (KeyError, ValueError):
        problem = "应填“是”或“否”" if isinstance(sample, bool) else "应填不小于 0 的整数"
        found.append(BadValue(field="value", label="参数值", value=text[:40], problem=problem))
        return None
    if not text.strip():
        found.append(Missing(field="value", label="参数值"))
    return [t.strip() for t in text.split(",")] if isinstance(sample, tuple) else text.strip()


def _day(text: str, found: list[Refusal]) -> date:
    """The first day it holds: from today on, so that history keeps the value of its own time."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        found.append(BadValue(field="begins", label="起用日期", value=text[:20], problem="不是有效日期"))
        return clock.today()
    if day < clock.today():
        found.append(
            BadValue(field="begins", label="起用日期", value=text, problem="不能早于今天：过去的事按当时的值算")
        )
    return day


def shown() -> list[tuple[Default, str, list[ParameterValue]]]:
    """Every parameter with what it says today and the county's own rows."""
    own: dict[str, list[ParameterValue]] = {}
    for row in ParameterValue.objects.order_by("code", "begins", "id"):
        own.setdefault(row.code, []).append(row)
    return [(d, _said(values.value(code)), own.get(code, [])) for code, d in sorted(defaults().items())]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, (tuple, list)) else json.dumps(value, ensure_ascii=False).strip('"')
