"""Which entry of ours stands for a sender's report or visit: a second message about it makes a new version.

A number means one thing of one person. Where it comes again with another person it is no version of what stands: the
message waits, unless the sender counts anew (`Sender.numbers_restart`), or what stood was withdrawn, or data staff have
said that the number was given anew. What bears no number of the sender's is each person's own from the start.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from yigongti.exchange.models import KnownEntry, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock, prepared
from yigongti.kernel.refusal import BadValue
from yigongti.record.actions import Told, take_in
from yigongti.record.queries import newest
from yigongti.residents.actions.arriving import identity_of


MEASURED = ("series", "value", "second_value", "unit")
RULE = "OtherPerson"
PERIODS = {"day": "%Y-%m-%d", "year": "%Y"}
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"


class OtherPerson(BadValue):
    """编号“{value}”先前送来的是{known}的，这次写的是{told}，没有当作更正：人写错了的，改正（或请来源方更正）后重新处理；\
这个编号确实又给了这位的，选“编号另用”。"""


_anew: ContextVar[bool] = ContextVar("anew", default=False)


@contextmanager
def given_anew() -> Iterator[None]:
    """Inside, numbers that are known for others were given anew to whom the message is about: data staff say so."""
    token = _anew.set(True)
    try:
        yield
    finally:
        _anew.reset(token)


def write(*, sender: Sender, kind: str, number: str, told: Told, field: str = "") -> tuple[int, int]:
    """Write what was told; (entry, version). The sender's number is locked, so that versions follow one another.

    `field` is where the message bears the number; '' where it bears none, and `number` is made of what it says. Raises
    OtherPerson where the number stands for something of somebody else.
    """
    known = known_for(sender=sender, kind=kind, number=number, whom=told.resident_id, at=told.at, field=field)
    return _write(known, sender, kind, _names(sender, number, told.at)[0], told)


def write_if_new(*, sender: Sender, kind: str, number: str, told: Told, timeless: bool = False) -> bool:
    """Write it unless the entry that stands says the same; whether it was. `timeless`: `at` is no part of it."""
    known = _of(_called(sender, kind, (number[:200],)), told.resident_id)
    if known is not None and _says(known, told, timeless=timeless):
        return False
    _write(known, sender, kind, number[:200], told)
    return True


def withdraw(*, sender: Sender, kind: str, number: str, whom: int) -> bool:
    """Take back what stands for a person's number, if anything does; whether it was."""
    known = _of(_called(sender, kind, (number[:200],)), whom)
    if known is None or known.entry.withdrawn:
        return False
    old = known.entry
    part = getattr(old, "observation_part", None) if old.kind == "observation" else None
    measured = {name: getattr(part, name) for name in MEASURED} if part is not None else None
    told = Told(resident_id=old.resident_id, institution_id=old.institution_id, kind=old.kind, title=old.title,
                at=old.at, source=old.source, system=old.system, code=old.code, text=old.text, detail=old.detail,
                measured=measured, withdrawn=True)  # fmt: skip
    _write(known, sender, kind, number[:200], told)
    return True


def known_for(*, sender: Sender, kind: str, number: str, whom: int, at: datetime, field: str = "") -> KnownEntry | None:
    """What stands for a person's number, held. Raises OtherPerson where the sender gave it to somebody else."""
    if field:  # whoever else brings it at this moment is waited for: two people's are not both the first
        prepared.ask(LOCK, {"key": f"exchange.number|{sender.pk}|{kind}|{number[:200]}"})
    found = _called(sender, kind, _names(sender, number, at))
    own = _of(found, whom, sender, at)
    if own is None and field and not _anew.get():
        _require_free(found, sender, whom, number, at, field)
    return own


def also(*, sender: Sender, kind: str, number: str, entry: int, whom: int, at: datetime, field: str) -> None:
    """From now on this number of the sender's stands for the entry as well."""
    known = known_for(sender=sender, kind=kind, number=number, whom=whom, at=at, field=field)
    if known is None:
        KnownEntry.objects.create(sender=sender, kind=kind, value=_names(sender, number, at)[0], entry_id=entry,
                                  resident_id=whom)  # fmt: skip
    elif known.entry_id != entry:
        KnownEntry.objects.filter(pk=known.pk).update(entry_id=entry)


def name_of(*, sender: Sender, kind: str, number: str, whom: int, at: datetime) -> str:
    """What a numbered thing and its parts are called: with the day or year, where the sender counts anew."""
    if not sender.numbers_restart:
        return number
    known = _of(_called(sender, kind, _names(sender, number, at)), whom, sender, at)
    return known.value if known else _names(sender, number, at)[0]


# --- which


def _names(sender: Sender, number: str, at: datetime) -> tuple[str, ...]:
    """How the number is kept, first as it is from now on; before the sender was said to count anew it stood alone."""
    if not sender.numbers_restart:
        return (number[:200],)
    return f"{number[:180]} @{_period(sender, at)}", number[:200]


def _period(sender: Sender, at: datetime) -> str:
    form = PERIODS.get(sender.numbers_restart)
    return at.astimezone(clock.COUNTY_ZONE).strftime(form) if form else ""


def _called(sender: Sender, kind: str, names: tuple[str, ...]) -> QuerySet[KnownEntry]:
    rows = KnownEntry.objects.select_for_update(of=("self",)).select_related("entry__resident").order_by("-pk")
    return rows.filter(sender=sender, kind=kind, value__in=names)


def _of(
    found: QuerySet[KnownEntry], whom: int, sender: Sender | None = None, at: datetime | None = None
) -> KnownEntry | None:
    """The newest that is the person's; of a sender who counts anew, of that day or year."""
    rows = found.filter(Q(resident=None) | Q(resident__master=whom))
    return next((one for one in rows if one.entry.resident.master_id == whom and _same_period(one, sender, at)), None)


def _same_period(one: KnownEntry, sender: Sender | None, at: datetime | None) -> bool:
    return sender is None or at is None or _period(sender, one.entry.at) == _period(sender, at)


def _require_free(
    found: QuerySet[KnownEntry], sender: Sender, whom: int, number: str, at: datetime, field: str
) -> None:
    """What was withdrawn holds its number no longer: the sender told of it in error, or its institution found so."""
    for one in found:
        entry = one.entry
        if _same_period(one, sender, at) and newest(
            for_=the_inbox(), resident_id=entry.resident_id, ids=[entry.pk], kind=entry.kind
        ):
            raise OtherPerson(
                field=field, rule=RULE, value=_as_given(number, entry.kind), known=_called_so(entry.resident.master_id),
                told=_called_so(whom),
            )  # fmt: skip


def _as_given(number: str, kind: str) -> str:
    """The sender's number alone: what was asked, which stands behind a report's, is not for data staff."""
    return number.partition("|")[0] if kind == "report" else number


def _called_so(resident: int) -> str:
    who = identity_of(resident)
    return f"{who.name}（{who.birth_date:%Y-%m-%d}）"


# --- what is written


def _write(known: KnownEntry | None, sender: Sender, kind: str, name: str, told: Told) -> tuple[int, int]:
    receipt = take_in(by=the_inbox(), key=uuid.uuid4(), told=replace(told, follows=known.entry_id) if known else told)
    entry, version = int(receipt.data["entry"]), int(receipt.data["version"])
    if known:
        KnownEntry.objects.filter(pk=known.pk).update(entry_id=entry)
    else:
        KnownEntry.objects.create(sender=sender, kind=kind, value=name, entry_id=entry, resident_id=told.resident_id)
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
