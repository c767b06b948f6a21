"""ORC, OBR, RXO and what stands under them: orders (ORM, OML) and reports (ORU, OUL)."""

from __future__ import annotations

from dataclasses import dataclass, field

from yigongti.exchange.hl7v2.datatypes import Coded, Identifier, PersonName, Staff, coded, entity, moment, staff
from yigongti.exchange.hl7v2.facts import Asked, Order, Person, Report, Result, Visit
from yigongti.exchange.hl7v2.message import Field, Message, Segment
from yigongti.exchange.hl7v2.observations import read_result
from yigongti.exchange.hl7v2.people import read_person
from yigongti.exchange.hl7v2.unreadable import Unreadable
from yigongti.exchange.hl7v2.visits import read_diagnosis, read_visit


# Orders of these kinds say what is asked; others (cancel, change of status) may say only which order they mean.
_NEW = ("NW", "RO", "RP", "RU", "XO")


@dataclass(slots=True)
class Observed:
    """An OBX with its notes while a message is gathered."""

    obx: Segment
    person: Person | None
    about: str
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """The segments of one request."""

    person: Person | None
    visit: Visit | None
    orc: Segment | None = None
    obr: Segment | None = None
    rxo: Segment | None = None
    timing: Segment | None = None
    specimen: Segment | None = None
    observed: list[Observed] = field(default_factory=list)
    diagnoses: list[Segment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    prior: bool = False


class Gathering:
    """Walks once through a message and puts each segment under its request.

    In OUL the specimen comes before its requests and ORC after OBR; elsewhere ORC begins and the specimen follows.
    """

    def __init__(self, message: Message, *, specimen_first: bool) -> None:
        self.persons: list[Person] = []
        self.groups: list[Group] = []
        self.loose: list[Observed] = []
        self.unread: list[Segment] = []
        self._specimen_first = specimen_first
        self._person: Person | None = None
        self._visit: Visit | None = None
        self._visits = 0
        self._specimen: Segment | None = None
        self._waiting: list[Observed] = []
        self._about = "patient"
        self._notes: list[str] | None = None
        self._group: Group | None = None
        for segment in message.segments[1:]:
            self._take(segment)

    def _take(self, segment: Segment) -> None:
        known = {
            "PID": self._pid, "PV1": self._pv1, "ORC": self._orc, "OBR": self._obr, "RXO": self._rxo,
            "OBX": self._obx, "NTE": self._nte, "SPM": self._spm, "TQ1": self._tq1, "DG1": self._dg1,
        }.get(segment.name)  # fmt: skip
        if known:
            known(segment)
        elif segment.name == "SAC":
            self._about, self._notes = "specimen", None
        else:
            self._notes = None
        if not known:
            self.unread.append(segment)

    def _pid(self, segment: Segment) -> None:
        self._person = read_person(segment)
        self.persons.append(self._person)
        self._visit, self._notes, self._group = None, None, None

    def _pv1(self, segment: Segment) -> None:
        self._visit = read_visit(segment, person=self._person)
        self._visits += 1
        self._notes = None

    def _open(self) -> Group:
        prior = len(self.persons) > 1 or self._visits > 1
        group = Group(self._person, self._visit, prior=prior)
        if self._specimen_first:
            group.specimen = self._specimen
            group.observed, self._waiting = self._waiting, []
        self.groups.append(group)
        self._group = group
        self._about = "patient"
        return group

    def _orc(self, segment: Segment) -> None:
        group = self._group if self._group is not None and self._follows(self._group) else self._open()
        group.orc = segment
        self._notes = group.notes

    def _follows(self, last: Group) -> bool:
        """Whether an ORC belongs to the OBR before it."""
        plain = self._specimen_first and self._about == "patient" and last.orc is None
        return plain and last.obr is not None and all(one.about == "specimen" for one in last.observed)

    def _pending(self) -> Group:
        """The group whose ORC came and whose request is to come, or a new one."""
        last = self._group
        return last if last is not None and last.obr is None and last.rxo is None else self._open()

    def _obr(self, segment: Segment) -> None:
        group = self._pending()
        group.obr = segment
        self._notes, self._about = group.notes, "patient"

    def _rxo(self, segment: Segment) -> None:
        group = self._pending()
        group.rxo = segment
        self._notes = group.notes

    def _obx(self, segment: Segment) -> None:
        seen = Observed(segment, self._person, self._about)
        if self._specimen_first and self._about == "specimen":
            self._waiting.append(seen)
        elif self._group is not None:
            self._group.observed.append(seen)
        elif self._person is not None:
            self.loose.append(seen)
        else:
            raise Unreadable(place="OBX", problem="结果前面没有病人也没有申请，不知道属于谁。", rule="hl7v2.loose_obx")
        self._notes = seen.notes

    def _nte(self, segment: Segment) -> None:
        if self._notes is None:
            self.unread.append(segment)
        else:
            self._notes.append(note(segment))

    def _spm(self, segment: Segment) -> None:
        self._about, self._notes = "specimen", None
        if self._specimen_first:
            self._specimen = segment
        elif self._group is not None and self._group.specimen is None:
            self._group.specimen = segment
        else:
            self.unread.append(segment)

    def _tq1(self, segment: Segment) -> None:
        if self._group is not None and self._group.timing is None:
            self._group.timing = segment
        else:
            self.unread.append(segment)

    def _dg1(self, segment: Segment) -> None:
        if self._group is not None:
            self._group.diagnoses.append(segment)
        else:
            self.unread.append(segment)

    def close(self) -> None:
        """Specimen results that no request followed stand for themselves."""
        self.loose += self._waiting
        self._waiting = []


def note(nte: Segment) -> str:
    """NTE-3, its repetitions as lines."""
    return "\n".join(part.text for part in nte[3])


def read_order(group: Group) -> Order:
    """What is asked for. Refused when a new order does not say what."""
    asked = read_asked(group)
    if asked.control in _NEW and not asked.service:
        place = "RXO-1" if group.rxo else "OBR-4"
        raise Unreadable(place=place, problem="新申请没有写明申请什么项目。", rule="hl7v2.no_service")
    return Order(
        person=group.person,
        asked=asked,
        status=group.orc[5].text.upper() if group.orc else "",
        kind="medication" if group.rxo else "service",
        answers=read_observed(group.observed, of=group.obr),
        diagnoses=tuple(map(read_diagnosis, group.diagnoses)),
        notes=tuple(group.notes),
        prior=group.prior,
        visit=group.visit,
    )


def read_report(group: Group) -> Report:
    """What was found. Refused without an OBR."""
    obr = group.obr
    if obr is None:
        raise Unreadable(place="OBR", problem="报告没有 OBR 段，不知道是什么检查。", rule="hl7v2.no_obr")
    return Report(
        person=group.person,
        asked=read_asked(group),
        status=obr[25].text.upper(),
        observed=moment(obr[7].first),
        received=moment(obr[14].first),
        reported=moment(obr[22].first),
        section=obr[24].text.upper(),
        read_by=_reader(obr[32]),
        results=read_observed(group.observed, of=group.obr),
        notes=tuple(group.notes),
        visit=group.visit,
    )


def _reader(sent: Field) -> Staff | None:
    """NDL.1 is number, family and given name as subcomponents; many senders write XCN there."""
    name = sent.first[1]
    if len(name) < 2:
        return staff(sent.first)
    said = PersonName(name[2].text, name[3].text, "", "", "").text
    return Staff(name[1].text, said) if said or name[1] else None


def read_observed(observed: list[Observed], *, of: Segment | None = None) -> tuple[Result, ...]:
    """The results gathered, under the OBR `of` where there is one."""
    return tuple(
        read_result(one.obx, person=one.person, notes=tuple(one.notes), of=of, about=one.about) for one in observed
    )


def read_asked(group: Group) -> Asked:
    """The request of a group; ORC before OBR where both say it."""
    orc, obr = group.orc, group.obr
    return Asked(
        control=orc[1].text.upper() if orc else "",
        placer=_number(orc, obr, 2),
        filler=_number(orc, obr, 3),
        group=entity(orc[4].first) if orc else None,
        service=_service(group),
        ordered=(moment(orc[9].first) if orc else None) or (moment(obr[6].first) if obr else None),
        by=(staff(orc[12].first) if orc else None) or (staff(obr[16].first) if obr else None),
        from_institution=orc[21][1].text if orc else "",
        specimen=_specimen(group),
        priority=_priority(group),
        reason=coded(obr[31].first) if obr else Coded(),
        clinical=obr[13].whole if obr else "",
        role=_role(group),
    )


def _number(orc: Segment | None, obr: Segment | None, at: int) -> Identifier | None:
    """ORC-2/3 and OBR-2/3 are the same number by the standard; the one that is sent counts."""
    return (entity(orc[at].first) if orc else None) or (entity(obr[at].first) if obr else None)


def _service(group: Group) -> Coded:
    segment, at = (group.rxo, 1) if group.rxo else (group.obr, 4)
    return coded(segment[at].first) if segment else Coded()


def _role(group: Group) -> str:
    """What the specimen is for. Analysers without SPM write Q for a control into OBR-11, as ASTM has it; its other
    letters there are actions (table 0065)."""
    said = group.specimen[11].first.text.upper() if group.specimen else ""
    control = group.obr is not None and group.obr[11].text.upper() == "Q"
    return said or ("Q" if control else "")


def _specimen(group: Group) -> Coded:
    """SPM-4, or OBR-15 of versions before 2.5, whose first component is a code of its own."""
    if group.specimen:
        return coded(group.specimen[4].first)
    if not group.obr or not group.obr[15]:
        return Coded()
    part = group.obr[15].first[1]
    return Coded(*(piece.text for piece in part)) if len(part) in (2, 3) else coded(group.obr[15].first)


def _priority(group: Group) -> str:
    """TQ1-9, or OBR-27.6 and OBR-5 of older versions."""
    if group.timing and group.timing[9]:
        return group.timing[9].text
    return (group.obr[27][6].text or group.obr[5].text) if group.obr else ""
