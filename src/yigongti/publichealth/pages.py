"""Pages of public health: births, deaths, one certificate, and the deaths that data staff have to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number, whole_number
from yigongti.kernel.pages.downloads import table_file
from yigongti.kernel.pages.parts import Act, Column
from yigongti.kernel.pages.registry import page
from yigongti.publichealth import drawn, queries
from yigongti.publichealth.models import Birth, Death
from yigongti.publichealth.queries import BIRTHS, DEATHS, Asked
from yigongti.residents.queries.masked import Shown, shown_to


ROWS = 50
NAMED_AT = "county"
"""The county's post for deaths names the dead by its statutory duty; the mothers it does not."""


@page(BIRTHS, "publichealth/births", title="出生", menu=42, icon="person")
def births(request: Request) -> HttpResponse:
    """Births, latest first, each with the child or the way to register it."""
    asked = _asked(request, queries.BIRTH_STATES)
    rows = queries.births(for_=request.actor, asked=asked)
    found, more = _page_of(request, rows, "born_at", "/publichealth/births", asked, datetime.fromisoformat)
    persons = _seen(request, BIRTHS, "查看出生名单", found)
    return _list(
        request, "出生", Birth, asked, drawn.BIRTH_FILTERS, drawn.BIRTH_COLUMNS, more,
        [drawn.birth_line(one, persons, for_=request.actor) for one in found],
    )  # fmt: skip


@page(DEATHS, "publichealth/deaths", title="死亡", menu=43, icon="document")
def deaths(request: Request) -> HttpResponse:
    """Deaths, latest first, each with its underlying cause and what it did to the registration."""
    asked = _asked(request, queries.DEATH_STATES)
    rows = queries.deaths(for_=request.actor, asked=asked)
    found, more = _page_of(request, rows, "died_on", "/publichealth/deaths", asked, date.fromisoformat)
    persons = _seen(request, DEATHS, "查看死亡名单", found)
    return _list(
        request, "死亡", Death, asked, drawn.DEATH_FILTERS, drawn.DEATH_COLUMNS, more,
        [drawn.death_line(one, persons, for_=request.actor) for one in found],
    )  # fmt: skip


def _asked(request: Request, known: Mapping[str, Any]) -> Asked:
    year, state = request.GET.get("year", ""), request.GET.get("state", "")
    return Asked(year=whole_number(year, most=9999) or None, state=state if state in known else "")


def _page_of(
    request: Request, rows: Any, column: str, route: str, asked: Asked, read: Callable[[str], Any]
) -> tuple[list[Any], str]:
    mark = _place(request.GET.get("after", ""), read)
    found = list(rows.filter(queries.beyond(column, mark, for_=request.actor))[: ROWS + 1])
    if len(found) <= ROWS:
        return found, ""
    last = found[ROWS - 1]
    given = {"year": asked.year or "", "state": asked.state, "after": f"{getattr(last, column).isoformat()}_{last.pk}"}
    return found[:ROWS], f"{route}?{urlencode({name: value for name, value in given.items() if value})}"


def _place(after: str, read: Callable[[str], Any]) -> tuple[Any, int] | None:
    moment, _, pk = after.rpartition("_")
    try:
        return (read(moment), row_number(pk)) if row_number(pk) else None
    except ValueError:
        return None


def _list(
    request: Request, title: str, model: Any, asked: Asked, filters: Mapping[str, str], labels: Sequence[str],
    more: str, rows: Sequence[Any],
) -> HttpResponse:  # fmt: skip
    route = f"/publichealth/{'births' if model is Birth else 'deaths'}"
    export = Act(word=say("导出 CSV"), href=f"{route}.csv?{urlencode(_given(asked))}", kind="quiet", icon="download")
    context = {
        "title": say(title), "filters": drawn.filters(route, asked, filters), "columns": drawn.columns(labels),
        "rows": rows, "more_url": more, "at": queries.taken_in_at(for_=request.actor, model=model),
        "acts": [export],
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and request.GET.get("after")
    return render(request, "parts/table_more.html" if continues else "publichealth/list.html", context)


def _given(asked: Asked) -> dict[str, str]:
    return {name: str(value) for name, value in (("year", asked.year), ("state", asked.state)) if value}


def _persons(actor: Actor, found: Iterable[Any]) -> dict[int, Shown]:
    rows = list(found)
    ids = {getattr(one, name) for one in rows for name in ("mother_id", "newborn_id", "resident_id")
           if getattr(one, name, None)}  # fmt: skip
    named = actor.unit_kind == NAMED_AT and bool(rows) and isinstance(rows[0], Death)
    return shown_to(for_=actor, ids=ids, named=named)


def _seen(request: Request, code: str, sentence: str, found: Sequence[Any], subject: str = "") -> dict[int, Shown]:
    """The persons of these rows as the reader may see them; each is noted, those named apart from those masked."""
    persons = _persons(request.actor, found)
    for masked in (False, True):
        ids = [key for key, one in persons.items() if one.masked is masked]
        trail.saw(
            by=request.actor, page=code, sentence=f"{sentence}（已遮）" if masked else sentence, persons=ids,
            basis="masked" if masked else "certificate", subject=subject,
        )  # fmt: skip
    return persons


# --- one certificate


@page("publichealth.birth", "publichealth/births/<int:pk>", title="一次出生", permission=BIRTHS)
def birth(request: Request, pk: int) -> HttpResponse:
    """One birth with its versions."""
    found, same = queries.birth(for_=request.actor, pk=pk)
    persons = _seen(request, "publichealth.birth", "查看一次出生", [found], f"publichealth.Birth:{pk}")
    form = drawn.newborn_form(found, persons, for_=request.actor)
    acts = [Act(word=say("登记新生儿"), href=form, kind="primary", icon="plus")] if form else []
    pairs = drawn.birth_pairs(found, persons, for_=request.actor)
    return _certificate(request, found, same, pairs, "/publichealth/births", acts=acts)


@page("publichealth.death", "publichealth/deaths/<int:pk>", title="一次死亡", permission=DEATHS)
def death(request: Request, pk: int) -> HttpResponse:
    """One death with its chain of causes and its versions."""
    found, same = queries.death(for_=request.actor, pk=pk)
    persons = _seen(request, "publichealth.death", "查看一次死亡", [found], f"publichealth.Death:{pk}")
    pairs = drawn.death_pairs(found, persons, for_=request.actor)
    chain = {
        "columns": [Column(label=say(label)) for label in ("第几个", "死因", "到死亡的时间")],
        "rows": drawn.chain_rows(found, for_=request.actor),
    }
    return _certificate(request, found, same, pairs, "/publichealth/deaths", chain=chain)


def _certificate(
    request: Request, found: Any, same: Sequence[Any], pairs: Any, route: str, **more: Any
) -> HttpResponse:
    context = {
        "title": say("证明 {number}", number=found.number), "state": drawn.standing(found), "pairs": pairs,
        "columns": [Column(label=say(label)) for label in drawn.VERSION_COLUMNS],
        "rows": [drawn.version(one, route) for one in same], "back": route, **more,
    }  # fmt: skip
    return render(request, "publichealth/certificate.html", context)


# --- export


@page("publichealth.births_export", "publichealth/births.csv", title="出生", permission=BIRTHS)
def births_export(request: Request) -> Any:
    """The list of births as it is shown."""
    asked = _asked(request, queries.BIRTH_STATES)
    rows = queries.births(for_=request.actor, asked=asked)
    return _export(request, "births", asked, drawn.BIRTH_COLUMNS, rows, drawn.birth_cells)


@page("publichealth.deaths_export", "publichealth/deaths.csv", title="死亡", permission=DEATHS)
def deaths_export(request: Request) -> Any:
    """The list of deaths as it is shown."""
    asked = _asked(request, queries.DEATH_STATES)
    rows = queries.deaths(for_=request.actor, asked=asked)
    return _export(request, "deaths", asked, drawn.DEATH_COLUMNS, rows, drawn.death_cells)


def _export(request: Request, what: str, asked: Asked, labels: Sequence[str], rows: QuerySet[Any],
            cells: Any) -> Any:  # fmt: skip
    sentence = {"births": "导出出生名单。", "deaths": "导出死亡名单。"}[what]

    def taken(count: int) -> None:
        trail.wrote(by=request.actor, action=f"publichealth.{what}_export", sentence=sentence,
                    facts={**_given(asked), "rows": count})  # fmt: skip

    return table_file(request, name=what, lines=_lines(request, what, labels, rows, cells), taken=taken)


def _lines(request: Request, what: str, labels: Sequence[str], rows: QuerySet[Any], cells: Any) -> Iterator[list[str]]:
    found = rows.iterator(chunk_size=500)
    yield [say(label) for label in labels]
    while block := list(islice(found, 500)):
        persons = _seen(request, f"publichealth.{what}_export", "导出名单", block)
        for one in block:
            yield cells(one, persons, for_=request.actor)
