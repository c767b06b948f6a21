"""How entries are read: one flat row each with the typed part beside it, by SQL written out, for it is the hot path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yigongti.kernel.statements import fetched


READ = """
SELECT e.id, e.resident_id, e.kind, e.system, e.code, e.title, e.text, e.at, e.until, e.entered_at, e.institution_id,
       i.short_name, i.name, i.level, d.name, e.author, e.source, e.sensitivity, e.encounter_id, e.version,
       e.replaced_by_id, e.correction_reason, e.withdrawn, e.detail, o.series, o.value, o.second_value, o.unit, o.low,
       o.high, v.encounter_class, v.diagnosis_code
FROM ({chosen}) e
JOIN organisations_institution i ON i.unit_id = e.institution_id
LEFT JOIN organisations_department d ON d.unit_id = e.department_id
LEFT JOIN record_observation o ON o.entry_id = e.id
LEFT JOIN record_encounter v ON v.entry_id = e.id
ORDER BY {order}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is read, with its typed part beside it; in the order of READ."""

    id: int
    resident_id: int
    kind: str
    system: str
    code: str
    title: str
    text: str
    at: datetime
    until: datetime | None
    entered_at: datetime
    institution_id: int
    institution_short: str
    institution_name: str
    level: str
    department: str | None
    author: str
    source: str
    sensitivity: str
    encounter_id: int | None
    version: int
    replaced_by_id: int | None
    correction_reason: str
    withdrawn: bool
    detail: dict[str, Any]
    series: str | None
    value: Decimal | None
    second_value: Decimal | None
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    encounter_class: str | None
    diagnosis_code: str | None

    @property
    def institution(self) -> str:
        """The short name where there is one."""
        return self.institution_short or self.institution_name


def read(where: str, parameters: Mapping[str, Any], *, chosen: str = "SELECT e.* FROM record_entry e WHERE {where}",
         order: str = "e.at DESC, e.id DESC") -> list[Row]:  # fmt: skip
    """The entries that a condition on `e` chooses; `chosen` may cut them short or keep one of each."""
    found = fetched(READ.format(chosen=chosen.format(where=where), order=order), parameters)
    return [Row(*(json.loads(part) if n == DETAIL else part for n, part in enumerate(columns))) for columns in found]


DETAIL = list(Row.__dataclass_fields__).index("detail")  # Django leaves jsonb to whoever asks for it


CHAIN = """
WITH RECURSIVE newer AS (
    SELECT id, replaced_by_id FROM record_entry WHERE id = %(id)s
    UNION ALL SELECT e.id, e.replaced_by_id FROM record_entry e JOIN newer ON e.id = newer.replaced_by_id
), older AS (
    SELECT id FROM record_entry WHERE id = %(id)s
    UNION ALL SELECT e.id FROM record_entry e JOIN older ON e.replaced_by_id = older.id
)
SELECT id FROM newer UNION SELECT id FROM older
"""


def chain_of(entry_id: int) -> list[int]:
    """The ids of all versions of an entry, whichever of them is named."""
    return [key for (key,) in fetched(CHAIN, {"id": entry_id})]
