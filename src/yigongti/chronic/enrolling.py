"""Somebody comes under management for a disease, leaves it with a reason, or what was done in error is taken back.

Who manages the person's record does so, and holds the person meanwhile. The registration repeats what stands, for those
who may know of it without reading the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from yigongti.chronic.ending import resume_stopped, stop_planned
from yigongti.chronic.enrolled import Span, spans
from yigongti.chronic.models import Enrolment
from yigongti.chronic.policy.codes import disease as diseases
from yigongti.chronic.policy.codes import end_reason as end_reasons
from yigongti.chronic.policy.diseases import ENROLLED
from yigongti.chronic.refusals import AlreadyEnrolled, EnrolledBefore, NoLongerAlive, NotEnrolled, NothingToTakeBack
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase, say
from yigongti.kernel.refusal import BadValue
from yigongti.residents.actions.conditions import say_managed
from yigongti.residents.actions.registration import managed_here


ENROL = "chronic.enrol"
event.declare("chronic.enrolled", "已纳入慢病管理")
event.declare("chronic.enrolment_ended", "已结束慢病管理")


@action(ENROL)
def enrol(*, by: Actor, resident: int, disease: str, begins: date) -> Receipt:
    """纳入慢病管理。"""
    row = managed_here(by, resident)
    if row.died_on:
        raise NoLongerAlive(name=row.name)
    _chosen(disease, ENROLLED, field="disease", label="病种")
    _within(begins, row.birth_date, clock.today(), field="begins", label="纳入管理日期")
    for one in _of(by, row.pk, disease):
        told: dict[str, Any] = {"name": row.name, "disease": phrase(diseases.label(disease)), "since": one.begins}
        if one.ends is None:
            raise AlreadyEnrolled(field="disease", **told)
        if one.ends >= begins:
            raise EnrolledBefore(field="begins", until=one.ends, **told)
    made = Enrolment.objects.create(
        resident=row, disease=disease, managing=row.managing, begins=begins, source="entered",
        changed_at=clock.now(), changed_by_id=by.post_id,
    )  # fmt: skip
    say_managed(by=by, resident=row.pk, condition=disease, managed=True)
    event.announce("chronic.enrolled", by=by, facts={"resident": row.pk, "disease": disease})
    label = phrase(diseases.label(disease))
    said = phrase("{name}：{disease}，自 {day} 起在管。", name=row.name, disease=label, day=begins)
    return _receipt(row, made, said, next_="可在健康档案里安排第一次随访。", facts={"begins": begins.isoformat()})


@action("chronic.end_enrolment", permission=ENROL)
def end_enrolment(*, by: Actor, resident: int, disease: str, last_day: date, reason: str) -> Receipt:
    """结束慢病管理。"""
    row = managed_here(by, resident)
    _chosen(reason, [one.code for one in end_reasons.entries], field="reason", label="结束管理原因")
    open_ = [one for one in _of(by, row.pk, disease) if one.ends is None]
    if not open_:
        raise NotEnrolled(name=row.name, disease=phrase(diseases.label(disease)))
    _within(last_day, max(one.begins for one in open_), clock.today(), field="last_day", label="管理的最后一天")
    ended = [_ended(by, one, row.managing_id, last_day, reason) for one in open_]
    say_managed(by=by, resident=row.pk, condition=disease, managed=False)
    event.announce("chronic.enrolment_ended", by=by, facts={"resident": row.pk, "disease": disease})
    said = phrase("{name}：{disease}，管理到 {day} 为止，原因：{reason}。", name=row.name,
                  disease=phrase(diseases.label(disease)), day=last_day,
                  reason=phrase(end_reasons.label(reason)))  # fmt: skip
    stopped, left = (0, 0) if _managed(by, row.pk) else stop_planned(enrolment=ended[-1], person=row.pk)
    facts = {"ends": last_day.isoformat(), "reason": reason, "stopped": stopped}
    return _receipt(row, ended[0], said, next_=_of_planned(stopped, left), facts=facts)


def _managed(by: Actor, person: int) -> bool:
    """Whether any disease is still under management: one follow-up serves them all."""
    return any(one.ends is None for one in spans(for_=by, person=person))


def _of_planned(stopped: int, left: int) -> str:
    if stopped and left:
        return phrase("已安排的随访有 {n} 次不再办；还有 {m} 次已到期，请登记结果。", n=stopped, m=left)
    if stopped:
        return phrase("已安排的随访有 {n} 次不再办。", n=stopped)
    return phrase("还有 {m} 次随访已到期，请登记结果。", m=left) if left else ""


def _ended(by: Actor, one: Span, managing: int, last_day: date, reason: str) -> Enrolment:
    """The row, ended; what only the registration told of gets a row."""
    row = Enrolment.objects.filter(pk=one.id).first() if one.id else None
    row = row or Enrolment(
        resident_id=one.resident, disease=one.disease, managing_id=managing, begins=one.begins, source="registered"
    )
    row.ends, row.end_reason, row.changed_at, row.changed_by_id = last_day, reason, clock.now(), by.post_id
    row.save()
    return row


@action("chronic.take_back_enrolment", permission=ENROL)
def take_back_enrolment(*, by: Actor, resident: int) -> Receipt:
    """撤回慢病管理的纳入或结束。"""
    row = managed_here(by, resident)
    found = Enrolment.objects.select_for_update(of=("self",)).filter(
        resident__master_id=row.pk, changed_by_id=by.post_id or 0, changed_at__gte=_midnight()
    )
    last = found.order_by("-changed_at", "-pk").first()
    if last is None:
        raise NothingToTakeBack
    label = phrase(diseases.label(last.disease))
    if last.ends is None:
        said = phrase("{name}：{disease}没有纳入。", name=row.name, disease=label)
        last.delete()
    else:
        _reopen(by, row.pk, last)
        said = phrase("{name}：{disease}仍然在管。", name=row.name, disease=label)
    say_managed(by=by, resident=row.pk, condition=last.disease, managed=last.ends is None and last.pk is not None)
    return _receipt(row, None, said, facts={"disease": last.disease})


def _reopen(by: Actor, person: int, last: Enrolment) -> None:
    """Take back an end, unless the person has been enrolled anew since."""
    if any(one.begins > last.begins for one in _of(by, person, last.disease)):
        raise NothingToTakeBack
    Enrolment.objects.filter(pk=last.pk).update(ends=None, end_reason="", changed_at=None, changed_by=None)
    resume_stopped(by=by, enrolment=last)
    last.ends = None


@event.on("residents.moved")
def follow_the_move(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """Who is managed elsewhere from today is enrolled there from today, and was where they were until yesterday."""
    today = clock.today()
    for one in Enrolment.objects.select_for_update().filter(resident_id=facts["resident"], ends=None).order_by("pk"):
        if one.begins >= today:
            Enrolment.objects.filter(pk=one.pk).update(managing_id=facts["to"])
            continue
        Enrolment.objects.filter(pk=one.pk).update(ends=today - timedelta(days=1), end_reason="moved")
        Enrolment.objects.create(
            resident_id=one.resident_id, disease=one.disease, managing_id=facts["to"], begins=today, source="moved"
        )


def _of(by: Actor, person: int, disease: str) -> list[Span]:
    alike = {one.code for one in diseases.entries if one.label == diseases.label(disease)}
    return [one for one in spans(for_=by, person=person) if one.disease in alike]


def _chosen(code: str, known: Any, *, field: str, label: str) -> None:
    if code not in known:
        raise BadValue(field=field, label=say(label), value=code[:24], problem=say("不在可选范围内"))


def _within(day: date, first: date, last: date, *, field: str, label: str) -> None:
    if not first <= day <= last:
        problem = phrase("应在 {a} 到 {b} 之间", a=first, b=last)
        raise BadValue(field=field, label=say(label), value=day, problem=problem)


def _midnight() -> Any:
    return clock.now().astimezone(clock.COUNTY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _receipt(
    row: Any, made: Enrolment | None, said: str, *, facts: Mapping[str, Any], next_: str = ""
) -> Receipt:  # fmt: skip
    return Receipt(
        number=row.record_no, done=said, next=next_, href=f"/residents/{row.pk}/chronic",
        undo="undo" if made else "", persons=(row.pk,), subject=f"residents.Resident:{row.pk}",
        facts={**facts, **({"disease": made.disease, "enrolment": made.pk} if made else {})},
    )  # fmt: skip
