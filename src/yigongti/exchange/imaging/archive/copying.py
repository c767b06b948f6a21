"""The worker's part: every image that was taken in is given to the county's archive, and stays with us all the same.

An archive that does not answer is left alone for a while, longer each time; everything waits, in order, and nothing is
lost. An image that fails is put behind the others and put off, longer each time, for it may be what felled the archive.
One that fails each time, alone or by taking the archive down with it, is left to people in the end: the archive was
asked and answered before it was given the image, so an outage of its own blames none.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from yigongti.exchange.imaging.archive import drawing
from yigongti.exchange.imaging.archive.models import KnownArchive
from yigongti.exchange.imaging.archive.named import archive as named
from yigongti.exchange.imaging.archive.web import Archive, Declined, Unanswered
from yigongti.exchange.imaging.models import StudyInstance
from yigongti.exchange.sending.working import pause_after
from yigongti.kernel import clock
from yigongti.kernel.files import store
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotFound


log = structlog.get_logger()

SPAN = 10.0
"""Seconds after which a run leaves the rest to the next: the worker has other work."""
FELLED = "felled"
"""The archive answered, was given the image, and answered no more."""
OF_THE_ARCHIVE = frozenset({"full", "HTTP 401", "HTTP 429", "HTTP 507"})
"""What is wrong with the archive or its settings, though it answers: no image is to blame, and all of them wait."""


def work() -> int:
    """Give the archive what waits, or ask whether it is there; how many images it took."""
    archive = named()
    if archive is None:
        return 0
    known, _made = KnownArchive.objects.get_or_create(address=archive.shown[:200])
    until, taken = time.monotonic() + SPAN, 0
    while time.monotonic() < until and (held := _next(archive, known.pk)) is not None:
        taken += held
    return taken


def _next(archive: Archive, pk: int) -> bool | None:
    """Give it the next image; whether it holds it now, None where there is nothing to do or nobody to give it to."""
    with transaction.atomic():
        known = KnownArchive.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
        if known is None or (known.due_at and known.due_at > clock.now()):
            return None
        first = (
            StudyInstance.objects.select_for_update(of=("self",), skip_locked=True).select_related("study")
            .filter(Q(due_at=None) | Q(due_at__lte=clock.now()), copy="queued").order_by("tries", "pk").first()
        )  # fmt: skip
        if (known.tries or first is None or first.tries) and not _is_there(archive, known, first):
            return None
        return _given(archive, known, first) if first else None


def _is_there(archive: Archive, known: KnownArchive, first: StudyInstance | None) -> bool:
    """After a silence it is asked before it is given anything: else each image in turn would seem to have felled it;
    so too before an image that failed, and now and then while there is nothing to give."""
    pause = timedelta(seconds=values.number("exchange.archive_heartbeat_seconds"))
    if first is None and not known.tries and known.answered_at and known.answered_at + pause > clock.now():
        return True
    try:
        archive.require_answer()
    except Unanswered as silent:
        _leave_alone(known, silent.code)
        return False
    _heard(known)
    known.tries, known.silent_since = 0, None
    return True


def _given(archive: Archive, known: KnownArchive, one: StudyInstance) -> bool | None:
    held = False
    try:
        _store(archive, one)
        held = True
        drawing.draw_first(archive, one)
    except Declined as why:
        _settle(one, known, "declined", words=str(why))
    except Unanswered as nothing:
        return _doubt(archive, known, one, nothing.code, held=held)
    else:
        _settle(one, known, "held")
    _heard(known)
    return one.copy == "held"


def _store(archive: Archive, one: StudyInstance) -> None:
    """After an attempt without an answer the archive may have it: asked first, for an object may be large."""
    if one.tries and archive.holds(study=one.study.uid, instance=one.uid):
        return
    try:
        path = store.whole(one.file_id)
    except NotFound:
        raise Declined("damaged") from None
    archive.store(path, instance=one.uid)


def _settle(one: StudyInstance, known: KnownArchive, copy: str, *, words: str = "") -> None:
    one.copy = copy
    StudyInstance.objects.filter(pk=one.pk).update(
        copy=copy, archive=known if copy == "held" else None, words=words[:200], due_at=None
    )  # fmt: skip


def _doubt(archive: Archive, known: KnownArchive, one: StudyInstance, code: str, *, held: bool) -> bool | None:
    """Is it the image or the archive? Who answers another question has trouble with this one alone.

    `held`: it has the image, and only its picture is lacking, without which it goes in the end.
    """
    if code in OF_THE_ARCHIVE:
        _leave_alone(known, code)
        return None
    try:
        archive.require_answer()
    except Unanswered as silent:
        _put_off(one, known, FELLED, held=held)
        _leave_alone(known, silent.code)
        return None
    _put_off(one, known, code, held=held)
    _heard(known)
    return False


def _put_off(one: StudyInstance, known: KnownArchive, why: str, *, held: bool) -> None:
    """Behind the others, and longer each time; after so many times it is for people."""
    tries = one.tries + 1
    if tries >= values.number("exchange.archive_image_tries"):
        _settle(one, known, "held" if held else "declined", words="" if held else why)
    else:
        due = clock.now() + timedelta(seconds=pause_after(tries, of="exchange.archive_image_pauses"))
        StudyInstance.objects.filter(pk=one.pk).update(words=why, due_at=due)
    StudyInstance.objects.filter(pk=one.pk).update(tries=tries)
    log.warning("archive.not_taken", image=one.uid, why=why, tries=tries)


def _heard(known: KnownArchive) -> None:
    KnownArchive.objects.filter(pk=known.pk).update(
        tries=0, trouble="", silent_since=None, due_at=None, answered_at=clock.now()
    )


def _leave_alone(known: KnownArchive, code: str) -> None:
    tries, now = known.tries + 1, clock.now()
    KnownArchive.objects.filter(pk=known.pk).update(
        tries=tries, trouble=code[:16], silent_since=known.silent_since or now,
        due_at=now + timedelta(seconds=pause_after(tries)),
    )  # fmt: skip
    log.warning("archive.unanswered", archive=known.address, why=code, tries=tries)
