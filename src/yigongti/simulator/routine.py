"""What the calendar brings: follow-ups and visits of the chronically ill, examinations of the old, immunisations."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from math import log
from random import Random
from typing import TYPE_CHECKING, Any

from yigongti.simulator.care import WINDOW, geometric, window
from yigongti.simulator.households import Human
from yigongti.simulator.lives import Followed, Seen
from yigongti.simulator.organising import County, Site
from yigongti.simulator.places import page
from yigongti.simulator.scribing import Scribe, detail, what


if TYPE_CHECKING:
    from yigongti.simulator.billing import Till
    from yigongti.simulator.certifying import Registry


PRESSURE = what("observation", "series", "blood_pressure", "血压")
GLUCOSE = what("observation", "series", "fasting_glucose", "空腹血糖")
HBA1C = what("observation", "series", "hba1c", "糖化血红蛋白")
WEIGHT = what("observation", "series", "weight", "体重")
HEART_RATE = what("observation", "series", "heart_rate", "心率")
CHOLESTEROL = what("observation", "series", "total_cholesterol", "总胆固醇")
EXAMINATION = what("encounter", "", "", "老年人健康体检")
FOLLOW_UP = what("encounter", "", "", "慢性病随访")
REFILLED = what("encounter", "", "", "慢性病续方")

# Days between follow-ups: four a year are the duty (2.3.2, 2.3.3); some are late, some are lost.
EVERY, SPREAD, LOST_SHARE, PHONE_SHARE = 91, 24, 0.07, 0.06
WAYS = {way: detail(way=way) for way in ("clinic", "home", "phone")}
# Days since the last prescription at most: fewer than it counts as current (record.medicine_current_days).
REFILL = 75

# Visits for a managed condition in the window besides these, and where: at home, at the centre above, in the hospital.
CHRONIC_VISITS, CHRONIC_LEVELS = 2.0, (0.64, 0.92)
DEPARTMENTS = {
    "hypertension": "心血管内科", "diabetes": "内分泌科", "copd": "呼吸与危重症医学科", "chd": "心血管内科",
    "stroke": "神经内科",
}  # fmt: skip

Taken = dict[str, Sequence[tuple[str, str]]]
"""The regimen of each managed condition: fragments of medicine and dose."""


class Routine:
    """Writes what is due by the calendar."""

    def __init__(
        self, county: County, scribe: Scribe, till: Till, registry: Registry, *, chance: Random, density: float
    ) -> None:
        pages = page("care")
        self._till, self._registry = till, registry
        self._scribe, self._chance, self._random = scribe, chance, chance.random
        self._density, self._hospital = density, county.hospital
        self._seldom = geometric(CHRONIC_VISITS * density)
        self._complaints = {
            name: what("encounter", "icd10", code, title) for name, (code, title) in pages["chronic"].items()
        }
        self._chronic = {
            name: what("condition", "icd10", code, title) for name, (code, title) in pages["chronic"].items()
        }
        self._codes = {name: code for name, (code, _) in pages["chronic"].items()}
        self._regimens = {name: _regimens(rows) for name, rows in pages["regimens"].items()}
        self._vaccines = [
            (what("immunisation", "", "", name), dose, months) for name, dose, months in pages["immunisation"]["rows"]
        ]

    def of(self, one: Human) -> None:
        """Everything that was due for somebody in the window, and was done."""
        if one.chronic:
            self._follow(one)
        if one.unfound:
            self._visits(one, {name: self._regimen(name) for name in one.unfound}, *window(one))
        if one.age >= 65:
            self._examine(one)
        if one.age <= 6 and one.died is None:
            self._immunise(one)

    # --- chronic conditions

    def _follow(self, one: Human) -> None:
        """Diagnosis, then a visit about every quarter with what is measured for the condition."""
        scribe, site = self._scribe, one.home
        where = scribe.wheres[site.unit][0]
        latest, earliest = window(one)
        began = self._registry.begin(one, latest)
        for name in one.chronic:
            one.life.enrolled[name] = began
            scribe.entry(one.key, self._chronic[name], where, began, 560)
        taken = {name: self._regimen(name) for name in one.chronic}
        if {"hypertension", "diabetes"} & set(one.chronic):
            self._follow_ups(one, site, where, taken, latest, min(earliest, began))
        self._visits(one, taken, latest, min(earliest, began))
        self._refill(one, site, where, taken)

    def _visits(self, one: Human, taken: Taken, latest: int, earliest: int) -> None:
        """Seen for a condition between follow-ups, with what is taken for it; mostly near home."""
        random = self._random
        for name, drugs in taken.items() if earliest > latest and self._seldom else ():
            for _ in range(int(log(1 - random()) / self._seldom)):
                self._visit(one, name, drugs, latest + int(random() * (earliest - latest)))

    def _visit(self, one: Human, name: str, drugs: Sequence[tuple[str, str]], ago: int) -> None:
        random, scribe, site = self._random, self._scribe, one.home
        how_far, minute = random(), 485 + int(random() * 500)
        if how_far > CHRONIC_LEVELS[1]:
            site = self._hospital
            wheres = scribe.departments[site.unit, DEPARTMENTS[name]]
        else:
            site = site.above or site if how_far > CHRONIC_LEVELS[0] else site
            wheres = scribe.wheres[site.unit]
        where, code = wheres[int(random() * len(wheres))], self._codes[name]
        kind = "village" if site.level == "village" else "outpatient"
        visit = scribe.visit(one.key, self._complaints[name], where, site, ago, minute, kind=kind, code=code)
        for medicine, dose in drugs:
            scribe.entry(one.key, medicine, where, ago, minute + 7, part_of=visit, more=dose)
        self._till.visit(one, visit, Seen(ago, kind, site, diagnosis=code))

    def _follow_ups(self, one: Human, site: Site, where: str, taken: Taken, latest: int, earliest: int) -> None:
        random = self._random
        course = _Course(random)
        ago = earliest - int(random() * EVERY)
        step = max(7, round(EVERY / self._density)) if self._density else WINDOW
        while ago > latest:
            if random() > LOST_SHARE:
                self._follow_up(one, site, where, ago, course, taken)
            ago -= step - SPREAD // 2 + int(random() * SPREAD)

    def _follow_up(self, one: Human, site: Site, where: str, ago: int, course: _Course, taken: Taken) -> None:
        random, scribe, minute = self._random, self._scribe, 490 + int(self._random() * 200)
        way = "phone" if random() < PHONE_SHARE else "home" if one.age > 78 and random() < 0.5 else "clinic"
        of_sugar = "diabetes" in one.chronic and ("hypertension" not in one.chronic or ago % 2)
        code = self._codes["diabetes" if of_sugar else "hypertension"]
        visit = scribe.visit(
            one.key, FOLLOW_UP, where, site, ago, minute, kind="public_health", code=code, more=WAYS[way]
        )
        one.life.visits.append(Seen(ago, "public_health", site, diagnosis=code))
        if way == "phone":
            one.life.follow_ups.append(Followed(ago, face=False))
            return
        upper = lower = None
        sugar = ""
        if "hypertension" in one.chronic:
            upper, lower = course.pressure(self._chance)
            scribe.measure(
                one.key, "blood_pressure", PRESSURE, where, ago, minute + 3, f"{upper}", "mmHg", second=f"{lower}",
                part_of=visit,
            )  # fmt: skip
        if "diabetes" in one.chronic:
            sugar = f"{course.glucose(self._chance):.1f}"
            scribe.measure(one.key, "fasting_glucose", GLUCOSE, where, ago, minute + 4, sugar, "mmol/L", part_of=visit)
        one.life.follow_ups.append(Followed(ago, True, upper, lower, sugar))
        if random() < 0.35:
            name = (
                "diabetes"
                if "hypertension" not in one.chronic or ("diabetes" in one.chronic and random() < 0.5)
                else "hypertension"
            )
            for medicine, dose in taken[name]:
                scribe.entry(one.key, medicine, where, ago, minute + 9, part_of=visit, more=dose)

    def _regimen(self, name: str) -> Sequence[tuple[str, str]]:
        """What somebody takes for a condition, and keeps taking."""
        weights, drugs = self._regimens[name]
        return drugs[bisect(weights, self._random() * weights[-1])]

    def _refill(self, one: Human, site: Site, where: str, taken: Taken) -> None:
        """The last prescription for every condition: not longer ago than one lasts, so that all carry their medicines.

        What two conditions both ask for is given once.
        """
        random, scribe = self._random, self._scribe
        latest, earliest = window(one)
        ago, minute = latest + int(random() * min(REFILL, earliest - latest + 1)), 495 + int(random() * 200)
        kind = "village" if site.level == "village" else "outpatient"
        code = self._codes[one.chronic[0]]
        visit = scribe.visit(one.key, REFILLED, where, site, ago, minute, kind=kind, code=code)
        for medicine, dose in dict.fromkeys(drug for name in one.chronic for drug in taken[name]):
            scribe.entry(one.key, medicine, where, ago, minute + 5, part_of=visit, more=dose)
        self._till.visit(one, visit, Seen(ago, kind, site, diagnosis=code))

    # --- the old

    def _examine(self, one: Human) -> None:
        """One examination a year for about seven of ten, at the township or community centre."""
        random, scribe = self._random, self._scribe
        latest, earliest = window(one)
        site = one.home.above or one.home
        where = scribe.wheres[site.unit][0]
        for year in range(3):
            ago = year * 365 + 20 + int(random() * 330)
            if random() < 0.72 and latest < ago < earliest:
                visit = scribe.visit(one.key, EXAMINATION, where, site, ago, 500, kind="physical_exam")
                one.life.visits.append(Seen(ago, "physical_exam", site))
                self._measure_old(one, where, ago, visit)

    def _measure_old(self, one: Human, where: str, ago: int, visit: int) -> None:
        random, scribe = self._random, self._scribe
        weight = 48 + random() * 30
        scribe.measure(one.key, "weight", WEIGHT, where, ago, 505, f"{weight:.1f}", "kg", part_of=visit)
        scribe.measure(
            one.key, "heart_rate", HEART_RATE, where, ago, 507, f"{int(58 + random() * 34)}", "次/分", part_of=visit
        )
        upper = int(self._chance.gauss(139 if "hypertension" in one.chronic else 126, 11))
        lower = min(upper - 25, int(self._chance.gauss(80, 7)))
        scribe.measure(
            one.key, "blood_pressure", PRESSURE, where, ago, 508, f"{upper}", "mmHg", second=f"{lower}", part_of=visit
        )
        sugar = self._chance.gauss(7.4, 1.4) if "diabetes" in one.chronic else self._chance.gauss(5.2, 0.5)
        scribe.measure(
            one.key, "fasting_glucose", GLUCOSE, where, ago, 530, f"{max(3.4, sugar):.1f}", "mmol/L", part_of=visit
        )
        scribe.measure(
            one.key,
            "total_cholesterol",
            CHOLESTEROL,
            where,
            ago,
            530,
            f"{3.4 + random() * 3:.2f}",
            "mmol/L",
            part_of=visit,
        )

    # --- children

    def _immunise(self, one: Human) -> None:
        """The national schedule, a little late, at the centre; what the child is too young for is still to come."""
        random, scribe = self._random, self._scribe
        site = one.home.above or one.home
        where = scribe.wheres[site.unit][0]
        lived = one.lived
        for vaccine, dose, months in self._vaccines:
            due = round(months * 30.44) + int(random() * 25)
            if due >= lived:
                break
            if random() < 0.97:
                scribe.entry(
                    one.key, vaccine, where, lived - due, 540 + int(random() * 150),
                    more=f'{{"dose_number": "{dose}", "batch": "{1000 + int(random() * 9000)}"}}',
                )  # fmt: skip


def _regimens(rows: Iterable[Sequence[Any]]) -> tuple[list[int], list[list[tuple[str, str]]]]:
    """The regimens of a condition with their weights summed up, to draw from."""
    drawn = [[(what("medication", "", "", name), detail(dose=dose)) for name, dose in drugs] for _, drugs in rows]
    return list(accumulate(weight for weight, _ in rows)), drawn


class _Course:
    """How somebody's pressure and sugar go: a level of their own, a drift, and better or worse control."""

    def __init__(self, random: Callable[[], float]) -> None:
        controlled = random() < 0.66
        self._upper = (128 if controlled else 149) + random() * 9
        self._lower = (78 if controlled else 89) + random() * 6
        self._glucose = (6.1 if controlled else 8.4) + random() * 1.2
        self._drift = (random() - 0.55) * 1.2

    def pressure(self, chance: Random) -> tuple[int, int]:
        """The next pair; the upper stays well above the lower."""
        self._upper += self._drift
        upper = min(205, max(96, int(chance.gauss(self._upper, 7))))
        return upper, max(48, min(upper - 22, int(chance.gauss(self._lower, 5))))

    def glucose(self, chance: Random) -> float:
        """The next fasting value."""
        return min(24.0, max(3.6, chance.gauss(self._glucose, 0.9)))
