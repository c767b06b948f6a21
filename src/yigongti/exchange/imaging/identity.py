"""Who a message of files is about, read again for data staff: number, name, sex, birth and time; nothing clinical."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yigongti.exchange.dicom import reading
from yigongti.exchange.dicom.opening import opened
from yigongti.exchange.dicom.pixels import DATA
from yigongti.exchange.imaging import recordings, taking_dicom, taking_waveforms, words
from yigongti.exchange.imaging.manifest import contents, files_of
from yigongti.exchange.imaging.persons import Sent
from yigongti.exchange.models import Message
from yigongti.exchange.waveforms.reading import read
from yigongti.kernel.files import store
from yigongti.kernel.language import say
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import Refusal


HEAD = 4 << 20
"""Bytes of a DICOM file in which its identity stands; the pixels come last."""
SEXES = {"male": "男", "female": "女"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who was examined, when, and by what kind of device."""

    sent: Sent
    moment: datetime | None
    kind: str


def read_again(message: Message) -> Said | None:
    """What a message of files says of that; None where nothing of it can be read."""
    try:
        return _dicom(message) if message.channel == "dicom" else _waveform(message)
    except (Refusal, ValueError):
        return None


def pairs(message: Message) -> list[tuple[str, str]]:
    """The same as data staff read it, beside what is known of the message."""
    if message.channel not in ("dicom", "waveform"):
        return []
    found = read_again(message)
    if found is None:
        return []
    sent, moment = found.sent, found.moment
    said = [
        (say("病人号码"), " ".join(filter(None, (sent.number, sent.issuer)))), (say("病人姓名"), sent.name),
        (say("性别"), say(SEXES.get(sent.sex, ""))), (say("出生日期"), sent.born.isoformat() if sent.born else ""),
        (say("检查时间"), exact_date(moment) if moment else ""),
    ]  # fmt: skip
    return [(label, value or "—") for label, value in said]


def _dicom(message: Message) -> Said:
    (held,) = files_of(bytes(message.body))
    with store.path_of(held.digest).open("rb") as content:
        head = content.read(HEAD)
    file = opened(head, wanted=[tag for tag in taking_dicom.WANTED if tag != DATA])
    found = reading.told(file)
    moment = recordings.local(found.examined or found.acquired)
    return Said(sent=taking_dicom.sent_of(file, found), moment=moment, kind=words.modality(found.modality))


def _waveform(message: Message) -> Said:
    body = bytes(message.body)
    recording = read(contents(body))
    sent = taking_waveforms.sent_of(recording, own=taking_waveforms.number_of(recording, body))
    return Said(sent=sent, moment=recordings.local(recording.started), kind=words.recording_title(recording))
