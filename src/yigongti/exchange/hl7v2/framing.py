"""Whole messages out of a stream of bytes: MLLP frames as they arrive, and batches taken apart.

MLLP (HL7 Minimal Lower Layer Protocol): VT, content, FS, CR. In the field the CR is sometimes missing, frames come in
pieces or several at once, and something else may stand between them. Neither UTF-8 nor GB18030 uses the bytes of VT,
FS, CR or LF inside a character, so that all of this can be done before the character set is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


START, END = b"\x0b", b"\x1c"
LIMIT = 32 * 1024 * 1024
"""Bytes in one frame unless the listener is told otherwise."""
HEAD = 4096
"""So many bytes of a refused frame are kept: enough to name its MSH in the answer."""

# A start inside a frame means that the sender broke off and began again; alone, a VT is a soft line break from Word.
_RESTART = re.compile(rb"\x0b(?=(?:\xef\xbb\xbf)?(?:MSH|FHS|BHS))")


class Kind(StrEnum):
    """What came."""

    FRAME = "frame"
    HALF = "half"
    """Begun, never ended: the sender began another or hung up."""
    GARBAGE = "garbage"
    """Bytes outside any frame."""
    TOO_LARGE = "too_large"
    """Over the limit: the content is its head only, the rest is dropped as it arrives."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the stream, without its frame bytes; `size` in bytes, of which `content` may be the head only."""

    kind: Kind
    content: bytes
    size: int


def framed(content: bytes) -> bytes:
    """The content as an MLLP frame."""
    return START + content + END + b"\r"


class Splitter:
    """Takes one connection's stream apart. Holds at most `limit` bytes plus what one `feed` brings."""

    def __init__(self, *, limit: int = LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._inside = False
        self._dropping = False
        self._scanned = 0

    @property
    def waiting(self) -> int:
        """How many bytes wait for the rest of their frame: a listener that hears silence asks."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Piece]:
        """All pieces that are complete after these bytes, in their order; half a frame waits."""
        self._buffer += data
        found: list[Piece] = []
        while self._step(found):
            pass
        return found

    def rest(self) -> list[Piece]:
        """What is left when the connection ends or stays silent; the splitter is as new afterwards."""
        kind = Kind.HALF if self._inside else Kind.GARBAGE
        found = [] if self._dropping else self._pieces(bytes(self._buffer), kind)
        self._buffer.clear()
        self._inside, self._dropping, self._scanned = False, False, 0
        return found

    def _step(self, found: list[Piece]) -> bool:
        return self._inner(found) if self._inside else self._outer(found)

    def _outer(self, found: list[Piece]) -> bool:
        at = self._buffer.find(START, self._scanned)
        if at < 0:
            self._scanned = len(self._buffer)
            if len(self._buffer) > self._limit:
                found.append(Piece(Kind.TOO_LARGE, bytes(self._buffer[:HEAD]), len(self._buffer)))
                self._take(len(self._buffer), 0)
            return False
        found += self._pieces(self._take(at, 1), Kind.GARBAGE)
        self._inside = True
        return True

    def _inner(self, found: list[Piece]) -> bool:
        at = self._buffer.find(END, self._scanned)
        size = len(self._buffer) if at < 0 else at
        if size > self._limit and not self._dropping:
            found.append(Piece(Kind.TOO_LARGE, bytes(self._buffer[: min(HEAD, size)]), size))
            self._dropping = True
        if at < 0:
            self._scanned = len(self._buffer)
            if self._dropping:
                self._take(len(self._buffer), 0)
            return False
        content = self._take(at, 1)
        if not self._dropping:
            found += self._pieces(content, Kind.FRAME)
        self._inside, self._dropping = False, False
        return True

    def _take(self, size: int, extra: int) -> bytes:
        content = b"" if self._dropping else bytes(self._buffer[:size])
        del self._buffer[: size + extra]
        self._scanned = 0
        return content

    def _pieces(self, content: bytes, kind: Kind) -> list[Piece]:
        """Line ends between frames are padding; what began again inside a frame is two."""
        if kind is Kind.GARBAGE:
            return [Piece(kind, content, len(content))] if content.strip(b"\r\n") else []
        *broken, last = _RESTART.split(content)
        return [*(Piece(Kind.HALF, part, len(part)) for part in broken), Piece(kind, last, len(last))]


_LINE = re.compile(rb"[^\r\n]+[\r\n]*|[\r\n]+")
_WRAPS = (b"FHS", b"BHS", b"BTS", b"FTS")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Batch:
    """A frame's or file's messages in their order, and what else stood there."""

    messages: tuple[bytes, ...]
    wrapping: tuple[bytes, ...] = ()
    """FHS, BHS, BTS and FTS segments."""
    stray: tuple[bytes, ...] = ()
    """Anything before the first message that is none of these."""
    declared: int | None = None
    """How many messages the batch trailers (BTS-1) promise together, if all say so."""
    batches: int | None = None
    """How many batches the file's trailer (FTS-1) promises."""

    @property
    def differs(self) -> tuple[str, int, int] | None:
        """The trailer whose count is not what came: its field, the count promised, the count that came."""
        came = sum(line.removeprefix(BOM).startswith(b"BHS") for line in self.wrapping)
        if self.declared is not None and self.declared != len(self.messages):
            return "BTS-1", self.declared, len(self.messages)
        if self.batches is not None and came and self.batches != came:
            return "FTS-1", self.batches, came
        return None


def split_batch(data: bytes) -> Batch:
    """The single messages of a batch (FHS/BHS … BTS/FTS) or of a file with several; one message stays as it is.

    Every byte comes back: in a message with its line ends, in `wrapping` or in `stray`.
    """
    messages: list[list[bytes]] = []
    wrapping: list[bytes] = []
    stray: list[bytes] = []
    for found in _LINE.finditer(data):
        line = found.group()
        bare = line.removeprefix(BOM)
        if bare.startswith(b"MSH"):
            messages.append([line])
        elif bare.startswith(_WRAPS):
            wrapping.append(line)
        else:
            (messages[-1] if messages else stray).append(line)
    return Batch(
        tuple(map(b"".join, messages)),
        tuple(wrapping),
        _worth(stray),
        _declared(wrapping, b"BTS"),
        _declared(wrapping, b"FTS"),
    )


def _worth(stray: list[bytes]) -> tuple[bytes, ...]:
    return tuple(line for line in stray if line.strip(b"\r\n" + BOM))


def _declared(wrapping: list[bytes], trailer: bytes) -> int | None:
    counts = [re.match(trailer + rb"[^0-9A-Za-z]([0-9]{1,9})", line) for line in wrapping if line.startswith(trailer)]
    given = [int(count.group(1)) for count in counts if count]
    return sum(given) if given and len(given) == len(counts) else None


def is_wrapping(text: str) -> bool:
    """Whether these are the lines around a batch and no message."""
    return text.lstrip("\ufeff\r\n").startswith(tuple(one.decode() for one in _WRAPS))
