"""What a message of files is in the inbox: their digests, in one order; the bytes lie in the store of files.

The same files give the same manifest, so that a repeat is seen by it. Names count only where a format needs them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from yigongti.exchange.senders import the_inbox
from yigongti.kernel.files import received, store
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A file that is on the disk."""

    name: str
    digest: str
    size: int


class NothingSent(Refusal):
    """文件“{name}”没收下：{why}"""

    status = 422


def hold(*, name: str, chunks: Iterable[bytes], named: bool = False) -> Held:
    """Put a file on the disk. Raises NothingSent for one that is empty or larger than the county takes."""
    most = values.number("exchange.largest_image_megabytes")
    try:
        row = received.keep(by=the_inbox(), name=name, chunks=chunks, megabytes=most)
    except Refusal as refused:
        raise NothingSent(field="file", name=name[:60], why=str(refused)) from refused
    return Held(name if named else "", row.digest, row.size)


def manifest(files: Iterable[Held]) -> bytes:
    """The body of the message."""
    return json.dumps([asdict(one) for one in sorted(files)], ensure_ascii=False, separators=(",", ":")).encode()


def files_of(body: bytes) -> list[Held]:
    """The files of a message."""
    return [Held(**one) for one in json.loads(body)]


def contents(body: bytes) -> Mapping[str, bytes]:
    """Name → bytes of a message's files, each checked against its digest. Raises NotFound where one is damaged."""
    return {one.name: store.read(one.digest) for one in files_of(body)}
