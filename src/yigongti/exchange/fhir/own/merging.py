"""A page of a search goes on from the kept resources to the platform's own; what comes along is looked for in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from yigongti.exchange.fhir import searching
from yigongti.exchange.fhir.asking import Asked, Include, asked
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import BadParameter
from yigongti.exchange.fhir.own import fetching, ordering
from yigongti.exchange.fhir.own.naming import is_own
from yigongti.exchange.fhir.own.tables import BASE, TABLES
from yigongti.exchange.fhir.searching import END, ROW, Page, Row
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.fhir.statements import fetched
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.search_values import Link
from yigongti.exchange.fhir_r4.searching import values_of
from yigongti.kernel.language import phrase


MOST_BEHIND = 2000
"""So many may come along by `_revinclude`."""
AT_ONCE = 200
NAMED = """SELECT {row} FROM unnest(%(types)s::text[], %(ids)s::text[]) w(type, id)
JOIN exchange_resource r ON r.type = w.type AND r.id = w.id WHERE NOT r.deleted AND {sight}"""


def found(question: Asked, *, for_: Caller) -> Page:
    """Run a search over both, or go on with it."""
    page = searching.found(question, for_=for_)
    if question.ours is not None and question.ours.asked and not question.ours.nobody:
        _extend(page, question, for_)
    for one in question.includes:
        _add(page, _included(one, page.matches, for_))
    for one in question.revincludes:
        _add(page, _behind(one, page.matches, for_))
    return page


def _add(page: Page, rows: Iterable[Row]) -> None:
    there = {row.key for row in (*page.matches, *page.included)}
    page.included += [row for row in {row.key: row for row in rows}.values() if row.key not in there]


# --- matches


def _extend(page: Page, question: Asked, for_: Caller) -> None:
    if question.counting or question.count == 0:
        page.total = (page.total or 0) + _count(question, for_)
    elif question.sort:
        _fill(page, question, for_)
    else:
        _go_on(page, question, for_)


def _count(question: Asked, for_: Caller) -> int:
    few = searching.names_few(question)
    return fetching.count(question.kind, ordering.wheres(question), question.values, few=few, for_=for_)


def _fill(page: Page, question: Asked, for_: Caller) -> None:
    """The order was found over both: ours take their places in it."""
    if question.total and "_found" in question.page:
        page.total = (page.total or 0) + _count(question, for_)
    ours = [key for key in page.keys if key > BASE]
    if ours:
        rows = fetching.page(question.kind, ["{r}.key = ANY(%(o_keys)s)"], {"o_keys": ours}, most=len(ours), for_=for_)
        by_key = {row.key: row for row in (*page.matches, *rows)}
        page.matches = [by_key[key] for key in page.keys if key in by_key]


def _go_on(page: Page, question: Asked, for_: Caller) -> None:
    after = max(int(question.page.get("_after", 0)), BASE)
    upto = question.page.get("_upto")
    if page.next:
        page.next += f"&_upto={upto or fetching.newest(question.kind)}"
        if question.total and page.total is not None:
            page.total += _count(question, for_)
        return
    room = question.count - len(page.matches)
    rows = fetching.page(question.kind, ordering.wheres(question), question.values, after=after,
                         until=int(upto or END), most=room + 1, often=searching.names_few(question),
                         for_=for_)  # fmt: skip
    page.matches = [*page.matches, *rows[:room]]
    more = len(rows) > room
    if more:
        last = page.matches[-1].key if room else after
        page.next = question.query(_after=last, _upto=upto or fetching.newest(question.kind))
    if question.total:
        page.total = (page.total or 0) + _count(question, for_)
    elif page.total is not None:
        page.total = None if more else page.total + len(rows)


# --- what comes along


def _included(one: Include, matches: Sequence[Row], for_: Caller) -> list[Row]:
    """What is referred to: by ours anything, by kept resources ours."""
    named = [(row, link) for row in matches if row.type == one.kind for link in _links(row, one.code)]
    wanted = {(link.kind or "", link.id or "") for row, link in named
              if row.key > BASE or is_own(link.kind or "", link.id or "")}  # fmt: skip
    allowed = [(kind, name) for kind, name in sorted(wanted)
               if kind and one.to in ("", kind) and for_.scopes.allow(kind, "r")]  # fmt: skip
    kept = [place for place in allowed if not is_own(*place)]
    return [*fetching.by_names(allowed, for_=for_), *_kept(kept, for_)]


def _links(row: Row, code: str) -> list[Link]:
    if row.key <= BASE and '"r-' not in row.body and "/r-" not in row.body:
        return []
    return [value for value in values_of(read(row.body.encode()), code) if isinstance(value, Link)]


def _kept(places: Sequence[tuple[str, str]], for_: Caller) -> list[Row]:
    if not places:
        return []
    sight = sight_of(for_=for_)
    given = sight.given | {"types": [kind for kind, _ in places], "ids": [name for _, name in places]}
    return [Row(*row) for row in fetched(NAMED.format(row=ROW, sight=sight.on("r")), given)]


def _behind(one: Include, matches: Sequence[Row], for_: Caller) -> list[Row]:
    """What refers to the matches, from both. Raises BadParameter where that is too much for one page."""
    found_: list[Row] = []
    for begin in range(0, len(matches), AT_ONCE):
        names = ",".join(row.address for row in matches[begin : begin + AT_ONCE])
        inner = asked(one.kind, [(one.code, names)], for_=for_)
        found_ += searching.matching(replace(inner), most=MOST_BEHIND + 1)
        if one.kind in TABLES and inner.ours is not None and inner.ours.asked:
            found_ += fetching.page(one.kind, inner.ours.conditions, inner.values, most=MOST_BEHIND + 1, for_=for_)
    if len(found_) > MOST_BEHIND:
        words = phrase("同来的超过 {most} 条：请用 _count 把一页改小，或另行查询。", most=MOST_BEHIND)
        raise BadParameter(rule="fhir.too_costly", parameter="_revinclude", problem=words)
    return found_
