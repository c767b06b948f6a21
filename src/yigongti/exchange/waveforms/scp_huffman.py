"""The default Huffman table of SCP-ECG (EN 1064 5.5.5 and annex C): nineteen codes, high bit first.

A run of ones tells the size of a difference: "0" is 0; "10x" is +1 or -1 by its last bit, and so on up to 8; ten
bits "1111111110" precede a signed byte, "1111111111" a signed word.
"""

from __future__ import annotations

from yigongti.exchange.waveforms.refusing import Unreadable


LONGEST_RUN = 8
WIDE = {9: 8, 10: 16}


def decoded(data: bytes, count: int) -> list[int]:
    """The first `count` values of a lead; raises `Unreadable` where the bits end before. Padding bits stay unread."""
    # A text of bits: `find` skips a run of ones in C, which no loop over bits in Python does as fast.
    bits = bin(int.from_bytes(b"\1" + data))[3:]
    found: list[int] = []
    place, end = 0, len(bits)
    while len(found) < count:
        value, place = _next(bits, place)
        if place > end:
            raise Unreadable(what="采样点数", value=len(found), problem="少于导联表所说的", rule="scp.samples")
        found.append(value)
    return found


def _next(bits: str, place: int) -> tuple[int, int]:
    """A value and where the next begins, past the end where the bits do not suffice."""
    zero = bits.find("0", place, place + 10)
    run = 10 if zero < 0 else zero - place
    if run == 0:
        return 0, place + 1
    if run <= LONGEST_RUN:
        sign = bits[zero + 1 : zero + 2]
        return (-run if sign == "1" else run), zero + 2
    width = WIDE[run]
    wide = bits[place + 10 : place + 10 + width]
    value = int(wide or "0", 2)
    return (value - (1 << width) if wide[:1] == "1" else value), place + 10 + width
