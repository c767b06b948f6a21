"""Asked from behind: `_has` finds resources by what others say that refer to them, in the store and in the record."""

from __future__ import annotations

from dataclasses import dataclass

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.indexing import number_of
from yigongti.exchange.fhir.own import asking as own
from yigongti.exchange.fhir.sight import sight_of


LINKED = """SELECT l.target FROM exchange_resource_link l JOIN exchange_resource c ON c.key = l.key
 WHERE l.param = {param} AND NOT c.deleted AND {sight} AND {asked}"""
ABOUT = """{{r}}.person_id IN (SELECT a.id FROM residents_resident a JOIN ({masters}) b ON b.master_id = a.master_id)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """Resources of `kind` to which one of `source` refers by `code` that `asked` finds; `inner` is what is asked of the
    platform's own."""

    kind: str
    source: str
    code: str
    inner: own.Term | None
    for_: Caller
    asked: str


def condition(has: Has) -> str:
    """On a kept resource `{r}`: others refer to it, or the record says it of the same person."""
    kept = f"{{r}}.type || '/' || {{r}}.id IN ({_linked(has)})"
    masters = _masters(has)
    return f"({kept} OR {ABOUT.format(masters=masters)})" if masters else f"({kept})"


def ask_ours(ours: own.Ours, has: Has) -> None:
    """On one of the platform's own."""
    masters = _masters(has)
    if masters is None:
        ours.unasked.append("_has")
    else:
        kept = f"'{has.kind}/r-' || {{r}}.root IN ({_linked(has)})"
        ours.wheres.append(f"({kept} OR {{r}}.person_id IN ({masters}))" if masters else f"({kept})")


def _linked(has: Has) -> str:
    sight = sight_of(for_=has.for_).on("c")
    return LINKED.format(param=number_of(has.source, has.code), sight=sight, asked=has.asked.replace("{r}", "c"))


def _masters(has: Has) -> str | None:
    """Whom the platform's own rows say it of; '' where they never do, None where they cannot be asked."""
    if has.inner is None:
        return None
    return own.having(has.source, has.code, has.inner, of=has.kind)
