"""The files of an entry: whoever may read the entry may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound
from yigongti.record.attached import SHOWN, Attachment
from yigongti.record.queries.timelines import Opened, entry
from yigongti.record.rows import Row, chain_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What belongs to an entry: previews, one a series; how many series and images; and the files, page by page."""

    previews: Sequence[Attachment]
    series: int
    images: int
    files: Sequence[Attachment]
    more: bool


def of_entry(*, for_: Actor, opened: Opened, entry_id: int, after: int = 0, limit: int = 20) -> Attached | None:
    """The files under all versions of an entry that was read for the actor; None where it has none."""
    for_.require("record.read")
    whole = Attachment.objects.filter(entry_id__in=chain_of(entry_id), entry__resident_id__in=opened.rows)
    counted = {
        (role, part): n for role, part, n in whole.values_list("role", "part").annotate(n=Count("id")).order_by()
    }
    if not counted:
        return None
    kept = whole.exclude(role="preview").select_related("file").filter(pk__gt=after).order_by("pk")[: limit + 1]
    files = list(kept)
    return Attached(
        previews=list(whole.filter(role="preview").order_by("pk")[:SHOWN]),
        series=len({part for role, part in counted if role != "preview" and part}),
        images=sum(n for (role, _part), n in counted.items() if role == "original"),
        files=files[:limit], more=len(files) > limit,
    )  # fmt: skip


def one(*, for_: Actor, entry_id: int, attachment_id: int) -> tuple[Opened, Row, Attachment]:
    """One file of an entry that the actor may read. Raises NotFound, and what reading the entry raises."""
    opened, row = entry(for_=for_, entry_id=entry_id)
    found = Attachment.objects.filter(pk=attachment_id, entry_id__in=chain_of(entry_id)).first()
    if found is None:
        raise NotFound
    return opened, row, found
