"""A DICOM object by the inbox: part of its study, which is one entry of its person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yigongti.exchange import inbox, orders
from yigongti.exchange.dicom import reading
from yigongti.exchange.dicom.opening import Opened, opened, raw
from yigongti.exchange.dicom.preview import preview
from yigongti.exchange.dicom.reading import Instance
from yigongti.exchange.dicom.refusing import UnreadableImage
from yigongti.exchange.dicom.texts import Reader
from yigongti.exchange.imaging import persons, recordings, studies, words
from yigongti.exchange.imaging.manifest import files_of
from yigongti.exchange.imaging.models import Study
from yigongti.exchange.imaging.persons import Sent
from yigongti.exchange.imaging.studies import More
from yigongti.exchange.inbox import Taken
from yigongti.exchange.models import Sender
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.waveforms import dicom_ecg
from yigongti.kernel.files import store
from yigongti.record.actions import TakenFile, Told, attach_files, take_in


OTHER_IDS = 0x00101000
WANTED = (*reading.WANTED, OTHER_IDS)
WAVEFORMS = "1.2.840.10008.5.1.4.1.1.9."
MEDIA_TYPE = "application/dicom"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}


@inbox.reads("dicom")
def take(sender: Sender, body: bytes, received_at: datetime) -> Taken:
    """Take an object in. Raises what the reader refuses, Unidentified, OtherBytes, OtherPatient."""
    (held,) = files_of(body)
    data = store.read(held.digest)
    file = opened(data, wanted=WANTED)
    found = reading.told(file)
    _require_whole(file, found, held.size)
    study = studies.locked(sender=sender, uid=found.study)
    if studies.is_known(study, found, held.digest):
        return Taken(done=["这一幅已在档案中"])
    resident = None if study.entry_id else persons.resident_of(sender=sender, sent=sent_of(file, found))
    more, made = _made_of(data, found, study)
    told = studies.grown(study, found, more)
    entry, person, done = written(study, told, sender=sender, resident=resident, received_at=received_at)
    studies.keep(study, told, found=found, entry=entry, digest=held.digest)
    attach_files(by=the_inbox(), entry_id=entry, files=[_original(found, held.digest), *made])
    return Taken(persons={person}, done=[done, *map(str, found.doubts)])


def sent_of(file: Opened, found: Instance) -> Sent:
    """Who the object says was examined."""
    others = Reader(found.charsets).text(raw(file.elements, OTHER_IDS)).split("\\")
    who = found.patient
    return Sent(
        own=found.study, number=who.identifier, issuer=who.issuer, name=who.name.shown, sex=who.sex, born=who.born,
        others=tuple(one.strip() for one in others if one.strip()),
    )  # fmt: skip


def _require_whole(file: Opened, found: Instance, size: int) -> None:
    """Half an image looks like one; it waits until the whole of it is sent."""
    if file.cut or (found.pixels is not None and not found.pixels.complete):
        why = "；".join(map(str, found.doubts)) or "不完整"
        raise UnreadableImage(what="文件", value=f"{size} 字节", problem=why, rule="dicom.incomplete")


def written(
    study: Study, told: dict[str, Any], *, sender: Sender, resident: int | None, received_at: datetime
) -> tuple[int, int, str]:
    """(entry, person, what was done): a new version only where the study says something that it did not."""
    said = studies.entry_words(told, study.uid)
    if study.entry_id is not None and said == studies.entry_words(study.told, study.uid):
        return study.entry_id, _person_of(study), f"{said['title']}：加一幅"
    at = datetime.fromisoformat(told["examined"]) if told.get("examined") else study.examined or received_at
    order = orders.by_accession(by=sender.institution_id, resident=resident or _person_of(study),
                                accession=told.get("accession", ""))  # fmt: skip
    said["detail"] |= {"order": order.id} if order else {}
    receipt = take_in(by=the_inbox(), told=Told(
        resident_id=resident or 0, institution_id=sender.institution_id, kind="imaging", source="inbox", at=at,
        follows=study.entry_id, **said,
    ))  # fmt: skip
    if order:
        orders.examined(order=order, images=int(receipt.data["entry"]))
    return int(receipt.data["entry"]), receipt.persons[0], said["title"]


def _person_of(study: Study) -> int:
    return study.entry.resident_id if study.entry is not None else 0


def _made_of(data: bytes, found: Instance, study: Study) -> tuple[More, list[TakenFile]]:
    """A recording's waveform and drawing, or the picture of a series that has none yet."""
    if found.sop_class.startswith(WAVEFORMS):
        recording = dicom_ecg.read(data)
        form, svg = recordings.made_of(recording, part=found.series)
        facts = recordings.detail_of(recording)
        shown = {"digest": svg.digest, "media_type": svg.media_type}
        text, title = words.recording_text(recording), words.recording_title(recording)
        return More(waveform=facts, text=text, title=title, preview=shown), [form, svg]
    if found.pixels is None or found.series in study.told.get("previewed", ()):
        return More(), []
    picture = preview(data)
    if not picture.media:
        return More(no_preview=picture.why_none), []
    label = _series(found)
    kept = recordings.stored(
        name=f"{label}.{ENDINGS[picture.media]}", media_type=picture.media, data=picture.body
    )  # fmt: skip
    file = TakenFile(
        digest=kept.digest, role="preview", media_type=picture.media, name=kept.name, part=found.series, label=label
    )
    return More(preview={"digest": kept.digest, "media_type": picture.media}), [file]


def _original(found: Instance, digest: str) -> TakenFile:
    """An image or a recording; whatever else belongs to the study is a document of it."""
    picture = found.pixels is not None or found.sop_class.startswith(WAVEFORMS)
    number = found.texts["instance_number"] or found.instance.rpartition(".")[2]
    return TakenFile(
        digest=digest, role="original" if picture else "document", media_type=MEDIA_TYPE, part=found.series,
        name=f"{found.modality or 'DICOM'}-{found.texts['series_number'] or 1}-{number}.dcm", label=_series(found),
    )  # fmt: skip


def _series(found: Instance) -> str:
    """序列 2 T1 SAG; the modality where a series has no words of its own."""
    named = found.texts["series_description"] or words.modality(found.modality)
    return f"序列 {found.texts['series_number'] or '1'} {named}"[:120]
