"""Check digits of the numbers that the simulator makes up; written apart from the chapters that verify them."""

from __future__ import annotations

from datetime import date
from functools import cache


_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PAPER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PAPER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@cache
def _weighed(part: str, offset: int) -> int:
    return sum(int(digit) * _ID_WEIGHTS[offset + place] for place, digit in enumerate(part))


def id_card(division: str, born: date, serial: int) -> str:
    """A GB 11643 number; an odd serial is a man's."""
    day, tail = f"{born:%Y%m%d}", f"{serial:03d}"
    total = _weighed(division, 0) + _weighed(day, 6) + _weighed(tail, 14)
    return f"{division}{day}{tail}{_ID_CHECKS[total % 11]}"


def short_id_card(full: str) -> str:
    """The 15-digit number of the first generation: no century, no check digit."""
    return full[:6] + full[8:17]


def organisation_code(body: str) -> str:
    """Eight characters and their GB 11714 check."""
    total = sum(_PAPER.index(char) * weight for char, weight in zip(body, _PAPER_WEIGHTS, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def credit_code(division: str, body: str) -> str:
    """A GB 32100 code of a public institution (12) around an organisation code."""
    head = f"12{division}{organisation_code(body)}"
    total = sum(_CREDIT.index(char) * pow(3, place, 31) for place, char in enumerate(head))
    return head + _CREDIT[(31 - total % 31) % 31]
