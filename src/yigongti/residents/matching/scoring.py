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
from yigongti.residents.particulars import Particulars


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

    @classmethod
    def of(cls, one: Particulars) -> Told:
        """Somebody as a form or a sheet tells of them."""
        return cls(name=one.name, birth=one.birth_date, sex=one.sex, id_card=one.id_card, phone=one.phone,
                   village=one.lives_division, address=one.lives_address)  # fmt: skip


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
  SELECT t.*, {columns.of_told("t", suffix="_l")}
  FROM unnest(%(n)s::int[], %(name)s::text[], %(sound)s::text[], %(initials)s::text[], %(birth)s::date[],
              %(sex)s::text[], %(id_card)s::text[], %(phone)s::text[], %(village)s::text[], %(address)s::text[],
              %(known)s::bigint[], %(is_new)s::int[])
       t(n, name, sound, initials, birth, sex, id_card, phone, village, address, known, is_new)),
size AS MATERIALIZED (
  SELECT greatest(reltuples, {weighing.FEWEST})::float8 AS people FROM pg_class
  WHERE oid = 'residents_resident'::regclass)"""  # noqa: S608 - the names are ours
BY_BIRTH = "SELECT t.n, r.id FROM told t JOIN residents_resident r ON r.birth_date = t.birth"
BY_NUMBERS = """
  UNION SELECT c.n, r.id FROM unnest(%(card_n)s::int[], %(card)s::text[]) c(n, value)
        JOIN residents_resident r ON r.id_card = c.value AND r.id_card <> ''
  UNION SELECT t.n, r.id FROM told t JOIN residents_resident r
        ON r.phone = t.phone AND r.phone <> '' AND r.initials = t.initials"""
BY_SOUND = """
  UNION SELECT t.n, r.id FROM told t JOIN residents_resident r ON r.pinyin = t.sound AND r.stands
        AND (r.lives_division = t.village OR to_char(r.birth_date, 'YYYY') = to_char(t.birth, 'YYYY')
             OR to_char(r.birth_date, 'MMDD') = to_char(t.birth, 'MMDD'))"""
WITH_MORE = """
        AND (r.initials = t.initials OR (r.phone = t.phone AND t.phone <> '') OR left(r.name, 1) = left(t.name, 1)
             OR (r.lives_division = t.village AND t.village <> ''))"""
"""Of many only those born on one day who have anything else in common: the others cannot be one human."""
AS_RULED = """
        AND (r.pinyin = t.sound OR (r.phone = t.phone AND t.phone <> ''))"""
"""And of those looked at already only whom a rule would name."""
REACHES = {
    "one": BY_BIRTH + BY_NUMBERS + BY_SOUND, "many": BY_BIRTH + WITH_MORE + BY_NUMBERS + BY_SOUND,
    "again": BY_BIRTH + AS_RULED + BY_NUMBERS,
}  # fmt: skip
"""Who is met by index. One person may have a card with a slip looked for: for a county that is 170 numbers each.
`many` are met as a sheet brings them, `again` when they have been before: then only what a rule would name is new."""
SHARED = """
shared AS MATERIALIZED (
  SELECT t.*,
    (SELECT count(*) FROM residents_resident x WHERE x.stands AND x.name = t.name) + t.is_new AS name_n,
    (SELECT count(*) FROM residents_resident x WHERE x.phone = t.phone AND x.phone <> '') + t.is_new AS phone_n
  FROM told t WHERE t.n IN (SELECT n FROM met))"""


def score(people: Sequence[Told], *, weights: Weights, least: float, reach: str = "one") -> list[Met]:
    """Whom each of these may be, from `least` bits on; themselves and their merged registrations left out. `reach` is
    one of REACHES."""
    if not people:
        return []
    given = {**_values(people, slips=reach == "one"), "least": least}
    rows = prepared.fetched(statement(weights, reach=reach), given)
    return [Met(told=row[0], resident=row[1], master=row[2], bits=float(row[3]), at=tuple(row[4:])) for row in rows]


@lru_cache(maxsize=8)
def statement(weights: Weights, *, reach: str = "one") -> str:
    """Candidates by index, their levels, and the sum of what the levels are worth."""
    listed = ", ".join(weighing.LEVELS)
    weight = weighing.weight(weights, count="people")
    own = ", ".join(f"t.{name}_l" for name in levels.COLUMNS)
    return (
        f"WITH {TOLD}, met AS ({REACHES[reach]}), {SHARED} SELECT n, id, master_id, bits, {listed} FROM"  # noqa: S608
        f" (SELECT n, id, master_id, {listed}, {weight} AS bits"
        f" FROM (SELECT n, id, master_id, name_n, phone_n, people, {weighing.level_columns()} FROM (SELECT t.n, r.id,"
        f" r.master_id, t.name_n, t.phone_n, size.people, {own}, {columns.of_row('r', suffix='_r')}"
        " FROM met JOIN shared t ON t.n = met.n JOIN residents_resident r ON r.id = met.id CROSS JOIN size"
        " WHERE r.master_id <> t.known OFFSET 0) sides OFFSET 0) leveled OFFSET 0) weighed"
        " WHERE bits >= %(least)s::float8 ORDER BY n, bits DESC, id"
    )


def _values(people: Sequence[Told], *, slips: bool) -> dict[str, list[Any]]:
    spelled = [pinyin.spell(one.name) for one in people]
    cards = [(n, card) for n, one in enumerate(people) for card in _cards(one.id_card, slips=slips)]
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


def _cards(number: str, *, slips: bool) -> set[str]:
    """The number, the same of fifteen digits, and what a slip of the pen makes of it with a check digit that fits or
    with its own."""
    if len(number) != 18:
        return {number} - {""}
    near = codes.one_slip_from(number) if slips else ()
    old = {number[:6] + number[8:17]} if number[6:8] == "19" else set()
    return {number, *near, *(slip[:17] + number[17] for slip in near), *old}
