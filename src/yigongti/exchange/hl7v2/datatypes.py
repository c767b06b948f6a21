"""The data types of HL7 v2 as values: times with precision, numbers, identifiers, names, phones, addresses, codes.

Source: HL7 v2.5.1 chapter 2A. Each function takes one repetition (or component) and gives a value, or None (or an
empty value) for what was not sent; what cannot be a value is refused as BadField with its place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from yigongti.exchange.hl7v2.message import Part
from yigongti.exchange.hl7v2.unreadable import BadField
from yigongti.kernel.clock import COUNTY_ZONE


IDEOGRAPH = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.(\d{1,6})\d*)?([+-]\d{4})?")
LONGEST_TIME = 40
YEARS = (1800, 2200)
"""Outside of these no date of a living person's care stands; and arithmetic with time zones would overflow."""
_PRECISION = ("year", "month", "day", "hour", "minute", "second", "fraction")
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as precisely as it was sent."""

    at: datetime
    """Aware; what was not sent is the beginning (a year alone: 1 January, midnight)."""
    precision: str
    """year, month, day, hour, minute, second or fraction."""
    zone_given: bool
    """Otherwise Asia/Shanghai was assumed."""
    raw: str

    @property
    def day(self) -> date:
        """The calendar day as it was written, in the sender's own zone."""
        return self.at.date()


def moment(part: Part) -> Moment | None:
    """TS, DTM and DT: YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]. Refuses what is no such time or no day of the calendar."""
    raw = part[1].text if part.raw else ""
    if not raw:
        return None
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", raw[:LONGEST_TIME]))
    if not found or len(raw) > LONGEST_TIME:
        raise BadField(place=part.place, value=raw, problem="不是 HL7 的日期时间写法。", rule="hl7v2.time_form")
    given = [group for group in found.groups()[:7] if group is not None]
    try:
        numbers = [int(group) for group in found.groups()[:6] if group is not None]
        year, month, day, hour, minute, second = (*numbers, *(1, 1, 1, 0, 0, 0)[len(numbers) :])
        micro = int((found.group(7) or "0").ljust(6, "0"))
        at = datetime(year, month, day, hour, minute, second, micro, tzinfo=_zone(found.group(8)))
        if not YEARS[0] <= at.year <= YEARS[1]:
            raise ValueError(at.year)
    except ValueError as wrong:
        raise BadField(place=part.place, value=raw, problem="没有这个日期或时间。", rule="hl7v2.time") from wrong
    return Moment(at, _PRECISION[6 if found.group(7) else len(given) - 1], bool(found.group(8)), raw)


def _zone(offset: str | None) -> tzinfo:
    if offset is None:
        return COUNTY_ZONE
    size = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
    return timezone(-size if offset[0] == "-" else size)


def number(text: str) -> Decimal | None:
    """The number that a text is, full-width digits too; None when it is none (signs like < are not numbers)."""
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= 100 else ""
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


@dataclass(frozen=True, slots=True)
class Coded:
    """CE, CWE, CNE: a code in a system as the sender names it; the alternative likewise."""

    code: str = ""
    text: str = ""
    system: str = ""
    other_code: str = ""
    other_text: str = ""
    other_system: str = ""
    original: str = ""
    """CWE.9, what the person wrote."""

    def __bool__(self) -> bool:
        return bool(self.code or self.text or self.other_code or self.other_text or self.original)

    @property
    def says(self) -> str:
        """The best text there is."""
        return self.text or self.original or self.other_text or self.code


NOTHING = Coded()


def coded(part: Part) -> Coded:
    """CE, CWE or CNE; empty for what was not sent."""
    if not part.raw:
        return NOTHING
    code, text, system, other, other_text, other_system, *rest = (*part.texts, *[""] * 6)
    return Coded(code, text, system, other, other_text, other_system, rest[2] if len(rest) > 2 else "")


@dataclass(frozen=True, slots=True)
class Identifier:
    """CX, EI and the older single ids; `system` and `type` as the sender writes them."""

    system: str
    """CX.4.1, or its universal id where no name is given."""
    type: str
    """CX.5 as MR, NI, SS; where a field of the standard has a fixed meaning, that field's type."""
    value: str
    field: str
    """Where it stood, as PID-3."""
    facility: str = ""
    universal_id: str = ""


def identifier(part: Part, *, type: str = "") -> Identifier | None:  # noqa: A002 - the standard's word
    """CX; `type` for fields that mean one kind. None without a value."""
    value = part[1].text if part.raw else ""
    if not value:
        return None
    authority = part[4]
    name = authority[1].text
    system = name or authority[2].text
    return Identifier(system, part[5].text or type, value, part.place, part[6][1].text, authority[2].text)


def entity(part: Part) -> Identifier | None:
    """EI, as order numbers: value, namespace, universal id."""
    value = part[1].text
    if not value:
        return None
    return Identifier(part[2].text or part[3].text, "", value, part.place, "", part[3].text)


@dataclass(frozen=True, slots=True)
class PersonName:
    """XPN as sent."""

    family: str
    given: str
    middle: str
    type: str
    """XPN.7: L legal, D display, M maiden, A alias …, '' not said."""
    representation: str
    """XPN.8: I ideographic, A alphabetic, P phonetic, '' not said."""
    prefix: str = ""
    suffix: str = ""

    @property
    def text(self) -> str:
        """As it is read: 张三丰; or given, middle and family name with blanks."""
        if self.is_chinese:
            return f"{self.family}{self.given}{self.middle}"
        return " ".join(part for part in (self.given, self.middle, self.family) if part)

    @property
    def is_chinese(self) -> bool:
        """Whether it holds Chinese characters."""
        return bool(IDEOGRAPH.search(self.family + self.given))

    def __bool__(self) -> bool:
        return bool(self.family or self.given)


def person_name(part: Part) -> PersonName:
    """XPN; empty for what was not sent."""
    family, given, middle = part[1][1].text, part[2].text, part[3].text
    return PersonName(family, given, middle, part[7].text, part[8].text, prefix=part[5].text, suffix=part[4].text)


@dataclass(frozen=True, slots=True)
class Staff:
    """XCN: a person who works there, by number, name or both."""

    number: str
    name: str
    system: str = ""


def staff(part: Part) -> Staff | None:
    """XCN; None without number and name."""
    if not part.raw:
        return None
    family, given, middle = part[2][1].text, part[3].text, part[4].text
    name = PersonName(family, given, middle, "", "").text
    return Staff(part[1].text, name, part[9][1].text) if name or part[1].text else None


@dataclass(frozen=True, slots=True)
class Phone:
    """XTN: the number as one text; `use` (PRN, WPN, ORN …) and `equipment` (PH, CP, FX, Internet …) as sent."""

    number: str
    use: str = ""
    equipment: str = ""


def phone(part: Part) -> Phone | None:
    """XTN: the written number, the local one with its area, the unformatted one or the mail address."""
    area = "-".join(text for text in (part[5].text, part[6].text) if text)
    local = "-".join(text for text in (area, part[7].text) if text) if part[7].text else ""
    text = part[1].text or local or part[12].text or part[4].text
    return Phone(text, part[2].text, part[3].text) if text else None


@dataclass(frozen=True, slots=True)
class Address:
    """XAD as sent."""

    street: str
    other: str
    city: str
    state: str
    postcode: str
    country: str
    type: str
    county: str

    @property
    def text(self) -> str:
        """As it is read: Chinese from the province down without repeating, others from the street up."""
        parts = (self.state, self.city, self.county, self.street, self.other)
        if not IDEOGRAPH.search("".join(parts)):
            return ", ".join(p for p in (self.street, self.other, self.city, self.state, self.postcode) if p)
        above = (part for part in parts[:3] if part not in self.street)
        return "".join((*above, self.street, self.other))


def address(part: Part) -> Address | None:
    """XAD; None when nothing was sent."""
    fields = [part[at].text for at in (2, 3, 4, 5, 6, 7, 9)]
    made = Address(part[1][1].text, *fields)
    return made if made.text else None


@dataclass(frozen=True, slots=True)
class Place:
    """PL: where in an institution; all words of the sender."""

    unit: str
    """PL.1, department or ward."""
    room: str
    bed: str
    institution: str
    building: str
    floor: str

    def __bool__(self) -> bool:
        return any((self.unit, self.room, self.bed, self.institution, self.building, self.floor))


def place(part: Part) -> Place:
    """PL; empty for what was not sent."""
    unit, room, bed, institution = (part[at][1].text for at in (1, 2, 3, 4))
    return Place(unit, room, bed, institution, part[7].text, part[8].text)
