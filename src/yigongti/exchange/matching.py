"""Whom a sender means: by the number it used before, else by paper; else the person is registered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from yigongti.exchange.models import KnownPerson, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock, prepared
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import act_within
from yigongti.kernel.refusal import BadValue, Refusal
from yigongti.residents.actions.arriving import identity_of, take_in
from yigongti.residents.queries.alike import by_papers


KNOWN = """
SELECT k.system, k.value, r.master_id FROM unnest(%(systems)s::text[], %(values)s::text[]) w(system, value)
JOIN exchange_knownperson k ON k.sender_id = %(sender)s AND k.system = w.system AND k.value = w.value
JOIN residents_resident r ON r.id = k.resident_id
"""
MASTER = "SELECT master_id FROM residents_resident WHERE id = %(resident)s"
REGISTERED_NOW = frozenset({"new", "suspected"})
Number = tuple[str, str]
ORDERED_RULE = "OtherThanOrdered"
CALLED = "called"
"""System of what a sender calls a person, said by data staff."""


class NameDiffers(Refusal):
    """这个号码登记的是{known}，来的是{told}：请核对是改名还是另一个人。"""

    status = 422


class TwoPersons(Refusal):
    """来源方的这些号码已对到不同的人（{numbers}）：请先核对是否同一人。"""

    status = 422


class OtherThanOrdered(BadValue):
    """申请“{value}”是给{known}开的，来的报告写的是{told}：请核对是不是同一个人，改正或补全证件后重新处理。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a sender calls somebody who is registered under another name."""

    resident: int
    name: str

    @property
    def number(self) -> Number:
        """As it is remembered among the sender's numbers."""
        return CALLED, f"{self.resident}|{''.join(self.name.split()).casefold()}"[:120]


@dataclass(slots=True, kw_only=True)
class OnePerson:
    """What data staff have read, and the names that they so say to be one person's."""

    read: str
    called: list[Called] = field(default_factory=list)


_one: ContextVar[OnePerson | None] = ContextVar("one_person", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Somebody of whom an order was written here that the sender's institution carries out and quotes by its number;
    `registration` is the one that it was written for."""

    registration: int
    number: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """A person as a sender tells of them. `numbers` are the sender's own, as (system, value); `id_card` is not one."""

    numbers: tuple[Number, ...]
    name: str
    sex: str
    born: date | None
    born_estimated: bool = False
    id_card: str = ""
    phone: str = ""
    address: str = ""

    def typed(self) -> Mapping[str, str]:
        """As a registration form would say it."""
        said = {
            "name": self.name,
            "sex": self.sex if self.sex in ("1", "2") else "0",
            "birth_date": self.born.isoformat() if self.born else "",
            "birth_estimated": "1" if self.born_estimated else "",
            "id_card": self.id_card,
            "no_papers": "" if self.id_card else "1",
            "lives_address": self.address[:200],
        }
        return {name: part for name, part in said.items() if part}


def person_of(*, sender: Sender, told: ToldPerson, ordered: Ordered | None = None) -> int:
    """The resident that the sender means; the numbers it used are remembered.

    Our own order's number, quoted by who carries it out, with the same name, birth date and sex means whom it was
    written for. Raises what registration refuses, NameDiffers where a known number comes with another name, TwoPersons
    where its numbers point to different people, OtherThanOrdered where the order is somebody else's.
    """
    known = known_persons(sender=sender, numbers=told.numbers)
    asked_for = _master(ordered.registration) if ordered else None
    if asked_for and not known and _is_ordered_for(asked_for, told):
        resident, how = asked_for, "order"
    else:
        resident, how = _found(sender, told, known)
    if ordered and asked_for and resident != asked_for:
        raise OtherThanOrdered(field=ordered.field, rule=ORDERED_RULE, value=ordered.number,
                               known=identity_of(asked_for).name, told=told.name)  # fmt: skip
    remember(sender=sender, numbers=told.numbers, resident=resident, how=how)
    return resident


def _found(sender: Sender, told: ToldPerson, known: Collection[int]) -> tuple[int, str]:
    return meant(sender=sender, told=told, known=known, by=None if known else the_inbox())


def _master(registration: int) -> int:
    ((master,),) = prepared.fetched(MASTER, {"resident": registration})
    return int(master)


def _is_ordered_for(resident: int, told: ToldPerson) -> bool:
    """Name and whole birth date must be told and the same; sex and card, where told, must not speak against it."""
    known = identity_of(resident)
    if not told.name or told.born is None or told.born_estimated:
        return False
    return known.agrees(name=told.name, sex=told.sex, birth_date=told.born, id_card=told.id_card)


def meant(
    *, sender: Sender, told: ToldPerson, known: Collection[int], by: Actor | None, whole: bool = False
) -> tuple[int, str]:
    """The resident, and how they were found, of somebody whose numbers are `known` to mean these; registered by `by`
    where they mean nobody. Raises as `person_of` does. `whole`: what is refused here undoes all that the caller does.
    """
    if len(known) > 1:
        raise TwoPersons(field="PID-3", numbers="、".join(value for _, value in told.numbers))
    resident, how = (next(iter(known)), "number") if known else _by_paper(sender, told, by or the_inbox(), whole)
    if how not in REGISTERED_NOW:
        _require_same(sender, resident, told)
    return resident, how


def known_persons(*, sender: Sender, numbers: Iterable[Number]) -> set[int]:
    """The master persons behind the sender's numbers."""
    return {master for _, _, master in ask_known(sender=sender, numbers=numbers).rows()}


def ask_known(*, sender: Sender, numbers: Iterable[Number]) -> prepared.Answer:
    """System, value and master person of each number that the sender has used."""
    wanted = list(dict.fromkeys(numbers))
    return prepared.ask(KNOWN, {"sender": sender.pk, "systems": [system for system, _ in wanted],
                                "values": [value for _, value in wanted]})  # fmt: skip


def _by_paper(sender: Sender, told: ToldPerson, by: Actor, whole: bool) -> tuple[int, str]:
    act = partial(act_within, take_in) if whole else take_in
    receipt = act(by=by, typed=told.typed(), managing=sender.institution_id)
    return int(receipt.data["resident"]), str(receipt.data["how"])


def _require_same(sender: Sender, resident: int, told: ToldPerson) -> None:
    """Names say whether a number was mistyped or a card lent, and so does a card that is somebody else's: what differs
    is for a human to look at."""
    known = identity_of(resident)
    if told.name and not known.is_called(told.name):
        _require_called(sender, resident, known.name, told.name)
    if told.id_card and known.id_card and told.id_card != known.id_card:
        holder = by_papers(for_=the_inbox(), numbers=[told.id_card]).get(told.id_card, resident)
        if holder != resident:
            raise TwoPersons(field="PID-3", numbers="、".join([*(value for _, value in told.numbers), told.id_card]))


def _require_called(sender: Sender, resident: int, known: str, told: str) -> None:
    """Unless data staff have said before, or say now of what they have read, that the sender calls them so."""
    name = Called(resident=resident, name=told)
    if resident in known_persons(sender=sender, numbers=[name.number]):
        return
    differs, one = NameDiffers(field="PID-5", known=known, told=told), _one.get()
    if one is None or str(differs) not in one.read:
        raise differs
    one.called.append(name)


@contextmanager
def one_person(sender: Sender, *, read: str) -> Iterator[None]:
    """Inside, the names of which the reason speaks that was read are the registered people's; it is remembered, though
    the message may wait for something else."""
    said = OnePerson(read=read)
    token = _one.set(said)
    try:
        yield
    finally:
        _one.reset(token)
    for name in said.called:
        remember(sender=sender, numbers=[name.number], resident=name.resident, how="hand")


def remember(*, sender: Sender, numbers: Iterable[Number], resident: int, how: str) -> None:
    """These numbers of the sender mean this person from now on."""
    now = clock.now()
    prepared.post_new(KnownPerson, [
        {"sender_id": sender.pk, "system": system, "value": value, "resident_id": resident, "how": how,
         "matched_at": now}
        for system, value in dict.fromkeys(numbers)
    ])  # fmt: skip
