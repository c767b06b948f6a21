"""The frame of an SCP-ECG file: its length and checksum, the pointers of section 0, the sections with theirs.

Source: EN 1064 (SCP-ECG) 5.2 and 5.3; the checksum is CRC-CCITT (0x1021, from 0xFFFF) of all that follows it.
"""

from __future__ import annotations

import binascii
import struct

from yigongti.exchange.waveforms.refusing import Unreadable


FRAME, HEAD = 6, 16
POINTER = struct.Struct("<HII")
MOST_SECTIONS = 64


def sections(data: bytes) -> dict[int, bytes]:
    """Section number → its content without the sixteen bytes of header. Raises `Unreadable`."""
    if len(data) < FRAME + HEAD:
        raise Unreadable(what="文件大小", value=len(data), problem="太短，不是SCP-ECG文件", rule="scp.size")
    length = int.from_bytes(data[2:6], "little")
    if length != len(data):
        raise Unreadable(what="文件大小", value=len(data), problem="与文件自己写的长度不符", rule="scp.length")
    _check(data, int.from_bytes(data[:2], "little"), "scp.checksum")
    return {number: body for number, size, at in _pointers(data) if (body := _section(data, number, size, at))}


def _pointers(data: bytes) -> list[tuple[int, int, int]]:
    """Number, size and place (from 0) of the sections that are there."""
    size = int.from_bytes(data[FRAME + 4 : FRAME + 8], "little")
    body = data[FRAME + HEAD : FRAME + size]
    count = len(body) // POINTER.size
    if not 0 < count <= MOST_SECTIONS:
        raise Unreadable(what="段数", value=count, problem="指针段坏了", rule="scp.pointers")
    found = [POINTER.unpack_from(body, place * POINTER.size) for place in range(count)]
    return [(number, size, at - 1) for number, size, at in found if size and number]


def _section(data: bytes, number: int, size: int, at: int) -> bytes:
    if size < HEAD or at < FRAME or at + size > len(data):
        raise Unreadable(what="段", value=number, problem="指到文件外面去了", rule="scp.section_range")
    whole = data[at : at + size]
    crc, told, length = struct.unpack_from("<HHI", whole)
    if told != number or length != size:
        raise Unreadable(what="段", value=number, problem="段头与指针不符", rule="scp.section_header")
    _check(whole, crc, "scp.section_checksum")
    return whole[HEAD:]


def _check(data: bytes, crc: int, rule: str) -> None:
    if binascii.crc_hqx(data[2:], 0xFFFF) != crc:
        raise Unreadable(what="校验和", value=crc, problem="不符，文件在路上坏了", rule=rule)
