"""What becomes of planned follow-ups: they end with death or the last management, go on when that was an error, and go
along to whoever manages the record next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from yigongti.chronic.models import Enrolment, FollowUp
from yigongti.chronic.policy.follow_up import follow_up
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.workflow import engine
from yigongti.kernel.workflow.clocks import the_clock
from yigongti.kernel.workflow.models import Case, Notice


CARRIED_ON = ("resident", "why", "raised_by_number", "plan", "sensitive")
"""What is planned again as it was."""


def stop_planned(*, enrolment: Enrolment, person: int) -> tuple[int, int]:
    """End what falls due after the last day of management; how many ended, and how many were due by then and stay."""
    last_day = enrolment.ends or clock.today()
    planned = _standing(resident__master=person).filter(raised_by_number="")
    stopped = list(planned.filter(due_on__gt=last_day).order_by("pk").values_list("pk", flat=True))
    FollowUp.objects.filter(pk__in=stopped).update(ended_with=enrolment)
    _take("stop", stopped)
    return len(stopped), planned.count()


def resume_stopped(*, by: Actor, enrolment: Enrolment) -> int:
    """Plan again what ended with a management that did not end after all; how many."""
    return _resume(by, _over("stopped", ended_with=enrolment))


@event.on("residents.died")
def end_for_the_dead(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """Whoever has died is not waited for, and nobody is called overdue for it."""
    _take("end", list(_standing(resident__master__in=facts["residents"]).order_by("pk").values_list("pk", flat=True)))


@event.on("residents.death_undone")
def resume_for_the_living(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """Whoever has not died after all is followed up as it was planned."""
    _resume(by, _over("ended", resident__master__in=facts["residents"]))


@event.on("residents.moved")
def hand_on(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """The duty goes along with the record; those who had it are urged no more."""
    planned = list(_standing(resident=facts["resident"]).order_by("pk").values_list("pk", flat=True))
    _take("hand_on", planned)
    Notice.objects.filter(case__in=planned, seen_at=None).update(seen_at=clock.now())


def _standing(**whose: Any) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(case__workflow=follow_up.code, case__state="due", **whose)


def _over(state: str, **which: Any) -> QuerySet[FollowUp]:
    """Those that ended so and have not gone on since."""
    gone_on = Case.objects.filter(parent=OuterRef("case"), workflow=follow_up.code)
    ended = FollowUp.objects.filter(~Exists(gone_on), case__workflow=follow_up.code, case__state=state, **which)
    return ended.select_related("case", "resident").order_by("pk")


def _take(step: str, cases: list[int]) -> None:
    for case in Case.objects.select_for_update().filter(pk__in=cases).order_by("pk"):
        engine.take_as_clock(by=the_clock(), case=case, step=step)


def _resume(by: Actor, ended: QuerySet[FollowUp]) -> int:
    """Each as a case of its own, which leads back to the one that ended."""
    found = list(ended)
    for one in found:
        planned = {name: getattr(one, name) for name in CARRIED_ON}
        day = max(one.due_on, clock.today())
        engine.open_child(by=by, parent=one.case, workflow=follow_up.code, step="resume",
                          values={"resident": planned.pop("resident"), "due_on": day}, more=planned)  # fmt: skip
    return len(found)
