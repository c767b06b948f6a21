"""What the next doctor must know at once, and what travels with a referral: chosen from the entries, never written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.parameters import values
from yigongti.record.policy.series import SERIES
from yigongti.record.queries.timelines import Opened, Point, chosen_from, last_measured, timeline
from yigongti.record.rows import Row, read
from yigongti.record.targets import targets_of
from yigongti.record.words import Series


LAST = 5

SIDES = {"above": "偏高", "below": "偏低"}

# Pregnancy itself and its complications up to the birth; its special class is another matter (policy/special_classes).
PREGNANT = re.compile(r"Z3[3-6]|O(09|[1-3]\d|4[0-8])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The last measurement of a series, held against its target."""

    series: Series
    point: Point
    sides: tuple[str, ...]

    @property
    def said(self) -> str:
        """The number or the pair, without the unit."""
        return said_value(self.point.value, self.point.second_value)

    @property
    def on_target(self) -> bool:
        """Whether every number is inside its target."""
        return all(side == "inside" for side in self.sides)

    @property
    def off_target(self) -> str:
        """偏高, 偏低 or both, in the reader's language; empty where there is no target or it is met."""
        return "、".join(sorted({say(SIDES[side]) for side in self.sides if side in SIDES}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything at a glance; lists are whole, shortening is the page's own affair and said there."""

    allergies: Sequence[Row]
    pregnant: Row | None
    conditions: Sequence[Row]
    medicines: Sequence[Row]
    results: Sequence[Result]
    reports: Sequence[Row]


def said_value(value: Decimal, second: Decimal | None = None) -> str:
    """138/86, 6.2: without the zeros that the table's scale adds."""
    parts = [value] if second is None else [value, second]
    return "/".join(f"{part.normalize():f}" for part in parts)


def summary(*, for_: Actor, opened: Opened) -> Summary:
    """Warnings, conditions and medicines now, last results and reports."""
    standing = _standing(for_, opened)
    return Summary(
        allergies=[row for row in standing if row.kind == "allergy"],
        pregnant=_pregnant(standing),
        conditions=[row for row in standing if row.kind == "condition"],
        medicines=[row for row in standing if row.kind == "medication"],
        results=results(for_=for_, opened=opened),
        reports=timeline(for_=for_, opened=opened, kinds=("report", "document"), limit=LAST),
    )


def last_encounters(*, for_: Actor, opened: Opened) -> list[Row]:
    """The last visits and stays, wherever they were."""
    return timeline(for_=for_, opened=opened, kinds=("encounter",), limit=LAST)


STANDING = """
SELECT DISTINCT ON (e.kind, e.code, e.title) e.* FROM record_entry e WHERE {where}
ORDER BY e.kind, e.code, e.title, e.at DESC, e.id DESC
"""
HOLDS = """
(e.kind IN ('allergy', 'condition') AND (e.until IS NULL OR e.until > %(now)s)
 OR e.kind = 'medication' AND (e.until > %(now)s OR e.until IS NULL AND e.at >= %(prescribed)s))
"""


def _standing(for_: Actor, opened: Opened) -> list[Row]:
    """Allergies, conditions and medicines that hold now, newest first; of entries of the same thing the newest."""
    now = clock.now()
    prescribed = now - timedelta(days=values.number("record.medicine_current_days"))
    where, parameters = chosen_from(for_=for_, opened=opened, where=HOLDS, now=now, prescribed=prescribed)
    return read(where, parameters, chosen=STANDING)


def _pregnant(conditions: Iterable[Row]) -> Row | None:
    since = clock.now() - timedelta(days=values.number("record.pregnancy_days"))
    codes = [row for row in conditions if row.kind == "condition" and row.at >= since and PREGNANT.match(row.code)]
    return codes[0] if codes else None


def results(*, for_: Actor, opened: Opened) -> list[Result]:
    """The last measurement of each known series, in the order of the policy page."""
    last = {point.series: point for point in last_measured(for_=for_, opened=opened)}
    return [_held_against(SERIES[code], last[code], opened) for code in SERIES if code in last]


def _held_against(series: Series, point: Point, opened: Opened) -> Result:
    person = opened.resident
    targets = targets_of(series, born=person.birth_date, managed=frozenset(person.chronic), on=clock.today())
    numbers = [point.value] if point.second_value is None else [point.value, point.second_value]
    return Result(series=series, point=point, sides=tuple(t.side(n) for t, n in zip(targets, numbers, strict=False)))


RECENT = ("encounter", "report", "document", "procedure", "observation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may travel with a referral. Special classes are never proposed: the sender ticks them knowingly."""

    row: Row
    proposed: bool


def entries_for_package(*, for_: Actor, opened: Opened) -> list[Candidate]:
    """What is offered to travel: all that holds now, and what is recent; of measurements the last of each series."""
    since = clock.now() - timedelta(days=values.number("record.package_days"))
    where, parameters = chosen_from(
        for_=for_, opened=opened, where="e.kind = ANY(%(kinds)s) AND e.at >= %(since)s", kinds=list(RECENT), since=since
    )
    rows = [*_standing(for_, opened), *_last_of_each_series(read(where, parameters))]
    return [Candidate(row=row, proposed=not row.sensitivity) for row in rows]


def _last_of_each_series(rows: Iterable[Row]) -> list[Row]:
    kept, met = [], set()
    for row in rows:
        if row.series is None or row.series not in met:
            kept.append(row)
            met.add(row.series)
    return kept
