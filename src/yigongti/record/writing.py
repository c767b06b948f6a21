"""Entries written by a step of a case: the step's own gate has asked who may, and its audit entry covers them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.policy.series import SERIES


def write_document(
    *, by: Actor, resident_id: int, institution_id: int, title: str, text: str, source: str, sensitivity: str = ""
) -> int:
    """A document in the lifelong record: what the step's author wrote for whoever treats the person next. Its id."""
    return _entry(
        by, resident_id, institution_id, "document", title=title, text=text, source=source, at=clock.now(),
        sensitivity=sensitivity,
    ).pk  # fmt: skip


def write_visit(
    *, by: Actor, resident_id: int, institution_id: int, encounter_class: str, title: str, text: str, source: str,
    at: datetime, sensitivity: str = "",
) -> int:  # fmt: skip
    """A visit, with its typed part. Its id."""
    entry = _entry(
        by, resident_id, institution_id, "encounter", title=title, text=text, source=source, at=at,
        sensitivity=sensitivity,
    )  # fmt: skip
    Encounter.objects.create(
        entry=entry, resident_id=resident_id, institution_id=institution_id, encounter_class=encounter_class, at=at
    )
    return entry.pk


def write_observation(
    *, by: Actor, resident_id: int, institution_id: int, series: str, value: Decimal, second: Decimal | None = None,
    source: str, at: datetime, encounter_id: int | None = None, sensitivity: str = "",
) -> int:  # fmt: skip
    """One measured value of a series. Its id."""
    kind = SERIES[series]
    entry = _entry(
        by, resident_id, institution_id, "observation", title=kind.title, source=source, at=at, code=series,
        encounter_id=encounter_id, sensitivity=sensitivity,
    )  # fmt: skip
    Observation.objects.create(
        entry=entry, resident_id=resident_id, series=series, value=value, second_value=second, unit=kind.unit, at=at
    )
    return entry.pk


def _entry(by: Actor, resident_id: int, institution_id: int, kind: str, **columns: Any) -> Entry:
    return Entry.objects.create(
        resident_id=resident_id, institution_id=institution_id, kind=kind, entered_at=clock.now(),
        author=by.person_name, author_post_id=by.post_id,
        department_id=by.unit_id if by.unit_kind == "department" else None, **columns,
    )  # fmt: skip
