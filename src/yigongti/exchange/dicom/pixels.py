"""The shape of an image's pixels, and whether as many bytes or fragments are there as it promises.

Source: PS3.3 C.7.6.3 (image pixel), PS3.5 A.4 (encapsulated pixel data: items, an offset table first).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydicom.dataset import FileDataset

from yigongti.exchange.dicom.opening import raw
from yigongti.kernel.language import Phrase, phrase


SAMPLES, PHOTOMETRIC, PLANAR, FRAMES, ROWS, COLUMNS = (
    0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011,
)  # fmt: skip
BITS, STORED, SIGNED, CENTRE, WIDTH = 0x00280100, 0x00280101, 0x00280103, 0x00281050, 0x00281051
DATA = 0x7FE00010
PIXEL_TAGS = (SAMPLES, PHOTOMETRIC, PLANAR, FRAMES, ROWS, COLUMNS, BITS, STORED, SIGNED, CENTRE, WIDTH, DATA)
NATIVE = frozenset({"", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})
ITEM = b"\xfe\xff\x00\xe0"
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pixels:
    """Shape of an image; `bits` allocated for a sample, `stored` of them used. Incomplete ones say why in `doubts`."""

    rows: int
    columns: int
    frames: int
    samples: int
    bits: int
    stored: int
    signed: bool
    planar: bool
    photometric: str
    encapsulated: bool
    big_endian: bool
    complete: bool
    doubts: tuple[Phrase, ...]

    @property
    def frame_size(self) -> int:
        """Bytes of one frame before any compression, rounded up."""
        return (self.rows * self.columns * self.samples * self.bits + 7) // 8


def pixels(elements: FileDataset, *, syntax: str) -> Pixels | None:
    """The image's shape, or None where the object has neither rows nor pixels."""
    rows, columns = number(elements, ROWS), number(elements, COLUMNS)
    if not rows and not columns and DATA not in elements:
        return None
    bits = number(elements, BITS)
    found = Pixels(
        rows=rows, columns=columns, frames=max(1, _text_number(elements, FRAMES)),
        samples=number(elements, SAMPLES) or 1, bits=bits, stored=number(elements, STORED) or bits,
        signed=number(elements, SIGNED) == 1, planar=number(elements, PLANAR) == 1,
        photometric=raw(elements, PHOTOMETRIC).decode("ascii", "replace").strip(" \0"),
        encapsulated=syntax not in NATIVE, big_endian=not elements.original_encoding[1],
        complete=False, doubts=(),
    )  # fmt: skip
    doubt = _missing(found, raw(elements, DATA))
    return replace(found, complete=doubt is None, doubts=(doubt,) if doubt else ())


def _missing(found: Pixels, data: bytes) -> Phrase | None:
    if not found.rows or not found.columns or not found.bits:
        return phrase("没有写明图像的行数、列数或位数")
    if not data:
        return phrase("没有像素数据，或在像素数据里断了")
    if found.encapsulated:
        there = sum(1 for _fragment in fragments(data))
        return (
            None
            if there >= found.frames
            else phrase("像素数据不全：应有{frames}帧，只有{there}段", frames=found.frames, there=there)
        )
    wanted = found.frame_size * found.frames
    if found.photometric == "YBR_FULL_422":
        wanted = wanted * 2 // 3
    return (
        None
        if len(data) >= wanted
        else phrase("像素数据不全：应有{wanted}字节，只有{there}字节", wanted=wanted, there=len(data))
    )


def fragments(data: bytes) -> Iterator[bytes]:
    """The whole fragments of encapsulated pixel data, without the offset table; a cut one is not given."""
    place, first = 0, True
    while data[place : place + 4] == ITEM and place + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, place + 4)
        body = data[place + 8 : place + 8 + length]
        if len(body) < length:
            return
        if not first:
            yield body
        first = False
        place += 8 + length


def number(elements: FileDataset, tag: int) -> int:
    """An unsigned 16-bit number, 0 where there is none."""
    value = raw(elements, tag)[:2]
    return int.from_bytes(value, "little" if elements.original_encoding[1] else "big") if len(value) == 2 else 0


def _text_number(elements: FileDataset, tag: int) -> int:
    text = raw(elements, tag).decode("ascii", "replace").strip(" \0")
    return int(text) if WHOLE_NUMBER.fullmatch(text) else 0
