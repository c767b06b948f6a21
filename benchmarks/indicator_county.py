"""The county behind `indicator_refresh`: a table a fact, filled inside PostgreSQL by chance that can be had again.

Sizes follow 450,000 residents: 6,000,000 visits, 800,000 follow-ups, 1,500,000 claims, 300,000 stays, 270 places and
36 months from January 2023. The tables are flat, as the facts are: the rival's SQL needs no joins but those to places.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from yigongti.kernel.measures.expanding import plain_columns
from yigongti.kernel.measures.sources import Source, Watched, registered
from yigongti.kernel.measures.words import Fact


RESIDENTS = 450_000
SHARES = {"people": 1, "visits": 6_000_000 / RESIDENTS, "follow_ups": 800_000 / RESIDENTS,
          "claims": 1_500_000 / RESIDENTS, "discharges": 300_000 / RESIDENTS, "bed_stays": 300_000 / RESIDENTS,
          "enrolments": 0.25, "deaths": 0.024, "births": 0.018, "operations": 0.2, "referrals": 0.04,
          "staff": 0.006, "arrivals": 0.002}  # fmt: skip
DAYS = 1096
TYPES = {"int64": "bigint", "decimal(18, 4)": "numeric(18, 4)", "string": "text", "date": "date", "boolean": "boolean"}

WHO = "(r(n, 1, {people}) + 1)"
KINDS = "ARRAY['outpatient', 'emergency', 'village', 'home', 'inpatient', 'physical_exam']"
SICK = "(ARRAY['I10.x00', 'E11.900', 'J06.900', 'I63.900', 'M54.500', 'K29.700', 'I25.100', ''])[r(n, 2, 8) + 1]"
DAY = f"DATE '2023-01-01' + r(n, 3, {DAYS})"
BORN = "DATE '1935-01-01' + r(w, 4, 32000)"
VILLAGE = "100 + w % 254"
WHERE = """CASE WHEN r(n, 5, 100) < 45 THEN 100 + w % 254 WHEN r(n, 5, 100) < 75 THEN 10 + w % 254 % 15 ELSE 3 END"""
FEN = "500 + r(n, 6, 90000)"
YES = {"in_county": "r(n, 7, 10) > 0", "grassroots": "r(n, 5, 100) < 75", "leads": "r(n, 5, 100) >= 75",
       "tcm": "r(n, 8, 5) = 0", "treatment": "r(n, 9, 20) > 0", "inpatient": "r(n, 9, 20) = 0",
       "outpatient": "r(n, 9, 20) > 0", "insured": "w % 20 > 0", "lives": "w % 12 > 0", "registered": "w % 9 > 0",
       "pharmacy": "r(n, 10, 8) = 0", "operated": "r(n, 10, 3) = 0", "accepted": "r(n, 10, 9) > 0",
       "arrived": "r(n, 10, 9) > 1", "returned": "r(n, 10, 9) > 4"}  # fmt: skip
OTHERS = {
    "id": "n", "person": "w", "staff": "w", "at": DAY, "born": BORN, "sex": "(1 + w % 2)::text", "managing": VILLAGE,
    "institution": WHERE, "diagnosis": SICK, "cause": SICK, "age_days": "20000 + r(n, 11, 14000)",
    "visit_class": f"({KINDS})[r(n, 9, 6) + 1]",
    "bed_days": "1 + r(n, 12, 14)", "grade": "1 + r(n, 11, 4)", "top_grade": "1 + r(n, 11, 4)",
    "total": FEN, "drugs": f"({FEN}) / 3", "consumables": f"({FEN}) / 9", "tests": f"({FEN}) / 4",
    "service": f"({FEN}) / 5", "paid": f"({FEN}) / 2", "in_scope": f"({FEN}) * 9 / 10", "self_paid": f"({FEN}) / 4",
    "disease": "(ARRAY['hypertension', 'hypertension', 'diabetes'])[w % 3 + 1]", "weight": "2200 + r(n, 11, 2000)",
    "weeks": "34 + r(n, 12, 8)", "place": "'institution'", "lag_days": "r(n, 11, 120)", "area": "'county'",
    "systolic": "110 + r(n, 11, 60)", "diastolic": "60 + r(n, 12, 45)", "glucose": "4.5 + r(n, 13, 60) / 10.0",
    "hba1c": "5.5 + r(n, 14, 40) / 10.0", "filed_on": "CASE WHEN w % 10 > 0 THEN DATE '2020-01-01' END",
    "direction": "(ARRAY['upward', 'downward', 'outward'])[r(n, 11, 3) + 1]", "minutes_to_accept": "r(n, 12, 3000)",
    "minutes_to_arrive": "r(n, 13, 9000)", "rank": "'middle'", "profession": "'doctor'",
}  # fmt: skip
OF_FACT = {
    ("people", "person"): "n", ("people", "at"): BORN, ("people", "born"): BORN,
    ("people", "until"): "CASE WHEN r(n, 15, 40) = 0 THEN DATE '2023-01-01' + r(n, 16, 1096) END",
    ("enrolments", "at"): "DATE '2019-01-01' + r(n, 3, 2000)",
    ("enrolments", "until"): "CASE WHEN r(n, 15, 10) = 0 THEN DATE '2024-07-01' + r(n, 16, 500) END",
    ("bed_stays", "until"): f"{DAY} + 1 + r(n, 12, 14)", ("bed_stays", "institution"): "3 + r(n, 17, 20)",
    ("discharges", "institution"): "3 + r(n, 17, 20)", ("discharges", "in_county"): "true",
    ("bed_stays", "in_county"): "true", ("staff", "at"): "DATE '2015-01-01'", ("births", "live"): "r(n, 11, 200) > 0",
    ("arrivals", "id"): "n::text", ("arrivals", "at"): f"date_trunc('month', ({DAY})::timestamp)",
}  # fmt: skip
PLACES = """
INSERT INTO county.places ({columns})
SELECT i, i, '机构' || i, CASE WHEN i = 3 THEN 'hospital' WHEN i < 100 THEN 'township_centre' ELSE 'village_room' END,
    'county', i >= 10, false, i = 3, i >= 100, i BETWEEN 10 AND 99, i % 2 = 0,
    CASE WHEN i >= 100 THEN 10 + (i - 100) % 15 WHEN i >= 10 THEN i END, 2, 1, NULL, NULL, DATE '1900-01-01', NULL
FROM (SELECT 3 UNION ALL SELECT generate_series(10, 24) UNION ALL SELECT generate_series(100, 353)) p(i)
"""
CHANCE = """
CREATE SCHEMA county;
CREATE FUNCTION r(n bigint, k integer, below integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((hashint8extended(n, k) & 1073741823) % below)::integer $$;
CREATE TABLE measures_touched (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fact text NOT NULL, month date,
                               at timestamptz NOT NULL DEFAULT now());
"""


def facts() -> dict[str, Fact]:
    """Every fact of the house that has a source."""
    return {code: source.fact for code, source in registered().items()}


def own_sources(known: Mapping[str, Fact]) -> dict[str, Source]:
    """The same facts, read from the county's flat tables."""
    return {
        code: Source(
            fact=fact, watched=(Watched(f"county.{code}", day="" if fact.until else f'"{fact.at}"', key=fact.key),),
            sql=f"SELECT * FROM county.{code}"  # noqa: S608 - names of our own
            + ("" if fact.until else f' WHERE "{fact.at}" >= {{starts}} AND "{fact.at}" < {{ends}}'),
        )
        for code, fact in known.items()
    }  # fmt: skip


def make(connection: psycopg.Connection[tuple[object, ...]], known: Mapping[str, Fact], residents: int) -> int:
    """Fill the tables; how many rows."""
    connection.execute(CHANCE)
    made = 0
    for code, fact in known.items():
        columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in plain_columns(fact).items())
        connection.execute(f"CREATE UNLOGGED TABLE county.{code} ({columns})")
        rows = int(SHARES.get(code, 0) * residents)
        if code == "places":
            connection.execute(PLACES.format(columns=", ".join(f'"{name}"' for name in _places_columns(fact))))
        elif rows:
            made += connection.execute(_filled(fact, rows, residents)).rowcount
        for indexed in (
            fact.places[:1] and (fact.places[0], fact.at),
            fact.person and (fact.person, fact.at),
            (fact.at,),
        ):
            if indexed:
                connection.execute(f"CREATE INDEX ON county.{code} ({', '.join(indexed)})")
    connection.execute("INSERT INTO county.open_beds (id, institution, grassroots, leads, beds, at) SELECT i, i, i > 3,"
                       " i = 3, 60, DATE '2000-01-01' FROM generate_series(3, 24) i WHERE i = 3 OR i > 9")  # fmt: skip
    connection.execute("ANALYZE")
    return made


def _places_columns(fact: Fact) -> list[str]:
    order = ["id", "institution", "name", "kind", "level", "grassroots", "tcm", "leads", "village", "centre",
             "remote_ecg", "township", "group", "county", "longitude", "latitude", "at", "until"]  # fmt: skip
    assert set(order) == set(plain_columns(fact)), "the places of the house have other columns"  # noqa: S101
    return order


def _filled(fact: Fact, rows: int, residents: int) -> str:
    told = {
        name: OF_FACT.get((fact.code, name))
        or OTHERS.get(name)
        or YES.get(name)
        or ("true" if kind == "boolean" else "")
        for name, kind in plain_columns(fact).items()
    }
    told = {name: one for name, one in told.items() if one}
    who = "n" if fact.code in ("people", "staff") else WHO.format(people=residents)
    names, given = ", ".join(f'"{name}"' for name in told), ", ".join(told.values())
    return f"INSERT INTO county.{fact.code} ({names}) SELECT {given} FROM (SELECT n, {who} AS w FROM generate_series(1, {rows}) n) x"  # noqa: S608, E501
