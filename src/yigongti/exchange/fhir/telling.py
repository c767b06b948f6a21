"""What is about to be stored, told to the register and the record: whom it is about, and what it is protected for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from yigongti.exchange import taking_fhir
from yigongti.exchange.fhir import proving, storing
from yigongti.exchange.fhir.clients import Voice
from yigongti.exchange.fhir.compartments import classes_of, judging
from yigongti.exchange.fhir.outcomes import Unresolved
from yigongti.exchange.fhir.own.naming import is_own
from yigongti.exchange.fhir.planning import Plan
from yigongti.exchange.fhir.sight import Sight
from yigongti.exchange.fhir.statements import fetched
from yigongti.exchange.fhir.storing import Place, Stored
from yigongti.exchange.fhir_facts.calls import Call
from yigongti.exchange.fhir_facts.findings import FINDINGS
from yigongti.exchange.fhir_facts.persons import Asked, Named
from yigongti.exchange.inbox import Taken
from yigongti.exchange.matching import remember
from yigongti.exchange.models import Sender
from yigongti.exchange.policy.fhir_systems import REGISTERS
from yigongti.kernel import clock, prepared
from yigongti.kernel.refusal import Refusal, raise_all
from yigongti.record.actions import ask_keys


REGISTERED = """SELECT r.person_id, r.master_id FROM (SELECT id AS person_id, master_id FROM residents_resident) r
 WHERE r.person_id = ANY(%(o_people)s) AND {seen}"""
PATIENT = "Patient"
"""The system under which a sender's patients are remembered: by their address in the store."""


def tell(plans: Sequence[Plan], *, voice: Voice, sight: Sight) -> tuple[Taken, list[int]]:
    """Give every plan its key, persons and classes, and the record its entries, whose keys come back beside what was
    done. Raises what the register or the record refuses."""
    kept = [one for one in plans if one.resource is not None]
    made = taking_fhir.call(
        [one.resource for one in kept if one.resource], sender=voice.sender, by=voice.inbox, received_at=plans[0].at,
        ids={}, fresh=["/".join(one.place) for one in kept if not one.stored and one.wish.method == "POST"],
    )  # fmt: skip
    who = taking_fhir.named(made)
    asked, around = _look(plans, kept, made, who, voice.sender, sight)
    if _introduce(kept, around, voice.sender):
        prepared.flush()
        asked = taking_fhir.ask(made, who)
    taken = taking_fhir.apply(made, asked=asked)
    gone = ["/".join(one.place) for one in plans if one.resource is None]
    if gone:
        taken.done += taking_fhir.withdraw(made, gone).done
    _assign(kept, around, made.residents)
    _classify(kept, around)
    taken.persons |= {one.person for one in plans if one.person is not None}
    return taken, made.entries


def _look(
    plans: Sequence[Plan], kept: Sequence[Plan], made: Call, who: Named, sender: Sender, sight: Sight
) -> tuple[Asked, dict[Place, Stored]]:
    """What must be known before anything is written, asked for at once; of new people only when their turn has come."""
    ours, new = {one.place for one in kept}, [one for one in plans if not one.stored]
    entered = sum(one.wish.kind in FINDINGS for one in new)
    named, referred = {place for one in kept for place in one.targets} - ours, taking_fhir.referred(made)
    taking_fhir.wait(made, who)
    with prepared.at_once():
        proof = proving.ask()
        asked = taking_fhir.ask(made, who)
        there = storing.look_at(named | referred, sight=sight, sender=sender.pk)
        keys = storing.ask_keys(len(new))
        entries = ask_keys(entered) if entered else None
    proving.heard(proof)
    made.keys = [key for (key,) in entries.rows()] if entries else []
    for plan, (key,) in zip(new, keys.rows(), strict=True):
        plan.key = key
    for plan in plans:
        plan.key = plan.stored.key if plan.stored else plan.key
    seen = storing.by_place(there.rows())
    made.around = {"/".join(place): one.body for place, one in seen.items() if place in referred and one.body}
    if further := taking_fhir.referred_further(made):
        rows = storing.by_place(storing.look_at(further, sight=sight, sender=sender.pk).rows())
        made.around = {**made.around, **{"/".join(place): one.body for place, one in rows.items() if one.body}}
    around = {place: one for place, one in seen.items() if place in named} | _registered(named - seen.keys(), sight)
    _require_patients(kept, ours, around)
    return asked, around


def _registered(places: Set[Place], sight: Sight) -> dict[Place, Stored]:
    """Patients as the register has them, as far as the client may see them: others' resources may be about them."""
    numbers = [int(name[2:]) for kind, name in places if kind == PATIENT and is_own(kind, name)]
    if not numbers:
        return {}
    found = fetched(REGISTERED.format(seen=sight.person.replace("{r}", "r")), sight.given | {"o_people": numbers})
    return {(PATIENT, f"r-{number}"): Stored(
        key=0, type=PATIENT, id=f"r-{number}", version=1, deleted=False, sender=0, person=master, also=None, classes=[],
        at=clock.now(), body="", visible=True) for number, master in found}  # fmt: skip


def _require_patients(kept: Sequence[Plan], ours: set[Place], around: Mapping[Place, Stored]) -> None:
    """Nothing is written about a patient who is not here, or whom the client may not see: one is told as the other."""
    faults: list[Refusal] = []
    for plan in kept:
        for name in plan.patients:
            there = around.get((PATIENT, name))
            if (PATIENT, name) not in ours and (there is None or there.deleted or not there.visible):
                faults.append(Unresolved(field=plan.wish.place or plan.wish.kind, rule="fhir.unresolved",
                                         element=plan.wish.kind, place=f"Patient/{name}"))  # fmt: skip
    raise_all(faults)


def _introduce(kept: Sequence[Plan], around: Mapping[Place, Stored], sender: Sender) -> bool:
    """A patient whom another client brought, and whom this one may see, is known to this sender from now on; whether
    there was one."""
    brought = [(name, around[PATIENT, name].person) for plan in kept for name in plan.patients
               if (PATIENT, name) in around and around[PATIENT, name].sender != sender.pk]  # fmt: skip
    for name, person in brought:
        if person is not None:
            remember(sender=sender, numbers=[(PATIENT, f"Patient/{name}")], resident=person, how="fhir")
    return bool(brought)


def _assign(kept: Sequence[Plan], around: Mapping[Place, Stored], residents: Mapping[str, int]) -> None:
    """A Patient's person is whom the register knows it as; all else is about the patients it refers to."""
    people = {name: one.person for (kind, name), one in around.items() if kind == PATIENT and one.person is not None}
    people |= {plan.wish.id: residents["/".join(plan.place)] for plan in kept if plan.wish.kind == PATIENT}
    for plan in kept:
        own = [plan.wish.id] if plan.wish.kind == PATIENT else []
        persons = list(dict.fromkeys(people[name] for name in [*own, *plan.patients] if name in people))
        plan.person, plan.also = (persons[0] if persons else None), persons[1:]


# --- special classes


def _classify(kept: Sequence[Plan], around: Mapping[Place, Stored]) -> None:
    """By its own codes and words, and by what it refers to; an encounter by all that belongs to it."""
    by_place, judge = {one.place: one for one in kept}, judging()
    for plan in kept:
        plan.classes |= classes_of(plan.resource or {}, judge)
        for place in plan.targets:
            if place in around and _bequeaths(place):
                plan.classes |= set(around[place].classes)
    changed = any(one.classes for one in kept)
    while changed:
        changed = False
        for plan in kept:
            for place in plan.targets:
                other = by_place.get(place)
                if other is None or not _bequeaths(place):
                    continue
                before = len(plan.classes), len(other.classes)
                plan.classes |= other.classes
                if place[0] == "Encounter":
                    other.classes |= plan.classes
                changed = changed or before != (len(plan.classes), len(other.classes))


def _bequeaths(place: Place) -> bool:
    return place[0] != PATIENT and place[0] not in REGISTERS
