"""What HL7 v2 messages say, written into the record: persons, visits, reports, documents, vaccinations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import singledispatch
from typing import Any

from yigongti.exchange import hl7v2_words, inbox, known_entries, orders
from yigongti.exchange.coding.measuring import Code, Measuring
from yigongti.exchange.hl7v2 import facts
from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.datatypes import Identifier
from yigongti.exchange.hl7v2.framing import is_wrapping
from yigongti.exchange.hl7v2.header import read_header
from yigongti.exchange.hl7v2.message import parse
from yigongti.exchange.hl7v2.order_states import state_of_report
from yigongti.exchange.hl7v2.reading import read_with_rest
from yigongti.exchange.hl7v2.standing import BESIDE, beside_of, role_of, whole_role
from yigongti.exchange.inbox import NoRuleYet, Taken
from yigongti.exchange.matching import Ordered, ToldPerson, TwoPersons, known_persons, person_of, remember
from yigongti.exchange.models import Sender
from yigongti.exchange.policy.orders import NOT_CLOSED, NOT_MEANT, SEVERAL
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal
from yigongti.record.actions import Told
from yigongti.record.queries import Numbered
from yigongti.record.queries.vocabulary import OWN_NUMBERS
from yigongti.residents.actions.arriving import agrees


@dataclass(slots=True, kw_only=True)
class Taking:
    """One message being taken in."""

    sender: Sender
    received_at: datetime
    taken: Taken
    measuring: Measuring
    beside: dict[str, list[str]] = field(default_factory=dict)
    matched: dict[facts.Person, int] = field(default_factory=dict)
    receiver: tuple[str, str] = ("", "")
    """The application and the facility for which the message was meant."""
    ordered: dict[facts.Person, Ordered] = field(default_factory=dict)
    """Of whom it quotes an order that was written here for its sender's institution."""

    def person(self, told: facts.Person) -> int:
        """The resident it is about, matched once however many facts name the same person."""
        if told not in self.matched:
            self.matched[told] = self._match(told)
        return self.matched[told]

    def _match(self, told: facts.Person) -> int:
        said = _told(told)
        resident = person_of(sender=self.sender, told=said, ordered=self.ordered.get(told))
        if any(hl7v2_words.is_id_card(one) for one in told.identifiers) and not said.id_card:
            self.taken.note("身份证号不合规定，没有采用，只记为来源方的号码")
        self.taken.persons.add(resident)
        return resident

    def entry(self, kind: str, number: str, told: Told, *, field: str = "") -> int:
        """Write an entry and say so; its number. `field` is where the sender's own number stands, if it gave one."""
        entry, version = known_entries.write(sender=self.sender, kind=kind, number=number, told=told, field=field)
        self.taken.done.append(f"{told.title}（第 {version} 版）" if version > 1 else told.title)
        return entry


class NotProduction(Refusal):
    """来源方标明这是测试或培训消息（{purpose}），不进居民的档案。"""


@inbox.reads("hl7v2")
def take(sender: Sender, body: bytes, received_at: datetime) -> Taken:
    """Take one message in. Raises what the reader refuses, and NoRuleYet for facts without a place here."""
    found = decode(body)
    if is_wrapping(found.text):
        return Taken(done=["一批消息的头和尾，已留着"])
    message = parse(found.text, charset=found.charset)
    header = read_header(message)
    purpose = header.processing_id
    if purpose and purpose not in tuple(values.value("exchange.processing_ids_taken")):  # type: ignore[arg-type]
        raise NotProduction(field="MSH-11", purpose=purpose)
    taking = _taking(sender, received_at)
    role = whole_role(message)
    if role:
        taking.taken.done.append(f"{role}，不属于任何人")
        return taking.taken
    reading = read_with_rest(message)
    taking.beside = beside_of(message)
    taking.receiver = (header.receiving_application.name, header.receiving_facility.name)
    taking.ordered = _ordered_here(sender, reading.facts)
    for fact in reading.facts:
        write(fact, taking)
    taking.measuring.count_unnamed()
    _say_segments(taking, reading.unread)
    return taking.taken


def _ordered_here(sender: Sender, told: Iterable[object]) -> dict[facts.Person, Ordered]:
    """The people of whom reports and progress quote an order of our own by its number."""
    found = {}
    for fact in told:
        if isinstance(fact, facts.Report | facts.Order) and fact.person is not None and fact.asked.placer:
            placer = fact.asked.placer
            if placer.value.startswith(OWN_NUMBERS) and (
                one := orders.our_own(by=sender.institution_id, placer=placer)
            ):
                found[fact.person] = Ordered(registration=one.resident_id, number=placer.value, field=placer.field)
    return found


def measured_again(sender: Sender, body: bytes, received_at: datetime, *, only: Code) -> bool:
    """Write the measurements of one code in a message that was taken in before; whether there were any."""
    found = decode(body)
    message = parse(found.text, charset=found.charset)
    if whole_role(message):
        return False
    taking = _taking(sender, received_at, only=only)
    for fact in read_with_rest(message).facts:
        if isinstance(fact, facts.Report | facts.Result) and fact.person is not None and not role_of(fact):
            _measure(fact, taking)
    return bool(taking.measuring.written)


def _taking(sender: Sender, received_at: datetime, only: Code | None = None) -> Taking:
    return Taking(sender=sender, received_at=received_at, taken=Taken(), measuring=Measuring(sender=sender, only=only))


def _say_segments(taking: Taking, unread: Sequence[str]) -> None:
    """What was read and stands in no entry's words, and what no rule reads: shown, never dropped unseen."""
    if taking.beside:
        taking.taken.done.append(f"已读、没有采用的段：{'、'.join(taking.beside)}")
    rest = [name for name in unread if name not in BESIDE]
    if rest:
        taking.taken.done.append(f"未读的段：{'、'.join(rest)}")


@singledispatch
def write(fact: object, taking: Taking) -> None:
    """Write one fact; those without a rule let the message wait."""
    raise NoRuleYet(kind=type(fact).__name__)


@write.register
def _(fact: facts.Person, taking: Taking) -> None:
    taking.person(fact)
    taking.taken.note("身份")


@write.register
def _(fact: facts.Visit, taking: Taking) -> None:
    if fact.person is None or fact.happened == "mentioned":
        return
    main = fact.diagnoses[0].code if fact.diagnoses else None
    at = at_of(taking, fact.admitted, fact.occurred)
    told = told_by(
        taking, fact.person, "encounter", title=(main.says if main else "") or fact.reason, at=at,
        until=fact.discharged.at if fact.discharged and fact.discharged.at >= at else None,
        author=fact.attending[0].name if fact.attending else "",
        encounter_class=hl7v2_words.ENCOUNTER_CLASS.get(fact.kind, "outpatient"),
        diagnosis_code=main.code[:20] if main and hl7v2_words.is_icd10(main.system) else "",
        out_of_county=taking.sender.institution.level == "outside",
        withdrawn=fact.happened == "cancelled", detail=lossless(fact, beside=taking.beside),
    )  # fmt: skip
    number = fact.number or fact.account
    taking.entry("visit", number.value if number else at.isoformat(), told, field=number.field if number else "")


@write.register
def _(fact: facts.Report, taking: Taking) -> None:
    if fact.person is None:
        taking.taken.done.append("质控结果，不属于任何人")
        return
    if role_of(fact):
        taking.taken.note(f"{role_of(fact)}，不属于任何人")
        return
    title = fact.asked.service.says or "检验检查报告"
    ordered = _ordered(fact, taking.person(fact.person), taking)
    more: dict[str, Any] = {"order": ordered[0].id} if ordered else {}
    more |= orders.numbers(fact.asked.placer, fact.asked.filler)
    told = told_by(
        taking, fact.person, "report", title=title, at=_reported_at(fact, taking),
        text=hl7v2_words.report_text(fact), author=fact.read_by.name if fact.read_by else "",
        system=fact.asked.service.system[:24], code=fact.asked.service.code[:40], detail=lossless(fact) | more,
    )  # fmt: skip
    number = fact.asked.filler or fact.asked.placer
    report = taking.entry("report", report_key(fact, taking), told, field=number.field if number else "")
    by = taking.sender.institution_id
    closed = [one for one in ordered if orders.may_close(one, by)]
    orders.answered(orders=closed, report=report, by=by, asked=fact.asked, state=state_of_report(fact.status))
    if len(closed) < len(ordered):
        taking.taken.note(f"报告连到申请，没有办结它：{NOT_CLOSED}")
    _measure(fact, taking)


@write.register
def _(fact: facts.Result, taking: Taking) -> None:
    if fact.person is None:
        taking.taken.done.append("质控结果，不属于任何人")
        return
    told = told_by(taking, fact.person, "report", title=fact.name or "结果", at=at_of(taking, fact.time, fact.analysed),
                  text=hl7v2_words.result_line(fact), detail=lossless(fact))  # fmt: skip
    taking.entry("result", f"{fact.code.code}|{fact.sub}|{told.at.isoformat()}", told)
    _measure(fact, taking)


def _ordered(fact: facts.Report, whom: int, taking: Taking) -> list[Numbered]:
    """The orders that a report answers; where their number is others' too, it is said why there is none."""
    said = {"by": taking.sender.institution_id, "resident": whom, "placer": fact.asked.placer,
            "filler": fact.asked.filler}  # fmt: skip
    found = orders.meant(orders.spoken_of(**said), fact.asked.service.code)
    one = orders.of_one_asker(found, fact.asked.placer)
    if not one and (found or orders.of_others(**said)):
        taking.taken.note(f"报告没有对到申请：{SEVERAL if found else NOT_MEANT}")
    return one


def report_key(fact: facts.Report, taking: Taking) -> str:
    """The sender's number of a report, with what was asked: one request may bring several. One without a number is told
    by its time, as a visit is."""
    number = fact.asked.filler or fact.asked.placer
    told = number.value if number else _reported_at(fact, taking).isoformat()
    return f"{told}|{fact.asked.service.code or fact.asked.service.says}"


def _reported_at(fact: facts.Report, taking: Taking) -> datetime:
    return at_of(taking, fact.observed, fact.reported, fact.received)


def _measure(fact: facts.Report | facts.Result, taking: Taking) -> None:
    """The numbers of a report, or a result without one, as measurements of the record's series."""
    if fact.person is None:
        return
    whom = taking.person(fact.person)
    if isinstance(fact, facts.Report):
        results, at = fact.results, _reported_at(fact, taking)
        key = known_entries.name_of(sender=taking.sender, kind="report", number=report_key(fact, taking), whom=whom,
                                    at=at)  # fmt: skip
    else:
        results, at = (fact,), at_of(taking, fact.time, fact.analysed)
        key = at.isoformat()
    taking.measuring.measure(results, key=key, at=at, whom=whom)


@write.register
def _(fact: facts.Allergy, taking: Taking) -> None:
    """What the sender knows of allergies comes again with every message of a visit: only what is new is written."""
    if fact.person is None:
        return
    told = told_by(
        taking, fact.person, "allergy", title=fact.to.says, at=at_of(taking, fact.since),
        text="；".join(filter(None, (hl7v2_words.severity(fact.severity), *fact.reactions))),
        system=fact.to.system[:24], code=fact.to.code[:40],
        detail=lossless(fact) | {"reaction": "；".join(fact.reactions)},
    )  # fmt: skip
    who = taking.person(fact.person)
    if known_entries.write_if_new(sender=taking.sender, kind="allergy", number=f"{who}|{fact.to.code or fact.to.says}",
                                  told=told, timeless=fact.since is None):  # fmt: skip
        taking.taken.done.append(f"过敏：{fact.to.says}")


@write.register
def _(fact: facts.Document, taking: Taking) -> None:
    if fact.person is None:
        raise NoRuleYet(kind="MDM")
    words = [hl7v2_words.result_line(one) for one in fact.contents] + list(fact.notes)
    told = told_by(
        taking, fact.person, "document", title=fact.title or fact.kind.says or "文书",
        at=at_of(taking, fact.time, fact.written), text="\n".join(words),
        author=fact.authors[0].name if fact.authors else "", withdrawn=fact.change == "cancel", detail=lossless(fact),
    )  # fmt: skip
    number = fact.parent if fact.change in ("replacement", "edit", "cancel") and fact.parent else fact.number
    taking.entry(
        "document", number.value if number else told.at.isoformat(), told, field=number.field if number else ""
    )


@write.register
def _(fact: facts.Vaccination, taking: Taking) -> None:
    if fact.person is None or fact.completion in ("RE", "NA"):
        raise NoRuleYet(kind="VXU（未接种）")
    told = told_by(
        taking, fact.person, "immunisation", title=fact.vaccine.says or fact.vaccine.code, at=at_of(taking, fact.time),
        system=fact.vaccine.system[:24], code=fact.vaccine.code[:40], author=fact.by.name if fact.by else "",
        withdrawn=fact.action == "D", detail=lossless(fact) | {"batch": fact.lot},
    )  # fmt: skip
    taking.entry("vaccination", f"{fact.vaccine.code}|{told.at:%Y-%m-%d}|{fact.lot}", told)


@write.register
def _(fact: facts.Merge, taking: Taking) -> None:
    """The numbers that end mean the person that stands, unless they mean somebody else of ours already."""
    resident = taking.person(fact.person)
    gone = tuple(map(_number, fact.gone))
    if known_persons(sender=taking.sender, numbers=gone) - {resident}:
        raise TwoPersons(field="MRG-1", numbers="、".join(value for _, value in gone))
    remember(sender=taking.sender, numbers=gone, resident=resident, how="merge")
    taking.taken.done.append("来源方合并号码")


def _number(one: Identifier) -> tuple[str, str]:
    """A sender's own number as it is remembered: whose numbering and of which type, and the value."""
    return f"{one.system}|{one.type}"[:80], one.value[:120]


def _told(person: facts.Person) -> ToldPerson:
    born = person.birth.day if person.birth else None
    card = next((one.value for one in person.identifiers if hl7v2_words.is_id_card(one)), "")
    card = card if agrees(card, sex=person.sex, born=born) else ""
    numbers = [one for one in person.identifiers if not card or one.value != card]
    return ToldPerson(
        numbers=tuple(map(_number, numbers)),
        name=person.name.text, sex=person.sex, id_card=card,
        born=born,
        born_estimated=bool(person.birth and person.birth.precision in ("year", "month")),
        phone=person.phones[0].number if person.phones else "",
        address=person.addresses[0].text if person.addresses else "",
    )  # fmt: skip


def told_by(taking: Taking, person: facts.Person, kind: str, **columns: Any) -> Told:
    """An entry of the person, on behalf of the sender's institution."""
    return Told(
        resident_id=taking.person(person), institution_id=taking.sender.institution_id, kind=kind, source="inbox",
        **columns,
    )  # fmt: skip


def at_of(taking: Taking, *moments: Any) -> datetime:
    """The first time that was sent; else when it arrived."""
    return next((one.at for one in moments if one is not None), taking.received_at)


def lossless(fact: Any, **more: Any) -> dict[str, Any]:
    """All that was said, but for the person, who stands elsewhere."""
    said = {name: part for name, part in asdict(fact).items() if name not in ("person", "visit")} | more
    return {"hl7v2": hl7v2_words.plain(said)}
