"""Orders for the institution that carries them out: those that name it, and its own that name nobody.

Being asked to carry an order out shows the order and whom it is about, not the record behind it. One of a special class
stands on the list without its content where the role page has not the gate, so that nothing is missing from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.statements import fetched
from yigongti.record.policy.special_classes import BY_CODE
from yigongti.record.rows import chain_of
from yigongti.record.seeing import own_institution
from yigongti.residents.queries import minors


SEE = "record.to_carry_out"
HOURS = {"急": "record.order_hours_emergency", "加快": "record.order_hours_urgent", "": "record.order_hours_routine"}
OPEN = ("placed", "in_progress")

PERFORMS = "coalesce(e.detail->>'performer', e.institution_id::text) = %(own)s::text"
STANDS = f"e.kind = 'order' AND e.replaced_by_id IS NULL AND NOT e.withdrawn AND {PERFORMS}"
SHOWN = """((e.sensitivity = ANY(%(open)s) OR e.institution_id = %(own)s)
 AND (%(minors)s OR m.birth_date <= %(grown)s))"""
DUE = """e.at + interval '1 hour' * CASE e.detail->>'priority' WHEN '急' THEN %(emergency)s WHEN '加快' THEN %(urgent)s
 ELSE %(routine)s END"""
LATE = f"(e.detail->>'state' = ANY(%(waits)s) AND {DUE} < %(asof)s)"
MICROS = "(extract(epoch FROM e.at) * 1000000)::bigint"
LAST = 10**17
ROWS = f"""
SELECT e.id, m.id, m.name, m.sex, m.birth_date, m.died_on, m.id_card, m.record_no, e.title, e.code, e.text, e.author,
       e.at, {DUE}, {LATE}, CASE WHEN {LATE} THEN {MICROS} ELSE {LAST} - {MICROS} END, e.detail::text,
       coalesce(nullif(i.short_name, ''), i.name), {SHOWN}, e.institution_id
FROM record_entry e JOIN residents_resident p ON p.id = e.resident_id JOIN residents_resident m ON m.id = p.master_id
JOIN organisations_institution i ON i.unit_id = e.institution_id
WHERE {STANDS} AND """  # noqa: S608 - fragments of this module
LIST = f"""SELECT * FROM ({ROWS} e.detail->>'state' = %(state)s AND e.at >= %(since)s AND (NOT %(late)s OR {LATE})
) w(id, person, name, sex, born, died, card, record_no, title, code, text, author, at, due, late, rank, detail, asker,
    shown, asker_id)
WHERE (w.rank, w.id) > (%(rank)s, %(after)s) ORDER BY w.rank, w.id LIMIT %(limit)s"""  # noqa: S608 - fragments of this module
ONE = f"{ROWS} e.id = %(id)s"
COUNT = f"""SELECT count(*), count(*) FILTER (WHERE w.late) FROM (SELECT {LATE} AS late FROM record_entry e
 WHERE {STANDS} AND e.detail->>'state' = 'placed' LIMIT %(limit)s) w"""  # noqa: S608 - fragments of this module
SENT_BACK = """SELECT e.id, e.title, e.detail->>'unable', e.resident_id FROM record_entry e
WHERE e.kind = 'order' AND e.replaced_by_id IS NULL AND NOT e.withdrawn AND e.detail ? 'unable'
 AND e.institution_id = %(own)s AND e.detail->>'performer' <> %(own)s::text AND e.entered_at >= %(since)s
 AND e.sensitivity = '' ORDER BY e.entered_at DESC LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One order to carry out; `shown` says whether the actor may know whose it is and what it asks."""

    id: int
    person: int
    name: str
    sex: str
    born: date
    died: date | None
    card: str
    record_no: str
    title: str
    code: str
    text: str
    author: str
    at: datetime
    due: datetime
    late: bool
    rank: int
    detail: dict[str, Any]
    asker: str
    shown: bool
    asker_id: int

    @property
    def number(self) -> str:
        """Under which it was asked for."""
        return str(self.detail.get("placer") or self.detail.get("filler") or "")

    @property
    def state(self) -> str:
        """How far it is."""
        return str(self.detail.get("state", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a page of the list ends: what is late is judged by one moment on all its pages."""

    asof: datetime
    rank: int = 0
    id: int = 0


def to_carry_out(
    *, for_: Actor, state: str, since: datetime | None = None, late: bool = False, mark: Mark, limit: int
) -> list[Todo]:
    """Orders in a state: those past their time first, the longest waiting on top, then the newest; one more than
    `limit` where there are more."""
    asked = _asked(for_, mark.asof) | {"state": state, "late": late, "rank": mark.rank, "after": mark.id}
    since = since or datetime(1900, 1, 1, tzinfo=clock.COUNTY_ZONE)
    return [_todo(row) for row in fetched(LIST, asked | {"since": since, "limit": limit + 1})]


def one_to_carry_out(*, for_: Actor, entry_id: int) -> Todo:
    """The newest version of one, whichever is named. Raises NotFound for what is not asked of the actor's institution,
    and for what the role page does not open."""
    asked = _asked(for_, clock.now())
    found = fetched(ONE, asked | {"id": max(chain_of(entry_id), default=0)})
    if not found or not (made := _todo(found[0])).shown:
        raise NotFound
    return made


def waiting(*, for_: Actor, most: int) -> tuple[int, int]:
    """How many wait to be received and how many of them are late, counted up to `most`."""
    ((count, late),) = fetched(COUNT, _asked(for_, clock.now()) | {"limit": most})
    return count, late


def sent_back(*, for_: Actor, limit: int) -> list[tuple[int, str, str, int]]:
    """Orders of the actor's own institution that another has lately said it cannot carry out: id, item, why, whose."""
    for_.require(SEE)
    since = clock.now() - timedelta(days=values.number("record.order_sent_back_days"))
    return [(pk, title, why, person) for pk, title, why, person in
            fetched(SENT_BACK, {"own": own_institution(for_) or 0, "since": since, "limit": limit})]  # fmt: skip


def _asked(for_: Actor, asof: datetime) -> dict[str, Any]:
    for_.require(SEE)
    return {
        "own": own_institution(for_) or 0, "open": ["", *(code for code in for_.role.gates if code in BY_CODE)],
        "minors": minors.GATE in for_.role.gates, "grown": minors.minor_since(clock.today()), "asof": asof,
        "waits": list(OPEN), "emergency": values.number(HOURS["急"]), "urgent": values.number(HOURS["加快"]),
        "routine": values.number(HOURS[""]),
    }  # fmt: skip


def _todo(row: Sequence[Any]) -> Todo:
    given = dict(zip(Todo.__dataclass_fields__, row, strict=True))
    return Todo(**given | {"detail": json.loads(given["detail"])})
