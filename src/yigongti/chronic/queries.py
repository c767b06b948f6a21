"""How follow-ups show: in lists and on the case page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.chronic.models import FollowUp
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.question import Among, Question, Slot
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.rooms import CaseRow, Panel
from yigongti.residents.queries.naming import SAID, said


AFTER_RETURN = "转诊 {number} 转回后首次随访"
USUAL = frozenset({"高血压季度随访", "糖尿病季度随访", "上次血压控制不满意，两周复查"})
"""Causes that everybody writes in the same words: the plan of the public-health standard, and its two-week check."""
COLUMNS = (
    "case_id",
    "resident_id",
    "why",
    "raised_by_number",
    "resident__managing__short_name",
    *(f"resident__{one}" for one in SAID),
)


def rows(case_ids: list[int]) -> Mapping[int, CaseRow]:
    """Who, why, and who manages them; one query for a page of them, and of the columns that show only."""
    return {
        case: CaseRow(**said(*person_columns), what=said_why(why, raised_by), to=managing, person_id=person)
        for case, person, why, raised_by, managing, *person_columns in _LISTED.asked(cases=case_ids)
    }


def said_why(why: str, raised_by: str) -> str:
    """Why the duty was raised, in the reader's language where these are the house's or the standard's own words."""
    if raised_by and why == AFTER_RETURN.format(number=raised_by):
        return say(AFTER_RETURN, number=raised_by)
    return say(why) if why in USUAL else why


_LISTED = Question(lambda: FollowUp.objects.filter(Among("case_id", Slot("cases"))).values_list(*COLUMNS))


def _duty(*, for_: Actor, case: Case, facts: FollowUp) -> Mapping[str, Any]:
    return {
        "facts": facts, "case": case, "parent": case.parent, "why": said_why(facts.why, facts.raised_by_number),
    }  # fmt: skip


def _outcome(*, for_: Actor, case: Case, facts: FollowUp) -> Mapping[str, Any]:
    return {
        "facts": facts,
        "way": code_lists["chronic.way"].label(facts.way) if facts.way else "",
        "result": code_lists["chronic.result"].label(facts.result) if facts.result else "",
        "medicines": code_lists["chronic.adherence"].label(facts.medicines_taken) if facts.medicines_taken else "",
        "missed": code_lists["chronic.missed"].label(facts.missed_reason) if facts.missed_reason else "",
    }


PANELS = {
    "duty": Panel(template="chronic/panels/duty.html", context=_duty),
    "outcome": Panel(template="chronic/panels/outcome.html", context=_outcome),
}
