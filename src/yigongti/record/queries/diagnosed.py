"""Who was seen for what, and when last: for lists of chapters above, of people whom the reader's own places manage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.statements import fetched
from yigongti.record.seeing import CURRENT, sight


BASIS = "managed"

SEEN_FOR = f"""(
    SELECT e.at, e.title, e.institution_id FROM residents_resident told
    JOIN record_encounter x ON x.resident_id = told.id AND x.at >= %(seen_since)s
    JOIN unnest(%(seen_least)s::text[], %(seen_most)s::text[]) AS asked(least, most)
        ON left(x.diagnosis_code, 3) BETWEEN asked.least AND asked.most
    JOIN record_entry e ON e.id = x.entry_id
    WHERE told.master_id = {{person}} AND {CURRENT} ORDER BY e.at DESC LIMIT 1)"""  # noqa: S608 - fragments of this chapter

LAST = f"""
SELECT told.master_id, max(e.at) FROM residents_resident told
JOIN record_encounter x ON x.resident_id = told.id AND x.encounter_class = %(visit_class)s
JOIN record_entry e ON e.id = x.entry_id
WHERE told.master_id = ANY(%(people)s) AND {CURRENT} GROUP BY 1
"""  # noqa: S608 - fragments of this chapter


def seen_for(*, for_: Actor, person: str, ranges: Sequence[str], since: date) -> tuple[str, dict[str, Any]]:
    """A subquery with its parameters: the last visit of a person for a diagnosis of the ranges, as far as the reader
    may know of it. `person` is the column that names who stands for the human."""
    for_.require("record.read")
    least = [one.partition("-")[0] for one in ranges]
    most = [one.partition("-")[2] or one for one in ranges]
    asked = {"seen_since": since, "seen_least": least, "seen_most": most}
    return SEEN_FOR.format(person=person), sight(for_, BASIS) | asked


def last_visits(*, for_: Actor, people: Iterable[int], visit_class: str) -> dict[int, datetime]:
    """The latest visit of a class of each of these people, who stand for their humans."""
    for_.require("record.read")
    asked = {"people": list(people), "visit_class": visit_class}
    return dict(fetched(LAST, sight(for_, BASIS) | asked))
