"""Who sees which case: by role and side, in the states and panels that the page names."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.workflow import rooms, sealing
from yigongti.kernel.workflow.models import Case, CaseSide
from yigongti.kernel.workflow.words import Workflow


def my_sides(page: Workflow, for_: Actor) -> set[str]:
    """The sides for which the actor's role may look: it acts for them, or follows the whole workflow."""
    acts = {p.side for p in page.parts if for_.role.code in p.roles}
    follows = f"{page.code}.follow" in for_.role.may
    return {s.code for s in page.sides} if follows else acts


def visible(*, for_: Actor) -> QuerySet[Case]:
    """The cases that the actor may see: a side within reach, in a state that the side sees."""
    sees = Q(pk__in=())
    for made in rooms.kept.values():
        page = made.page
        if not for_.may(f"{page.code}.follow"):
            continue
        for side in my_sides(page, for_):
            states = [name for s in page.sees if s.side == side for name in s.states]
            sees |= Q(side=side, case__workflow=page.code, case__state__in=states)
    # One question for all sides, so that the database begins with the units within reach and not with all cases.
    return Case.objects.filter(Exists(CaseSide.objects.filter(sees, for_.reach("unit__"), case=OuterRef("pk"))))


def seen(*, for_: Actor, number: str) -> tuple[Case, list[CaseSide]] | None:
    """The case of that number with its sides, if the actor may see it: `visible`, asked of one case.

    The number finds the case, whatever the planner thinks of reach; its few sides then say who sees it.
    """
    found = CaseSide.objects.select_related("case__turn_unit__parent", "unit__parent").filter(case__number=number)
    sides = list(found.order_by("pk"))
    if not sides or sides[0].case.workflow not in rooms.kept:
        return None
    case, page = sides[0].case, rooms.of(sides[0].case).page
    looked_from = {s.side for s in page.sees if case.state in s.states} & my_sides(page, for_)
    within = any(one.side in looked_from and for_.reaches_path(one.unit.path) for one in sides)
    return (case, sides) if within and for_.may(f"{page.code}.follow") else None


def sides_within(*, for_: Actor, case: Case) -> set[str]:
    """The sides of the case that lie within the actor's reach and that its role may look from."""
    page = rooms.of(case).page
    reached = CaseSide.objects.filter(for_.reach("unit__"), case=case).values_list("side", flat=True)
    return set(reached) & my_sides(page, for_)


def panels_for(*, for_: Actor, case: Case) -> list[str]:
    """The panels that the actor's sides see in the case's present state, in the page's order.

    Only those who act for a side see its panels; who merely follows the workflow sees the path and the clocks. Where
    the case is of a special class, clinical panels open by the gate alone.
    """
    page = rooms.of(case).page
    acts = {p.side for p in page.parts if for_.role.code in p.roles}
    sides = sides_within(for_=for_, case=case) & acts
    closed = () if sealing.opens(for_, case) else page.clinical_panels
    named = [p for s in page.sees if s.side in sides and case.state in s.states for p in s.panels if p not in closed]
    return list(dict.fromkeys(named))


def my_parts(page: Workflow, by: Actor, sides: Mapping[str, int]) -> set[str]:
    """The parts that the actor plays in a case with these sides."""
    units = dict(Unit.objects.filter(pk__in=set(sides.values())).values_list("pk", "path"))
    return {
        p.code
        for p in page.parts
        if by.role.code in p.roles and p.side in sides and by.reaches_path(units[sides[p.side]])
    }
