"""Beat annotations of WFDB records in the MIT format (.atr).

Source: WFDB Applications Guide, annot(5): words of 16 bits, six for the code and ten for the time since the last.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace

from yigongti.exchange.waveforms.form import Annotation
from yigongti.exchange.waveforms.refusing import Unreadable


# Mnemonics of annot(5), table 1.
CODES = {
    1: "N", 2: "L", 3: "R", 4: "a", 5: "V", 6: "F", 7: "J", 8: "A", 9: "S", 10: "E", 11: "j", 12: "/", 13: "Q",
    14: "~", 16: "|", 18: "s", 19: "T", 20: "*", 21: "D", 22: '"', 23: "=", 24: "p", 25: "B", 26: "^", 27: "t",
    28: "+", 29: "u", 30: "?", 31: "!", 32: "[", 33: "]", 34: "e", 35: "n", 36: "@", 37: "x", 38: "f", 39: "(",
    40: ")", 41: "r",
}  # fmt: skip
SKIP, NUMBER, SUBTYPE, CHANNEL, TEXT = 59, 60, 61, 62, 63
RESOLUTION = re.compile(r"## time resolution:\s*(\d+\.?\d*)", re.ASCII)


def beats(data: bytes, *, rate: float) -> list[Annotation]:
    """Annotations in the file's order; `rate` in Hz turns its samples into seconds. Raises `Unreadable`."""
    found: list[Annotation] = []
    for at, code, text in _words(data):
        stated = RESOLUTION.match(text)
        if code == '"' and at == 0 and stated and float(stated[1]) > 0:
            rate = float(stated[1])
        else:
            found.append(Annotation(at=float(at), code=code, text=text))
    return [replace(one, at=one.at / rate) for one in found]


def _words(data: bytes) -> Iterator[tuple[int, str, str]]:
    """Sample, mnemonic and text of each annotation."""
    place = now = 0
    last: tuple[int, str, str] | None = None
    while place + 2 <= len(data):
        (word,) = struct.unpack_from("<H", data, place)
        place += 2
        code, interval = word >> 10, word & 1023
        if word == 0:
            break
        if code == SKIP:
            now, place = now + _skipped(data, place), place + 4
        elif code == TEXT and last:
            last = (*last[:2], data[place : place + interval].decode("utf-8", "replace").rstrip("\0"))
            place += interval + interval % 2
        elif code not in (NUMBER, SUBTYPE, CHANNEL, TEXT):
            if last:
                yield last
            now += interval
            last = (now, CODES.get(code, f"[{code}]"), "")
    if last:
        yield last


def _skipped(data: bytes, place: int) -> int:
    """A PDP-11 long: the high word first, each word low byte first."""
    if place + 4 > len(data):
        raise Unreadable(what="标注", value=place, problem="文件在中间断了", rule="wfdb.annotation_end")
    high, low = struct.unpack_from("<hH", data, place)
    return int(high) * 65536 + int(low)
