"""Writes of the lifelong record: a new entry, or a new version of one. Nothing is ever changed in place or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.language import phrase, say
from yigongti.kernel.refusal import AlreadyDone, NotFound
from yigongti.record import drafts, queries
from yigongti.record.announcing import announce
from yigongti.record.arriving import Told as Told  # what comes from outside passes through this door too
from yigongti.record.arriving import ToldOperation as ToldOperation
from yigongti.record.arriving import ask_keys as ask_keys
from yigongti.record.arriving import keep_told as keep_told
from yigongti.record.arriving import stretches as stretches
from yigongti.record.arriving import take_in as take_in
from yigongti.record.arriving import take_in_many as take_in_many
from yigongti.record.attaching import TakenFile as TakenFile
from yigongti.record.attaching import attach_files as attach_files
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.policy.kinds import KINDS, WRITTEN
from yigongti.record.queries import Opened, said_value
from yigongti.record.refusals import NothingChanged, NotInAnInstitution, NotYours
from yigongti.record.rows import chain_of
from yigongti.record.seeing import own_institution
from yigongti.record.taking_back import take_back_many as take_back_many
from yigongti.record.taking_back import take_back_wrong as take_back_wrong
from yigongti.record.told import wrong_with as wrong_with


ADD = registry.add_permission("record.add", title="书写健康记录", writes=True)
CORRECT = registry.add_permission("record.correct", title="更正或撤销本机构写的记录", writes=True)


@action("record.observe", permission=ADD)
def observe(
    *,
    by: Actor,
    resident_id: int,
    series: str,
    value: str,
    at: str = "",
    note: str = "",
    encounter_id: int | None = None,
) -> Receipt:
    """记录一次测量。"""
    opened = open_to_write(by, resident_id)
    encounter = encounter_of(by, opened, encounter_id)
    draft = drafts.observation(opened.resident, series=series, value=value, at=at, note=note)
    return receipt(by, opened, write(by, opened, draft, encounter=encounter), _added(f"{draft.title} {_said(draft)}"))


@action("record.add_encounter", permission=ADD)
def add_encounter(
    *, by: Actor, resident_id: int, encounter_class: str, title: str, at: str = "", until: str = "", code: str = "",
    text: str = "", sensitivity: str = "",
) -> Receipt:  # fmt: skip
    """记录一次就诊。"""
    opened = open_to_write(by, resident_id)
    draft = drafts.encounter(
        opened.resident, encounter_class=encounter_class, title=title, at=at, until=until, code=code, text=text,
        sensitivity=sensitivity,
    )  # fmt: skip
    return receipt(by, opened, write(by, opened, draft, encounter=None), _added(draft.title))


@action("record.add_entry", permission=ADD)
def add_entry(
    *, by: Actor, resident_id: int, kind: str, title: str, at: str = "", until: str = "", code: str = "",
    text: str = "", detail: Mapping[str, str] | None = None, sensitivity: str = "", encounter_id: int | None = None,
) -> Receipt:  # fmt: skip
    """记录一条诊断、用药、过敏、报告、手术或接种。"""
    opened = open_to_write(by, resident_id)
    if kind not in WRITTEN:
        raise NotFound
    encounter = encounter_of(by, opened, encounter_id)
    draft = drafts.plain(
        opened.resident, kind=KINDS[kind], title=title, at=at, until=until, code=code, text=text, detail=detail or {},
        sensitivity=sensitivity,
    )  # fmt: skip
    return receipt(by, opened, write(by, opened, draft, encounter=encounter), _added(draft.title))


@action("record.attach", permission=ADD)
def attach(
    *, by: Actor, resident_id: int, title: str, digest: str, name: str, at: str = "", text: str = "",
    sensitivity: str = "", encounter_id: int | None = None,
) -> Receipt:  # fmt: skip
    """附上一份文书。"""
    opened = open_to_write(by, resident_id)
    encounter = encounter_of(by, opened, encounter_id)
    # Only who has just stored the bytes knows their digest; a stranger's digest opens nothing.
    stored = StoredFile.objects.filter(pk=digest).first()
    draft = drafts.document(
        opened.resident, title=title, stored=stored, name=name, at=at, text=text, sensitivity=sensitivity
    )
    return receipt(by, opened, write(by, opened, draft, encounter=encounter), _added(draft.title))


@action("record.correct", permission=CORRECT)
def correct(*, by: Actor, entry_id: int, reason: str, changes: Mapping[str, Any]) -> Receipt:
    """更正一条记录（另立新版本）。"""
    opened, old = own_entry(by, entry_id)
    draft = drafts.corrected(opened.resident, old, reason=reason, changes=changes)
    if draft.same_as(old):
        raise NothingChanged
    fresh = write(by, opened, draft, encounter=old.encounter, follows=old)
    _raise_class(old, fresh)
    return receipt(by, opened, fresh, phrase("{title}：已更正，第 {n} 版", title=draft.title, n=fresh.version), old=old)


@action("record.withdraw", permission=CORRECT)
def withdraw(*, by: Actor, entry_id: int, reason: str) -> Receipt:
    """撤销一条记错的记录。"""
    opened, old = own_entry(by, entry_id)
    draft = drafts.withdrawn(old, reason=reason)
    fresh = write(by, opened, draft, encounter=old.encounter, follows=old)
    Entry.objects.filter(pk__in=chain_of(old.pk)).update(withdrawn=True)
    return receipt(by, opened, fresh, say("{what}已撤销", what=old.title), old=old)


def open_to_write(by: Actor, resident_id: int) -> Opened:
    """The record of a person, for somebody whose post is at an institution."""
    if own_institution(by) is None:
        raise NotInAnInstitution
    return queries.open_record(for_=by, resident_id=resident_id)


def own_entry(by: Actor, entry_id: int) -> tuple[Opened, Entry]:
    """Lock an entry that the actor's institution wrote; the second of two corrections finds what the first has done."""
    opened, seen = queries.entry(for_=by, entry_id=entry_id)
    if seen.institution_id != own_institution(by):
        raise NotYours(institution=seen.institution_name)
    old = Entry.objects.select_for_update().get(pk=entry_id)
    if old.replaced_by is not None:
        newer = old.replaced_by
        raise AlreadyDone(
            who=newer.author, when=f"{newer.entered_at.astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}", what="更正这一条"
        )
    return opened, old


def encounter_of(by: Actor, opened: Opened, encounter_id: int | None) -> Entry | None:
    """The visit under which it is written."""
    if encounter_id is None:
        return None
    theirs, seen = queries.entry(for_=by, entry_id=encounter_id)
    if theirs.resident != opened.resident or seen.kind != "encounter" or seen.withdrawn:
        raise NotFound(field="encounter_id")
    return Entry.objects.get(pk=encounter_id)


def write(
    by: Actor, opened: Opened, draft: drafts.Draft, *, encounter: Entry | None, follows: Entry | None = None
) -> Entry:
    """Insert the entry and its typed part; what belongs to a secret encounter is as secret."""
    fresh = Entry.objects.create(
        resident_id=follows.resident_id if follows else opened.resident.pk,
        **draft.columns(),
        sensitivity=draft.sensitivity or (encounter.sensitivity if encounter else ""),
        entered_at=clock.now(),
        institution_id=own_institution(by),
        department_id=by.unit_id if by.unit_kind == "department" else None,
        author=by.person_name,
        author_post_id=by.post_id,
        source="entered",
        encounter=encounter,
        version=follows.version + 1 if follows else 1,
    )
    _write_typed_part(fresh, draft)
    if follows:
        Entry.objects.filter(pk=follows.pk).update(replaced_by=fresh)
    return fresh


def _write_typed_part(fresh: Entry, draft: drafts.Draft) -> None:
    same = {"entry": fresh, "resident_id": fresh.resident_id, "at": fresh.at}
    if draft.measured:
        Observation.objects.create(**same, **draft.measured)
    if draft.visit:
        Encounter.objects.create(**same, until=fresh.until, institution_id=fresh.institution_id, **draft.visit)


def _raise_class(old: Entry, fresh: Entry) -> None:
    """A class found late covers the earlier versions too, and what belongs to the encounter."""
    if fresh.sensitivity and fresh.sensitivity != old.sensitivity:
        chain = chain_of(fresh.pk)
        Entry.objects.filter(pk__in=chain, sensitivity="").update(sensitivity=fresh.sensitivity)
        Entry.objects.filter(encounter_id__in=chain, sensitivity="").update(sensitivity=fresh.sensitivity)


def _said(draft: drafts.Draft) -> str:
    measured = draft.measured or {}
    return f"{said_value(measured['value'], measured['second_value'])} {measured['unit']}"


def _added(what: str) -> str:
    return say("{what}，已进入健康档案时间线", what=what)


def receipt(by: Actor, opened: Opened, fresh: Entry, said: str, *, old: Entry | None = None) -> Receipt:
    """What the writer is told; chapters above hear of it."""
    announce([fresh], by=by)
    facts: dict[str, Any] = {"entry": fresh.pk, "kind": fresh.kind, "version": fresh.version}
    if old:
        facts |= {"replaces": old.pk, "reason": fresh.correction_reason}
    return Receipt(
        number=f"J{fresh.pk}",
        # The trail keeps `done` and administrators read it: the kind only; what it says goes to the writer in `next`.
        done=KINDS[fresh.kind].title,
        next=said,
        href=f"/residents/{opened.resident.pk}/record",
        data={"entry": fresh.pk},
        persons=(opened.resident.pk,),
        subject=f"record.Entry:{fresh.pk}",
        basis=opened.basis.code,
        facts=facts,
    )
