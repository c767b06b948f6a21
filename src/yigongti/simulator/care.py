"""Three years of visits: what people come with at village, township, county and beyond, and what is found and given."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log
from random import Random
from typing import TYPE_CHECKING, Any

from yigongti.simulator.households import Human
from yigongti.simulator.lives import Seen
from yigongti.simulator.organising import County, Site
from yigongti.simulator.places import page
from yigongti.simulator.scribing import Scribe, detail, what


if TYPE_CHECKING:
    from yigongti.simulator.billing import Till


WINDOW = 1096
# Visits of a person in the window at (village or own centre, township, county, outside), by age group: chosen so that a
# person has about nine entries and most visits stay at the grassroots.
RATES = {"child": (0.9, 0.33, 0.26, 0.04), "adult": (0.5, 0.29, 0.33, 0.05), "old": (1.2, 0.65, 0.65, 0.09)}
MENS = ("N40.x00",)
INPATIENT_SHARE, TOWNSHIP_BEDS, REPORT_SHARE, SPECIAL_SHARE, ALLERGY_SHARE = 0.4, 0.15, 0.55, 0.006, 0.04
# Rare illnesses of special classes stand in a small county too: each so often, spread over the grown.
PROMISED, SPREAD_OVER = 3, 60


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that people come with, as fragments."""

    code: str
    visit: str
    condition: str
    medication: str
    dose: str
    department: str
    secret: str = ""


class Complaints:
    """The complaints of one level, drawn by weight for an age group."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self._all = [
            Complaint(
                code, what("encounter", "icd10", code, title), what("condition", "icd10", code, title),
                what("medication", "", "", medicine) if medicine else "", detail(dose=dose),
                rest[0] if rest else "",
            )
            for code, title, _, _, _, medicine, dose, *rest in rows
        ]  # fmt: skip
        self._weights = [list(accumulate(row[2 + group] for row in rows)) for group in range(3)]

    def draw(self, group: int, chance: Random) -> Complaint:
        """One complaint of somebody in the age group."""
        weights = self._weights[group]
        return self._all[bisect(weights, chance.random() * weights[-1])]


class Care:
    """Writes everybody's visits."""

    def __init__(
        self, county: County, scribe: Scribe, till: Till, *, chance: Random, density: float, residents: int
    ) -> None:
        pages, self._till = page("care"), till
        self._scribe, self._chance, self._random = scribe, chance, chance.random
        self._levels = {
            level: Complaints(pages[level][0]["rows"]) for level in ("village", "township", "county", "outside")
        }
        self._special = pages["special"][0]["rows"]
        self._promised = [row for row in self._special for _ in range(PROMISED)]
        self._every, self._grown = max(1, residents // SPREAD_OVER), 0
        self._special_weights = list(accumulate(row[3] for row in self._special))
        self._allergies = [
            (what("allergy", "", "", name), detail(reaction=how)) for name, how in pages["allergies"]["rows"]
        ]
        self._reports = [(title, text) for title, text in pages["reports"]["rows"]]
        self._rates = {group: tuple(geometric(rate * density) for rate in rates) for group, rates in RATES.items()}
        self._hospital = county.hospital
        self._children = county.kind("maternal_child")[0]
        self._tcm = county.kind("tcm_hospital")[0]
        self._outside = [site for site in county.sites if site.level == "outside"]
        self._departments = {one.name: one for one in county.hospital.departments if one.authors}

    def of(self, one: Human, *, share: float = 1.0) -> None:
        """The visits of one registration; `share` of the usual number for a second registration."""
        age, random = one.age, self._random
        group, number = ("child", 0) if age < 15 else ("adult", 1) if age < 60 else ("old", 2)
        latest, earliest = window(one)
        for level, rate in enumerate(self._rates[group]):
            times = int(log(1 - random()) / rate) if rate else 0
            if share < 1 and times:
                times = round(times * share)
            for _ in range(times):
                ago = latest + int(random() * (earliest - latest))
                if earliest > latest:
                    self._visit(one, level, number, ago)
        self._till.pharmacies(one, latest, earliest)
        if random() < ALLERGY_SHARE:
            self._allergy(one, latest)
        if age >= 16:
            self._special_of(one, latest + int(random() * max(1, earliest - latest)))

    # --- one visit

    def _visit(self, one: Human, level: int, group: int, ago: int) -> None:
        if level == 0:
            self._simple(
                one, one.home, "village" if one.home.level == "village" else "outpatient", "village", group, ago
            )
        elif level == 1:
            self._simple(one, one.home.above or one.home, "outpatient", "township", group, ago)
        elif level == 2:
            self._at_county(one, group, ago)
        else:
            self._beyond(one, group, ago)

    def _simple(self, one: Human, site: Site, kind: str, level: str, group: int, ago: int) -> None:
        complaint = self._levels[level].draw(group, self._chance)
        wheres = self._scribe.wheres[site.unit]
        where = wheres[int(self._random() * len(wheres))]
        left = max(ago - 3 - int(self._random() * 7), one.died or -1) if self._lies_in(site) else -1
        self._write(one, complaint, where, site, ago, kind="inpatient" if left >= 0 else kind, left=left)

    def _lies_in(self, site: Site) -> bool:
        """A few are kept in the beds of a township centre."""
        return site.level == "township" and self._random() < TOWNSHIP_BEDS

    def _at_county(self, one: Human, group: int, ago: int) -> None:
        complaint, random = self._levels["county"].draw(group, self._chance), self._random
        while one.sex == "2" and complaint.code in MENS:
            complaint = self._levels["county"].draw(group, self._chance)
        site, wheres = self._ward(complaint, group)
        if self._till.is_silent(site, ago):
            return
        where = wheres[int(random() * len(wheres))]
        stays = random() < INPATIENT_SHARE
        until = max(ago - 3 - int(random() * 9), one.died or -1) if stays else -1
        kind = "inpatient" if until >= 0 else "emergency" if random() < 0.12 else "outpatient"
        visit = self._write(one, complaint, where, site, ago, kind=kind, left=until)
        if random() < REPORT_SHARE:
            self._report(one.key, where, ago, visit)
        if stays:
            self._report(one.key, where, ago, visit)
            self._lab(one, where, ago, visit)

    def _ward(self, complaint: Complaint, group: int) -> tuple[Site, list[str]]:
        if group == 0:
            return self._children, self._scribe.departments[self._children.unit, "儿科"]
        if self._random() < 0.12:
            return self._tcm, self._scribe.departments[self._tcm.unit, "中医内科"]
        return self._hospital, self._scribe.departments[self._hospital.unit, complaint.department]

    def _beyond(self, one: Human, group: int, ago: int) -> None:
        complaint = self._levels["outside"].draw(group, self._chance)
        site = self._outside[int(self._random() * len(self._outside))]
        where = self._scribe.wheres[site.unit][0]
        stay = max(ago - 6, one.died or 0) if ago > 6 and self._random() < 0.5 else -1
        self._write(one, complaint, where, site, ago, kind="inpatient" if stay >= 0 else "outpatient", left=stay)

    def _write(
        self, one: Human, complaint: Complaint, where: str, site: Site, ago: int, *, kind: str, left: int = -1
    ) -> int:
        scribe, minute = self._scribe, 480 + int(self._random() * 560)
        resident, secret, until = one.key, complaint.secret, scribe.when(left, 600) if left >= 0 else "\\N"
        visit = scribe.visit(
            resident, complaint.visit, where, site, ago, minute, kind=kind, code=complaint.code, secret=secret,
            until=until,
        )  # fmt: skip
        scribe.entry(resident, complaint.condition, where, ago, minute + 8, secret=secret, part_of=visit)
        if complaint.medication:
            scribe.entry(
                resident, complaint.medication, where, ago, minute + 11, secret=secret, part_of=visit,
                more=complaint.dose,
            )  # fmt: skip
        self._till.visit(one, visit, Seen(ago, kind, site, left if left >= 0 else None, complaint.code))
        return visit

    def _report(self, resident: int, where: str, ago: int, visit: int) -> None:
        random = self._random
        title, pattern = self._reports[int(random() * len(self._reports))]
        text = pattern.format(
            a=f"{4 + random() * 7:.1f}", b=int(105 + random() * 55), c=int(130 + random() * 190),
            d=int(56 + random() * 44), e="偶发房性早搏。" if random() < 0.15 else "",
            f="增粗" if random() < 0.3 else "清晰", g="未见明显异常" if random() < 0.6 else "：脂肪肝（轻度）",
            h=int(9 + random() * 45), i=int(45 + random() * 60), j=f"{3 + random() * 5:.1f}",
            k=f"{3.2 + random() * 3:.2f}",
        )  # fmt: skip
        self._scribe.entry(resident, what("report", "", "", title, text), where, ago, 1100, part_of=visit)

    def _lab(self, one: Human, where: str, ago: int, visit: int) -> None:
        random, scribe = self._random, self._scribe
        scribe.measure(
            one.key, "potassium", POTASSIUM, where, ago, 1080, f"{3.2 + random() * 1.9:.2f}", "mmol/L", part_of=visit
        )
        scribe.measure(
            one.key, "creatinine", CREATININE, where, ago, 1080, f"{48 + random() * 55:.1f}", "μmol/L", part_of=visit
        )

    # --- rarer things

    def _allergy(self, one: Human, latest: int) -> None:
        allergy, reaction = self._allergies[int(self._random() * len(self._allergies))]
        ago = latest + int(self._random() * 1500)
        if one.age > 6:
            wheres = self._scribe.wheres[one.home.unit]
            self._scribe.entry(one.key, allergy, wheres[0], ago, 620, more=reaction)

    def _special_of(self, one: Human, ago: int) -> None:
        """Somebody's illness of a special class: by its frequency, or as one of the few that every county shows."""
        self._grown += 1
        if self._grown % self._every == 0:
            fitting = (row for row in self._promised if _fits(one, row[2]))
            if row := next(fitting, None):
                self._promised.remove(row)
                self._special_visit(one, ago, row)
                return
        if self._random() < SPECIAL_SHARE:
            row = self._special[bisect(self._special_weights, self._random() * self._special_weights[-1])]
            if _fits(one, row[2]):
                self._special_visit(one, ago, row)

    def _special_visit(self, one: Human, ago: int, row: Sequence[Any]) -> None:
        code, title, secret, _, medicine, dose = row
        complaint = Complaint(
            code, what("encounter", "icd10", code, title), what("condition", "icd10", code, title),
            what("medication", "", "", medicine) if medicine else "", detail(dose=dose), "", secret,
        )  # fmt: skip
        site, name = (self._children, "妇科") if secret == "reproductive" else (self._hospital, "感染性疾病科")  # noqa: S105
        where = self._scribe.departments[site.unit, name][0]
        self._write(one, complaint, where, site, ago, kind="outpatient")


POTASSIUM = what("observation", "series", "potassium", "血钾")
CREATININE = what("observation", "series", "creatinine", "肌酐")


def _fits(one: Human, secret: str) -> bool:
    """Whether somebody can have an illness of the class."""
    return secret != "reproductive" or (one.sex == "2" and 18 <= one.age <= 45)  # noqa: S105 - a class of record


def geometric(mean: float) -> float:
    """The divisor with which log(chance) gives a number of visits of this mean: few come often, most seldom."""
    return log(mean / (1 + mean)) if mean > 0 else 0.0


def window(one: Human) -> tuple[int, int]:
    """The days ago between which somebody can have been seen: not after death, not before birth."""
    latest = (one.died or 0) + 1
    return latest, max(latest, min(latest + WINDOW, one.lived - 1))
