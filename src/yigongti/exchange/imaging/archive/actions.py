"""What data staff do with images that the archive declined, or that a former archive holds: give them once more."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yigongti.exchange.imaging.archive.models import KnownArchive
from yigongti.exchange.imaging.archive.named import archive as named
from yigongti.exchange.imaging.models import StudyInstance
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal


class NothingToGive(Refusal):
    """没有要重送的影像。"""

    status = 422


@action("exchange.give_one", permission="exchange.inbox_work")
def give_one(*, by: Actor, image: int) -> Receipt:
    """把一幅没送成的影像马上重送一次。"""
    return _queue(_in_trouble().filter(pk=image), f"image {image}")


@action("exchange.give_declined", permission="exchange.inbox_work")
def give_declined(*, by: Actor) -> Receipt:
    """把没送成的影像全部马上重送一次。"""
    return _queue(_in_trouble(), "declined")


@action("exchange.give_all", permission="exchange.inbox_work")
def give_all(*, by: Actor) -> Receipt:
    """换了影像服务器：把原来那一台上的影像也送给新的一台。"""
    archive = named()
    here = KnownArchive.objects.filter(address=archive.shown[:200]).first() if archive else None
    return _queue(StudyInstance.objects.filter(copy="held").exclude(archive=here), "elsewhere")


def _in_trouble() -> QuerySet[StudyInstance]:
    return StudyInstance.objects.filter(Q(copy="declined") | Q(copy="queued", tries__gt=0))


def _queue(rows: QuerySet[StudyInstance], which: str) -> Receipt:
    count = rows.update(copy="queued", tries=0, words="", due_at=None, archive=None)
    if not count:
        raise NothingToGive
    return Receipt(
        number=f"{count}", done=phrase("已排队重送 {n} 幅", n=count), href="/inbox/images",
        subject="exchange.KnownArchive:0", facts={"images": count, "which": which},
    )  # fmt: skip
