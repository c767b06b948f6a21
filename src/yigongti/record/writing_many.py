"""Entries that other systems told, written set by set: ten thousand rows of a sheet cost a few statements.

One told entry goes the same way as many, so both give the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model

from yigongti.kernel import clock, prepared
from yigongti.kernel.refusal import Refusal, Refusals
from yigongti.record.classes import classes_in_words, strictest
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.policy.kinds import KINDS
from yigongti.record.policy.special_classes import class_of
from yigongti.record.told import Told, ToldOperation, charges_of, wrong_with
from yigongti.record.visit_facts import Operation, VisitCharge


Row = Mapping[str, Any]

BLOCK = 2000
UNMEASURED = {"second_value": None, "low": None, "high": None}
CORRECTED = "来源机构更正"
NEWEST = """
WITH RECURSIVE newer(asked, id, next) AS (
    SELECT id, id, replaced_by_id FROM record_entry WHERE id = ANY(%s)
    UNION ALL SELECT n.asked, e.id, e.replaced_by_id FROM newer n JOIN record_entry e ON e.id = n.next
)
SELECT asked, id FROM newer WHERE next IS NULL
"""
KEYS = """SELECT nextval(pg_get_serial_sequence('record_entry', 'id')) FROM generate_series(1, %(count)s::int)"""
MASTERS = """SELECT id, master_id FROM residents_resident WHERE id = ANY(%s)"""
REPLACE = """
UPDATE record_entry e SET replaced_by_id = pairs.fresh
FROM unnest(%s::bigint[], %s::bigint[]) AS pairs(old, fresh) WHERE e.id = pairs.old
"""


class OfSomebodyElse(Refusal):
    """这是另一个人的记录，不能当作这个人的更正。"""


@dataclass(slots=True)
class Before:
    """What the version that is followed said: what is not said again still holds."""

    entry: Entry
    diagnosis: str
    charges: dict[str, int]
    operations: list[ToldOperation]


def ask_keys(count: int) -> prepared.Answer:
    """Ask for keys for entries that follow none, rising: a row each."""
    return prepared.ask(KEYS, {"count": count})


def write_told(told: Sequence[Told], *, keys: Sequence[int] = ()) -> list[Entry | Refusal]:
    """Each as it became an entry, or why it was refused; in the order told.

    Several that correct one entry follow one another, each a version of its own. Where `keys` were asked for before,
    one each, entries that follow none are posted with them: nobody waits for their rows.
    """
    results: dict[int, Entry | Refusal] = {n: wrong for n, one in enumerate(told) if (wrong := _refusal(one))}
    left = [(n, one) for n, one in enumerate(told) if n not in results]
    while left:
        newest = _newest({one.follows for _, one in left if one.follows})
        astray = _astray(left, newest)
        results |= {n: OfSomebodyElse() for n in astray}
        left = [(n, one) for n, one in left if n not in astray]
        taken: set[int] = set()
        now: list[tuple[int, Told]] = []
        left_over: list[tuple[int, Told]] = []
        for n, one in left:
            old = newest[one.follows].entry.pk if one.follows else 0
            (left_over if old in taken else now).append((n, one))
            taken |= {old} - {0}
        alone = not newest and len(keys) >= len(now)
        written = _write([(one, newest.get(one.follows or 0)) for _, one in now], keys=keys if alone else ())
        results |= dict(zip([n for n, _ in now], written, strict=True))
        left = left_over
    return [results[n] for n in range(len(told))]


def _refusal(told: Told) -> Refusal | None:
    wrong = list(wrong_with(told))
    return Refusals(wrong) if len(wrong) > 1 else wrong[0] if wrong else None


# --- what is followed


def _newest(asked: set[int]) -> dict[int, Before]:
    """The newest version of each, locked: of two corrections the second follows the first."""
    if not asked:
        return {}
    heads = _heads(asked)
    locked = {one.pk: one for one in Entry.objects.select_for_update().filter(pk__in=heads.values()).order_by("pk")}
    while moved := {key for key, head in heads.items() if locked[head].replaced_by_id}:
        heads |= _heads(moved)
        missing = set(heads.values()) - set(locked)
        locked |= {one.pk: one for one in Entry.objects.select_for_update().filter(pk__in=missing).order_by("pk")}
    before = before_of(locked)
    return {key: before[head] for key, head in heads.items()}


def _heads(asked: set[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [list(asked)])
        return dict(cursor.fetchall())


def before_of(entries: Mapping[int, Entry]) -> dict[int, Before]:
    """What each of these versions said beyond its own row."""
    said = dict(Encounter.objects.filter(entry__in=entries).values_list("entry_id", "diagnosis_code"))
    found = {
        pk: Before(entry=one, diagnosis=said.get(pk, ""), charges={}, operations=[]) for pk, one in entries.items()
    }
    for charge in VisitCharge.objects.filter(entry__in=entries):
        found[charge.entry_id].charges[charge.charge_class] = charge.amount
    for one in Operation.objects.filter(entry__in=entries).order_by("number"):
        found[one.entry_id].operations.append(
            ToldOperation(name=one.name, code=one.code, grade=one.grade, on=one.day, operator=one.operator,
                          incision=one.incision)
        )  # fmt: skip
    return found


def _astray(rows: Sequence[tuple[int, Told]], newest: Mapping[int, Before]) -> set[int]:
    """Those told of another person than what they follow: no sender's number moves anything into another's record."""
    told = {n: (one.resident_id, newest[one.follows].entry.resident_id) for n, one in rows
            if one.follows and one.resident_id}  # fmt: skip
    other = {n: pair for n, pair in told.items() if pair[0] != pair[1]}
    if not other:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(MASTERS, [list({one for pair in other.values() for one in pair})])
        master = dict(cursor.fetchall())
    return {n for n, (one, of) in other.items() if master.get(one) != master.get(of)}


# --- what is written


def _write(rows: Sequence[tuple[Told, Before | None]], *, keys: Sequence[int]) -> list[Entry]:
    completed = [(_completed(told, old), old.entry if old else None) for told, old in rows]
    now, class_of_words = clock.now(), cache(_class_of_words)  # titles repeat: a sheet says 高血压 a thousand times
    fresh = [_entry(told, old, now, class_of_words) for told, old in completed]
    _number(fresh, keys)
    pairs = [(told, one) for (told, _), one in zip(completed, fresh, strict=True)]
    _insert(Encounter, [_visit(told, one) for told, one in pairs if told.encounter_class])
    _insert(Observation, [UNMEASURED | _same(one) | dict(told.measured) for told, one in pairs if told.measured])
    _insert(VisitCharge, [row for told, one in pairs for row in _charges(told, one)])
    _insert(Operation, [row for told, one in pairs for row in _operations(told, one)])
    followed = [(old.pk, one.pk) for (_, old), one in zip(completed, fresh, strict=True) if old]
    if followed:
        with connection.cursor() as cursor:
            cursor.execute(REPLACE, [[old for old, _ in followed], [new for _, new in followed]])
    return fresh


def _number(fresh: Sequence[Entry], keys: Sequence[int]) -> None:
    """Write the entries; each gets its key."""
    if keys:
        for one, key in zip(fresh, keys, strict=False):
            one.pk = key
        _insert(Entry, [{"id": one.pk} | _row_of(one) for one in fresh])
        return
    for first in range(0, len(fresh), BLOCK):
        block = fresh[first : first + BLOCK]
        written = prepared.insert(Entry, [_row_of(one) for one in block], returning="id")
        for one, (key,) in zip(block, written, strict=True):
            one.pk = key


def _insert(model: type[Model], rows: Sequence[Row]) -> None:
    for first in range(0, len(rows), BLOCK):
        prepared.post_rows(model, rows[first : first + BLOCK])


def _row_of(entry: Entry) -> dict[str, Any]:
    return {column: getattr(entry, name) for column, name in _columns()}


@cache
def _columns() -> tuple[tuple[str, str], ...]:
    """The columns of an entry but its key, with the names of their attributes."""
    return tuple((str(one.column), one.attname) for one in Entry._meta.concrete_fields if not one.primary_key)


def _completed(told: Told, old: Before | None) -> Told:
    """What a later message does not say again still holds."""
    title = told.title or (old.entry.title if old else "") or KINDS[told.kind].title
    if old is None or told.whole:
        return replace(told, title=title)
    visited = bool(told.encounter_class)
    silent = visited and not told.charges and told.total is None
    return replace(
        told, title=title, text=told.text or old.entry.text, author=told.author or old.entry.author,
        diagnosis_code=told.diagnosis_code or old.diagnosis, encounter_id=told.encounter_id or old.entry.encounter_id,
        operations=told.operations or (old.operations if visited else ()),
        charges=old.charges if silent else told.charges,
    )  # fmt: skip


def _entry(told: Told, old: Entry | None, now: datetime, class_of_words: Callable[[str], str]) -> Entry:
    return Entry(
        resident_id=old.resident_id if old else told.resident_id, kind=told.kind, system=told.system, code=told.code,
        title=told.title[:200], text=told.text, at=told.at, until=told.until, entered_at=now,
        institution_id=told.institution_id, author=told.author[:120], source=told.source[:40],
        encounter_id=told.encounter_id, version=old.version + 1 if old else 1,
        withdrawn=told.withdrawn, detail=dict(told.detail), correction_reason=(told.reason or CORRECTED) if old else "",
        sensitivity=_sensitivity(told, old, class_of_words),
    )  # fmt: skip


def _sensitivity(told: Told, old: Entry | None, class_of_words: Callable[[str], str]) -> str:
    """By its code, else by its words; what its author called secret stays so in every version."""
    said = _class_of_code(told.diagnosis_code or told.code) or class_of_words(f"{told.title} {told.text}")
    return said or (old.sensitivity if old and not told.whole else "")


_class_of_code = lru_cache(maxsize=5000)(class_of)


def _class_of_words(said: str) -> str:
    """The special class by the obvious words of what was found or diagnosed."""
    return strictest(classes_in_words(said))


def _same(fresh: Entry) -> dict[str, Any]:
    return {"entry_id": fresh.pk, "resident_id": fresh.resident_id, "at": fresh.at}


def _visit(told: Told, fresh: Entry) -> Row:
    return _same(fresh) | {
        "until": told.until, "institution_id": told.institution_id, "encounter_class": told.encounter_class,
        "diagnosis_code": told.diagnosis_code, "out_of_county": told.out_of_county,
    }  # fmt: skip


def _charges(told: Told, fresh: Entry) -> list[Row]:
    return [{"entry_id": fresh.pk, "charge_class": code, "amount": amount} for code, amount in charges_of(told).items()]


def _operations(told: Told, fresh: Entry) -> list[Row]:
    return [
        {
            "entry_id": fresh.pk, "number": number, "code": one.code, "name": (one.name or one.code)[:200],
            "grade": one.grade, "day": one.on, "operator": one.operator[:120], "incision": one.incision,
        }
        for number, one in enumerate(told.operations, 1)
    ]  # fmt: skip
