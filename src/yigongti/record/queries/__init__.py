"""Reads of the lifelong record; every one is asked `for_` an actor."""

from yigongti.record.classes import (
    classes_in_words,
    classes_of_diagnosis,
    home_for,
    may_read_at,
    stated_classes,
    strictest,
)
from yigongti.record.queries.costs import Cost, Done, cost_of, operations_of
from yigongti.record.queries.numbered import Numbered, newest
from yigongti.record.queries.summaries import (
    Candidate,
    Result,
    Summary,
    entries_for_package,
    last_encounters,
    results,
    said_value,
    summary,
)
from yigongti.record.queries.timelines import (
    Opened,
    Point,
    entries_by_ids,
    entry,
    last_measured,
    of_encounter,
    open_record,
    series,
    timeline,
    versions,
)
from yigongti.record.rows import Row


__all__ = [
    "Candidate",
    "Cost",
    "Done",
    "Numbered",
    "Opened",
    "Point",
    "Result",
    "Row",
    "Summary",
    "classes_in_words",
    "classes_of_diagnosis",
    "cost_of",
    "entries_by_ids",
    "entries_for_package",
    "entry",
    "home_for",
    "last_encounters",
    "last_measured",
    "may_read_at",
    "newest",
    "of_encounter",
    "open_record",
    "operations_of",
    "results",
    "said_value",
    "series",
    "stated_classes",
    "strictest",
    "summary",
    "timeline",
    "versions",
]
