"""How entries are read: one flat row each, with the typed part beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from yigongti.record.models import Entry


COLUMNS = (
    "id", "resident_id", "kind", "system", "code", "title", "text", "at", "until", "entered_at", "institution_id",
    "institution__short_name", "institution__name", "institution__level", "department__name", "author", "source",
    "sensitivity", "encounter_id", "version", "replaced_by_id", "correction_reason", "withdrawn", "detail",
    "observation_part__series", "observation_part__value", "observation_part__second_value", "observation_part__unit",
    "observation_part__low", "observation_part__high", "encounter_part__encounter_class",
    "encounter_part__diagnosis_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is read, with its typed part beside it; in the order of COLUMNS."""

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


def rows_of(entries: QuerySet[Entry]) -> list[Row]:
    """Read a queryset made from `current` in one query."""
    return [Row(*columns) for columns in entries.values_list(*COLUMNS)]


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
    return [row.id for row in Entry.objects.raw(CHAIN, {"id": entry_id})]
