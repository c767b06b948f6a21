"""Over whom an actor's search runs: one scope for each basis, told apart by how PostgreSQL should walk it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Opening
from yigongti.residents.bases import managed, managing_ids
from yigongti.residents.models import Resident


# Up to so many institutions (a township centre with its village rooms, some 30,000 people) one index-only pass over
# all their residents costs less than walking the county's indexes past everybody else.
FEW = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A condition on the row `{r}`. A narrow scope is read whole and filtered; a wide one filters what matches."""

    where: str
    params: tuple[Any, ...]
    narrow: bool

    def on(self, alias: str) -> str:
        """The condition for a row of that alias."""
        return self.where.replace("{r}", alias)


def scopes(*, for_: Actor) -> list[Scope]:
    """Standing relations and live openings, each a scope of its own: their union is whom the actor may find by name."""
    found: list[Scope | None] = []
    for basis in bases.bases_of(for_=for_):
        if basis.holds is managed:
            found.append(_managed(for_))
        elif basis.standing and basis.holds:
            found.append(_condition(basis.holds(for_)))
    found.append(_opened(for_))
    return [scope for scope in found if scope]


def _managed(for_: Actor) -> Scope | None:
    ids = managing_ids(for_)
    if not ids:
        return None
    return Scope(where="{r}.managing_id = ANY(%s)", params=(ids,), narrow=len(ids) <= FEW)


def _condition(condition: Q) -> Scope | None:
    try:
        sql, params = Resident.objects.filter(condition).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    return Scope(where=f"{{r}}.id IN ({sql})", params=tuple(params), narrow=False)


def _opened(for_: Actor) -> Scope | None:
    """Openings are few, so their persons are asked for first."""
    live = Opening.objects.filter(post_id=for_.post_id or 0, closes_at__gt=clock.now())
    ids = list(live.values_list("person_id", flat=True))
    if not ids:
        return None
    holding = Resident.objects.filter(bases.opened_condition(for_=for_), pk__in=ids).values_list("pk", flat=True)
    return Scope(where="{r}.id = ANY(%s)", params=(list(holding),), narrow=True)
