"""The day after: openings in an emergency or on duty, reviewed by somebody else."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access import bases
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import Refusal
from yigongti.residents import masking
from yigongti.residents.actions.openings import review_opening
from yigongti.residents.pages import drawn
from yigongti.residents.queries import persons


@page(
    "residents.reviews",
    "reviews",
    title="查阅复核",
    permission="residents.emergency_review",
    menu=28,
    icon="eye",
)
def reviews(request: Request) -> HttpResponse:
    """What waits for review, oldest first; the person stays masked, for the review is about who opened."""
    return _list(request)


def _list(request: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    after = request.GET.get("after", "")
    rows = persons.reviews(for_=actor, after=row_number(after))
    ids = [person.pk for _, person in rows[:50]]
    trail.saw(by=actor, page="residents.reviews", sentence="复核查阅", persons=ids, basis="review")
    titles = {code: say(one.title) for code, one in bases.all_bases().items()}
    context = {
        "title": say("查阅复核"),
        "reviews": [
            {
                "opening": one,
                "who": one.post.account.person_name,
                "basis": titles.get(one.basis, one.basis),
                "person": f"{masking.name(person.name)} {masking.born(person.birth_date)}",
            }
            for one, person in rows[:50]
        ],
        "more_url": f"/reviews?after={rows[49][0].pk}" if len(rows) > 50 else "",
        "errors": [],
        **more,
    }
    return render(request, "residents/reviews.html", context, status=status)


@page(
    "residents.review",
    "reviews/<int:pk>",
    title="复核一次查阅",
    permission="residents.emergency_review",
    writes=True,
)
def review(request: Request, pk: int) -> HttpResponse:
    """Justified or not, with a word why."""
    verdict, note = request.POST.get("verdict", ""), request.POST.get("note", "")
    actor = request.actor
    try:
        return done(request, review_opening(by=actor, key=key_of(request), opening=pk, verdict=verdict, note=note))
    except Refusal as refusal:
        return _list(request, errors=drawn.above(errors_of(refusal)), typed={pk: note}, status=refusal.status)
