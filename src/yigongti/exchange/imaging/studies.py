"""A study as its instances tell it, one after the other: locked, told anew where they say more, found by its sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from yigongti.exchange.dicom.reading import Instance
from yigongti.exchange.imaging import recordings, words
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.inbox import OtherBytes
from yigongti.exchange.models import Sender
from yigongti.kernel.language import Phrase, packed
from yigongti.kernel.refusal import Refusal


class OtherPatient(Refusal):
    """这项检查已记在号码“{known}”名下，这一幅写的是“{told}”。"""

    status = 422


class StudyWithdrawn(Refusal):
    """这项检查在档案里已撤销，后到的先留着：请核对撤销的缘由。"""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What an instance adds to the pictures of its study: a recording's facts, a preview for its series."""

    waveform: dict[str, Any] | None = None
    text: str = ""
    title: str = ""
    preview: dict[str, str] | None = None
    no_preview: Phrase | None = None
    """Why there is no picture where there should be one."""


def locked(*, sender: Sender, uid: str) -> Study:
    """The sender's study, made if it is new; whoever else has one of its instances in hand is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_study (sender_id, uid, accession, patient_number, patient_name, modalities, told)"
            " VALUES (%s, %s, '', '', '', '{}', '{}') ON CONFLICT (sender_id, uid) DO NOTHING",
            [sender.pk, uid],
        )
    return Study.objects.select_for_update().get(sender=sender, uid=uid)


def is_known(study: Study, found: Instance, digest: str) -> bool:
    """Whether this very object was taken in. Raises OtherBytes, StudyWithdrawn, and OtherPatient where the study
    is another's."""
    known = StudyInstance.objects.filter(study=study, uid=found.instance).values_list("file_id", flat=True).first()
    if known is not None and known != digest:
        raise OtherBytes(field="0008,0018", number=found.instance)
    if study.entry is not None and study.entry.withdrawn:
        raise StudyWithdrawn(field="0020,000D")
    told = patient_of(found)
    if study.entry_id is not None and (study.patient_number, study.patient_name) != told:
        raise OtherPatient(field="0010,0020", known=f"{study.patient_number} {study.patient_name}", told=" ".join(told))
    return known is not None


def patient_of(found: Instance) -> tuple[str, str]:
    """Number and name as they are compared within a study and answered to its sender."""
    name = found.patient.name
    groups = "=".join((name.alphabetic, name.ideographic)).rstrip("=")
    return found.patient.identifier[:120], groups[:200]


def grown(study: Study, found: Instance, more: More) -> dict[str, Any]:
    """What the study says with this instance: first words stand, lists grow."""
    told = dict(study.told)
    texts = found.texts
    _add(told, "modalities", found.modality.upper() or "OT")
    _add(told, "body_parts", words.body_part(texts["body_part"]))
    _add(told, "previewed", found.series if more.preview else "")
    moment = recordings.local(found.examined or found.acquired)
    said = {
        "description": texts["study_description"] or texts["requested"], "accession": found.accession,
        "examined": moment.isoformat() if moment else "", "institution": texts["institution"],
        "device": " ".join(filter(None, (texts["manufacturer"], texts["model"]))),
        "preview": more.preview, "waveform": more.waveform, "text": more.text, "title": more.title,
    }  # fmt: skip
    for name, part in said.items():
        if part and not told.get(name):
            told[name] = part
    if more.no_preview and not told.get("preview"):
        told["no_preview"] = packed(more.no_preview)
    if told.get("preview"):
        told.pop("no_preview", None)
    return told


def drawn(study: Study, series: str, preview: dict[str, str]) -> dict[str, Any]:
    """What the study says once somebody else has drawn a picture of a series."""
    told = dict(study.told)
    _add(told, "previewed", series)
    told.setdefault("preview", preview)
    told.pop("no_preview", None)
    return told


def _add(told: dict[str, Any], name: str, part: str) -> None:
    kept = told.get(name, [])
    told[name] = [*kept, part] if part and part not in kept else kept


def title_of(told: dict[str, Any]) -> str:
    """磁共振 肩; a recording names its leads instead."""
    if told.get("title"):
        return str(told["title"])
    pictures = [one for one in told["modalities"] if one not in ("SR", "PR", "KO", "DOC")] or told["modalities"]
    names = dict.fromkeys(words.modality(one) for one in pictures)
    part = "、".join(told["body_parts"]) or told.get("description", "")
    return f"{'、'.join(names)} {part}".strip()[:200]


def entry_words(told: dict[str, Any], uid: str) -> dict[str, Any]:
    """What the entry says: by this it is seen whether an instance has told anything new."""
    lines = [told.get("text", ""), f"检查说明：{told['description']}" if told.get("description") else ""]
    return {
        "title": title_of(told), "text": "\n".join(filter(None, lines)),
        "detail": {
            "device": told.get("device", ""), "accession": told.get("accession", ""),
            "dicom": {"study": uid, **{name: told.get(name, "") for name in
                      ("description", "institution", "examined", "body_parts")},
                      "modalities": told["modalities"]},
            **({"preview": told["preview"]} if told.get("preview") else {}),
            **({"waveform": told["waveform"]} if told.get("waveform") else {}),
            **({"no_preview": told["no_preview"]} if told.get("no_preview") else {}),
        },
    }  # fmt: skip


def keep(study: Study, told: dict[str, Any], *, found: Instance, entry: int, digest: str) -> None:
    """Note the instance and what its study says now."""
    number, name = patient_of(found)
    moment = recordings.local(found.examined or found.acquired)
    Study.objects.filter(pk=study.pk).update(
        told=told, entry_id=entry, accession=told.get("accession", "")[:64], patient_number=number, patient_name=name,
        modalities=[one[:16] for one in told["modalities"]], examined=study.examined or moment,
    )  # fmt: skip
    StudyInstance.objects.create(
        study=study, series=found.series, uid=found.instance, sop_class=found.sop_class, file_id=digest
    )
