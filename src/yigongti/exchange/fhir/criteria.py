"""Conditions on writes: what they find, found while nobody else can make another that they would find."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from django.db import connection

from yigongti.exchange.fhir.asking import RESULT, asked, pairs_of
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import BadParameter, NotOne
from yigongti.exchange.fhir.searching import Row, matching
from yigongti.kernel.language import phrase


LOCK = 0x46484352
"""The space of locks on criteria."""


def hold(criteria: Iterable[tuple[str, str]]) -> None:
    """Wait for whoever writes under the same criteria, in one order for all, until that writer's end."""
    rooms = sorted({_room(kind, text) for kind, text in criteria})
    if rooms:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, room) FROM unnest(%s::int[]) AS room", [LOCK, rooms])


def _room(kind: str, text: str) -> int:
    """However the parameters are ordered, the same criteria have the same lock."""
    said = "&".join(f"{name}={value}" for name, value in sorted(pairs_of(text)))
    return int.from_bytes(blake2b(f"{kind}?{said}".encode(), digest_size=4).digest(), signed=True)


def meant(kind: str, text: str, *, for_: Caller) -> Row | None:
    """The one resource that the criteria find. Raises NotOne for several, BadParameter where they ask nothing."""
    pairs = pairs_of(text.lstrip("?"))
    if not pairs or any(name.partition(":")[0] in RESULT for name, _ in pairs):
        raise BadParameter(parameter=text[:80], problem=phrase("条件要有查询参数，而且不能带排序和分页。"))
    found = matching(asked(kind, pairs, for_=for_), most=2)
    if len(found) > 1:
        raise NotOne(rule="fhir.multiple_matches", criteria=f"{kind}?{text}"[:200])
    return found[0] if found else None
