"""Files that other systems send: kept whatever their type and name, for what was sent is kept before it is judged."""

from __future__ import annotations

from collections.abc import Iterable

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.files import store
from yigongti.kernel.files.models import StoredFile


OPAQUE = "application/octet-stream"
LONGEST_NAME = 200


def keep(*, by: Actor, name: str, media_type: str = OPAQUE, chunks: Iterable[bytes], megabytes: int) -> StoredFile:
    """Store bytes once and return their row. Raises BadValue for what is empty or larger than the door takes."""
    shown = "".join(each for each in name if each.isprintable()).strip()[:LONGEST_NAME] or "-"
    return store.stored(by=by, name=shown, media_type=media_type, chunks=chunks, megabytes=megabytes)
