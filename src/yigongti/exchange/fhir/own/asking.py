"""What a search asks of the platform's own rows: the same parameters, answered by sub-queries instead of the index."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.conditions import BAR, Asking, Given, condition, last_updated, split, unescaped
from yigongti.exchange.fhir.indexing import parameters
from yigongti.exchange.fhir.own import sight
from yigongti.exchange.fhir.own.naming import NAME, chosen
from yigongti.exchange.fhir.own.tables import TABLES, Table
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.policy.fhir_own import PAPERS


Kept = Callable[[str, str, str], str]
"""(type, parameter, value) → the condition on a kept resource `{r}`."""

NOTHING = {"token": "SELECT ''::text AS code, NULL::text AS system WHERE false",
           "uri": "SELECT ''::text AS code, NULL::text AS system WHERE false",
           "string": "SELECT ''::text AS value, ''::text AS said WHERE false",
           "reference": "SELECT ''::text AS target WHERE false",
           "date": "SELECT now() AS low, now() AS high WHERE false",
           "number": "SELECT 0 AS value, 0 AS low, 0 AS high, ''::text AS system, ''::text AS code, ''::text AS unit "
                     "WHERE false"}  # fmt: skip
NOTHING["quantity"] = NOTHING["number"]
"""What no resource of ours says."""

OF_PERSONS = """{{r}}.person_id IN (SELECT a.id FROM residents_resident a WHERE a.master_id = ANY(ARRAY({masters})))"""
NAMED = """SELECT b.master_id FROM residents_resident b WHERE b.id = ANY({numbers})
 UNION SELECT b.master_id FROM exchange_resource c JOIN residents_resident b ON b.id = c.person_id
 WHERE c.type = 'Patient' AND c.id = ANY({names}) AND NOT c.deleted AND {sight}"""
BEHIND_OURS = "SELECT c.master_id FROM ({rows}) c WHERE {sight} AND {asked}"
BEHIND_KEPT = """SELECT b.master_id FROM exchange_resource c JOIN residents_resident b ON b.id = c.person_id
 WHERE c.type = 'Patient' AND NOT c.deleted AND {sight} AND {asked}"""
BEARERS = """{r}.person_id = ANY(ARRAY(SELECT b.master_id FROM residents_resident b WHERE b.id IN (
 SELECT x.id FROM residents_resident x WHERE x.id_card = ANY({numbers}) AND x.id_card <> ''
 UNION ALL SELECT x.id FROM residents_resident x WHERE x.record_no = ANY({numbers})
 UNION ALL SELECT x.resident_id FROM residents_identifier x WHERE x.value = ANY({numbers}))))"""
PATIENT = re.compile(r"(?:Patient/)?([A-Za-z0-9\-.]{1,64})")


@dataclass(slots=True, kw_only=True)
class Ours:
    """The conditions on our rows; `unasked` are parameters that ours are not searched by: then they are not looked for,
    and the answer says so."""

    kind: str
    wheres: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    by_name: bool = False

    @property
    def conditions(self) -> list[str]:
        """All of them. Registrations merged into another are found by their ids alone."""
        return self.wheres if self.by_name or self.kind != "Patient" else [*self.wheres, "{r}.stands"]

    @property
    def nobody(self) -> bool:
        """Whether it is known without looking that none of ours is meant."""
        return "false" in self.wheres

    @property
    def asked(self) -> bool:
        """Whether ours are looked for at all."""
        return not self.unasked


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One parameter as it is asked, with what its conditions are made with."""

    code: str
    modifier: str
    chained: str
    value: str
    type: str
    given: Given
    for_: Caller
    kept: Kept


def add(ours: Ours, term: Term) -> None:
    """Ask it of our rows too, or note that it cannot be."""
    made = _condition(ours.kind, term)
    ours.by_name |= term.code == "_id"
    if made is None:
        ours.unasked.append(term.code)
    else:
        ours.wheres.append(made)


def _condition(kind: str, term: Term) -> str | None:
    table = TABLES[kind]
    if term.code in table.unasked:
        return None
    if term.code in table.persons:
        return _persons(term)
    if term.chained:
        return None if term.code in table.sources else "false"
    if term.code == "_id":
        return _by_id(kind, term)
    if term.code == "_lastUpdated":
        return last_updated(Asking(kind, term.code, term.modifier, term.given), split(term.value))
    if kind == "Patient" and term.code == "identifier" and not term.modifier and _elsewhere(term):
        return "false"
    found = _sourced(kind, table, term)
    if kind == "Patient" and term.code == "identifier" and not term.modifier:
        return f"{_bearers(term)} AND {found}"
    return found


def _sourced(kind: str, table: Table, term: Term) -> str:
    source = table.sources[term.code][1] if term.code in table.sources else NOTHING[term.type]
    return condition(Asking(kind, term.code, term.modifier, term.given, source), term.type, term.value)


def _by_id(kind: str, term: Term) -> str:
    named = [read for one in split(term.value) if (read := NAME.fullmatch(unescaped(one)))]
    where, given = chosen(kind, [int(one[1]) for one in named])
    for name, value in given.items():
        where = where.replace(f"%({name})s", term.given(value))
    return where


def _elsewhere(term: Term) -> bool:
    """Whether numbers of other systems alone are asked for."""
    parts = [BAR.split(one) for one in split(term.value)]
    known = {"", *(one[0] for one in PAPERS.values())}
    return all(len(one) == 2 and one[1] and unescaped(one[0]) not in known for one in parts)


def _bearers(term: Term) -> str:
    """Whose a number is, asked first and by the indexes that there are."""
    numbers = term.given([unescaped(BAR.split(one)[-1]) for one in split(term.value)])
    if any(not BAR.split(one)[-1] for one in split(term.value)):  # a system alone
        return "true"
    return BEARERS.replace("{numbers}", numbers)


# --- whom it is about


def _persons(term: Term) -> str:
    if term.chained:
        return _behind(term)
    asking = Asking("Patient", term.code, term.modifier, term.given)
    asking.only("Patient", "missing", *(("Group",) if term.code == "subject" else ()))
    if term.modifier == "missing":
        return "false" if term.value == "true" else "true"
    read = [found[1] for one in split(term.value) if (found := PATIENT.fullmatch(unescaped(one)))]
    numbers = [int(found[1]) for one in read if (found := NAME.fullmatch(one))]
    masters = NAMED.format(numbers=term.given(numbers) + "::bigint[]", names=term.given(read) + "::text[]",
                           sight=sight_of(for_=term.for_).on("c"))  # fmt: skip
    return OF_PERSONS.format(masters=masters)


def _behind(term: Term) -> str:
    """Through the person: whether the register says it, or a Patient that a client sent."""
    code, _, rest = term.chained.partition(":")
    table = TABLES["Patient"]
    if code in table.unasked or term.modifier not in ("", "Patient") or not term.for_.scopes.allow("Patient", "s"):
        return "false"
    inner = Term(code=code, modifier=rest, chained="", value=term.value, type=_type(code), given=term.given,
                 for_=term.for_, kept=term.kept)  # fmt: skip
    asked = _condition("Patient", inner) or "false"
    ours = BEHIND_OURS.format(rows=table.rows, asked=asked, sight=sight.condition(table.sight, for_=term.for_))
    kept = BEHIND_KEPT.format(
        sight=sight_of(for_=term.for_).on("c"), asked=term.kept("Patient", term.chained, term.value)
    )
    return OF_PERSONS.format(masters=f"{ours} UNION {kept}".replace("{r}", "c"))


def _type(code: str) -> str:
    return parameters("Patient").get(code, "token")


# --- from behind: _has


def having(kind: str, code: str, inner: Term, *, of: str) -> str | None:
    """Whom rows of a type are about that say it: masters, for a condition on a Patient; '' where none ever is, None
    where it cannot be asked."""
    table = TABLES.get(kind)
    if table is not None and code in table.sources:
        return None
    if table is None or of != "Patient" or code not in table.persons:
        return ""
    asked = _condition(kind, inner)
    if asked is None:
        return None
    seen = sight.condition(table.sight, for_=inner.for_)
    return BEHIND_OURS.format(rows=table.rows, sight=seen, asked=asked).replace("{r}", "c")
