"""The rows behind a figure: exactly those that were counted, residents masked as everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core import signing

from yigongti.indicators import catalogue
from yigongti.indicators.engine import Engine, Row, Wanted, engine
from yigongti.indicators.queries.cells import SMALL, Cell, cell
from yigongti.indicators.queries.places import Place, places
from yigongti.indicators.refusals import NothingCounted, NotYours, TooFew
from yigongti.indicators.worded import listed_columns
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.measures.arithmetic import outcomes, place_of, terms
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key
from yigongti.kernel.measures.words import Column, Fact, Indicator, Selection
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotFound
from yigongti.record.queries import classes_of_diagnosis
from yigongti.residents.queries.beyond import SALT
from yigongti.residents.queries.masked import Shown, shown_to


ROWS = registry.add_permission("indicators.rows", title="看指标背后的每一行（居民已遮）", writes=False)
OPEN = registry.add_permission("indicators.open_row", title="从指标的一行凭质量检查职责打开一人的档案", writes=False)
ROW_SALT = "indicators.row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whose rows: of an indicator, a place, a period, above (`of`) or below (`over`) the line, of some group."""

    indicator: Indicator
    level: str
    place: Place
    period: Period
    side: str
    by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A page of rows as they may be shown; `number` is what the figure says there, `count` how many rows there are:
    None where a row counts for its days or for halves, and the number is no number of rows.
    """

    fact: Fact
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    persons: Mapping[int, Shown]
    number: Decimal
    count: int | None
    next: str


def rows_behind(*, for_: Actor, sought: Sought, after: str = "", limit: int = 50) -> Behind:
    """The rows in the order of their key. Raises TooFew, NotYours, NotFound."""
    counts, wanted = _allowed(for_, sought)
    found = counts.rows(wanted, after=after, limit=limit + 1)
    fact, shown = wanted.selection.fact, found[:limit]
    number = _number(counts, wanted)
    alone = _as_rows(wanted)
    return Behind(
        fact=fact, columns=listed_columns(wanted.selection), rows=shown, persons=persons_in(fact, shown, for_=for_),
        number=number,
        count=None if _weighed(wanted.selection) else int(number if alone == wanted else _number(counts, alone)),
        next=str(shown[-1][fact.key]) if len(found) > limit else "",
    )  # fmt: skip


def every_row(*, for_: Actor, sought: Sought, block: int = 500) -> Iterator[tuple[list[Row], Mapping[int, Shown]]]:
    """All of them, block by block, for a download of exactly those rows."""
    counts, wanted = _allowed(for_, sought)
    fact, after = wanted.selection.fact, ""
    while found := counts.rows(wanted, after=after, limit=block):
        yield found, persons_in(fact, found, for_=for_)
        after = str(found[-1][fact.key])


def _allowed(actor: Actor, sought: Sought) -> tuple[Engine, Wanted]:
    actor.require(ROWS)
    if not places(for_=actor).reached(sought.place):
        raise NotYours
    selection = catalogue.sides(sought.indicator).get(sought.side)
    if selection is None or sought.level not in sought.indicator.levels:
        raise NotFound
    told = cell(for_=actor, indicator=sought.indicator.code, level=sought.level, place=sought.place,
                period=sought.period)  # fmt: skip
    if told.status == "suppressed":
        raise TooFew
    counts = _as_shown(told)
    if counts is None:
        raise NothingCounted
    wanted = _wanted(sought, selection)
    if sought.by and catalogue.of_persons(selection) and not actor.may(SMALL):
        _refuse_few(counts, _as_rows(wanted))
    return counts, wanted


def _as_shown(told: Cell) -> Engine | None:
    """What is published opens as it was counted when it was frozen; all else as the data are now."""
    return engine(as_of=told.cut if told.release else None)


def _wanted(sought: Sought, selection: Selection) -> Wanted:
    names = tuple(name for name, _value in sought.by)
    place = place_of(sought.indicator, selection.fact)
    period = sought.period.window(sought.indicator.window)
    asked = Asked(period, place, sought.level, names)
    return Wanted(
        selection=selection, asked=asked, key=Key(sought.place.id, tuple(value for _name, value in sought.by))
    )


def _weighed(selection: Selection) -> bool:
    return selection.taken in ("days", "mid_period")


def _as_rows(wanted: Wanted) -> Wanted:
    """The same rows, counted one by one: where distinct people, sums or the like are meant."""
    return replace(wanted, selection=replace(wanted.selection, counted="rows", column=""))


def _number(counts: Engine, wanted: Wanted) -> Decimal:
    return counts.measure_all([(wanted.selection, wanted.asked)])[0].get(wanted.key, Decimal(0))


def _refuse_few(counts: Engine, wanted: Wanted) -> None:
    if 0 < _number(counts, wanted) < values.number("indicators.smallest_cell"):
        raise TooFew


def persons_in(fact: Fact, rows: Sequence[Row], *, for_: Actor) -> Mapping[int, Shown]:
    """The residents of some rows as this reader may see them."""
    names = [one.name for one in fact.columns if one.kind == "person"]
    return shown_to(for_=for_, ids={row[name] for row in rows for name in names if row[name] is not None})


def hidden(column: Column, row: Row, *, for_: Actor, fact: Fact, persons: Mapping[int, Shown]) -> bool:
    """Whether a diagnosis stays unsaid: of a special class, or of a minor; other sensitive things of the masked too."""
    if not column.sensitive or column.kind == "person":
        return False
    shown = persons.get(row.get(fact.person) or 0)
    minor = shown is None or shown.minor
    return minor or bool(classes_of_diagnosis(str(row[column.name] or "")))


# --- further to the person


def pass_for(*, for_: Actor, person: int) -> str:
    """What lets a post with the duty go on from a row to the person's record, stating its reason; '' for others."""
    return signing.dumps([for_.post_id, person], salt=ROW_SALT) if for_.may(OPEN) else ""


def passed(*, for_: Actor, row: str) -> tuple[int, str]:
    """The person that a row was about, and the proof that the record's own door asks for. Raises NotFound."""
    for_.require(OPEN)
    try:
        post_id, person = signing.loads(row, salt=ROW_SALT, max_age=values.number("residents.found_minutes") * 60)
    except (signing.BadSignature, ValueError):
        raise NotFound from None
    if post_id != for_.post_id:
        raise NotFound
    return int(person), signing.dumps([for_.post_id, int(person)], salt=SALT)


# --- by dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A figure of one group: the dimension's value, and what stands there."""

    value: str
    numerator: Decimal | None
    denominator: Decimal | None
    figure: Decimal | None
    low: Decimal | None
    high: Decimal | None
    suppressed: bool = False


def may_split(*, for_: Actor, indicator: Indicator, period: Period) -> bool:
    """Not a year to date of residents by those who may not see few of them: two of them differ by a month's part."""
    return not period.to_date or for_.may(SMALL) or not catalogue.betrays(indicator)


def split(*, for_: Actor, indicator: Indicator, level: str, place: Place, period: Period, by: str) -> list[Part]:
    """The figure by the values of one dimension, counted now. Raises NotFound for another dimension."""
    if by not in indicator.by:
        raise NotFound
    told = cell(for_=for_, indicator=indicator.code, level=level, place=place, period=period)
    counts = _as_shown(told)
    if told.status == "suppressed" or counts is None or not may_split(for_=for_, indicator=indicator, period=period):
        return []
    asked = terms(indicator, period)
    found = counts.measure_all([(term.selection, term.asked(level, (by,))) for term in asked.values()])
    measured = dict(zip(asked, found, strict=True))
    own = {key.by[0]: one for key, one in outcomes(indicator, period, measured).items() if key.place == place.id}
    few = _few_parts(for_, indicator, own)
    return [
        Part(value=value, numerator=None, denominator=None, figure=None, low=None, high=None, suppressed=True)
        if value in few
        else Part(value=value, numerator=one.numerator, denominator=one.denominator, figure=one.value, low=one.low,
                  high=one.high)
        for value, one in sorted(own.items(), key=lambda pair: _in_line(pair[0]))
    ]  # fmt: skip


def _in_line(value: str) -> tuple[int, str]:
    first = value.split("-")[0].rstrip("+")
    return (int(first) if first.isdigit() else -1, value)


def _few_parts(actor: Actor, indicator: Indicator, own: Mapping[str, Any]) -> set[str]:
    from yigongti.indicators import smallness

    if actor.may(SMALL):
        return set()
    places_ = dict(enumerate(own.values(), start=1))
    hidden_ones = smallness.small(indicator, places_, parents={})
    return {value for n, value in enumerate(own, start=1) if n in hidden_ones}
