"""Images and recordings of a folder: kept and taken in at once, each with what became of it and why."""

from __future__ import annotations

from pathlib import Path

from yigongti.exchange import inbox
from yigongti.exchange.imaging.arriving_dicom import is_dicom, keep_file
from yigongti.exchange.imaging.arriving_waveforms import form_of, keep, recording_at


def image(path: Path) -> list[tuple[str, str]]:
    """A DICOM file; one without an ending to its name must begin as such."""
    return [inbox.settled(keep_file(path))] if path.suffix or is_dicom(path) else []


def recording(path: Path) -> list[tuple[str, str]]:
    """An electrocardiogram with the files that belong to it; an XML that is none is left to others."""
    mine = path.suffix.lower() != ".xml" or form_of(path)
    return [inbox.settled(keep(recording_at(path)))] if mine else []
