"""The platform's own rows as SQL: one sub-query for each type, all with the columns that sight and pages ask for.

`key` is beyond all keys of kept resources, so that a page goes on from one to the other; `root` is the number in the
id: that of an entry's first version, which its corrections keep. What came by FHIR is not among them: it stands in the
store as it came.
"""

# ruff: noqa: S608 - the words in these statements are ours

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yigongti.exchange.fhir.own import sources as of
from yigongti.exchange.fhir.own.sources import Source, cased
from yigongti.exchange.policy import fhir_own as words
from yigongti.exchange.policy import fhir_own_orders as orders
from yigongti.residents.queries.spelled import COMPOUNDS


BASE = 1 << 56
ROOM = 1 << 48
"""So many keys for each sort of row."""

KINDS = {
    "encounter": "Encounter", "condition": "Condition", "observation": "Observation", "report": "DiagnosticReport",
    "medication": "MedicationStatement", "procedure": "Procedure", "immunisation": "Immunization",
    "allergy": "AllergyIntolerance", "document": "DocumentReference", "imaging": "ImagingStudy",
}  # fmt: skip
"""Kind of entry → type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of one type; `sight` names the condition on who sees them: record, person, side or all.

    `persons` are the parameters that mean whom a row is about, `sources` the others that are answered. Of what
    `unasked` asks the resources do speak, but no search here answers it. All other parameters find nothing in them.
    """

    rows: str
    sight: str
    sources: Mapping[str, Source]
    persons: tuple[str, ...] = ("patient", "subject")
    unasked: frozenset[str] = frozenset()


def _key(place: int, column: str) -> str:
    return f"{BASE + place * ROOM} + {column} AS key"


# --- entries of the record

ROOT = """CASE WHEN {e}.version = 1 THEN {e}.id ELSE coalesce((WITH RECURSIVE older(id) AS (
 SELECT o.id FROM record_entry o WHERE o.replaced_by_id = {e}.id
 UNION ALL SELECT o.id FROM record_entry o JOIN older ON o.replaced_by_id = older.id)
 SELECT min(id) FROM older), {e}.id) END"""
VISIT = f"""(SELECT CASE WHEN w.detail ? 'fhir' THEN 'Encounter/' || (w.detail #>> '{{fhir,id}}')
 ELSE 'Encounter/r-' || {ROOT.replace("{e}", "w")} END FROM record_entry w WHERE w.id = e.encounter_id)"""
NAMED = """(SELECT CASE WHEN w.detail ? 'fhir' THEN '{kind}/' || (w.detail #>> '{{fhir,id}}')
 ELSE '{kind}/r-' || ({base} + {root}) END FROM record_entry w WHERE w.id = (e.detail ->> '{name}')::bigint)"""
ORDERED = NAMED.format(kind="ServiceRequest", base=orders.ORDERS_FROM, root=ROOT.replace("{e}", "w"), name="order")
OWN_ROOT = ROOT.replace("{e}", "e")
ENTRIES = f"""SELECT {_key(3, "e.id")}, {cased("e.kind", KINDS)} AS type, {OWN_ROOT} AS root,
 e.version::int AS version, e.entered_at AS at, e.withdrawn AS deleted, e.resident_id AS person_id, p.master_id,
 e.institution_id AS sender_id, string_to_array(nullif(e.sensitivity, ''), ',')::text[] AS classes,
 e.id AS entry, e.replaced_by_id, e.kind, e.system, e.code, e.title, e.text, e.at AS begins, e.until AS ends,
 e.institution_id AS place, coalesce(nullif(i.short_name, ''), i.name) AS place_name, e.author,
 e.detail::text AS detail, {VISIT} AS visit,
 CASE WHEN e.detail ? 'order' THEN {ORDERED} END AS ordered, o.series, o.value, o.second_value, o.unit, o.low, o.high,
 v.encounter_class, v.diagnosis_code
FROM record_entry e JOIN residents_resident p ON p.id = e.resident_id
JOIN organisations_institution i ON i.unit_id = e.institution_id
LEFT JOIN record_observation o ON o.entry_id = e.id LEFT JOIN record_encounter v ON v.entry_id = e.id
WHERE NOT e.detail ? 'fhir'"""
CURRENT = f"{ENTRIES} AND e.replaced_by_id IS NULL AND NOT e.withdrawn"

ABOUT = {"patient", "subject"}
HAPPENED, RECORDED = of.second("begins"), of.second("at")
ANSWERS = of.link("{r}.ordered")
PLACE, IN_VISIT = of.link("'Organization/r-' || {r}.place"), of.link("{r}.visit")
CODE = of.coded("{r}.code", of.SYSTEM, "{r}.code <> ''")


def _entry(kind: str, *, persons: tuple[str, ...] = ("patient", "subject"), unasked: tuple[str, ...] = (),
           **sources: Source) -> Table:  # fmt: skip
    named = {name.replace("_", "-"): source for name, source in sources.items()}
    rows = f"{CURRENT} AND e.kind = '{kind}'"
    return Table(rows=rows, sight="record", persons=persons, sources=named, unasked=frozenset(unasked))


_STANDING = "CASE WHEN {r}.ends IS NULL OR {r}.ends > now() THEN 'active' ELSE '%s' END"
_QUANTITIES = of.amounts("{r}.value", "{r}.series", "{r}.second_value IS NULL")
_PARTS = of.amounts("unnest(ARRAY[{r}.value, {r}.second_value])", "{r}.series", "{r}.second_value IS NOT NULL")
_CODES = of.series_codes("{r}.series", of.SYSTEM)

RECORD = {
    "Encounter": _entry(
        "encounter", status=of.coded("CASE WHEN {r}.ends IS NULL AND {r}.encounter_class = 'inpatient' "
                                     "THEN 'in-progress' ELSE 'finished' END"),
        **{"class": of.coded(cased("{r}.encounter_class", words.VISIT_CLASSES), of.said(of.ACT_CODE))},
        type=of.coded("{r}.encounter_class", of.said(words.VISIT_SYSTEM)), date=of.period("begins", "ends"),
        reason_code=of.coded("{r}.diagnosis_code", of.said(words.KNOWN_SYSTEMS["icd10"]), "{r}.diagnosis_code <> ''"),
        service_provider=PLACE),
    "Condition": _entry(
        "condition", code=CODE, encounter=IN_VISIT, onset_date=HAPPENED, abatement_date=of.second("ends"),
        recorded_date=RECORDED, clinical_status=of.coded(_STANDING % "resolved", of.said(of.CONDITION_STATUS)),
        category=of.coded("CASE WHEN {r}.visit IS NULL THEN 'problem-list-item' ELSE 'encounter-diagnosis' END",
                          of.said(of.CONDITION_CATEGORY))),
    "Observation": _entry(
        "observation", code=_CODES, combo_code=of.both(_CODES, of.PRESSURE_CODES), component_code=of.PRESSURE_CODES,
        category=of.coded(f"CASE WHEN {{r}}.series = ANY(ARRAY{list(words.VITAL_SIGNS)}) THEN 'vital-signs' "
                          "ELSE 'laboratory' END", of.said(of.OBSERVATION_CATEGORY), "{r}.series IS NOT NULL"),
        date=HAPPENED, encounter=IN_VISIT, performer=PLACE, value_quantity=_QUANTITIES,
        component_value_quantity=_PARTS, combo_value_quantity=of.both(_QUANTITIES, _PARTS),
        status=of.coded("CASE WHEN {r}.version > 1 THEN 'corrected' ELSE 'final' END"),
        value_string=of.text("CASE WHEN {r}.series IS NULL THEN {r}.text END")),
    "DiagnosticReport": _entry(
        "report", based_on=ANSWERS, code=CODE, date=HAPPENED, issued=of.second("at", "millisecond"), encounter=IN_VISIT,
        performer=PLACE,
        status=of.coded("CASE WHEN {r}.version > 1 THEN 'corrected' ELSE 'final' END")),
    "MedicationStatement": _entry(
        "medication", code=CODE, effective=of.period("begins", "ends"), context=IN_VISIT,
        status=of.coded(_STANDING % "completed")),
    "Procedure": _entry(
        "procedure", code=CODE, date=of.period_or_second("begins", "ends"), encounter=IN_VISIT,
        status=of.always("completed")),
    "Immunization": _entry(
        "immunisation", persons=("patient",), vaccine_code=CODE, date=HAPPENED, performer=PLACE,
        status=of.always("completed"), lot_number=of.text("{r}.detail::jsonb ->> 'batch'")),
    "AllergyIntolerance": _entry(
        "allergy", persons=("patient",), code=CODE, date=RECORDED,
        clinical_status=of.coded(_STANDING % "resolved", of.said(of.ALLERGY_STATUS))),
    "DocumentReference": _entry(
        "document", type=CODE, date=of.second("begins", "millisecond"), encounter=IN_VISIT, custodian=PLACE,
        status=of.always("current"), contenttype=of.always("text/plain"),
        description=of.text("{r}.title")),
    "ImagingStudy": _entry(
        "imaging", basedon=ANSWERS, started=HAPPENED, encounter=IN_VISIT, status=of.always("available"),
        identifier=of.coded("{r}.detail::jsonb ->> 'accession'", of.said(words.ACCESSION),
                            "{r}.detail::jsonb ->> 'accession' <> ''")),
}  # fmt: skip


# --- people and institutions

FAMILY = f"""CASE WHEN position('·' in p.name) > 0 OR ascii(p.name) NOT BETWEEN 13312 AND 40959 THEN ''
 WHEN length(p.name) > 2 AND left(p.name, 2) = ANY(ARRAY{list(COMPOUNDS)}) THEN left(p.name, 2)
 ELSE left(p.name, 1) END"""
NUMBERS = """(SELECT a.id_card AS value, 'id_card' AS paper, a.id FROM residents_resident a
  WHERE a.master_id = {p} AND a.id_card <> ''
 UNION SELECT a.record_no, 'record_no', a.id FROM residents_resident a WHERE a.master_id = {p}
 UNION SELECT n.value, n.system, a.id FROM residents_resident a JOIN residents_identifier n ON n.resident_id = a.id
  WHERE a.master_id = {p} AND n.ended_on IS NULL)"""
PEOPLE = f"""SELECT {_key(2, "p.id")}, 'Patient' AS type, p.id AS root, p.version, NULL::timestamptz AS at,
 false AS deleted, p.id AS person_id, p.master_id, p.managing_id AS sender_id, NULL::text[] AS classes, p.stands,
 p.name, p.pinyin, {FAMILY} AS family, p.sex, p.birth_date, p.birth_estimated, p.phone, p.phone_owner, p.ethnicity,
 p.lives_address, p.managing_id AS place, coalesce(nullif(i.short_name, ''), i.name) AS place_name, m.died_on,
 (SELECT json_agg(json_build_array(n.value, n.paper, n.id) ORDER BY n.id <> p.id, n.paper, n.value)
  FROM {NUMBERS.replace("{p}", "p.id")} n WHERE p.stands)::text AS numbers,
 (SELECT json_agg(a.id ORDER BY a.id) FROM residents_resident a
  WHERE a.master_id = p.id AND a.id <> p.id)::text AS others
FROM residents_resident p JOIN residents_resident m ON m.id = p.master_id
JOIN organisations_institution i ON i.unit_id = p.managing_id"""
PATIENT = Table(
    rows=PEOPLE, sight="person", persons=(), unasked=frozenset({"_lastUpdated", "link"}),
    sources={
        "identifier": of.coded("n.value", cased("n.paper", {name: one[0] for name, one in words.PAPERS.items()}),
                               rows=f"{NUMBERS.replace('{p}', '{r}.person_id')} n"),
        "name": of.text("{r}.name", "{r}.pinyin", "{r}.family",
                        "CASE WHEN {r}.family <> '' THEN substr({r}.name, length({r}.family) + 1) END"),
        "phonetic": of.text("{r}.name", "{r}.pinyin", "{r}.family",
                            "CASE WHEN {r}.family <> '' THEN substr({r}.name, length({r}.family) + 1) END"),
        "family": of.text("{r}.family"),
        "given": of.text("CASE WHEN {r}.family <> '' THEN substr({r}.name, length({r}.family) + 1) END"),
        "gender": of.coded(cased("{r}.sex", words.GENDERS)), "birthdate": of.day("birth_date"),
        "death-date": of.day("died_on"), "deceased": of.coded("({r}.died_on IS NOT NULL)::text"),
        "active": of.coded("{r}.stands::text"), "organization": PLACE,
        "phone": of.coded("{r}.phone", "NULL", "{r}.phone <> '' AND {r}.phone_owner = 'self'"),
        "telecom": of.coded("{r}.phone", "NULL", "{r}.phone <> '' AND {r}.phone_owner = 'self'"),
        "address": of.text("{r}.lives_address"), "address-use": of.coded("'home'", "NULL", "{r}.lives_address <> ''"),
    },
)  # fmt: skip
INSTITUTIONS = f"""SELECT {_key(1, "i.unit_id")}, 'Organization' AS type, i.unit_id AS root, 1 AS version,
 NULL::timestamptz AS at, false AS deleted, NULL::bigint AS person_id, NULL::bigint AS master_id,
 i.unit_id AS sender_id, NULL::text[] AS classes, i.name, i.short_name, i.kind, i.level, i.credit_code, i.ws218_code,
 i.address, i.phone, i.closed_on IS NULL AS active,
 (SELECT w.unit_id FROM access_unit u JOIN organisations_institution w ON w.unit_id = u.parent_id
  WHERE u.id = i.unit_id) AS part_of
FROM organisations_institution i"""
ORGANIZATION = Table(
    rows=INSTITUTIONS, sight="all", persons=(), unasked=frozenset({"_lastUpdated", "phonetic"}),
    sources={
        "name": of.text("{r}.name", "{r}.short_name"), "active": of.coded("{r}.active::text"),
        "identifier": of.coded("n.value", "n.system", "n.value <> ''", rows="(VALUES " + ", ".join(
            f"({{r}}.{column}, {of.said(one[0])})" for column, one in words.INSTITUTION_CODES.items())
            + ") n(value, system)"),
        "type": of.coded("{r}.kind", of.said(words.INSTITUTION_KIND)), "address": of.text("{r}.address"),
        "partof": of.link("'Organization/r-' || {r}.part_of"),
    },
)  # fmt: skip


# --- referrals, and orders of the record: what is asked of another institution

CASES = """c.id AS case_id, c.version, (SELECT max(t.at) FROM workflow_act t WHERE t.case_id = c.id) AS at,
 false AS deleted, f.resident_id AS person_id, p.master_id, f.from_institution_id AS sender_id,
 nullif(c.classes, '{}')::text[] AS classes, c.workflow, c.state, c.number, c.opened_at AS opened, c.due_at AS due,
 c.ended_at AS ended, q.parent, f.kind, f.urgency, f.from_institution_id AS asks, f.to_institution_id AS does,
 coalesce(nullif(a.short_name, ''), a.name) AS asks_name,
 coalesce(nullif(b.short_name, ''), b.name, nullif(f.to_outside, '')) AS does_name, f.diagnosis, f.reason, f.summary,
 f.treatment_so_far, f.decline_reason, f.decline_note, f.cancel_reason, f.discharge_summary, f.care_plan, f.medicines,
 f.follow_up_items, NULL::bigint AS entry, NULL AS filler, NULL AS filler_of, NULL AS system, NULL AS code,
 NULL AS title, NULL AS said, NULL AS author, NULL AS whom, NULL::bigint AS encounter_id, NULL AS fhir_id,
 NULL::bigint AS report, NULL AS unable
FROM referral_referral f JOIN workflow_case c ON c.id = f.case_id JOIN residents_resident p ON p.id = f.resident_id
JOIN organisations_institution a ON a.unit_id = f.from_institution_id
LEFT JOIN organisations_institution b ON b.unit_id = f.to_institution_id
LEFT JOIN LATERAL (SELECT g.case_id AS parent FROM referral_referral g WHERE g.case_id = c.parent_id) q ON true"""
ORDER_STATE = """CASE WHEN e.detail ->> 'state' = 'cancelled' AND e.detail ? 'unable' THEN 'refused'
 ELSE coalesce(e.detail ->> 'state', 'placed') END"""
ORDERS = f"""NULL::bigint AS case_id, e.version::int AS version, e.entered_at AS at,
 e.withdrawn AS deleted, e.resident_id AS person_id, p.master_id, e.institution_id AS sender_id,
 string_to_array(nullif(e.sensitivity, ''), ',')::text[] AS classes, NULL AS workflow, {ORDER_STATE} AS state,
 e.detail ->> 'placer' AS number, e.at AS opened, NULL::timestamptz AS due, NULL::timestamptz AS ended,
 NULL::bigint AS parent, NULL AS kind, CASE e.detail ->> 'priority' WHEN '普通' THEN 'routine' WHEN '加快' THEN 'urgent'
 WHEN '急' THEN 'emergency' END AS urgency, e.institution_id AS asks, b.unit_id AS does,
 coalesce(nullif(i.short_name, ''), i.name) AS asks_name, coalesce(nullif(b.short_name, ''), b.name) AS does_name,
 NULL AS diagnosis, NULL AS reason, NULL AS summary, NULL AS treatment_so_far, NULL AS decline_reason,
 NULL AS decline_note, NULL AS cancel_reason, NULL AS discharge_summary, NULL AS care_plan, NULL AS medicines,
 NULL AS follow_up_items, e.id AS entry, e.detail ->> 'filler' AS filler,
 coalesce(e.detail ->> 'filler_of', e.detail ->> 'performer', e.institution_id::text) AS filler_of, e.system, e.code,
 e.title, e.text AS said, e.author, m.name AS whom, e.encounter_id, e.detail #>> '{{fhir,id}}' AS fhir_id,
 (e.detail ->> 'report')::bigint AS report, e.detail ->> 'unable' AS unable
FROM record_entry e JOIN residents_resident p ON p.id = e.resident_id JOIN residents_resident m ON m.id = p.master_id
JOIN organisations_institution i ON i.unit_id = e.institution_id
LEFT JOIN organisations_institution b ON b.unit_id = (e.detail ->> 'performer')::bigint
WHERE e.kind = 'order'"""
STANDING_ORDERS = f"{ORDERS} AND e.replaced_by_id IS NULL AND NOT e.withdrawn"
NOT_BY_FHIR = "AND NOT e.detail ? 'fhir'"
ASKED_ROOT = f"({orders.ORDERS_FROM} + {ROOT.replace('{e}.id', 'u.entry').replace('{e}', 'u')})"
ANSWER = NAMED.format(kind="DiagnosticReport", base=0, root=ROOT.replace("{e}", "w"), name="report").replace(
    "(e.detail ->> 'report')::bigint", "u.report")  # fmt: skip
LOOKED_UP = f"""SELECT u.*, CASE WHEN u.entry IS NULL THEN u.case_id ELSE {ASKED_ROOT} END AS root,
 {VISIT.replace("e.encounter_id", "u.encounter_id")} AS visit,
 CASE WHEN u.report IS NOT NULL THEN {ANSWER} END AS answer,
 CASE WHEN u.entry IS NOT NULL THEN 'ServiceRequest/' || coalesce(u.fhir_id, 'r-' || {ASKED_ROOT}) END AS asked"""


def _looked_up(both: str) -> str:
    """What takes looking up stands outside of the union: it is looked up for the rows of a page alone."""
    return f"{LOOKED_UP} FROM ({both}) u WHERE true"


ALL_VERSIONS = {
    "ServiceRequest": _looked_up(f"SELECT {_key(6, 'e.id')}, 'ServiceRequest' AS type, {ORDERS} {NOT_BY_FHIR}"),
    "Task": _looked_up(f"SELECT {_key(7, 'e.id')}, 'Task' AS type, {ORDERS}"),
}
"""Orders with every version. One that came by FHIR stands in the store as it came; how far it is, its Task tells."""
REQUESTS = _looked_up(
    f"""SELECT {_key(4, "c.id")}, 'ServiceRequest' AS type, {CASES}
 UNION ALL SELECT {_key(6, "e.id")}, 'ServiceRequest' AS type, {STANDING_ORDERS} {NOT_BY_FHIR}"""
)
TASKS = _looked_up(
    f"""SELECT {_key(5, "c.id")}, 'Task' AS type, {CASES}
 UNION ALL SELECT {_key(7, "e.id")}, 'Task' AS type, {STANDING_ORDERS}"""
)
IS_ORDER, IS_CASE = "{r}.entry IS NOT NULL", "{r}.entry IS NULL"
_SHARED = {
    "identifier": of.both(
        of.coded("{r}.number", of.said(words.CASE_NUMBER), IS_CASE),
        of.both(of.coded("{r}.number", of.said(orders.PLACER_OF) + " || {r}.asks", IS_ORDER + " AND {r}.number <> ''"),
                of.coded("{r}.filler", of.said(orders.FILLER_OF) + " || {r}.filler_of", "{r}.filler <> ''"))),
    "intent": of.always("order"),
    "priority": of.coded(cased("{r}.urgency", words.PRIORITIES), where="{r}.urgency <> ''"),
    "code": of.both(of.coded("{r}.kind", of.said(words.REFERRAL_KIND), IS_CASE),
                    of.coded("{r}.code", of.SYSTEM, "{r}.code <> ''")),
    "requester": of.link("'Organization/r-' || {r}.asks"), "encounter": IN_VISIT,
}  # fmt: skip
SERVICE_REQUEST = Table(
    rows=REQUESTS, sight="asked",
    sources=_SHARED | {
        "status": of.coded(cased("{r}.state", words.REQUEST_STATUS | orders.ORDER_STATUS)),
        "authored": of.second("opened"),
        "category": of.coded(of.said(words.PATIENT_REFERRAL[1]), of.said(words.PATIENT_REFERRAL[0]), IS_CASE),
        "performer": of.link("'Organization/r-' || {r}.does"),
    },
)  # fmt: skip
TASK = Table(
    rows=TASKS, sight="asked",
    sources=_SHARED | {
        "status": of.coded(cased("{r}.state", words.TASK_STATUS | orders.ORDER_TASK_STATUS)),
        "authored-on": of.second("opened"), "modified": of.second("at"),
        "business-status": of.coded("{r}.state", f"CASE WHEN {IS_ORDER} THEN {of.said(orders.ORDER_STATE)} "
                                                 f"ELSE {of.said(words.CASE_STATE)} END"),
        "owner": of.link("'Organization/r-' || {r}.does"),
        "focus": of.link("coalesce({r}.asked, 'ServiceRequest/r-' || {r}.root)"),
        "part-of": of.link("'Task/r-' || {r}.parent"), "period": of.ended_period("opened", "ended"),
    },
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    "Patient": PATIENT, "Organization": ORGANIZATION, **RECORD, "ServiceRequest": SERVICE_REQUEST, "Task": TASK,
}  # fmt: skip
