"""Orders and reports as relations: who asked for what, which report answers it. For who sends them on, shown nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from yigongti.kernel.access.actor import Actor
from yigongti.record.models import Entry
from yigongti.record.policy.order_items import PRIORITIES as PRIORITIES
from yigongti.record.rows import chain_of
from yigongti.record.seeing import own_institution


def ordered_by(*, for_: Actor, since: datetime) -> Q:
    """Persons (by their master row) with a standing order of the actor's own institution since then."""
    own = own_institution(for_)
    if own is None:
        return Q(pk__in=())
    orders = Entry.objects.filter(
        kind="order", resident__master_id=OuterRef("master_id"), institution_id=own, at__gte=since,
        replaced_by__isnull=True, withdrawn=False,
    )  # fmt: skip
    return Q(Exists(orders))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Whose entry it is and where it leads; nothing of what it says."""

    institution_id: int
    resident_id: int
    version: int
    withdrawn: bool
    to: tuple[str, str] | None
    """For whom an order was meant: application and facility."""
    performer: int | None
    """The institution that is to carry an order out, where it was named instead."""
    report: int | None


def ordering(*, for_: Actor, ids: Sequence[int], kind: str = "order") -> dict[int, Relation]:
    """Entries of a kind as relations."""
    for_.require("record.take_in")
    columns = ("pk", "institution_id", "resident_id", "version", "withdrawn", "detail__to", "detail__performer",
               "detail__report")  # fmt: skip
    rows = Entry.objects.filter(pk__in=ids, kind=kind).values_list(*columns)
    return {
        pk: Relation(institution_id=institution, resident_id=resident, version=version, withdrawn=withdrawn,
                     to=(to.get("application", ""), to.get("facility", "")) if to else None, performer=performer,
                     report=report)
        for pk, institution, resident, version, withdrawn, to, performer, report in rows
    }  # fmt: skip


def state_before(*, for_: Actor, entry_id: int, images: int) -> str:
    """How far an order was before these images came for it."""
    for_.require("record.take_in")
    said = Entry.objects.filter(pk__in=chain_of(entry_id)).order_by("version").values_list("detail", flat=True)
    found = ""
    for detail in said:
        if detail.get("images") == images:
            return found
        found = detail.get("state", "")
    return found


def versions_of(*, for_: Actor, entry_id: int) -> list[int]:
    """The numbers of all versions of an entry."""
    for_.require("record.take_in")
    return chain_of(entry_id)
