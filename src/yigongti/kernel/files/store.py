"""Keeping and reading stored files; bytes are on the disk before their row exists."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.files import beginnings
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, NotFound


def folder() -> Path:
    """Where the bytes lie, two levels deep by digest."""
    return Path(settings.DATA_FOLDER) / "files"


def path_of(digest: str) -> Path:
    """The place of a digest's bytes."""
    return folder() / digest[:2] / digest[2:4] / digest


def keep(
    *, by: Actor, name: str, media_type: str, chunks: Iterable[bytes], megabytes: int | None = None,
    judged: bool = True,
) -> StoredFile:  # fmt: skip
    """Store bytes once and return their row. Raises BadValue for a type or size that the county does not take, and
    for what is not what it is called.

    `megabytes` is the limit of a door with its own; otherwise that of a document by hand holds. `judged` is False for
    a door whose own reader finds out what it holds.
    """
    if not name.strip() or len(name) > 200 or any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        problem = "文件名不能为空、超过 200 个字或含控制字符"
        raise BadValue(
            field="file", label="文件", value="".join(c for c in name[:20] if c.isprintable()), problem=problem
        )
    said = values.value("files.accepted_types")
    accepted = said if isinstance(said, tuple) else (str(said),)
    if judged:
        head, chunks = beginnings.beginning(chunks)
        beginnings.require_readable(head, told=media_type, name=name)
    if media_type not in accepted:
        raise BadValue(field="file", label="文件", value=name, problem=phrase("不接收 {kind} 类型", kind=media_type))
    if judged:
        media_type = beginnings.judged(head, told=media_type, name=name, accepted=accepted)
    most = megabytes or values.number("files.largest_megabytes")
    return stored(by=by, name=name, media_type=media_type, chunks=chunks, megabytes=most)


def stored(*, by: Actor, name: str, media_type: str, chunks: Iterable[bytes], megabytes: int) -> StoredFile:
    """The row of these bytes, whatever their type: what a door that asks no type ends in."""
    digest, size = _write(chunks, most=megabytes * 1024 * 1024, name=name)
    row, _made = StoredFile.objects.get_or_create(
        digest=digest,
        defaults={"name": name, "media_type": media_type, "size": size, "stored_at": clock.now(),
                  "stored_by_id": by.post_id},
    )  # fmt: skip
    return row


def _write(chunks: Iterable[bytes], *, most: int, name: str) -> tuple[str, int]:
    folder().mkdir(parents=True, exist_ok=True)
    running, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=folder())
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    problem = phrase("超过 {n} MB", n=most // 1048576)
                    raise BadValue(field="file", label="文件", value=name, problem=problem)
                running.update(chunk)
                out.write(chunk)
            if not size:
                raise BadValue(field="file", label="文件", value=name, problem="是空的")
            out.flush()
            os.fsync(out.fileno())
        place = path_of(running.hexdigest())
        place.parent.mkdir(parents=True, exist_ok=True)
        Path(temporary).replace(place)
        _settle(place.parent, place.parent.parent, folder())
    finally:
        Path(temporary).unlink(missing_ok=True)
    return running.hexdigest(), size


def _settle(*folders: Path) -> None:
    """A new name survives a power cut only when the folders that lead to it are on the disk."""
    for each in folders:
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(digest: str) -> bytes:
    """The bytes of a digest, checked against it. Raises NotFound when missing or damaged."""
    place = path_of(digest)
    content = place.read_bytes() if place.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotFound
    return content


def whole(digest: str) -> Path:
    """The place of a digest's bytes, checked against it piece by piece. Raises NotFound when missing or damaged."""
    place = path_of(digest)
    if place.is_file():
        with place.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == digest:
                return place
    raise NotFound
