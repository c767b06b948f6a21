"""Numbers as they were written: 1.10 stays 1.10, 1e5 stays 1e5."""

from __future__ import annotations

from decimal import Decimal


LONGEST = 400
"""So many digits, and a power of ten so large, are read: far past anything measured, far below what costs time."""


class Numeral(Decimal):
    """A number whose text a decimal of that value would not give back."""

    __slots__ = ("text",)
    text: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class TooLong(ValueError):
    """Digits without end, or a power of ten that no computer can write out."""


def decimal(text: str) -> Decimal:
    """A JSON number with a fraction or a power."""
    if len(text) > LONGEST:
        raise TooLong(text)
    made = Decimal(text)
    if str(made) == text:
        return made
    if made and abs(made.adjusted()) > LONGEST:
        raise TooLong(text)
    return _kept(text)


def whole(text: str) -> int | Decimal:
    """A JSON number of digits alone."""
    if len(text) > LONGEST:
        raise TooLong(text)
    return _kept(text) if text == "-0" else int(text)


def _kept(text: str) -> Numeral:
    made = Numeral(text)
    made.text = text
    return made
