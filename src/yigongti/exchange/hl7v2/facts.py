"""What messages say, as plain facts without storage; codes stay as sent, with the system as its sender names it.

Every fact but Person carries the `person` it is about: None where the message names nobody (quality control runs).
Texts that were not sent are '', times that were not sent None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yigongti.exchange.hl7v2.datatypes import (
    Address,
    Coded,
    Identifier,
    Moment,
    PersonName,
    Phone,
    Place,
    Staff,
)


@dataclass(frozen=True, slots=True)
class Person:
    """PID: who it is about."""

    identifiers: tuple[Identifier, ...]
    """PID-2, 3, 4 and 19, in this order of fields; PID-18 is the visit's account."""
    name: PersonName  # the ideographic one first, then the legal one, then the first sent
    other_names: tuple[PersonName, ...]
    """Everything else in PID-5 and PID-9: pinyin, aliases, maiden names."""
    sex: str
    """GB/T 2261.1: 1 male, 2 female, 0 unknown, 9 not said."""
    birth: Moment | None
    """Read `birth.day` and `birth.precision`; the day is as written, in no other zone."""
    died: Moment | None
    dead: bool | None
    """PID-30; None where nothing is said."""
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()
    account: Identifier | None = None
    mother_maiden_name: str = ""
    erased: tuple[str, ...] = ()
    """Fields sent as two quotation marks: the sender says that nothing is there any more."""

    @property
    def born(self) -> date | None:
        """The day, only where a day was sent."""
        return self.birth.day if self.birth and self.birth.precision not in ("year", "month") else None

    @property
    def pinyin(self) -> str:
        """The name in Latin letters beside a Chinese one, '' without."""
        latin = (name for name in self.other_names if not name.is_chinese and name.representation in ("A", "P", ""))
        return next((name.text for name in latin if self.name.is_chinese and name.text.isascii()), "")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """DG1."""

    code: Coded
    kind: str
    """DG1-6: A admitting, W working, F final."""
    time: Moment | None
    by: Staff | None
    priority: str


@dataclass(frozen=True, slots=True)
class Visit:
    """PV1 with what happened to it."""

    person: Person | None
    happened: str
    """pre-admitted, admitted, registered, transferred, discharged, updated, cancelled; or mentioned, in a message about
    something else."""
    cancels: tuple[str, ...]
    """The events that no longer count: A11 takes back A01 or A04, A13 takes back A03."""
    number: Identifier | None
    account: Identifier | None
    kind: str
    """PV1-2: I inpatient, O outpatient, E emergency, P preadmit … as sent."""
    place: Place
    before: Place
    """PV1-6, where the patient was."""
    service: str
    attending: tuple[Staff, ...]
    admitted: Moment | None
    discharged: Moment | None
    left_to: str
    """PV1-36, discharge disposition."""
    diagnoses: tuple[Diagnosis, ...]
    reason: str
    """PV2-3, admit reason."""
    occurred: Moment | None
    """EVN-6, or EVN-2 where it is not sent."""

    @property
    def bed(self) -> str:
        """PV1-3.3."""
        return self.place.bed

    @property
    def institution(self) -> str:
        """The sender's word for it."""
        return self.place.institution


@dataclass(frozen=True, slots=True)
class Number:
    """A number as sent: `Decimal` keeps 1.10 as 1.10."""

    number: Decimal


@dataclass(frozen=True, slots=True)
class Words:
    """A text; a number field that holds none (阴性) is one too."""

    text: str


@dataclass(frozen=True, slots=True)
class Structured:
    """SN: <0.5, 1:128, 2-5, 2+; also what number fields hold as <0.5."""

    comparator: str
    first: Decimal | None
    separator: str
    second: Decimal | None


@dataclass(frozen=True, slots=True)
class Time:
    """DT, TS, DTM; TM stays a text."""

    time: Moment


@dataclass(frozen=True, slots=True)
class Attachment:
    """ED or RP: data in the message, or where it lies."""

    media: str
    subtype: str
    encoding: str
    data: str
    """As sent, undecoded; for RP the pointer."""
    is_pointer: bool


Value = Number | Words | Structured | Coded | Time | Attachment


@dataclass(frozen=True, slots=True)
class Result:
    """OBX: one observation."""

    person: Person | None
    code: Coded
    sub: str
    """OBX-4: tells observations of one code in one report apart."""
    type: str
    """OBX-2 as sent."""
    values: tuple[Value, ...]
    unit: Coded
    range: str
    flags: tuple[str, ...]
    """OBX-8: H, L, HH, LL, N, A …"""
    status: str
    """OBX-11: P preliminary, F final, C corrected, X cannot be had, D deleted, W wrong …; '' not said."""
    time: Moment | None
    """OBX-14, else the report's OBR-7."""
    analysed: Moment | None
    performer: str
    """OBX-23, else OBX-15."""
    by: Staff | None  # OBX-16
    notes: tuple[str, ...]
    about: str = "patient"
    """specimen: it stands under SPM or SAC."""

    @property
    def value(self) -> Value | None:
        """The first value."""
        return self.values[0] if self.values else None

    @property
    def name(self) -> str:
        """What the sender calls it."""
        return self.code.says


@dataclass(frozen=True, slots=True)
class Asked:
    """ORC and OBR (or RXO): which request it is and what was asked."""

    control: str
    """ORC-1: NW new, CA cancel, XO change, RE results follow …"""
    placer: Identifier | None  # the number of who asks
    filler: Identifier | None  # the number of who does it
    group: Identifier | None
    service: Coded
    ordered: Moment | None
    """ORC-9, else OBR-6."""
    by: Staff | None
    """ORC-12, else OBR-16."""
    from_institution: str
    """ORC-21."""
    specimen: Coded
    priority: str
    reason: Coded
    clinical: str
    """OBR-13, relevant clinical information."""
    role: str = ""
    """SPM-11 (table 0369), else Q in OBR-11: Q a control, C a calibrator, P or nothing a patient's specimen."""


@dataclass(frozen=True, slots=True)
class Order:
    """ORM or OML: something is asked for, changed or taken back."""

    person: Person | None
    asked: Asked
    status: str  # ORC-5
    kind: str
    """service, or medication (RXO)."""
    answers: tuple[Result, ...]
    """OBX beside the request: answers to its questions."""
    diagnoses: tuple[Diagnosis, ...]
    notes: tuple[str, ...]
    prior: bool = False
    """An earlier one, sent along for information: it stands under a second PID or PV1."""
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """ORU or OUL: one OBR with its results."""

    person: Person | None
    asked: Asked
    status: str
    """OBR-25: P, F, C, X …"""
    observed: Moment | None
    """OBR-7."""
    received: Moment | None
    """OBR-14, the specimen's arrival."""
    reported: Moment | None
    """OBR-22."""
    section: str
    """OBR-24: LAB, RAD, MB …"""
    read_by: Staff | None
    """OBR-32, who answers for it."""
    results: tuple[Result, ...]
    notes: tuple[str, ...]
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """MDM: TXA and its text."""

    person: Person | None
    change: str
    """new, status, addendum, edit, replacement, cancel."""
    has_content: bool
    """Whether the event promises a text (T02, T04, …)."""
    number: Identifier | None
    """TXA-12."""
    parent: Identifier | None
    """TXA-13, the one that it adds to or replaces."""
    orders: tuple[Identifier, ...]
    """TXA-14 and 15, and ORC-2/3 beside it."""
    kind: Coded
    """TXA-2."""
    title: str
    """TXA-25, else TXA-16 (file name)."""
    time: Moment | None
    """TXA-4, when it was done."""
    written: Moment | None
    """TXA-6."""
    authors: tuple[Staff, ...]
    """TXA-9, else TXA-5."""
    completion: str
    """TXA-17: DI dictated, IP in progress, AU authenticated, LA legally authenticated …"""
    availability: str
    """TXA-19: AV available, CA deleted, OB obsolete, UN unavailable."""
    confidentiality: str
    contents: tuple[Result, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """AIS, AIP, AIL or AIG: what an appointment takes."""

    kind: str
    """service, person, place, equipment."""
    what: Coded
    who: Staff | None
    where: Place | None
    start: Moment | None
    length: str
    """As sent, with its unit."""
    status: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """SIU."""

    person: Person | None
    change: str
    """booked, rescheduled, changed, cancelled, discontinued, deleted, not-come."""
    placer: Identifier | None
    filler: Identifier | None
    reason: Coded
    kind: Coded
    start: Moment | None
    """SCH-11.4, else TQ1-7, else the earliest resource's."""
    end: Moment | None
    status: str
    """SCH-25."""
    resources: tuple[Resource, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vaccination:
    """VXU: one RXA."""

    person: Person | None
    order: Asked | None
    vaccine: Coded
    time: Moment | None
    dose: Decimal | None
    """None for 999, the standard's word for unknown."""
    unit: Coded
    lot: str
    expires: Moment | None
    manufacturer: Coded
    completion: str
    """RXA-20: CP complete, RE refused, NA not given, PA partly; '' counts as complete in the standard."""
    refusal: Coded
    action: str
    """RXA-21: A add, U update, D delete."""
    source: Coded
    """RXA-9: 00 new, 01 … historical."""
    by: Staff | None
    place: Place
    route: Coded
    site: Coded
    results: tuple[Result, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allergy:
    """AL1."""

    person: Person | None
    kind: str
    """AL1-2: DA drug, FA food, EA environment, MA miscellaneous …"""
    to: Coded
    severity: str
    """AL1-4: SV severe, MO moderate, MI mild, U unknown."""
    reactions: tuple[str, ...]
    since: Moment | None


@dataclass(frozen=True, slots=True)
class Merge:
    """A40: two registrations are one person; `gone` are the numbers that end."""

    person: Person
    gone: tuple[Identifier, ...]
    gone_name: PersonName


@dataclass(frozen=True, slots=True)
class Unlink:
    """A37: two registrations are not one person after all."""

    person: Person
    other: Person


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a message says, and the segments that no rule here reads: shown, never dropped unseen."""

    facts: tuple[Fact, ...]
    unread: tuple[str, ...] = field(default=())
    """Names of segments, each once, in their order."""


Fact = Person | Visit | Order | Report | Result | Document | Appointment | Vaccination | Allergy | Merge | Unlink
