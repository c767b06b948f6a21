"""Everybody registered compared with everybody by set-based statements: each pair is met by one rule, and weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yigongti.residents.matching import columns, levels, weighing
from yigongti.residents.matching.weights import Weights


ROWS = "residents_match_rows"
# A table of its own and not a temporary one: parallel workers do not see another's temporary tables.
MAKE = f"""
CREATE UNLOGGED TABLE {ROWS} AS
SELECT r.id, {columns.of_row("r")}, to_char(r.birth_date, 'YYYY') AS year,
       to_char(r.birth_date, 'MMDD') AS season,
       left({columns.of_row_card("r")}, 14) AS card14, count(*) OVER (PARTITION BY r.name)::int AS name_n,
       count(*) OVER (PARTITION BY r.phone)::int AS phone_n
FROM residents_resident r WHERE r.stands
"""  # noqa: S608 - the names are ours
MEMORY = "256MB"

RULES: tuple[tuple[str, ...], ...] = (
    ("{l}.card = {r}.card",),
    ("{l}.born = {r}.born", "{l}.initials = {r}.initials"),
    ("{l}.born = {r}.born", "{l}.phone = {r}.phone"),
    ("{l}.born = {r}.born", "{l}.village = {r}.village"),
    ("{l}.born = {r}.born", "substr({l}.name, 1, 1) = substr({r}.name, 1, 1)"),
    ("{l}.phone = {r}.phone", "{l}.initials = {r}.initials"),
    ("{l}.card14 = {r}.card14", "{l}.initials = {r}.initials"),
    ("{l}.village = {r}.village", "{l}.sound = {r}.sound"),
    ("{l}.year = {r}.year", "{l}.sound = {r}.sound"),
    ("{l}.season = {r}.season", "{l}.sound = {r}.sound"),
)
"""Who is compared with whom: whoever agrees in all parts of one rule. Two of one human mostly meet by several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two registrations, the evidence in bits, and the level of each comparison."""

    one: int
    other: int
    bits: float
    at: tuple[int, ...]


def lay_out() -> int:
    """Write what is compared of everybody beside the register; how many they are."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ROWS}")
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        cursor.execute(MAKE)
        cursor.execute(f"ANALYZE {ROWS}")
        cursor.execute(f"SELECT count(*) FROM {ROWS}")  # noqa: S608
        return int(cursor.fetchone()[0])


def clear_away() -> None:
    """Nothing of it stays: it is people's names again."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ROWS}")


def pairs(weights: Weights, *, least: float, count: int) -> Iterator[Pair]:
    """Every pair met that reaches `least` bits. Within a transaction, after `lay_out`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        cursor.execute("SET LOCAL enable_mergejoin = off")  # it would sort everybody by text twice a rule
        cursor.execute(statement(weights, least=least, count=max(count, weighing.FEWEST)))
        while rows := cursor.fetchmany(5000):
            yield from (_pair(row) for row in rows)


def _pair(row: Sequence[Any]) -> Pair:
    return Pair(one=row[0], other=row[1], bits=float(row[2]), at=tuple(row[3:]))


def statement(weights: Weights, *, least: float, count: int) -> str:
    """All rules in one question; a pair is met by the first rule that holds, so that none comes twice."""
    met = " UNION ALL ".join(_met(n) for n in range(len(RULES)))
    listed = ", ".join(weighing.LEVELS)
    weight = weighing.weight(weights, count=f"{count}::float8")
    return (
        f"SELECT one, other, bits, {listed} FROM (SELECT one, other, {listed}, {weight} AS bits FROM"  # noqa: S608
        f" (SELECT one, other, name_n, phone_n, {weighing.level_columns()} FROM ({met}) met OFFSET 0) leveled"
        f" OFFSET 0) weighed WHERE bits >= {least:.4f}"
    )


def _met(number: int) -> str:
    before = "".join(f" AND ({_holds(rule)}) IS NOT TRUE" for rule in RULES[:number])
    sides = ", ".join(f"{side}.{name} AS {name}_{side}" for side in "lr" for name in levels.COLUMNS)
    return (
        f"SELECT l.id AS one, r.id AS other, l.name_n, l.phone_n, {sides} FROM {ROWS} l JOIN {ROWS} r"  # noqa: S608
        f" ON {_holds(RULES[number])} AND l.id < r.id{before}"
    )


def _holds(rule: tuple[str, ...]) -> str:
    return " AND ".join(part.format(l="l", r="r") for part in rule)
