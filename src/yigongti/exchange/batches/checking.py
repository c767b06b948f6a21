"""The dry run: every fault of every row, found before anything is written; what is already here; what looks alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from django.db import connection

from yigongti.exchange.batches.kinds import Kind, Row, kind_of
from yigongti.exchange.batches.models import Batch, BatchRow
from yigongti.exchange.tables.sheet import Heading, Problem, read_line
from yigongti.kernel.access.actor import Actor


MANY = 1000
WRITE = """
UPDATE exchange_batchrow r SET state = n.state, problems = n.problems, key = n.key, alike = n.alike, made = n.made
FROM unnest(%(numbers)s::int[], %(states)s::text[], %(problems)s::jsonb[], %(keys)s::text[], %(alike)s::jsonb[],
            %(made)s::text[]) n(number, state, problems, key, alike, made)
WHERE r.batch_id = %(batch)s AND r.number = n.number
"""
# The first of its key stands; the others say which row they repeat.
REPEATS = """
UPDATE exchange_batchrow r
SET state = 'wrong', problems = r.problems || jsonb_build_array(jsonb_build_object(
    'field', '', 'header', '', 'value', '', 'rule', '与第 {row} 行重复', 'facts', jsonb_build_object('row', f.first)))
FROM (SELECT number, min(number) OVER (PARTITION BY key) AS first FROM exchange_batchrow
      WHERE batch_id = %(batch)s AND key <> '' AND (%(key)s = '' OR key = %(key)s)) f
WHERE f.number > f.first AND r.batch_id = %(batch)s AND r.number = f.number
  AND r.state IN ('good', 'alike', 'known', 'wrong') AND NOT r.problems @> '[{"rule": "与第 {row} 行重复"}]'
"""


def check_next(batch: Batch, *, by: Actor) -> None:
    """Check the next thousand rows; after the last, look for rows that repeat one another."""
    rows = list(BatchRow.objects.filter(batch=batch, state="read", number__gt=batch.reached).order_by("number")[:MANY])
    if rows:
        check(batch, rows, by=by)
        batch.reached = rows[-1].number
    if len(rows) < MANY:
        mark_repeats(batch)
        batch.state, batch.reached = "checked", 0


def check(batch: Batch, rows: Sequence[BatchRow], *, by: Actor) -> None:
    """Read these rows and hold them against what we have; write what was found."""
    kind = kind_of(batch.kind)
    read = [row_of(batch, kind, one) for one in rows]
    if kind.check:
        kind.check(by, read)
    _write(batch, read)


def row_of(batch: Batch, kind: Kind, kept: BatchRow) -> Row:
    """A kept row with its values, its problems, and the key it goes by in its file."""
    heading = Heading(positions=batch.heading, unknown=())
    cells = completed(batch, kept.mended or kept.cells)
    found, problems = read_line(kind.sheet, heading, cells)
    key = kind.key(found)[:120] if kind.key else ""
    return Row(number=kept.number, values=found, problems=list(problems), key=key, verdict=kept.verdict,
               alike=list(kept.alike), made=kept.made, cells=cells, places=batch.heading)  # fmt: skip


def completed(batch: Batch, cells: Sequence[str]) -> Sequence[str]:
    """The cells with the constants of the batch where nothing stands."""
    if not batch.constants:
        return cells
    whole = [*cells, *[""] * (max(batch.heading.values()) + 1 - len(cells))]
    for name, text in batch.constants.items():
        at = batch.heading[name]
        whole[at] = whole[at].strip() or text
    return whole


def mark_repeats(batch: Batch, *, key: str = "") -> None:
    """Mark rows that repeat an earlier one, of one key or of all."""
    with connection.cursor() as cursor:
        cursor.execute(REPEATS, {"batch": batch.pk, "key": key})


def _state(row: Row) -> str:
    if row.problems:
        return "wrong"
    if row.known:
        return "known"
    return "alike" if row.alike and not row.verdict else "good"


def _write(batch: Batch, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "batch": batch.pk,
                "numbers": [row.number for row in rows],
                "states": [_state(row) for row in rows],
                "problems": [_json([_placed(batch, one).as_json() for one in row.problems]) for row in rows],
                "keys": [row.key for row in rows],
                "alike": [_json(row.alike) for row in rows],
                "made": [row.known[:60] for row in rows],
            },
        )


def _placed(batch: Batch, one: Problem) -> Problem:
    """A fault of a column, by whomever it was noted, has its cell's place."""
    return one if one.column >= 0 else replace(one, column=batch.heading.get(one.field, -1))


def _json(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False, default=str)


def problems_of(kept: BatchRow) -> list[Problem]:
    """What is wrong with a row, as it was kept."""
    return [Problem.from_json(one) for one in kept.problems]
