"""What an SCP-ECG file says in words and numbers: section 1 (who, when, by which device), 7 (measurements), 8 (text).

Source: EN 1064 5.4, 5.10 and 5.11. Texts are in no stated Chinese set: UTF-8 is tried, then GB18030, then Latin-1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from yigongti.exchange.waveforms.form import Measurement, Subject
from yigongti.exchange.waveforms.refusing import Unreadable


NAME, FIRST_NAME, PATIENT, SECOND_NAME, AGE, BORN, SEX, DEVICE, DAY, TIME, FREE_TEXT, SEQUENCE, ZONE, END = (
    0, 1, 2, 3, 4, 5, 8, 14, 25, 26, 30, 31, 34, 255,
)  # fmt: skip
SEXES = {1: "male", 2: "female"}
AGE_UNITS = {1: "Y", 2: "M", 3: "W", 4: "D", 5: "H"}
NOT_MEASURED = (29999, 19999, 999, 32767)
ZONE_UNKNOWN = 0x7FFF
# Of each group of complexes, in the standard's order.
INTERVALS = ("P onset", "P offset", "QRS onset", "QRS offset", "T offset", "P axis", "QRS axis", "T axis")


@dataclass(frozen=True, slots=True)
class Facts:
    """Section 1, as far as the form asks for it."""

    subject: Subject
    started: datetime | None
    device: str
    identifier: str
    notes: tuple[str, ...]


def facts(body: bytes) -> Facts:
    """Read section 1; raises `Unreadable` where a field runs out of the section or is no date."""
    told: dict[int, bytes] = {}
    notes = []
    for tag, value in _fields(body):
        told.setdefault(tag, value)
        if tag == FREE_TEXT:
            notes.append(text(value))
    names = (text(told.get(tag, b"")) for tag in (NAME, SECOND_NAME, FIRST_NAME))
    subject = Subject(
        identifier=text(told.get(PATIENT, b"")),
        name=" ".join(filter(None, names)),
        sex=SEXES.get(int.from_bytes(told.get(SEX, b"")[:1]), ""),
        born=_day(told.get(BORN, b"")),
        age=_age(told.get(AGE, b"")),
    )
    model = text(told.get(DEVICE, b"")[8:14])
    return Facts(subject, _started(told), model, text(told.get(SEQUENCE, b"")), tuple(filter(None, notes)))


def text(value: bytes) -> str:
    """A text up to its closing zero byte, in whichever set its bytes make sense."""
    plain = value.partition(b"\0")[0].strip()
    for charset in ("utf-8", "gb18030"):
        try:
            return plain.decode(charset)
        except UnicodeDecodeError:
            continue
    return plain.decode("latin-1")


def statements(body: bytes) -> tuple[str, ...]:
    """Section 8: the texts of the device's interpretation, in its order."""
    if len(body) < 9:
        return ()
    found, place = [], 9
    for _ in range(body[8]):
        if place + 3 > len(body):
            raise Unreadable(what="段", value=8, problem="文字诊断在中间断了", rule="scp.statements")
        size = int.from_bytes(body[place + 1 : place + 3], "little")
        found.append(text(body[place + 3 : place + 3 + size]))
        place += 3 + size
    return tuple(filter(None, found))


def measurements(body: bytes) -> tuple[Measurement, ...]:
    """Section 7: intervals of the whole recording and of each group of complexes, in ms and degrees."""
    if len(body) < 6:
        return ()
    groups, _spikes, rr, pp = struct.unpack_from("<BBHH", body)
    found = [("RR interval", rr, "ms"), ("PP interval", pp, "ms")]
    for place in range(groups):
        group = f" #{place + 1}" if place else ""
        if 6 + 16 * (place + 1) > len(body):
            raise Unreadable(what="段", value=7, problem="测量值在中间断了", rule="scp.measurements")
        values = struct.unpack_from("<5H3h", body, 6 + 16 * place)
        named = zip(INTERVALS, values, strict=True)
        found += [(name + group, value, "deg" if name.endswith("axis") else "ms") for name, value in named]
    return tuple(Measurement(name, value, unit) for name, value, unit in found if value not in NOT_MEASURED)


def _fields(body: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 3 <= len(body) and body[place] != END:
        size = int.from_bytes(body[place + 1 : place + 3], "little")
        if place + 3 + size > len(body):
            raise Unreadable(what="段", value=1, problem="字段比段还长", rule="scp.fields")
        yield body[place], body[place + 3 : place + 3 + size]
        place += 3 + size


def _age(value: bytes) -> str:
    age, unit = int.from_bytes(value[:2], "little"), AGE_UNITS.get(int.from_bytes(value[2:3]), "")
    return f"{age}{unit}" if unit else ""


def _day(value: bytes) -> date | None:
    if len(value) < 4 or not any(value[:4]):
        return None
    try:
        return date(int.from_bytes(value[:2], "little"), value[2], value[3])
    except ValueError as wrong:
        raise Unreadable(what="日期", value=value[:4].hex(), problem="不是日期", rule="scp.date") from wrong


def _started(told: dict[int, bytes]) -> datetime | None:
    day, clock = _day(told.get(DAY, b"")), told.get(TIME, b"")
    if day is None or len(clock) < 3:
        return None
    try:
        return datetime.combine(day, time(clock[0], clock[1], clock[2], tzinfo=_zone(told.get(ZONE, b""))))
    except ValueError as wrong:
        raise Unreadable(what="时间", value=clock[:3].hex(), problem="不是时间", rule="scp.time") from wrong


def _zone(value: bytes) -> timezone | None:
    """Minutes east of Greenwich; 0x7FFF and an absent field say nothing."""
    minutes = int.from_bytes(value[:2], "little", signed=True) if len(value) >= 2 else ZONE_UNKNOWN
    return None if minutes == ZONE_UNKNOWN or abs(minutes) >= 1440 else timezone(timedelta(minutes=minutes))
