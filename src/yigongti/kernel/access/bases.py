"""Bases: the named relations on which a post may see a person. A chapter contributes one by `basis(...)`.

A standing basis (managed here, treated here) lets a person be found by name and the record be opened, with the basis
noted. Any other asks for an opening: a stated reason, a time limit, and — for an emergency — a review next day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from yigongti.kernel import clock
from yigongti.kernel.access.actor import NO_POST, Actor
from yigongti.kernel.access.models import Opening
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Missing, Refusal


Condition = Callable[[Actor], Q]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One relation between a post and a person; `holds` is a condition on the queryset of persons."""

    code: str
    title: str
    says: str
    standing: bool
    holds: Condition | None
    hours: int
    reviewed: bool


_bases: dict[str, Basis] = {}


class NoBasis(Refusal):
    """您与此人没有可用的查阅依据：请凭完整证件号，或姓名加出生日期找到此人，说明依据后再打开。"""

    status = 403
    href = "/residents"
    """Where a person is identified; a basis is stated there."""


def basis(
    code: str, *, title: str, says: str, standing: bool, holds: Condition | None, hours: int = 0, reviewed: bool = False
) -> Basis:
    """Register a basis; role pages name it by code. `hours` bounds an opening on a basis that is not standing."""
    made = Basis(code=code, title=title, says=says, standing=standing, holds=holds, hours=hours, reviewed=reviewed)
    _bases[code] = made
    return made


def all_bases() -> dict[str, Basis]:
    """Every basis by code."""
    return dict(_bases)


def bases_of(*, for_: Actor) -> list[Basis]:
    """The bases that the actor's role page names, in its order; an unknown name stops the boot (see site.checks)."""
    return [_bases[code] for code in for_.role.bases if code in _bases]


def standing_condition(*, for_: Actor) -> Q:
    """Persons with whom the actor has a standing relation; matches nobody when there is none."""
    return _any(b.holds(for_) for b in bases_of(for_=for_) if b.standing and b.holds)


def opened_condition(*, for_: Actor) -> Q:
    """Persons whose record the actor has opened with a stated basis that still holds."""
    return _any(_opened(b, for_) for b in bases_of(for_=for_) if not b.standing)


def reachable_condition(*, for_: Actor) -> Q:
    """Persons whose record the actor may read now."""
    return standing_condition(for_=for_) | opened_condition(for_=for_)


def _opened(named: Basis, actor: Actor) -> Q:
    live = Opening.objects.filter(
        post_id=actor.post_id or NO_POST, person_id=OuterRef("pk"), basis=named.code, closes_at__gt=clock.now()
    )
    held = Q(Exists(live))
    return held & named.holds(actor) if named.holds else held


def _any(conditions: Iterable[Q]) -> Q:
    united = Q(pk__in=())
    for condition in conditions:
        united |= condition
    return united


def open_with(*, by: Actor, person_id: int, code: str, reason: str, subject: str = "") -> Opening:
    """Record that the actor opens this person's record on a stated basis.

    Raises BadValue when the role has no such basis, Missing without a reason. Whether the relation behind the basis
    holds is asked again by every later read.
    """
    named = next((b for b in bases_of(for_=by) if b.code == code and not b.standing), None)
    if named is None:
        raise BadValue(field="basis", label="依据", value=code, problem="您的岗位不能用这个依据")
    if not reason.strip():
        raise Missing(field="reason", label="查阅理由")
    if by.post_id is None:
        raise LookupError("the house itself opens no person's record")
    opened_at = clock.now()
    return Opening.objects.create(
        post_id=by.post_id,
        unit_id=by.unit_id,
        person_id=person_id,
        basis=code,
        reason=reason.strip()[:400],
        subject=subject,
        opened_at=opened_at,
        closes_at=opened_at + timedelta(hours=named.hours),
        review="due" if named.reviewed else "none",
        review_by=_review_by(opened_at) if named.reviewed else None,
    )


def _review_by(opened_at: datetime) -> datetime:
    return clock.after_working_minutes(opened_at, values.number("access.review_within"))


def escalate_overdue_reviews() -> int:
    """Mark the openings that nobody has reviewed in time, so that those above the reviewers are told; how many."""
    late = Opening.objects.filter(review="due", review_by__lt=clock.now(), escalated_at=None)
    return late.update(escalated_at=clock.now())
