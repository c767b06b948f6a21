"""Where the rows of places, open beds and staff stand. Everything here is a span but who was stationed long enough."""

from __future__ import annotations

from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.organisations import facts


CENTRES = "('township_centre', 'community_centre')"
GRASSROOTS = "('township_centre', 'community_centre', 'village_room', 'clinic')"
ALWAYS = "DATE '1900-01-01'"
"""A span whose beginning nobody wrote down."""

INSTITUTIONS = Watched("organisations_institution", key="unit_id")
BELONGING = (
    INSTITUTIONS, Watched("organisations_membership"), Watched("organisations_roomhost"), Watched("access_unit"),
)  # fmt: skip

HOSTED = f"""
hosted AS (
    SELECT room_id AS room, centre_id AS centre, begins, COALESCE(ends + 1, 'infinity') AS until
    FROM organisations_roomhost
    UNION ALL
    SELECT u.id, u.parent_id, {ALWAYS}, 'infinity'
    FROM access_unit u JOIN organisations_institution i ON i.unit_id = u.id AND i.kind = 'village_room'
    WHERE NOT EXISTS (SELECT FROM organisations_roomhost h WHERE h.room_id = u.id)
), belongs AS (
    SELECT institution_id AS institution, group_id, leads, begins, COALESCE(ends + 1, 'infinity') AS until
    FROM organisations_membership
)"""

SPANS = f"""
points AS (
    SELECT unit_id AS institution, {ALWAYS} AS at FROM organisations_institution
    UNION SELECT institution, day FROM belongs, LATERAL (VALUES (begins), (until)) AS both_ends(day)
    UNION SELECT room, day FROM hosted, LATERAL (VALUES (begins), (until)) AS both_ends(day)
    UNION SELECT h.room, day FROM hosted h JOIN belongs b ON b.institution = h.centre,
        LATERAL (VALUES (b.begins), (b.until)) AS both_ends(day)
), spans AS (
    SELECT institution, at, lead(at) OVER (PARTITION BY institution ORDER BY at) AS until
    FROM points WHERE at < 'infinity'
)"""

PLACES = f"""
WITH {HOSTED}, {SPANS}
SELECT i.unit_id * 100000 + (s.at - {ALWAYS}) AS id, i.unit_id AS institution, i.name, i.kind, i.level,
    i.kind IN {GRASSROOTS} AS grassroots, i.kind = 'tcm_hospital' AS tcm, COALESCE(b.leads, false) AS leads,
    i.kind = 'village_room' AS village, i.kind IN {CENTRES} AS centre, i.remote_ecg,
    CASE WHEN i.kind IN {CENTRES} THEN i.unit_id ELSE c.unit_id END AS township,
    COALESCE(b.group_id, above.group_id) AS "group", county.unit_id AS county, i.longitude, i.latitude,
    s.at, LEAST(s.until, i.closed_on + 1) AS until
FROM spans s JOIN organisations_institution i ON i.unit_id = s.institution JOIN access_unit u ON u.id = i.unit_id
LEFT JOIN belongs b ON b.institution = s.institution AND s.at >= b.begins AND s.at < b.until
LEFT JOIN hosted h ON h.room = s.institution AND s.at >= h.begins AND s.at < h.until
LEFT JOIN organisations_institution c ON c.unit_id = h.centre AND c.kind IN {CENTRES}
LEFT JOIN belongs above ON above.institution = h.centre AND s.at >= above.begins AND s.at < above.until
LEFT JOIN (organisations_county county JOIN access_unit cu ON cu.id = county.unit_id) ON u.path LIKE cu.path || '%'
WHERE s.at < COALESCE(i.closed_on + 1, 'infinity')
UNION ALL
SELECT u.id * 100000, u.id, u.name, u.kind, u.kind, false, false, false, false, false, false, NULL,
    CASE WHEN u.kind = 'group' THEN u.id END, county.unit_id, NULL, NULL, {ALWAYS}, u.closed_on + 1
FROM access_unit u
JOIN (organisations_county county JOIN access_unit cu ON cu.id = county.unit_id) ON u.path LIKE cu.path || '%'
WHERE u.kind IN ('county', 'group')
"""

OPEN_BEDS = f"""
WITH numbers AS (
    SELECT institution_id AS institution, beds, until FROM organisations_bedcount
    UNION ALL SELECT unit_id, beds_open, COALESCE(closed_on + 1, 'infinity') FROM organisations_institution
), spans AS (
    SELECT institution, beds, NULLIF(until, 'infinity') AS until,
        COALESCE(lag(until) OVER (PARTITION BY institution ORDER BY until), {ALWAYS}) AS at
    FROM numbers
)
SELECT i.unit_id * 100000 + (s.at - {ALWAYS}) AS id, i.unit_id AS institution, i.kind IN {GRASSROOTS} AS grassroots,
    EXISTS (SELECT FROM organisations_membership m WHERE m.institution_id = i.unit_id AND m.leads) AS leads,
    s.beds, s.at, s.until
FROM spans s JOIN organisations_institution i ON i.unit_id = s.institution
WHERE s.beds > 0 AND i.level <> 'outside'
"""

WORKING = """
works AS (
    SELECT s.id, s.profession, s.title, s.establishment_at_id AS establishment, s.payroll_at_id AS payroll,
        s.left_on + 1 AS until, COALESCE(d.institution_id, s.works_at_id) AS institution
    FROM organisations_staff s LEFT JOIN organisations_department d ON d.unit_id = s.works_at_id
), away AS (
    SELECT id, staff_id AS staff, institution_id AS institution, begins, COALESCE(ends + 1, 'infinity') AS until
    FROM organisations_stationing
)"""
WHO = """
    w.profession, w.profession ~ '医师' OR w.title ~ '医师$' AS doctor,
    w.profession ~ '护士|护师|护理' OR w.title ~ '(护师|护士)$' AS nurse,
    CASE WHEN w.title LIKE '%主任%' THEN 'senior' WHEN w.title ~ '^(主治|主管)' THEN 'middle'
        WHEN w.title ~ '(医师|医士|护师|护士|技师|技士|药师|药士)$' THEN 'junior' ELSE 'unknown' END AS rank"""

STAFF = f"""
WITH {WORKING}, points AS (
    SELECT id AS staff, {ALWAYS} AS at FROM works
    UNION SELECT staff, day FROM away, LATERAL (VALUES (begins), (until)) AS both_ends(day)
), spans AS (
    SELECT staff, at, lead(at) OVER (PARTITION BY staff ORDER BY at) AS until FROM points WHERE at < 'infinity'
)
SELECT w.id * 100000 + (s.at - {ALWAYS}) AS id, w.id AS staff, COALESCE(a.institution, w.institution) AS institution,
    w.establishment, {WHO}, COALESCE(i.kind IN {GRASSROOTS}, false) AS grassroots, w.payroll,
    EXISTS (SELECT FROM organisations_membership m WHERE m.institution_id = i.unit_id AND m.leads) AS leads,
    s.at, LEAST(s.until, w.until) AS until
FROM spans s JOIN works w ON w.id = s.staff
LEFT JOIN away a ON a.staff = s.staff AND s.at >= a.begins AND s.at < a.until
LEFT JOIN organisations_institution i ON i.unit_id = COALESCE(a.institution, w.institution)
WHERE s.at < COALESCE(w.until, 'infinity')
"""

STATIONINGS = f"""
WITH {WORKING}, stays AS (
    SELECT a.id, a.staff, a.institution, year.begins AS year, GREATEST(a.begins, year.begins) AS begins,
        LEAST(a.until, w.until, (year.begins + interval '1 year')::date) AS until
    FROM away a JOIN works w ON w.id = a.staff,
        LATERAL (SELECT day::date AS begins FROM generate_series(
            GREATEST(date_trunc('year', a.begins), date_trunc('year', {{starts}}::date)),
            LEAST(NULLIF(a.until, 'infinity') - 1, {{ends}}::date - 1), interval '1 year') AS day) AS year
)
SELECT s.id * 10000 + extract(year FROM s.year)::int AS id, w.id AS staff, s.institution, w.establishment, {WHO},
    true AS grassroots, s.begins + 182 AS at
FROM stays s JOIN works w ON w.id = s.staff
JOIN organisations_institution i ON i.unit_id = s.institution AND i.kind IN {GRASSROOTS}
JOIN organisations_institution home ON home.unit_id = COALESCE(w.establishment, w.institution)
    AND home.level IN ('county', 'outside')
WHERE s.until - s.begins >= 183 AND s.begins + 182 >= {{starts}} AND s.begins + 182 < {{ends}}
"""

STAFFING = tuple(Watched(table) for table in ("organisations_staff", "organisations_stationing"))

register(
    Source(fact=facts.places, sql=PLACES, watched=(*BELONGING, Watched("organisations_county", key="unit_id"))),
    Source(
        fact=facts.open_beds, sql=OPEN_BEDS,
        watched=(INSTITUTIONS, Watched("organisations_bedcount"), Watched("organisations_membership")),
    ),
    Source(fact=facts.staff, sql=STAFF, watched=(*STAFFING, *BELONGING)),
    Source(fact=facts.stationings, sql=STATIONINGS, watched=(*STAFFING, INSTITUTIONS)),
)  # fmt: skip
