"""The rows behind a figure, their download, and the way from one row to one person for those with the duty."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import catalogue, drawn, worded
from yigongti.indicators.engine import Row as Counted
from yigongti.indicators.pages.asked import Looked, looked
from yigongti.indicators.pages.cockpit import FIGURE, frame
from yigongti.indicators.pages.figure import found_indicator
from yigongti.indicators.queries import behind
from yigongti.indicators.queries.behind import OPEN, ROWS, Behind, Sought
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import Column as FactColumn
from yigongti.kernel.measures.words import Fact, Indicator
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.downloads import table_file
from yigongti.kernel.pages.parts import Act, Cell, Column, Field, Option, Row
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.residents.queries.masked import Shown, shown_to


LIMIT = 50
SIDES = {"of": "分子", "over": "分母"}


@page("indicators.rows", "figures/<str:code>/rows", title="指标明细", permission=ROWS)
def rows(request: Request, code: str) -> HttpResponse:
    """Exactly those that were counted, fifty at a time; residents masked."""
    one, look, sought = _sought(request, code)
    found = behind.rows_behind(for_=request.actor, sought=sought, after=request.GET.get("after", "")[:60], limit=LIMIT)
    _note(request, "indicators.rows", one, _persons(found.rows, found.fact))
    route = f"{FIGURE}/{code}/rows"
    held = _held(request)
    names = Names(look)
    context = {
        **frame(look, route, one, **held), "title": say("{title}：明细", title=say(one.title)),
        "sides": _sides(look, one, sought), "said": _said(sought, found),
        "columns": [Column(label=say(c.title), numeric=c.kind in ("whole", "money", "decimal")) for c in found.columns],
        "rows": [_row(request, found, row, names) for row in found.rows],
        "more_url": look.address(route, after=found.next, **held) if found.next else "",
        "back": look.address(f"{FIGURE}/{code}"), "acts": _downloads(look, route, held),
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and request.GET.get("after")
    return render(request, "parts/table_more.html" if continues else "indicators/rows.html", context)


def _sought(request: Request, code: str) -> tuple[Indicator, Looked, Sought]:
    one = found_indicator(code)
    look = looked(request).at(one)
    by, value = request.GET.get("by", ""), request.GET.get("value", "")
    if by and by not in one.by:
        raise NotFound
    sought = Sought(
        indicator=one, level=look.level, place=look.place, period=look.period, side=request.GET.get("side", "of"),
        by=((by, value),) if by else (),
    )  # fmt: skip
    return one, look, sought


def _held(request: Request) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("side", "by", "value")}


def _sides(look: Looked, one: Indicator, sought: Sought) -> list[Option]:
    named = {side: name for side, name, _words in drawn.formula(one) if side}
    by = {"by": sought.by[0][0], "value": sought.by[0][1]} if sought.by else {}
    return [
        Option(value=side, label=named.get(side, side), current=side == sought.side,
               href=look.address(f"{FIGURE}/{one.code}/rows", side=side, **by))
        for side in catalogue.sides(one)
    ]  # fmt: skip


def _said(sought: Sought, found: Behind) -> str:
    money = drawn.side_is_money(sought.indicator, sought.side)
    number = drawn.yuan(found.number) if money else drawn.counted(found.number)
    if found.count is None:
        return say("{fact}：下面每行是一段时间；指标里的数是 {number}（{how}）。", fact=say(found.fact.title),
                   number=number, how=_how(sought))  # fmt: skip
    return say(
        "{fact} {count} 行；指标里的数是 {number}（{how}）。", fact=say(found.fact.title), count=f"{found.count:,}",
        number=number, how=_how(sought),
    )  # fmt: skip


def _how(sought: Sought) -> str:
    from yigongti.indicators.spelled import COUNTED, TAKEN

    side = catalogue.sides(sought.indicator)[sought.side]
    column = side.fact.column(side.column).title if side.column else ""
    how = [say(COUNTED[side.counted], column=say(column)), say(TAKEN[side.taken])]
    return " · ".join(one for one in how if one)


def _downloads(look: Looked, route: str, held: Mapping[str, str]) -> list[Act]:
    return [
        Act(word=say("导出 CSV"), href=look.address(f"{route}.csv", **held), kind="quiet", icon="download"),
        Act(word=say("导出 Excel"), href=look.address(f"{route}.xlsx", **held), kind="quiet", icon="download"),
    ]


# --- a row


class Names:
    """Places by name, those of this reader's ground and the others alike: names are no secret (R18)."""

    def __init__(self, look: Looked) -> None:
        self.known = {pk: one.name for pk, one in look.places.by_id.items()}

    def of(self, place: int | None) -> str:
        """The name; a place of another group by its kind only."""
        return self.known.get(place, say("别的医共体或县外")) if place else ""


def cells_of(fact: Fact, columns: Sequence[FactColumn], row: Counted, persons: Mapping[int, Shown], names: Names,
             request: Request) -> list[str]:  # fmt: skip
    """A row in words, in the order of the columns."""
    return [_cell(fact, column, row, persons, names, request) for column in columns]


def _cell(fact: Fact, column: FactColumn, row: Counted, persons: Mapping[int, Shown], names: Names,
          request: Request) -> str:  # fmt: skip
    value = row[column.name]
    if column.kind == "person":
        shown = persons.get(value or 0)
        return f"{shown.name} {say(shown.sex)} {shown.born}" if shown else say("没有对到居民")
    if column.kind == "place":
        return names.of(value)
    if value and behind.hidden(column, row, for_=request.actor, fact=fact, persons=persons):
        return say("按规定不在这里显示")
    return worded.said_cell(column, value)


def _row(request: Request, found: Behind, row: Counted, names: Names) -> Row:
    cells: list[str | Cell] = list(cells_of(found.fact, found.columns, row, found.persons, names, request))
    person = row.get(found.fact.person) if catalogue_person(found.fact) else None
    shown = found.persons.get(person or 0)
    if shown and request.actor.may(OPEN) and not shown.minor:
        at = next(n for n, column in enumerate(found.columns) if column.name == found.fact.person)
        passing = behind.pass_for(for_=request.actor, person=shown.resident)
        cells[at] = Cell(text=str(cells[at]), href=f"/indicators/open-row?row={passing}")
    return Row(cells=cells)


def catalogue_person(fact: Fact) -> bool:
    """Whether its people are residents."""
    return any(one.name == fact.person and one.kind == "person" for one in fact.columns)


def _note(request: Request, code: str, one: Indicator, persons: Collection[int]) -> None:
    trail.saw(by=request.actor, page=code, sentence=f"查看指标明细（已遮）：{one.title}", persons=persons,
              basis="masked", subject=f"indicators:{one.code}")  # fmt: skip


def _persons(found: Sequence[Counted], fact: Fact) -> set[int]:
    names = [column.name for column in fact.columns if column.kind == "person"]
    return {row[name] for row in found for name in names if row[name] is not None}


# --- downloads: exactly those rows, masked as on the screen


def _lines(request: Request, code: str) -> Iterator[list[str]]:
    """The head and every row; who was in a block is noted with the file."""
    one, look, sought = _sought(request, code)
    side = catalogue.sides(one).get(sought.side)
    if side is None:
        raise NotFound
    names, fact = Names(look), side.fact
    columns = worded.columns_of(fact)
    yield [say(column.title) for column in columns]
    for block, persons in behind.every_row(for_=request.actor, sought=sought):
        _note(request, "indicators.export", one, _persons(block, fact))
        for row in block:
            yield cells_of(fact, columns, row, persons, names, request)


def _download(request: Request, code: str, kind: str) -> Any:
    one, _look, sought = _sought(request, code)
    facts = {"indicator": one.code, "place": sought.place.id, "period": sought.period.code, "side": sought.side}

    def taken(count: int) -> None:
        trail.wrote(by=request.actor, action="indicators.export", sentence="导出指标明细（已遮）。",
                    facts={**facts, "kind": kind, "rows": count})  # fmt: skip

    return table_file(request, name=code, kind=kind, lines=_lines(request, code), taken=taken)


@page("indicators.rows_csv", "figures/<str:code>/rows.csv", title="指标明细", permission=ROWS)
def rows_csv(request: Request, code: str) -> Any:
    """The rows as CSV."""
    return _download(request, code, "csv")


@page("indicators.rows_xlsx", "figures/<str:code>/rows.xlsx", title="指标明细", permission=ROWS)
def rows_xlsx(request: Request, code: str) -> Any:
    """The rows as a workbook."""
    return _download(request, code, "xlsx")


# --- on to one person


@page("indicators.open_row", "indicators/open-row", title="从指标的一行打开档案", permission=OPEN)
def open_row(request: Request) -> HttpResponse:
    """Who it is, masked, and the one reason that opens the record for a while; the opening itself is residents'."""
    person, proof = behind.passed(for_=request.actor, row=request.GET.get("row", "")[:400])
    shown = shown_to(for_=request.actor, ids=[person]).get(person)
    if shown is None:
        raise NotFound
    trail.saw(by=request.actor, page="indicators.open_row", sentence="从指标明细看一人（已遮）", persons=[person],
              basis="masked")  # fmt: skip
    reason = Field(name="reason", label=say("查阅理由"), kind="textarea", rows=2,
                   help=say("写明核查哪个指标、哪一类问题"))  # fmt: skip
    context = {
        "title": say("打开一人的档案"), "resident": person, "proof": proof, "fields": [reason],
        "pairs": [(say("居民"), shown.name), (say("性别"), say(shown.sex)), (say("出生"), shown.born)],
    }  # fmt: skip
    return render(request, "indicators/open.html", context)
