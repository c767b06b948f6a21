"""Orders written here: what is to be examined, by whom, why; taken back while nothing has come of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import connection

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import say
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal
from yigongti.organisations.queries import open_institutions
from yigongti.record import drafts
from yigongti.record.actions import ADD, encounter_of, open_to_write, own_entry, receipt, write
from yigongti.record.policy.kinds import KINDS
from yigongti.record.policy.order_items import LOINC_OF, OWN_NUMBERS, PRIORITIES
from yigongti.record.seeing import own_institution


NEXT = "SELECT nextval(pg_get_serial_sequence('record_entry', 'id'))"
OPEN = ("placed", "in_progress")
LONGEST_REASON = 200


class ForTheDead(Refusal):
    """{name}已去世，不再开申请。"""


class NothingToCancel(Refusal):
    """这份申请{state}，不能取消。"""


@action("record.place_order", permission=ADD)
def place_order(
    *, by: Actor, resident_id: int, title: str, text: str, priority: str = "普通", performer: str = "", at: str = "",
    sensitivity: str = "", encounter_id: int | None = None,
) -> Receipt:  # fmt: skip
    """开一份检查检验申请。

    `performer` is the institution that is to carry it out, the writer's own where none is named.
    """
    opened = open_to_write(by, resident_id)
    if opened.resident.died_on:
        raise ForTheDead(name=opened.resident.name)
    if priority not in PRIORITIES:
        raise BadValue(field="priority", label="缓急", value=priority[:40], problem="请选择一项")
    if not text.strip():
        raise Missing(field="text", label="诊断和目的")
    encounter = encounter_of(by, opened, encounter_id)
    item, detail = title.strip(), {"priority": priority, **_performer(by, performer)}
    draft = drafts.plain(
        opened.resident, kind=KINDS["order"], title=item, at=at, until="", code=LOINC_OF.get(item, ""), text=text,
        detail=detail, sensitivity=sensitivity,
    )  # fmt: skip
    number = _number()
    draft = replace(draft, system="loinc" if draft.code else "",
                    detail={**draft.detail, **detail, "state": "placed", "placer": number})  # fmt: skip
    fresh = write(by, opened, draft, encounter=encounter)
    made = receipt(by, opened, fresh, say("{title}：申请已开出，单号 {number}", title=draft.title, number=number))
    return replace(made, href=f"/record/entries/{fresh.pk}")


def performer_named(chosen: str) -> Any:
    """The open institution of that number; None for any other text."""
    numbered = chosen.isascii() and chosen.isdecimal() and len(chosen) < 19
    return open_institutions().filter(pk=int(chosen)).first() if numbered else None


def _performer(by: Actor, typed: str) -> dict[str, Any]:
    """The institution that carries it out, by its number."""
    chosen = typed.strip() or str(own_institution(by))
    known = performer_named(chosen)
    if known is None:
        raise BadValue(field="performer", label="执行机构", value=chosen[:40], problem="没有这一家，请从名单中选择")
    return {"performer": known.pk, "performer_name": known.name}


def _number() -> str:
    """Short enough for an accession number (16 letters); never given twice."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        return f"{OWN_NUMBERS}{int(cursor.fetchone()[0])}"


@action("record.cancel_order", permission=ADD)
def cancel_order(*, by: Actor, entry_id: int, reason: str) -> Receipt:
    """取消本机构开出的一份申请。"""
    opened, old = own_entry(by, entry_id)
    if old.kind != "order":
        raise NotFound
    state = old.detail.get("state", "")
    if state not in OPEN or old.withdrawn:
        raise NothingToCancel(state=next((one.words.get(state, "") for one in KINDS["order"].parts if one.words), ""))
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise Missing(field="reason", label="取消原因")
    draft = replace(drafts.standing(old), detail={**old.detail, "state": "cancelled"}, correction_reason=why)
    fresh = write(by, opened, draft, encounter=old.encounter, follows=old)
    made = receipt(by, opened, fresh, say("{title}：申请已取消", title=old.title), old=old)
    return replace(made, href=f"/record/entries/{fresh.pk}")
