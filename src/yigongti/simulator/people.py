"""The residents: papers, phones, four places, chronic conditions, and second registrations of the same human."""

from __future__ import annotations

from collections import Counter
from copy import copy
from datetime import date, timedelta
from random import Random

from yigongti.residents.pinyin import spell
from yigongti.simulator import digits
from yigongti.simulator.ages import age_at_death
from yigongti.simulator.care import WINDOW
from yigongti.simulator.copying import NULL, Table, array_of
from yigongti.simulator.households import Household, Human, assemble
from yigongti.simulator.naming import Names
from yigongti.simulator.organising import County, Site
from yigongti.simulator.places import Place
from yigongti.simulator.summaries import Truth


RESIDENT_COLUMNS = (
    "id master_id record_no name pinyin initials sex birth_date birth_estimated id_card phone phone_owner ethnicity"
    " household_id household_role mother_id lives_division lives_address insured_division register_division managing_id"
    " chronic sensitive died_on registered_at registered_by_id version"
)
# Where identity numbers were first given: the county, and those around it.
ISSUERS = ("140781",) * 22 + ("140728", "140729", "141182", "141181", "140727")
ELSEWHERE = ("140702", "140105", "141102", "610113")

# Share with a condition from an age on: made up after common survey findings, no figure of this county.
HYPERTENSION = ((75, 0.58), (65, 0.52), (55, 0.38), (45, 0.22), (35, 0.09))
DIABETES = ((75, 0.2), (65, 0.19), (55, 0.13), (45, 0.07), (35, 0.03))
COPD = ((75, 0.16), (65, 0.11), (55, 0.06), (45, 0.02))
HEART = ((75, 0.2), (65, 0.13), (55, 0.05), (45, 0.015))
STROKE = ((75, 0.12), (65, 0.08), (55, 0.03), (45, 0.008))
CHRONIC = (
    ("hypertension", HYPERTENSION), ("diabetes", DIABETES), ("copd", COPD), ("chd", HEART), ("stroke", STROKE),
)  # fmt: skip
# Of those ill with what the norm wants found, so many are seen for it and under nobody's management.
SOUGHT, UNFOUND_SHARE = ("hypertension", "diabetes", "copd"), 0.22

# Died before their first birthday within the window, to a thousand of the living.
INFANTS_PER_THOUSAND = 0.1
STREET_NAMES = ("一", "二", "三", "四", "五", "六", "七", "八")


class People:
    """Makes residents block by block; what it keeps between blocks is numbers already given."""

    def __init__(self, county: County, *, chance: Random, today: date, truth: Truth) -> None:
        self.county, self.today, self.truth = county, today, truth
        self._chance = chance
        self._names = Names(chance)
        self._figures = county.page["figures"]
        self._serials: Counter[tuple[str, date]] = Counter()
        self._serial: Counter[str] = Counter()  # as residents_serial keeps it
        self._next_household = 1
        self._next = 1
        self.residents = Table("residents_resident", RESIDENT_COLUMNS)
        self.households = Table("residents_household", "id number address division managing_id")
        self.identifiers = Table("residents_identifier", "id resident_id system value ended_on")
        self.serials = Table("residents_serial", "prefix last")
        self._identifier = 0

    def block(self, places: list[Place], counts: list[int], structure: list[tuple[str, int]]) -> list[Human]:
        """Everybody of neighbouring places, households and all; their rows wait in the tables."""
        people = [Human(sex, age) for sex, age in structure]
        households = assemble(people, size=self._figures["persons_per_household"], chance=self._chance)
        self._bury(households, len(people))
        humans: list[Human] = []
        spread = iter(households)
        for index, (place, count) in enumerate(zip(places, counts, strict=True)):
            settled, last = 0, index == len(places) - 1
            while last or settled < count:
                household = next(spread, None)
                if household is None:
                    break
                self._settle(household, place)
                humans += household
                settled += len(household)
        return humans

    def _bury(self, households: list[Household], living: int) -> None:
        """Those who died in the three years: they were members too. A few of them had only been born."""
        old = round(living * self._figures["deaths_per_thousand"] * WINDOW / 365_000)
        for number in range(old + round(living * INFANTS_PER_THOUSAND / 1000 + self._chance.random() / 2)):
            one = Human("1" if self._chance.random() < 0.56 else "2", age_at_death(self._chance) if number < old else 0)
            one.died = self._chance.randint(3, WINDOW - 6)
            one.role = "parent" if one.age > 60 else "other"
            self._chance.choice(households).append(one)

    # --- one household

    def _settle(self, household: Household, place: Place) -> None:
        chance = self._chance
        number = self._household(place)
        rooms = self.county.managing(place)
        home = rooms[0] if len(rooms) == 1 or chance.random() < 0.7 else rooms[1]
        address = self._address(place)
        self._name(household)
        for one in household:
            one.household, one.home = number, home
            one.born = self._birthday(one)
            one.lived = (self.today - one.born).days
            one.id_card = self._identity(one)
            ill = self._conditions(one.age)
            one.unfound = tuple(code for code in ill if code in SOUGHT and chance.random() < UNFOUND_SHARE)
            one.chronic = tuple(code for code in ill if code not in one.unfound)
        self._phones(household)
        self._house(number, place, address, home)
        for one in sorted(household, key=lambda human: human.role not in ("spouse", "head")):
            self._register(one, place, address)

    def _address(self, place: Place) -> str:
        chance = self._chance
        if place.rural:
            return f"介休市{place.name}{STREET_NAMES[int(chance.random() * 8)]}街{1 + int(chance.random() * 90)}号"
        building, unit, door = 1 + int(chance.random() * 30), 1 + int(chance.random() * 4), 1 + int(chance.random() * 6)
        return f"介休市{place.name}{building}号楼{unit}单元{door}0{1 + int(chance.random() * 2)}室"

    def _name(self, household: Household) -> None:
        """Children and a man's parents share the head's surname; who marries in or lodges keeps an own one."""
        names, family = self._names, self._names.surname()
        minority = self._chance.random() < names.minority_share
        for one in household:
            own = one.role in ("spouse", "other") or (one.role == "parent" and one.sex == "2")
            one.surname = names.surname() if own else family
            one.given = names.given(year=self.today.year - one.age, sex=one.sex)
            if minority and one.role == "head":
                full, one.ethnicity = names.minority()
                one.surname, one.given = "", full

    def _birthday(self, one: Human) -> date:
        """A day on which they are as old as they are: today, or on the day they died."""
        last = self.today - timedelta(days=one.died or 0)
        span = 365 if one.age else 364
        return _years_before(last, one.age) - timedelta(days=int(self._chance.random() * span))

    def _identity(self, one: Human) -> str:
        """Newborns have no number yet, nor do a few of the oldest."""
        days = one.lived
        if days < 60 or (days < 180 and self._chance.random() < 0.3) or (one.age > 85 and self._chance.random() < 0.02):
            return ""
        issuer = ISSUERS[int(self._chance.random() * len(ISSUERS))]
        self._serials[issuer, one.born] += 1
        serial = 2 * self._serials[issuer, one.born] + (one.sex == "1")
        return digits.id_card(issuer, one.born, serial)

    def _conditions(self, age: int) -> tuple[str, ...]:
        if age < 35:
            return ()
        draw = self._chance.random
        return tuple(code for code, shares in CHRONIC if draw() < next((p for start, p in shares if age >= start), 0.0))

    def _phones(self, household: Household) -> None:
        draw, shared = self._chance.random, ""
        for one in household:
            own = 0.93 if 18 <= one.age < 70 else 0.45 if one.age >= 70 else 0.08
            one.phone, one.phone_owner = "", "none"
            if one.age >= 12 and draw() < own:
                one.phone, one.phone_owner = f"154{int(draw() * 1e8):08d}", "self"
                shared = shared or one.phone
        for one in household:
            if not one.phone and shared:
                one.phone, one.phone_owner = shared, "family"
            elif not one.phone and draw() < 0.3:
                one.phone, one.phone_owner = f"154{one.home.unit:08d}", "village_doctor"

    # --- rows

    def _household(self, place: Place) -> int:
        number, self._next_household = self._next_household, self._next_household + 1
        self._serial[f"H{place.code}"] += 1
        return number

    def _house(self, number: int, place: Place, address: str, home: Site) -> None:
        prefix = f"H{place.code}"
        self.households.lines.append(
            f"{number}\t{prefix}{self._serial[prefix]:05d}\t{address}\t{place.code}\t{home.unit}"
        )

    def _temporary(self) -> str:
        prefix = f"L140781{self.today - timedelta(days=1):%Y%m%d}"
        self._serial[prefix] += 1
        return f"{prefix}{self._serial[prefix]:05d}"

    def _register(self, one: Human, place: Place, address: str) -> None:
        one.key = one.master = self._next
        self._next += 1
        self._row(one, one.surname + one.given, one.id_card, one.born, place.code, address, one.home, one.phone)
        if one.id_card and self._chance.random() < 0.96:
            self._identify(one.key, "insurance_no", f"1407{one.key:010d}")
        elif not one.id_card:
            self._identify(one.key, "temporary", self._temporary())

    def _row(
        self, one: Human, name: str, id_card: str, born: date, division: str, address: str, home: Site, phone: str
    ) -> None:
        draw = self._chance.random
        self._serial[division] += 1
        pinyin, initials = spell(name)
        elsewhere = ELSEWHERE[int(draw() * 4)] if draw() < 0.05 else ""
        insured = elsewhere or ("" if draw() < 0.03 else division)
        one.insured = insured == division
        register = ELSEWHERE[int(draw() * 4)] if draw() < 0.04 else division
        died = self.today - timedelta(days=one.died) if one.died is not None else NULL
        first = max(born + timedelta(days=1), date(2009, 6, 1))
        seen = self.today - timedelta(days=one.died or 0)
        at = first + timedelta(days=int(draw() * max(1, min((seen - first).days, 3000))))
        mother = one.mother.key if one.mother else NULL
        self.residents.lines.append(
            f"{one.key}\t{one.master}\t{division}{self._serial[division]:05d}\t{name}\t{pinyin}\t{initials}\t{one.sex}\t{born}"
            f"\tf\t{id_card}\t{phone}\t{one.phone_owner}\t{one.ethnicity}\t{one.household}\t{one.role}\t{mother}\t{division}"
            f"\t{address}\t{insured}\t{register}\t{home.unit}\t{array_of(one.chronic)}\t{{}}\t{died}"
            f"\t{at}T10:00:00+08\t{home.authors[0][1] or NULL}\t1"
        )

    def _identify(self, resident: int, system: str, value: str) -> None:
        self._identifier += 1
        self.identifiers.lines.append(f"{self._identifier}\t{resident}\t{system}\t{value}\t{NULL}")

    def single(self, one: Human, place: Place, home: Site) -> None:
        """Somebody with a household of their own, already named."""
        one.household, one.home, one.role = self._household(place), home, "head"
        one.lived = (self.today - one.born).days
        one.id_card = self._identity(one)
        one.phone, one.phone_owner = f"154{one.household:08d}", "self"
        address = self._address(place)
        self._house(one.household, place, address, home)
        self._register(one, place, address)

    def second(self, one: Human, *, name: str, id_card: str, born: date, home: Site, phone: str) -> Human:
        """A second registration of the same human, with papers of its own."""
        again = copy(one)
        again.first, again.chronic, again.unfound = one, (), ()
        again.key = again.master = self._next
        self._next += 1
        division = home.place.code if home.place else f"{home.street}{one.born.day % 5 + 1:03d}"
        again.home = home
        self._row(again, name, id_card, born, division, f"介休市{home.short}辖区", home, phone)
        return again

    def close(self) -> None:
        """What later registrations count on: the last serial given under each prefix."""
        for prefix, last in self._serial.items():
            self.serials.add(prefix, last)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)
