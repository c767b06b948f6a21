"""Clocks of cases whose time has come: fired by the worker — once, whoever fires. deadlines.py starts them."""

from __future__ import annotations

from contextlib import ExitStack

import structlog
from django.db import transaction

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import Reach, Role, never, registry
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow import deadlines, engine, rooms
from yigongti.kernel.workflow.models import Case, CaseSide, Clock, Notice
from yigongti.kernel.workflow.words import Escalate, Part, Remind, Take, Timer, Workflow


log = structlog.get_logger()

GONE = "流程页上已没有这个时限，不再计时"

CLOCKWORK = registry.add_role(
    Role(
        code="clockwork",
        title="系统时钟",
        works_at=(),
        reach=Reach.UNIT,
        does="到了规定时限，由系统提醒、升级，或办理页面写明由系统办理的步骤。",
        never=(never("other_steps", "办理页面没有写明由系统办理的任何一步"), never("record", "查阅档案")),
    )
)


def the_clock() -> Actor:
    """The actor that takes steps when their time has come; it has no post and no account."""
    return Actor(
        account_id=None, person_name="系统", post_id=None, role=CLOCKWORK, unit_id=0, unit_name="", unit_path="-"
    )


def fire_due(*, most: int = 200) -> int:
    """Fire what is due, each in its own transaction; how many. Two workers never fire the same clock.

    One that fails raises after all the others have had their turn: it must not stop the clocks behind it.
    """
    due = Clock.objects.filter(fires_at__lte=clock.now(), fired_at=None, stopped_at=None)
    fired: list[int] = []
    with ExitStack() as turns:
        for pk, case_id in reversed(due.order_by("fires_at", "pk").values_list("pk", "case_id")[:most]):
            turns.callback(_fire_one, pk, case_id, fired)
    return len(fired)


def _fire_one(pk: int, case_id: int, fired: list[int]) -> None:
    """Lock the case first, as every step does, so that a step and a clock never wait for each other in a circle.

    A case that someone works on is left for the next round; what stands once the lock is held decides.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
        due = Clock.objects.select_for_update().filter(pk=pk, fired_at=None, stopped_at=None).first() if case else None
        if case is None or due is None:
            return
        timer = _timer_of(case, due)
        if timer is None:
            _stop(case, due)
        else:
            due.fired_at = clock.now()
            due.save(update_fields=["fired_at"])
            _do(rooms.of(case).page, case, due, timer)
    fired.append(pk)


def _timer_of(case: Case, due: Clock) -> Timer | None:
    """What the clock was started for; None where the case has left the state, or the page no longer counts there."""
    timer = timer_of(rooms.kept[case.workflow].page, due) if case.workflow in rooms.kept else None
    return timer if timer and timer.state == due.state == case.state else None


def timer_of(page: Workflow, due: Clock) -> Timer | None:
    """The timer of a clock in the page as it stands: by name, or by place where the clock is older than names."""
    if due.name:
        return page.timer_names().get(due.name)
    return page.timers[due.timer] if 0 <= due.timer < len(page.timers) else None


def _stop(case: Case, due: Clock) -> None:
    """The page was edited under a running clock: it does nothing, and says why it stopped."""
    due.stopped_at, due.note = clock.now(), GONE
    due.save(update_fields=["stopped_at", "note"])
    log.warning("clock.lost", case=case.number, state=due.state, timer=due.name or due.timer)


def _do(page: Workflow, case: Case, due: Clock, timer: Timer) -> None:
    if isinstance(timer.then, Remind):
        _notice(page, case, "remind", timer.then.part)
    elif isinstance(timer.then, Escalate):
        _climb(page, case, due, timer.then)
    else:
        _take(case, timer.then)


def _take(case: Case, take: Take) -> None:
    try:
        engine.take_as_clock(by=the_clock(), case=case, step=take.step)
    except Refusal as refusal:
        log.error("clock.refused", case=case.number, step=take.step, why=str(refusal))


def _climb(page: Workflow, case: Case, due: Clock, told: Escalate) -> None:
    ladder = next(one for one in page.ladders if one.code == told.ladder)
    if due.rung >= len(ladder.rungs):  # the page was given a shorter ladder meanwhile; whoever stands on it was told
        return
    _notice(page, case, "escalate", ladder.rungs[due.rung])
    if ladder.every and due.rung + 1 < len(ladder.rungs):
        fires_at = deadlines.when(ladder.every, ladder.counts, clock.now())
        Clock.objects.create(
            case=case, name=due.name, timer=due.timer, state=due.state, rung=due.rung + 1, fires_at=fires_at
        )


def _notice(page: Workflow, case: Case, kind: str, part: str) -> None:
    """Put the case before the part: before the ones on duty where a roster names them, else before all of it."""
    side = CaseSide.objects.select_related("unit").filter(case=case, side=page.part(part).side).first()
    if side is None:
        return
    accounts: list[int | None] = [*_on_duty(page.part(part), side.unit.path)] or [None]
    Notice.objects.bulk_create(
        Notice(case=case, kind=kind, part=part, unit=side.unit, account_id=account, at=clock.now())
        for account in accounts
    )


def _on_duty(part: Part, path: str) -> list[int]:
    """Rosters name roles and mostly stand at the institution: the nearest one above the side's unit answers, for the
    first of the part's roles that has somebody on duty."""
    steps = path.strip("/").split("/")
    for depth in range(len(steps), 0, -1):
        for role in part.roles:
            found = rooms.on_duty(f"/{'/'.join(steps[:depth])}/", role, clock.now())
            if found:
                return found
    return []
