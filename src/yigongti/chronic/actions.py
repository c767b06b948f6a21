"""What stands beside the follow-up page: sides, the plausibility guard, writing the record, taking over a return."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from yigongti.chronic import queries
from yigongti.chronic.models import FollowUp
from yigongti.chronic.policy.follow_up import follow_up
from yigongti.chronic.refusals import NothingMeasured, UpsideDown
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import BadValue, Missing, Refusal, raise_all
from yigongti.kernel.workflow import engine, rooms
from yigongti.kernel.workflow.models import Case
from yigongti.organisations.queries import institution_of_unit
from yigongti.record import writing
from yigongti.record.policy.series import SERIES
from yigongti.record.queries import beside, home_for, strictest


event.declare("chronic.followed_up", "已随访")
event.declare("chronic.follow_up_missed", "未能随访")
event.declare("chronic.follow_up_stopped", "已安排的随访不再办")


def sides(facts: FollowUp, by: Actor | None) -> Mapping[str, int]:
    """Home: who manages the resident's record; for a special class that nobody there may read, the township above.
    Centre: the township, which looks after what is overdue."""
    managing = facts.resident.managing
    centre = institution_of_unit(managing.unit.parent_id) if managing.unit.parent_id else None
    home = home_for(managing, facts.sensitive, follow_up.part("home_doctor").roles)
    return {"home": home, "centre": centre.pk if centre else managing.pk}


@rooms.guard("chronic.plausible")
def plausible(*, case: Case, facts: FollowUp, by: Actor) -> None:
    """Both pressures or none, within what a living person shows; a visit face to face measures something."""
    found: list[Refusal] = []
    given = {"systolic": facts.systolic, "diastolic": facts.diastolic, "glucose": facts.glucose}
    pressure = SERIES["blood_pressure"].measures
    for name, measure in (("systolic", pressure[0]), ("diastolic", pressure[1]),
                          ("glucose", SERIES["fasting_glucose"].measures[0])):  # fmt: skip
        value = given[name]
        if value is not None and not measure.least <= value <= measure.greatest:
            problem = phrase("应在 {a} 到 {b} 之间", a=measure.least, b=measure.greatest)
            found.append(BadValue(field=name, label=measure.title, value=value, problem=problem))
    if (facts.systolic is None) != (facts.diastolic is None):
        found.append(Missing(field="diastolic" if facts.diastolic is None else "systolic",
                             label="舒张压" if facts.diastolic is None else "收缩压"))  # fmt: skip
    elif facts.systolic is not None and facts.diastolic is not None and facts.systolic <= facts.diastolic:
        found.append(UpsideDown(field="systolic", value=f"{facts.systolic}/{facts.diastolic}"))
    if facts.way != "phone" and not any(v is not None for v in given.values()):
        found.append(NothingMeasured(field="systolic"))
    raise_all(found)


@rooms.effect("chronic.write_record")
def write_record(*, case: Case, facts: FollowUp, by: Actor) -> None:
    """The follow-up becomes part of the lifelong record: a visit, and what was measured."""
    facts.done_at = clock.now()
    home = home_for(facts.resident.managing, case.classes, follow_up.part("home_doctor").roles)
    common: dict[str, Any] = {
        "by": by, "resident_id": facts.resident_id, "institution_id": home, "source": f"follow_up:{case.number}",
        "at": facts.done_at, "sensitivity": strictest(case.classes),
    }  # fmt: skip
    way = code_lists["chronic.way"].label(facts.way)
    result = code_lists["chronic.result"].label(facts.result)
    text = "\n".join(t for t in (facts.discomfort, facts.note) if t)
    visit = writing.write_visit(**common, encounter_class="public_health", title=f"随访（{way}）：{result}", text=text)
    if facts.systolic is not None and facts.diastolic is not None:
        writing.write_observation(
            **common, series="blood_pressure", value=Decimal(facts.systolic), second=Decimal(facts.diastolic),
            encounter_id=visit,
        )  # fmt: skip
    if facts.glucose is not None:
        writing.write_observation(**common, series="fasting_glucose", value=Decimal(facts.glucose), encounter_id=visit)


def receives(*, by: Actor, case: Case, facts: Any) -> None:
    """A referral's return raises the duty: at whoever manages the resident's record, due on the day that was set."""
    why = queries.AFTER_RETURN.format(number=case.number)
    engine.open_child(
        by=by, parent=case, workflow=follow_up.code, step="plan",
        values={"resident": facts.resident, "due_on": facts.follow_up_on, "why": why},
        more={"plan": "\n".join(t for t in (facts.care_plan, facts.follow_up_items) if t),
              "raised_by_number": case.number, "sensitive": case.classes},
    )  # fmt: skip


rooms.keep(
    rooms.Kept(
        page=follow_up,
        facts=FollowUp,
        sides=sides,
        rows=queries.rows,
        panels=queries.PANELS,
        receives=receives,
        shown=beside.shown,
    )
)
