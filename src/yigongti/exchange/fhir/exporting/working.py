"""The worker's part of an export: a file of some resources at a time, each with what it shows in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, transaction

from yigongti.exchange.fhir.clients import Caller, client_by_key
from yigongti.exchange.fhir.exporting import files
from yigongti.exchange.fhir.exporting.models import Export
from yigongti.exchange.fhir.own import fetching
from yigongti.exchange.fhir.own.fetching import NOT_OLDER
from yigongti.exchange.fhir.own.tables import BASE, TABLES
from yigongti.exchange.fhir.searching import END, ROW, Row, persons_in
from yigongti.exchange.fhir.sight import sight_of
from yigongti.exchange.fhir.statements import fetched
from yigongti.kernel import clock
from yigongti.kernel.audit import trail


log = structlog.get_logger()

STEP = 2000
"""Resources of one file."""
KEPT = timedelta(hours=24)
"""Files may be fetched for so long."""
KEPT_PART = """SELECT {row} FROM exchange_resource r WHERE r.type = %(kind)s AND NOT r.deleted AND {sight}
AND (%(since)s::timestamptz IS NULL OR r.at >= %(since)s) AND (NOT %(of_patients)s OR r.person_id IS NOT NULL)
AND r.key > %(after)s AND r.key <= %(until)s ORDER BY r.key LIMIT %(most)s"""
KEPT_NOW = "SELECT last_value FROM exchange_resource_key"


def now_highest() -> dict[str, int]:
    """The highest number of each kind of row now: '' for kept resources, a type for ours."""
    return {"": int(fetched(KEPT_NOW, {})[0][0]), **{kind: fetching.newest(kind) for kind in TABLES}}


def work() -> int:
    """Move every export under way by one file, and let old files go; how many moved."""
    for old in Export.objects.filter(state="done", ended_at__lt=clock.now() - KEPT):
        Export.objects.filter(pk=old.pk, state="done").update(state="expired")
        files.forget(old)
    return sum(step(pk) for pk in list(Export.objects.filter(state="running").values_list("pk", flat=True)))


def step(pk: Any) -> bool:
    """One file of one export; False when somebody else has it in hand or it is over. What fails ends it, with why."""
    try:
        with transaction.atomic():
            export = Export.objects.select_for_update(skip_locked=True).filter(pk=pk, state="running").first()
            if export is None:
                return False
            _move(export)
            export.save()
    except (LookupError, ValueError, TypeError, OSError, DatabaseError) as trouble:
        log.exception("export.failed", export=str(pk))
        Export.objects.filter(pk=pk, state="running").update(
            state="failed", trouble=type(trouble).__name__, ended_at=clock.now())  # fmt: skip
    return True


def _move(export: Export) -> None:
    caller = client_by_key(export.client_id, scopes=export.scopes)
    if caller is None:
        export.state, export.trouble, export.ended_at = "failed", "客户端已停用", clock.now()
        return
    kind = export.kinds[export.place]
    rows = _rows(export, kind, caller)
    if rows:
        _put(export, kind, rows, caller)
    if len(rows) < STEP:
        export.place, export.reached = export.place + 1, 0
    if export.place == len(export.kinds):
        export.state, export.ended_at = "done", clock.now()


def _put(export: Export, kind: str, rows: Sequence[Row], caller: Caller) -> None:
    files.write(export, len(export.files), (row.body for row in rows))
    export.files = [*export.files, [kind, len(rows)]]
    export.count, export.reached = export.count + len(rows), rows[-1].key
    trail.saw(by=caller.actor, page="fhir.export", sentence=f"FHIR 导出{kind}，{len(rows)} 条",
              persons=persons_in(rows), basis="institution", subject=f"exchange.Export:{export.pk}")  # fmt: skip


def _rows(export: Export, kind: str, caller: Caller) -> list[Row]:
    """The next ones: what clients sent, then the platform's own."""
    found: list[Row] = []
    if export.reached < BASE:
        sight = sight_of(for_=caller)
        given = sight.given | {"kind": kind, "since": export.since, "of_patients": export.of_patients,
                               "after": export.reached, "until": export.until[""], "most": STEP}  # fmt: skip
        found = [Row(*row) for row in fetched(KEPT_PART.format(row=ROW, sight=sight.on("r")), given)]
    if kind in TABLES and len(found) < STEP:
        wheres = [NOT_OLDER, *(["{r}.stands"] if kind == "Patient" else [])]
        found += fetching.page(kind, wheres, {"o_since": export.since}, after=max(export.reached, BASE),
                               until=export.until.get(kind, END), most=STEP - len(found), for_=caller)  # fmt: skip
    return found
