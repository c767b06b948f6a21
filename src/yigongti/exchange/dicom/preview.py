"""A small picture of an image's first frame: PNG written here, or the file's own JPEG.

Read: plain and RLE-compressed grey or RGB pixels of 8 or 16 bits (PS3.5 8.1, annex G), JPEG 2000 and JPEG-LS where
their libraries are installed, and frames that are baseline JPEG, which a browser shows as they are. Lossless JPEG and
palettes have no preview here: the image archive makes it. For recognising, not for reading: grey values are stretched
to the window or to what occurs.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydicom import config
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from yigongti.exchange.dicom import unpacking
from yigongti.exchange.dicom.opening import opened, raw
from yigongti.exchange.dicom.pixels import CENTRE, DATA, PIXEL_TAGS, WIDTH, Pixels, fragments, pixels
from yigongti.exchange.dicom.unpacking import DECODERS
from yigongti.kernel.language import Phrase, phrase


INTERCEPT, SLOPE = 0x00281052, 0x00281053
RLE, JPEG_BASELINE = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50"
LONGEST_SIDE = 512
LARGEST_FRAME, LARGEST_PACKED = 64_000_000, 16_000_000
"""Bytes of a frame, plain and run-length packed; a mammogram has 60 million."""
GREY, COLOUR = ("MONOCHROME1", "MONOCHROME2"), ("RGB",)
NONE, CUT = phrase("这种图像没有预览"), phrase("像素数据不全，没有预览")


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture with its media type; without one, `media` is empty and `why_none` says why."""

    media: str = ""
    body: bytes = b""
    why_none: Phrase | None = None


def preview(data: bytes) -> Preview:
    """The first frame of a DICOM file. Raises `UnreadableImage` only where the file is no DICOM at all."""
    file = opened(data, wanted=(*PIXEL_TAGS, INTERCEPT, SLOPE))
    shape = pixels(file.elements, syntax=file.syntax)
    if shape is None or not 0 < shape.frame_size <= LARGEST_FRAME:
        return Preview(why_none=NONE)
    body = raw(file.elements, DATA)
    if file.syntax == JPEG_BASELINE:
        return _own_jpeg(body)
    if file.syntax in DECODERS:
        return _unpacked(body, shape, syntax=file.syntax, window=_window(file.elements))
    plain = _frame(body, shape, syntax=file.syntax)
    if plain is None:
        return Preview(why_none=_packed(file.syntax))
    if shape.bits not in (8, 16) or len(plain) < shape.frame_size:
        return Preview(why_none=NONE if shape.bits not in (8, 16) else CUT)
    return _drawn(plain, shape, window=_window(file.elements))


def _drawn(plain: bytes, shape: Pixels, *, window: tuple[float, float] | None) -> Preview:
    if shape.photometric in COLOUR and shape.samples == 3 and shape.bits == 8:
        return Preview("image/png", _colour(plain, shape))
    if shape.photometric in GREY and shape.samples == 1:
        return Preview("image/png", _grey(plain, shape, window=window))
    return Preview(why_none=phrase("这种颜色（{kind}）的图像没有预览", kind=shape.photometric or "?"))


def _packed(syntax: str) -> Phrase:
    return phrase("这种压缩（{kind}）的图像没有预览", kind=UID(syntax, config.IGNORE).name)


def _unpacked(body: bytes, shape: Pixels, *, syntax: str, window: tuple[float, float] | None) -> Preview:
    """By a library, where it is installed: what it makes is little-endian, colours are red, green and blue."""
    if not unpacking.is_here(DECODERS[syntax]):
        return Preview(why_none=_packed(syntax))
    parts = list(fragments(body))
    frame = b"".join(parts) if shape.frames == 1 else parts[0] if parts else b""
    signed_bits = shape.stored if shape.signed else 0
    plain = unpacking.unpack(frame, syntax=syntax, largest=LARGEST_FRAME, signed_bits=signed_bits)
    if plain is None or (plain.rows, plain.columns, plain.samples) != (shape.rows, shape.columns, shape.samples):
        return Preview(why_none=phrase("解不开压缩的图像，没有预览"))
    kind = "RGB" if shape.photometric in ("YBR_RCT", "YBR_ICT") else shape.photometric
    shape = replace(shape, bits=plain.bits, signed=plain.signed, planar=False, big_endian=False, photometric=kind)
    return _drawn(plain.body, shape, window=window) if shape.bits in (8, 16) else Preview(why_none=NONE)


def _own_jpeg(body: bytes) -> Preview:
    first = next(fragments(body), b"")
    if not first.startswith(b"\xff\xd8") or b"\xff\xd9" not in first[-3:]:
        return Preview(why_none=CUT)
    return Preview("image/jpeg", first)


def _frame(body: bytes, shape: Pixels, *, syntax: str) -> bytes | None:
    """The bytes of the first frame as if they were plain; None where they are packed in a way not read here."""
    if not shape.encapsulated:
        return body[: shape.frame_size]
    return _unrolled(next(fragments(body), b""), shape) if syntax == RLE else None


def _unrolled(data: bytes, shape: Pixels) -> bytes:
    """RLE: one segment for each byte of each sample, the high byte first."""
    if len(data) < 64:
        return b""
    count, *offsets = struct.unpack_from("<16I", data)
    width, area = shape.bits // 8, shape.rows * shape.columns
    if count != width * shape.samples or not 0 < count <= 15 or shape.frame_size > LARGEST_PACKED:
        return b""
    ends = [*offsets[1:count], len(data)]
    segments = [_run_lengths(data[begin:end], area) for begin, end in zip(offsets[:count], ends, strict=True)]
    if min(map(len, segments)) < area:
        return b""
    found = bytearray(shape.frame_size)
    for place, segment in enumerate(segments):
        sample, byte = divmod(place, width)
        at = (width - 1 - byte) + (sample if not shape.planar or shape.samples == 1 else sample * area) * width
        step = width * (1 if shape.planar else shape.samples)
        found[at : at + step * area : step] = segment
    return bytes(found)


def _run_lengths(data: bytes, wanted: int) -> bytes:
    # Honest packing never doubles; the rest of a segment that does nothing but stand still is not walked through.
    data = data[: 2 * wanted]
    found, place = bytearray(), 0
    while place < len(data) and len(found) < wanted:
        head = data[place]
        if head < 128:
            found += data[place + 1 : place + 2 + head]
            place += 2 + head
        else:
            found += data[place + 1 : place + 2] * (257 - head if head > 128 else 0)
            place += 2 if head > 128 else 1
    return bytes(found[:wanted])


def _grey(plain: bytes, shape: Pixels, *, window: tuple[float, float] | None) -> bytes:
    values: array[int] = array({8: "Bb", 16: "Hh"}[shape.bits][shape.signed], plain)
    # What RLE unpacked is little-endian by our own hand, as its transfer syntax is.
    if shape.bits == 16 and shape.big_endian != (sys.byteorder == "big"):
        values.byteswap()
    step = _step(shape)
    rows = [values[row * shape.columns : (row + 1) * shape.columns : step] for row in range(0, shape.rows, step)]
    low, high = window or _usual(rows)
    scale = 255 / ((high - low) or 1)
    turned = shape.photometric == "MONOCHROME1"
    shades = {value: _shade((value - low) * scale, turned) for row in rows for value in set(row)}
    return _png([bytes(shades[value] for value in row) for row in rows], colour=False)


def _shade(level: float, turned: bool) -> int:
    shade = max(0, min(255, round(level)))
    return 255 - shade if turned else shade


def _usual(rows: Sequence[Sequence[int]]) -> tuple[float, float]:
    """All but the darkest and brightest hundredth: a burnt-in white letter must not grey the rest."""
    values = sorted(value for row in rows for value in row)
    return values[len(values) // 100], values[-1 - len(values) // 100]


def _window(elements: FileDataset) -> tuple[float, float] | None:
    """The first window of the file in stored values, where it has one."""
    centre, width, slope, intercept = (_first(elements, tag) for tag in (CENTRE, WIDTH, SLOPE, INTERCEPT))
    slope, intercept = slope or 1.0, intercept or 0.0
    if centre is None or not width or width < 1 or not abs(slope) > 1e-9:
        return None
    ends = sorted(((centre - width / 2 - intercept) / slope, (centre + width / 2 - intercept) / slope))
    return ends[0], ends[1]


def _first(elements: FileDataset, tag: int) -> float | None:
    text = raw(elements, tag).decode("ascii", "replace").partition("\\")[0].strip(" \0")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None


def _colour(plain: bytes, shape: Pixels) -> bytes:
    area, step = shape.rows * shape.columns, _step(shape)
    planes = (
        [plain[at * area : (at + 1) * area] for at in range(3)] if shape.planar else [plain[at::3] for at in range(3)]
    )
    rows = []
    for row in range(0, shape.rows, step):
        parts = [plane[row * shape.columns : (row + 1) * shape.columns : step] for plane in planes]
        line = bytearray(3 * len(parts[0]))
        for place, part in enumerate(parts):
            line[place::3] = part
        rows.append(bytes(line))
    return _png(rows, colour=True)


def _step(shape: Pixels) -> int:
    return -(-max(shape.rows, shape.columns) // LONGEST_SIDE)


def _png(rows: Sequence[bytes], *, colour: bool) -> bytes:
    """PNG (W3C, second edition): header, rows without filter, end."""
    width = len(rows[0]) // (3 if colour else 1)
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 2 if colour else 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
