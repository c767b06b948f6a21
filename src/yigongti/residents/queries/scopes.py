"""Over whom an actor's search runs: one scope for each basis, told apart by how PostgreSQL should walk it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Opening
from yigongti.residents.bases import managed, managing_ids
from yigongti.residents.models import Resident


# Fewer people than this are read whole by one index-only pass; over more, walking the county's indexes meets a page of
# them sooner. Measured at 432,095 residents, see benchmarks/resident_search.py.
FEW = 15_000
FRESH_SECONDS = 600.0
OWN = '"residents_resident".'


_counted: tuple[float, dict[int, int]] = (float("-inf"), {})


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
    sizes = _sizes()
    return Scope(where="{r}.managing_id = ANY(%s)", params=(ids,), narrow=sum(sizes.get(pk, 0) for pk in ids) < FEW)


def _sizes() -> dict[int, int]:
    """How many people each institution manages, roughly: it only chooses a way of searching, never what is found."""
    global _counted
    if time.monotonic() - _counted[0] > FRESH_SECONDS:
        rows = Resident.objects.filter(stands=True).values_list("managing_id").annotate(n=Count("pk")).order_by()
        _counted = (time.monotonic(), dict(rows))
    return _counted[1]


def _condition(condition: Q) -> Scope | None:
    """A basis of another chapter as SQL; one that joins nothing is asked of the row itself, which saves a look-up."""
    query = Resident.objects.filter(condition).order_by().values("pk").query
    try:
        sql, params = query.sql_with_params()
        if sum(map(bool, query.alias_refcount.values())) == 1:
            asked, params = query.where.as_sql(query.get_compiler(connection=connection), connection)
            return Scope(where=asked.replace(OWN, "{r}."), params=tuple(params), narrow=False)
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
