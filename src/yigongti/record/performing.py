"""What the institution that carries an order out says of it: received, answered with a result, or why it cannot be."""

from __future__ import annotations

from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import say
from yigongti.kernel.refusal import AlreadyDone, Missing, Refusal
from yigongti.record.announcing import announce
from yigongti.record.classes import classes_in_words, strictest
from yigongti.record.models import Entry
from yigongti.record.policy.kinds import KINDS, ORDER_STATES
from yigongti.record.queries.to_carry_out import OPEN, one_to_carry_out
from yigongti.record.seeing import own_institution


CARRY_OUT = registry.add_permission("record.carry_out", title="执行检查检验申请", writes=True)
LONGEST = 200
COLUMNS = [one.attname for one in Entry._meta.concrete_fields if not one.primary_key]


class NothingToDo(Refusal):
    """这份申请{state}，不能再这样办。"""


@action("record.receive_order", permission=CARRY_OUT)
def receive_order(*, by: Actor, entry_id: int) -> Receipt:
    """接收一份要执行的申请。"""
    order = _held(by, entry_id, ("placed",))
    fresh = _moved(by, order, "执行机构已接收", state="in_progress", received_by=_who(by))
    return _receipt(by, fresh, order, say("{title}：已接收，开始执行", title=order.title))


@action("record.refuse_order", permission=CARRY_OUT)
def refuse_order(*, by: Actor, entry_id: int, reason: str) -> Receipt:
    """说明一份申请不能执行，退给开申请的机构。"""
    order, why = _held(by, entry_id, OPEN), reason.strip()
    if not why:
        raise Missing(field="reason", label="不能执行的原因")
    said = f"{why[:LONGEST]}（{_who(by)}）"
    fresh = _moved(by, order, say("执行机构不能执行：{why}", why=why[:LONGEST]), state="cancelled", unable=said)
    return _receipt(by, fresh, order, say("{title}：已退给开申请的机构", title=order.title))


@action("record.answer_order", permission=CARRY_OUT)
def answer_order(*, by: Actor, entry_id: int, text: str) -> Receipt:
    """写一份申请的结果，办结它。"""
    order, said = _held(by, entry_id, OPEN), text.strip()
    if not said:
        raise Missing(field="text", label="结论")
    numbers = {name: order.detail[name] for name in ("placer", "filler") if order.detail.get(name)}
    report = Entry.objects.create(
        resident_id=order.resident_id, kind="report", system=order.system, code=order.code, title=order.title,
        text=said, at=clock.now(), entered_at=clock.now(), institution_id=own_institution(by), author=by.person_name,
        department_id=by.unit_id if by.unit_kind == "department" else None, author_post_id=by.post_id, source="entered",
        sensitivity=order.sensitivity or strictest(classes_in_words(f"{order.title} {said}")),
        detail={"order": order.pk, **numbers},
    )  # fmt: skip
    announce([report], by=by)
    received = {} if order.detail.get("received_by") else {"received_by": _who(by)}
    fresh = _moved(by, order, "执行机构已出结果", state="resulted", report=report.pk, **received)
    return _receipt(by, fresh, order, say("{title}：结果已进入健康档案，申请已完成", title=order.title))


def _held(by: Actor, entry_id: int, states: tuple[str, ...]) -> Entry:
    """Lock an order of which the actor's institution is asked; the second of two acts finds what the first has done."""
    one_to_carry_out(for_=by, entry_id=entry_id)
    order = Entry.objects.select_for_update().get(pk=entry_id)
    if order.replaced_by is not None:
        at = order.replaced_by.entered_at.astimezone(clock.COUNTY_ZONE)
        raise AlreadyDone(who=order.replaced_by.correction_reason, when=f"{at:%Y-%m-%d %H:%M}", what="办理这份申请")
    state = order.detail.get("state", "")
    if state not in states:
        raise NothingToDo(state=ORDER_STATES.get(state, state))
    return order


def _who(by: Actor) -> str:
    return f"{by.person_name} {clock.now().astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}"


def _moved(by: Actor, order: Entry, reason: str, **said: Any) -> Entry:
    """A version more: the order stays whose it was, and says how far it is."""
    same = {name: getattr(order, name) for name in COLUMNS}
    fresh = Entry.objects.create(**same | {
        "version": order.version + 1, "entered_at": clock.now(), "detail": order.detail | said,
        "correction_reason": f"{reason}（{by.person_name}）",
    })  # fmt: skip
    Entry.objects.filter(pk=order.pk).update(replaced_by=fresh)
    announce([fresh], by=by)
    return fresh


def _receipt(by: Actor, fresh: Entry, order: Entry, said: str) -> Receipt:
    return Receipt(
        number=f"J{fresh.pk}", done=KINDS["order"].title, next=said, href=f"/orders/{fresh.pk}",
        persons=(fresh.resident_id,), subject=f"record.Entry:{fresh.pk}", data={"entry": fresh.pk},
        facts={"entry": fresh.pk, "replaces": order.pk, "state": fresh.detail["state"]},
    )  # fmt: skip
