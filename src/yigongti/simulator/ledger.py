"""The truth of the county's figures: counted from the lives of its people, in nobody's words but the simulator's.

It asks no table and no engine. Whole years, and two months of the last of them; the county and four of its townships.
Of the year before these only births, deaths and people are counted, for what is told of three years together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from yigongti.simulator.figures import FIGURES, FOUR_CHRONIC, GROWN, ROLLED, of_causes
from yigongti.simulator.households import Human
from yigongti.simulator.lives import Followed, Seen, Settled
from yigongti.simulator.organising import GRASSROOTS, County, Site
from yigongti.simulator.staffing import DOCTOR, NURSE, Workforce


TREATED = ("outpatient", "emergency", "home", "village")
CLINIC = ("outpatient", "emergency", "village")
BANDS = tuple(range(30, 70, 5))
ILL = {"hypertension": (("I10", "I15"),), "diabetes": (("E11", "E14"),)}
MANY_DAYS = 183
Places = tuple[int, ...]


class Span(NamedTuple):
    """A period: its name, its first day, the first day after it, and whether figures of its own are told."""

    name: str
    starts: date
    ends: date
    told: bool = True

    @property
    def last(self) -> date:
        """Its last day."""
        return self.ends - timedelta(days=1)

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.ends - self.starts).days


def spans(today: date) -> list[Span]:
    """Three whole years, of which the first is only part of longer ones, and March and October of the last."""
    year = today.year - 1
    years = [Span(str(one), date(one, 1, 1), date(one + 1, 1, 1), one > year - 2) for one in range(year - 2, year + 1)]
    return [*years, *(Span(f"{year}-{month:02d}", date(year, month, 1), date(year, month + 1, 1)) for month in (3, 10))]


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Ledger:
    """Adds up what happened in each period, for the county and for the townships that are told."""

    def __init__(self, county: County, workforce: Workforce, *, today: date) -> None:
        self._county, self._today, self._spans = county, today, spans(today)
        self._sums: dict[tuple[str, int, str], Fraction | int] = defaultdict(int)
        centres = county.kind(*GRASSROOTS)
        self._told = {one.unit for one in centres[:: max(1, len(centres) // 4)][:4]}
        self._within = {site.unit: self._places(site) for site in county.sites}
        self._stand(workforce)

    def _places(self, site: Site | None) -> Places:
        """The county (0), and the township if it is one of those told."""
        centre = site.above or site if site else None
        return (0, centre.unit) if centre and centre.unit in self._told else (0,)

    def _add(self, span: Span, places: Places, name: str, amount: int | Fraction = 1) -> None:
        for place in places:
            self._sums[span.name, place, name] += amount

    def close(self, humans: Iterable[Human]) -> None:
        """Take these lives into the sums."""
        for one in humans:
            home = self._within[one.home.unit]
            for span in self._spans:
                low, high = (self._today - span.last).days, (self._today - span.starts).days
                visits = [v for v in one.life.visits if low <= v.ago <= high] if span.told else []
                if span.told:
                    self._used(span, home, one, visits, low, high)
                self._person(span, home, one, {v.kind for v in visits})
                self._vital(span, home, one, low, high)

    def _used(self, span: Span, home: Places, one: Human, visits: list[Seen], low: int, high: int) -> None:
        """Everything of this life that somebody did for somebody in the period."""
        life = one.life
        self._stays(span, low, high, [v for v in life.visits if v.left is not None])
        claims = [c for c in life.claims if low <= c.ago <= high]
        self._claims(span, home, one, claims)
        self._visits(span, home, visits)
        self._patient(span, home, one, visits)
        self._managed(span, home, one, [f for f in life.follow_ups if low <= f.ago <= high], claims)

    # --- visits and stays

    def _visits(self, span: Span, home: Places, visits: list[Seen]) -> None:
        for seen in visits:
            if seen.site.level == "outside":
                continue
            site, at = seen.site, self._within[seen.site.unit]
            names = []
            grass, tcm = site.level in ("village", "township"), site.kind == "tcm_hospital"
            if seen.kind in TREATED:
                names += ["consult", *["consult_grass"] * grass, *["consult_tcm"] * tcm]
                self._add(span, home, "m_consult")
                if grass:
                    self._add(span, home, "m_consult_grass")
            if seen.kind in CLINIC:
                names += ["clinic", *["clinic_grass"] * grass]
            if seen.kind in TREATED or seen.kind == "inpatient":
                names += ["care", *["care_tcm"] * tcm]
            for name in names:
                self._add(span, at, name)
            for part, amount in (seen.cost or {}).items():
                self._add(span, at, f"cost_{part}", amount)
                if site.leads:
                    self._add(span, at, f"lead_{part}", amount)
                if seen.kind in TREATED and part == "total":
                    self._add(span, at, "consult_total", amount)

    def _stays(self, span: Span, low: int, high: int, visits: list[Seen]) -> None:
        for seen in visits:
            if seen.site.level == "outside" or seen.left is None:
                continue
            at = self._within[seen.site.unit]
            in_bed = max(0, min(seen.ago, high) - max(seen.left, low - 1))
            self._add(span, at, "bed_days", in_bed)
            if seen.site.level == "township":
                self._add(span, at, "bed_days_grass", in_bed)
            if seen.grades and low <= max(seen.ago - 1, seen.left) <= high:
                self._add(span, at, f"grade_{seen.grades[0]}")
            if low <= seen.left <= high:
                self._discharge(span, at, seen)

    def _discharge(self, span: Span, at: Places, seen: Seen) -> None:
        assert seen.left is not None  # noqa: S101 - asked by the caller
        self._add(span, at, "stays")
        self._add(span, at, "stay_days", max(1, seen.ago - seen.left))
        self._add(span, at, "stay_total", (seen.cost or {}).get("total", 0))
        if seen.grades:
            self._add(span, at, "operated")
            if seen.site.leads:
                self._add(span, at, "lead_operated")
                self._add(span, at, "lead_high", int(seen.grades[0] >= 3))

    # --- the fund

    def _claims(self, span: Span, home: Places, one: Human, claims: list[Settled]) -> None:
        for claim in claims:
            at, here = home if claim.known else (0,), claim.area == "county"
            for name in _said_of(claim, here):
                self._add(span, at, name)
            for name, amount in _paid_of(claim, here):
                self._add(span, at, name, amount)
            if claim.known and claim.kind != "pharmacy" and self._woman_or_child(one, claim.ago):
                self._add(span, home, "women_children")
                self._add(span, home, "women_children_in", int(here))
        known = [claim for claim in claims if claim.known and claim.kind != "pharmacy"]
        stays = [claim for claim in known if claim.kind == "inpatient"]
        for name, some in (
            ("settled_people", known), ("settled_people_in", [c for c in known if c.area == "county"]),
            ("stayed_people", stays), ("stayed_people_in", [c for c in stays if c.area == "county"]),
            ("stayed_people_out", [c for c in stays if c.area != "county"]),
        ):  # fmt: skip
            if some:
                self._add(span, home, name)

    def _woman_or_child(self, one: Human, ago: int) -> bool:
        return one.sex == "2" or _age(one.born, self._day(ago)) < 15

    # --- people

    def _stands_on(self, one: Human, day: date) -> bool:
        died = self._day(one.died) if one.died is not None else date.max
        return one.born <= day <= died

    def _person(self, span: Span, home: Places, one: Human, visited: set[str]) -> None:
        for day in (span.starts - timedelta(days=1), span.last):
            if self._stands_on(one, day):
                self._add(span, home, "residents_mean", Fraction(1, 2))
                band = _age(one.born, day) // 5 * 5
                if band in BANDS:
                    self._add(span, home, f"people_{band}", Fraction(1, 2))
                    self._add(span, home, "people_years", Fraction(1, 2))
        if not self._stands_on(one, span.last):
            return
        old = _age(one.born, span.last) >= 65
        for name, holds in (
            ("residents_end", True), ("insured_end", one.insured), ("used", bool(visited)), ("old", old),
            ("old_examined", old and "physical_exam" in visited),
        ):  # fmt: skip
            if holds:
                self._add(span, home, name)

    def _patient(self, span: Span, home: Places, one: Human, visits: list[Seen]) -> None:
        """Seen for high pressure or sugar at 35 and over: known to be ill, under management or not."""
        managed = self._under_management(span, one)
        for disease, ranges in ILL.items():
            if any(of_causes(v.diagnosis, ranges) and _age(one.born, self._day(v.ago)) >= 35 for v in visits):
                self._add(span, home, f"{disease}_ill")
                if disease in managed:
                    self._add(span, home, f"{disease}_ill_managed")

    def _under_management(self, span: Span, one: Human) -> list[str]:
        if one.died is not None and self._day(one.died) < span.starts:
            return []
        return [name for name, ago in one.life.enrolled.items() if name in ILL and self._day(ago) <= span.last]

    def _day(self, ago: int) -> date:
        return self._today - timedelta(days=ago)

    def _managed(
        self, span: Span, home: Places, one: Human, follow_ups: list[Followed], claims: list[Settled]
    ) -> None:  # fmt: skip
        managed = self._under_management(span, one)
        if managed:
            self._add(span, home, "managed")
            if any(c.kind == "inpatient" and c.known for c in claims):
                self._add(span, home, "managed_stayed")
        for one_of in follow_ups:
            self._add(span, home, "follow_up_rows", len(one.life.enrolled))
            self._add(span, home, "follow_up_rows_face", len(one.life.enrolled) * one_of.face)
        for name in managed:
            self._add(span, home, f"{name}_managed")
            for told in self._followed(name, one, follow_ups):
                self._add(span, home, f"{name}_{told}")

    def _followed(self, disease: str, one: Human, follow_ups: list[Followed]) -> Iterator[str]:
        """What can be said of somebody's year: reached at all, four times in person, last value in order."""
        if follow_ups:
            yield "followed"
        of_pressure = disease == "hypertension"
        measured = [f for f in follow_ups if (f.systolic is not None if of_pressure else f.glucose)]
        if sum(f.face for f in measured) >= 4:
            yield "standard"
        if not measured:
            return
        yield "measured"
        last = min(measured, key=lambda f: f.ago)
        if not of_pressure:
            if float(last.glucose) < 7:
                yield "controlled"
            return
        assert last.systolic is not None  # noqa: S101 - chosen for it
        assert last.diastolic is not None  # noqa: S101
        limit = 150 if _age(one.born, self._day(last.ago)) >= 65 else 140
        if last.diastolic < 90 and last.systolic < limit:
            yield "controlled"
        if last.diastolic < 90 and last.systolic < 140:
            yield "controlled_140"

    def _vital(self, span: Span, home: Places, one: Human, low: int, high: int) -> None:
        for ago, weight, weeks, place in one.life.born_alive:
            if low <= ago <= high:
                for name, holds in (("born", True), ("born_light", weight < 2500), ("born_early", weeks < 37),
                                    ("born_inside", place == "institution")):  # fmt: skip
                    if holds:
                        self._add(span, home, name)
        for ago in one.life.still_born:
            if low <= ago <= high:
                self._add(span, home, "born_still")
        if one.died is not None and low <= one.died <= high:
            self._death(span, home, one)

    def _death(self, span: Span, home: Places, one: Human) -> None:
        assert one.died is not None  # noqa: S101 - asked by the caller
        day = self._day(one.died)
        days, age, cause = (day - one.born).days, _age(one.born, day), one.life.cause
        band = age // 5 * 5
        chronic = of_causes(cause, FOUR_CHRONIC)
        early = band in BANDS and chronic
        for name, holds in (
            ("died", True), ("died_managed", bool(one.life.enrolled)), ("died_infant", age < 1),
            ("died_newborn", days < 28), ("died_under_five", age < 5), (f"four_{band}", early), ("four", early),
            ("died_chronic", chronic),
        ):  # fmt: skip
            if holds:
                self._add(span, home, name)
        self._add(span, home, "died_days", days)
        self._add(span, home, "died_years", age)
        self._add(span, home, "died_chronic_days", days * chronic)
        if one.life.enrolled:
            self._add(span, home, "died_managed_days", days)

    # --- what stands still, and the end

    def _stand(self, workforce: Workforce) -> None:
        for span in self._spans:
            for site in self._county.sites:
                at = self._within[site.unit]
                if site.level != "outside":
                    self._add(span, at, "beds", site.beds)
                    self._add(span, at, "open_days", site.beds * span.days)
                    self._add(span, at, "open_days_grass", site.beds * span.days * (site.kind in GRASSROOTS))
                if site.kind == "village_room":
                    self._add(span, at, "rooms")
                    self._add(span, at, "rooms_ecg", int(site.ecg))
            self._workers(span, workforce)

    def _workers(self, span: Span, workforce: Workforce) -> None:
        for number, (site, profession, title) in enumerate(workforce.hired, start=1):
            away = [s for s in workforce.stationed if s.staff == number and s.begins <= span.last <= s.ends]
            at = self._within[away[0].site.unit] if away else self._within[site.unit] if site else (0,)
            if profession == DOCTOR or title.endswith("执业助理医师"):
                self._add(span, at, "doctors")
            if profession == NURSE:
                self._add(span, at, "nurses")
        for one in workforce.stationed:
            begins, ends = max(one.begins, span.starts), min(one.ends, span.last)
            if (ends - begins).days + 1 >= MANY_DAYS and not workforce.hired[one.staff - 1][2].startswith("住院"):
                self._add(span, self._within[one.site.unit], "stationed")

    def figures(self) -> dict[str, dict[str, dict[str, list[str]]]]:
        """Numerator and denominator (if it has one) of each indicator, by period and place; the county is `county`."""
        found: dict[str, dict[str, dict[str, list[str]]]] = {}
        *_, year = years = [span for span in self._spans if len(span.name) == 4]
        for code, parts in FIGURES.items():
            for span in self._spans:
                if span.told:
                    self._tell(found, code, span, [(name, (span,)) for name in parts])
        for code, name in GROWN.items():
            self._tell(found, code, year, [(name, (year,)), (name, (years[-2],))])
        for code, parts in ROLLED.items():
            self._tell(found, code, year, [(name, years) for name in parts])
        return found

    def _tell(
        self, found: dict[str, dict[str, dict[str, list[str]]]], code: str, span: Span,
        parts: list[tuple[str, Iterable[Span]]],
    ) -> None:  # fmt: skip
        """Of each part its sum over its periods, at every place."""
        for place in (0, *sorted(self._told)):
            numbers = [str(self._sum(name, over, place)) for name, over in parts]
            found.setdefault(code, {}).setdefault(span.name, {})[str(place or "county")] = numbers

    def _sum(self, name: str, over: Iterable[Span], place: int = 0) -> Fraction | int:
        return sum(self._sums.get((span.name, place, name), 0) for span in over)

    def premature(self) -> dict[str, str]:
        """The probability of dying of the four between 30 and 70 in the county: of each year, and of three together."""
        *_, last = years = [span for span in self._spans if len(span.name) == 4]
        found = {f"premature_mortality {span.name}": self._dying((span,)) for span in years if span.told}
        found[f"premature_mortality_3y {last.name}"] = self._dying(years)
        return {name: str(chance) for name, chance in found.items()}

    def _dying(self, over: Iterable[Span]) -> Fraction:
        left = Fraction(1)
        for band in BANDS:
            people = Fraction(self._sum(f"people_{band}", over))
            rate = Fraction(self._sum(f"four_{band}", over)) / people if people else Fraction(0)
            left *= 1 - 5 * rate / (1 + Fraction(5, 2) * rate)
        return 1 - left


def _said_of(one: Settled, here: bool) -> Iterator[str]:
    """What a claim counts as."""
    if one.kind == "pharmacy":
        return
    yield "settled"
    if here:
        yield "settled_in"
        if one.kind != "inpatient":
            yield "clinic_in"
    if one.kind == "inpatient":
        yield "stayed"
        yield "stayed_in" if here else "stayed_out"
        if one.area == "outside":
            yield "stayed_far"


def _paid_of(one: Settled, here: bool) -> Iterator[tuple[str, int]]:
    """What its money adds to."""
    yield "paid_with_shops", one.paid
    if here:
        yield "paid_in_with_shops", one.paid
    if one.kind == "pharmacy":
        return
    yield "paid", one.paid
    yield "paid_in" if here else "paid_out", one.paid
    if one.grassroots:
        yield "paid_grass", one.paid
    if one.kind == "inpatient":
        yield from (("stay_fees", one.total), ("stay_paid", one.paid), ("stay_own", one.own))
        yield "stay_fees_in" if here else "stay_fees_out", one.total
    elif here:
        yield "clinic_fees_in", one.total
