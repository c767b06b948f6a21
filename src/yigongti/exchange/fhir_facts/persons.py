"""Whom resources are about: each Patient becomes or means a resident, once; the others are found by reference.

Race, language and other extensions of a Patient stay in the resource alone: the register has no column for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from urllib.parse import parse_qsl

from yigongti.exchange.fhir_facts.calls import Call, UnknownPatient, address_of
from yigongti.exchange.fhir_facts.words import Resource, code_of, day, first_code, listed, name_of, text
from yigongti.exchange.fhir_facts.words import address_of as lives_at
from yigongti.exchange.matching import Number, ToldPerson, ask_known, known_persons, meant, remember
from yigongti.exchange.policy.fhir_systems import ID_CARD
from yigongti.kernel import clock, prepared
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.prepared import Answer
from yigongti.kernel.refusal import Refusal, Refusals
from yigongti.record.queries.lasts import last_alive
from yigongti.residents.actions.arriving import agrees
from yigongti.residents.actions.deaths import DeathDay, record_deaths


SEXES = {"male": "1", "female": "2", "other": "9"}
ELEMENTS = {"name": "name", "PID-5": "name", "PID-3": "identifier", "sex": "gender", "birth_date": "birthDate",
            "id_card": "identifier", "lives_address": "address"}  # fmt: skip
ID_CARD_TYPES = ("NI", "NNCHN")
"""HL7 table 0203: national identifier, that of China."""
PATIENT, DEATH = "Patient", "Patient.deceased"
"""Systems of our own among a sender's numbers: the resource's id, and a death that it has told before."""
ROOMS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom the resources tell of, and the question who is known of them, which is on its way."""

    told: Mapping[str, ToldPerson]
    known: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom the resources tell of, and every number by which they name anybody."""

    told: Mapping[str, ToldPerson]
    numbers: frozenset[Number]


def named(call: Call) -> Named:
    """Read who they are."""
    told = {address_of(one): _told(one) for one in call.of("Patient")}
    numbers = {number for one in told.values() for number in one.numbers}
    return Named(told=told, numbers=frozenset(numbers | {(PATIENT, target) for target in _targets(call)}))


def wait(call: Call, who: Named) -> None:
    """Wait for whoever has one of these people in hand: of two bundles about somebody new the second finds the first's.
    Where nobody is told of, all that are named have been here before: no need to wait."""
    if who.told:
        prepared.ask(ALONE, {"space": LOCK, "rooms": sorted({_room(call, *number) for number in who.numbers})})


def ask(call: Call, who: Named) -> Asked:
    """Ask who is known of them, once their turn has come."""
    return Asked(told=who.told, known=ask_known(sender=call.sender, numbers=who.numbers))


def match(call: Call, asked: Asked) -> None:
    """Find or register everybody whom the resources are about."""
    known: dict[Number, int] = {(system, value): master for system, value, master in asked.known.rows()}
    for address, told in asked.told.items():
        call.residents[address] = _person(call, address, told, known)
        call.count(call.resources[address], "person")
    for (system, value), master in known.items():
        if system == PATIENT:
            call.residents.setdefault(value, master)


def _person(call: Call, address: str, told: ToldPerson, known: dict[Number, int]) -> int:
    masters = {known[number] for number in told.numbers if number in known}
    try:
        resident, how = meant(sender=call.sender, told=told, known=masters, by=call.by, whole=True)
    except Refusals as many:
        raise Refusals([_placed(one, address) for one in many.all]) from many
    except Refusal as one:
        raise _placed(one, address) from one
    remember(sender=call.sender, numbers=told.numbers, resident=resident, how=how)
    known |= dict.fromkeys(told.numbers, resident)
    return resident


def _placed(refusal: Refusal, address: str) -> Refusal:
    refusal.field = f"{address}.{ELEMENTS.get(refusal.field, refusal.field)}".rstrip(".")
    return refusal


# People share a fixed number of locks, taken in order, so that a load of thousands neither fills the table of locks nor
# meets another crosswise.
ALONE = "SELECT pg_advisory_xact_lock(%(space)s::int, room) FROM unnest(%(rooms)s::int[]) AS room"
LOCK = 0x46484952  # "FHIR"


def _room(call: Call, system: str, value: str) -> int:
    key = f"{call.sender.pk}|{system}|{value}"
    return int.from_bytes(blake2b(key.encode(), digest_size=4).digest()) % ROOMS


def _targets(call: Call) -> set[str]:
    found = (call.target(call.subject(one)) for one in call.resources.values())
    return {one for one in found if one.startswith("Patient/")}


# --- a Patient as the register is told of them


def _told(patient: Resource) -> ToldPerson:
    numbers = [one for one in listed(patient.get("identifier")) if text(one.get("value"))]
    sex, born = SEXES.get(text(patient.get("gender")), "0"), day(patient.get("birthDate"))
    cards = (text(one["value"]).upper() for one in numbers if _is_id_card(one))
    card = next((one for one in cards if agrees(one, sex=sex, born=born)), "")
    own = [number_of(one) for one in numbers if text(one["value"]).upper() != card]
    return ToldPerson(
        numbers=tuple(dict.fromkeys([(PATIENT, address_of(patient)), *own])), name=name_of(patient.get("name")),
        sex=sex, born=born, born_estimated=len(text(patient.get("birthDate"))) < len("1990-01-01"), id_card=card,
        phone=_phone(patient), address=lives_at(patient.get("address")),
    )  # fmt: skip


def _is_id_card(identifier: Resource) -> bool:
    return text(identifier.get("system")) in ID_CARD or first_code(identifier.get("type")) in ID_CARD_TYPES


def number_of(identifier: Resource) -> Number:
    """A number as it is remembered: whose numbering, and the value; what is longer than its column, by its digest."""
    system = text(identifier.get("system")) or code_of(identifier.get("type"))[1]
    return _short(f"fhir|{system}", 80), _short(text(identifier.get("value")), 120)


def _short(said: str, most: int) -> str:
    if len(said) <= most:
        return said
    return f"{said[: most - 33]}#{blake2b(said.encode(), digest_size=16).hexdigest()}"


def _phone(patient: Resource) -> str:
    return next((text(one.get("value")) for one in listed(patient.get("telecom")) if one.get("system") == "phone"), "")


# --- everybody else's subject


def resident_of(call: Call, resource: Resource) -> int | None:
    """Whom a resource is about; None where it names no patient. Raises UnknownPatient."""
    subject = call.subject(resource)
    if subject is None:
        return None
    target = call.target(subject)
    if target.startswith("urn:"):
        raise _unknown(resource, target)
    if target and not target.startswith("Patient"):
        return None
    if not target:  # by its identifier alone, which differs from resource to resource
        return _by_number(call, resource, subject, "")
    if target not in call.residents:
        call.residents[target] = _by_number(call, resource, subject, target)
    return call.residents[target]


def _by_number(call: Call, resource: Resource, subject: Resource, target: str) -> int:
    numbers = _numbers_of(subject, target)
    found = known_persons(sender=call.sender, numbers=numbers) if numbers else set()
    if len(found) != 1:
        raise _unknown(resource, target or "、".join(value for _, value in numbers))
    return found.pop()


def _numbers_of(subject: Resource, target: str) -> list[Number]:
    """By a search like Patient?identifier=system|value, or by the identifier beside the reference."""
    if target.startswith("Patient/"):
        return []
    if target.startswith("Patient?"):
        asked = dict(parse_qsl(target.partition("?")[2])).get("identifier", "")
        system, _, value = asked.rpartition("|")
        return [number_of({"system": system, "value": value})] if value else []
    return [number_of(one) for one in listed(subject.get("identifier")) if text(one.get("value"))]


def _unknown(resource: Resource, said: str) -> UnknownPatient:
    place = address_of(resource)
    return UnknownPatient(field=f"{place}.subject", element=place, value=said[:80])


# --- deaths


def tell_deaths(call: Call) -> None:
    """Register the deaths that Patients tell of and nobody has told of before.

    A death once told is not told again: what data staff decide about it stays. Nothing is registered where the record
    shows the person alive some days later, or what is registered says otherwise.
    """
    days = {}
    for patient in call.of("Patient"):
        died = _died(call, patient)
        if died is not None:
            days[address_of(patient)] = died
    fresh = {address: died for address, died in days.items() if not _told_before(call, address, died)}
    if not fresh:
        return
    prepared.flush()  # what came along may show them alive
    alive = last_alive(for_=call.by, residents=[call.residents[one] for one in fresh])
    spare = timedelta(days=values.number("publichealth.days_after_death"))
    for address, died in fresh.items():
        seen = alive.get(call.residents[address])
        if seen and seen.astimezone(clock.COUNTY_ZONE).date() > died + spare:
            call.remarks.append(str(phrase("送来的死亡日期之后还有就诊或测量记录，没有登记去世，请核对")))
        else:
            _register(call, call.residents[address], died)


def _died(call: Call, patient: Resource) -> date | None:
    if patient.get("deceasedBoolean") is True:
        call.remarks.append(str(phrase("说已去世但没有日期，没有登记去世，请核对")))
    written = patient.get("deceasedDateTime")
    if written and len(text(written)) < len("2016-12-10"):
        call.remarks.append(str(phrase("死亡日期不到日，没有登记去世，请核对")))
        return None
    return day(written)


def _told_before(call: Call, address: str, died: date) -> bool:
    number = (DEATH, f"{address} {died.isoformat()}")
    known = bool(known_persons(sender=call.sender, numbers=[number]))
    remember(sender=call.sender, numbers=[number], resident=call.residents[address], how="death")
    return known


def _register(call: Call, resident: int, died: date) -> None:
    receipt = record_deaths(by=call.by, deaths=[DeathDay(resident_id=resident, died_on=died)])
    (said,) = receipt.data["deaths"]
    if said["what"] == "contradicts":
        call.remarks.append(str(phrase("没有登记去世：{why}", why=said["why"])))
    elif said["what"] == "applied":
        call.remarks.append(str(phrase("登记去世")))
