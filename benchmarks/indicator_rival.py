"""Twenty figures of the catalogue as somebody would write them by hand, once for DuckDB and for PostgreSQL.

One statement a table and place column, every count of it as a FILTER, every level and period as a grouping set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yigongti.kernel.measures.periods import Period


@dataclass(frozen=True)
class By:
    """One statement's worth: a table, a place column, what stands in which figure (code and side), and as what."""

    table: str
    place: str
    told: tuple[tuple[str, str, str], ...]
    shape: str = "events"
    where: str = "true"


TREATED = "treatment AND in_county"
INSURED, STAYS = "insured AND NOT pharmacy", "insured AND inpatient"
KNOWN = "in_county AND total IS NOT NULL AND drugs IS NOT NULL AND consumables IS NOT NULL AND tests IS NOT NULL"
CLINIC = "in_county AND visit_class IN ('outpatient', 'emergency', 'village')"
PAID = f"{STAYS} AND total IS NOT NULL AND paid IS NOT NULL"
COUNT, PEOPLE = "count(*) FILTER (WHERE {})", "count(DISTINCT person) FILTER (WHERE {})"


def _sum(column: str, where: str) -> str:
    return f"sum({column}) FILTER (WHERE {where})"


TWENTY = (
    By("visits", "institution", (
        ("visits_count", "of", COUNT.format(TREATED)),
        ("grassroots_visit_share", "of", COUNT.format(f"{TREATED} AND grassroots")),
        ("grassroots_visit_share", "over", COUNT.format(TREATED)),
        ("grassroots_clinic_share", "of", COUNT.format(f"{CLINIC} AND grassroots")),
        ("grassroots_clinic_share", "over", COUNT.format(CLINIC)),
        ("tcm_share", "of", COUNT.format(f"{TREATED} AND tcm")), ("tcm_share", "over", COUNT.format(TREATED)),
        ("visit_cost", "of", _sum("total", f"{TREATED} AND total IS NOT NULL")),
        ("visit_cost", "over", COUNT.format(f"{TREATED} AND total IS NOT NULL")),
        ("drug_share", "of", _sum("drugs", KNOWN)), ("drug_share", "over", _sum("total", KNOWN)),
        ("test_share", "of", _sum("tests", KNOWN)), ("test_share", "over", _sum("total", KNOWN)),
    )),
    By("visits", "managing", (
        ("grassroots_visit_share_of_residents", "of", COUNT.format(f"{TREATED} AND grassroots")),
        ("grassroots_visit_share_of_residents", "over", COUNT.format(TREATED)),
    )),
    By("claims", "managing", (
        ("fund_in_county_share", "of", _sum("paid", f"{INSURED} AND in_county")),
        ("fund_in_county_share", "over", _sum("paid", INSURED)),
        ("in_county_stay_share", "of", COUNT.format(f"{STAYS} AND in_county")),
        ("in_county_stay_share", "over", COUNT.format(STAYS)),
        ("in_county_stay_share_of_people", "of", PEOPLE.format(f"{STAYS} AND in_county")),
        ("in_county_stay_share_of_people", "over", PEOPLE.format(STAYS)),
        ("actual_reimbursement", "of", _sum("paid", PAID)), ("actual_reimbursement", "over", _sum("total", PAID)),
        ("outside_patients", "of", PEOPLE.format(f"{STAYS} AND NOT in_county")),
        ("claims_lag", "of", "percentile_disc(0.5) WITHIN GROUP (ORDER BY lag_days)"),
    )),
    By("discharges", "institution", (
        ("stay_length", "of", _sum("bed_days", "in_county AND bed_days IS NOT NULL")),
        ("stay_length", "over", COUNT.format("in_county AND bed_days IS NOT NULL")),
        ("operated_share", "of", COUNT.format("in_county AND operated")),
        ("operated_share", "over", COUNT.format("in_county")),
    )),
    By("follow_ups", "managing", (
        ("face_to_face_share", "of", COUNT.format("face_to_face")), ("face_to_face_share", "over", "count(*)"),
    )),
    By("follow_ups", "managing", (("hypertension_followed", "of", "count(DISTINCT person)"),), "followed"),
    By("enrolments", "managing", (
        ("hypertension_followed", "over", PEOPLE.format("disease = 'hypertension'")),
    ), "overlap"),
    By("enrolments", "managing", (
        ("grassroots_managed_share", "of", PEOPLE.format("grassroots")),
        ("grassroots_managed_share", "over", PEOPLE.format("true")),
    ), "standing"),
    By("people", "managing", (("doctors_per_thousand", "over", PEOPLE.format("lives")),), "standing"),
    By("staff", "institution", (
        ("doctors_per_thousand", "of", "count(DISTINCT staff) FILTER (WHERE doctor)"),
    ), "standing"),
    By("bed_stays", "institution", (("bed_use", "of", _sum("days", "in_county")),), "overlap"),
    By("open_beds", "institution", (("bed_use", "over", "sum(beds * days)"),), "overlap"),
)  # fmt: skip
CODES = tuple(dict.fromkeys(code for one in TWENTY for code, _, _ in one.told))

LEVELS = ("l1", "l2", "l3", "l4")
PLACE = 'r.{0} AS l1, p.township AS l2, p."group" AS l3, p.county AS l4'
JOINED = """LEFT JOIN {places} p ON p.institution = r.{place} AND p.at <= {day}
    AND {day} < COALESCE(p.until, DATE '9999-12-31')"""
LAKE = 'r.{0} AS l1, r.{0}_township AS l2, r."{0}_group" AS l3, r.{0}_county AS l4'


def statement(one: By, periods: list[Period], tables: str, *, lake: bool) -> str:
    """Rows of goal (a period's first day and its months), the level's number, the place, and what is told."""
    told = ", ".join(expression for _, _, expression in one.told)
    if one.shape == "events":
        return _events(one, periods, tables, told, lake)
    days = ", ".join(f"(DATE '{p.starts}', {p.months}, DATE '{p.ends}', DATE '{p.last_day}')" for p in periods)
    if one.shape == "standing":  # a quarter's last day is its last month's: told once
        days = ", ".join(
            dict.fromkeys(
                f"(DATE '{p.last_day.replace(day=1)}', 1, DATE '{p.ends}', DATE '{p.last_day}')" for p in periods
            )
        )
    until = "COALESCE(r.until, DATE '9999-12-31')"
    ways = {"standing": f"r.at <= d.last AND {until} > d.last", "overlap": f"r.at < d.ends AND {until} > d.starts",
            "followed": "r.at >= d.starts AND r.at < d.ends AND r.disease = 'hypertension' AND EXISTS (SELECT 1 FROM"  # noqa: S608
                        f" {tables.format('enrolments')} e WHERE e.person = r.person AND e.disease = 'hypertension'"
                        " AND e.at < d.ends AND COALESCE(e.until, DATE '9999-12-31') > d.starts)"}  # fmt: skip
    lasts = f", LEAST({until}, d.ends) - GREATEST(r.at, d.starts) AS days" if one.shape == "overlap" else ""
    day = "r.at" if one.shape == "followed" else "d.last"
    joined = JOINED.format(places=tables.format("places"), place=one.place, day=day)
    disease = " AND r.disease IN ('hypertension', 'diabetes')" if one.table == "enrolments" else ""
    inner = (f"SELECT r.*{lasts}, {PLACE.format(one.place)}, d.starts, d.months FROM {tables.format(one.table)} r"  # noqa: S608
             f" JOIN (VALUES {days}) d(starts, months, ends, last) ON {ways[one.shape]}{disease} {joined}")  # fmt: skip
    sets = ", ".join(f"(starts, months, {level})" for level in LEVELS)
    return (f"SELECT starts, months, GROUPING(l1, l2, l3, l4), COALESCE(l1, l2, l3, l4), {told} FROM ({inner}) x"  # noqa: S608
            f" GROUP BY GROUPING SETS ({sets})")  # fmt: skip


def _events(one: By, periods: list[Period], tables: str, told: str, lake: bool) -> str:
    kinds = sorted({p.months for p in periods})
    starts, ends = min(p.starts for p in periods), max(p.ends for p in periods)
    unit = {1: "month", 3: "quarter", 12: "year"}
    cut = ", ".join(f"date_trunc('{unit[kind]}', r.at::timestamp)::date AS p{kind}" for kind in kinds)
    places = LAKE.format(one.place) if lake else PLACE.format(one.place)
    joined = "" if lake else JOINED.format(places=tables.format("places"), place=one.place, day="r.at")
    inner = (f"SELECT r.*, {places}, {cut} FROM {tables.format(one.table)} r {joined}"  # noqa: S608
             f" WHERE r.at >= DATE '{starts}' AND r.at < DATE '{ends}'")  # fmt: skip
    sets = ", ".join(f"(p{kind}, {level})" for kind in kinds for level in LEVELS)
    months = "CASE " + " ".join(f"WHEN GROUPING(p{kind}) = 0 THEN {kind}" for kind in kinds) + " END"
    first = ", ".join(f"p{kind}" for kind in kinds)
    return (f"SELECT COALESCE({first}), {months}, GROUPING(l1, l2, l3, l4), COALESCE(l1, l2, l3, l4), {told}"  # noqa: S608
            f" FROM ({inner}) x GROUP BY GROUPING SETS ({sets})")  # fmt: skip


LEVEL_OF = {7: "institution", 11: "township", 13: "group", 14: "county"}
Cell = tuple[str, str, date, int, str, int | None]


def cells(one: By, rows: list[tuple], periods: list[Period]) -> dict[Cell, object]:
    """Every number by what it is of."""
    found: dict[Cell, object] = {}
    for starts, months, grouping, place, *told in rows:
        for period in _told_by(one, starts, months, periods):
            for (code, side, _), value in zip(one.told, told, strict=True):
                if value:
                    found[code, side, period.starts, period.months, LEVEL_OF[grouping], place] = value
    return found


def _told_by(one: By, starts: date, months: int, periods: list[Period]) -> list[Period]:
    if one.shape == "standing":
        return [p for p in periods if p.last_day.replace(day=1) == starts]
    return [p for p in periods if p.starts == starts and p.months == months]
