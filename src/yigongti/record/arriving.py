"""What another system tells of a person: a new entry, or a new version of the one that it told of before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.record.classes import classes_in_words, strictest
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.policy.kinds import KINDS
from yigongti.record.policy.special_classes import class_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry as it was told; `detail` holds, lossless, what the columns do not."""

    resident_id: int
    institution_id: int
    kind: str
    title: str
    at: datetime
    source: str
    until: datetime | None = None
    system: str = ""
    code: str = ""
    text: str = ""
    author: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    encounter_class: str = ""
    diagnosis_code: str = ""
    out_of_county: bool = False
    measured: Mapping[str, Any] | None = None
    encounter_id: int | None = None
    follows: int | None = None
    withdrawn: bool = False


@action("record.take_in")
def take_in(*, by: Actor, told: Told) -> Receipt:
    """收进一条外部系统送来的记录。"""
    old = _newest(told.follows) if told.follows else None
    told = _completed(told, old)
    fresh = Entry.objects.create(
        resident_id=old.resident_id if old else told.resident_id, kind=told.kind, system=told.system, code=told.code,
        title=told.title[:200], text=told.text, at=told.at, until=told.until, entered_at=clock.now(),
        institution_id=told.institution_id, author=told.author[:120], source=told.source[:40],
        sensitivity=_class(told), encounter_id=told.encounter_id, version=old.version + 1 if old else 1,
        withdrawn=told.withdrawn, detail=dict(told.detail),
        correction_reason="来源机构更正" if old else "",
    )  # fmt: skip
    _typed_part(fresh, told)
    if old:
        Entry.objects.filter(pk=old.pk).update(replaced_by=fresh)
    return Receipt(
        number=f"J{fresh.pk}", done=phrase(KINDS[told.kind].title), persons=(fresh.resident_id,),
        subject=f"record.Entry:{fresh.pk}", data={"entry": fresh.pk, "version": fresh.version},
    )  # fmt: skip


def _completed(told: Told, old: Entry | None) -> Told:
    """What a later message does not say again still holds."""
    before = old and Encounter.objects.filter(entry=old).values_list("diagnosis_code", flat=True).first()
    return replace(
        told,
        title=told.title or (old.title if old else "") or KINDS[told.kind].title,
        text=told.text or (old.text if old else ""),
        author=told.author or (old.author if old else ""),
        diagnosis_code=told.diagnosis_code or before or "",
    )


def _newest(entry_id: int) -> Entry:
    """The newest version of an entry, locked: of two corrections the second follows the first."""
    found = Entry.objects.select_for_update().get(pk=entry_id)
    while found.replaced_by_id:
        found = Entry.objects.select_for_update().get(pk=found.replaced_by_id)
    return found


def _class(told: Told) -> str:
    """The special class: by the code, else by the obvious words of what was found or diagnosed."""
    return class_of(told.diagnosis_code or told.code) or strictest(classes_in_words(f"{told.title} {told.text}"))


def _typed_part(fresh: Entry, told: Told) -> None:
    same = {"entry": fresh, "resident_id": fresh.resident_id, "at": fresh.at}
    if told.encounter_class:
        Encounter.objects.create(
            **same, until=told.until, institution_id=told.institution_id, encounter_class=told.encounter_class,
            diagnosis_code=told.diagnosis_code, out_of_county=told.out_of_county,
        )  # fmt: skip
    if told.measured:
        Observation.objects.create(**same, **told.measured)
