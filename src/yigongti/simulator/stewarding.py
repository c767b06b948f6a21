"""What the data stewards and the emergency doctors have done lately: merges, verdicts, records opened in an emergency.

Like the cases, each is the real action of a real post at its own time; one merge has been undone again.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post
from yigongti.kernel.access.sign_in import actor_of
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.refusal import Refusal
from yigongti.residents.actions import merging, openings
from yigongti.simulator.summaries import Truth


MERGES, VERDICTS, EMERGENCIES = 4, 2, 3

RAISED = "SELECT id, one_id, other_id FROM residents_suspicion WHERE verdict = 'open' ORDER BY id"
STRANGERS = """
SELECT r.id FROM residents_resident r
WHERE r.died_on IS NULL AND r.id = r.master_id AND r.birth_date < %s AND r.id <> ALL(%s)
  AND NOT EXISTS (SELECT FROM record_encounter e WHERE e.resident_id = r.id AND e.institution_id = %s)
ORDER BY md5(r.id::text) LIMIT %s
"""


class Stewarding:
    """Does it, and notes in the truth what was refused."""

    def __init__(self, *, hospital: int, truth: Truth) -> None:
        self._hospital, self._truth = hospital, truth
        self._steward = _first("data_steward")
        self._doctor = _first("county_doctor")
        self._now = clock.now()

    def run(self) -> None:
        """Some true duplicates merged, some lookalikes told apart, some records opened in an emergency."""
        again = {(row["resident"], row["again"]) for row in self._truth.duplicates}
        raised = _rows(RAISED)
        same = [pair for pair in raised if pair[1:] in again][:MERGES]
        different = [pair for pair in raised if pair[1:] not in again][:VERDICTS]
        for day, (_, kept, absorbed) in enumerate(same, start=3):
            reason = "身份证、电话和住址核对一致，确认为同一人"
            self._do(day, merging.merge, by=self._steward, kept=kept, absorbed=absorbed, reason=reason)
        if same:
            merge = _rows("SELECT max(id) FROM residents_merge")[0][0]
            self._do(2, merging.unmerge, by=self._steward, merge=merge, reason="家属来电说明为双胞胎姐妹，先恢复再核实")
        for day, (suspicion, _, _) in enumerate(different, start=3):
            note = "两人身份证均有效且不同，同名同日出生"
            self._do(day, merging.call_different, by=self._steward, suspicion=suspicion, note=note)
        self._open_in_emergencies()

    def _open_in_emergencies(self) -> None:
        used = [row["again"] for row in self._truth.duplicates]
        grown = self._now.date() - timedelta(days=30 * 365)
        strangers = _rows(STRANGERS, [grown, used, self._hospital, EMERGENCIES])
        for day, (person,) in enumerate(strangers, start=1):
            reason = "120 送入，意识不清，需了解用药和过敏史"
            self._do(day, openings.open_with_basis, by=self._doctor, resident=person, basis="emergency", reason=reason)

    def _do(self, days: int, act: Any, *, by: Actor, **arguments: Any) -> Receipt | None:
        at = datetime.combine(self._now.date() - timedelta(days=days), time(15, 20), tzinfo=clock.COUNTY_ZONE)
        try:
            with clock.stands_at(at):
                return act(by=by, **arguments)
        except Refusal as refusal:
            self._truth.facts.setdefault("refused", []).append([act.registered.code, refusal.sentence])
            return None


def _first(role: str) -> Actor:
    return actor_of(
        Post.objects.select_related("account", "unit", "covering__account").filter(role=role).earliest("pk")
    )


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
