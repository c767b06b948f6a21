"""Recordings at the door: a file, or a WFDB header with the files that belong to it, kept as one message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from yigongti.exchange import inbox
from yigongti.exchange.imaging.manifest import NothingSent, hold, manifest
from yigongti.exchange.inbox import Arrived
from yigongti.exchange.waveforms import wfdb_headers
from yigongti.exchange.waveforms.reading import AECG, ENOUGH, SCP, WFDB, sniff
from yigongti.kernel.refusal import Refusal


BESIDE = (".atr", ".qrs", ".ecg", ".ann")
"""Annotation files of WFDB, by custom named like the header."""
UNSIGNED = "未署名的心电文件"


def form_of(path: Path) -> str:
    """ "wfdb", "aecg" or "scp" for a recording's first file, "" for anything else."""
    with path.open("rb") as content:
        found = sniff(content.read(ENOUGH), path.name)
    return found if found in (WFDB, AECG, SCP) else ""


def recording_at(path: Path) -> list[Path]:
    """The files of the recording that begins with this one, as far as they lie beside it."""
    if path.suffix.lower() != ".hea":
        return [path]
    try:
        named = {one.file for one in wfdb_headers.header(path.read_bytes()).signals}
    except Refusal:  # said by the reader, with its reason, when the message is taken in
        named = {f"{path.stem}.dat"}
    wanted = named | {f"{path.stem}{ending}" for ending in BESIDE}
    return [path, *sorted(one for one in path.parent.iterdir() if one.name in wanted and one.is_file())]


def keep(files: Sequence[Path], *, sender: str = "FILE") -> Arrived:
    """Keep the files of one recording, the first of which tells its form."""
    held, trouble = [], None
    for path in files:
        try:
            with path.open("rb") as content:
                held.append(hold(name=path.name, chunks=iter(lambda: content.read(1 << 20), b""), named=True))
        except NothingSent as refused:
            trouble = refused
    first = files[0]
    return inbox.receive(
        channel="waveform", sender=sender, title=UNSIGNED,
        control_id=f"{first.name} {first.stat().st_size}" if not held else "", kind=form_of(first) or "?",
        body=manifest(held), unreadable=trouble,
    )  # fmt: skip
