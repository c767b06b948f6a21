"""Published figures by the copies that were frozen: what a text is bound to keeps saying what was published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from yigongti.indicators import catalogue
from yigongti.indicators.models import FrozenCell
from yigongti.indicators.queries.cells import SEE, Cell, Key, as_seen
from yigongti.indicators.queries.places import Place, Places, places
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.measures.periods import Period


IN_FORCE = {"release__published_at__isnull": False, "release__superseded_at__isnull": True}


def published(
    *, for_: Actor, indicators: Sequence[str], level: str, places_: Iterable[int], periods: Sequence[Period]
) -> dict[Key, int]:
    """By indicator, place and period the frozen figure that is in force; what is not published is not there."""
    for_.require(SEE)
    found = FrozenCell.objects.filter(
        indicator__in=list(indicators), level=level, place_id__in=list(places_),
        period__in=[one.code for one in periods], **IN_FORCE,
    ).order_by("release__published_at")  # fmt: skip
    return {(code, place, period): pk for pk, code, place, period in
            found.values_list("pk", "indicator", "place_id", "period")}  # fmt: skip


def frozen(*, for_: Actor, ids: Collection[int], seen: Places) -> dict[int, Cell]:
    """Frozen figures as the reader may see them; those of places that the reader does not see are not there."""
    for_.require(SEE)
    rows = FrozenCell.objects.filter(pk__in=ids).select_related("release__case")
    found = {}
    for row in rows:
        indicator, place = catalogue.named(row.indicator), seen.by_id.get(row.place_id)
        if indicator is not None and place is not None:
            period = Period.read(row.period)
            found[row.pk] = as_seen(for_, indicator, row.level, place, period, None, row)
    return found


def standing(*, for_: Actor, ids: Collection[int]) -> set[int]:
    """Those that are published and have not been corrected since."""
    for_.require(SEE)
    return set(FrozenCell.objects.filter(pk__in=ids, **IN_FORCE).values_list("pk", flat=True))


def on_ground(*, for_: Actor, path: str, period: Period, most: int) -> list[tuple[str, Place, str]]:
    """Published figures of a place and of those under it, as level, place and indicator; the widest places first."""
    for_.require(SEE)
    seen = places(for_=for_).by_id
    found = (
        FrozenCell.objects.filter(place__path__startswith=path, place_id__in=list(seen), period=period.code, **IN_FORCE)
        .exclude(value=None)
        .order_by("place__path", "level", "indicator")
        .values_list("level", "place_id", "indicator")[:most]
    )
    return [(level, seen[place], code) for level, place, code in found]
