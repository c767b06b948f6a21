"""The text of a brief: paragraphs of words and slots. 【3】 is the third figure, 【3数】 its numerator and denominator,
【3比】 the change since a year before, 【3标】 how it stands against its target.

What people type as numbers stays what it is, and is marked as typed; in a sentence that names a figure of the brief
no number may be typed at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


SLOT = re.compile(r"【(\d{1,3})([数比标]?)】")
Aspect = Literal["", "数", "比", "标"]
HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、[^。；]{1,38}$")
SENTENCE = re.compile(r"[^。；！？]+[。；！？]?")

_HARMLESS = re.compile(
    r"【\d{1,3}[数比标]?】"
    r"|\d{4}\s*[—–~至-]\s*\d{4}\s*年"
    r"|\d{4}\s*年(?:\s*第?\s*\d\s*季度|\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?"
    r"|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?(?:底|末|份)?|\d{4}-\d{1,2}(?:-\d{1,2})?"
    r"|[〔\[（(]\d{4}[〕\]）)]\s*\d+\s*号|第\s*\d+\s*(?:期|条|款|项|号|季度|次|版|页)"
    r"|(?m:^\s*\d{1,2}[.\uff0e、])"
)
"""Days, document numbers and the numbers of paragraphs tell when and where, not how much."""
_TYPED = re.compile(
    r"[0-9\uff10-\uff19]+(?:[.,\uff0e\uff0c][0-9\uff10-\uff19]+)*\s*(?:个?百分点|万元|亿元|[%％‰元万亿人次例张岁天个倍])?"
    r"|[百千万]分之[零〇一二三四五六七八九十百点]+|[一二三四五六七八九]成[一二三四五六七八九半]?"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a figure of the brief, by its number there, and which aspect of it."""

    number: int
    aspect: Aspect = ""

    def __str__(self) -> str:
        return f"【{self.number}{self.aspect}】"


@dataclass(frozen=True, slots=True)
class Typed:
    """A number that somebody typed: shown as it is, and marked."""

    text: str


Piece = str | Slot | Typed


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading or a run of words, slots and typed numbers."""

    heading: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: a slot that no figure stands behind, or a number typed where a figure is meant."""

    what: Literal["unknown", "overtyped"]
    said: str
    title: str = ""


def paragraphs(text: str, titles: Collection[str] = ()) -> list[Paragraph]:
    """One a line; empty lines fall away. `titles` are those of figures: their own numbers are names."""
    lines = (line.strip() for line in text.splitlines())
    return [Paragraph(bool(HEADING.match(line)), tuple(_pieces(line, titles))) for line in lines if line]


def _pieces(line: str, titles: Collection[str]) -> Iterator[Piece]:
    place = 0
    found: list[tuple[int, int, Piece]] = [
        (one.start(), one.end(), Slot(int(one[1]), one[2]))  # type: ignore[arg-type]
        for one in SLOT.finditer(line)
    ]
    found += [(start, end, Typed(line[start:end])) for start, end in typed(line, titles)]
    for start, end, piece in sorted(found, key=lambda one: one[0]):
        if line[place:start]:
            yield line[place:start]
        yield piece
        place = end
    if line[place:]:
        yield line[place:]


def typed(line: str, titles: Collection[str] = ()) -> list[tuple[int, int]]:
    """Where numbers of quantity were typed: not those of a title like 2 型糖尿病患者规范管理率."""
    harmless = [one.span() for one in _HARMLESS.finditer(line)]
    harmless += [one.span() for title in titles for one in re.finditer(re.escape(title), line)]
    return [
        one.span() for one in _TYPED.finditer(line)
        if not any(start <= one.start() < end for start, end in harmless)
    ]  # fmt: skip


def slots(text: str) -> list[Slot]:
    """Every slot, in order."""
    return [Slot(int(one[1]), one[2]) for one in SLOT.finditer(text)]  # type: ignore[arg-type]


def faults(text: str, titles: Mapping[int, str]) -> list[Fault]:
    """What keeps the text from being kept. `titles` are those of the brief's figures, by their numbers there."""
    found = [Fault("unknown", str(one)) for one in slots(text) if one.number not in titles]
    for line in text.splitlines():
        for sentence in SENTENCE.findall(line):
            numbers = typed(sentence, titles.values())
            named = next((title for title in titles.values() if title in sentence), "")
            if numbers and named:
                start, end = numbers[0]
                found.append(Fault("overtyped", sentence[start:end], named))
    return found


# --- what a brief of a kind begins with


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the indicators told below it, by their codes."""

    heading: str
    codes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A kind of brief: its masthead and how its first draft is put together. `numbered` ones count through the year."""

    kind: str
    title: str
    masthead: str
    opening: str
    sections: Sequence[Section]
    closing: str = ""
    numbered: bool = True
    basis: str = ""
