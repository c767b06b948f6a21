"""Where the rows of enrolments and follow-ups stand.

Who was registered with a disease and has no enrolment for it is enrolled from the registration on. A follow-up is a
public-health visit of somebody enrolled, with what was measured at it; its own case, or what a sheet said of it, tells
how and with what result.
"""

from __future__ import annotations

from yigongti.chronic import facts
from yigongti.chronic.policy.codes import disease
from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.residents.queries.dated import MANAGING, watched, whom


GRASSROOTS = "('township_centre', 'community_centre', 'village_room', 'clinic')"
DISEASES = [one.code for one in disease.entries]
NUMBERED = ", ".join(f"('{code}', {number})" for number, code in enumerate(DISEASES, start=1))
SERIES = "('blood_pressure', 'fasting_glucose', 'hba1c')"

TOLD = f"""
told AS (
    SELECT e.id * 2 AS id, e.resident_id, r.master_id AS person, e.disease, e.managing_id, e.begins, e.ends + 1 AS until
    FROM chronic_enrolment e JOIN residents_resident r ON r.id = e.resident_id
    UNION ALL
    SELECT (r.id * 16 + n.number) * 2 + 1, r.id, r.master_id, n.disease, r.managing_id, r.registered_at::date, NULL
    FROM residents_resident r JOIN (VALUES {NUMBERED}) AS n(disease, number) ON n.disease = ANY(r.chronic)
    WHERE NOT EXISTS (SELECT FROM chronic_enrolment e WHERE e.resident_id = r.id AND e.disease = n.disease)
), enrolled AS (
    SELECT t.id, t.person, t.disease, t.managing_id, p.sex, p.birth_date, t.begins,
        LEAST(t.until, p.died_on + 1) AS until
    FROM told t JOIN residents_resident p ON p.id = t.person
    WHERE t.begins < COALESCE(LEAST(t.until, p.died_on + 1), 'infinity') AND NOT EXISTS (
        SELECT FROM told other WHERE other.person = t.person AND other.disease = t.disease AND other.id <> t.id
        AND (other.begins, other.id) < (t.begins, t.id) AND t.begins < COALESCE(other.until, 'infinity'))
)"""
"""Of two enrolments of one human for one disease, as a merge brings them together, the earlier counts."""

ENROLMENTS = f"""
WITH {TOLD}
SELECT e.id, e.person, e.sex, e.birth_date AS born, e.managing_id AS managing, e.disease,
    i.kind IN {GRASSROOTS} AS grassroots, e.begins AS at, e.until
FROM enrolled e JOIN organisations_institution i ON i.unit_id = e.managing_id
"""

MEASURED = f"""
SELECT v.encounter_id, max(o.value) FILTER (WHERE o.series = 'blood_pressure') AS systolic,
    max(o.second_value) FILTER (WHERE o.series = 'blood_pressure') AS diastolic,
    max(o.value) FILTER (WHERE o.series = 'fasting_glucose') AS glucose,
    max(o.value) FILTER (WHERE o.series = 'hba1c') AS hba1c
FROM record_observation o JOIN record_entry v ON v.id = o.entry_id AND v.replaced_by_id IS NULL AND NOT v.withdrawn
WHERE o.series IN {SERIES} AND o.at >= {{starts}}::date - 1 AND o.at < {{ends}}::date + 1 AND v.encounter_id IS NOT NULL
GROUP BY 1"""
FACE = "COALESCE(NULLIF(f.way, ''), v.detail->>'way', 'clinic') <> 'phone'"
RESULT = """COALESCE(NULLIF(f.result, ''), CASE WHEN COALESCE(v.detail #>> '{{follow_up,disease}}', en.disease)
        IN (en.disease, replace(en.disease, 'chd', 'coronary')) THEN v.detail #>> '{{follow_up,result}}' END)"""
"""A follow-up by sheet says its result of the disease it names; one on the page, of all that the person is managed for.
Coronary disease has two codes, of which sheets know one."""
VALID = """CASE en.disease WHEN 'hypertension' THEN m.systolic IS NOT NULL AND m.diastolic IS NOT NULL
        WHEN 'diabetes' THEN m.glucose IS NOT NULL ELSE true END"""

FOLLOW_UPS = f"""
WITH {TOLD}, measured AS MATERIALIZED ({MEASURED})
SELECT e.entry_id * 16 + n.number AS id, e.entry_id AS visit, p.id AS person, p.sex, p.birth_date AS born,
    {MANAGING} AS managing, en.disease, e.at::date AS at, e.institution_id AS institution, {FACE} AS face_to_face,
    m.systolic, m.diastolic, m.glucose, m.hba1c, {RESULT} AS result, {FACE} AND {VALID} AS valid
FROM record_encounter e
JOIN record_entry v ON v.id = e.entry_id AND v.replaced_by_id IS NULL AND NOT v.withdrawn
{whom(told="e.resident_id", day="e.at::date")}
JOIN enrolled en ON en.person = p.id AND e.at::date >= en.begins AND e.at::date < COALESCE(en.until, 'infinity')
JOIN (VALUES {NUMBERED}) AS n(disease, number) ON n.disease = en.disease
LEFT JOIN measured m ON m.encounter_id = e.entry_id
LEFT JOIN (workflow_case c JOIN chronic_followup f ON f.case_id = c.id) ON 'follow_up:' || c.number = v.source
WHERE e.encounter_class = 'public_health' AND e.at >= {{starts}} AND e.at < {{ends}}
"""
"""What was measured is collected once: where few visits are expected, a planner would do it again for each of them."""

VISITED = "SELECT e.at FROM record_encounter e"

register(
    Source(
        fact=facts.enrolments, sql=ENROLMENTS,
        watched=(Watched("chronic_enrolment"), Watched("residents_resident", columns=(
            "master_id", "sex", "birth_date", "died_on", "chronic", "registered_at"))),
    ),
    Source(
        fact=facts.follow_ups, sql=FOLLOW_UPS,
        watched=(
            Watched("record_encounter", day="at", key="entry_id"),
            Watched("record_observation", key="entry_id", days=f"SELECT at FROM changed WHERE series IN {SERIES}"),
            Watched("record_entry", columns=("replaced_by_id", "withdrawn"), events=("update",),
                    days="SELECT at FROM changed WHERE kind IN ('encounter', 'observation')"),
            Watched("chronic_followup", key="case_id", columns=("way", "result"), events=("update",), days=(
                "SELECT done_at FROM changed WHERE done_at IS NOT NULL")),
            Watched("chronic_enrolment", days=(
                f"{VISITED} JOIN residents_resident r ON r.id = e.resident_id"
                " JOIN residents_resident t ON t.master_id = r.master_id JOIN changed ON changed.resident_id = t.id")),
            *watched(f"{VISITED} JOIN people ON people.id = e.resident_id"),
        ),
    ),
)  # fmt: skip
