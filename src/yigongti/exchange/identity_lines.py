"""The part of an HL7 v2 message that data staff may read and mend: who sent it, and whom it is about.

Data staff see no clinical content (their role page): results, diagnoses and texts stay closed, and what is wrong in
them is for the sender to put right.
"""

from __future__ import annotations

import re

from yigongti.exchange.hl7v2.charset import decode
from yigongti.kernel.refusal import Refusal


OPEN = ("MSH", "EVN", "PID", "MRG")
_ENDS = re.compile(r"\r\n|\r|\n")


class OtherLines(Refusal):
    """应有 {wanted} 行，改后是 {given} 行：行数和每行开头的段名不能改。"""

    status = 422


def readable(body: bytes) -> str:
    """The open segments, one a line; '' for bytes in no known character set."""
    try:
        return "\n".join(line for line in _lines(body) if _is_open(line))
    except Refusal:
        return ""


def closed_count(body: bytes) -> int:
    """How many segments stay closed."""
    try:
        return sum(1 for line in _lines(body) if line and not _is_open(line))
    except Refusal:
        return 0


def mended(body: bytes, typed: str) -> bytes:
    """The message with its open segments as typed, in UTF-8. Raises OtherLines where a segment was added or lost."""
    lines = _lines(body)
    fresh = [line for line in _ENDS.split(typed.strip()) if line]
    places = [at for at, line in enumerate(lines) if _is_open(line)]
    if [line[:3] for line in fresh] != [lines[at][:3] for at in places]:
        raise OtherLines(field="text", wanted=len(places), given=len(fresh))
    for at, line in zip(places, fresh, strict=True):
        lines[at] = line
    return ("\ufeff" + "\r".join(lines)).encode()  # the mark says UTF-8, whatever MSH-18 said of the old bytes


def _lines(body: bytes) -> list[str]:
    return _ENDS.split(decode(body).text)


def _is_open(line: str) -> bool:
    return line[:3] in OPEN
