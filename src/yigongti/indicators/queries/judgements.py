"""What people have answered to the questions of an indicator that is judged, with the evidence."""

from __future__ import annotations

from yigongti.indicators.models import Judgement
from yigongti.indicators.queries.cells import SEE
from yigongti.indicators.queries.places import Place, places
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.refusal import NotFound


def judgements(*, for_: Actor, indicator: str, place: Place, period: Period) -> dict[str, Judgement]:
    """The newest answer to each question, by the question's code."""
    for_.require(SEE)
    if place.id not in places(for_=for_).by_id:
        raise NotFound
    told = Judgement.objects.filter(indicator=indicator, place_id=place.id, period=period.code)
    return {one.question: one for one in told.select_related("by__account").order_by("at", "id")}
