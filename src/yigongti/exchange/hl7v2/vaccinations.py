"""VXU: vaccinations given, refused, corrected or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yigongti.exchange.hl7v2.datatypes import Coded, coded, moment, number, place, staff
from yigongti.exchange.hl7v2.facts import Person, Result, Vaccination
from yigongti.exchange.hl7v2.message import Field, Message, Segment
from yigongti.exchange.hl7v2.observations import read_result
from yigongti.exchange.hl7v2.requests import Group, note, read_asked
from yigongti.exchange.hl7v2.unreadable import BadField, Unreadable


UNKNOWN_DOSE = Decimal(999)


def read_vaccinations(message: Message, *, person: Person | None) -> list[Vaccination]:
    """Each RXA with what stands around it. Refused when there is none, or one without vaccine or time."""
    made = [_vaccination(group, person) for group in _groups(message) if any(s.name == "RXA" for s in group)]
    if not made:
        raise Unreadable(place="RXA", problem="接种消息没有 RXA 段，没有接种内容。", rule="hl7v2.no_rxa")
    return made


def _groups(message: Message) -> Iterator[list[Segment]]:
    """ORC begins a vaccination; where it is not sent, RXA does."""
    group: list[Segment] = []
    for segment in message.segments:
        begins = segment.name == "ORC" or (segment.name == "RXA" and (not group or _has(group, "RXA")))
        if begins and group:
            yield group
        if begins:
            group = [segment]
        elif group:
            group.append(segment)
    yield group


def _has(group: list[Segment], name: str) -> bool:
    return any(segment.name == name for segment in group)


def _first(group: list[Segment], name: str) -> Segment | None:
    return next((segment for segment in group if segment.name == name), None)


def _vaccination(group: list[Segment], person: Person | None) -> Vaccination:
    rxa = next(segment for segment in group if segment.name == "RXA")
    orc, rxr = _first(group, "ORC"), _first(group, "RXR")
    vaccine, time = coded(rxa[5].first), moment(rxa[3].first)
    if not vaccine or time is None:
        raise Unreadable(place="RXA", problem="接种没有写明疫苗或时间。", rule="hl7v2.vaccine")
    results, notes = _results(group, person)
    return Vaccination(
        person=person,
        order=read_asked(Group(person, None, orc=orc)) if orc else None,
        vaccine=vaccine,
        time=time,
        dose=_dose(rxa[6]),
        unit=coded(rxa[7].first),
        lot=rxa[15].text,
        expires=moment(rxa[16].first),
        manufacturer=coded(rxa[17].first),
        completion=rxa[20].text.upper(),
        refusal=coded(rxa[18].first),
        action=rxa[21].text.upper(),
        source=coded(rxa[9].first),
        by=staff(rxa[10].first),
        place=place(rxa[11].first),
        route=coded(rxr[1].first) if rxr else Coded(),
        site=coded(rxr[2].first) if rxr else Coded(),
        results=results,
        notes=notes,
    )


def _dose(sent: Field) -> Decimal | None:
    if not sent:
        return None
    dose = number(sent.text)
    if dose is None:
        raise BadField(place=sent.place, value=sent.text, problem="剂量不是数字。", rule="hl7v2.dose")
    return None if dose == UNKNOWN_DOSE else dose


def _results(group: list[Segment], person: Person | None) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    seen: list[tuple[Segment, list[str]]] = []
    notes: list[str] = []
    for segment in group:
        if segment.name == "OBX":
            seen.append((segment, []))
        elif segment.name == "NTE":
            (seen[-1][1] if seen else notes).append(note(segment))
    return tuple(read_result(obx, person=person, notes=tuple(own)) for obx, own in seen), tuple(notes)
