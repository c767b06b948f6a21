"""What HL7 v2 says of orders (ORM, OML) and appointments (SIU), written into the record."""

from __future__ import annotations

from typing import Any

from yigongti.exchange import hl7v2_words, orders
from yigongti.exchange.hl7v2 import facts
from yigongti.exchange.hl7v2.order_states import NEW, OF_THE_FILLER, UNCHANGED, after, state_of, state_of_report
from yigongti.exchange.inbox import NoRuleYet
from yigongti.exchange.policy.orders import NOT_MEANT, SEVERAL
from yigongti.exchange.taking_hl7v2 import Taking, at_of, lossless, told_by, write
from yigongti.kernel.refusal import Missing, Refusal
from yigongti.organisations.queries import open_institutions
from yigongti.record.queries import Numbered


class UnknownOrder(Refusal):
    """编号 {number} 的申请没有收到过，这条消息也没有写明是什么项目。"""


class NotMeant(Refusal):
    """编号 {number} 没有对到申请：{why}。申请收到后请重新处理这一条。"""


@write.register
def _(fact: facts.Order, taking: Taking) -> None:
    if fact.person is None or fact.prior:
        taking.taken.note("此前的申请，没有采用" if fact.prior else "没有写明是谁的申请，没有采用")
        return
    state = state_of(fact.asked.control, fact.status)
    if fact.kind != "service" or state is None:
        raise NoRuleYet(kind="ORM（用药）" if state is not None else f"ORC-1 = {fact.asked.control[:8]}")
    if not orders.numbers(fact.asked.placer, fact.asked.filler):
        raise Missing(field="ORC-2", label="申请编号")
    new = fact.asked.control in NEW
    known = _known(fact, taking, new=new)
    for one in known:
        _again(one, fact, taking, state=after(one.detail.get("state", ""), state, new=new))
    if not known:
        _first(fact, fact.person, taking, state=state)


def _known(fact: facts.Order, taking: Taking, *, new: bool) -> list[Numbered]:
    """The orders that the message means: its sender's own; what who carries out says may mean others' too. Raises
    UnknownOrder and NotMeant for what can't be an order of its own."""
    asked, by = fact.asked, taking.sender.institution_id
    whom = taking.person(fact.person) if fact.person else 0
    said: dict[str, Any] = {"by": by, "resident": whom, "placer": asked.placer, "filler": asked.filler}
    found = orders.spoken_of(**said)
    own = [one for one in found if one.institution_id == by]
    of_the_filler = asked.control in OF_THE_FILLER
    # A new order of another institution is another order, though it bears the same number.
    sides = own if new else found if of_the_filler else own or found
    known = orders.meant(sides, asked.service.code, new=new)
    one = orders.of_one_asker(known, asked.placer)
    number = "、".join(orders.numbers(asked.placer, asked.filler).values())
    if len(one) < len(known):
        raise NotMeant(field="ORC-2", number=number, why=SEVERAL)
    if not one and of_the_filler:
        others = orders.of_others(**said)
        raise NotMeant(field="ORC-2", number=number, why=NOT_MEANT if others else "还没有收到过")
    if not one and not asked.service:
        raise UnknownOrder(field="ORC-2", number=number)
    return one


def _first(fact: facts.Order, whom: facts.Person, taking: Taking, *, state: str) -> None:
    """An order that was not told of before; its report may have come already."""
    more: dict[str, Any] = {"state": state or after("", "placed")}
    reports = orders.meant(
        orders.awaiting(asker=taking.sender.institution_id, performs=orders.behind(_to(taking)),
                        resident=taking.person(whom), placer=fact.asked.placer, filler=fact.asked.filler),
        fact.asked.service.code,
    )  # fmt: skip
    for report in reports[:1]:
        status = report.detail.get("hl7v2", {}).get("status", "")
        more |= {"report": report.id, "state": after(more["state"], state_of_report(status))}
    told = told_by(taking, whom, "order", at=at_of(taking, fact.asked.ordered), **_columns(fact),
                   detail=_detail(fact, taking) | more)  # fmt: skip
    orders.write(told)
    taking.taken.done.append(f"申请：{told.title}")


def _again(one: Numbered, fact: facts.Order, taking: Taking, *, state: str) -> None:
    """The placer's word replaces what was said of the order; whoever carries it out says only how far it is, and by
    which number it goes there."""
    by = taking.sender.institution_id
    own = one.institution_id == by
    said = _columns(fact) if own and fact.asked.service else {}
    kept = {name: one.detail[name] for name in ("filler", "filler_of") if one.detail.get(name)}
    numbered = orders.filled(one, by=_filler_of(taking) if own else by, filler=fact.asked.filler)
    detail = one.detail | (_detail(fact, taking) if said else {}) | kept | numbered
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
    to, filler = _to(taking), fact.asked.filler
    more = {
        "priority": hl7v2_words.priority(fact.asked.priority), "to": to if any(to.values()) else None, **_performer(to),
        "filler_of": _filler_of(taking) if filler else None,
    }  # fmt: skip
    return lossless(fact) | orders.numbers(fact.asked.placer, filler) | {k: v for k, v in more.items() if v}


def _to(taking: Taking) -> dict[str, str]:
    return {"application": taking.receiver[0], "facility": taking.receiver[1]}


def _performer(to: dict[str, str]) -> dict[str, Any]:
    """The institution whose system that is, where it is one of ours: it finds the order on its list."""
    found = open_institutions().filter(pk__in=orders.behind(to))[:2]
    return {"performer": found[0].pk, "performer_name": found[0].name} if len(found) == 1 else {}


def _filler_of(taking: Taking) -> int:
    """Whose a performer's number is, where the one who asked tells it."""
    found = sorted(orders.behind(_to(taking)))
    return found[0] if len(found) == 1 else taking.sender.institution_id


@write.register
def _(fact: facts.Appointment, taking: Taking) -> None:
    if fact.person is None:
        raise NoRuleYet(kind="SIU（没有写明是谁）")
    whom = taking.person(fact.person)
    known = orders.appointments(by=taking.sender.institution_id, resident=whom, placer=fact.placer,
                                filler=fact.filler)[:1]  # fmt: skip
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
