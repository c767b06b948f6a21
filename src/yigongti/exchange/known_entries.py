"""Which entry of ours stands for a sender's report or visit: a second message about it makes a new version."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal

from yigongti.exchange.models import KnownEntry, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.record.actions import Told, take_in


MEASURED = ("series", "value", "second_value", "unit")


def write(*, sender: Sender, kind: str, number: str, told: Told) -> tuple[int, int]:
    """Write what was told; (entry, version). The sender's number is locked, so that versions follow one another."""
    return _write(_known(sender, kind, number), sender, kind, number, told)


def write_if_new(*, sender: Sender, kind: str, number: str, told: Told, timeless: bool = False) -> bool:
    """Write it unless the entry that stands says the same; whether it was. `timeless`: `at` is no part of it."""
    known = _known(sender, kind, number)
    if known is not None and _says(known, told, timeless=timeless):
        return False
    _write(known, sender, kind, number, told)
    return True


def withdraw(*, sender: Sender, kind: str, number: str) -> bool:
    """Take back what stands for a number, if anything does; whether it was."""
    known = _known(sender, kind, number)
    if known is None or known.entry.withdrawn:
        return False
    old = known.entry
    part = getattr(old, "observation_part", None) if old.kind == "observation" else None
    measured = {name: getattr(part, name) for name in MEASURED} if part is not None else None
    told = Told(resident_id=old.resident_id, institution_id=old.institution_id, kind=old.kind, title=old.title,
                at=old.at, source=old.source, system=old.system, code=old.code, text=old.text, detail=old.detail,
                measured=measured, withdrawn=True)  # fmt: skip
    _write(known, sender, kind, number, told)
    return True


def _known(sender: Sender, kind: str, number: str) -> KnownEntry | None:
    rows = KnownEntry.objects.select_for_update(of=("self",)).select_related("entry")
    return rows.filter(sender=sender, kind=kind, value=number[:200]).first()


def _write(known: KnownEntry | None, sender: Sender, kind: str, number: str, told: Told) -> tuple[int, int]:
    receipt = take_in(by=the_inbox(), key=uuid.uuid4(), told=replace(told, follows=known.entry_id) if known else told)
    entry, version = int(receipt.data["entry"]), int(receipt.data["version"])
    if known:
        KnownEntry.objects.filter(pk=known.pk).update(entry_id=entry)
    else:
        KnownEntry.objects.create(sender=sender, kind=kind, value=number[:200], entry_id=entry)
    return entry, version


def _says(known: KnownEntry, told: Told, *, timeless: bool) -> bool:
    old = known.entry
    same = (old.title, old.text, old.withdrawn) == (told.title, told.text, told.withdrawn)
    if not same or (old.at != told.at and not timeless):
        return False
    part = getattr(old, "observation_part", None) if told.measured else None
    if part is None:
        return not told.measured
    return all(_number(getattr(part, name)) == _number(told.measured.get(name)) for name in MEASURED)  # type: ignore[union-attr]


def _number(value: object) -> object:
    return value.normalize() if isinstance(value, Decimal) else value
