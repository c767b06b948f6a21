"""Files as they are brought, and what became of them."""

from __future__ import annotations

from yigongti.exchange import inbox
from yigongti.exchange.imaging import arriving_dicom, arriving_waveforms
from yigongti.exchange.models import Message


def brought(folder, data, name="1.dcm"):
    """A DICOM file that was kept and taken in."""
    path = folder / name
    path.write_bytes(data)
    return _taken(arriving_dicom.keep_file(path))


def recorded(folder, files):
    """A recording of one or several files, the first of which tells its form."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    first = folder / next(iter(files))
    return _taken(arriving_waveforms.keep(arriving_waveforms.recording_at(first)))


def _taken(arrived):
    inbox.take_in(arrived.id)
    return Message.objects.get(pk=arrived.id)
