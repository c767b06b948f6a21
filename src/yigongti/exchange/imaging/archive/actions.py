"""What data staff do with images that the archive declined, or that a former archive holds: give them once more."""

from __future__ import annotations

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


@action("exchange.give_declined", permission="exchange.inbox_work")
def give_declined(*, by: Actor) -> Receipt:
    """把影像服务器不收的影像全部重送一次。"""
    return _queue(StudyInstance.objects.filter(copy="declined"), "declined")


@action("exchange.give_all", permission="exchange.inbox_work")
def give_all(*, by: Actor) -> Receipt:
    """换了影像服务器：把原来那一台上的影像也送给新的一台。"""
    archive = named()
    here = KnownArchive.objects.filter(address=archive.shown[:200]).first() if archive else None
    return _queue(StudyInstance.objects.filter(copy="held").exclude(archive=here), "elsewhere")


def _queue(rows: object, which: str) -> Receipt:
    count = rows.update(copy="queued", tries=0, words="", archive=None)  # type: ignore[attr-defined]
    if not count:
        raise NothingToGive
    return Receipt(
        number=f"{count}", done=phrase("已排队重送 {n} 幅", n=count), href="/inbox/images",
        subject="exchange.KnownArchive:0", facts={"images": count, "which": which},
    )  # fmt: skip
