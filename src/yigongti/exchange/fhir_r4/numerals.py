"""Numbers as they were written: 1.10 stays 1.10, 1e5 stays 1e5."""

from __future__ import annotations

from decimal import Decimal


LONGEST = 400
"""So many digits, and a power of ten so large, are read: far past anything measured, far below what costs time."""


class Numeral(Decimal):
    """A number whose text a decimal of that value would not give back."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Numeral:
        """Kept with its text, which also goes along when it is copied or sent to another process."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __reduce__(self) -> tuple[type[Numeral], tuple[str]]:
        return Numeral, (self.text,)


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
    return Numeral(text)


def whole(text: str) -> int | Decimal:
    """A JSON number of digits alone."""
    if len(text) > LONGEST:
        raise TooLong(text)
    return Numeral(text) if text == "-0" else int(text)
