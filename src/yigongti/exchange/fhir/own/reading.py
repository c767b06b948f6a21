"""Reads of the platform's own: one, one of its versions, all of them, and what there is of one person."""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import Gone, NotThere, OutOfScope
from yigongti.exchange.fhir.own import fetching
from yigongti.exchange.fhir.own.tables import BASE
from yigongti.exchange.fhir.reading import Version
from yigongti.exchange.fhir.searching import Page, Row
from yigongti.exchange.fhir_r4.spans import span_of


def one(kind: str, name: str, *, for_: Caller) -> Row:
    """As it stands. Raises NotThere; Gone for an entry that was withdrawn."""
    _require(kind, for_)
    found = fetching.by_names([(kind, name)], for_=for_)
    if found:
        return found[0]
    if any(withdrawn for _, withdrawn in fetching.versions(kind, name, for_=for_)):
        raise Gone(place=f"{kind}/{name}")
    raise NotThere(place=f"{kind}/{name}")


def version(kind: str, name: str, number: str, *, for_: Caller) -> Row:
    """One version: of an entry any, of all else that which stands. Raises NotThere, Gone."""
    for found in history(kind, name, for_=for_):
        if str(found.row.version) == number:
            if found.deleted:
                raise Gone(place=f"{kind}/{name}/_history/{number}")
            return found.row
    raise NotThere(place=f"{kind}/{name}/_history/{number[:20]}")


def history(kind: str, name: str, *, for_: Caller) -> list[Version]:
    """Newest first. Raises NotThere."""
    _require(kind, for_)
    found = fetching.versions(kind, name, for_=for_)
    if not found:
        raise NotThere(place=f"{kind}/{name}")
    told = [Version(row, withdrawn, "DELETE" if withdrawn else "PUT" if row.version > 1 else "POST")
            for row, withdrawn in found]  # fmt: skip
    return told[::-1]


def _require(kind: str, for_: Caller) -> None:
    if not for_.scopes.allow(kind, "r"):
        raise OutOfScope(kind=kind, what="r")


def go_on(
    page: Page, patient: Row, *, count: int, after: int, kinds: Sequence[str], since: str, for_: Caller
) -> None:  # fmt: skip
    """After what clients sent of a person, the platform's own."""
    if page.next or patient.person is None:
        return
    scoped, asked = for_.scopes.kinds("r"), frozenset(kinds) or None
    wanted = asked if scoped is None else scoped & asked if asked else scoped
    span, room = span_of(since) if since else None, count - len(page.matches)
    rows = fetching.of_person(patient.person, after=max(after, BASE), most=room + 1, kinds=wanted,
                              since=span.low if span else None, for_=for_)  # fmt: skip
    page.matches = [*page.matches, *rows[:room]]
    if len(rows) > room:
        page.next = str(page.matches[-1].key if room else max(after, BASE))
