"""The identity and study facts of a DICOM file, and whether its pixels are all there.

Source: PS3.3 C.7 (patient, study, series, equipment, image). A doubtful date or text is kept as a doubt, for an
image must not be lost over it; a file that does not say which object it is, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydicom.dataset import FileDataset

from yigongti.exchange.dicom.opening import CHARSET, Opened, declared_sets, opened, raw
from yigongti.exchange.dicom.pixels import PIXEL_TAGS, Pixels, pixels
from yigongti.exchange.dicom.refusing import UnreadableImage
from yigongti.exchange.dicom.texts import Name, Reader
from yigongti.kernel.language import Phrase, phrase


CLASS, INSTANCE = 0x00080016, 0x00080018
STUDY, SERIES = 0x0020000D, 0x0020000E
STUDY_DATE, STUDY_TIME, ACQUIRED, ACQUISITION_DATE, ACQUISITION_TIME, CONTENT_DATE, CONTENT_TIME = (
    0x00080020, 0x00080030, 0x0008002A, 0x00080022, 0x00080032, 0x00080023, 0x00080033,
)  # fmt: skip
NAME, IDENTIFIER, ISSUER, BORN, SEX, AGE = 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00101010
TEXTS = {
    "accession": 0x00080050, "modality": 0x00080060, "manufacturer": 0x00080070, "institution": 0x00080080,
    "station": 0x00081010, "study_description": 0x00081030, "series_description": 0x0008103E, "model": 0x00081090,
    "body_part": 0x00180015, "study_number": 0x00200010, "series_number": 0x00200011, "instance_number": 0x00200013,
    "requested": 0x00321060,
}  # fmt: skip
WANTED = (
    CHARSET, CLASS, INSTANCE, STUDY, SERIES, STUDY_DATE, STUDY_TIME, ACQUIRED, ACQUISITION_DATE, ACQUISITION_TIME,
    CONTENT_DATE, CONTENT_TIME, NAME, IDENTIFIER, ISSUER, BORN, SEX, AGE, *TEXTS.values(), *PIXEL_TAGS,
)  # fmt: skip
SEXES = {"M": "male", "F": "female"}
UID = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)
LONGEST_UID = 64
STAMP = re.compile(r"(\d{4})[.-]?(\d{2})[.-]?(\d{2})(?:(\d{2}):?(\d{2})?:?(\d{2})?(?:\.\d*)?)?(?:[+-]\d{4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the file says was examined; every part may be empty. `sex` is "male", "female" or ""."""

    identifier: str
    issuer: str
    name: Name
    sex: str
    born: date | None
    age: str


@dataclass(frozen=True, slots=True)
class Instance:
    """One DICOM object; times are the modality's local ones. `pixels` is None where the object is no image."""

    sop_class: str
    instance: str
    study: str
    series: str
    patient: Patient
    examined: datetime | None
    acquired: datetime | None
    syntax: str
    texts: dict[str, str]
    charsets: tuple[str, ...]
    pixels: Pixels | None
    doubts: tuple[Phrase, ...]

    @property
    def accession(self) -> str:
        """The number under which the examination was ordered."""
        return self.texts["accession"]

    @property
    def modality(self) -> str:
        """CT, MR, US, ECG…"""
        return self.texts["modality"]


def read(data: bytes) -> Instance:
    """What a DICOM file says of itself. Raises `UnreadableImage` where it is none, or names no study or object."""
    return told(opened(data, wanted=WANTED))


def told(file: Opened) -> Instance:
    """The same of a file opened with at least the `WANTED` tags."""
    elements, doubts = file.elements, list[Phrase]()
    reader = Reader(declared_sets(elements))
    if file.headless:
        doubts.append(phrase("没有DICOM文件头，按内容推断"))
    if file.cut:
        doubts.append(phrase("文件在中间断了"))
    found = Instance(
        sop_class=_uid(elements, CLASS, "对象类别"),
        instance=_uid(elements, INSTANCE, "对象号"),
        study=_uid(elements, STUDY, "检查号"),
        series=_uid(elements, SERIES, "序列号"),
        patient=_patient(elements, reader, doubts),
        examined=_moment(_both(elements, STUDY_DATE, STUDY_TIME), doubts),
        acquired=_moment(_acquired(elements), doubts),
        syntax=file.syntax,
        texts={key: reader.text(raw(elements, tag)) for key, tag in TEXTS.items()},
        charsets=reader.declared,
        pixels=pixels(elements, syntax=file.syntax),
        doubts=(),
    )
    return replace(found, doubts=(*doubts, *reader.doubts, *(found.pixels.doubts if found.pixels else ())))


def _patient(elements: FileDataset, reader: Reader, doubts: list[Phrase]) -> Patient:
    born = _moment(_plain(elements, BORN), doubts)
    return Patient(
        identifier=reader.text(raw(elements, IDENTIFIER)),
        issuer=reader.text(raw(elements, ISSUER)),
        name=reader.name(raw(elements, NAME)),
        sex=SEXES.get(_plain(elements, SEX).upper(), ""),
        born=born.date() if born else None,
        age=_plain(elements, AGE),
    )


def _uid(elements: FileDataset, tag: int, what: str) -> str:
    found = _plain(elements, tag)
    if not UID.fullmatch(found) or len(found) > LONGEST_UID:
        raise UnreadableImage(what=what, value=found, problem="没有或不是UID", rule="dicom.uid")
    return found


def _acquired(elements: FileDataset) -> str:
    return (
        _plain(elements, ACQUIRED)
        or _both(elements, ACQUISITION_DATE, ACQUISITION_TIME)
        or _both(elements, CONTENT_DATE, CONTENT_TIME)
    )


def _both(elements: FileDataset, day: int, clock: int) -> str:
    return _plain(elements, day) and _plain(elements, day) + _plain(elements, clock)


def _plain(elements: FileDataset, tag: int) -> str:
    """A text of digits, codes and points, which no character set changes."""
    return raw(elements, tag).decode("ascii", "replace").strip(" \0")


def _moment(text: str, doubts: list[Phrase]) -> datetime | None:
    if not text:
        return None
    found = STAMP.fullmatch(text)
    try:
        if found is None:
            raise ValueError("form")
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the modality's local time
    except ValueError:
        doubts.append(phrase("时间“{time}”不是时间", time=text[:40]))
        return None
