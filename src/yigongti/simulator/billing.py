"""What visits cost, class by class; what was operated; and what the insurance bureau settled, early or late."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from yigongti.simulator.care import WINDOW
from yigongti.simulator.copying import NULL, Table
from yigongti.simulator.households import Human
from yigongti.simulator.lives import Seen, Settled
from yigongti.simulator.organising import GRASSROOTS, County, Site


PARTS = {
    "drugs": ("western_medicine", "chinese_patent_medicine", "chinese_herbs"), "consumables": ("consumables",),
    "tests": ("examination", "laboratory"),
    "service": ("general_treatment", "consultation", "bed", "nursing", "treatment", "surgery"),
}  # fmt: skip
PART_OF = {code: part for part, codes in PARTS.items() for code in codes}
# What a visit of a level costs: (class, least, most) in yuan; of a stay some are a day's.
BILLS = {
    "village": (("general_treatment", 5, 10), ("western_medicine", 12, 60)),
    "township": (("consultation", 6, 10), ("western_medicine", 25, 110), ("laboratory", 0, 60)),
    "county": (("consultation", 10, 20), ("examination", 0, 260), ("western_medicine", 40, 240)),
    "tcm": (("consultation", 10, 20), ("chinese_herbs", 60, 260), ("treatment", 20, 160)),
}
STAYS = {
    "township": ((("bed", 15, 25), ("nursing", 10, 20), ("western_medicine", 70, 160), ("treatment", 20, 60)),
                 (("laboratory", 80, 200),)),
    "county": ((("bed", 30, 50), ("nursing", 20, 45), ("western_medicine", 150, 420), ("treatment", 60, 200)),
               (("examination", 300, 1200), ("laboratory", 300, 900), ("consumables", 100, 900))),
}  # fmt: skip
SURGERY = {
    "K80.200": ("51.2300", "腹腔镜下胆囊切除术"), "S52.500": ("79.3200", "桡骨骨折切开复位内固定术"),
    "N40.x00": ("60.2901", "经尿道前列腺电切术"), "H26.900": ("13.4100", "白内障超声乳化抽吸术"),
    "E04.100": ("06.3901", "甲状腺部分切除术"),
}  # fmt: skip
OPERATED_SHARE = 0.7
# Third and fourth grades become more from year to year.
GRADES = ((730, (20, 50, 25, 5)), (365, (16, 44, 31, 9)), (0, (12, 38, 36, 14)))
SILENT_MONTHS_AGO = 5
"""The month of which the Chinese hospital has not sent its visits."""

# Shares of visits that are settled with the fund; shares that it pays at home and away.
SETTLED = {"village": 0.35, "township": 0.45, "county": 0.6, "outside": 0.8}
PAID = {"county": (62, 78), "city": (50, 62), "province": (42, 55), "outside": (35, 50)}
AREAS = {"140702": "city", "140105": "province", "110101": "outside"}
BEYOND_SHARE, UNMATCHED_SHARE, PHARMACIES = 0.12, 0.01, 0.5
OUTSIDE_COST = (7_000, 26_000)
LEVELS = {"village": "primary", "township": "primary", "county": "secondary", "outside": "tertiary"}

CLAIM_COLUMNS = (
    "id numbering number version stands fingerprint source taken_in_at cancelled month resident_id name_told"
    " id_card_told insured_kind insured_division institution_id institution_name_told institution_division area level"
    " visit_kind admitted_on discharged_on settled_on diagnosis_code total in_scope paid_basic paid_serious self_paid"
)


class Place(NamedTuple):
    """Where a claim comes from."""

    site: Site | None
    name: str
    division: str
    area: str
    level: str


class Till:
    """Writes charges, operations and claims of visits."""

    def __init__(self, county: County, *, chance: Random, today: date) -> None:
        self._chance, self._random, self._today = chance, chance.random, today
        self.charges = Table("record_visitcharge", "id entry_id charge_class amount")
        self.operations = Table("record_operation", "id entry_id number code name grade day operator incision")
        self.claims = Table("fund_claim", CLAIM_COLUMNS)
        self._days = [(today - timedelta(days=ago)).isoformat() for ago in range(2 * WINDOW + 200)]
        first = today.replace(day=1)
        for _ in range(SILENT_MONTHS_AGO):
            last, first = first, (first - timedelta(days=1)).replace(day=1)
        self._silent = range((today - last).days + 1, (today - first).days + 1)
        self.withheld = 0
        self._charge = self._operation = self._claim = 0
        self._places = {site.unit: _place(site) for site in county.sites}

    @property
    def tables(self) -> tuple[Table, ...]:
        """In the order in which they must be written."""
        return (self.charges, self.operations, self.claims)

    def is_silent(self, site: Site, ago: int) -> bool:
        """Whether what happened there then was never sent."""
        if site.kind == "tcm_hospital" and ago in self._silent:
            self.withheld += 1
            return True
        return False

    def visit(self, one: Human, visit: int, seen: Seen) -> None:
        """Charge a visit, note it in the life of who came, and settle it with the fund or not."""
        site, cost = seen.site, None
        grades: tuple[int, ...] = ()
        if site.level != "outside" and seen.kind not in ("physical_exam", "public_health"):
            grades = self._operate(visit, seen) if seen.left is not None and site.level == "county" else ()
            cost = self._charged(visit, seen, operated=bool(grades))
        one.life.visits.append(seen._replace(cost=cost, grades=grades))
        if one.human.insured and self._random() < self._share(seen):
            self._settle(one, seen, cost)

    def pharmacies(self, one: Human, latest: int, earliest: int) -> None:
        """Medicines that were bought by card."""
        while one.human.insured and earliest > latest and self._random() < PHARMACIES / (1 + PHARMACIES):
            ago, total = latest + int(self._random() * (earliest - latest)), self._fen(20, 180)
            place = Place(None, "介休市百姓大药房", "140781", "county", "pharmacy")
            self._write(one, place, "pharmacy", ago, None, "", total, round(total * 0.6))

    # --- charges

    def _charged(self, visit: int, seen: Seen, *, operated: bool) -> dict[str, int]:
        cost = dict.fromkeys(("total", *PARTS), 0)
        lines = self.charges.lines
        for code, amount in self._bill(seen, operated):
            if amount:
                self._charge += 1
                lines.append(f"{self._charge}\t{visit}\t{code}\t{amount}")
                cost["total"] += amount
                cost[PART_OF[code]] += amount
        return cost

    def _bill(self, seen: Seen, operated: bool) -> list[tuple[str, int]]:
        site, fen = seen.site, self._fen
        if seen.left is None:
            level = "tcm" if site.kind == "tcm_hospital" else site.level
            return [(code, fen(least, most)) for code, least, most in BILLS[level]]
        days = max(1, seen.ago - seen.left)
        daily, once = STAYS["township" if site.level == "township" else "county"]
        bill = [(code, fen(least * days, most * days)) for code, least, most in daily]
        bill += [(code, fen(least, most)) for code, least, most in once]
        return [*bill, ("surgery", fen(900, 4200))] if operated else bill

    def _fen(self, least: int, most: int) -> int:
        return int((least + self._random() * (most - least)) * 100)

    def _operate(self, visit: int, seen: Seen) -> tuple[int, ...]:
        done = SURGERY.get(seen.diagnosis)
        if not done or self._random() > OPERATED_SHARE:
            return ()
        weights = next(weights for since, weights in GRADES if seen.ago >= since)
        grade = self._chance.choices((1, 2, 3, 4), weights)[0]
        self._operation += 1
        day = self._days[max(seen.ago - 1, seen.left or 0)]
        self.operations.lines.append(
            f"{self._operation}\t{visit}\t1\t{done[0]}\t{done[1]}\t{grade}\t{day}\t{seen.site.authors[0][0]}\t1"
        )
        return (grade,)

    # --- claims

    def _share(self, seen: Seen) -> float:
        if seen.kind in ("physical_exam", "public_health"):
            return 0.0
        return 1.0 if seen.left is not None else SETTLED[seen.site.level]

    def _settle(self, one: Human, seen: Seen, cost: dict[str, int] | None) -> None:
        place = self._places[seen.site.unit]
        if place.area != "county" and self._random() < BEYOND_SHARE:
            place = Place(None, "北京协和医院", "110101", "outside", "tertiary")
        stay = seen.left is not None
        if cost:
            total = cost["total"]
        else:
            total = self._fen(*OUTSIDE_COST) if stay else self._fen(180, 1400)
        least, most = PAID[place.area]
        paid = round(total * (least + self._random() * (most - least)) / 100) if stay or total > 3000 else 0
        kind = "inpatient" if stay else "emergency" if seen.kind == "emergency" else "outpatient"
        self._write(one, place, kind, seen.ago, seen.left, seen.diagnosis, total, paid)

    def _write(
        self, one: Human, place: Place, kind: str, ago: int, left: int | None, diagnosis: str, total: int, paid: int
    ) -> None:
        """One settlement, unless the bureau's file with it is still to come."""
        counts = ago if left is None else left
        settled, arrived = self._clock(counts, place.area)
        if arrived < 0:
            return
        self._claim += 1
        number, unmatched, days = self._claim, self._random() < UNMATCHED_SHARE, self._days
        whom = NULL if unmatched else str(one.key)
        admitted, discharged = (days[ago], days[left]) if left is not None else (NULL, NULL)
        name = one.surname + one.given if not unmatched else f"{one.surname}某"
        serious = round(paid * 0.08) if kind == "inpatient" else 0
        self.claims.lines.append(
            f"{number}\t140781\tJS{number:09d}\t1\tt\t00000000-0000-0000-0000-{number:012x}\ttable"
            f"\t{days[arrived]}T09:00:00+08\tf\t{days[settled][:7]}-01\t{whom}\t{name}"
            f"\t{'' if unmatched else one.id_card}\t{_insured_kind(one)}\t140781"
            f"\t{place.site.unit if place.site else NULL}\t{place.name}\t{place.division}\t{place.area}"
            f"\t{place.level}\t{kind}"
            f"\t{admitted}\t{discharged}\t{days[settled]}\t{diagnosis}\t{total}\t{round(total * 0.93)}"
            f"\t{paid - serious}\t{serious}\t{total - paid}"
        )
        grassroots = place.site is not None and place.site.kind in (*GRASSROOTS, "village_room")
        one.life.claims.append(
            Settled(
                settled if left is None else left,
                arrived,
                kind,
                place.area,
                grassroots,
                diagnosis,
                total,
                paid,
                total - paid,
                not unmatched,
            )
        )

    def _clock(self, ago: int, area: str) -> tuple[int, int]:
        """Settled on the day and in the next monthly file; from beyond the county one to three months later."""
        if area == "county":
            return ago, ago - self._to_file(ago)
        wait = 28 + int(self._random() * 64)
        return ago if ago - wait < 0 else ago - wait // 2, ago - wait

    def _to_file(self, ago: int) -> int:
        """Days until the tenth of the next month."""
        day = self._today - timedelta(days=ago)
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=10)
        return (following - day).days


def _place(site: Site) -> Place:
    division = "140702" if site.name.startswith("晋中") else "140105" if site.level == "outside" else "140781"
    return Place(site, site.name, division, AREAS.get(division, "county"), LEVELS[site.level])


def _insured_kind(one: Human) -> str:
    """A quarter of those of working age and above are insured by their employer."""
    return "employee" if one.age >= 22 and one.human.key % 4 == 0 else "resident"
