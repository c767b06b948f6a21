"""How the images stand with the county's archive: counts and what was declined. For data staff only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from yigongti.exchange.imaging.archive.models import KnownArchive
from yigongti.exchange.imaging.archive.named import archive as named
from yigongti.exchange.imaging.models import StudyInstance
from yigongti.kernel.access.actor import Actor


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
    """Images that no archive holds yet, and those that were declined; `since` is when the first of them came."""

    queued: int
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
    declined = StudyInstance.objects.filter(copy="declined").count()
    return Waiting(queued=queued["n"], declined=declined, since=queued["since"])


def declined(*, for_: Actor, after: int = 0, limit: int = 50) -> list[StudyInstance]:
    """What the archive declined, oldest first, from a number on."""
    for_.require(SEE)
    rows = StudyInstance.objects.filter(copy="declined", pk__gt=after).select_related("study__sender")
    return list(rows.order_by("pk")[:limit])
