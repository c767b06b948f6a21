"""SIU: an appointment with what and whom it takes."""

from __future__ import annotations

from yigongti.exchange.hl7v2.datatypes import Moment, coded, entity, moment, place, staff
from yigongti.exchange.hl7v2.facts import Appointment, Person, Resource
from yigongti.exchange.hl7v2.message import Message, Segment
from yigongti.exchange.hl7v2.requests import note
from yigongti.exchange.hl7v2.unreadable import Unreadable


CHANGES = {
    "S12": "booked", "S13": "rescheduled", "S14": "changed", "S15": "cancelled", "S16": "discontinued",
    "S17": "deleted", "S18": "changed", "S19": "changed", "S20": "changed", "S21": "changed", "S22": "changed",
    "S26": "not-come",
}  # fmt: skip
"""HL7 v2.5.1 chapter 10; S18 to S22 change services or resources."""

# Where each AI segment has its start, length, unit and status.
_RESOURCES = {
    "AIS": ("service", 4, 7, 8, 10), "AIG": ("equipment", 8, 11, 12, 14), "AIL": ("place", 6, 9, 10, 12),
    "AIP": ("person", 6, 9, 10, 12),
}  # fmt: skip


def read_appointment(message: Message, *, event: str, person: Person | None) -> Appointment:
    """The appointment of a SCH. Refused without SCH or without any number of it."""
    sch = message.first("SCH")
    if sch is None:
        raise Unreadable(place="SCH", problem="预约消息没有 SCH 段。", rule="hl7v2.no_sch")
    placer, filler = entity(sch[1].first), entity(sch[2].first)
    if placer is None and filler is None:
        raise Unreadable(place="SCH-1", problem="预约没有编号，以后改期或取消时对不上。", rule="hl7v2.no_appointment")
    resources = tuple(_resource(segment) for segment in message.segments if segment.name in _RESOURCES)
    start, end = _span(message, sch)
    starts = [one.start for one in resources if one.start]
    return Appointment(
        person=person,
        change=CHANGES[event],
        placer=placer,
        filler=filler,
        reason=coded(sch[7].first) or coded(sch[6].first),
        kind=coded(sch[8].first),
        start=start or min(starts, key=lambda one: one.at, default=None),
        end=end,
        status=coded(sch[25].first).says,
        resources=resources,
        notes=tuple(note(nte) for nte in message.all("NTE")),
    )


def _span(message: Message, sch: Segment) -> tuple[Moment | None, Moment | None]:
    """SCH-11.4 and 5 up to 2.4, TQ1-7 and 8 since."""
    start, end = moment(sch[11][4]), moment(sch[11][5])
    timing = message.first("TQ1")
    if timing:
        start, end = start or moment(timing[7].first), end or moment(timing[8].first)
    return start, end


def _resource(segment: Segment) -> Resource:
    kind, start, length, unit, status = _RESOURCES[segment.name]
    amount = " ".join(text for text in (segment[length].text, coded(segment[unit].first).says) if text)
    is_coded = kind in ("service", "equipment")
    return Resource(
        kind=kind,
        what=coded(segment[3].first) or coded(segment[4].first) if is_coded else coded(segment[4].first),
        who=staff(segment[3].first) if kind == "person" else None,
        where=place(segment[3].first) if kind == "place" else None,
        start=moment(segment[start].first),
        length=amount,
        status=coded(segment[status].first).says if segment[status] else "",
    )
