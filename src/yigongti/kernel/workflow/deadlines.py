"""Deadlines of cases: their clocks start with a state and stop when it is left; clocks.py fires what is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.words import Parameter
from yigongti.kernel.workflow.models import Case, Clock
from yigongti.kernel.workflow.words import Counts, Timer, Workflow


def restart(page: Workflow, case: Case, facts: object) -> None:
    """Stop the clocks of the state that was left, start those of the state that was entered; set the promised time."""
    Clock.objects.filter(case=case, fired_at=None, stopped_at=None).update(stopped_at=clock.now())
    case.due_at = None
    started = []
    for name, timer in page.timer_names().items():
        if timer.state == case.state:
            fires_at = when(timer.after, timer.counts, _start(timer, case, facts))
            started.append(Clock(case=case, name=name, state=case.state, fires_at=fires_at))
            if timer.promise and (case.due_at is None or fires_at < case.due_at):
                case.due_at = fires_at
    Clock.objects.bulk_create(started)


def _start(timer: Timer, case: Case, facts: object) -> datetime:
    """When counting begins: with the state, or with the recorded date."""
    day = getattr(facts, timer.since) if timer.since else None
    return datetime.combine(day, time.min, tzinfo=clock.COUNTY_ZONE) if day else case.entered_at


def when(after: Parameter, counts: Counts, start: datetime) -> datetime:
    """The moment that lies so much after another, counted as the page says."""
    amount = values.number(after)
    if counts == "working_minutes":
        return clock.after_working_minutes(start, amount)
    if counts == "calendar_days":
        return clock.after_calendar_days(start, amount)
    return start + timedelta(minutes=amount)
