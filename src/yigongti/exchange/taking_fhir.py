"""What FHIR resources say, written into the record: persons, visits, and all that belongs to them.

`named`, `wait`, `ask` and `apply` are the door of the FHIR store, for clients and for files: its resources are checked
and have their ids. They work inside their caller's transaction: everything is written, or a refusal names what cannot
be. The caller says in its own entry in the trail which entries were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yigongti.exchange.fhir_facts import known, persons, requests, settlements
from yigongti.exchange.fhir_facts.around import referred as referred
from yigongti.exchange.fhir_facts.around import referred_further as referred_further
from yigongti.exchange.fhir_facts.calls import Call, Visit, address_of, joined
from yigongti.exchange.fhir_facts.calls import call as call
from yigongti.exchange.fhir_facts.findings import columns_of
from yigongti.exchange.fhir_facts.known import Wanted
from yigongti.exchange.fhir_facts.persons import Asked
from yigongti.exchange.fhir_facts.persons import ask as ask
from yigongti.exchange.fhir_facts.persons import named as named
from yigongti.exchange.fhir_facts.persons import wait as wait
from yigongti.exchange.fhir_facts.words import Resource
from yigongti.exchange.inbox import Taken
from yigongti.exchange.policy.fhir_claims import SETTLED
from yigongti.record.actions import Told


UNDATED = "（没有送来时间，按收到时）"


def apply(made: Call, *, asked: Asked) -> Taken:
    """Take resources in, in any order; `made.around` holds what they refer to and came before.

    A resource told before becomes a new version of its entry, the same again nothing. What the record has no kind for
    is counted as kept, not dropped: it stays where the resource is kept.
    """
    persons.match(made, asked)
    visits = _wanted(made, made.of("Encounter"))
    entries = known.write_all(made, visits)
    made.visits = {
        one: Visit(entry=entry, at=visits[one].told.at)
        for one, entry in entries.items() if visits[one].told.kind == "encounter"
    }  # fmt: skip
    _find_earlier_visits(made)
    ordered = known.write_all(made, requests.carried(made, _wanted(made, made.of("ServiceRequest"))))
    elsewhere = ("Patient", "Encounter", "ServiceRequest", *SETTLED)
    _write(
        made, _wanted(made, (one for one in made.resources.values() if one["resourceType"] not in elsewhere)), ordered
    )
    settlements.take(made)
    requests.move(made, ordered)
    persons.tell_deaths(made)
    return _taken(made)


def _write(made: Call, wanted: Mapping[str, Wanted], ordered: Mapping[str, int]) -> None:
    """Reports lead to the orders that they answer, and bring them on."""
    answered = requests.answers(made, wanted, ordered)
    entries = known.write_all(made, requests.leading(wanted, answered))
    requests.close(made, wanted, answered, entries)


def withdraw(made: Call, addresses: Sequence[str]) -> Taken:
    """Take back what was written for resources that their sender has deleted."""
    touched = known.withdraw(made, addresses)
    settlements.withdraw(made, addresses)
    return Taken(persons=touched, done=list(made.lines()))


def _wanted(made: Call, resources: Iterable[Resource]) -> dict[str, Wanted]:
    """The entries asked for, by address; what asks for none is counted as kept."""
    wanted: dict[str, Wanted] = {}
    for one in resources:
        told = _told(made, one)
        if told is None:
            made.count(one, "kept")
        else:
            wanted[address_of(one)] = Wanted(resource=one, told=known.marked(told, one))
    return wanted


def _told(made: Call, resource: Resource) -> Told | None:
    columns = columns_of(resource, made)
    resident = persons.resident_of(made, resource)
    if columns is None or resident is None:
        return None
    visit = made.visits.get(_visit_address(made, resource))
    at = columns["at"] or (visit.at if visit else None)
    when, until = at or made.received_at, columns.get("until")
    columns |= {"at": when, "until": until if until and until >= when else None}
    columns["text"] = joined([columns["text"], "" if at else UNDATED])
    columns["detail"] = {name: part for name, part in columns.get("detail", {}).items() if part}
    return Told(
        resident_id=resident, institution_id=made.sender.institution_id, source="inbox",
        encounter_id=visit.entry if visit else None, **columns,
    )  # fmt: skip


def _visit_address(made: Call, resource: Resource) -> str:
    return made.target(resource.get("encounter") or resource.get("context"))


def _find_earlier_visits(made: Call) -> None:
    """The visits that what came along belongs to, told before."""
    asked = {_visit_address(made, one) for one in made.resources.values()}
    made.visits |= known.visits_of(made, sorted(asked - set(made.resources) - {""}))


def _taken(made: Call) -> Taken:
    return Taken(persons=set(made.residents.values()), done=list(made.lines()))
