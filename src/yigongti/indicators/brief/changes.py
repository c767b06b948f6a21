"""What an edit changed, piece by piece: kept, taken out, put in."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple


PIECES = re.compile(r"【\d{1,3}[数比标]?】|[0-9A-Za-z]+|[^。；，\n]{1,6}|[。；，\n]")
SHOWN = 40
"""So much of what stayed the same is shown around a change."""


class Change(NamedTuple):
    """A run of text."""

    what: Literal["kept", "out", "in"]
    text: str


def changes(before: str, after: str) -> list[Change]:
    """In reading order; long stretches that stayed are shortened in their middle."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    found: list[Change] = []
    for what, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("kept", _shortened("".join(old[a:b]))))
            continue
        if b > a:
            found.append(Change("out", "".join(old[a:b])))
        if d > c:
            found.append(Change("in", "".join(new[c:d])))
    return found


def _shortened(text: str) -> str:
    return text if len(text) <= 2 * SHOWN else f"{text[:SHOWN]} … {text[-SHOWN:]}"
