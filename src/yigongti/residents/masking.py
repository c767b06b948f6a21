"""What may be said of a person before a basis is stated: surname, year of birth, where managed — no more."""

from __future__ import annotations

from datetime import date

from yigongti.residents.pinyin import surname


def name(full: str) -> str:
    """张桂兰 → 张*, 欧阳桂兰 → 欧阳*; the length of the given name is not told."""
    return f"{surname(full)}*" if full else ""


def id_card(number: str) -> str:
    """140781****1234: the place and the last four, enough to compare with the paper in one's hand."""
    return f"{number[:6]}****{number[-4:]}" if len(number) == 18 else "*" * len(number)


def phone(number: str) -> str:
    """The last four digits."""
    return f"****{number[-4:]}" if len(number) > 6 else "*" * len(number)


def born(day: date) -> str:
    """The year."""
    return f"{day.year}"
