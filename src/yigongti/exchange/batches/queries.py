"""What is shown of sheets: who brought which, how far it is, its rows by state, the registrations that look alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, OuterRef

from yigongti.exchange.batches.belonging import holds, within
from yigongti.exchange.batches.kinds import Kind, kind_of, kinds_of
from yigongti.exchange.batches.models import Batch, BatchRow
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound
from yigongti.residents.queries.alike import Seen, side_by_side


RULES = """
SELECT p->>'header', p->>'rule', (array_agg(p->'facts' ORDER BY r.number))[1], count(*), min(r.number)
FROM exchange_batchrow r, jsonb_array_elements(r.problems) p
WHERE r.batch_id = %s AND r.state = 'wrong' GROUP BY 1, 2 ORDER BY 4 DESC, 5 LIMIT %s
"""
MOST_RULES = 12
SHOWN = ("brought_by__account", "brought_by__unit", "taken_by__account", "taken_by__unit", "keeper")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one column that rows break: how many, the first, and what it says of that one."""

    header: str
    rule: str
    facts: dict[str, object]
    count: int
    first: int


def batches(*, for_: Actor, limit: int = 30, before: int = 0) -> list[Batch]:
    """The sheets of kinds that the actor may bring, newest first."""
    for_.require("exchange.tables")
    rows = Batch.objects.filter(within(for_), kind__in=[kind.code for kind in kinds_of(for_=for_)]).order_by("-pk")
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.select_related(*SHOWN)[:limit])


def left_behind(*, of: Sequence[Batch]) -> dict[int, int]:
    """How many rows of each sheet wait for somebody to mend or decide them."""
    waiting = BatchRow.objects.filter(batch__in=of, state__in=("wrong", "alike"))
    return dict(waiting.values_list("batch").annotate(n=Count("*")))


def batch(*, for_: Actor, pk: int) -> tuple[Batch, Kind]:
    """One sheet and its kind. Raises NotFound for a kind that is not the actor's."""
    for_.require("exchange.tables")
    found = Batch.objects.select_related(*SHOWN).filter(within(for_), pk=pk).first()
    if found is None or not for_.may(kind_of(found.kind).permission):
        raise NotFound
    return found, kind_of(found.kind)


def unheld(*, for_: Actor, limit: int) -> list[Batch]:
    """The sheets with rows that wait for somebody, and that nobody has in hand: the oldest first."""
    waiting = Exists(BatchRow.objects.filter(batch=OuterRef("pk"), state__in=("wrong", "alike")))
    rows = Batch.objects.filter(within(for_), waiting, taken_by=None, brought_by=None,
                                kind__in=[kind.code for kind in kinds_of(for_=for_)],
                                state__in=("checked", "done", "cancelled", "stopped"))  # fmt: skip
    return list(rows.order_by("pk")[:limit])


def counts(*, of: Batch) -> dict[str, int]:
    """How many rows are in which state."""
    return dict(BatchRow.objects.filter(batch=of).values_list("state").annotate(n=Count("*")))


def rows(*, of: Batch, state: str, after: int = 0, limit: int = 50) -> list[BatchRow]:
    """Rows of one state, in the order of the sheet."""
    return list(BatchRow.objects.filter(batch=of, state=state, number__gt=after).order_by("number")[:limit])


def row(*, of: Batch, number: int) -> BatchRow:
    """One row. Raises NotFound."""
    found = BatchRow.objects.filter(batch=of, number=number).first()
    if found is None:
        raise NotFound
    return found


def rules(*, of: Batch) -> list[Rule]:
    """What is wrong, most often first; the rows themselves show all of it."""
    with connection.cursor() as cursor:
        cursor.execute(RULES, [of.pk, MOST_RULES])
        found = cursor.fetchall()
    return [Rule(header, rule, json.loads(facts), n, first) for header, rule, facts, n, first in found]


def closed_to(*, for_: Actor, of: Batch, kind: Kind) -> frozenset[str]:
    """The columns that the actor does not see: clinical ones, in a sheet that is not the actor's own."""
    return frozenset() if holds(for_, of) else kind.fields_closed


def persons(*, for_: Actor, rows: Sequence[BatchRow]) -> dict[int, Seen]:
    """What is registered of everybody whom these rows may be; masked where the actor has no basis."""
    return side_by_side(for_=for_, ids=[one["resident"] for row in rows for one in row.alike])
