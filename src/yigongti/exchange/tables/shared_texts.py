"""Shared texts of an .xlsx: each reference becomes a copy, so a long text referred to a million times fills memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from yigongti.exchange.tables.peeking import Peeked
from yigongti.exchange.tables.refusing import Unpacked


MOST_BYTES = 1 << 30
_TEXT = re.compile(rb"<(?:\w++:)?si[\s>/]")
_REFERENCE = re.compile(rb"""<c (?=[^<>]*\bt=["']s["'])[^<>]*+>\s*+<v>([0-9]{1,9})""")


def sizes(xml: bytes) -> list[int]:
    """The bytes of each shared text, with its marks."""
    places = [found.start() for found in _TEXT.finditer(xml)]
    return [after - before for before, after in pairwise([*places, len(xml)])]


def check_texts(lengths: list[int], sheets: Mapping[str, Peeked], read: Callable[[str], bytes], packed: int) -> None:
    """Refuse what would be larger than memory. Only where it could be are the references counted one by one."""
    longest = max(lengths, default=0)
    if longest * sum(sheet.texts for sheet in sheets.values()) <= MOST_BYTES:
        return
    total = 0
    for name, sheet in sheets.items():
        total += _copied(read(name), lengths) if sheet.usual else longest * sheet.texts
    if total > MOST_BYTES:
        raise Unpacked(size=total // 1024**2, ratio=total // max(1, packed))


def _copied(xml: bytes, lengths: list[int]) -> int:
    places = (int(found[1]) for found in _REFERENCE.finditer(xml))
    return sum(lengths[place] for place in places if place < len(lengths))
