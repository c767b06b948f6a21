"""Shared documents at the door: a file is a message; the institution that keeps the document is who sends it."""

from __future__ import annotations

from pathlib import Path

from yigongti.exchange import inbox
from yigongti.exchange.documents.reading import is_document, read
from yigongti.exchange.inbox import Arrived
from yigongti.kernel.refusal import Refusal


UNSIGNED = "未署名的共享文档"


def keep(data: bytes) -> Arrived:
    """Keep one document, whole."""
    try:
        found = read(data)
    except Refusal as trouble:
        return inbox.receive(channel="document", sender="FILE", title=UNSIGNED, control_id="", kind="CDA", body=data,
                             unreadable=trouble)  # fmt: skip
    return inbox.receive(
        channel="document", sender=f"FILE {found.institution}".rstrip()[:120], title=found.institution or UNSIGNED,
        control_id=found.number, kind=f"CDA {found.kind}".strip(), body=data,
    )  # fmt: skip


def document(path: Path) -> list[tuple[str, str]]:
    """A file with a shared document in it; any other XML is left to others."""
    with path.open("rb") as content:
        if not is_document(content.read(4096)):
            return []
    return [inbox.settled(keep(path.read_bytes()))]
