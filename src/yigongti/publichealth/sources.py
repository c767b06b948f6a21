"""Where the rows of births and deaths stand: the certificate's version that stands and was not cancelled.

Whether the dead were under management for a chronic disease is read from the table of enrolments by its name: chapters
side by side share no code.
"""

from __future__ import annotations

from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.publichealth import facts
from yigongti.residents.queries.dated import LIVES, MANAGING, perhaps, watched


ENROLLED = """EXISTS (SELECT FROM chronic_enrolment e JOIN residents_resident r ON r.id = e.resident_id
        WHERE r.master_id = p.id AND e.begins <= d.died_on AND d.died_on <= COALESCE(e.ends, 'infinity'))"""
REGISTERED = """EXISTS (SELECT FROM residents_resident r
        WHERE r.master_id = p.id AND cardinality(r.chronic) > 0 AND r.registered_at < d.died_on + 1
        AND NOT EXISTS (SELECT FROM chronic_enrolment e WHERE e.resident_id = r.id))"""
"""Who was registered with a chronic disease and never enrolled otherwise, see the sources of chronic care."""

DEATHS = f"""
SELECT d.id, p.id AS person, d.died_on AS at, COALESCE(d.born_on, p.birth_date) AS born, d.sex,
    CASE WHEN p.id IS NOT NULL THEN {MANAGING} END AS managing, d.underlying_code AS cause,
    d.died_on - COALESCE(d.born_on, p.birth_date) AS age_days,
    extract(year FROM age(d.died_on, COALESCE(d.born_on, p.birth_date)))::int AS age_years,
    p.id IS NOT NULL AND ({ENROLLED} OR {REGISTERED}) AS chronic_managed,
    d.underlying_code ~ '^(O|A34)' AS maternal, CASE WHEN p.id IS NOT NULL THEN {LIVES} END AS lives, d.place
FROM publichealth_death d {perhaps(told="d.resident_id", day="d.died_on")}
WHERE d.stands AND NOT d.cancelled AND d.died_on >= {{starts}} AND d.died_on < {{ends}}
"""

BIRTHS = f"""
SELECT d.id, p.id AS mother, child.master_id AS newborn, d.born_at::date AS at,
    COALESCE({MANAGING}, child.managing_id) AS managing, d.institution_id AS institution, d.sex,
    d.outcome = 'live' AS live, d.weight, d.weeks, d.place
FROM publichealth_birth d {perhaps(told="d.mother_id", day="d.born_at::date")}
LEFT JOIN residents_resident child ON child.id = d.newborn_id
WHERE d.stands AND NOT d.cancelled AND d.born_at >= {{starts}} AND d.born_at < {{ends}}
"""

DEAD = "SELECT x.died_on FROM publichealth_death x JOIN residents_resident r ON r.id = x.resident_id"

register(
    Source(
        fact=facts.deaths, sql=DEATHS,
        watched=(
            Watched("publichealth_death", day="died_on"),
            Watched("chronic_enrolment", days=f"{DEAD} JOIN changed ON changed.resident_id = r.id"),
            *watched(f"{DEAD} JOIN people ON people.id = r.id"),
        ),
    ),
    Source(
        fact=facts.births, sql=BIRTHS,
        watched=(
            Watched("publichealth_birth", day="born_at"),
            *watched(
                "SELECT x.born_at FROM publichealth_birth x JOIN people ON people.id IN (x.mother_id, x.newborn_id)"
            ),
        ),
    ),
)  # fmt: skip
