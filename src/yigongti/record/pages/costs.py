"""What a visit cost, by class with its sum, and its operations: two tables on the page of the entry."""

from __future__ import annotations

from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Column
from yigongti.kernel.pages.parts import Row as TableRow
from yigongti.record import queries
from yigongti.record.policy.charge_classes import charge_class, incision, operation_grade
from yigongti.record.queries import Done, Opened, Row
from yigongti.record.told import said_yuan


def shown(actor: Actor, opened: Opened, row: Row) -> dict[str, Any]:
    """The rows of both tables; none for what is no visit or came without."""
    if row.kind != "encounter":
        return {"charge_rows": [], "operation_rows": []}
    costs = queries.cost_of(for_=actor, opened=opened, row=row)
    lines = [(say(charge_class.label(one.charge_class)), one.amount) for one in costs]
    whole = [(say("合计"), sum(one.amount for one in costs))] if lines else []
    return {
        "charge_columns": [Column(label=say("费用类别")), Column(label=say("金额"), numeric=True, unit=say("元"))],
        "charge_rows": [TableRow(cells=[label, said_yuan(amount)]) for label, amount in lines + whole],
        "operation_columns": [
            Column(label=say(label)) for label in ("手术", "编码", "手术级别", "日期", "术者", "切口等级")
        ],
        "operation_rows": [_line(one) for one in queries.operations_of(for_=actor, opened=opened, row=row)],
    }


def _line(one: Done) -> TableRow:
    grade = say(operation_grade.label(str(one.grade))) if one.grade else ""
    return TableRow(
        cells=[
            one.name,
            one.code,
            grade,
            one.day.isoformat() if one.day else "",
            one.operator,
            say(incision.label(one.incision)) if one.incision else "",
        ]
    )
