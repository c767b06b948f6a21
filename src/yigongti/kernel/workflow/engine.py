"""The engine: cases are born and moved by the steps of their page, and by nothing else.

A step takes the case's row lock, so of two who take the same step one moves it and the other is told who did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import NO_ACCOUNT, Actor
from yigongti.kernel.action.gate import Receipt, Registered, actions, pass_gate
from yigongti.kernel.action.models import Done
from yigongti.kernel.language import listed, phrase
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.workflow import deadlines, pages, recording, rooms, sealing
from yigongti.kernel.workflow.models import Act, Case, CaseSide, Notice
from yigongti.kernel.workflow.refusals import AlreadyOpen, NotFromHere, NotYourTurn, OtherPerson, SameHand, Stale
from yigongti.kernel.workflow.rooms import Kept
from yigongti.kernel.workflow.sight import my_parts, seen
from yigongti.kernel.workflow.words import BIRTH, CLOCK, Step, Workflow


def begin(
    *, by: Actor, workflow: str, step: str, given: Mapping[str, Any], key: UUID | None = None, urgent: bool = False
) -> Receipt:
    """Bring a case into being by a birth step of its page. Raises AlreadyOpen where the page allows one only."""
    return _gated(by, workflow, step, key, {"given": given, "urgent": urgent}, _begin)


def take(
    *, by: Actor, number: str, step: str, given: Mapping[str, Any], key: UUID | None = None, version: int | None = None
) -> Receipt:
    """Take a step of a case. Raises NotFound for a case the actor may not see, NotFromHere when another was first."""
    found = seen(for_=by, number=number)
    workflow = found[0].workflow if found else _acted_on_before(key, by)
    if workflow is None:
        raise NotFound
    return _gated(by, workflow, step, key, {"number": number, "given": given, "version": version}, _take)


def _acted_on_before(key: UUID | None, by: Actor) -> str | None:
    """A retry finds its receipt even where the step itself took the case out of the actor's sight."""
    done = Done.objects.filter(key=key, account_id=by.account_id).first() if key and by.account_id else None
    return done.action.rpartition(".")[0] if done else None


def take_as_clock(*, by: Actor, case: Case, step: str) -> Receipt:
    """Take a step that the page leaves to the clock: sight does not apply, permission, state and side do."""
    made = rooms.of(case)
    arguments: Mapping[str, Any] = {"number": case.number, "given": {}, "version": None}
    return pass_gate(registered_step(made, made.page.step(step), _take), by=by, key=None, arguments=arguments)


def open_child(
    *, by: Actor, parent: Case, workflow: str, step: str, values: Mapping[str, Any], more: Mapping[str, Any]
) -> Case:
    """Bring a case into being by a hand-over: the parent's step is the permission, the audit entry and the receipt."""
    made = rooms.kept[workflow]
    birth = made.page.step(step)
    facts = made.facts(**values, **more)
    sides = made.sides(facts, None)
    case = _born(made.page, facts, parent=parent)
    _place(made, birth, case, facts, values, by=by, sides=sides)
    return case


def _gated(by: Actor, workflow: str, step: str, key: UUID | None, arguments: Mapping[str, Any], act: Any) -> Receipt:
    made = rooms.kept.get(workflow)
    found = next((s for s in made.page.steps if s.code == step), None) if made else None
    if made is None or found is None:
        raise NotFound
    registered = registered_step(made, found, act)
    return pass_gate(registered, by=by, key=key, arguments=arguments)


def registered_step(made: Kept, step: Step, act: Any = None) -> Registered:
    """The step as an action of the house: the same gate, the same audit, the same place in the matrix."""

    def function(*, by: Actor, **arguments: Any) -> Receipt:
        return act(made, step, by=by, **arguments)  # type: ignore[no-any-return]

    permission = made.page.permission(step)
    return Registered(
        code=permission, permission=permission, sentence=f"{made.page.title}·{step.title}：", function=function
    )


def register_steps() -> None:
    """Enter every step of every kept page among the actions of the house."""
    for made in rooms.kept.values():
        for step in made.page.steps:
            act = _begin if step.frm == (BIRTH,) else _take
            actions.setdefault(made.page.permission(step), registered_step(made, step, act))


def _begin(made: Kept, step: Step, *, by: Actor, given: Mapping[str, Any], urgent: bool) -> Receipt:
    page = made.page
    if BIRTH not in step.frm:
        raise NotFound
    values = recording.read(page, step, given, by=by)
    recording.require_fit(page, values, facts=made.facts)
    facts = made.facts(**values)
    sides = made.sides(facts, by)
    _require_side(made, step, by, sides)
    case = _born(page, facts, urgent=urgent)
    return _place(made, step, case, facts, values, by=by, sides=sides)


def _born(page: Workflow, facts: Any, *, urgent: bool = False, parent: Case | None = None) -> Case:
    now = clock.now()
    case = Case(
        number=_number(page), workflow=page.code, state=BIRTH, version=0, urgent=urgent, opened_at=now, entered_at=now,
        person_id=getattr(facts, "resident_id", None), open_key=_open_key(page, facts), parent=parent,
    )  # fmt: skip
    _insert_alone(case, page)
    return case


def _place(
    made: Kept, step: Step, case: Case, facts: Any, values: Mapping[str, Any], *, by: Actor, sides: Mapping[str, int]
) -> Receipt:
    """Put a new case before its sides and take its birth step."""
    CaseSide.objects.bulk_create(CaseSide(case=case, side=s, unit_id=u) for s, u in sides.items())
    facts.case = case
    return _move(made, step, case, facts, values, by=by, sides=sides)


def _insert_alone(case: Case, page: Workflow) -> None:
    """Insert the case; where an open one stands in its way, the database says so and the user is led to it."""
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as trouble:
        standing = Case.objects.filter(open_key=case.open_key).first() if case.open_key else None
        if standing is None:
            raise
        raise AlreadyOpen(title=page.title, number=standing.number) from trouble


def _take(made: Kept, step: Step, *, by: Actor, number: str, given: Mapping[str, Any], version: int | None) -> Receipt:
    case = Case.objects.select_for_update().get(number=number)
    sides = dict(CaseSide.objects.filter(case=case).values_list("side", "unit_id"))
    _require_from(made.page, step, case, version)
    _require_side(made, step, by, sides)
    _require_other_hand(made.page, step, case, by)
    facts = made.facts.objects.get(case=case)
    values = recording.read(made.page, step, given, by=by)
    recording.require_fit(made.page, values, facts=made.facts)
    for name, value in values.items():
        setattr(facts, name, value)
    _require_same_person(case, facts)
    return _move(made, step, case, facts, values, by=by, sides=sides)


def _move(
    made: Kept, step: Step, case: Case, facts: Any, values: Mapping[str, Any], *, by: Actor, sides: Mapping[str, int]
) -> Receipt:
    sealing.classify(case, facts)
    for name in step.guards:
        rooms.guards[name](case=case, facts=facts, by=by)
    for name in step.does:
        rooms.effects[name](case=case, facts=facts, by=by)
    facts.save(force_insert=facts._state.adding)
    frm, now = case.state, clock.now()
    sides = _resettle(made, case, facts, by, sides)
    _stand(made.page, case, step.to, sides)
    act = Act.objects.create(
        case=case, sequence=case.version, step=step.code, frm=frm, to=step.to, at=now, actor=by.title,
        post_id=by.post_id, unit_id=by.unit_id or None, page_id=pages.current_hash(made.page),
        recorded={name: recording.plain(value) for name, value in values.items()},
    )  # fmt: skip
    if frm != step.to:
        deadlines.restart(made.page, case, facts)
        Notice.objects.filter(case=case, seen_at=None).update(seen_at=now)
    case.save()
    _tell(made, step, case, facts, act, by)
    return _receipt(made.page, step, case)


def _tell(made: Kept, step: Step, case: Case, facts: Any, act: Act, by: Actor) -> None:
    if step.hand_over:
        receiver = rooms.kept[step.hand_over].receives
        if receiver is None:
            raise LookupError(f"{step.hand_over} receives nothing")
        receiver(by=by, case=case, facts=facts)
    if step.announces:
        event.announce(step.announces, by=by, facts={"case": case, "facts": facts, "act": act})


def _resettle(made: Kept, case: Case, facts: Any, by: Actor, before: Mapping[str, int]) -> Mapping[str, int]:
    """A step may change who stands on a side (a department redirects): the sides follow the facts."""
    after = made.sides(facts, None)
    for side, unit_id in after.items():
        if before.get(side) != unit_id:
            CaseSide.objects.update_or_create(case=case, side=side, defaults={"unit_id": unit_id})
    return {**before, **after}


def _stand(page: Workflow, case: Case, state: str, sides: Mapping[str, int]) -> None:
    moved = case.state != state
    case.state = state
    case.version += 1
    if moved:
        case.entered_at = clock.now()
    ended = state in page.ends
    turn = page.state(state).turn
    case.turn_part = "" if ended else turn
    case.turn_unit_id = None if ended or not turn or turn == CLOCK else sides.get(page.part(turn).side)
    if ended or state in page.frees:
        case.open_key = None
    if ended:
        case.ended_at, case.due_at = clock.now(), None


def _require_from(page: Workflow, step: Step, case: Case, version: int | None) -> None:
    stale = version is not None and version != case.version
    if case.state in step.frm and not stale:
        return
    last = case.acts.order_by("-sequence").first()
    told = {
        "state": page.state(case.state).title,
        "step": step.title,
        "who": last.actor if last else "",
        "when": f"{last.at.astimezone(clock.COUNTY_ZONE):%m-%d %H:%M}" if last else "",
        "did": page.step(last.step).title if last else "",
    }
    raise (Stale(**told) if case.state in step.frm else NotFromHere(**told))


def _require_side(made: Kept, step: Step, by: Actor, sides: Mapping[str, int]) -> None:
    """The actor acts for one of the step's parts: by role, and because the side's unit is within reach."""
    if CLOCK in step.by and by.role.code == "clockwork":
        return
    mine = my_parts(made.page, by, sides)
    if not mine & set(step.by):
        raise NotYourTurn(step=step.title, part=listed(made.page.part(n).title for n in step.by if n != CLOCK))


def _require_same_person(case: Case, facts: Any) -> None:
    """The open key, the receiver's basis and the trail name whom the case was born for: it can't become another's."""
    if case.person_id != getattr(facts, "resident_id", None):
        raise OtherPerson(field="resident")


def _require_other_hand(page: Workflow, step: Step, case: Case, by: Actor) -> None:
    """Four eyes: the human who took one of the named steps, in whatever post, may not take this one."""
    for name in step.not_by:
        if case.acts.filter(step=name, post__account_id=by.account_id or NO_ACCOUNT).exists():
            raise SameHand(step=step.title, did=page.step(name).title)


def _open_key(page: Workflow, facts: Any) -> str | None:
    if not page.one_open_per:
        return None
    named = [str(getattr(facts, f"{name}_id", None) or getattr(facts, name)) for name in page.one_open_per]
    return ":".join([page.code, *named])


def _number(page: Workflow) -> str:
    """A number that people read aloud: prefix, day, and the county's running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('workflow_case_number')")
        (serial,) = cursor.fetchone()
    return f"{page.prefix}{clock.today():%y%m%d}-{serial:05d}"


def _receipt(page: Workflow, step: Step, case: Case) -> Receipt:
    undo = next((s for s in page.steps_from(case.state) if s.code == "withdraw"), None)
    return Receipt(
        number=case.number,
        done=phrase("{title} {number}：{step}", title=phrase(page.title), number=case.number, step=phrase(step.title)),
        next=step.says_next,
        href=f"/cases/{case.number}",
        undo=undo.code if undo and set(undo.by) & set(step.by) else "",
        persons=(case.person_id,) if case.person_id else (),
        subject=f"workflow.Case:{case.pk}",
        facts={"state": case.state, "step": step.code},
        data={"state": case.state, "version": case.version},
    )
