"""Opening a record, and reading its entries: all but `entries_by_ids` start from the basis that `open_record` finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, QuerySet, Value, When

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import Basis, NoBasis
from yigongti.kernel.refusal import NotFound
from yigongti.record.models import Entry, Observation
from yigongti.record.rows import Row, chain_of, rows_of
from yigongti.record.seeing import CURRENT, open_classes, own_institution, visible
from yigongti.residents.models import Resident


Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record that the actor may read now: the person (master row), all rows of the same human, and on what basis."""

    resident: Resident
    rows: tuple[int, ...]
    basis: Basis

    def of(self) -> Q:
        """Entries of this human. One row is asked with `=`, which lets the timeline's index give the order."""
        return Q(resident_id=self.rows[0]) if len(self.rows) == 1 else Q(resident_id__in=self.rows)


def open_record(*, for_: Actor, resident_id: int) -> Opened:
    """The person behind a row, with the first basis of the actor's role that holds.

    Raises NotFound for an unknown row, and for a role that has no basis it could state; NoBasis when none holds now.
    """
    own = bases.bases_of(for_=for_)
    holds = [When(bases.reachable_condition(for_=_with_only(for_, one)), then=Value(i)) for i, one in enumerate(own)]
    person = (
        Resident.objects.filter(aliases=resident_id)
        .annotate(
            first_basis=Case(*holds, default=Value(None)) if holds else Value(-1),
            rows=ArraySubquery(Resident.objects.filter(master_id=OuterRef("pk")).order_by("pk").values("pk")),
        )
        .first()
    )
    if person is None or not own:
        raise NotFound
    if person.first_basis is None:
        raise NoBasis if any(not one.standing for one in own) else NotFound
    return Opened(resident=person, rows=tuple(person.rows), basis=own[person.first_basis])


def _with_only(actor: Actor, one: Basis) -> Actor:
    """The same actor asking on one basis alone, so that we learn which one it is that opens the record."""
    return replace(actor, role=replace(actor.role, bases=(one.code,)))


def current(*, for_: Actor, opened: Opened) -> QuerySet[Entry]:
    """The entries of an opened record that the actor sees: current versions, through the gate."""
    return Entry.objects.filter(opened.of(), CURRENT, visible(for_, opened.basis.code))


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
    entries = current(for_=for_, opened=opened)
    if kinds:
        entries = entries.filter(kind__in=kinds)
    if lane:
        entries = entries.filter(institution__level=lane)
    if before:
        at, id_ = before
        entries = entries.filter(Q(at__lt=at) | Q(at=at, id__lt=id_), at__lte=at)
    return rows_of(entries.order_by("-at", "-id")[:limit])


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


_POINT = ("entry_id", "series", "at", "value", "second_value", "unit", "low", "high")


def _measured(for_: Actor, opened: Opened) -> QuerySet[Observation]:
    seen = Q(entry__sensitivity__in=open_classes(for_, opened.basis.code))
    own = own_institution(for_)
    if own is not None:
        seen |= Q(entry__institution_id=own)
    return Observation.objects.filter(opened.of(), seen, entry__replaced_by__isnull=True, entry__withdrawn=False)


def series(*, for_: Actor, opened: Opened, code: str | Iterable[str], since: date | None = None) -> list[Point]:
    """Every measurement of one or several series, oldest first, from a day on."""
    codes = [code] if isinstance(code, str) else list(code)
    points = _measured(for_, opened).filter(series__in=codes)
    if since:
        points = points.filter(at__gte=datetime(since.year, since.month, since.day, tzinfo=clock.COUNTY_ZONE))
    return [Point(*columns) for columns in points.order_by("at", "entry_id").values_list(*_POINT)]


def last_measured(*, for_: Actor, opened: Opened) -> list[Point]:
    """The last measurement of each series."""
    last = _measured(for_, opened).order_by("series", "-at", "-entry_id").distinct("series")
    return [Point(*columns) for columns in last.values_list(*_POINT)]


def entry(*, for_: Actor, entry_id: int) -> tuple[Opened, Row]:
    """One entry, current or not, and the record it belongs to. Raises NotFound where the gate hides it."""
    whose = Entry.objects.filter(pk=entry_id).values_list("resident_id", flat=True).first()
    if whose is None:
        raise NotFound
    opened = open_record(for_=for_, resident_id=whose)
    seen = rows_of(Entry.objects.filter(visible(for_, opened.basis.code), _unless_withdrawn(for_), pk=entry_id))
    if not seen:
        raise NotFound
    return opened, seen[0]


def versions(*, for_: Actor, opened: Opened, entry_id: int) -> list[Row]:
    """All versions of an entry that the actor may see, newest first."""
    seen = Q(opened.of(), visible(for_, opened.basis.code), _unless_withdrawn(for_), pk__in=chain_of(entry_id))
    return rows_of(Entry.objects.filter(seen).order_by("-version"))


def _unless_withdrawn(for_: Actor) -> Q:
    """What was entered in error is shown, with all its versions, only where it was written (ADR 0009)."""
    own = own_institution(for_)
    return Q(withdrawn=False) if own is None else Q(withdrawn=False) | Q(institution_id=own)


def of_encounter(*, for_: Actor, opened: Opened, entry_id: int) -> list[Row]:
    """What belongs to an encounter, whichever of its versions it was written under."""
    children = current(for_=for_, opened=opened).filter(encounter_id__in=chain_of(entry_id))
    return rows_of(children.order_by("at", "id"))


def entries_by_ids(*, for_: Actor, ids: Sequence[int], basis: str) -> list[Row]:
    """The entries of a package that a case has put before the actor, as sent; `replaced_by_id` tells of a correction.

    The case decides who is a party to it and may see its package; the gate of the special classes is asked here.
    """
    return rows_of(Entry.objects.filter(visible(for_, basis), pk__in=list(ids), withdrawn=False).order_by("-at", "-id"))
