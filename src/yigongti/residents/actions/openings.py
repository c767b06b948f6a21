"""Open a person's record with a stated basis, close it, and review what was opened in an emergency or on duty."""

from __future__ import annotations

import re
from datetime import timedelta

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Opening
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase, say
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, NotFound, Refusal, raise_all
from yigongti.residents.actions.stating import already, stated
from yigongti.residents.bases import DUTIES
from yigongti.residents.models import Resident
from yigongti.residents.queries import minors, persons
from yigongti.residents.queries.beyond import proven
from yigongti.residents.refusals import MinorClosed, NotFoundByPaper, NotOwnReview


SUBJECT = re.compile(r"([a-z]+\.[A-Za-z]+:[0-9]{1,18})?")  # the case that led here, if one did
VERDICTS = {"justified": "查阅正当", "unjustified": "查阅不当"}


@action("residents.open_with_basis")
def open_with_basis(
    *, by: Actor, resident: int, basis: str, reason: str, proof: str = "", subject: str = ""
) -> Receipt:
    """说明依据打开档案。"""
    basis, _, duty = basis.partition(".")
    person = Resident.objects.select_related("master").filter(pk=resident).first()
    if person is None:
        raise NotFound
    if not SUBJECT.fullmatch(subject):
        raise NotFound
    person = person.master
    reason = stated(reason, label="查阅理由")
    if basis in by.role.bases:
        _refuse_basis(by, person, basis, proof, duty)
    reason = f"{DUTIES.label(duty)}：{reason}" if duty else reason
    opening = bases.open_with(by=by, person_id=person.pk, code=basis, reason=reason, subject=subject)
    if basis in ("present", "emergency", "duty"):
        opening.closes_at = opening.opened_at + timedelta(hours=values.number("residents.opening_hours"))
        opening.save(update_fields=["closes_at"])
    title, until = bases.all_bases()[basis].title, f"{opening.closes_at.astimezone(clock.COUNTY_ZONE):%m-%d %H:%M}"
    return Receipt(
        number=f"CY{opening.pk:08d}",
        done=phrase("{name}，依据“{title}”，至 {until}。", name=person.name, title=phrase(title), until=until),
        next="这次打开会有人复核。" if opening.review == "due" else "本人可以看到谁看过自己的档案。",
        href=f"/residents/{person.pk}/record" if by.may("record.read") else f"/residents/{person.pk}",
        persons=(person.pk,),
        subject=f"residents.Resident:{person.pk}",
        basis=basis,
        facts={"reason": opening.reason, "opening": opening.pk},
    )


def _refuse_basis(by: Actor, person: Resident, basis: str, proof: str, duty: str) -> None:
    """Present and duty: found by a full number. A duty is one of the list, and closed to minors unless the role page
    opens it."""
    wrong: list[Refusal] = []
    if (basis == "duty") != (duty in {e.code for e in DUTIES.on(clock.today())}):
        wrong.append(BadValue(field="basis", label=say("履职查阅事由"), value=duty, problem=say("请选择事由")))
    if basis in ("present", "duty") and proven(for_=by, proof=proof) != person.pk:
        wrong.append(NotFoundByPaper(field="basis", minutes=values.number("residents.found_minutes")))
    if basis == "duty" and minors.closed_as_minor(for_=by, born=person.birth_date):
        wrong.append(MinorClosed(field="basis", age=values.number(minors.AGE)))
    raise_all(wrong)


@action("residents.close_opening", permission="residents.open_with_basis")
def close_opening(*, by: Actor, resident: int) -> Receipt:
    """提前关闭已打开的档案。"""
    live = Opening.objects.filter(post_id=by.post_id or 0, person_id=resident, closes_at__gt=clock.now())
    if not live.update(closes_at=clock.now()):
        raise NotFound
    return Receipt(
        number=f"CY{resident:08d}",
        done="不再打开。",
        href="/residents",
        persons=(resident,),
        subject=f"residents.Resident:{resident}",
    )


@action("residents.review_opening", permission="residents.emergency_review")
def review_opening(*, by: Actor, opening: int, verdict: str, note: str) -> Receipt:
    """复核紧急查阅和履职查阅。"""
    if verdict not in VERDICTS:
        raise BadValue(field="verdict", label=say("复核结论"), value=verdict, problem=say("请选择正当或不当"))
    note = stated(note, label="复核说明", field="note")
    due = Opening.objects.select_for_update(of=("self",)).select_related("post")
    due = due.filter(persons.reviewable(for_=by), pk=opening)
    row = due.exclude(review="none").first()
    if row is None:
        raise NotFound
    if row.post.account_id == by.account_id:
        raise NotOwnReview
    if row.review != "due":
        raise already(row.reviewed_by_id, row.reviewed_at, "复核这次查阅")
    row.review, row.reviewed_at, row.reviewed_by_id, row.review_note = verdict, clock.now(), by.post_id, note
    if verdict == "unjustified":
        row.closes_at = min(row.closes_at, clock.now())
    row.save()
    return Receipt(
        number=f"CY{row.pk:08d}",
        done=phrase("{verdict}。", verdict=phrase(VERDICTS[verdict])),
        href="/reviews",
        persons=(row.person_id,),
        subject=f"access.Opening:{row.pk}",
        facts={"verdict": verdict, "note": note},
    )
