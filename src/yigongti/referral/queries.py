"""How referrals show: in lists, on the case page, on paper; and the basis that a referral gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.pages.parts import State
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.question import Among, Question, Slot
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow.models import Case, CaseSide
from yigongti.kernel.workflow.rooms import CaseRow, Panel
from yigongti.kernel.workflow.sight import visible
from yigongti.record.diagnoses import kept
from yigongti.record.queries import entries_by_ids, entries_for_package, open_record, summary
from yigongti.referral.models import Referral
from yigongti.residents.queries.naming import SAID, said


REASONS = {"up": "referral.up_reason", "down": "referral.down_reason", "out": "referral.out_reason"}
OPEN_STATES = ("waiting", "accepted", "arrived", "admitted", "returned")


COLUMNS = (
    "case_id", "resident_id", "kind", "reason", "diagnosis", "to_outside", "from_institution__short_name",
    "to_institution__short_name", "to_department__name", *(f"resident__{column}" for column in SAID),
)  # fmt: skip


def rows(case_ids: list[int]) -> Mapping[int, CaseRow]:
    """Who, what, from where to where; one query for a page of them, and of the columns that show only."""
    return {row[0]: _row(*row[1:]) for row in _LISTED.asked(cases=case_ids)}


_LISTED = Question(lambda: Referral.objects.filter(Among("case_id", Slot("cases"))).values_list(*COLUMNS))


def _row(
    person: int, kind: str, reason: str, diagnosis: str, outside: str, frm: str, to: str | None,
    department: str | None, *person_columns: Any,
) -> CaseRow:  # fmt: skip
    return CaseRow(
        **said(*person_columns), clinical=diagnosis, what=_reason(kind, reason),
        frm=frm, to=outside or " ".join(p for p in (to, department) if p), person_id=person,
    )  # fmt: skip


def reason_of(r: Referral) -> str:
    """The reason in words."""
    return _reason(r.kind, r.reason)


def _reason(kind: str, reason: str) -> str:
    return say(code_lists[REASONS[kind]].label(reason)) if reason else ""


def _request(*, for_: Actor, case: Case, facts: Referral) -> Mapping[str, Any]:
    died = facts.resident.master.died_on if case.ended_at is None else None
    return {
        "facts": facts, "case": case, "reason": reason_of(facts),
        "died": State(word=say("患者已于 {day} 去世", day=died.isoformat()), kind="harm") if died else None,
        "urgency": code_lists["referral.urgency"].label(facts.urgency),
        "transport": code_lists["referral.transport"].label(facts.transport) if facts.transport else "",
    }  # fmt: skip


def _package(*, for_: Actor, case: Case, facts: Referral) -> Mapping[str, Any]:
    """The entries that travel with the patient: those that the sender chose, and no others."""
    return {"entries": entries_by_ids(for_=for_, ids=facts.package, basis="referred"), "facts": facts}


def _place(*, for_: Actor, case: Case, facts: Referral) -> Mapping[str, Any]:
    return {"facts": facts, "stay": facts.stay, "appointment": facts.appointment}


def _record(*, for_: Actor, case: Case, facts: Referral) -> Mapping[str, Any]:
    """The offer to open the whole record, on the basis of this referral and with a stated reason."""
    offered = any(b.code == "referred" for b in bases.bases_of(for_=for_))
    return {"facts": facts, "case": case, "offered": offered}


def _outcome(*, for_: Actor, case: Case, facts: Referral) -> Mapping[str, Any]:
    label = code_lists["referral.decline_reason"].label(facts.decline_reason) if facts.decline_reason else ""
    children = list(Case.objects.filter(parent=case).order_by("pk"))
    mine = set(visible(for_=for_).filter(parent=case).values_list("pk", flat=True)) if children else set()
    return {"facts": facts, "case": case, "decline_reason": label, "children": [(c, c.pk in mine) for c in children]}


PANELS = {
    "request": Panel(template="referral/panels/request.html", context=_request),
    "package": Panel(template="referral/panels/package.html", context=_package),
    "place": Panel(template="referral/panels/place.html", context=_place),
    "record": Panel(template="referral/panels/record.html", context=_record),
    "outcome": Panel(template="referral/panels/outcome.html", context=_outcome),
}


def starts(*, for_: Actor, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a referral's form can fill in itself: the key condition as the diagnosis, what is proposed to travel.

    Nothing of a special class: the sender states it knowingly, or not at all.
    """
    usual = {"urgency": "routine", "transport": "self"}
    opened = _opened(for_, given)
    if opened is None:
        return usual
    conditions = [one for one in summary(for_=for_, opened=opened).conditions if not one.sensitivity]
    proposed = [str(c.row.id) for c in entries_for_package(for_=for_, opened=opened) if c.proposed]
    diagnosis = kept(conditions[0].code, conditions[0].title) if conditions else ""
    return {**usual, "diagnosis": diagnosis, "package": proposed}


def _opened(for_: Actor, given: Mapping[str, Any]) -> Any:
    resident = row_number(str(given.get("resident", "")))
    try:
        return open_record(for_=for_, resident_id=resident) if resident else None
    except Refusal:
        return None


def offers(*, for_: Actor, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entries of the record that may travel: what the sender may see, and chooses; the classes to be named."""
    opened = _opened(for_, given)
    candidates = entries_for_package(for_=for_, opened=opened) if opened else []
    offered = [Offer(value=str(c.row.id), label=say(c.row.title), help=f"{c.row.at:%Y-%m-%d}") for c in candidates]
    classes = code_lists["record.special_class"].on(clock.today())
    return {"package": offered, "sensitive": [Offer(value=e.code, label=say(e.label)) for e in classes]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing that may be chosen to travel."""

    value: str
    label: str
    help: str = ""


def referred_here(actor: Actor) -> Q:
    """Persons with an open referral that the actor's unit receives; declined, cancelled or expired, it is over."""
    stands = CaseSide.objects.filter(
        actor.reach("unit__"), side="receiving", case__person_id=OuterRef("pk"), case__state__in=OPEN_STATES,
        case__ended_at=None, case__workflow__in=("referral.upward", "referral.downward"),
    )  # fmt: skip
    return Q(Exists(stands))


bases.basis(
    "referred", title="接收转诊", says="本单位正在接收或诊治此人的转诊；转诊退回、取消、过期或办结后即失效。",
    standing=False, holds=referred_here, hours=values.shipped_number("referral.record_hours"),
)  # fmt: skip
