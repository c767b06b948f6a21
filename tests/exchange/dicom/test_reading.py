"""Files of our own: names in every Chinese set, doubts that do not lose the image, and what is refused."""

from __future__ import annotations

import struct
import zlib
from datetime import date

import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from tests.exchange.dicom import making
from tests.exchange.waveforms.fuzzing import broken, try_all
from yigongti.exchange.dicom import reading
from yigongti.exchange.dicom.refusing import UnreadableImage


IR_58 = ["", "ISO 2022 IR 58"]


def name(raw, charset):
    found = reading.read(making.image(name=raw, charset=charset))
    return found.patient.name.shown, [str(one) for one in found.doubts]


def refused(problem, data):
    with pytest.raises(UnreadableImage, match=problem) as caught:
        reading.read(data)
    assert caught.value.rule


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        ("ZHANG^GUILAN=张^桂兰".encode("gb18030"), "GB18030"),
        ("ZHANG^GUILAN=张^桂兰".encode("gb18030"), "GBK"),
        ("ZHANG^GUILAN=张^桂兰".encode(), "ISO_IR 192"),
        (
            b"ZHANG^GUILAN=\x1b$)A" + "张".encode("gb2312") + b"^\x1b$)A" + "桂兰".encode("gb2312"),
            ["", "ISO 2022 IR 58"],
        ),
        ("张^桂兰".encode("gb18030"), "GB18030"),
        ("张桂兰".encode(), "ISO_IR 192"),
    ],
)
def test_a_chinese_name_is_read_in_its_declared_set(raw, charset):
    assert name(raw, charset) == ("张桂兰", [])


def test_a_character_whose_second_byte_is_a_separator_is_not_split():
    """In GB18030 the second byte may be the backslash or the caret, with which DICOM parts values and names."""
    odd = next(chr(code) for code in range(0x4E00, 0x9FA5) if chr(code).encode("gb18030")[1:] == b"^")
    other = next(chr(code) for code in range(0x4E00, 0x9FA5) if chr(code).encode("gb18030")[1:] == b"\\")
    assert name(f"{odd}^{other}".encode("gb18030"), "GB18030") == (odd + other, [])


def test_a_set_that_is_not_declared_or_falsely_latin_is_guessed_and_doubted():
    assert name("张桂兰".encode("gb18030"), None) == ("张桂兰", ["没有声明字符集，按gb18030读"])
    assert name("张桂兰".encode("gb18030"), "ISO_IR 100") == ("张桂兰", ["没有声明字符集，按gb18030读"])
    assert name("张桂兰".encode(), None) == ("张桂兰", ["没有声明字符集，按utf-8读"])


def test_a_latin_name_with_accents_stays_what_it_says():
    assert name("Müller^Jürgen".encode("latin-1"), "ISO_IR 100") == ("Müller Jürgen", [])


def test_bytes_outside_the_declared_set_are_doubted_not_lost():
    shown, doubts = name(b"\xff\xfe^GUILAN", "ISO_IR 192")
    assert "GUILAN" in shown and doubts == ["有的字节不属于所声明的字符集utf-8"]


def test_identity_and_study_are_read():
    found = reading.read(making.image())
    assert (found.accession, found.modality, found.study, found.instance) == ("JC20261122001", "DX", "1.2.3", "1.2.3.4")
    assert (found.patient.identifier, found.patient.issuer, found.patient.sex) == ("JK-7", "XY", "female")
    assert (found.patient.born, found.examined.isoformat()) == (date(1958, 3, 4), "2026-11-22T09:30:00")
    assert found.doubts == () and found.pixels.complete


def test_a_date_that_is_none_is_doubted_and_the_image_kept():
    data = making.image().replace(b"19580304", b"19580230")
    found = reading.read(data)
    assert found.patient.born is None
    assert [str(one) for one in found.doubts] == ["时间“19580230”不是时间"]


def test_pixels_that_are_missing_are_counted():
    assert [str(one) for one in reading.read(making.image(pixels=bytes(20))).doubts] == [
        "像素数据不全：应有24字节，只有20字节"
    ]
    assert [str(one) for one in reading.read(making.image(pixels=b"")).doubts] == ["没有像素数据，或在像素数据里断了"]


def test_fragments_of_compressed_pixels_are_counted():
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 4) + b"\xff\xd8\xff\xd9"
    table, end = struct.pack("<HHI", 0xFFFE, 0xE000, 0), struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    plain = making.image(pixels=b"PIXELS" * 4, NumberOfFrames=2).replace(
        b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"
    )
    head = plain[: plain.index(b"OB\0\0" + struct.pack("<I", 24))]
    whole = reading.read(head + b"OB\0\0\xff\xff\xff\xff" + table + item * 2 + end)
    half = reading.read(head + b"OB\0\0\xff\xff\xff\xff" + table + item + end)
    assert whole.pixels.complete and whole.doubts == ()
    assert [str(one) for one in half.doubts] == ["像素数据不全：应有2帧，只有1段"]


def test_a_dataset_without_its_file_header_is_read_and_doubted():
    whole = making.image()
    found = reading.read(whole[whole.index(b"\x08\0\x16\0UI") :])
    assert found.accession == "JC20261122001"
    assert [str(one) for one in found.doubts] == ["没有DICOM文件头，按内容推断"]


def test_what_is_no_object_is_refused():
    refused("不是DICOM文件", b"")
    refused("不是DICOM文件", b"\x89PNG\r\n" + bytes(300))
    refused("不是UID", making.image().replace(b"1.2.3.4\0", b"1.2.3.X\0"))
    refused("不是UID", bytes(128) + b"DICM")


def test_a_deflated_file_is_refused_before_it_unpacks():
    """A hundred kilobytes of it would be a hundred megabytes."""
    whole = making.image(syntax=DeflatedExplicitVRLittleEndian)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(100_000_000)) + packer.flush()
    refused("整体压缩", whole[:200] + whole[200:] + bomb)


def test_private_elements_are_passed_over():
    one = making.image(pixels=bytes(24))
    private = b"\x09\0\x10\0LO\x04\0MAKE" + b"\x09\0\x01\x10UN\0\0\xf0\xff\xff\x7f"
    found = reading.read(one + private)
    assert found.accession == "JC20261122001" and "文件在中间断了" in [str(doubt) for doubt in found.doubts]


def test_an_empty_element_of_no_known_kind_is_passed_over():
    data = making.image()
    place = data.index(b"\x28\0\x10\0US\x02\0")
    broken_kind = data[: place + 4] + b"\x55\x80\0\0" + data[place + 10 :]
    assert reading.read(broken_kind).instance == "1.2.3.4"


def test_any_file_is_read_or_refused(pytestconfig):
    good = [
        making.image(charset="GB18030", name="A=张^桂兰".encode("gb18030")),
        making.image(charset=["", "ISO 2022 IR 58"]),
    ]
    good.append(good[0][good[0].index(b"\x08\0\x05\0CS") :])
    try_all(reading.read, broken(good), pytestconfig)
