"""What a visit cost and which operations it held, of an entry that the actor has been shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yigongti.kernel.access.actor import Actor
from yigongti.record.models import Operation, VisitCharge
from yigongti.record.queries.timelines import Opened
from yigongti.record.rows import Row
from yigongti.record.visit_facts import CHARGE_CLASSES


@dataclass(frozen=True, slots=True)
class Cost:
    """The part of one class, in 分."""

    charge_class: str
    amount: int


@dataclass(frozen=True, slots=True)
class Done:
    """One operation as it was told."""

    code: str
    name: str
    grade: int | None
    day: date | None
    operator: str
    incision: str


def cost_of(*, for_: Actor, opened: Opened, row: Row) -> list[Cost]:
    """What this version of the visit says it cost, in the order of the classes; `entry` has shown the row."""
    found = VisitCharge.objects.filter(entry_id=_own(opened, row)).values_list("charge_class", "amount")
    return [Cost(*pair) for pair in sorted(found, key=lambda pair: CHARGE_CLASSES.index(pair[0]))]


def operations_of(*, for_: Actor, opened: Opened, row: Row) -> list[Done]:
    """The operations of this version of the visit, the main one first."""
    found = Operation.objects.filter(entry_id=_own(opened, row)).order_by("number")
    return [Done(*one) for one in found.values_list("code", "name", "grade", "day", "operator", "incision")]


def _own(opened: Opened, row: Row) -> int:
    if row.resident_id not in opened.rows:
        raise LookupError("the entry belongs to somebody else than the record that was opened")
    return row.id
