"""Entries that stand for resources, written set by set: a second telling is a new version, the same one nothing.

An entry's detail names its resource and a digest of what it said; the resource itself stays whole where it was kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from yigongti.exchange.fhir_facts.calls import Call, NotTaken, Visit
from yigongti.exchange.fhir_facts.words import Resource, moment
from yigongti.exchange.fhir_r4.writing import write
from yigongti.exchange.models import KnownEntry, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.record.actions import Told, take_in_many


KIND = "resource"
MEASURED = ("series", "value", "second_value", "unit", "low", "high")
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
    before = _before(call.sender, wanted)
    plan: list[tuple[str, Told]] = []
    for address, one in wanted.items():
        outcome = _outcome(before.get(address), one)
        call.count(one.resource, outcome)
        if outcome in ("new", "version", "withdrawn"):
            plan += [(address, told) for told in _versions(before.get(address), one.told)]
    entries = _written(plan)
    _remember(call.sender, before, entries)
    return {address: one.row.entry_id for address, one in before.items()} | entries


def withdraw(call: Call, addresses: Sequence[str]) -> set[int]:
    """Withdraw the entries of resources that are deleted where they come from; whom they were about."""
    before = _before(call.sender, addresses)
    standing = {address: one for address, one in before.items() if not one.withdrawn}
    entries = _written([(address, _withdrawn(one)) for address, one in standing.items()])
    _remember(call.sender, before, entries)
    for address in addresses:
        call.count({"resourceType": address.partition("/")[0]}, "withdrawn" if address in standing else "kept")
    return {one.resident for one in standing.values()}


def visits_of(call: Call, addresses: Sequence[str]) -> dict[str, Visit]:
    """The entries of visits told before."""
    found = {address: one.row.entry for address, one in _before(call.sender, addresses, locked=False).items()}
    return {address: Visit(entry=one.pk, at=one.at) for address, one in found.items() if one.kind == "encounter"}


def _before(sender: Sender, addresses: Any, *, locked: bool = True) -> dict[str, _Before]:
    rows = KnownEntry.objects.filter(sender=sender, kind=KIND, value__in=list(addresses)).order_by("value")
    rows = rows.select_for_update(of=("self",)) if locked else rows
    return {row.value: _as_before(row) for row in rows.select_related("entry__resident")}


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


def _written(plan: Sequence[tuple[str, Told]]) -> dict[str, int]:
    if not plan:
        return {}
    receipt = take_in_many(by=the_inbox(), told=[told for _, told in plan])
    entries: dict[str, int] = {}
    for (address, _), said in zip(plan, receipt.data["entries"], strict=True):
        if "refused" in said:
            raise NotTaken(field=address, rule=said["rule"], element=address, problem=said["refused"])
        entries[address] = int(said["entry"])
    return entries


def _remember(sender: Sender, before: Mapping[str, _Before], entries: Mapping[str, int]) -> None:
    fresh = [address for address in entries if address not in before]
    KnownEntry.objects.bulk_create(
        (KnownEntry(sender=sender, kind=KIND, value=address, entry_id=entries[address]) for address in fresh),
        batch_size=2000,
    )
    moved = [before[address].row for address in entries if address in before]
    for row in moved:
        row.entry_id = entries[row.value]
    KnownEntry.objects.bulk_update(moved, ["entry"], batch_size=2000)
