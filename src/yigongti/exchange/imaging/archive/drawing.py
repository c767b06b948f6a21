"""A picture drawn by the archive, where we cannot draw one: JPEG 2000, lossless JPEG and whatever else is packed."""

from __future__ import annotations

from yigongti.exchange.imaging import recordings, studies
from yigongti.exchange.imaging.archive.web import Archive
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.imaging.taking_dicom import ENDINGS, written
from yigongti.exchange.senders import the_inbox
from yigongti.record.actions import TakenFile, attach_files


BEGINNINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


def draw_first(archive: Archive, one: StudyInstance) -> None:
    """Have the first image of a series drawn that has no picture yet, and put it into the record. Raises Unanswered."""
    if not _is_wanted(one.study, one):
        return
    found = archive.drawn(study=one.study.uid, series=one.series, instance=one.uid)
    if found is None or not found[1].startswith(BEGINNINGS[found[0]]):
        return
    study = Study.objects.select_for_update(of=("self",)).select_related("entry", "sender").get(pk=one.study_id)
    if _is_wanted(study, one):
        _attach(study, one, *found)


def _is_wanted(study: Study, one: StudyInstance) -> bool:
    if study.entry is None or study.entry.withdrawn or one.series in study.told.get("previewed", ()):
        return False
    return not StudyInstance.objects.filter(study=study.pk, series=one.series, pk__lt=one.pk).exists()


def _attach(study: Study, one: StudyInstance, media: str, body: bytes) -> None:
    kept = recordings.stored(name=f"{one.series[-40:]}.{ENDINGS[media]}", media_type=media, data=body)
    told = studies.drawn(study, one.series, {"digest": kept.digest, "media_type": media})
    entry, _person, _done = written(study, told, sender=study.sender, resident=None, received_at=study.entry.at)  # type: ignore[union-attr]
    Study.objects.filter(pk=study.pk).update(told=told, entry_id=entry)
    file = TakenFile(digest=kept.digest, role="preview", media_type=media, name=kept.name, part=one.series,
                     label=studies.title_of(told))  # fmt: skip
    attach_files(by=the_inbox(), entry_id=entry, files=[file])
