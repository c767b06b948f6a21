"""Rows that become entries of the record: written many at once, taken back as versions, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from yigongti.exchange.batches.kinds import Outcome, Row
from yigongti.exchange.kinds.whom import find_people, source_of
from yigongti.exchange.models import KnownEntry, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables.sheet import Sheet
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.record.actions import Told, take_back_many, take_in_many
from yigongti.record.queries.told_before import told_before
from yigongti.residents.queries.registered import hold, registered_as


Tells = Callable[[Row], Sequence[Told]]
"""The entries that a row stands for."""
MADE = "record.Entry:"
AHEAD = timedelta(days=1)
"""Clocks of other systems differ, and a day without an hour is its beginning."""
NOTHING, GONE = "这一行没有要记的", "查无此人，请先登记"
CORRECTED_SINCE, OF_ANOTHER = "本机构之后已更正过，请核对", "这个号已是另一个人的，请核对"


def note_known(rows: Sequence[Row], tells: Tells) -> None:
    """A row of which a sheet has brought everything before is known."""
    told = [(row, one) for row in rows if not row.problems for one in tells(row)]
    before = told_before(for_=the_inbox(), told=[one for _, one in told])
    fresh = {row.number for place, (row, _) in enumerate(told) if place not in before}
    for place, (row, _) in enumerate(told):
        row.known = "" if row.number in fresh else f"{MADE}{before[place]}"


def take_entries(rows: Sequence[Row], tells: Tells, *, once: bool = False) -> list[Outcome]:
    """The entries of each row; a row with problems by now stays out and says so. `once`: the same is not told twice."""
    told = {row.number: [] if row.problems else list(tells(row)) for row in rows}
    there = hold(for_=the_inbox(), ids=[one.resident_id for many in told.values() for one in many])
    gone = {number for number, many in told.items() if any(one.resident_id not in there for one in many)}
    told |= {number: [] for number in gone}
    fresh = _fresh(told) if once else told
    written = iter(take_in_many(by=the_inbox(), told=[one for many in fresh.values() for one in many]).data["entries"])
    return [
        Outcome(state="wrong", note=GONE) if row.number in gone
        else Outcome(state="known") if told[row.number] and not fresh[row.number]
        else _outcome(row, [next(written) for _ in fresh[row.number]])
        for row in rows
    ]  # fmt: skip


def _fresh(told: Mapping[int, Sequence[Told]]) -> dict[int, list[Told]]:
    """What neither the record nor an earlier row says already."""
    flat = [(number, one) for number, many in told.items() for one in many]
    before = told_before(for_=the_inbox(), told=[one for _, one in flat])
    found: dict[int, list[Told]] = {number: [] for number in told}
    seen = set()
    for place, (number, one) in enumerate(flat):
        same = (one.resident_id, one.kind, one.code, one.at, tuple((one.measured or {}).values()))
        if place not in before and same not in seen:
            found[number].append(one)
        seen.add(same)
    return found


def _outcome(row: Row, written: Sequence[dict[str, Any]]) -> Outcome:
    if row.problems:
        return Outcome(state="wrong", note="；".join(one.says for one in row.problems))
    refused = [str(one["refused"]) for one in written if "refused" in one]
    kept = " ".join(str(one["entry"]) for one in written if "entry" in one)
    if not kept:
        return Outcome(state="wrong" if refused else "known", note="；".join(refused) or NOTHING)
    return Outcome(state="applied", made=f"{MADE}{kept}", note="；".join(refused))


def undo_entries(rows: Sequence[Row], *, whole_visits: bool = False) -> list[Outcome]:
    """Each entry taken back as a version, an earlier one counting again; what has been built upon stays and says so.
    `whole_visits`: with what was told as part of it."""
    made = [entry for row in rows for entry in _entries(row)]
    taken = take_back_many(by=the_inbox(), entries=made, but=("exchange.KnownEntry.entry",), whole_visits=whole_visits)
    answers = taken.data["entries"]
    said = dict(zip(made, answers, strict=True))
    _mean_the_newest(answers)
    return [_undone(row, [said[entry] for entry in _entries(row)]) for row in rows]


def _undone(row: Row, said: Sequence[Mapping[str, Any]]) -> Outcome:
    reasons = list(dict.fromkeys(str(one["stays"]) for one in said if "stays" in one))
    return Outcome(state="stays" if reasons else "undone", made=row.made, note="；".join(reasons))


def _mean_the_newest(said: Sequence[Mapping[str, Any]]) -> None:
    """The senders' numbers follow what stands; of what is gone they mean nothing any more."""
    moved = {int(one["was"]): int(one["entry"]) for one in said if one.get("stands")}
    KnownEntry.objects.filter(entry__in=[one["was"] for one in said if "was" in one and not one["stands"]]).delete()
    for known in KnownEntry.objects.filter(entry__in=moved):
        KnownEntry.objects.filter(pk=known.pk).update(entry_id=moved[known.entry_id])


def follow_known(kind: str, rows: Sequence[Row], sheet: Sheet, name: str) -> None:
    """Put into each row, as `follows`, the entry that its number stands for already, held until the end.

    What the institution has corrected since is not overwritten, nor is one person's entry told of another: both say so.
    """
    senders = {row.number: source_of(row).pk for row in rows}
    held = KnownEntry.objects.select_for_update(of=("self", "entry")).select_related("entry__resident").order_by("pk")
    found = held.filter(
        kind=kind, sender__in=set(senders.values()), value__in={str(row.values.get(name) or "") for row in rows}
    )
    known = {(one.sender_id, one.value): one.entry for one in found}
    for row in rows:
        entry = known.get((senders[row.number], str(row.values.get(name) or "")))
        row.values["follows"] = entry.pk if entry else None
        if entry and entry.replaced_by_id:
            row.wrong(sheet, name, CORRECTED_SINCE)
        elif entry and row.values.get("resident") and entry.resident.master_id != row.values["resident"]:
            row.wrong(sheet, name, OF_ANOTHER)


def remember_versions(kind: str, rows: Sequence[Row], outcomes: Sequence[Outcome], name: str) -> None:
    """From now on the sender's number of each row stands for the entry that was made of it."""
    KnownEntry.objects.bulk_create(
        (
            KnownEntry(
                sender=source_of(row), kind=kind, value=str(row.values[name]), entry_id=int(one.made.removeprefix(MADE))
            )
            for row, one in zip(rows, outcomes, strict=True)
            if one.state == "applied"
        ),
        update_conflicts=True, unique_fields=["sender", "kind", "value", "resident"], update_fields=["entry"],
    )  # fmt: skip


def _entries(row: Row) -> list[int]:
    return [int(one) for one in row.made.removeprefix(MADE).split()]


def name_senders(rows: Sequence[Row]) -> set[int]:
    """Put each row's system into its values, each asked for once; which they are."""
    senders: dict[str, Sender] = {}
    for row in rows:
        code = str(row.values.get("source") or "")
        row.values["sender"] = senders[code] = senders.get(code) or source_of(row)
    return {one.pk for one in senders.values()}


def hold_numbers(rows: Sequence[Row]) -> None:
    """Hold the systems whose numbers these rows carry until the end: a number that two sheets bring at one moment gets
    its second version from the second, and not an entry of its own."""
    senders = Sender.objects.select_for_update(no_key=True).filter(pk__in=name_senders(rows))
    list(senders.order_by("pk").values_list("pk"))


def find_whom(by: Actor, rows: Sequence[Row], sheet: Sheet) -> None:
    """Each row's person as `resident` and what is registered of them as `life`, whatever else is wrong with the row."""
    name_senders(rows)
    noted = [row.problems for row in rows]
    for row in rows:
        row.problems = []
    find_people(by, rows, sheet)
    for row, before in zip(rows, noted, strict=True):
        unread = {one.field for one in before}
        row.problems = before + ([] if unread & {"id_card", "number", "source"} else row.problems)
    found = registered_as(for_=the_inbox(), ids=[row.values["resident"] for row in rows if row.values["resident"]])
    for row in rows:
        row.values["life"] = found.get(row.values["resident"])


def check_in_life(row: Row, sheet: Sheet, name: str, *, spare: int = 0) -> None:
    """A moment lies in the person's life, `spare` days after a death included, and not ahead."""
    at, life = row.values.get(name), row.values.get("life")
    if at is None or name in row.unread:
        return
    moment = moment_of(at)
    day = moment.astimezone(clock.COUNTY_ZONE).date()
    if moment > clock.now() + AHEAD:
        row.wrong(sheet, name, "{day} 晚于今天", day=day.isoformat())
    elif life and day < (date(life.born.year, 1, 1) if life.born_estimated else life.born):
        row.wrong(sheet, name, "早于出生日期 {born}", born=life.born.isoformat())
    elif life and life.died_on and day > life.died_on + timedelta(days=spare):
        row.wrong(sheet, name, "晚于死亡日期 {died}", died=life.died_on.isoformat())


def moment_of(at: Any) -> datetime:
    """A moment, or the beginning of a day, in the county's zone."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(), tzinfo=clock.COUNTY_ZONE)
