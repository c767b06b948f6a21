"""DICOM at the door: the object is on the disk, its message committed, before anybody is answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydicom.uid import UID

from yigongti.exchange import inbox
from yigongti.exchange.dicom.reading import read
from yigongti.exchange.imaging.manifest import Held, NothingSent, hold, manifest
from yigongti.exchange.inbox import Arrived
from yigongti.kernel.refusal import Refusal


PREAMBLE, MAGIC, CHUNK = 128, b"DICM", 1 << 20


def is_dicom(path: Path) -> bool:
    """Whether a file begins as DICOM files do."""
    with path.open("rb") as content:
        return content.read(PREAMBLE + len(MAGIC)).endswith(MAGIC)


def keep_file(path: Path) -> Arrived:
    """Keep a file that somebody brought: the institution that it names is who sends it."""
    try:
        held = _held(path)
    except NothingSent as refused:  # empty, or over the limit: there is nothing to keep but that it came
        return _receive([], sender="FILE", control_id=f"{path.name} {path.stat().st_size}", unreadable=refused)
    try:
        found = read(path.read_bytes())
    except Refusal as trouble:
        return _receive([held], sender="FILE", unreadable=trouble)
    institution = found.texts["institution"]
    return _receive(
        [held], sender=f"FILE {institution}".rstrip(), title=institution, control_id=found.instance,
        kind=class_name(found.sop_class),
    )  # fmt: skip


def keep_object(path: Path, *, calling: str, instance: str, sop_class: str) -> Arrived:
    """Keep what a modality stored; the title it calls itself by is the sender. Raises NothingSent."""
    return _receive(
        [_held(path)], sender=f"AE {calling}", title=calling, control_id=instance, kind=class_name(sop_class)
    )  # fmt: skip


def class_name(uid: str) -> str:
    """ "CT Image Storage" for a class that the standard names, else its number."""
    return str(UID(uid).name)[:60]


def _held(path: Path) -> Held:
    with path.open("rb") as content:
        return hold(name=path.name, chunks=iter(lambda: content.read(CHUNK), b""))


def _receive(
    held: Sequence[Held], *, sender: str, title: str = "", control_id: str = "", kind: str = "",
    unreadable: Refusal | None = None,
) -> Arrived:  # fmt: skip
    return inbox.receive(
        channel="dicom", sender=sender, title=title or "未署名的影像文件", control_id=control_id, kind=kind,
        body=manifest(held), unreadable=unreadable,
    )  # fmt: skip
