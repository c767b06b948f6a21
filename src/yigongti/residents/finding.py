"""Residents in the box at the top and as a picker of forms."""

from __future__ import annotations

from collections.abc import Mapping

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import Choice, Hit, finder, picker
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.pages.said import said_age
from yigongti.kernel.refusal import BadValue
from yigongti.residents import labels
from yigongti.residents.models import Resident
from yigongti.residents.queries.search import find


def line(resident: Resident) -> str:
    """Sex, age and managing institution: what tells two of one name apart."""
    age = said_age(resident.birth_date, today=resident.died_on or clock.today())
    return " · ".join((say(labels.SEX[resident.sex]), age, resident.managing.name))


@finder("residents", title="居民")
def find_residents(*, for_: Actor, text: str, limit: int) -> list[Hit]:
    """People with whom the actor has a basis."""
    if not for_.may("residents.find"):
        return []
    target = "/residents/{}/record" if for_.may("record.read") else "/residents/{}"
    return [
        Hit(title=row.name, detail=line(row), href=target.format(row.pk), kind="resident", person_id=row.pk)
        for row in find(for_=for_, text=text, limit=limit).rows
    ]


def _choices(*, for_: Actor, text: str, limit: int, given: Mapping[str, str] | None = None) -> list[Choice]:
    rows = find(for_=for_, text=text, limit=limit).rows if for_.may("residents.find") else ()
    return [Choice(value=str(row.pk), label=row.name, detail=line(row), person_id=row.pk) for row in rows]


def _resolve(*, for_: Actor, value: str, given: Mapping[str, str] | None = None) -> Resident:
    """The person's master row, within the actor's bases."""
    masters = Resident.objects.filter(pk=row_number(value)).values("master_id")
    reach = Resident.objects.filter(bases.reachable_condition(for_=for_), pk__in=masters)
    found = reach.select_related("managing").first()
    if found is None:
        raise BadValue(field="resident", label="居民", value=value, problem="没有找到，或您没有查阅依据")
    return found


picker("resident", find=_choices, resolve=_resolve, label=lambda resident: str(resident.name))
