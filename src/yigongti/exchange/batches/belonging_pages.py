"""Whose a sheet is, as it is said; taking over what nobody has in hand; what waits for data staff on the workbench."""

from __future__ import annotations

from django.http import HttpResponse

from yigongti.exchange.batches import actions, queries
from yigongti.exchange.batches.belonging import holder, is_held
from yigongti.exchange.batches.models import Batch
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Act
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound


SHOWN = 5


def bringer(one: Batch) -> str:
    """Who brought it; of the command line's, whose data staff look after it."""
    if one.brought_by:
        return str(one.brought_by.account.person_name)
    unit = one.keeper.name if one.keeper else ""
    return say("命令行，归{unit}的数据员", unit=unit)


def whose(one: Batch) -> str:
    """Who has it in hand, or that nobody has."""
    post = holder(one)
    return str(post.account.person_name) if post and is_held(one) else say("还没有人接手")


def take_over_act(one: Batch) -> list[Act]:
    """The button for what nobody has in hand."""
    return [] if is_held(one) else [Act(word=say("接手这张表"), post=f"/tables/{one.pk}/take-over")]


@page("exchange.take_over_table", "tables/<int:pk>/take-over", title="接手这张表", permission=actions.TABLES,
      writes=True)  # fmt: skip
def take_over(request: Request, pk: int) -> HttpResponse:
    """From now on it is one's own, with what is clinical in it."""
    if request.method != "POST":
        raise NotFound
    return done(request, actions.take_over(by=request.actor, key=key_of(request), batch_id=pk))


@block(permission=actions.TABLES, order=12)
def waits(*, for_: Actor) -> Block | None:
    """Sheets of the command line with rows that wait, which nobody has taken over."""
    found = queries.unheld(for_=for_, limit=SHOWN + 1)
    if not found:
        return None
    lines = [(f"T{one.pk} {one.name}", f"/tables/{one.pk}") for one in found[:SHOWN]]
    return Block(title=say("还没有人接手的表"), lines=lines, href="/tables", word=say("去看看"))
