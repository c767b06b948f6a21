"""What stands beside a form about a patient: what must not be overlooked about the patient, gated as the record is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.pages.parts import State
from yigongti.kernel.refusal import Refusal
from yigongti.record.queries.summaries import summary
from yigongti.record.queries.timelines import open_record
from yigongti.record.rows import Row


SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A list of the record under its heading: the first few, and how many there are beyond."""

    title: str
    rows: Sequence[Row]
    beyond: int


def shown(*, for_: Actor, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Allergies, pregnancy, conditions, medicines and last measurements; nothing where the record is not open."""
    resident = row_number(str(given.get("resident", "")))
    if not resident:
        return {}
    try:
        opened = open_record(for_=for_, resident_id=resident)
    except Refusal:
        return {}
    found = summary(for_=for_, opened=opened)
    return {
        "template": "record/beside.html",
        "persons": [opened.resident.pk],
        "href": f"/residents/{opened.resident.pk}/record",
        "warnings": [State(word=say("过敏：{what}", what=row.title), kind="harm") for row in found.allergies],
        "pregnant": found.pregnant,
        "lists": [_several("现有诊断", found.conditions), _several("在用药", found.medicines)],
        "results": [
            (one, State(word=one.off_target, kind="soon") if one.off_target else None) for one in found.results
        ],
    }


def _several(title: str, rows: Sequence[Row]) -> Several:
    return Several(title=say(title), rows=rows[:SHOWN], beyond=max(0, len(rows) - SHOWN))
