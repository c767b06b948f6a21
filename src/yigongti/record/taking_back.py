"""Entries that came in many are taken back: the version before counts again, or none; what others built on stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import F

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.referring import referred
from yigongti.record.arriving import stretches
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.told import Told
from yigongti.record.writing_many import Before, before_of, write_told


TAKEN_BACK = "送来的表已撤销"
"""The reason of a version that takes another back, written by no post: by it the versions that still count are told."""
CORRECTED, LATER, BUILT_ON = "已由本机构更正或撤销", "后来又送来新的一版", "已有内容以它为依据"
OWN = ("record.Encounter.entry", "record.Observation.entry", "record.VisitCharge.entry", "record.Operation.entry",
       "record.Entry.replaced_by", "record.Entry.encounter")  # fmt: skip
"""What goes with an entry itself and is no use that others make of it; what belongs to a visit is looked at apart."""
MEASURED = ("series", "value", "second_value", "unit", "low", "high")
CHAINS = """
WITH RECURSIVE newer AS (
    SELECT id AS asked, id, replaced_by_id FROM record_entry WHERE id = ANY(%s)
    UNION ALL SELECT n.asked, e.id, e.replaced_by_id FROM newer n JOIN record_entry e ON e.id = n.replaced_by_id
), whole AS (
    SELECT asked, id FROM newer WHERE replaced_by_id IS NULL
    UNION ALL SELECT w.asked, e.id FROM whole w JOIN record_entry e ON e.replaced_by_id = w.id
)
SELECT asked, id FROM whole
"""


@action("record.take_back_many", permission="record.take_in")
def take_back_many(
    *, by: Actor, entries: Sequence[int], but: Iterable[str] = (), whole_visits: bool = False
) -> Receipt:
    """撤回一批外部系统送来的记录。

    `data["entries"]` says of each, in the order asked: `was`, the newest version until now, and `entry`, the one that
    says so from now on, with `stands` when an earlier version counts again; or why it `stays`. `but` names relations of
    the asking chapter that go with an entry, as `app.Model.field`. `whole_visits` takes back with a visit what the same
    source told as part of it.
    """
    said: dict[int, dict[str, Any]] = {}
    left = list(dict.fromkeys([*entries, *(_parts(entries) if whole_visits else ())]))
    while left:  # two versions of one entry go one after the other
        chains = _held(left)
        first = {chains[asked][-1].pk: asked for asked in reversed(left)}
        said |= _taken_back(by, {asked: chains[asked] for asked in first.values()}, (*OWN, *but))
        left = [asked for asked in left if asked not in said]
    gone = [one["entry"] for one in said.values() if "entry" in one]
    return Receipt(
        number=f"J{gone[0]}+{len(gone) - 1}" if gone else "J0",
        done=phrase("撤回 {n} 条，{stays} 条留着", n=len(gone), stays=len(said) - len(gone)),
        persons=tuple(Entry.objects.filter(pk__in=gone).values_list("resident_id", flat=True).distinct()),
        facts={"entries": stretches(gone)}, data={"entries": [said[one] for one in entries]},
    )  # fmt: skip


@action("record.take_back_wrong", permission="record.take_in")
def take_back_wrong(*, by: Actor, entries: Sequence[int], why: str) -> Receipt:
    """撤回外部系统送来、记到别人名下的记录。

    Whatever was made of an entry since: it is somebody else's in every version. One that is withdrawn stays as it is.
    """
    chains = {chain[-1].pk: chain for chain in _held(list(dict.fromkeys(entries))).values() if not chain[-1].withdrawn}
    told = _told_again(chain[-1] for chain in chains.values())
    fresh = write_told([
        replace(told[head], follows=head, withdrawn=True, whole=False, reason=why[:400]) for head in chains
    ])  # fmt: skip
    Entry.objects.filter(pk__in=[one.pk for chain in chains.values() for one in chain]).update(withdrawn=True)
    gone = [one.pk for one in fresh if isinstance(one, Entry)]
    return Receipt(
        number=f"J{gone[0]}" if gone else "J0", done=phrase("撤回 {n} 条", n=len(gone)), data={"entries": gone},
        persons=tuple({chain[-1].resident_id for chain in chains.values()}), facts={"entries": stretches(gone)},
    )  # fmt: skip


def _parts(visits: Sequence[int]) -> list[int]:
    """What belongs to these visits, stands, and was told by their source and not written by a post."""
    told = Entry.objects.filter(encounter__in=visits, withdrawn=False, replaced_by=None, author_post=None)
    return list(told.filter(source=F("encounter__source")).order_by("pk").values_list("pk", flat=True))


def _held(asked: Sequence[int]) -> dict[int, list[Entry]]:
    """All versions of each, the oldest first; the newest is locked, so that nobody corrects it meanwhile."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(CHAINS, [list(asked)])
            pairs = cursor.fetchall()
        kept = Entry.objects.in_bulk({key for _, key in pairs})
        chains: dict[int, list[Entry]] = {one: [] for one in asked}
        for one, key in pairs:
            chains[one].append(kept[key])
        for chain in chains.values():
            chain.sort(key=lambda one: one.version)
        heads = {chain[-1].pk for chain in chains.values()}
        locked = Entry.objects.select_for_update().filter(pk__in=heads).order_by("pk")
        if all(one.replaced_by_id is None for one in locked):
            return chains


def counting(versions: Sequence[Entry]) -> list[Entry]:
    """The versions that count one upon the other, the oldest first: without those that were taken back."""
    found: list[Entry] = []
    for one in versions:
        if one.correction_reason == TAKEN_BACK and one.author_post_id is None:
            found = found[:-1]
        else:
            found.append(one)
    return found


def _taken_back(by: Actor, chains: Mapping[int, list[Entry]], but: Collection[str]) -> dict[int, dict[str, Any]]:
    used = referred(Entry, [one.pk for chain in chains.values() for one in chain], but=but)
    stays = {asked: why for asked, chain in chains.items() if (why := _stays(asked, chain, used))}
    used |= _visits_of_others([one.pk for asked, chain in chains.items() if asked not in stays for one in chain])
    stays = {asked: why for asked, chain in chains.items() if (why := _stays(asked, chain, used))}
    going = {asked: chain for asked, chain in chains.items() if asked not in stays}
    below = {asked: next(iter(counting(chain)[-2::-1]), None) for asked, chain in going.items()}
    sources = {asked: below[asked] or next(one for one in chain if one.pk == asked) for asked, chain in going.items()}
    told = _told_again(sources.values())
    fresh = write_told([
        replace(
            told[sources[asked].pk], follows=chain[-1].pk, withdrawn=below[asked] is None,
            author=sources[asked].author if below[asked] else by.person_name,
        )
        for asked, chain in going.items()
    ])  # fmt: skip
    vanished = [one.pk for asked, chain in going.items() if below[asked] is None for one in chain]
    Entry.objects.filter(pk__in=vanished).update(withdrawn=True)
    return {asked: {"stays": why} for asked, why in stays.items()} | {
        asked: {"was": chain[-1].pk, "entry": one.pk, "stands": below[asked] is not None}
        for (asked, chain), one in zip(going.items(), fresh, strict=True)
        if isinstance(one, Entry)
    }


def _visits_of_others(going: Sequence[int]) -> set[int]:
    """Visits among these to which something belongs that stands and is not taken back with them."""
    others = Entry.objects.filter(encounter__in=going, withdrawn=False).exclude(pk__in=going)
    return set(others.values_list("encounter_id", flat=True))


def _stays(asked: int, chain: Sequence[Entry], used: set[int]) -> str:
    """Why it cannot be taken back, if so."""
    found = counting(chain)
    places = [place for place, one in enumerate(found) if one.pk == asked]
    if not places:
        return TAKEN_BACK
    (place,) = places
    if any(one.author_post_id for one in found[place + 1 :]):
        return CORRECTED
    if found[place + 1 :]:
        return LATER
    touched = [one for one in chain if not place or one.version >= found[place].version]
    return BUILT_ON if used & {one.pk for one in touched} else ""


def _told_again(entries: Iterable[Entry]) -> dict[int, Told]:
    """What these versions said, to be said again as it was."""
    by_key = {one.pk: one for one in entries}
    beyond = before_of(by_key)
    visits = {one.entry_id: one for one in Encounter.objects.filter(entry__in=by_key)}
    measured = {
        one.entry_id: {name: getattr(one, name) for name in MEASURED}
        for one in Observation.objects.filter(entry__in=by_key)
    }
    return {key: _said(one, beyond[key], visits.get(key), measured.get(key)) for key, one in by_key.items()}


def _said(one: Entry, beyond: Before, visit: Encounter | None, measured: Mapping[str, Any] | None) -> Told:
    return Told(
        resident_id=one.resident_id, institution_id=one.institution_id, kind=one.kind, title=one.title, at=one.at,
        source=one.source, until=one.until, system=one.system, code=one.code, text=one.text, author=one.author,
        detail=one.detail, encounter_class=visit.encounter_class if visit else "",
        diagnosis_code=beyond.diagnosis or (one.code if one.kind == "condition" else ""),
        out_of_county=bool(visit and visit.out_of_county), measured=measured, encounter_id=one.encounter_id,
        charges=beyond.charges, operations=beyond.operations, reason=TAKEN_BACK, whole=True,
    )  # fmt: skip
