"""Where the rows of claims stand: the version that stands, unless the bureau has reversed it."""

from __future__ import annotations

from yigongti.fund import facts
from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.residents.queries.dated import COUNTY, MANAGING, perhaps, watched


GRASSROOTS = "('township_centre', 'community_centre', 'village_room', 'clinic')"
BEDS = "('inpatient', 'maternity')"
CLINICS = "('outpatient', 'emergency', 'chronic_outpatient', 'day_case')"
PHARMACY = "(c.visit_kind = 'pharmacy' OR c.level = 'pharmacy')"
DAY = "COALESCE(c.discharged_on, c.settled_on)"
UNMATCHED = "(SELECT unit_id FROM organisations_county ORDER BY unit_id LIMIT 1)"
"""Of whom nobody knows who manages them, the county is told."""

CLAIMS = f"""
SELECT c.id, p.id AS person, p.sex, p.birth_date AS born, {DAY} AS at, c.settled_on, c.institution_id AS institution,
    COALESCE({MANAGING}, {UNMATCHED}) AS managing,
    COALESCE(left(NULLIF(c.insured_division, ''), 6) = {COUNTY}, true) AS insured, c.insured_kind,
    c.area = 'county' AS in_county,
    NOT {PHARMACY} AND c.area = 'county' AND COALESCE(i.kind IN {GRASSROOTS}, c.level = 'primary') AS grassroots,
    {PHARMACY} AS pharmacy, c.visit_kind IN {BEDS} AS inpatient,
    c.visit_kind IN {CLINICS} AND NOT {PHARMACY} AS outpatient, c.visit_kind, c.level, c.area,
    left(c.institution_division, 6) AS destination, c.diagnosis_code AS diagnosis, left(c.diagnosis_code, 1) AS chapter,
    c.total, c.in_scope, c.paid, c.self_paid, c.taken_in_at::date - c.settled_on AS lag_days
FROM fund_claim c {perhaps(told="c.resident_id", day=DAY)}
LEFT JOIN organisations_institution i ON i.unit_id = c.institution_id
WHERE c.stands AND NOT c.cancelled AND {DAY} >= {{starts}} AND {DAY} < {{ends}}
"""

register(
    Source(
        fact=facts.claims, sql=CLAIMS,
        watched=(
            Watched("fund_claim", day="COALESCE(discharged_on, settled_on)"),
            Watched("organisations_institution", key="unit_id", columns=("kind",), events=("update",), days=(
                f"SELECT {DAY} FROM changed JOIN fund_claim c ON c.institution_id = changed.unit_id")),
            *watched(f"SELECT {DAY} FROM people JOIN fund_claim c ON c.resident_id = people.id"),
        ),
    )
)  # fmt: skip
