"""What people have answered to the questions of an indicator that is judged, with the evidence and who confirmed it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from yigongti.indicators import catalogue
from yigongti.indicators.models import Evidence, Judgement
from yigongti.indicators.queries.cells import SEE
from yigongti.indicators.queries.places import Place, places
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.refusal import NotFound


JUDGE = registry.add_permission("indicators.judge", title="评定定性指标并附证据", writes=True)
CONFIRM = registry.add_permission("indicators.confirm_judgement", title="确认定性指标的评定", writes=True)
READ = registry.add_permission("indicators.evidence", title="打开评定的证据文件", writes=False)


def judgements(*, for_: Actor, indicator: str, place: Place, period: Period) -> dict[str, Judgement]:
    """The answer to each question, by the question's code: the newest confirmed one, or the newest where none is."""
    told = _seen(for_, place).filter(indicator=indicator, period=period.code)
    newest = {one.question: one for one in told.order_by("at", "id")}
    return newest | {one.question: one for one in told.exclude(confirmed_at=None).order_by("confirmed_at", "id")}


def waiting(*, for_: Actor, indicator: str, place: Place, period: Period) -> list[Judgement]:
    """Those that nobody has confirmed and that say something newer than what is."""
    held = judgements(for_=for_, indicator=indicator, place=place, period=period)
    open_ = _seen(for_, place).filter(indicator=indicator, period=period.code, confirmed_at=None).order_by("-at", "-id")
    return [one for one in open_ if one.question in held and one.at >= held[one.question].at]


def unconfirmed(*, for_: Actor) -> list[Judgement]:
    """Proven answers of the reader's ground that wait for somebody else to confirm them, oldest first."""
    for_.require(SEE)
    rows = Judgement.objects.filter(for_.reach("place__"), confirmed_at=None, files__isnull=False).distinct()
    return [one for one in rows.select_related("place", "by").order_by("at") if one.by.account_id != for_.account_id]


def confirmed_until(*, for_: Actor, place: Place, period: Period, until: datetime | None) -> list[Judgement]:
    """What was confirmed of the place's year by a moment, in the order of the catalogue: what a report of then says."""
    told = _seen(for_, place).filter(period=f"{period.starts:%Y}").exclude(confirmed_at=None)
    told = told.filter(confirmed_at__lte=until) if until else told
    newest = {(one.indicator, one.question): one for one in told.order_by("confirmed_at", "id")}
    asked = [(one.code, question.code) for one, figure in catalogue.judged() for question in figure.questions]
    return [newest[key] for key in asked if key in newest]


def of_reader(*, for_: Actor, pk: int) -> Judgement:
    """One of a place that the reader sees. Raises NotFound."""
    for_.require(SEE)
    found = Judgement.objects.select_related("place", "by__account", "confirmed_by__account").filter(pk=pk).first()
    if found is None or found.place_id not in places(for_=for_).by_id:
        raise NotFound
    return found


def evidence(*, for_: Actor, judgement: int, pk: int) -> Evidence:
    """A file that the reader may open. Raises NotFound, NotAllowed."""
    for_.require(READ)
    made = of_reader(for_=for_, pk=judgement)
    found = made.files.select_related("file").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _seen(actor: Actor, place: Place) -> QuerySet[Judgement]:
    actor.require(SEE)
    if place.id not in places(for_=actor).by_id:
        raise NotFound
    rows = Judgement.objects.filter(place_id=place.id)
    return rows.select_related("by__account", "confirmed_by__account").prefetch_related("files__file")
