"""Whether a paper of somebody says of its bearer what is registered: name but for its spelling, sex, day of birth."""

from __future__ import annotations

import re
import unicodedata
from datetime import date


DOTS = "·•・‧∙⋅."
SAID = ("1", "2")
"""The codes that say a sex; 0 and 9 say that it is not known."""


def same_name(one: str, other: str) -> bool:
    """Whether two names are one but for blanks, dots, case and width; no name differs from none."""
    plain, against = _plain(one), _plain(other)
    return not plain or not against or plain == against


def spelled_alike(told: str, spelled: str) -> bool:
    """Whether a name in letters is the pinyin of a registered one, with surname first or last, as devices write it."""
    words = re.findall(r"[a-z]+", unicodedata.normalize("NFKC", told).casefold())
    wanted = "".join(re.findall(r"[a-z]+", spelled.casefold()))
    return bool(wanted) and wanted in (
        "".join(words),
        "".join([*words[1:], *words[:1]]),
        "".join([*words[-1:], *words[:-1]]),
    )


def same_sex(one: str, other: str) -> bool:
    """Whether neither says another sex than the other."""
    return one not in SAID or other not in SAID or one == other


def same_birth(told: date | None, registered: date, *, estimated: bool) -> bool:
    """Whether a told day is the registered one; of an estimated one only the year is known."""
    return told is None or (told.year == registered.year if estimated else told == registered)


def _plain(name: str) -> str:
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(one for one in wide if not one.isspace() and one not in DOTS)
