"""What HL7 v2 says of orders (ORM, OML) and appointments (SIU), written into the record."""

from __future__ import annotations

from typing import Any

from yigongti.exchange import hl7v2_words, orders
from yigongti.exchange.hl7v2 import facts
from yigongti.exchange.hl7v2.order_states import NEW, UNCHANGED, after, state_of, state_of_report
from yigongti.exchange.inbox import NoRuleYet
from yigongti.exchange.taking_hl7v2 import Taking, at_of, lossless, told_by, write
from yigongti.kernel.refusal import Missing, Refusal
from yigongti.record.queries import Numbered


class UnknownOrder(Refusal):
    """编号 {number} 的申请没有收到过，这条消息也没有写明是什么项目。"""


@write.register
def _(fact: facts.Order, taking: Taking) -> None:
    if fact.person is None or fact.prior:
        taking.taken.note("此前的申请，没有采用" if fact.prior else "没有写明是谁的申请，没有采用")
        return
    state = state_of(fact.asked.control, fact.status)
    if fact.kind != "service" or state is None:
        raise NoRuleYet(kind="ORM（用药）" if state is not None else f"ORC-1 = {fact.asked.control[:8]}")
    given = orders.numbers(fact.asked.placer, fact.asked.filler)
    if not given:
        raise Missing(field="ORC-2", label="申请编号")
    new = fact.asked.control in NEW
    whom = taking.person(fact.person)
    found = orders.standing(resident=whom, kinds=("order", "report"), placer=fact.asked.placer,
                            filler=fact.asked.filler)  # fmt: skip
    # A new order of another institution is another order, though it bears the same number.
    here = [one for one in found["order"] if not new or one.institution_id == taking.sender.institution_id]
    known = orders.meant(here, fact.asked.service.code, new=new)
    if not known and not fact.asked.service:
        raise UnknownOrder(field="ORC-2", number="、".join(given.values()))
    reports = orders.meant(found["report"], fact.asked.service.code)
    for one in known:
        _again(one, fact, taking, state=after(one.detail.get("state", ""), state, new=new))
    if not known:
        _first(fact, fact.person, taking, state=state, reports=reports)


def _first(fact: facts.Order, whom: facts.Person, taking: Taking, *, state: str, reports: list[Numbered]) -> None:
    """An order that was not told of before; its report may have come already."""
    more: dict[str, Any] = {"state": state or after("", "placed")}
    for report in reports[:1]:
        status = report.detail.get("hl7v2", {}).get("status", "")
        more |= {"report": report.id, "state": after(more["state"], state_of_report(status))}
    told = told_by(taking, whom, "order", at=at_of(taking, fact.asked.ordered), **_columns(fact),
                   detail=_detail(fact, taking) | more)  # fmt: skip
    orders.write(told)
    taking.taken.done.append(f"申请：{told.title}")


def _again(one: Numbered, fact: facts.Order, taking: Taking, *, state: str) -> None:
    """The placer's word replaces what was said of the order; whoever carries it out says only how far it is."""
    own = one.institution_id == taking.sender.institution_id
    said = _columns(fact) if own and fact.asked.service else {}
    detail = one.detail | (_detail(fact, taking) if said else orders.numbers(fact.asked.placer, fact.asked.filler))
    reason = "" if own else orders.BY_PERFORMER
    if state == UNCHANGED or (detail | {"state": state} == one.detail and not _differs(one, said)):
        taking.taken.note(f"申请没有变化：{one.title}")
        return
    orders.again(one, detail=detail | {"state": state}, reason=reason, **said)
    taking.taken.done.append(f"申请：{said.get('title', one.title)}")


def _differs(one: Numbered, said: dict[str, Any]) -> bool:
    return any(getattr(one, name) != part for name, part in said.items())


def _columns(fact: facts.Order) -> dict[str, Any]:
    asked = fact.asked
    says = (asked.reason.says, asked.clinical, *(one.code.says for one in fact.diagnoses), *fact.notes)
    return {
        "title": asked.service.says[:200], "system": asked.service.system[:24], "code": asked.service.code[:40],
        "author": asked.by.name[:120] if asked.by else "", "text": "\n".join(filter(None, says)),
    }  # fmt: skip


def _detail(fact: facts.Order, taking: Taking) -> dict[str, Any]:
    """`to` is for whom the message was meant by its header: a system to which it may be sent on."""
    to = {"application": taking.receiver[0], "facility": taking.receiver[1]}
    more = {"priority": hl7v2_words.priority(fact.asked.priority)} | ({"to": to} if any(to.values()) else {})
    return lossless(fact) | orders.numbers(fact.asked.placer, fact.asked.filler) | {k: v for k, v in more.items() if v}


@write.register
def _(fact: facts.Appointment, taking: Taking) -> None:
    if fact.person is None:
        raise NoRuleYet(kind="SIU（没有写明是谁）")
    whom = taking.person(fact.person)
    found = orders.standing(resident=whom, kinds=("appointment",), placer=fact.placer, filler=fact.filler)
    known = found["appointment"][:1]
    if fact.start is None and not known:
        raise Missing(field="SCH-11", label="预约时间")
    for one in known:
        columns = _appointed(fact, one)
        orders.write(told_by(taking, fact.person, "appointment", **columns, follows=one.id))
    if not known:
        orders.write(told_by(taking, fact.person, "appointment", **_appointed(fact, None)))
    taking.taken.done.append(f"预约：{(fact.reason or fact.kind).says}".rstrip("："))


def _appointed(fact: facts.Appointment, before: Numbered | None) -> dict[str, Any]:
    """What a later message does not say again still holds; a deleted one never was."""
    at = fact.start.at if fact.start else before.at if before else None
    end = fact.end.at if fact.end else before.until if before and not fact.start else None
    said = before.detail if before else {}
    kept = {name: said[name] for name in ("placer", "filler", "where", "who") if name in said}
    detail = kept | lossless(fact) | orders.numbers(fact.placer, fact.filler) | _whereabouts(fact)
    deleted = fact.change == "deleted"
    return {
        "title": (fact.reason or fact.kind).says[:200], "at": at, "until": end if end and at and end >= at else None,
        "text": "\n".join(fact.notes), "withdrawn": deleted,
        "detail": detail | {"state": "cancelled" if deleted else fact.change},
    }  # fmt: skip


def _whereabouts(fact: facts.Appointment) -> dict[str, str]:
    places = [one.where for one in fact.resources if one.where]
    people = [one.who.name for one in fact.resources if one.who and one.who.name]
    where = " ".join(filter(None, (places[0].institution, places[0].unit, places[0].room))) if places else ""
    return {name: part for name, part in {"where": where, "who": "、".join(people)}.items() if part}
