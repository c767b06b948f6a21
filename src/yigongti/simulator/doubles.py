"""Second registrations of one human, with the truth kept; and pairs of humans who only look like one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from yigongti.simulator import digits
from yigongti.simulator.copying import Table
from yigongti.simulator.households import Human
from yigongti.simulator.lives import Life
from yigongti.simulator.naming import Names
from yigongti.simulator.organising import GRASSROOTS, County, Site
from yigongti.simulator.people import People
from yigongti.simulator.summaries import Truth


DUPLICATES_PER_THOUSAND, LOOKALIKES_PER_THOUSAND = 12, 1
# What a sweep has already put before data staff; the others wait to be found.
RAISED_SHARE = 0.4

Papers = tuple[str, str, date]  # name, identity number, birth date
Slip = Callable[[Human, Random, Names], Papers]


def _typo(one: Human, chance: Random, _names: Names) -> Papers:
    """Two neighbouring digits of the serial or the check changed places, as old paper registers have it."""
    card = one.id_card
    places = [i for i in range(6, 16) if card[i] != card[i + 1]]
    at = chance.choice(places) if places else 15
    return one.surname + one.given, card[:at] + card[at + 1] + card[at] + card[at + 2 :], one.born


def _first_generation(one: Human, _chance: Random, _names: Names) -> Papers:
    return one.surname + one.given, digits.short_id_card(one.id_card), one.born


def _by_ear(one: Human, _chance: Random, names: Names) -> Papers:
    return names.by_ear(one.surname + one.given), "", one.born


def _wrong_day(one: Human, chance: Random, _names: Names) -> Papers:
    return one.surname + one.given, "", one.born + timedelta(days=chance.choice((-30, -10, -1, 1, 10)))


def _no_papers(one: Human, _chance: Random, _names: Names) -> Papers:
    return one.surname + one.given, "", one.born


SLIPS: tuple[tuple[str, Slip, str], ...] = (
    ("id_card_typo", _typo, "身份证号只差一位，或相邻两位颠倒"),
    ("id_card_15", _first_generation, "身份证号相同（15 位与 18 位视为同号）"),
    ("by_ear", _by_ear, "姓名读音、出生日期、性别都相同"),
    ("birth_day", _wrong_day, "电话和姓名相同"),
    ("no_papers", _no_papers, "姓名和出生日期相同"),
)
SCORES = {"id_card_typo": 80, "id_card_15": 100, "by_ear": 75, "birth_day": 70, "no_papers": 85}


class Doubles:
    """Adds second registrations to blocks of people."""

    def __init__(self, people: People, county: County, *, chance: Random, today: date, truth: Truth) -> None:
        self._people, self._county, self._today, self._truth = people, county, today, truth
        self._chance = chance
        self._names = Names(chance)
        self._owed = self._owed_alike = 0.0
        self.alike: list[Human] = []  # of the last block: humans of their own, whom nobody treats
        self.suspicions = Table(
            "residents_suspicion",
            "id one_id other_id why score raised_at raised_by_id verdict decided_at decided_by_id note",
        )

    def of(self, humans: list[Human]) -> list[Human]:
        """Second registrations of some of these people; a share of a person is carried to the next block."""
        papered = [one for one in humans if one.id_card and one.died is None and one.surname and one.age > 2]
        self._owed += len(humans) * DUPLICATES_PER_THOUSAND / 1000
        self._owed_alike += len(humans) * LOOKALIKES_PER_THOUSAND / 1000
        doubles = [self._double(one) for one in self._chance.sample(papered, min(int(self._owed), len(papered)))]
        self._owed -= len(doubles)
        self.alike = []
        for one in self._chance.sample(papered, min(int(self._owed_alike), len(papered))):
            self._lookalike(one)
        self._owed_alike -= len(self.alike)
        return doubles

    def _double(self, one: Human) -> Human:
        kind, slip, why = SLIPS[int(self._chance.random() * len(SLIPS))]
        if kind == "id_card_15" and one.born.year >= 2000:
            kind, slip, why = SLIPS[0]
        name, card, born = slip(one, self._chance, self._names)
        if kind == "by_ear" and name == one.surname + one.given:
            kind, why = "no_papers", SLIPS[4][2]
        phone = one.phone if kind == "birth_day" or self._chance.random() < 0.5 else ""
        again = self._people.second(one, name=name, id_card=card, born=born, home=self._elsewhere(one), phone=phone)
        self._truth.duplicates.append({"resident": one.key, "again": again.key, "how": kind})
        if self._chance.random() < RAISED_SHARE:
            self._raise(one.key, again.key, why, SCORES[kind])
        return again

    def _elsewhere(self, one: Human) -> Site:
        """Where else: the township centre above the village, or another village."""
        if one.home.above and self._chance.random() < 0.6:
            return one.home.above
        return self._chance.choice([site for site in self._county.kind(*GRASSROOTS) if site is not one.home])

    def _lookalike(self, one: Human) -> Human:
        """Another human of the same name, sex and birth day, with papers of their own, somewhere else."""
        serial = 900 + 2 * int(self._chance.random() * 40) + (one.sex == "1")
        card = digits.id_card(one.id_card[:6], one.born, serial)
        other = self._people.second(
            one, name=one.surname + one.given, id_card=card, born=one.born, home=self._elsewhere(one), phone=""
        )
        other.first, other.life = None, Life()
        self.alike.append(other)
        self._truth.lookalikes.append({"resident": one.key, "other": other.key})
        self._raise(one.key, other.key, "姓名和出生日期相同", 85)
        return other

    def _raise(self, one: int, other: int, why: str, score: int) -> None:
        at = self._today - timedelta(days=1 + int(self._chance.random() * 20))
        self.suspicions.add(
            len(self.suspicions.lines) + self.suspicions.written + 1, min(one, other), max(one, other), why, score,
            f"{at}T02:30:00+08:00", None, "open", None, None, "",
        )  # fmt: skip
