"""A recording by the inbox: one entry of its person, with the waveform in our one form and a drawing."""

from __future__ import annotations

import hashlib
from datetime import datetime

from yigongti.exchange import inbox, known_entries
from yigongti.exchange.imaging import persons, recordings, words
from yigongti.exchange.imaging.manifest import contents, files_of
from yigongti.exchange.imaging.persons import Sent
from yigongti.exchange.inbox import OtherBytes, Taken
from yigongti.exchange.models import KnownEntry, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.waveforms.form import Recording
from yigongti.exchange.waveforms.reading import AECG, read
from yigongti.kernel.files.received import OPAQUE
from yigongti.record.actions import TakenFile, Told, attach_files


@inbox.reads("waveform")
def take(sender: Sender, body: bytes, received_at: datetime) -> Taken:
    """Take a recording in. Raises what the reader refuses, Unidentified, and OtherBytes for a number that is taken."""
    recording = read(contents(body))
    number = number_of(recording, body)
    persons.alone(f"{sender.pk}|{number}")
    if KnownEntry.objects.filter(sender=sender, kind="recording", value=number).exists():
        raise OtherBytes(number=number)
    resident = persons.resident_of(sender=sender, sent=sent_of(recording, own=number))
    files = [*recordings.made_of(recording), *_originals(body)]
    told = _told(sender, resident, recording, received_at, preview=files[1])
    entry, _version = known_entries.write(sender=sender, kind="recording", number=number, told=told)
    attach_files(by=the_inbox(), entry_id=entry, files=files)
    dated = [] if recording.started else ["文件没有写记录时间，按收到的时间排"]
    return Taken(persons={resident}, done=[told.title, *dated])


def number_of(recording: Recording, body: bytes) -> str:
    """The document's own number where its standard makes it unique; else what it is told by is its content."""
    if recording.source == AECG and recording.identifier:
        return recording.identifier[:200]
    return hashlib.sha256(body).hexdigest()


def sent_of(recording: Recording, *, own: str) -> Sent:
    """Who the file says was recorded."""
    who = recording.subject
    return Sent(own=own, number=who.identifier.strip(), name=who.name.strip(), sex=who.sex, born=who.born)


def _told(sender: Sender, resident: int, recording: Recording, received_at: datetime, *, preview: TakenFile) -> Told:
    return Told(
        resident_id=resident, institution_id=sender.institution_id, kind="imaging", source="inbox",
        title=words.recording_title(recording), text=words.recording_text(recording),
        at=recordings.local(recording.started) or received_at,
        detail={
            "device": recording.device, "waveform": recordings.detail_of(recording),
            "preview": {"digest": preview.digest, "media_type": preview.media_type},
        },
    )  # fmt: skip


def _originals(body: bytes) -> list[TakenFile]:
    return [
        TakenFile(digest=one.digest, role="original", media_type=OPAQUE, name=one.name or "-", label="原件")
        for one in files_of(body)
    ]
