"""Reads of births and deaths: who sees which, and which of them say a name or a cause.

The county's posts see all of the county; others see those whose mother or whose dead they manage, or who were born or
died in their own institution. A still birth is shown to whom the class of reproductive health is open, a newborn to
whom minors are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Model, Q, QuerySet

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound
from yigongti.publichealth.models import Birth, Death
from yigongti.residents.actions.deaths import DECIDE
from yigongti.residents.queries import minors


BIRTHS, DEATHS = "publichealth.births", "publichealth.deaths"
REPRODUCTIVE = "reproductive"
BIRTH_STATES = {
    "": Q(), "without": Q(newborn=None, outcome="live", cancelled=False), "nobody": Q(mother=None),
    "against": ~Q(contradiction=""),
}  # fmt: skip
DEATH_STATES = {
    "": Q(), "nobody": Q(resident=None), "waiting": Q(effect="waiting"), "applied": Q(effect__in=("applied", "same")),
    "uncoded": Q(underlying_code=""),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is narrowed to."""

    year: int | None = None
    state: str = ""


def births(*, for_: Actor, asked: Asked) -> QuerySet[Birth]:
    """Births that stand, latest first."""
    rows = _births(for_).filter(BIRTH_STATES.get(asked.state, Q()), stands=True)
    rows = rows.filter(born_at__year=asked.year) if asked.year else rows
    return rows.select_related("institution").order_by("-born_at", "-pk")


def deaths(*, for_: Actor, asked: Asked) -> QuerySet[Death]:
    """Deaths that stand, latest first."""
    rows = _deaths(for_).filter(DEATH_STATES.get(asked.state, Q()), stands=True)
    rows = rows.filter(died_on__year=asked.year) if asked.year else rows
    return rows.select_related("institution").order_by("-died_on", "-pk")


def beyond(column: str, mark: tuple[Any, int] | None, *, for_: Actor) -> Q:
    """What follows a place in such a list; `for_` has asked for the list itself."""
    if mark is None:
        return Q()
    return Q(**{f"{column}__lt": mark[0]}) | Q(**{column: mark[0], "pk__lt": mark[1]})


def birth(*, for_: Actor, pk: int) -> tuple[Birth, Sequence[Birth]]:
    """One birth, and all versions of it, newest first. Raises NotFound."""
    return _with_versions(_births(for_), pk)


def death(*, for_: Actor, pk: int) -> tuple[Death, Sequence[Death]]:
    """One death, and all versions of it, newest first. Raises NotFound."""
    return _with_versions(_deaths(for_), pk)


def _with_versions(rows: QuerySet[Any], pk: int) -> Any:
    found = rows.select_related("institution").filter(pk=pk).first()
    if found is None:
        raise NotFound
    same = type(found)._default_manager.filter(numbering=found.numbering, number=found.number)
    return found, list(same.order_by("-version"))


def taken_in_at(*, for_: Actor, model: type[Model]) -> datetime | None:
    """As of when a list is: the last taking in of its kind."""
    for_.require(BIRTHS if model is Birth else DEATHS)
    return model._default_manager.aggregate(at=Max("taken_in_at"))["at"]


def contradictions(*, for_: Actor, effects: Sequence[str], after: int = 0, limit: int = 50) -> list[Death]:
    """Deaths of people within reach that did, or wait to do, something to their registration; by number."""
    for_.require(DECIDE)
    rows = Death.objects.filter(for_.reach("resident__master__managing__unit__"), stands=True, effect__in=effects)
    return list(rows.filter(pk__gt=after).select_related("resident__master").order_by("pk")[:limit])


def contradiction(*, for_: Actor, pk: int) -> Death:
    """One of them. Raises NotFound."""
    for_.require(DECIDE)
    rows = Death.objects.filter(for_.reach("resident__master__managing__unit__"), stands=True, pk=pk)
    found = rows.select_related("resident__master__managing").first()
    if found is None:
        raise NotFound
    return found


def waiting_count(*, for_: Actor, most: int = 100) -> int:
    """How many wait for a decision, up to a limit."""
    return len(contradictions(for_=for_, effects=("waiting",), limit=most))


def _births(for_: Actor) -> QuerySet[Any]:
    for_.require(BIRTHS)
    rows = Birth.objects.all() if minors.GATE in for_.role.gates else Birth.objects.none()
    if REPRODUCTIVE not in for_.role.gates:
        rows = rows.filter(outcome="live")
    return rows if _whole_county(for_) else rows.filter(_here(for_, "mother") | _here(for_, "newborn") | _at(for_))


def _deaths(for_: Actor) -> QuerySet[Any]:
    for_.require(DEATHS)
    rows = Death.objects.all()
    if not _whole_county(for_):
        rows = rows.filter(_here(for_, "resident") | _at(for_))
    if minors.GATE in for_.role.gates:
        return rows
    born: date = minors.minor_since(clock.today())
    return rows.filter(Q(resident__master__birth_date__lte=born) | Q(resident=None, born_on__lte=born))


def _whole_county(for_: Actor) -> bool:
    return for_.unit_kind == "county"


def _here(for_: Actor, whom: str) -> Q:
    return for_.reach(f"{whom}__master__managing__unit__")


def _at(for_: Actor) -> Q:
    return for_.reach("institution__unit__")
