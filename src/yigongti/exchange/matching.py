"""Whom a sender means: by the number it used before, else by paper; else the person is registered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from yigongti.exchange.models import KnownPerson, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.refusal import Refusal
from yigongti.residents.actions.arriving import identity_of, take_in


class NameDiffers(Refusal):
    """这个号码登记的是{known}，来的是{told}：请核对是改名还是另一个人。"""

    status = 422


class TwoPersons(Refusal):
    """来源方的这些号码已对到不同的人（{numbers}）：请先核对是否同一人。"""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """A person as a sender tells of them. `numbers` are the sender's own, as (system, value); `id_card` is not one."""

    numbers: tuple[tuple[str, str], ...]
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


def person_of(*, sender: Sender, told: ToldPerson) -> int:
    """The resident that the sender means; the numbers it used are remembered.

    Raises what registration refuses, NameDiffers where a known number comes with another name, TwoPersons where its
    numbers point to different people.
    """
    known = known_persons(sender=sender, numbers=told.numbers)
    if len(known) > 1:
        raise TwoPersons(field="PID-3", numbers="、".join(value for _, value in told.numbers))
    resident, how = (known.pop(), "number") if known else _by_paper(sender, told)
    _require_name(resident, told)
    remember(sender=sender, numbers=told.numbers, resident=resident, how=how)
    return resident


def known_persons(*, sender: Sender, numbers: Iterable[tuple[str, str]]) -> set[int]:
    """The master persons behind the sender's numbers."""
    rows = KnownPerson.objects.filter(sender=sender, value__in=[value for _, value in numbers])
    found = rows.values_list("system", "value", "resident__master_id")
    wanted = set(numbers)
    return {master for system, value, master in found if (system, value) in wanted}


def _by_paper(sender: Sender, told: ToldPerson) -> tuple[int, str]:
    receipt = take_in(by=the_inbox(), typed=told.typed(), managing=sender.institution_id, key=uuid.uuid4())
    return int(receipt.data["resident"]), str(receipt.data["how"])


def _require_name(resident: int, told: ToldPerson) -> None:
    """Names say whether a number was mistyped or a card lent: what differs is for a human to look at."""
    known = identity_of(resident)
    if told.name and not known.is_called(told.name):
        raise NameDiffers(field="PID-5", known=known.name, told=told.name)


def remember(*, sender: Sender, numbers: Iterable[tuple[str, str]], resident: int, how: str) -> None:
    """These numbers of the sender mean this person from now on."""
    KnownPerson.objects.bulk_create(
        (
            KnownPerson(
                sender=sender, system=system, value=value, resident_id=resident, how=how, matched_at=clock.now()
            )
            for system, value in dict.fromkeys(numbers)
        ),
        ignore_conflicts=True,
    )
