"""What stands beside the referral pages: sides, guards and effects, by the names that the pages use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from yigongti.capacity import holding
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.kernel.workflow import engine, rooms
from yigongti.kernel.workflow.clocks import the_clock
from yigongti.kernel.workflow.models import Case
from yigongti.organisations.queries import group_on, institution_of_unit, memberships_on
from yigongti.record import writing
from yigongti.record.queries import beside, home_for, may_read_at, strictest
from yigongti.referral import queries
from yigongti.referral.models import Referral
from yigongti.referral.policy.downward import downward
from yigongti.referral.policy.outward import outward
from yigongti.referral.policy.upward import upward
from yigongti.referral.refusals import (
    DoesNotReceive,
    FollowUpOpen,
    FollowUpOutOfTime,
    HasDied,
    MayNotRead,
    NoReferralCentre,
    NotInAnInstitution,
    NotOffered,
)


for code, title in {
    "referral.submitted": "转诊已提交",
    "referral.accepted": "转诊已接收",
    "referral.declined": "转诊已退回",
    "referral.cancelled": "转诊已取消",
    "referral.expired": "转诊已过期",
    "referral.ended": "患者去世，转诊已终止",
    "referral.returned": "患者已转回",
}.items():
    event.declare(code, title)


def _sent_by(facts: Referral, by: Actor) -> None:
    """The sender's own unit (a department, where the doctor has one) and the institution it belongs to."""
    institution = institution_of_unit(by.unit_id)
    if institution is None:
        raise NotInAnInstitution
    _require_living(facts)
    facts.from_unit_id, facts.from_institution = by.unit_id, institution


def _require_living(facts: Referral) -> None:
    person = facts.resident.master
    if person.died_on:
        raise HasDied(field="resident", name=person.name, day=person.died_on)


def upward_sides(facts: Referral, by: Actor | None) -> Mapping[str, int]:
    """Sending: where the referring doctor works. Receiving: the department. Home: who manages the resident's record."""
    if by is not None:
        facts.kind = "up"
        _sent_by(facts, by)
    sides = {"sending": facts.from_unit_id, "home": _home(facts)}
    if facts.to_department:
        facts.to_institution_id = facts.to_department.institution_id
        sides["receiving"] = facts.to_department.pk
    return sides


def _home(facts: Referral) -> int:
    """Who manages the resident's record; for a special class that nobody there may read, the institution above."""
    classes = facts.case.classes if facts.case_id else ()
    if not classes:
        return int(facts.resident.managing_id)
    return home_for(facts.resident.managing, classes, upward.part("home_doctor").roles)


def downward_sides(facts: Referral, by: Actor | None) -> Mapping[str, int]:
    """Sending: the department where the patient was treated. Receiving: the grassroots institution."""
    if by is not None:
        facts.kind = "down"
        _sent_by(facts, by)
    sides = {"sending": facts.from_unit_id}
    if facts.to_institution_id:
        sides["receiving"] = facts.to_institution_id
    return sides


def outward_sides(facts: Referral, by: Actor | None) -> Mapping[str, int]:
    """Sending: who asks. Centre: the lead institution of the group, which approves."""
    if by is not None:
        facts.kind = "out"
        _sent_by(facts, by)
    return {"sending": facts.from_unit_id, "centre": _lead_of(facts.from_institution)}


def _lead_of(institution: Any) -> int:
    """The lead institution of the group that the institution belongs to today."""
    group = group_on(clock.today(), institution=institution)
    leads = memberships_on(clock.today(), group_id=group.pk).filter(leads=True) if group else None
    lead = leads.first() if leads is not None else None
    if lead is None:
        raise NoReferralCentre(institution=str(institution))
    return int(lead.institution_id)


@rooms.guard("referral.patient_lives")
def patient_lives(*, case: Case, facts: Referral, by: Actor) -> None:
    """Nobody is sent, awaited or received after death."""
    _require_living(facts)


@rooms.guard("referral.department_receives")
def department_receives(*, case: Case, facts: Referral, by: Actor) -> None:
    """The department takes referrals and is open."""
    department = facts.to_department
    if department is None or not department.receives_referrals or department.closed_on:
        raise DoesNotReceive(field="to_department", department=str(department or ""))


@rooms.guard("referral.package_offered")
def package_offered(*, case: Case, facts: Referral, by: Actor) -> None:
    """Only entries of this person that the sender may see travel, whatever was posted."""
    offered = {o.value for o in queries.offers(for_=by, given={"resident": facts.resident_id})["package"]}
    if not {str(one) for one in facts.package} <= offered:
        raise NotOffered(field="package")


@rooms.guard("referral.receiver_may_read")
def receiver_may_read(*, case: Case, facts: Referral, by: Actor) -> None:
    """A diagnosis of a special class goes where somebody may read of it."""
    institution = facts.to_institution
    if institution and not may_read_at(institution, case.classes, downward.part("home_doctor").roles):
        raise MayNotRead(field="to_institution", institution=str(institution))


@rooms.guard("referral.follow_up_in_time")
def follow_up_in_time(*, case: Case, facts: Referral, by: Actor) -> None:
    """The first follow-up lies ahead, and within the time that the rule allows."""
    days = values.number("referral.follow_up_within")
    last = clock.today() + timedelta(days=days)
    if facts.follow_up_on is None or not clock.today() < facts.follow_up_on <= last:
        raise FollowUpOutOfTime(field="follow_up_on", value=facts.follow_up_on, days=days, last=last)


@rooms.guard("referral.first_follow_up_done")
def first_follow_up_done(*, case: Case, facts: Referral, by: Actor) -> None:
    """The duty that the return raised has been met, or could not be and says why."""
    if Case.objects.filter(parent=case, ended_at=None).exists():
        raise FollowUpOpen


@rooms.effect("referral.reserve")
def reserve(*, case: Case, facts: Referral, by: Actor) -> None:
    """Hold a bed of the department, or book a number kept for the grassroots."""
    _release(facts, "resubmitted")
    case.urgent = facts.urgency != "routine"
    if facts.admission == "ward":
        until = clock.now() + timedelta(minutes=values.number("referral.hold_before_answer"))
        facts.stay = holding.hold_bed(
            department=facts.to_department, resident=facts.resident, case_number=case.number, until=until
        )
    else:
        facts.appointment = holding.book_slot(
            department=facts.to_department, resident=facts.resident, case_number=case.number, by=by
        )


@rooms.effect("referral.extend_reservation")
def extend_reservation(*, case: Case, facts: Referral, by: Actor) -> None:
    """Once accepted, the bed is kept until the patient must have come."""
    if facts.stay:
        until = clock.now() + timedelta(minutes=values.number("referral.arrive_within"))
        holding.extend(facts.stay, until=until)


@rooms.effect("referral.release")
def release(*, case: Case, facts: Referral, by: Actor) -> None:
    """Give the bed or the number back."""
    _release(facts, case.state)


def _release(facts: Referral, reason: str) -> None:
    if facts.stay:
        holding.vacate(facts.stay, reason=reason)
    if facts.appointment:
        holding.cancel(facts.appointment, reason=reason)
    facts.stay = facts.appointment = None


@rooms.effect("referral.mark_arrived")
def mark_arrived(*, case: Case, facts: Referral, by: Actor) -> None:
    """The patient came: by number, or to the ward."""
    if facts.appointment:
        holding.arrive(facts.appointment)


@rooms.effect("referral.occupy")
def occupy(*, case: Case, facts: Referral, by: Actor) -> None:
    """The patient lies in the held bed; one who came by number is admitted to a free one, if the department has it."""
    if facts.stay is None and facts.admission == "ward":
        facts.stay = holding.hold_bed(
            department=facts.to_department, resident=facts.resident, case_number=case.number, until=clock.now()
        )
    if facts.stay:
        holding.occupy(facts.stay)


@rooms.effect("referral.vacate")
def vacate(*, case: Case, facts: Referral, by: Actor) -> None:
    """The patient goes home: the bed is free."""
    if facts.stay:
        holding.vacate(facts.stay, reason="returned")


@rooms.effect("referral.write_summary")
def write_summary(*, case: Case, facts: Referral, by: Actor) -> None:
    """The summary and the plan become part of the lifelong record, for whoever treats the person next."""
    treated_at = (facts.to_institution_id if facts.kind == "up" else None) or facts.from_institution_id
    parts = [
        ("诊治小结", facts.discharge_summary), ("照护计划", facts.care_plan), ("带回用药", facts.medicines),
        ("随访要点", facts.follow_up_items),
    ]  # fmt: skip
    text = "\n".join(f"{label}：{text}" for label, text in parts if text)
    writing.write_document(
        by=by, resident_id=facts.resident_id, institution_id=treated_at, title=f"转诊小结 {case.number}",
        text=text, sensitivity=strictest(case.classes), source=f"referral:{case.number}",
    )  # fmt: skip


def keep_pages() -> None:
    """Let the engine carry the three pages."""
    for page, sides in ((upward, upward_sides), (downward, downward_sides), (outward, outward_sides)):
        rooms.keep(
            rooms.Kept(
                page=page,
                facts=Referral,
                sides=sides,
                rows=queries.rows,
                panels=queries.PANELS,
                starts=queries.starts,
                offers=queries.offers,
                shown=beside.shown,
                paper="referral/slip.html",
            )
        )


keep_pages()


@event.on("residents.died")
def end_for_the_dead(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """Who has died before coming is not awaited: bed and number are free. Who died in care is left to the people."""
    referred = Referral.objects.filter(resident__master__in=facts["residents"]).values("case")
    for page in (upward, downward, outward):
        waiting = Case.objects.filter(
            workflow=page.code, state__in=page.step("end").frm, ended_at=None, pk__in=referred
        )
        for case in waiting.select_for_update().order_by("pk"):
            engine.take_as_clock(by=the_clock(), case=case, step="end")


@event.on("chronic.follow_up_missed")
@event.on("chronic.followed_up")
def close_after_first_follow_up(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """The first follow-up is over: the referral that raised it is closed by the clock, as its page says."""
    parent = facts["case"].parent
    if parent and parent.workflow in (upward.code, downward.code) and parent.state == "returned":
        engine.take_as_clock(by=the_clock(), case=parent, step="close")
