"""Where visits, discharges, operations and days in bed stand: encounters neither replaced nor withdrawn."""

from __future__ import annotations

from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.record import facts
from yigongti.residents.queries.dated import PERSON, watched, whom


GRASSROOTS = "('township_centre', 'community_centre', 'village_room', 'clinic')"
TREATED = "('outpatient', 'emergency', 'home', 'village')"

LEADS = """EXISTS (SELECT FROM organisations_membership m WHERE m.institution_id = e.institution_id AND m.leads
        AND {day} >= m.begins AND {day} <= COALESCE(m.ends, 'infinity')) AS leads"""
IN_COUNTY = "NOT e.out_of_county AND i.level <> 'outside' AS in_county"
"""A membership's dates; the wall between county and outside."""


def _where(day: str) -> str:
    return f"""e.institution_id AS institution, i.kind IN {GRASSROOTS} AS grassroots, {LEADS.format(day=day)},
    {IN_COUNTY}, i.kind = 'tcm_hospital' OR COALESCE(d.specialty LIKE '50%', false) AS tcm,
    e.diagnosis_code AS diagnosis"""


def _paid(window: str) -> str:
    """What the visits of the window cost, in the classes that figures ask for."""
    sums = {
        "drugs": "('western_medicine', 'chinese_patent_medicine', 'chinese_herbs')", "consumables": "('consumables')",
        "tests": "('examination', 'laboratory')",
        "service": "('registration', 'consultation', 'general_treatment', 'bed', 'treatment', 'surgery', 'nursing')",
    }  # fmt: skip
    parts = ", ".join(
        f"COALESCE(sum(c.amount) FILTER (WHERE c.charge_class IN {classes}), 0)::bigint AS {name}"
        for name, classes in sums.items()
    )
    return f"""LEFT JOIN (SELECT c.entry_id, sum(c.amount)::bigint AS total, {parts}
    FROM record_visitcharge c JOIN record_encounter e ON e.entry_id = c.entry_id WHERE {window} GROUP BY 1
) paid ON paid.entry_id = e.entry_id"""


MONEY = "paid.total, paid.drugs, paid.consumables, paid.tests, paid.service"
STANDS = "v.replaced_by_id IS NULL AND NOT v.withdrawn"
FROM = f"""FROM record_encounter e JOIN record_entry v ON v.id = e.entry_id AND {STANDS}
JOIN organisations_institution i ON i.unit_id = e.institution_id
LEFT JOIN organisations_department d ON d.unit_id = v.department_id"""
BED_DAYS = "GREATEST(e.until::date - e.at::date, 1)"
BEGUN, LEFT = (f"e.{column} >= {{starts}} AND e.{column} < {{ends}}" for column in ("at", "until"))
STAYED = "e.encounter_class = 'inpatient' AND e.until IS NOT NULL"

VISITS = f"""
SELECT e.entry_id AS id, e.at::date AS at, e.until::date AS until, {PERSON}, {_where("e.at::date")},
    e.encounter_class AS visit_class, e.encounter_class IN {TREATED} AS treatment,
    e.encounter_class = 'inpatient' AS inpatient, CASE WHEN {STAYED} THEN {BED_DAYS} END AS bed_days, {MONEY}
{FROM} {whom(told="e.resident_id", day="e.at::date")} {_paid(BEGUN)}
WHERE {BEGUN}
"""

DISCHARGES = f"""
SELECT e.entry_id AS id, e.until::date AS at, e.at::date AS admitted_on, {PERSON}, {_where("e.until::date")},
    {BED_DAYS} AS bed_days, operated.top IS NOT NULL AS operated, NULLIF(operated.top, 0) AS top_grade, {MONEY}
{FROM} {whom(told="e.resident_id", day="e.until::date")} {_paid(LEFT)}
LEFT JOIN (SELECT entry_id, max(COALESCE(grade, 0)) AS top FROM record_operation GROUP BY 1) operated
    ON operated.entry_id = e.entry_id
WHERE {STAYED} AND {LEFT}
"""

DAY = "COALESCE(o.day, e.at::date)"
OPERATIONS = f"""
SELECT o.id, e.entry_id AS visit, {DAY} AS at, {PERSON}, e.institution_id AS institution, {LEADS.format(day=DAY)},
    {IN_COUNTY}, o.grade, o.code, e.encounter_class = 'inpatient' AS inpatient
FROM record_operation o JOIN record_encounter e ON e.entry_id = o.entry_id
JOIN record_entry v ON v.id = e.entry_id AND {STANDS}
JOIN organisations_institution i ON i.unit_id = e.institution_id {whom(told="e.resident_id", day=DAY)}
WHERE {DAY} >= {{starts}} AND {DAY} < {{ends}}
"""

BED_STAYS = f"""
SELECT e.entry_id AS id, p.id AS person, p.birth_date AS born, e.institution_id AS institution,
    i.kind IN {GRASSROOTS} AS grassroots, {IN_COUNTY}, e.at::date AS at, e.until::date AS until
FROM record_encounter e JOIN record_entry v ON v.id = e.entry_id AND {STANDS}
JOIN organisations_institution i ON i.unit_id = e.institution_id
JOIN residents_resident told ON told.id = e.resident_id JOIN residents_resident p ON p.id = told.master_id
WHERE e.encounter_class = 'inpatient'
"""


def _reopened(day: str) -> tuple[Watched, ...]:
    """Everything that changes a visit's row, by the day it counts on."""
    charges = f"SELECT e.{day} FROM changed JOIN record_encounter e ON e.entry_id = changed.entry_id"
    of_people = f"SELECT e.{day} FROM people JOIN record_encounter e ON e.resident_id = people.id"
    of_places = f"SELECT e.{day} FROM changed JOIN record_encounter e ON e.institution_id = changed"
    entries = f"SELECT e.{day} FROM changed JOIN record_encounter e ON e.entry_id = changed.id"
    return (
        Watched("record_encounter", day=day, key="entry_id"),
        Watched(
            "record_entry", columns=("replaced_by_id", "withdrawn", "department_id"), events=("update",), days=entries
        ),
        Watched("record_visitcharge", days=charges),
        Watched(
            "organisations_institution",
            key="unit_id",
            columns=("kind", "level"),
            events=("update",),
            days=f"{of_places}.unit_id",
        ),
        Watched("organisations_membership", columns=("leads", "begins", "ends"), days=f"{of_places}.institution_id"),
        *watched(of_people),
    )


OPERATED = (
    "SELECT COALESCE(o.day, e.at::date) FROM record_operation o JOIN record_encounter e ON e.entry_id = o.entry_id"
)

register(
    Source(fact=facts.visits, sql=VISITS, watched=_reopened("at")),
    Source(
        fact=facts.discharges, sql=DISCHARGES,
        watched=(*_reopened("until"), Watched("record_operation", days=(
            "SELECT e.until FROM changed JOIN record_encounter e ON e.entry_id = changed.entry_id"))),
    ),
    Source(
        fact=facts.operations, sql=OPERATIONS,
        watched=(
            Watched("record_operation", days=(
                "SELECT COALESCE(changed.day, e.at::date) FROM changed JOIN record_encounter e"
                " ON e.entry_id = changed.entry_id")),
            Watched("record_entry", columns=("replaced_by_id", "withdrawn"), events=("update",),
                    days=f"{OPERATED} JOIN changed ON changed.id = o.entry_id"),
            *watched(f"{OPERATED} JOIN people ON people.id = e.resident_id"),
        ),
    ),
    Source(
        fact=facts.bed_stays, sql=BED_STAYS,
        watched=(Watched("record_encounter", key="entry_id"),
                 Watched("record_entry", columns=("replaced_by_id", "withdrawn"), events=("update",)),
                 Watched("residents_resident", columns=("master_id", "birth_date"), events=("update",))),
    ),
)  # fmt: skip
