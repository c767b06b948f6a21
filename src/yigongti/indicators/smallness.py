"""Which figures stand for so few residents that they could betray one, or betray such a figure by subtraction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest

from yigongti.indicators import catalogue
from yigongti.kernel.access.models import Unit
from yigongti.kernel.access.units import ancestry
from yigongti.kernel.measures.arithmetic import Outcome
from yigongti.kernel.measures.words import Growth, Indicator, Ratio
from yigongti.kernel.parameters import values


CENTRES = ("township_centre", "community_centre")
Parents = Mapping[int, int]


def small(
    indicator: Indicator, found: Mapping[int, Outcome], *, parents: Parents, also: Collection[int] = ()
) -> set[int]:
    """The places whose figure is not shown to those without access to cases; `also` those that would betray another.

    Where of all that add up to the figure above just one is small, the next smallest is hidden with it.
    """
    if not catalogue.betrays(indicator):
        return set()
    least = values.number("indicators.smallest_cell")
    hidden = {place for place, one in found.items() if place in also or _few(indicator, one, least)}
    beside: dict[int, list[int]] = defaultdict(list)
    for place in found:
        beside[parents.get(place, 0)].append(place)
    for places in beside.values():
        few = [place for place in places if place in hidden]
        if len(few) == 1 and len(places) > 1:
            others = [place for place in places if place not in hidden and found[place].numerator]
            hidden |= set(sorted(others, key=lambda place: (found[place].numerator or Decimal(0), place))[:1])
    return hidden


def _few(indicator: Indicator, one: Outcome, least: int) -> bool:
    return any(0 < number < least for number in _counted(indicator, one))


def kept(numerator: Decimal | None, denominator: Decimal | None) -> Outcome:
    """A figure as it is stored, with the parts that can be told from it."""
    told = {"of": numerator, "over": denominator}
    return Outcome(parts={name: number for name, number in told.items() if number is not None})


def betrayed(indicator: Indicator, hidden: Iterable[Outcome]) -> bool:
    """Whether what some hidden months add up to betrays them: whoever knows a stretch and all other months of it knows
    this sum. Of a growth, whose sides are kept as they are shown, any is too much."""
    told = [list(_counted(indicator, one)) for one in hidden]
    if isinstance(indicator.figure, Growth):
        return bool(told)
    least = values.number("indicators.smallest_cell")
    return any(0 < sum(numbers) < least for numbers in zip_longest(*told, fillvalue=Decimal(0)))


def _counted(indicator: Indicator, one: Outcome) -> Iterator[Decimal]:
    """The numbers of residents or of their rows that the figure rests on, and what is left of them."""
    counts = {name for name, side in catalogue.sides(indicator).items() if side.counted in ("rows", "people")}
    told = {name: number for name, number in one.parts.items() if name.partition("_")[0].partition("@")[0] in counts}
    if not told and one.numerator is not None and "of" in counts:
        told = {"of": one.numerator}
    yield from told.values()
    if isinstance(indicator.figure, Ratio) and {"of", "over"} <= set(told):
        yield told["over"] - told["of"]


def parents() -> dict[str, dict[int, int]]:
    """By level, under which place's figure each place is counted: rooms and their centre under the centre's township,
    townships under their group, groups under the county."""
    found: dict[str, dict[int, int]] = {"institution": {}, "township": {}, "group": {}, "county": {}}
    for pk, kind, path, parent in Unit.objects.exclude(kind="department").values_list("pk", "kind", "path", "parent"):
        group = next(iter(ancestry(path)[1:2]), 0)
        found["institution"][pk] = (parent or 0) if kind == "village_room" else pk if kind in CENTRES else group
        found["township"][pk] = found["group"][pk] = parent or 0
    return found
