"""Opening a record, and reading its entries: all but `entries_by_ids` start from the basis that `open_record` finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Value, When

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import Basis, NoBasis
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.statements import fetched
from yigongti.record.policy.series import SERIES
from yigongti.record.refusals import MinorRecordClosed
from yigongti.record.rows import Row, chain_of, read
from yigongti.record.seeing import ANY_VERSION, CURRENT, GATE, person, sight
from yigongti.residents.models import Resident
from yigongti.residents.queries import minors


Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record that the actor may read now: the person (master row), all rows of the same human, and on what basis."""

    resident: Resident
    rows: tuple[int, ...]
    basis: Basis


SAME_HUMAN = """
SELECT id, master_id FROM residents_resident
WHERE master_id = (SELECT master_id FROM residents_resident WHERE id = %(id)s) ORDER BY id
"""


def open_record(*, for_: Actor, resident_id: int) -> Opened:
    """The person behind a row, with the first basis that holds: the standing ones of the role, then the stated ones.

    Raises NotFound for an unknown row, and for a role that has no basis it could state; NoBasis when none holds now;
    MinorRecordClosed where the person is a minor and the role page has not their gate.
    """
    same = fetched(SAME_HUMAN, {"id": resident_id})
    if not same:
        raise NotFound
    own = bases.bases_of(for_=for_)
    for some in ([one for one in own if one.standing], [one for one in own if not one.standing]):
        found = _held(for_, same[0][1], some) if some else None
        if found and minors.closed_as_minor(for_=for_, born=found[0].birth_date):
            raise MinorRecordClosed
        if found:
            return Opened(resident=found[0], rows=tuple(row for row, _ in same), basis=found[1])
    raise NoBasis if any(not one.standing for one in own) else NotFound


def _held(for_: Actor, master: int, some: Sequence[Basis]) -> tuple[Resident, Basis] | None:
    """The person with the first of these bases that holds, asked in one query."""
    holds = [When(bases.reachable_condition(for_=_with_only(for_, one)), then=Value(n)) for n, one in enumerate(some)]
    asked = Resident.objects.filter(pk=master).annotate(first_basis=Case(*holds, default=Value(None)))
    human = asked.get()
    return None if human.first_basis is None else (human, some[human.first_basis])


def _with_only(actor: Actor, one: Basis) -> Actor:
    """The same actor asking on one basis alone, so that we learn which one it is that opens the record."""
    return replace(actor, role=replace(actor.role, bases=(one.code,)))


def chosen_from(*, for_: Actor, opened: Opened, where: str = "true", **more: Any) -> tuple[str, dict[str, Any]]:
    """A condition on the entries of an opened record that the actor sees now, with its parameters."""
    condition = f"{person(opened.rows)} AND {CURRENT} AND {where}"
    return condition, sight(for_, opened.basis.code, opened.rows) | more


NEWEST = "SELECT e.* FROM record_entry e WHERE {where} ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s"
OF_LEVEL = "e.institution_id IN (SELECT unit_id FROM organisations_institution WHERE level = %(lane)s)"


def timeline(
    *,
    for_: Actor,
    opened: Opened,
    kinds: Sequence[str] = (),
    lane: str = "",
    before: Place | None = None,
    limit: int = 50,
) -> list[Row]:
    """Newest first; `before` is the place of the last row shown. Ask for one more than is shown to know of more."""
    asked = ["true"]
    if kinds:
        asked.append("e.kind = ANY(%(kinds)s)")
    if lane:
        asked.append(OF_LEVEL)
    if before:
        asked.append("(e.at, e.id) < (%(at)s, %(id)s)")
    at, id_ = before or (None, None)
    where, parameters = chosen_from(
        for_=for_, opened=opened, where=" AND ".join(asked), kinds=list(kinds), lane=lane, at=at, id=id_, limit=limit
    )
    return read(where, parameters, chosen=NEWEST)


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement of a series."""

    entry_id: int
    series: str
    at: datetime
    value: Decimal
    second_value: Decimal | None
    unit: str
    low: Decimal | None
    high: Decimal | None


MEASURED = """
SELECT o.entry_id, o.series, o.at, o.value, o.second_value, o.unit, o.low, o.high
FROM record_observation o JOIN record_entry e ON e.id = o.entry_id
WHERE {person} AND {current} AND {which}
"""


def _points(for_: Actor, opened: Opened, sql: str, which: str, **more: Any) -> list[Point]:
    measured = MEASURED.format(person=person(opened.rows, of="o"), current=CURRENT, which=which)
    parameters = sight(for_, opened.basis.code, opened.rows) | more
    return [Point(*columns) for columns in fetched(sql.format(measured=measured), parameters)]


def series(*, for_: Actor, opened: Opened, code: str | Iterable[str], since: date | None = None) -> list[Point]:
    """Every measurement of one or several series, oldest first, from a day on."""
    codes = [code] if isinstance(code, str) else list(code)
    which = "o.series = ANY(%(codes)s)" + (" AND o.at >= %(since)s" if since else "")
    moment = datetime(since.year, since.month, since.day, tzinfo=clock.COUNTY_ZONE) if since else None
    return _points(for_, opened, "{measured} ORDER BY o.at, o.entry_id", which, codes=codes, since=moment)


LAST_OF_EACH = """
SELECT last.* FROM unnest(%(codes)s::text[]) AS asked(code)
CROSS JOIN LATERAL ({measured} ORDER BY o.at DESC, o.entry_id DESC LIMIT %(limit)s) AS last
"""


def last_measured(*, for_: Actor, opened: Opened, codes: Iterable[str] = SERIES, limit: int = 1) -> list[Point]:
    """The last measurements of each series, newest first: a look into the index for each, however long the life."""
    return _points(for_, opened, LAST_OF_EACH, "o.series = asked.code", codes=list(codes), limit=limit)


def entry(*, for_: Actor, entry_id: int) -> tuple[Opened, Row]:
    """One entry, current or not, and the record it belongs to. Raises NotFound where the gate hides it."""
    whose = fetched("SELECT resident_id FROM record_entry WHERE id = %(id)s", {"id": entry_id})
    if not whose:
        raise NotFound
    opened = open_record(for_=for_, resident_id=whose[0][0])
    seen = read(f"e.id = %(id)s AND {ANY_VERSION}", sight(for_, opened.basis.code) | {"id": entry_id})
    if not seen:
        raise NotFound
    return opened, seen[0]


def versions(*, for_: Actor, opened: Opened, entry_id: int) -> list[Row]:
    """All versions of an entry that the actor may see, newest first."""
    parameters = sight(for_, opened.basis.code, opened.rows) | {"ids": chain_of(entry_id)}
    where = f"e.id = ANY(%(ids)s) AND {person(opened.rows)} AND {ANY_VERSION}"
    return read(where, parameters, order="e.version DESC")


def of_encounter(*, for_: Actor, opened: Opened, entry_id: int) -> list[Row]:
    """What belongs to an encounter, whichever of its versions it was written under."""
    where, parameters = chosen_from(
        for_=for_, opened=opened, where="e.encounter_id = ANY(%(ids)s)", ids=chain_of(entry_id)
    )
    return read(where, parameters, order="e.at, e.id")


def entries_by_ids(*, for_: Actor, ids: Sequence[int], basis: str) -> list[Row]:
    """The entries of a package that a case has put before the actor, as sent; `replaced_by_id` tells of a correction.

    The case decides who is a party to it and may see its package; the gate of the special classes is asked here.
    """
    where = f"e.id = ANY(%(ids)s) AND NOT e.withdrawn AND {GATE}"
    return read(where, sight(for_, basis) | {"ids": list(ids)})
