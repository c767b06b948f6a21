"""What MSH says: who sent what to whom, when, and which answers it wants."""

from __future__ import annotations

from dataclasses import dataclass

from yigongti.exchange.hl7v2.datatypes import Moment, moment
from yigongti.exchange.hl7v2.message import Message, Part, Segment, Separators, parse
from yigongti.exchange.hl7v2.unreadable import Unreadable


WISHES = ("AL", "NE", "ER", "SU")
"""Table 0155."""


@dataclass(frozen=True, slots=True)
class Party:
    """An application or facility: its name (HD.1) and, where given, its universal id with the id's kind."""

    name: str
    universal_id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The facts of MSH; a text that was not sent is ''."""

    sending_application: Party
    sending_facility: Party
    receiving_application: Party
    receiving_facility: Party
    time: Moment | None
    type: str
    """MSH-9.1, as ADT."""
    event: str
    """MSH-9.2, as A01; '' for types without."""
    structure: str
    control_id: str
    processing_id: str
    """P production, T training, D debugging; other letters as sent."""
    version: str
    accept: str
    """MSH-15: AL, NE, ER, SU; anything else asks for nothing."""
    application: str
    """MSH-16 likewise; analysers of Mindray say here what they measured: 0 a patient's sample, 1 a calibrator, 2 a
    control."""
    country: str
    charsets: tuple[str, ...]
    """MSH-18, every repetition."""
    separators: Separators

    @property
    def kind(self) -> str:
        """Type and event, as ADT^A01."""
        return f"{self.type}^{self.event}" if self.event else self.type

    @property
    def enhanced(self) -> bool:
        """Whether the sender asks for enhanced acknowledgement by MSH-15 or MSH-16."""
        return self.accept in WISHES or self.application in WISHES


def read_header(message: Message) -> Header:
    """The header of a message. Raises Unreadable without a type or a control id, or for a date that does not exist."""
    msh = message.segments[0]
    header = _header(msh, moment(msh[7].first))
    if not header.type:
        raise Unreadable(place="MSH-9", problem="没有消息类型。", rule="hl7v2.no_type")
    if not header.control_id:
        raise Unreadable(place="MSH-10", problem="没有消息编号，无法应答和去重。", rule="hl7v2.no_control_id")
    return header


def glimpse(text: str) -> Header | None:
    """The header as far as its first line can be read, to answer what is otherwise unreadable; None without MSH."""
    line = text.lstrip("\ufeff\r\n").replace("\n", "\r").split("\r", 1)[0]
    try:
        return _header(parse(line).segments[0], None)
    except Unreadable:
        return None


def _header(msh: Segment, time: Moment | None) -> Header:
    return Header(
        sending_application=_party(msh[3].first),
        sending_facility=_party(msh[4].first),
        receiving_application=_party(msh[5].first),
        receiving_facility=_party(msh[6].first),
        time=time,
        type=msh[9][1].text.upper(),
        event=msh[9][2].text.upper(),
        structure=msh[9][3].text.upper(),
        control_id=msh[10].first.text,
        processing_id=msh[11].text.upper(),
        version=msh[12].text,
        accept=msh[15].text.upper(),
        application=msh[16].text.upper(),
        country=msh[17].text,
        charsets=tuple(part.text for part in msh[18]),
        separators=msh.separators,
    )


def _party(part: Part) -> Party:
    return Party(part[1].text, part[2].text, part[3].text)
