"""To whom a sheet belongs: to who brought it; one of the command line's to the data staff of a unit, until one of them
takes it over.

Whoever may bring such sheets in that unit sees it, decides, runs and undoes it. What is clinical in it is open to one
person only, who brought it or took it over.
"""

from __future__ import annotations

from django.db.models import Q

from yigongti.exchange.batches.models import Batch
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post, Unit
from yigongti.kernel.access.sign_in import may_act
from yigongti.kernel.access.units import ancestry
from yigongti.kernel.refusal import Refusal


KEEPING = ("group", "county")
"""The kinds of units whose data staff may be given a sheet: of a county with one group the group's."""


class NoSuchKeeper(Refusal):
    """没有名为“{name}”的县或医共体，不知道表归谁办。"""


class NobodyToKeep(Refusal):
    """还没有登记县和医共体，送来的表没有人办；请先登记机构。"""


def keeper_named(name: str = "") -> Unit:
    """The unit of that name; without one the only group, else the county. Raises NoSuchKeeper, NobodyToKeep."""
    units = list(Unit.objects.filter(kind__in=KEEPING, closed_on=None).order_by("path"))
    if name:
        found = [unit for unit in units if unit.name == name]
        if len(found) != 1:
            raise NoSuchKeeper(name=name)
        return found[0]
    groups, counties = ([unit for unit in units if unit.kind == kind] for kind in KEEPING)
    if not units:
        raise NobodyToKeep
    return groups[0] if len(groups) == 1 else (counties or groups)[0]


def within(actor: Actor) -> Q:
    """The sheets that somebody within reach has brought, or that are kept within reach; those of the county belong to
    everybody in it who may work with sheets."""
    county = Q(keeper__kind="county", keeper__in=ancestry(actor.unit_path))
    return actor.reach("brought_by__unit__") | actor.reach("keeper__") | county


def holder(batch: Batch) -> Post | None:
    """Whose it is: the post that took it over, else the one that brought it."""
    return batch.taken_by or batch.brought_by


def is_held(batch: Batch) -> bool:
    """Whether somebody who still acts has it in hand."""
    post = holder(batch)
    return bool(post and may_act(post, on=clock.today()))


def holds(actor: Actor, batch: Batch) -> bool:
    """Whether it is the actor's own."""
    post = holder(batch)
    return bool(post and post.account_id == actor.account_id)
