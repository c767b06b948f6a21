"""Entries that stand for resources, written set by set: a second telling is a new version, the same one nothing.

An entry's detail names its resource and a digest of what it said; the resource itself stays whole where it was kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from yigongti.exchange.fhir_facts.calls import Call, NotTaken, Visit
from yigongti.exchange.fhir_facts.words import Resource, moment
from yigongti.exchange.fhir_r4.writing import write
from yigongti.exchange.models import KnownEntry, Sender
from yigongti.kernel import prepared
from yigongti.kernel.refusal import Refusal
from yigongti.record.actions import Told, keep_told


KIND = "resource"
MEASURED = ("series", "value", "second_value", "unit", "low", "high")
VISITS = """
SELECT k.value, e.id, e.at FROM exchange_knownentry k JOIN record_entry e ON e.id = k.entry_id
WHERE k.sender_id IN (SELECT s.id FROM exchange_sender s WHERE s.institution_id = %(institution)s)
 AND k.kind = %(kind)s AND k.value = ANY(%(addresses)s) AND e.kind = 'encounter'
"""
"""Clients of one institution change what any of them sent: what stands for a resource is its institution's."""
NOT_SAID = ("meta", "text")
"""Elements that tell of the resource as a file, and its own rendering: a change of these alone says nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A resource with the entry that it asks for."""

    resource: Resource
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """The entry that stands for a resource now."""

    row: KnownEntry
    resident: int
    digest: str
    updated: str
    withdrawn: bool


def marked(told: Told, resource: Resource) -> Told:
    """With the resource's name and digest in its detail."""
    said = {name: part for name, part in resource.items() if name not in NOT_SAID}
    digest = sha256(write(said) + f"|{told.title}|{told.author}|{told.text}".encode()).hexdigest()
    meta = resource.get("meta")
    updated = str(meta.get("lastUpdated") or "") if isinstance(meta, dict) else ""
    mark = {"type": resource["resourceType"], "id": resource["id"], "digest": digest, "updated": updated}
    return replace(told, detail={**told.detail, "fhir": mark})


def write_all(call: Call, wanted: Mapping[str, Wanted]) -> dict[str, int]:
    """Write what is new; the entry that stands for each address afterwards. Counts in `call` what became of each."""
    before = _before(call.sender, wanted.keys() - call.fresh)
    plan: list[tuple[str, Told]] = []
    for address, one in wanted.items():
        outcome = _outcome(before.get(address), one)
        call.count(one.resource, outcome)
        if outcome in ("new", "version", "withdrawn"):
            plan += [(address, told) for told in _versions(before.get(address), one.told)]
    entries = _written(call, plan)
    _remember(call.sender, before, entries)
    return {address: one.row.entry_id for address, one in before.items()} | entries


def withdraw(call: Call, addresses: Sequence[str]) -> set[int]:
    """Withdraw the entries of resources that are deleted where they come from; whom they were about."""
    before = _before(call.sender, addresses)
    standing = {address: one for address, one in before.items() if not one.withdrawn}
    entries = _written(call, [(address, _withdrawn(one)) for address, one in standing.items()])
    _remember(call.sender, before, entries)
    for address in addresses:
        call.count({"resourceType": address.partition("/")[0]}, "withdrawn" if address in standing else "kept")
    return {one.resident for one in standing.values()}


def visits_of(call: Call, addresses: Sequence[str]) -> dict[str, Visit]:
    """The entries of visits told before."""
    if not addresses:
        return {}
    rows = prepared.fetched(VISITS, {"institution": call.sender.institution_id, "kind": KIND,
                                    "addresses": list(addresses)})  # fmt: skip
    return {address: Visit(entry=entry, at=at) for address, entry, at in rows}


def _before(sender: Sender, addresses: Collection[str]) -> dict[str, _Before]:
    if not addresses:
        return {}
    theirs = Sender.objects.filter(institution=sender.institution_id).values("pk")
    rows = KnownEntry.objects.filter(sender__in=theirs, kind=KIND, value__in=list(addresses)).order_by("value", "pk")
    rows = rows.select_for_update(of=("self",)).select_related("entry__resident")
    return {row.value: _as_before(row) for row in rows}


def _as_before(row: KnownEntry) -> _Before:
    mark = row.entry.detail.get("fhir", {})
    return _Before(
        row=row, resident=row.entry.resident.master_id, digest=mark.get("digest", ""), updated=mark.get("updated", ""),
        withdrawn=row.entry.withdrawn,
    )  # fmt: skip


def _outcome(before: _Before | None, one: Wanted) -> str:
    if before is None:
        return "kept" if one.told.withdrawn else "new"  # what was withdrawn before it was told is nobody's past
    mark = one.told.detail["fhir"]
    told, held = moment(mark["updated"]), moment(before.updated)
    if told and held and told < held:
        return "older"
    if before.digest == mark["digest"] and before.resident == one.told.resident_id:
        return "same"
    return "withdrawn" if one.told.withdrawn else "version"


def _versions(before: _Before | None, told: Told) -> list[Told]:
    """A version of what stands; where it is about somebody else now, that one is withdrawn and a fresh one written."""
    if before is None:
        return [told]
    if before.resident == told.resident_id:
        return [replace(told, follows=before.row.entry_id)]
    return [_withdrawn(before), *([] if told.withdrawn else [told])]


def _withdrawn(before: _Before) -> Told:
    entry = before.row.entry
    visit = getattr(entry, "encounter_part", None) if entry.kind == "encounter" else None
    number = getattr(entry, "observation_part", None) if entry.kind == "observation" else None
    measured = {name: getattr(number, name) for name in MEASURED} if number else None
    mark = {**entry.detail.get("fhir", {}), "digest": "", "updated": ""}
    return Told(
        resident_id=before.resident, institution_id=entry.institution_id, kind=entry.kind, title=entry.title,
        at=entry.at, until=entry.until, source=entry.source, system=entry.system, code=entry.code, withdrawn=True,
        encounter_class=visit.encounter_class if visit else "", encounter_id=entry.encounter_id,
        out_of_county=bool(visit and visit.out_of_county), follows=entry.pk,
        measured=measured, detail={**entry.detail, "fhir": mark},
    )  # fmt: skip


def _written(call: Call, plan: Sequence[tuple[str, Told]]) -> dict[str, int]:
    if not plan:
        return {}
    entries: dict[str, int] = {}
    keys, call.keys = call.keys[: len(plan)], call.keys[len(plan) :]
    written = keep_told(by=call.by, told=[told for _, told in plan], keys=keys)
    for (address, _), one in zip(plan, written, strict=True):
        if isinstance(one, Refusal):
            raise NotTaken(field=address, rule=one.rule or one.code, element=address, problem=str(one))
        entries[address] = one.pk
        call.entries.append(one.pk)
    return entries


def _remember(sender: Sender, before: Mapping[str, _Before], entries: Mapping[str, int]) -> None:
    prepared.post_rows(KnownEntry, [
        {"sender_id": sender.pk, "kind": KIND, "value": address, "entry_id": entry}
        for address, entry in entries.items() if address not in before
    ])  # fmt: skip
    moved = [before[address].row for address in entries if address in before]
    for row in moved:
        row.entry_id = entries[row.value]
    if moved:
        KnownEntry.objects.bulk_update(moved, ["entry"], batch_size=2000)
