"""Picking where down: the grassroots institutions of the group, the one that manages the resident first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case as When_
from django.db.models import QuerySet, Value, When

from yigongti.capacity.queries import group_path
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import Choice, picker
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.refusal import BadValue
from yigongti.organisations.queries import named, open_institutions
from yigongti.residents.models import Resident


def _grassroots(for_: Actor) -> QuerySet[Any]:
    return open_institutions().filter(level__in=("township", "village"), unit__path__startswith=group_path(for_))


def _managing(for_: Actor, given: Mapping[str, str] | None) -> int:
    """Who manages the patient of the form; nobody learns it of a person for whom they have no basis."""
    resident = row_number((given or {}).get("resident", ""))
    if not resident:
        return 0
    reach = Resident.objects.filter(bases.reachable_condition(for_=for_), pk=resident)
    return reach.values_list("managing_id", flat=True).first() or 0


def _find(*, for_: Actor, text: str, limit: int, given: Mapping[str, str] | None = None) -> list[Choice]:
    home = _managing(for_, given)
    first = When_(When(pk=home, then=Value(0)), default=Value(1))
    found = _grassroots(for_).filter(named(text)) if text else _grassroots(for_).filter(pk=home)
    note = say("管理此人档案的机构")
    return [
        Choice(value=str(i.pk), label=i.name, detail=note if i.pk == home else "")
        for i in found.order_by(first, "pk")[:limit]
    ]


def _resolve(*, for_: Actor, value: str, given: Mapping[str, str] | None = None) -> Any:
    found = _grassroots(for_).filter(pk=row_number(value)).first()
    if found is None:
        raise BadValue(field="to_institution", label="机构", value=value, problem="不是本集团的基层机构")
    return found


picker(
    "grassroots_institution",
    find=_find,
    resolve=_resolve,
    label=lambda i: str(i.name),
    closed=True,
    hint="机构名称或拼音首字母",
)
