"""From a message to its facts: which types and events are understood, and what each of them says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from yigongti.exchange.hl7v2 import appointments, documents
from yigongti.exchange.hl7v2.allergies import read_allergies
from yigongti.exchange.hl7v2.facts import Fact, Merge, Person, Reading, Result, Unlink
from yigongti.exchange.hl7v2.header import Header, read_header
from yigongti.exchange.hl7v2.message import Message, Segment
from yigongti.exchange.hl7v2.observations import read_result
from yigongti.exchange.hl7v2.people import read_gone, read_person
from yigongti.exchange.hl7v2.requests import Gathering, note, read_observed, read_order, read_report
from yigongti.exchange.hl7v2.unreadable import NoRuleYet, Unreadable
from yigongti.exchange.hl7v2.vaccinations import read_vaccinations
from yigongti.exchange.hl7v2.visits import HAPPENED, read_diagnosis, read_visit


Told = tuple[list[Fact], Iterable[Segment]]
"""Facts, and the segments that the rule left unread."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one type of message is read: its events ('' where a type stands without) and its reader."""

    events: frozenset[str]
    read: Callable[[Message, str], Told]


def read(message: Message) -> list[Fact]:
    """All facts of a message, each Person before what is about that person.

    Raises NoRuleYet for a type or event without a rule, Unreadable (with field, value and rule) for what cannot be
    trusted; a message is read as a whole or not at all.
    """
    return list(read_with_rest(message).facts)


def read_with_rest(message: Message) -> Reading:
    """The facts as `read` gives them, and the names of segments that no rule reads."""
    header = read_header(message)
    rule = _rule(header)
    facts, unread = rule.read(message, header.event)
    return Reading(tuple(facts), tuple(dict.fromkeys(segment.name for segment in unread if segment.name not in _FRAME)))


_FRAME = ("MSH", "SFT", "EVN", "RGS", "DSC")
"""Segments about the message itself; EVN says again what MSH-9 says, its times are read where they matter."""


def _rule(header: Header) -> Rule:
    rule = RULES.get(header.type)
    if rule is None or header.event not in rule.events:
        raise NoRuleYet(kind=header.kind)
    return rule


def _left(message: Message, *names: str) -> list[Segment]:
    return [segment for segment in message.segments if segment.name not in names]


def _pid(message: Message) -> Segment:
    pid = message.first("PID")
    if pid is None:
        raise Unreadable(place="PID", problem="没有 PID 段，不知道是谁。", rule="hl7v2.no_pid")
    return pid


def _anyone(message: Message) -> Person | None:
    pid = message.first("PID")
    return read_person(pid) if pid else None


def _listed(person: Person | None) -> list[Fact]:
    return [person] if person else []


def _adt(message: Message, event: str) -> Told:
    if event == "A40":
        return _merges(message)
    if event == "A37":
        return _unlink(message)
    person = read_person(_pid(message))
    allergies = read_allergies(message, person=person)
    if event in ("A28", "A31"):
        return [person, *allergies], _left(message, "PID", "AL1")
    pv1 = message.first("PV1")
    if pv1 is None:
        raise Unreadable(place="PV1", problem="没有 PV1 段，不知道是哪次就诊。", rule="hl7v2.no_pv1")
    visit = read_visit(
        pv1,
        person=person,
        event=event,
        pv2=message.first("PV2"),
        evn=message.first("EVN"),
        diagnoses=tuple(map(read_diagnosis, message.all("DG1"))),
    )
    results, loose = _results(message.segments, person)
    known = ("PID", "PV1", "PV2", "DG1", "AL1", "OBX", "NTE")
    return [person, visit, *allergies, *results], [*_left(message, *known), *loose]


def _results(segments: Iterable[Segment], person: Person) -> tuple[list[Result], list[Segment]]:
    """OBX that stand under no request, with the notes under them; notes elsewhere are left."""
    found: list[tuple[Segment, list[str]]] = []
    loose: list[Segment] = []
    before = ""
    for segment in segments:
        if segment.name == "OBX":
            found.append((segment, []))
        elif segment.name == "NTE" and before in ("OBX", "NTE") and found:
            found[-1][1].append(note(segment))
        elif segment.name == "NTE":
            loose.append(segment)
        before = segment.name
    return [read_result(obx, person=person, notes=tuple(notes)) for obx, notes in found], loose


def _merges(message: Message) -> Told:
    """A40 may bring several pairs of PID and MRG."""
    facts: list[Fact] = []
    person: Person | None = None
    for segment in message.segments:
        if segment.name == "PID":
            person = read_person(segment)
            facts.append(person)
        elif segment.name == "MRG" and person:
            gone, name = read_gone(segment)
            facts.append(Merge(person, gone, name))
    if not any(isinstance(fact, Merge) for fact in facts):
        raise Unreadable(place="MRG", problem="合并消息没有 PID 和 MRG，不知道谁并到谁。", rule="hl7v2.merge")
    return facts, _left(message, "PID", "MRG")


def _unlink(message: Message) -> Told:
    persons = [read_person(pid) for pid in message.all("PID")]
    if len(persons) != 2:
        raise Unreadable(place="PID", problem="拆分消息应有两个 PID 段。", rule="hl7v2.unlink")
    return [*persons, Unlink(persons[0], persons[1])], _left(message, "PID")


def _orders(message: Message, _event: str) -> Told:
    gathered = _gathered(message, specimen_first=False)
    return _in_turn(gathered, [read_order(group) for group in gathered.groups]), gathered.unread


def _reports(message: Message, _event: str) -> Told:
    gathered = _gathered(message, specimen_first=False)
    return _in_turn(gathered, [read_report(group) for group in gathered.groups]), gathered.unread


def _specimen_reports(message: Message, _event: str) -> Told:
    gathered = _gathered(message, specimen_first=True)
    return _in_turn(gathered, [read_report(group) for group in gathered.groups]), gathered.unread


def _gathered(message: Message, *, specimen_first: bool) -> Gathering:
    gathered = Gathering(message, specimen_first=specimen_first)
    gathered.close()
    if not gathered.groups:
        raise Unreadable(place="OBR", problem="消息里没有任何申请或报告。", rule="hl7v2.empty")
    return gathered


def _in_turn(gathered: Gathering, facts: Iterable[Fact]) -> list[Fact]:
    """Persons in front: each fact names its own."""
    return [*gathered.persons, *read_observed(gathered.loose), *facts]


def _siu(message: Message, event: str) -> Told:
    person = _anyone(message)
    made = appointments.read_appointment(message, event=event, person=person)
    return [*_listed(person), made], _left(message, "PID", "SCH", "TQ1", "NTE", "AIS", "AIG", "AIL", "AIP")


def _mdm(message: Message, event: str) -> Told:
    person = read_person(_pid(message))
    made = documents.read_document(message, event=event, person=person)
    return [person, made], _left(message, "PID", "TXA", "OBX", "NTE", "ORC")


def _vxu(message: Message, _event: str) -> Told:
    person = read_person(_pid(message))
    made = read_vaccinations(message, person=person)
    begun = next(at for at, segment in enumerate(message.segments) if segment.name in ("ORC", "RXA"))
    results, loose = _results(message.segments[:begun], person)
    return [person, *results, *made], [*_left(message, "PID", "ORC", "RXA", "RXR", "OBX", "NTE"), *loose]


RULES: dict[str, Rule] = {
    "ADT": Rule(frozenset({*HAPPENED, "A28", "A31", "A37", "A40"}), _adt),
    "ORM": Rule(frozenset({"", "O01"}), _orders),
    "OML": Rule(frozenset({"", "O21", "O33", "O35"}), _orders),
    "ORU": Rule(frozenset({"", "R01", "R30", "R31", "R32"}), _reports),
    "OUL": Rule(frozenset({"", "R21", "R22", "R23"}), _specimen_reports),
    "SIU": Rule(frozenset(appointments.CHANGES), _siu),
    "MDM": Rule(frozenset(documents.CHANGES), _mdm),
    "VXU": Rule(frozenset({"", "V04"}), _vxu),
}
