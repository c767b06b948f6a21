"""Who manages a person's record, which papers name them, and which household they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase, say
from yigongti.kernel.refusal import BadValue, NotFound
from yigongti.organisations.queries import institution_of, open_institutions
from yigongti.residents import codes, labels, masking
from yigongti.residents.actions.numbers import next_household_no
from yigongti.residents.actions.probing import counted, paper
from yigongti.residents.actions.registration import managed_here
from yigongti.residents.actions.stating import already, post_of, stated
from yigongti.residents.bases import managing_ids
from yigongti.residents.models import Household, Identifier, ManagedBefore, Resident, Transfer
from yigongti.residents.queries.beyond import proven
from yigongti.residents.refusals import ChangedMeanwhile, NotFoundByPaper, NotOwnReview, PaperTaken


if TYPE_CHECKING:
    from yigongti.organisations.models import Institution


moved = event.declare("residents.moved", "管理机构已变更")


@action("residents.move", permission="residents.amend")
def move(*, by: Actor, resident: int, version: int, managing: int, reason: str) -> Receipt:
    """变更管理机构。"""
    reason = stated(reason, label="变更理由")
    row = managed_here(by, resident)
    if row.version != version:
        raise ChangedMeanwhile(who="他人")
    place = open_institutions().filter(pk=managing, pk__in=managing_ids(by)).first()
    if place is None or place.pk == row.managing_id:
        label = labels.FIELD["managing"]
        raise BadValue(field="managing", label=label, value=managing, problem=say("请选择您所管辖的另一个机构"))
    return _moved(by, row, place, reason)


@action("residents.ask_transfer", permission="residents.register")
def ask_transfer(*, by: Actor, resident: int, proof: str, why: str) -> Receipt:
    """申请转入本机构管理。"""
    why = stated(why, label="转入理由", field="why")
    if proven(for_=by, proof=proof) != resident:
        raise NotFoundByPaper(minutes=30)
    own = institution_of(for_=by)
    row = Resident.objects.select_related("managing").filter(pk=resident).first()
    if own is None or row is None or row.managing_id == own.pk:
        raise NotFound
    asked = _ask(by, row, own, why)
    return Receipt(
        number=f"ZR{asked.pk:06d}",
        done=phrase(
            "{name}，出生 {born}，由{managing}转到{own}。",
            name=masking.name(row.name),
            born=masking.born(row.birth_date),
            managing=row.managing,
            own=own,
        ),
        next="已交数据员核实；办结前由原机构管理。",
        href="/residents",
        persons=(row.pk,),
        subject=f"residents.Transfer:{asked.pk}",
        facts={"why": why, "to": own.pk},
    )


def _ask(by: Actor, row: Resident, own: Institution, why: str) -> Transfer:
    try:
        with transaction.atomic():
            return Transfer.objects.create(
                resident=row, sender=row.managing, receiver=own, why=why, asked_at=clock.now(), asked_by_id=post_of(by)
            )
    except IntegrityError as taken:
        if "transfer_asked_once" not in str(taken):
            raise
        earlier = Transfer.objects.get(resident=row, receiver=own, verdict="open")
        raise already(earlier.asked_by_id, earlier.asked_at, "申请转入") from taken


@action("residents.decide_transfer", permission="residents.decide_suspicion")
def decide_transfer(*, by: Actor, transfer: int, move: bool, note: str) -> Receipt:
    """办理转入申请。"""
    note = stated(note, label="办理说明", field="note")
    asked = Transfer.objects.select_for_update(of=("self",)).select_related("receiver", "resident", "asked_by")
    row = asked.filter(pk=transfer, sender_id__in=managing_ids(by)).first()
    if row is None:
        raise NotFound
    if row.verdict != "open":
        raise already(row.decided_by_id, row.decided_at, "办理这份转入申请")
    if row.asked_by.account_id == by.account_id:
        raise NotOwnReview
    row.verdict = "moved" if move else "declined"
    row.decided_at, row.decided_by_id, row.note = clock.now(), by.post_id, note
    row.save()
    if move:
        person = Resident.objects.select_for_update(of=("self",)).select_related("managing").get(pk=row.resident_id)
        return _moved(by, person, row.receiver, note, href="/identity/transfers")
    return Receipt(
        number=f"ZR{row.pk:06d}",
        done=phrase("{name}仍由{sender}管理。", name=row.resident.name, sender=row.sender),
        href="/identity/transfers",
        persons=(row.resident_id,),
        subject=f"residents.Transfer:{row.pk}",
        facts={"note": note},
    )


@counted(paper)
@action("residents.add_identifier", permission="residents.amend")
def add_identifier(*, by: Actor, resident: int, system: str, value: str) -> Receipt:
    """登记证件或卡号。"""
    row = managed_here(by, resident)
    if system not in labels.PAPER or system in ("id_card", "temporary"):
        raise BadValue(field="system", label=say("证件种类"), value=system, problem=say("不在可选范围内"))
    try:
        number = codes.paper(value)
    except codes.Unfit as unfit:
        raise BadValue(
            field="value", label=labels.PAPER[system], value=value[:40], problem=say(unfit.rule, **unfit.facts)
        ) from None
    others = Identifier.objects.filter(system=system, value=number, ended_on=None).select_related("resident__master")
    for other in others:
        name = masking.name(other.resident.master.name)
        raise PaperTaken(field="value", label=labels.PAPER[system], value=number, name=name)
    made = Identifier.objects.create(resident=row, system=system, value=number)
    said = phrase("{paper} {value}。", paper=phrase(labels.PAPER[system]), value=number)
    return _about(row, said, {"identifier": made.pk})


@action("residents.end_identifier", permission="residents.amend")
def end_identifier(*, by: Actor, identifier: int, reason: str) -> Receipt:
    """注销证件或卡号。"""
    reason = stated(reason, label="注销理由")
    held = Identifier.objects.filter(pk=identifier, ended_on=None).select_related("resident").first()
    if held is None:
        raise NotFound
    row = managed_here(by, held.resident.master_id)
    Identifier.objects.filter(pk=held.pk).update(ended_on=clock.today())
    said = phrase("{paper} {value} 已注销。", paper=phrase(labels.PAPER[held.system]), value=held.value)
    return _about(row, said, {"identifier": held.pk, "reason": reason})


@action("residents.join_household", permission="residents.amend")
def join_household(*, by: Actor, resident: int, role: str, number: str = "") -> Receipt:
    """登记家庭户。"""
    row = managed_here(by, resident)
    if role not in labels.HOUSEHOLD_ROLE:
        label = labels.FIELD["household_role"]
        raise BadValue(field="role", label=say(label), value=role, problem=say("不在可选范围内"))
    before = row.household.number if row.household else ""
    row.household, row.household_role = _household(by, row, codes.plain(number)), role
    row.save(update_fields=["household", "household_role"])
    facts = {"household": [before, row.household.number], "role": role}
    said = phrase("户 {number}，{role}。", number=row.household.number, role=phrase(labels.HOUSEHOLD_ROLE[role]))
    return _about(row, said, facts)


def _household(by: Actor, row: Resident, number: str) -> Household:
    if not number:
        division = row.lives_division or row.managing.division
        return Household.objects.create(
            number=next_household_no(division), division=division, address=row.lives_address, managing=row.managing
        )
    found = Household.objects.filter(number=number, managing_id__in=managing_ids(by)).first()
    if found is None:
        raise BadValue(field="number", label=say("户号"), value=number[:40], problem=say("您所管辖的机构没有这个户号"))
    return found


def _moved(by: Actor, row: Resident, place: Institution, reason: str, href: str = "") -> Receipt:
    before = row.managing
    ManagedBefore.objects.create(resident=row, managing=before, until=clock.today())
    Resident.objects.filter(pk=row.pk).update(managing=place, version=row.version + 1, changed_by_id=by.post_id)
    event.announce(moved, by=by, facts={"resident": row.pk, "from": before.pk, "to": place.pk})
    facts = {"managing": [before.pk, place.pk], "reason": reason}
    return _about(row, phrase("由{before}转到{place}管理。", before=before, place=place), facts, href=href)


def _about(row: Resident, done: str, facts: Mapping[str, object], href: str = "") -> Receipt:
    return Receipt(
        number=row.record_no,
        done=phrase("{name}：{done}", name=row.name, done=done),
        href=href or f"/residents/{row.pk}",
        persons=(row.pk,),
        subject=f"residents.Resident:{row.pk}",
        facts=facts,
    )
