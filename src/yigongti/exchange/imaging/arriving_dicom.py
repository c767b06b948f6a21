"""DICOM at the door: the object is on the disk, its message committed, before anybody is answered."""

from __future__ import annotations

from pathlib import Path

from pydicom.uid import UID

from yigongti.exchange import inbox
from yigongti.exchange.dicom.reading import read
from yigongti.exchange.imaging.manifest import NothingSent, hold, manifest
from yigongti.exchange.inbox import Arrived
from yigongti.kernel.refusal import Refusal


PREAMBLE, MAGIC = 128, b"DICM"


def is_dicom(head: bytes) -> bool:
    """Whether a file begins as DICOM files do; one needs its first 132 bytes."""
    return head[PREAMBLE : PREAMBLE + 4] == MAGIC


def keep_file(path: Path) -> Arrived:
    """Keep a file that somebody brought: the institution that it names is who sends it."""
    data = path.read_bytes()
    try:
        found = read(data)
    except Refusal as trouble:
        return _keep(path, sender="FILE", title="", control_id="", kind="", unreadable=trouble)
    institution = found.texts["institution"]
    return _keep(
        path, sender=f"FILE {institution}".rstrip(), title=institution, control_id=found.instance,
        kind=class_name(found.sop_class), unreadable=None,
    )  # fmt: skip


def keep_object(path: Path, *, calling: str, instance: str, sop_class: str) -> Arrived:
    """Keep what a modality stored; the title it calls itself by is the sender. Raises NothingSent."""
    return _keep(
        path, sender=f"AE {calling}", title=calling, control_id=instance, kind=class_name(sop_class), unreadable=None
    )


def class_name(uid: str) -> str:
    """ "CT Image Storage" for a class that the standard names, else its number."""
    return str(UID(uid).name)[:60]


def _keep(
    path: Path, *, sender: str, title: str, control_id: str, kind: str, unreadable: Refusal | None
) -> Arrived:  # fmt: skip
    held = []
    try:
        with path.open("rb") as content:
            held.append(hold(name=path.name, chunks=iter(lambda: content.read(1 << 20), b"")))
    except NothingSent as refused:
        # An empty file, or one over the limit: there is nothing to keep but that it came.
        unreadable = refused
        control_id = control_id or f"{path.name} {path.stat().st_size}"
    return inbox.receive(
        channel="dicom", sender=sender, title=title or "未署名的影像文件", control_id=control_id, kind=kind,
        body=manifest(held), unreadable=unreadable,
    )  # fmt: skip
