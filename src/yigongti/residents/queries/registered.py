"""What is registered of persons whom a paper names: for what takes the paper in, which shows nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yigongti.kernel.access.actor import Actor
from yigongti.residents.models import Resident
from yigongti.residents.queries.certificates import TAKES_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What is registered of a person, to be compared and not to be shown."""

    master: int
    name: str
    sex: str
    born: date
    born_estimated: bool
    died_on: date | None


def registered_as(*, for_: Actor, ids: Iterable[int]) -> dict[int, Registered]:
    """By the key that was asked for, whichever registration it is; for what takes in, which shows nobody."""
    for_.require(TAKES_IN)
    return _read(ids)


def hold(*, for_: Actor, ids: Iterable[int]) -> set[int]:
    """Hold these persons until the transaction ends; who of them is there. Of two who bring the same of one, the second
    sees what the first has written, and nobody is taken back meanwhile. All are held in one order, so that two who hold
    many never wait for each other."""
    for_.require(TAKES_IN)
    held = Resident.objects.select_for_update(no_key=True).filter(pk__in=set(ids))
    return set(held.order_by("pk").values_list("pk", flat=True))


def just_registered(*, for_: Actor, resident: int) -> Registered:
    """One that `for_` has just registered."""
    return _read([resident])[resident]


def _read(ids: Iterable[int]) -> dict[int, Registered]:
    names = ("name", "sex", "birth_date", "birth_estimated", "died_on")
    held = Resident.objects.filter(pk__in=set(ids))
    rows = held.values_list("pk", "master_id", *(f"master__{name}" for name in names))
    return {
        pk: Registered(master=master, name=name, sex=sex, born=born, born_estimated=estimated, died_on=died)
        for pk, master, name, sex, born, estimated, died in rows
    }  # fmt: skip
