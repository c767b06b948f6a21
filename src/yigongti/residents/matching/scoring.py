"""People told of, weighed against whom the register already holds, in one statement that asks indexes only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from yigongti.kernel import prepared
from yigongti.residents import codes, pinyin
from yigongti.residents.matching import columns, levels, weighing
from yigongti.residents.matching.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody to be found; `known` is their own registration, when they have one already."""

    name: str
    birth: date
    sex: str
    id_card: str = ""
    phone: str = ""
    village: str = ""
    address: str = ""
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A registration that told person number `told` may be: bits of evidence, and the level of each comparison."""

    told: int
    resident: int
    master: int
    bits: float
    at: tuple[int, ...]


TOLD = f"""
told AS MATERIALIZED (
  SELECT t.*, {columns.of_told("t", suffix="_l")},
    (SELECT count(*) FROM residents_resident x WHERE x.stands AND x.name = t.name) + t.is_new AS name_n,
    (SELECT count(*) FROM residents_resident x WHERE x.phone = t.phone AND x.phone <> '') + t.is_new AS phone_n
  FROM unnest(%(n)s::int[], %(name)s::text[], %(sound)s::text[], %(initials)s::text[], %(birth)s::date[],
              %(sex)s::text[], %(id_card)s::text[], %(phone)s::text[], %(village)s::text[], %(address)s::text[],
              %(known)s::bigint[], %(is_new)s::int[])
       t(n, name, sound, initials, birth, sex, id_card, phone, village, address, known, is_new)),
size AS MATERIALIZED (
  SELECT greatest(reltuples, {weighing.FEWEST})::float8 AS people FROM pg_class
  WHERE oid = 'residents_resident'::regclass),
met AS (
  SELECT t.n, r.id FROM told t JOIN residents_resident r ON r.birth_date = t.birth
  UNION SELECT c.n, r.id FROM unnest(%(card_n)s::int[], %(card)s::text[]) c(n, value)
        JOIN residents_resident r ON r.id_card = c.value AND r.id_card <> ''
  UNION SELECT t.n, r.id FROM told t JOIN residents_resident r
        ON r.phone = t.phone AND r.phone <> '' AND r.initials = t.initials
  UNION SELECT t.n, r.id FROM told t JOIN residents_resident r ON r.pinyin = t.sound AND r.stands
        AND (r.lives_division = t.village OR to_char(r.birth_date, 'YYYY') = to_char(t.birth, 'YYYY')
             OR to_char(r.birth_date, 'MMDD') = to_char(t.birth, 'MMDD')))
"""  # noqa: S608 - the names are ours


def score(people: Sequence[Told], *, weights: Weights, least: float) -> list[Met]:
    """Whom each of these may be, from `least` bits on; themselves and their merged registrations left out."""
    if not people:
        return []
    rows = prepared.fetched(statement(weights), {**_values(people), "least": least})
    return [Met(told=row[0], resident=row[1], master=row[2], bits=float(row[3]), at=tuple(row[4:])) for row in rows]


@lru_cache(maxsize=8)
def statement(weights: Weights) -> str:
    """Candidates by index, their levels, and the sum of what the levels are worth."""
    listed = ", ".join(weighing.LEVELS)
    weight = weighing.weight(weights, count="people")
    own = ", ".join(f"t.{name}_l" for name in levels.COLUMNS)
    return (
        f"WITH {TOLD} SELECT n, id, master_id, bits, {listed} FROM (SELECT n, id, master_id, {listed}, {weight} AS bits"  # noqa: S608
        f" FROM (SELECT n, id, master_id, name_n, phone_n, people, {weighing.level_columns()} FROM (SELECT t.n, r.id,"
        f" r.master_id, t.name_n, t.phone_n, size.people, {own}, {columns.of_row('r', suffix='_r')}"
        " FROM met JOIN told t ON t.n = met.n JOIN residents_resident r ON r.id = met.id CROSS JOIN size"
        " WHERE r.master_id <> t.known OFFSET 0) sides OFFSET 0) leveled OFFSET 0) weighed"
        " WHERE bits >= %(least)s::float8 ORDER BY n, bits DESC, id"
    )


def _values(people: Sequence[Told]) -> dict[str, list[Any]]:
    spelled = [pinyin.spell(one.name) for one in people]
    cards = [(n, card) for n, one in enumerate(people) for card in _cards(one.id_card)]
    columns_ = {name: [getattr(one, name) for one in people]
                for name in ("name", "birth", "sex", "id_card", "phone", "village", "address", "known")}  # fmt: skip
    return {
        **columns_,
        "n": list(range(len(people))),
        "sound": [sound for sound, _ in spelled],
        "initials": [initials for _, initials in spelled],
        "is_new": [0 if one.known else 1 for one in people],
        "card_n": [n for n, _ in cards],
        "card": [card for _, card in cards],
    }


def _cards(number: str) -> set[str]:
    """The number, the same of fifteen digits, and what a slip of the pen makes of it with a check digit that fits or
    with its own."""
    if len(number) != 18:
        return {number} - {""}
    slips = codes.one_slip_from(number)
    old = {number[:6] + number[8:17]} if number[6:8] == "19" else set()
    return {number, *slips, *(slip[:17] + number[17] for slip in slips), *old}
