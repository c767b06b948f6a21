"""Reads of enrolments: who is under management in one's own places, who was seen for a disease and is not, and the
enrolments of one person.

Who was registered with a disease and has no row for it is under management since the registration, as in `sources`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yigongti.chronic.policy.codes import disease as diseases
from yigongti.chronic.policy.diseases import FROM_AGE, SOUGHT, WITHIN_DAYS
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.kernel.statements import fetched
from yigongti.record.queries.diagnosed import last_visits, seen_for
from yigongti.residents.queries.managed import managing_places


SEE = "chronic.enrolled"
FOLLOWED_BY = "public_health"
DISEASES = [one.code for one in diseases.entries]
ZONE = "'Asia/Shanghai'"

SPANS = f"""
SELECT n.id, n.resident_id, n.disease, n.begins, n.ends, n.end_reason, n.managing_id, n.changed_at, n.changed_by_id
FROM chronic_enrolment n JOIN residents_resident told ON told.id = n.resident_id WHERE told.master_id = {{person}}
UNION ALL
SELECT NULL, told.id, had.disease, (told.registered_at AT TIME ZONE {ZONE})::date, NULL, '', told.managing_id, NULL,
    NULL
FROM residents_resident told CROSS JOIN unnest(told.chronic) AS had(disease)
WHERE told.master_id = {{person}} AND had.disease = ANY(%(diseases)s) AND NOT EXISTS (
    SELECT FROM chronic_enrolment n WHERE n.resident_id = told.id AND n.disease = had.disease)"""  # noqa: S608 - fragments of this module
"""Every span of a person, whichever registration it stands at."""

NOW = "(s.begins <= %(today)s AND (s.ends IS NULL OR s.ends >= %(today)s))"
MINE = "p.stands AND p.died_on IS NULL AND p.managing_id = ANY(%(managing)s)"
BEYOND = """(%(after)s = 0
    OR (p.pinyin, p.id) {sign} (SELECT q.pinyin, q.id FROM residents_resident q WHERE q.id = %(after)s))"""

LIST = f"""
SELECT p.id, p.name, p.sex, p.birth_date, n.disease, n.begins, i.short_name
FROM residents_resident p JOIN organisations_institution i ON i.unit_id = p.managing_id
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (s.disease) s.disease, s.begins FROM ({SPANS.format(person="p.id")}) s
    WHERE {NOW} AND s.disease = ANY(%(asked)s) ORDER BY s.disease, s.begins
) n
WHERE {MINE} AND {BEYOND.format(sign=">=")} AND (p.id <> %(after)s OR n.disease > %(disease)s)
ORDER BY p.pinyin, p.id, n.disease LIMIT %(limit)s
"""  # noqa: S608 - fragments of this module

SUSPECTED = f"""
SELECT p.id, p.name, p.sex, p.birth_date, seen.title, seen.at, i.short_name
FROM residents_resident p CROSS JOIN LATERAL {{seen}} seen
JOIN organisations_institution i ON i.unit_id = seen.institution_id
WHERE {MINE} AND p.birth_date <= %(born)s AND {BEYOND.format(sign=">")} AND NOT EXISTS (
    SELECT FROM ({SPANS.format(person="p.id")}) s WHERE s.disease = ANY(%(asked)s)
    AND (s.ends IS NULL OR s.ends >= (seen.at AT TIME ZONE {ZONE})::date))
ORDER BY p.pinyin, p.id LIMIT %(limit)s
"""  # noqa: S608 - fragments of this module
"""Who has been seen since a management ended is sought again; before that the end was somebody's decision."""

OF_PERSON = f"""
SELECT s.id, s.resident_id, s.disease, s.begins, s.ends, s.end_reason, i.short_name, s.changed_at, s.changed_by_id
FROM ({SPANS.format(person="%(person)s")}) s JOIN organisations_institution i ON i.unit_id = s.managing_id
ORDER BY s.disease, s.begins DESC
"""  # noqa: S608 - fragments of this module


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of a list: somebody under management for a disease, or seen for it, and when last."""

    person: int
    name: str
    sex: str
    born: date
    disease: str
    begins: date | None
    what: str
    where: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One enrolment of a person; `id` is None where only the registration tells of it."""

    id: int | None
    resident: int
    disease: str
    begins: date
    ends: date | None
    end_reason: str
    managing: str
    changed_at: datetime | None
    changed_by: int | None

    @property
    def stands(self) -> bool:
        """Whether it holds today."""
        return self.begins <= clock.today() and (self.ends is None or self.ends >= clock.today())


def enrolled(*, for_: Actor, disease: str = "", after: tuple[int, str] = (0, ""), limit: int = 50) -> list[Listed]:
    """Who is under management in the actor's own places, by pinyin, a line a disease; one more than `limit` if more."""
    for_.require(SEE)
    asked = [disease] if disease else DISEASES
    found = fetched(LIST, _mine(for_, after[0], limit) | {"asked": asked, "disease": after[1]})
    last = last_visits(for_=for_, people={row[0] for row in found}, visit_class=FOLLOWED_BY)
    return [
        Listed(person=key, name=name, sex=sex, born=born, disease=code, begins=begins, what="", where=where,
               at=last.get(key))
        for key, name, sex, born, code, begins, where in found
    ]  # fmt: skip


def suspected(*, for_: Actor, disease: str, after: int = 0, limit: int = 50) -> list[Listed]:
    """Who was seen for a disease that the norm wants found, lives, and is not under management for it."""
    for_.require(SEE)
    ranges, today = values.value(SOUGHT[disease]), clock.today()
    since = today - timedelta(days=values.number(WITHIN_DAYS))
    seen, sight = seen_for(for_=for_, person="p.id", ranges=ranges if isinstance(ranges, tuple) else (), since=since)
    asked = {"asked": _alike(disease), "born": _years_before(today, values.number(FROM_AGE))}
    found = fetched(SUSPECTED.format(seen=seen), sight | _mine(for_, after, limit) | asked)
    return [
        Listed(
            person=key,
            name=name,
            sex=sex,
            born=born,
            disease=disease,
            begins=None,
            what=what,
            where=where,
            at=at,
        )
        for key, name, sex, born, what, at, where in found
    ]


def spans(*, for_: Actor, person: int) -> list[Span]:
    """Every enrolment of somebody whom the caller has opened for the actor; by disease, the latest first."""
    for_.require(SEE)
    rows = fetched(OF_PERSON, {"person": person, "diseases": DISEASES})
    return [
        Span(id=pk, resident=resident, disease=code, begins=begins, ends=ends, end_reason=reason, managing=managing,
             changed_at=changed, changed_by=by)
        for pk, resident, code, begins, ends, reason, managing, changed, by in rows
    ]  # fmt: skip


def _mine(for_: Actor, after: int, limit: int) -> dict[str, Any]:
    return {
        "managing": managing_places(for_=for_), "today": clock.today(), "diseases": DISEASES, "after": after,
        "limit": limit + 1,
    }  # fmt: skip


def _alike(code: str) -> list[str]:
    """Codes that say the same disease."""
    return [one.code for one in diseases.entries if one.label == diseases.label(code)]


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
