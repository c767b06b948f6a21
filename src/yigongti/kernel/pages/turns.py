"""Who must act next in each of several cases: the part, its unit, and by name where it is one or two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from yigongti.kernel import clock
from yigongti.kernel.access.models import Post, Unit
from yigongti.kernel.language import listed, say
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Case


FEW = 2
"""Up to so many are named; of more, the desk is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose turn it is, in the reader's language; `number` is the sub-case that the case waits for."""

    part: str
    unit: str = ""
    names: str = ""
    number: str = ""


def turns_of(cases: Sequence[Case]) -> dict[int, Turn]:
    """By case; three questions however many there are."""
    children = _awaited([case.pk for case in cases if not case.turn_unit_id])
    movers = [children.get(case.pk, case) for case in cases]
    held = {m.turn_unit_id for m in movers if m.turn_unit_id}
    units = {u.pk: u for u in Unit.objects.select_related("parent").filter(pk__in=held)}
    names = _names([(m, units[m.turn_unit_id]) for m in movers if m.turn_unit_id in units])
    return {case.pk: _turn(case, mover, units, names) for case, mover in zip(cases, movers, strict=True)}


def _awaited(parents: Sequence[int]) -> dict[int, Case]:
    """The open sub-case that a case waits for: whoever must act there must act next."""
    found = Case.objects.filter(parent_id__in=parents, ended_at=None, turn_unit__isnull=False).order_by("-due_at", "pk")
    return {child.parent_id: child for child in found if child.parent_id}


def _turn(case: Case, mover: Case, units: dict[int, Unit], names: dict[tuple[int, str, str], list[str]]) -> Turn:
    page = rooms.of(mover).page
    unit = units.get(mover.turn_unit_id or 0)
    if unit is None:
        return Turn(part=say(page.turn_title(mover.state)))
    people = names.get((unit.pk, mover.workflow, mover.turn_part), [])
    return Turn(
        part=say(page.part(mover.turn_part).title),
        unit=unit.whole_name,
        names=say(listed(people)) if 0 < len(people) <= FEW else "",
        number=mover.number if mover is not case else "",
    )


def _names(movers: Sequence[tuple[Case, Unit]]) -> dict[tuple[int, str, str], list[str]]:
    """Who holds the part's roles today at the very unit, by unit and part."""
    wanted = {(unit.pk, m.workflow, m.turn_part): rooms.of(m).page.part(m.turn_part).roles for m, unit in movers}
    today = clock.today()
    held = Post.objects.filter(
        Q(ends=None) | Q(ends__gte=today), unit_id__in={unit for unit, _w, _p in wanted}, begins__lte=today,
        role__in={role for roles in wanted.values() for role in roles}, account__status="active",
    ).select_related("account").order_by("pk")  # fmt: skip
    by_post: dict[tuple[int, str], list[str]] = {}
    for post in held:
        by_post.setdefault((post.unit_id, post.role), []).append(post.account.person_name)
    return {key: [n for role in roles for n in by_post.get((key[0], role), [])] for key, roles in wanted.items()}
