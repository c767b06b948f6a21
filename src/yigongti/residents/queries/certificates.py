"""Birth certificates as papers of children: whom they name, and which a child has."""

from __future__ import annotations

from collections.abc import Iterable

from yigongti.kernel import prepared
from yigongti.kernel.access.actor import Actor
from yigongti.residents.models import Identifier


SYSTEM, TAKES_IN = "birth_certificate", "residents.take_in"
OF_ONE = """SELECT value FROM residents_identifier
WHERE system = %(system)s AND resident_id = %(resident)s AND ended_on IS NULL"""


def children_of(*, for_: Actor, certificates: Iterable[str]) -> dict[str, int]:
    """By certificate, the one registration that holds it; for what takes in, which shows nobody."""
    for_.require(TAKES_IN)
    rows = Identifier.objects.filter(system=SYSTEM, value__in=set(certificates), ended_on=None)
    return dict(rows.order_by("pk").values_list("value", "resident_id"))


def certificates_of(*, for_: Actor, resident: int) -> list[str]:
    """The certificates of a registration that has just been made."""
    return [value for (value,) in prepared.fetched(OF_ONE, {"system": SYSTEM, "resident": resident})]
