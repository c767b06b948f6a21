"""The ids of the platform's own resources: r- and the number of a row, for an entry that of its first version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from yigongti.exchange.fhir.own.tables import ALL_VERSIONS, RECORD, TABLES
from yigongti.exchange.fhir.statements import fetched
from yigongti.exchange.policy.fhir_own_orders import ORDERS_FROM


NAME = re.compile(r"r-([1-9][0-9]{0,14})")
"""No client makes a resource of such an id."""

HEADS = """WITH RECURSIVE newer(id, next) AS (
 SELECT e.id, e.replaced_by_id FROM record_entry e WHERE e.id = ANY(%(roots)s)
  AND NOT EXISTS (SELECT FROM record_entry o WHERE o.replaced_by_id = e.id)
 UNION ALL SELECT e.id, e.replaced_by_id FROM newer n JOIN record_entry e ON e.id = n.next)
SELECT id FROM newer"""


def is_own(kind: str, name: str) -> bool:
    """Whether the id is one of ours."""
    return kind in TABLES and bool(NAME.fullmatch(name))


def entries_of(roots: Iterable[int]) -> list[int]:
    """All versions of the entries that begin with these."""
    return sorted(entry for (entry,) in fetched(HEADS, {"roots": list(roots)}))


def chosen(kind: str, numbers: Iterable[int]) -> tuple[str, dict[str, Any]]:
    """The condition that a row bears one of these numbers."""
    numbers = list(numbers)
    if kind in RECORD:
        return "{r}.entry = ANY(%(o_numbers)s::bigint[])", {"o_numbers": entries_of(numbers)}
    cases, orders = sorted(n for n in numbers if n <= ORDERS_FROM), [n for n in numbers if n > ORDERS_FROM]
    if not orders:
        column = "case_id" if kind in ALL_VERSIONS else "root"
        return f"{{r}}.{column} = ANY(%(o_numbers)s::bigint[])", {"o_numbers": cases}
    of_orders = {"o_orders": entries_of(n - ORDERS_FROM for n in orders)}
    if not cases:
        return "{r}.entry = ANY(%(o_orders)s::bigint[])", of_orders
    either = "{r}.case_id = ANY(%(o_numbers)s::bigint[]) OR {r}.entry = ANY(%(o_orders)s::bigint[])"
    return f"({either})", of_orders | {"o_numbers": cases}
