"""MDM: a document's announcement, text, change or withdrawal."""

from __future__ import annotations

from yigongti.exchange.hl7v2.datatypes import Identifier, coded, entity, moment
from yigongti.exchange.hl7v2.facts import Document, Person, Result
from yigongti.exchange.hl7v2.message import Message, Segment
from yigongti.exchange.hl7v2.observations import read_result
from yigongti.exchange.hl7v2.requests import note
from yigongti.exchange.hl7v2.unreadable import Unreadable
from yigongti.exchange.hl7v2.visits import all_staff


CHANGES = {
    "T01": "new", "T02": "new", "T03": "status", "T04": "status", "T05": "addendum", "T06": "addendum",
    "T07": "edit", "T08": "edit", "T09": "replacement", "T10": "replacement", "T11": "cancel",
}  # fmt: skip
"""HL7 v2.5.1 chapter 9; even numbers bring the content."""


def read_document(message: Message, *, event: str, person: Person | None) -> Document:
    """The document of a TXA. Refused without TXA."""
    txa = message.first("TXA")
    if txa is None:
        raise Unreadable(place="TXA", problem="文书消息没有 TXA 段，不知道是哪份文书。", rule="hl7v2.no_txa")
    contents, notes = _contents(message, person)
    return Document(
        person=person,
        change=CHANGES[event],
        has_content=int(event[1:]) % 2 == 0,
        number=entity(txa[12].first),
        parent=entity(txa[13].first),
        orders=_orders(message, txa),
        kind=coded(txa[2].first),
        title=txa[25].whole or txa[16].whole,
        time=moment(txa[4].first),
        written=moment(txa[6].first),
        authors=all_staff(txa[9]) or all_staff(txa[5]),
        completion=txa[17].text.upper(),
        availability=txa[19].text.upper(),
        confidentiality=txa[18].text.upper(),
        contents=contents,
        notes=notes,
    )


def _orders(message: Message, txa: Segment) -> tuple[Identifier, ...]:
    parts = [part for at in (14, 15) for part in txa[at]]
    parts += [orc[at].first for orc in message.all("ORC") for at in (2, 3)]
    found = {(made.system, made.value): made for part in parts if (made := entity(part))}
    return tuple(found.values())


def _contents(message: Message, person: Person | None) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """The text, and notes: those under an OBX stay with it."""
    found: list[tuple[Segment, list[str]]] = []
    notes: list[str] = []
    for segment in message.segments:
        if segment.name == "OBX":
            found.append((segment, []))
        elif segment.name == "NTE":
            (found[-1][1] if found else notes).append(note(segment))
    made = tuple(read_result(obx, person=person, notes=tuple(own), about="document") for obx, own in found)
    return made, tuple(notes)
