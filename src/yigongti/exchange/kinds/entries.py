"""Rows that become entries of the record: written many at once, withdrawn again as versions, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from yigongti.exchange.batches.kinds import Outcome, Row
from yigongti.exchange.kinds.whom import source_of
from yigongti.exchange.models import KnownEntry
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.record.actions import Told, take_in_many


Tells = Callable[[Row], Sequence[Told]]
"""The entries that a row stands for."""
MADE = "record.Entry:"
NOTHING = "这一行没有要记的"


def take_entries(rows: Sequence[Row], tells: Tells) -> list[Outcome]:
    """The entries of each row; a row with problems by now stays out and says so."""
    told = {row.number: [] if row.problems else list(tells(row)) for row in rows}
    written = iter(take_in_many(by=the_inbox(), told=[one for many in told.values() for one in many]).data["entries"])
    return [_outcome(row, [next(written) for _ in told[row.number]]) for row in rows]


def _outcome(row: Row, written: Sequence[dict[str, Any]]) -> Outcome:
    if row.problems:
        return Outcome(state="wrong", note="；".join(one.says for one in row.problems))
    refused = [str(one["refused"]) for one in written if "refused" in one]
    kept = " ".join(str(one["entry"]) for one in written if "entry" in one)
    if not kept:
        return Outcome(state="wrong" if refused else "known", note="；".join(refused) or NOTHING)
    return Outcome(state="applied", made=f"{MADE}{kept}", note="；".join(refused))


def undo_entries(rows: Sequence[Row], tells: Tells) -> list[Outcome]:
    """A withdrawn version of each entry: out of every list and figure, still there for whom the record shows it."""
    gone = [
        replace(told, withdrawn=True, follows=entry, measured=None)
        for row in rows
        for entry, told in zip(_entries(row), tells(row), strict=False)
    ]
    take_in_many(by=the_inbox(), told=gone)
    return [Outcome(state="undone", made=row.made) for row in rows]


def earlier_versions(kind: str, rows: Sequence[Row], number: Callable[[Row], str]) -> dict[int, int]:
    """The entry that the sender's number of each row stands for already, by the row's number; held until the end."""
    senders = {row.number: source_of(row).pk for row in rows}
    held = KnownEntry.objects.select_for_update().filter(
        kind=kind, sender__in=set(senders.values()), value__in={number(row) for row in rows}
    )
    known = {(sender, value): entry for sender, value, entry in held.values_list("sender_id", "value", "entry_id")}
    found = {row.number: known.get((senders[row.number], number(row))) for row in rows}
    return {at: entry for at, entry in found.items() if entry}


def remember_versions(
    kind: str, rows: Sequence[Row], outcomes: Sequence[Outcome], number: Callable[[Row], str]
) -> None:
    """From now on the sender's number of each row stands for the entry that was made of it."""
    KnownEntry.objects.bulk_create(
        (
            KnownEntry(sender=source_of(row), kind=kind, value=number(row), entry_id=int(one.made.removeprefix(MADE)))
            for row, one in zip(rows, outcomes, strict=True)
            if one.state == "applied"
        ),
        update_conflicts=True, unique_fields=["sender", "kind", "value"], update_fields=["entry"],
    )  # fmt: skip


def _entries(row: Row) -> list[int]:
    return [int(one) for one in row.made.removeprefix(MADE).split()]


def moment_of(at: Any) -> datetime:
    """A moment, or the beginning of a day, in the county's zone."""
    return at if isinstance(at, datetime) else datetime.combine(at, time(), tzinfo=clock.COUNTY_ZONE)
