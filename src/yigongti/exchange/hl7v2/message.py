"""A message taken apart: segments, fields, repetitions, components, subcomponents, escapes; and what its MSH says.

Our own parser, because PyPI `hl7` 0.4.5 loses what we must keep: it strips white space at the ends, reads CR only as
the end of a segment, takes a dangling escape for the start of the next and needs the character set beforehand. Nothing
is lost here: the `raw` of all segments is the message, its line ends apart, and a field is taken apart only when it is
asked for.
Source: HL7 v2.5.1 chapter 2 (2.7 escapes, 2.15.9 MSH).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from yigongti.exchange.hl7v2.unreadable import BadField, Unreadable


MOST_SEGMENTS = 100_000
MOST_PARTS = 2_000
"""So many fields of a segment, repetitions of a field and so on; more is no message of people."""
NULL = '""'
"""Explicitly empty: the receiver should delete what it has."""

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Separators:
    """MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding(self) -> str:
        """As MSH-2 writes them."""
        return self.component + self.repetition + self.escape + self.subcomponent


def _split(raw: str, by: str, place: str) -> list[str]:
    if by == "":
        return [raw]
    if raw.count(by) >= MOST_PARTS:
        raise Unreadable(place=place, problem="这里的分隔符多得不合理，不像一条消息。", rule="hl7v2.parts")
    return raw.split(by)


@dataclass(frozen=True, slots=True)
class Part:
    """A repetition, component or subcomponent: `raw` as sent, `text` with its escapes resolved ('' for null)."""

    raw: str
    place: str
    separators: Separators
    charset: str
    level: str = "repetition"

    @property
    def text(self) -> str:
        """Without white space at the ends; `raw` has it."""
        return _said(self.raw, self.separators, self.charset)

    @property
    def texts(self) -> list[str]:
        """The text of every component (or subcomponent) at once."""
        parts = _split(self.raw, self._separator, self.place)
        return [_said(raw, self.separators, self.charset) for raw in parts]

    @property
    def null(self) -> bool:
        """Whether the sender says that there is nothing."""
        return self.raw == NULL

    def __bool__(self) -> bool:
        return bool(self.raw) and not self.null

    def __getitem__(self, number: int) -> Part:
        """Component of a repetition, subcomponent of a component; from 1, empty when there are fewer."""
        parts = _split(self.raw, self._separator, self.place)
        raw = parts[number - 1] if number <= len(parts) else ""
        return Part(raw, f"{self.place}.{number}", self.separators, self.charset, _BELOW[self.level])

    def __len__(self) -> int:
        return len(_split(self.raw, self._separator, self.place))

    def __iter__(self) -> Iterator[Part]:
        return (self[number] for number in range(1, len(self) + 1))

    @property
    def _separator(self) -> str:
        by = {"repetition": self.separators.component, "component": self.separators.subcomponent}
        return by.get(self.level, "")


def _said(raw: str, separators: Separators, charset: str) -> str:
    return "" if not raw or raw == NULL else unescaped(raw, separators, charset).strip()


_BELOW = {"repetition": "component", "component": "subcomponent", "subcomponent": "subcomponent"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its repetitions, or by number the components of the first."""

    raw: str
    place: str
    separators: Separators
    charset: str

    def __iter__(self) -> Iterator[Part]:
        """All repetitions that are not empty, in their order."""
        for raw in _split(self.raw, self.separators.repetition, self.place):
            if raw:
                yield Part(raw, self.place, self.separators, self.charset)

    @property
    def first(self) -> Part:
        """The first repetition, even when it is empty."""
        raw = self.raw.split(self.separators.repetition, 1)[0] if self.separators.repetition else self.raw
        return Part(raw, self.place, self.separators, self.charset)

    def __getitem__(self, number: int) -> Part:
        return self.first[number]

    def __bool__(self) -> bool:
        return bool(self.raw) and not self.null

    @property
    def null(self) -> bool:
        """Whether the sender says that there is nothing."""
        return self.raw == NULL

    @property
    def text(self) -> str:
        """The first component of the first repetition: what most coded and simple fields say."""
        raw = self.raw
        for by in (self.separators.repetition, self.separators.component):
            raw = raw.split(by, 1)[0] if by else raw
        return _said(raw, self.separators, self.charset)

    @property
    def whole(self) -> str:
        """All of it as text, separators as they stand: for text types, where they mean themselves."""
        return _said(self.raw, self.separators, self.charset)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; `segment[3]` is its third field, empty when there are fewer."""

    name: str
    raw: str
    separators: Separators
    charset: str
    _fields: list[str] = field(default_factory=list, repr=False, compare=False)

    def __getitem__(self, number: int) -> Field:
        parts = self._parts()
        raw = parts[number] if number < len(parts) else ""
        return Field(raw, f"{self.name}-{number}", self.separators, self.charset)

    def __len__(self) -> int:
        """How many fields were sent."""
        return len(self._parts()) - 1

    def __iter__(self) -> Iterator[Field]:
        return (self[number] for number in range(1, len(self) + 1))

    def _parts(self) -> list[str]:
        if not self._fields:
            parts = _split(self.raw, self.separators.field, self.name)
            if self.name == "MSH":
                parts.insert(1, self.separators.field)
            self._fields.extend(parts)
        return self._fields


@dataclass(frozen=True, slots=True)
class Message:
    """All segments in their order; `header` tells where it comes from and what it is."""

    segments: tuple[Segment, ...]
    separators: Separators

    def all(self, name: str) -> tuple[Segment, ...]:
        """Every segment of that name."""
        return tuple(segment for segment in self.segments if segment.name == name)

    def first(self, name: str) -> Segment | None:
        """The first segment of that name."""
        return next((segment for segment in self.segments if segment.name == name), None)


def parse(text: str, *, charset: str = "utf-8") -> Message:
    """The message in this text; `charset` (Python's name) is for \\X..\\ escapes only, which carry bytes.

    Raises Unreadable: no MSH at the beginning, separators that cannot be told apart, a line that is no segment, more
    than MOST_SEGMENTS.
    """
    lines = list(_lines(text.lstrip("\r\n")))
    separators = _separators(lines[0] if lines else "")
    segments = tuple(Segment(line[:3], line, separators, charset) for line in _joined(lines, separators))
    if any(segment.name == "MSH" for segment in segments[1:]):
        raise Unreadable(place="MSH", problem="一条消息里有不止一个 MSH 段，应先按批次拆开。", rule="hl7v2.two_msh")
    return Message(segments, separators)


def _lines(text: str) -> Iterator[str]:
    """Lines that say something; after a lone LF among CRs with the LF in front: it may belong to the line above."""
    if text.count("\r") + text.count("\n") > MOST_SEGMENTS:
        raise Unreadable(place="MSH", problem="消息的行数多得不合理，请按批次拆开发送。", rule="hl7v2.segments")
    has_returns = "\r" in text
    before = ""
    begin = 0
    for found in [*_BREAK.finditer(text), None]:
        line = text[begin : found.start() if found else None]
        broken = has_returns and before == "\n"
        if broken or line.strip():
            yield ("\n" if broken else "") + line
        if found:
            before, begin = found.group(), found.end()


def _separators(line: str) -> Separators:
    if not line.startswith("MSH") or len(line) < 5:
        raise BadField(place="MSH", value=line[:20], problem="消息不以 MSH 段开头，读不出来源。", rule="hl7v2.no_msh")
    by = line[3]
    marks = line[4:].split(by, 1)[0]
    given = Separators(by, *(marks[at : at + 1] for at in range(4)))
    told = [by, *marks[:4]]
    if len(marks) < 1 or len(set(told)) < len(told) or any(mark.isalnum() or mark.isspace() for mark in told):
        raise BadField(place="MSH-2", value=by + marks, problem="分隔符不合规定，彼此分不开。", rule="hl7v2.separators")
    return given


def _joined(lines: list[str], separators: Separators) -> Iterator[str]:
    """Segments; a line after a lone LF that is no segment is text that was broken by the sender."""
    held: list[str] = []
    for marked in lines:
        line = marked.removeprefix("\n")
        if _is_segment(line, separators):
            if held:
                yield "".join(held)
            held = [line]
        elif held and marked != line:
            held.append(marked)
        else:
            raise BadField(place="MSH", value=line[:20], problem="这一行不是消息段。", rule="hl7v2.segment")
    yield "".join(held)


def _is_segment(line: str, separators: Separators) -> bool:
    return bool(_NAME.match(line)) and (len(line.rstrip()) == 3 or line[3] == separators.field)


# --- escapes

_MOST_LINES = 20
"""A line command of a few letters may not grow to pages."""


@lru_cache(maxsize=16)
def _escapes(mark: str) -> re.Pattern[str]:
    """Only what is known is an escape, so that a path like C:\\temp\\ stays as it is."""
    e = re.escape(mark)
    return re.compile(e + r"([FSTREPHN]|\.(?:br|ce|fi|nf)|\.(?:sp|sk|in|ti)[+-]?\d{0,4}|X(?:[0-9A-Fa-f]{2})+)" + e)


def unescaped(raw: str, separators: Separators, charset: str) -> str:
    """The text with its escapes resolved: \\F\\ \\S\\ \\T\\ \\R\\ \\E\\ \\P\\, line commands, \\Xdd..\\ in `charset`.

    Unknown ones (\\Z..\\, \\C..\\) stay as they are; highlighting (\\H\\ \\N\\) says nothing and goes.
    """
    if not separators.escape or separators.escape not in raw:
        return raw
    return _escapes(separators.escape).sub(_resolver(separators, charset), raw)


def _resolver(separators: Separators, charset: str) -> Callable[[re.Match[str]], str]:
    plain = {
        "F": separators.field, "S": separators.component, "T": separators.subcomponent, "R": separators.repetition,
        "E": separators.escape, "P": "#", "H": "", "N": "", ".br": "\n", ".ce": "\n", ".fi": "", ".nf": "",
    }  # fmt: skip

    def resolve(found: re.Match[str]) -> str:
        code = found.group(1)
        if code in plain:
            return plain[code]
        if code.startswith("X"):
            return _bytes_of(code[1:], charset) or found.group()
        many = min(int(re.sub(r"\D", "", code) or 1), _MOST_LINES)
        return {".sp": "\n" * many, ".sk": " " * many}.get(code[:3], "")

    return resolve


def _bytes_of(digits: str, charset: str) -> str:
    try:
        return bytes.fromhex(digits).decode(charset).replace("\x00", "")
    except UnicodeDecodeError:
        return ""


def escaped(text: str, separators: Separators) -> str:
    """The text as it may stand in a field; line breaks become \\.br\\."""
    mark = separators.escape
    codes = {
        separators.escape: "E", separators.field: "F", separators.component: "S", separators.subcomponent: "T",
        separators.repetition: "R",
    }  # fmt: skip
    if not mark:
        return "".join(" " if letter in codes else letter for letter in re.sub(_BREAK, " ", text))
    one_by_one = "".join(f"{mark}{codes[letter]}{mark}" if letter in codes else letter for letter in text)
    return re.sub(_BREAK, lambda _found: f"{mark}.br{mark}", one_by_one)
