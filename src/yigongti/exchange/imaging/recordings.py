"""A recording as the record keeps it: an entry's words, the waveform in our one form, and its drawing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from yigongti.exchange.imaging import words
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.waveforms import drawing, storing
from yigongti.exchange.waveforms.form import Recording
from yigongti.kernel import clock
from yigongti.kernel.files import received
from yigongti.kernel.files.models import StoredFile
from yigongti.record.actions import TakenFile


FORM, SVG = "application/x-yigongti-waveform", "image/svg+xml"
MEGABYTES = 512


def stored(*, name: str, media_type: str, data: bytes) -> StoredFile:
    """What the house made of something sent, beside it in the store of files."""
    return received.keep(by=the_inbox(), name=name, media_type=media_type, chunks=(data,), megabytes=MEGABYTES)


def detail_of(recording: Recording) -> dict[str, Any]:
    """The facts of a recording that are not its samples."""
    return {
        "source": recording.source, "leads": [lead.name for lead in recording.leads], "rate": recording.rate,
        "seconds": round(recording.duration, 3), "device": recording.device, "identifier": recording.identifier,
        "started": recording.started.isoformat() if recording.started else "",
        "annotations": dict(Counter(one.code for one in recording.annotations)),
        "uncalibrated": [lead.name for lead in recording.leads if not lead.calibrated],
    }  # fmt: skip


def made_of(recording: Recording, *, part: str = "") -> tuple[TakenFile, TakenFile]:
    """The waveform in our form, and its drawing."""
    title = words.recording_title(recording)
    form = stored(name=f"{title}.ygtw", media_type=FORM, data=storing.to_bytes(recording))
    svg = stored(name=f"{title}.svg", media_type=SVG, data=drawing.preview(recording, title=title).encode())
    return (
        TakenFile(digest=form.digest, role="waveform", media_type=FORM, name=f"{title}.ygtw", part=part, label=title),
        TakenFile(digest=svg.digest, role="preview", media_type=SVG, name=f"{title}.svg", part=part, label=title),
    )


def local(moment: datetime | None) -> datetime | None:
    """A time without a zone is the device's, which stands in the county."""
    return moment.replace(tzinfo=clock.COUNTY_ZONE) if moment is not None and moment.tzinfo is None else moment
