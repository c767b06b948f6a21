"""How the images stand with the county's archive: counts and what was declined. For data staff only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from yigongti.exchange.imaging.archive.models import KnownArchive
from yigongti.exchange.imaging.archive.named import archive as named
from yigongti.exchange.imaging.models import StudyInstance
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound


SEE = "exchange.inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An archive and how many images it holds. `current`: the settings name it now."""

    address: str
    current: bool
    held: int
    trouble: str = ""
    tries: int = 0
    silent_since: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Images that no archive holds yet, `put_off` of them after a failure, and those that were declined; `since` is
    when the first of them came."""

    queued: int
    put_off: int
    declined: int
    since: datetime | None = None


def standings(*, for_: Actor) -> list[Standing]:
    """The archive of the settings first, then those that hold images from before."""
    for_.require(SEE)
    archive = named()
    shown = archive.shown[:200] if archive else ""
    counts = dict(StudyInstance.objects.filter(copy="held").values_list("archive").annotate(n=Count("id")).order_by())
    found = [
        Standing(address=one.address, current=one.address == shown, held=counts.get(one.pk, 0), trouble=one.trouble,
                 tries=one.tries, silent_since=one.silent_since, answered_at=one.answered_at)
        for one in KnownArchive.objects.order_by("address")
    ]  # fmt: skip
    if shown and not any(one.current for one in found):
        found.append(Standing(address=shown, current=True, held=0))
    return sorted((one for one in found if one.current or one.held), key=lambda one: (not one.current, one.address))


def waiting(*, for_: Actor) -> Waiting:
    """How many wait, and how many were declined."""
    for_.require(SEE)
    queued = StudyInstance.objects.filter(copy="queued").aggregate(n=Count("id"), since=Min("file__stored_at"))
    put_off = StudyInstance.objects.filter(copy="queued", tries__gt=0).count()
    declined = StudyInstance.objects.filter(copy="declined").count()
    return Waiting(queued=queued["n"], put_off=put_off, declined=declined, since=queued["since"])


def troubled(*, for_: Actor, after: int = 0, limit: int = 50) -> list[StudyInstance]:
    """What the archive declined or failed to take, oldest first, from a number on."""
    for_.require(SEE)
    return list(_in_trouble().filter(pk__gt=after).order_by("pk")[:limit])


def one_troubled(*, for_: Actor, pk: int) -> StudyInstance:
    """One of them. Raises NotFound."""
    for_.require(SEE)
    found = _in_trouble().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _in_trouble() -> QuerySet[StudyInstance]:
    rows = StudyInstance.objects.filter(Q(copy="declined") | Q(copy="queued", tries__gt=0))
    return rows.select_related("study__sender", "file")
