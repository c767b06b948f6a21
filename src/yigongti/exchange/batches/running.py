"""The real run and its undoing: some hundreds of rows a transaction, in the order of the sheet, or against it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import DatabaseError, connection, transaction

from yigongti.exchange.batches.checking import row_of
from yigongti.exchange.batches.kinds import Outcome, Row, Take, kind_of
from yigongti.exchange.batches.models import Batch, BatchRow
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import Refusal


log = structlog.get_logger()

WRITE = """
UPDATE exchange_batchrow r SET state = n.state, made = n.made, note = n.note
FROM unnest(%(numbers)s::int[], %(states)s::text[], %(made)s::text[], %(notes)s::text[]) n(number, state, made, note)
WHERE r.batch_id = %(batch)s AND r.number = n.number
"""
FAULTS = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, DatabaseError)


def run_next(batch: Batch, *, by: Actor) -> None:
    """Take in the next rows that are good; after the last the batch is done."""
    kind = kind_of(batch.kind)
    rows = list(BatchRow.objects.filter(batch=batch, state="good").order_by("number")[: kind.many])
    _move(batch, rows, kind.take, by=by)
    if len(rows) < kind.many:
        batch.state, batch.ended_at = "done", clock.now()


def undo_next(batch: Batch, *, by: Actor) -> None:
    """Take back the last rows that were applied; what others have built on stays, and says so."""
    kind = kind_of(batch.kind)
    rows = list(BatchRow.objects.filter(batch=batch, state="applied").order_by("-number")[: kind.many])
    _move(batch, rows, kind.undo, by=by)
    if len(rows) < kind.many:
        batch.state, batch.ended_at = "undone", clock.now()


def _move(batch: Batch, kept: Sequence[BatchRow], act: Take, *, by: Actor) -> None:
    kind = kind_of(batch.kind)
    rows = [row_of(batch, kind, one) for one in kept]
    if rows:
        _write(batch, rows, _outcomes(act, by, rows))
        batch.reached = rows[-1].number


def _outcomes(act: Take, by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """All at once; where one of them is refused, one by one, so that only that one fails."""
    try:
        with transaction.atomic():
            return act(by, rows)
    except Refusal as refusal:
        if len(rows) == 1:
            return [Outcome(state="wrong", note=str(refusal)[:300])]
    except FAULTS as trouble:
        if len(rows) == 1:
            log.exception("batch.row_failed", number=rows[0].number)
            return [Outcome(state="wrong", note=f"系统没能处理这一行（{type(trouble).__name__}），请报告维护人员")]
    return [_outcomes(act, by, [row])[0] for row in rows]


def _write(batch: Batch, rows: Sequence[Row], outcomes: Sequence[Outcome]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "batch": batch.pk,
                "numbers": [row.number for row in rows],
                "states": [one.state for one in outcomes],
                "made": [one.made[:60] for one in outcomes],
                "notes": [one.note[:300] for one in outcomes],
            },
        )
