"""Openings that nobody has reviewed in time: told to those above the reviewers, without whose record it was."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import escalate_overdue_reviews
from yigongti.kernel.access.models import Opening
from yigongti.kernel.access.words import registry
from yigongti.kernel.jobs import beat
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.registry import page
from yigongti.residents.queries import persons


PAGE = 50
SHOWN = 5


@beat("residents.escalate_reviews", cron="*/5 * * * * 0")
def escalate() -> None:
    """Tell those above the reviewers of what is overdue."""
    escalate_overdue_reviews()


@page("residents.overdue_reviews", "reviews/overdue", title="逾期复核", menu=29, icon="eye")
def overdue_reviews(request: Request) -> HttpResponse:
    """Who opened a record on which basis, since when it waits, and who should have reviewed it; no person is shown."""
    last = row_number(request.GET.get("after", ""))
    found = persons.overdue(for_=request.actor, after=last, limit=PAGE)
    more = f"/reviews/overdue?after={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    context = {"title": say("逾期复核"), "late": [_line(one) for one in found[:PAGE]], "more_url": more}
    return render(request, "residents/overdue.html", context)


def _line(opening: Opening) -> dict[str, Any]:
    reviewers = registry.roles[opening.post.role].reviewed_by
    return {
        "opening": opening,
        "who": opening.post.account.person_name,
        "basis": say(bases.all_bases()[opening.basis].title),
        "reviewers": "、".join(say(registry.roles[code].title) for code in reviewers),
    }


@block(permission="residents.overdue_reviews", order=13)
def overdue_block(*, for_: Actor) -> Block | None:
    """Reviews that nobody has made in time."""
    found = len(persons.overdue(for_=for_, limit=SHOWN))
    if not found:
        return None
    many = say("还有更多") if found > SHOWN else say("{n} 件", n=found)
    return Block(title=say("逾期复核"), lines=[(many, "/reviews/overdue")], href="/reviews/overdue", word=say("去看看"))
