"""The facts on which a pair was decided, as a print: while they stay, so does the decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


PRINT = "concat_ws('|', {r}.name, {r}.sex, {r}.birth_date, {r}.id_card, {r}.phone, {r}.lives_division)"
FACTS = f"""
SELECT p.one, p.other, md5({PRINT.format(r="a")} || '/' || {PRINT.format(r="b")})
FROM unnest(%s::bigint[], %s::bigint[]) p(one, other)
JOIN residents_resident a ON a.id = p.one JOIN residents_resident b ON b.id = p.other
"""  # noqa: S608 - the names are ours


def facts_of(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """A print of what is compared of each pair."""
    asked = list(pairs)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [[one for one, _ in asked], [other for _, other in asked]])
        return {(one, other): seen for one, other, seen in cursor.fetchall()}
