"""The preview shows the very pixels; what it cannot unpack it says so of."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pydicom.data
import pytest
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from tests.exchange.dicom import making
from tests.exchange.dicom.test_collected import file
from tests.exchange.waveforms.fuzzing import broken, try_all
from yigongti.exchange.dicom import unpacking
from yigongti.exchange.dicom.pixels import fragments
from yigongti.exchange.dicom.preview import LONGEST_SIDE, preview


ITEM = struct.Struct("<HHI")
RLE, JPEG, JPEG_LOSSLESS, JPEG_2000 = (f"1.2.840.10008.1.2.{tail}" for tail in ("5", "4.50", "4.70", "4.90"))


def shown(png):
    """Width, height, channels and the rows of a PNG as it was written here: no filter, one block."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, bits, kind = struct.unpack(">IIBB", png[16:26])
    assert bits == 8
    channels = {0: 1, 2: 3}[kind]
    (size,) = struct.unpack(">I", png[33:37])
    body, line = zlib.decompress(png[41 : 41 + size]), width * channels + 1
    assert all(body[at] == 0 for at in range(0, len(body), line))
    return width, height, [list(body[at + 1 : at + line]) for at in range(0, len(body), line)]


def sixteen(values, order="<"):
    return struct.pack(f"{order}{len(values)}H", *values)


def encapsulated(fragment, syntax, **changed):
    """A file whose one frame is this fragment."""
    plain = making.image(pixels=b"PIXELS" * 4, **changed)
    head = plain[: plain.index(b"OB\0\0" + struct.pack("<I", 24))]
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    old = b"\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0"
    assert old in head
    head = head.replace(old, b"\x02\0\x10\0UI" + struct.pack("<H", len(uid)) + uid)
    # The header's own length has to follow.
    (length,) = struct.unpack_from("<I", head, 140)
    head = head[:140] + struct.pack("<I", length + len(uid) - 20) + head[144:]
    items = ITEM.pack(0xFFFE, 0xE000, 0) + ITEM.pack(0xFFFE, 0xE000, len(fragment)) + fragment
    return head + b"OB\0\0\xff\xff\xff\xff" + items + ITEM.pack(0xFFFE, 0xE0DD, 0)


def run_lengths(plain):
    """Runs of two and more as runs, all else one by one; a byte that stands still between them."""
    found, place = bytearray(), 0
    while place < len(plain):
        run = 1
        while place + run < len(plain) and plain[place + run] == plain[place] and run < 128:
            run += 1
        found += bytes((257 - run, plain[place])) if run > 1 else bytes((0, plain[place], 128))
        place += run
    return bytes(found)


def rle(segments):
    packed = [run_lengths(one) for one in segments]
    offsets = [64 + sum(map(len, packed[:place])) for place in range(len(packed))]
    return struct.pack("<16I", len(packed), *offsets, *[0] * (15 - len(packed))) + b"".join(packed)


def test_grey_values_run_from_the_darkest_to_the_brightest():
    width, height, rows = shown(preview(making.image()).body)
    assert (width, height) == (6, 4)
    assert [shade for row in rows for shade in row] == [round(one * 255 / 230) for one in range(0, 240, 10)]


def test_of_monochrome1_the_lowest_value_is_the_brightest():
    rows = shown(preview(making.image(PhotometricInterpretation="MONOCHROME1")).body)[2]
    assert (rows[0][0], rows[-1][-1]) == (255, 0)


@pytest.mark.parametrize(("syntax", "order"), [(ExplicitVRLittleEndian, "<"), (ExplicitVRBigEndian, ">")])
def test_sixteen_bits_are_shown_through_the_window_of_the_file(syntax, order):
    """Width 100 about 50 of values that are half of what is stored, less 1000: 2000 is black, 2200 white."""
    values = [0, 2000, 2120, 2200, 65535, *[2000] * 19]
    data = making.image(pixels=sixteen(values, order), syntax=syntax, BitsAllocated=16, BitsStored=16, HighBit=15,
                        WindowCenter="50", WindowWidth="100", RescaleSlope="0.5", RescaleIntercept="-1000")  # fmt: skip
    assert shown(preview(data).body)[2][0] == [0, 0, 153, 255, 255, 0]


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_keep_their_place(planar):
    red, green, blue = bytes(range(24)), bytes(range(100, 124)), bytes(range(200, 224))
    pixels = red + green + blue if planar else bytes(one for trio in zip(red, green, blue, strict=True) for one in trio)
    data = making.image(pixels=pixels, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=planar)
    assert shown(preview(data).body)[2][0][:6] == [0, 100, 200, 1, 101, 201]


def test_run_lengths_are_unpacked():
    values = [7, 7, 7, 300, 301, 65535, *[0] * 18]
    plain = sixteen(values)
    packed = encapsulated(rle([plain[1::2], plain[0::2]]), RLE, BitsAllocated=16, BitsStored=16, HighBit=15)
    same = making.image(pixels=plain, BitsAllocated=16, BitsStored=16, HighBit=15)
    assert preview(packed).body == preview(same).body != b""


def test_a_baseline_jpeg_is_given_as_it_is():
    fragment = b"\xff\xd8" + bytes(20) + b"\xff\xd9"
    found = preview(encapsulated(fragment, JPEG))
    assert (found.media, found.body) == ("image/jpeg", fragment)
    assert str(preview(encapsulated(fragment[:-2], JPEG)).why_none) == "像素数据不全，没有预览"


def test_what_cannot_be_unpacked_says_so():
    assert "没有预览" in str(preview(encapsulated(b"\xff\x4f\xff\x51", JPEG_2000)).why_none)
    assert "JPEG Lossless" in str(preview(encapsulated(b"\xff\xd8\xff\xc3", JPEG_LOSSLESS)).why_none)
    assert str(preview(making.image(pixels=bytes(20))).why_none) == "像素数据不全，没有预览"
    assert str(preview(making.image(BitsAllocated=1)).why_none) == "这种图像没有预览"


def test_a_compression_whose_name_is_broken_is_told_in_plain_letters():
    packed = encapsulated(b"\xff\xd8\xff\xc3", JPEG_LOSSLESS)
    for wound in (b"1.2\0\x91\0\xa0", b"\0\0\0\0\0\0\0"):
        assert str(preview(packed.replace(b"1.2.840", wound)).why_none) in (
            "这种压缩（1.2????.10008.1.2.4.70）的图像没有预览", "这种压缩（???????.10008.1.2.4.70）的图像没有预览",
        )  # fmt: skip


def test_a_large_image_is_thinned():
    side = 3 * LONGEST_SIDE
    data = making.image(pixels=bytes(side * side), Rows=side, Columns=side)
    assert shown(preview(data).body)[:2] == (LONGEST_SIDE, LONGEST_SIDE)


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("CT_small.dcm", "image/png"), ("ExplVR_BigEnd.dcm", "image/png"), ("MR_small_RLE.dcm", "image/png"),
        ("SC_rgb_rle_2frame.dcm", "image/png"), ("examples_ybr_color.dcm", "image/jpeg"),
        ("MR_truncated.dcm", ""), ("OBXXXX1A_rle.dcm", ""), ("rtplan.dcm", ""), ("waveform_ecg.dcm", ""),
    ],
)  # fmt: skip
def test_a_collected_image_has_its_preview_or_says_why_not(name, media):
    found = preview(file(name))
    assert found.media == media
    assert bool(found.body) == bool(media) != bool(found.why_none)


def test_the_packed_and_the_plain_image_of_one_examination_look_the_same():
    assert preview(file("MR_small_RLE.dcm")).body == preview(file("MR_small.dcm")).body


needs_openjpeg = pytest.mark.skipif(not unpacking.is_here("openjpeg"), reason="needs the extra previews (openjpeg)")
needs_charls = pytest.mark.skipif(not unpacking.is_here("jpeg_ls"), reason="needs the extra previews (jpeg_ls)")


@needs_openjpeg
def test_a_lossless_jpeg_2000_looks_as_the_plain_image_does():
    assert preview(pydicoms("MR_small_jp2klossless.dcm")).body == preview(pydicoms("MR_small.dcm")).body


@needs_charls
def test_a_lossless_jpeg_ls_looks_as_the_plain_image_does():
    assert preview(pydicoms("MR_small_jpeg_ls_lossless.dcm")).body == preview(pydicoms("MR_small.dcm")).body


@needs_openjpeg
def test_signed_values_under_an_unsigned_codestream_and_colours_are_read_as_the_file_says():
    """Air is black, not white; red, green and blue are in their places."""
    assert shown(preview(pydicoms("J2K_pixelrep_mismatch.dcm")).body)[2][0][0] == 0
    assert preview(pydicoms("SC_rgb_gdcm_KY.dcm")).media == "image/png"


def pydicoms(name):
    """A file of pydicom's own."""
    return (Path(pydicom.data.__file__).parent / "test_files" / name).read_bytes()


@needs_openjpeg
def test_a_frame_is_unpacked_only_where_it_is_whole_and_not_too_large():
    whole = pydicom.dcmread(io.BytesIO(pydicoms("MR_small_jp2klossless.dcm"))).PixelData
    (frame,) = fragments(whole)
    assert len(unpacking.unpack(frame, syntax=JPEG_2000, largest=8192).body) == 64 * 64 * 2
    assert unpacking.unpack(frame, syntax=JPEG_2000, largest=8191) is None
    assert unpacking.unpack(frame[:60], syntax=JPEG_2000, largest=8192) is None
    broken = encapsulated(b"\xff\x4f\xff\x51" + bytes(200), JPEG_2000)
    assert str(preview(broken).why_none) == "解不开压缩的图像，没有预览"


def test_any_image_has_a_preview_or_none(pytestconfig):
    packed = encapsulated(rle([bytes(range(24))]), RLE)
    windowed = making.image(pixels=bytes(48), BitsAllocated=16, WindowCenter="50", WindowWidth="100", RescaleSlope="0")
    try_all(preview, broken([making.image(), packed, windowed]), pytestconfig)
