"""A person, their household, who has looked, and the lists that data staff and reviewers work through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import Basis, NoBasis
from yigongti.kernel.access.models import Opening
from yigongti.kernel.access.words import registry
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.pages.asking import LAST, row_number, whole_number
from yigongti.kernel.refusal import NotFound
from yigongti.residents.bases import managing_ids
from yigongti.residents.matching.weights import Weights, in_force
from yigongti.residents.models import Household, Identifier, MatchRun, Merge, Resident, Suspicion, Sweep, Transfer
from yigongti.residents.queries.search import Found


LEAFED = 40  # a township centre and its village rooms; nobody leafs through more


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A person as one may see them now, on the first basis of one's role that holds, and who else they were."""

    person: Resident
    basis: Basis
    rows: tuple[int, ...]
    may_amend: bool


def person(*, for_: Actor, resident: int) -> Seen:
    """The person behind a row. Raises NoBasis when the actor could state one, NotFound when none could help."""
    row = Resident.objects.select_related("managing", "household", "mother").filter(aliases=resident).first()
    own = bases.bases_of(for_=for_)
    if row is None or not own:
        raise NotFound
    basis = _first_that_holds(own, for_, row.pk)
    if basis is None:
        raise NoBasis if any(not one.standing for one in own) else NotFound
    rows = tuple(Resident.objects.filter(master_id=row.pk).order_by("pk").values_list("pk", flat=True))
    may_amend = for_.may("residents.amend") and row.managing_id in managing_ids(for_)
    return Seen(person=row, basis=basis, rows=rows, may_amend=may_amend)


def _first_that_holds(own: Sequence[Basis], for_: Actor, pk: int) -> Basis | None:
    live = set(
        Opening.objects.filter(post_id=for_.post_id or 0, person_id=pk, closes_at__gt=clock.now()).values_list(
            "basis", flat=True
        )
    )
    for basis in own:
        if not basis.standing and basis.code not in live:
            continue
        condition = basis.holds(for_) if basis.holds else Q()
        if Resident.objects.filter(condition, pk=pk).exists():
            return basis
    return None


def managed_list(*, for_: Actor, limit: int = 50, after: str = "") -> Found:
    """The residents of the actor's own institutions in the order of pinyin; nobody when these are too many to leaf
    through: then one searches."""
    ids = managing_ids(for_) if any(b.code in ("managed", "registered") for b in bases.bases_of(for_=for_)) else []
    if not ids or len(ids) > LEAFED:
        return Found(rows=())
    rows = Resident.objects.filter(managing_id__in=ids, stands=True).order_by("pinyin", "pk")
    beyond = row_number(after)
    if beyond:
        last = Resident.objects.filter(pk=beyond).values_list("pinyin", flat=True).first() or ""
        rows = rows.filter(Q(pinyin__gt=last) | Q(pinyin=last, pk__gt=beyond), pinyin__gte=last)
    found = list(rows.select_related("managing")[: limit + 1])
    return Found(rows=found[:limit], after=str(found[limit - 1].pk) if len(found) > limit else "")


def identifiers(*, for_: Actor, seen: Seen) -> list[Identifier]:
    """The papers and cards of all the person's registrations, those in use first."""
    return list(Identifier.objects.filter(resident_id__in=seen.rows).order_by("ended_on", "system", "pk"))


def household(*, for_: Actor, number: str) -> tuple[Household, list[Resident]]:
    """A household and those of its members whom the actor may see."""
    home = Household.objects.select_related("managing").filter(number=number).first()
    if home is None:
        raise NotFound
    members = Resident.objects.filter(bases.reachable_condition(for_=for_), household=home, stands=True)
    found = list(members.select_related("managing").order_by("birth_date", "pk"))
    if not found:
        raise NotFound
    return home, found


def lookers(*, for_: Actor, seen: Seen, limit: int = 50, before: int = 0) -> list[Entry]:
    """Who has read or written about this person, latest first: the trail, by person. One more than `limit` if more."""
    entries = Entry.objects.filter(persons__overlap=list(seen.rows))
    if before:
        entries = entries.filter(pk__lt=before)
    return list(entries.order_by("-pk")[: limit + 1])


def suspicions(*, for_: Actor, limit: int = 50, after: str = "") -> tuple[list[Suspicion], str]:
    """Open pairs of which at least one is managed within reach: the surest, then strongest first."""
    ids = managing_ids(for_)
    rows = Suspicion.objects.filter(verdict="open").filter(Q(one__managing_id__in=ids) | Q(other__managing_id__in=ids))
    said, _, pk = after.partition("-")
    rank, last = whole_number(said, most=LAST), row_number(pk)
    if rank is not None and last:
        rows = rows.filter(Q(rank__lt=rank) | Q(rank=rank, pk__gt=last), rank__lte=rank)
    found = list(
        rows.select_related("one__master__managing", "other__master__managing").order_by("-rank", "pk")[: limit + 1]
    )
    return found[:limit], f"{found[limit - 1].rank}-{found[limit - 1].pk}" if len(found) > limit else ""


def latest_match(*, for_: Actor) -> MatchRun | None:
    """The last run over the whole index, for whoever decides what it found."""
    return MatchRun.objects.order_by("-pk").first() if for_.may("residents.duplicates") else None


def weights_in_force(*, for_: Actor) -> Weights | None:
    """What each comparison is worth today, for whoever decides by it."""
    return in_force() if for_.may("residents.duplicates") else None


def latest_sweep(*, for_: Actor) -> Sweep | None:
    """The last search for duplicates, for whoever decides them."""
    return Sweep.objects.order_by("-pk").first() if for_.may("residents.duplicates") else None


def suspicion(*, for_: Actor, pk: int) -> Suspicion:
    """One pair, open or decided."""
    ids = managing_ids(for_)
    rows = Suspicion.objects.filter(Q(one__managing_id__in=ids) | Q(other__managing_id__in=ids), pk=pk)
    found = rows.select_related("one__master__managing", "other__master__managing").first()
    if found is None:
        raise NotFound
    return found


def merges(*, for_: Actor, limit: int = 50, before: int = 0) -> list[Merge]:
    """Merges within reach, latest first; one more than `limit` if there are more."""
    rows = Merge.objects.filter(absorbed__managing_id__in=managing_ids(for_))
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("kept", "absorbed", "merged_by__account").order_by("-pk")[: limit + 1])


def merge(*, for_: Actor, pk: int) -> Merge:
    """One merge within reach."""
    rows = Merge.objects.filter(absorbed__managing_id__in=managing_ids(for_), pk=pk)
    found = rows.select_related(
        "kept__managing", "absorbed__managing", "merged_by__account", "undone_by__account"
    ).first()
    if found is None:
        raise NotFound
    return found


def transfers(*, for_: Actor, limit: int = 50, after: int = 0) -> list[Transfer]:
    """Open wishes to take over somebody managed within reach, oldest first; one more than `limit` if more."""
    rows = Transfer.objects.filter(verdict="open", sender_id__in=managing_ids(for_), pk__gt=after)
    return list(rows.select_related("resident", "sender", "receiver", "asked_by__account").order_by("pk")[: limit + 1])


def reviewable(*, for_: Actor) -> Q:
    """Openings that the opener's page lets the actor review: by posts within reach, or of persons managed there."""
    return _by_those(for_, [role.code for role in registry.roles.values() if for_.role.code in role.reviewed_by])


def _by_those(for_: Actor, roles: list[str]) -> Q:
    ours = Resident.objects.filter(for_.reach("managing__unit__"), pk=OuterRef("person_id"))
    return Q(post__role__in=roles) & (for_.reach("unit__") | Q(Exists(ours)))


def overdue(*, for_: Actor, limit: int = 50, after: int = 0) -> list[Opening]:
    """Openings that nobody has reviewed in time and of which the actor's role is to be told, oldest first; one more
    than `limit` if more. Whose record it was is not said."""
    told = [role.code for role in registry.roles.values() if for_.role.code in role.overdue_to]
    late = Opening.objects.filter(_by_those(for_, told), review="due", escalated_at__isnull=False, pk__gt=after)
    return list(late.select_related("post__account", "unit").order_by("pk")[: limit + 1])


def reviews(*, for_: Actor, limit: int = 50, after: int = 0) -> list[tuple[Opening, Resident]]:
    """Openings that wait for review, by posts within reach, oldest first, never one's own; one more if more."""
    rows = Opening.objects.filter(reviewable(for_=for_), review="due", pk__gt=after)
    due = list(
        rows.exclude(post__account_id=for_.account_id or 0)
        .select_related("post__account", "unit")
        .order_by("pk")[: limit + 1]
    )
    persons = {row.pk: row for row in Resident.objects.filter(pk__in=[one.person_id for one in due])}
    return [(one, persons[one.person_id]) for one in due]


def pair(*, for_: Actor, one: int, other: int) -> tuple[Resident, Resident]:
    """Two registrations side by side, at least one of them managed within reach."""
    rows = Resident.objects.select_related("managing", "household", "registered_by__account").filter(
        pk__in=(one, other)
    )
    found = {row.pk: row for row in rows}
    within = managing_ids(for_)
    if set(found) != {one, other} or not any(row.managing_id in within for row in found.values()):
        raise NotFound
    return found[one], found[other]
