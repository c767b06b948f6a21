"""Find a person: a union of ordered index scans, each with its limit, then the rows of the few that were found."""

# ruff: noqa: S608 - the statement is put together from the fixed conditions of `asking` and `scopes`; what was typed
# travels as parameters.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.pages.asking import LAST, row_number, whole_number
from yigongti.residents.models import Resident
from yigongti.residents.queries.asking import Match, ways
from yigongti.residents.queries.scopes import Scope, scopes


ALIAS_RANK = 900

Part = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of what was found, and where the next page begins ('' when this is all)."""

    rows: Sequence[Resident]
    after: str = ""


def find(*, for_: Actor, text: str, limit: int = 20, after: str = "") -> Found:
    """Residents with whom the actor has a standing relation or a live opening, best match first.

    A registration that was merged away is found too, and shown as the person it belongs to.
    """
    matches, within = ways(text), scopes(for_=for_)
    if not matches or not within:
        return Found(rows=())
    sql, params = statement(matches, within, limit=limit + 1, after=_cursor(after))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        ranked = cursor.fetchall()
    page = ranked[:limit]
    last = f"{page[-1][1]}-{page[-1][0]}" if len(ranked) > limit else ""
    return Found(rows=in_order([pk for pk, _rank in page]), after=last)


def in_order(ids: Sequence[int]) -> list[Resident]:
    """The residents of these ids, in this order, with their institution."""
    rows = {row.pk: row for row in Resident.objects.filter(pk__in=ids).select_related("managing")}
    return [rows[pk] for pk in ids if pk in rows]


def _cursor(after: str) -> tuple[int, int] | None:
    rank, _, pk = after.partition("-")
    place, last = whole_number(rank, most=LAST), row_number(pk)
    return (place, last) if place is not None and last else None


def statement(
    matches: Sequence[Match], within: Sequence[Scope], *, limit: int, after: tuple[int, int] | None = None
) -> Part:
    """The search as one SQL statement giving (id, rank)."""
    parts: list[Part] = []
    covered = all(m.covered for m in matches)
    for scope in within:
        if scope.narrow and covered:
            parts.append(_pass_over(matches, scope, limit, after))
        else:
            parts += [_walk(matches, i, scope, limit, after) for i in range(len(matches)) if _still(matches[i], after)]
        parts.append(_aliases(matches, scope, limit, after))
    union = "\nUNION ALL\n".join(sql for sql, _ in parts)
    sql = f"SELECT id, rank FROM (\n{union}\n) u GROUP BY id, rank, sort ORDER BY rank, sort, id LIMIT {limit:d}"
    return sql, [value for _, values in parts for value in values]


def _still(match: Match, after: tuple[int, int] | None) -> bool:
    return after is None or match.rank >= after[0]


def _earlier(matches: Sequence[Match], index: int, alias: str) -> Part:
    """Not matched in an earlier way: everybody is shown once, under the best."""
    before = matches[:index]
    sql = "".join(f" AND NOT ({m.on(alias)})" for m in before)
    return sql, [value for m in before for value in m.params]


def _walk(matches: Sequence[Match], index: int, scope: Scope, limit: int, after: tuple[int, int] | None) -> Part:
    """Walk the county's index in its order until enough rows lie in the scope."""
    match = matches[index]
    order = match.order_on("r")
    # Where nothing is walked in order, the sum keeps PostgreSQL from walking the whole county by its key instead.
    last = "r.id + 0" if match.unordered else "r.id"
    not_before, before_params = _earlier(matches, index, "r")
    beyond, beyond_params = "", []
    if after and match.rank == after[0]:
        beyond = (
            f" AND ({order}, r.id) > ((SELECT {match.order_on('c')} FROM residents_resident c WHERE c.id = %s), %s)"
        )
        beyond_params = [after[1], after[1]]
    sql = (
        f'(SELECT r.id, {match.rank:d} AS rank, {order}::text COLLATE "C" AS sort FROM residents_resident r'
        f" WHERE r.stands AND {match.on('r')}{not_before} AND {scope.on('r')}{beyond}"
        f" ORDER BY {order}, {last} LIMIT {limit:d})"
    )
    return sql, [*match.params, *before_params, *scope.params, *beyond_params]


def _pass_over(matches: Sequence[Match], scope: Scope, limit: int, after: tuple[int, int] | None) -> Part:
    """Read the whole scope once, by the index that covers what names are matched on."""
    rank, rank_params = _by_rank(matches, [f"{m.rank:d}" for m in matches])
    sort, sort_params = _by_rank(matches, [m.order_on("r") for m in matches])
    either, either_params = _either(matches, "r")
    beyond, beyond_params = _beyond(matches, after)
    sql = (
        f'(SELECT id, rank, sort FROM (SELECT r.id, {rank} AS rank, ({sort})::text COLLATE "C" AS sort'
        f" FROM residents_resident r WHERE r.stands AND {scope.on('r')} AND ({either})) n{beyond}"
        f" ORDER BY rank, sort, id LIMIT {limit:d})"
    )
    return sql, [*rank_params, *sort_params, *scope.params, *either_params, *beyond_params]


def _aliases(matches: Sequence[Match], scope: Scope, limit: int, after: tuple[int, int] | None) -> Part:
    """Registrations that were merged away, under the person they belong to; they come last and are few."""
    by_alias, alias_params = _either(matches, "a")
    by_itself, itself_params = _either(matches, "r")
    beyond = ""
    beyond_params: list[Any] = []
    if after and after[0] == ALIAS_RANK:
        beyond = " AND (r.pinyin, r.id) > ((SELECT c.pinyin FROM residents_resident c WHERE c.id = %s), %s)"
        beyond_params = [after[1], after[1]]
    sql = (
        f'(SELECT DISTINCT r.id, {ALIAS_RANK:d} AS rank, r.pinyin::text COLLATE "C" AS sort FROM residents_resident a'
        f" JOIN residents_resident r ON r.id = a.master_id WHERE NOT a.stands AND ({by_alias})"
        f" AND NOT ({by_itself}) AND {scope.on('r')}{beyond} ORDER BY 3, 1 LIMIT {limit:d})"
    )
    return sql, [*alias_params, *itself_params, *scope.params, *beyond_params]


def _by_rank(matches: Sequence[Match], values: Sequence[str]) -> Part:
    cases = " ".join(f"WHEN {m.on('r')} THEN {value}" for m, value in zip(matches, values, strict=True))
    return f"CASE {cases} END", [value for m in matches for value in m.params]


def _either(matches: Sequence[Match], alias: str) -> Part:
    return " OR ".join(f"({m.on(alias)})" for m in matches), [value for m in matches for value in m.params]


def _beyond(matches: Sequence[Match], after: tuple[int, int] | None) -> Part:
    if after is None:
        return "", []
    order = next((m.order_on("c") for m in matches if m.rank == after[0]), "c.pinyin")
    place = f'(SELECT ({order})::text COLLATE "C" FROM residents_resident c WHERE c.id = %s)'
    return f" WHERE (rank, sort, id) > (%s, {place}, %s)", [after[0], after[1], after[1]]
