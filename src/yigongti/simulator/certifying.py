"""Births and deaths as certified, and who was enrolled for which disease since when."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from yigongti.simulator.care import WINDOW
from yigongti.simulator.copying import Table
from yigongti.simulator.households import Human
from yigongti.simulator.organising import County


VERSION = "id numbering number version stands fingerprint source taken_in_at cancelled"


class Cause(NamedTuple):
    """An underlying cause, with its weight under 45, from 45 to 64, and from 65 on."""

    code: str
    name: str
    weights: tuple[int, int, int]


# The four chronic groups are eight of ten.
CAUSES = (
    Cause("I25.100", "动脉硬化性心脏病", (6, 14, 24)), Cause("I21.900", "急性心肌梗死", (5, 12, 12)),
    Cause("I63.900", "脑梗死", (3, 10, 18)), Cause("I61.900", "脑出血", (4, 11, 8)),
    Cause("C34.900", "肺恶性肿瘤", (5, 14, 9)), Cause("C16.900", "胃恶性肿瘤", (4, 10, 6)),
    Cause("C22.900", "肝恶性肿瘤", (5, 8, 4)), Cause("E11.900", "2型糖尿病", (2, 5, 5)),
    Cause("J44.900", "慢性阻塞性肺病", (1, 4, 9)), Cause("J18.900", "肺炎", (4, 3, 4)),
    Cause("V89.200", "机动车交通事故", (30, 5, 1)), Cause("W19.900", "跌倒", (6, 3, 2)),
    Cause("X70.900", "自缢", (12, 3, 1)), Cause("R54.x00", "老年性虚弱", (0, 0, 3)),
)  # fmt: skip
OF_INFANTS = (("P07.300", "早产儿"), ("P21.900", "新生儿窒息"), ("Q24.900", "先天性心脏病"), ("J18.900", "肺炎"))
STILL_SHARE, HOME_BIRTH_SHARE, NEW_SHARE = 0.006, 0.004, 0.14
WEIGHT, WEEKS = (3250, 430), (39.2, 1.5)


class Registry:
    """Writes certificates and enrolments, each noted in the life that it is about."""

    def __init__(self, county: County, *, chance: Random, today: date) -> None:
        self._chance, self._random, self._today = chance, chance.random, today
        self._maternity = county.kind("maternal_child")[0]
        self.deaths = Table(
            "publichealth_death",
            f"{VERSION} resident_id name_told id_card_told sex born_on died_on place institution_name_told"
            " underlying_code underlying_name chain certifier how_known effect",
        )
        self.births = Table(
            "publichealth_birth",
            f"{VERSION} mother_id mother_name_told newborn_id newborn_name_told born_at sex weight weeks plurality"
            " place institution_id institution_name_told outcome",
        )
        self.enrolments = Table("chronic_enrolment", "id resident_id disease managing_id begins ends source")

    @property
    def tables(self) -> tuple[Table, ...]:
        """In the order in which they must be written."""
        return (self.deaths, self.births, self.enrolments)

    def of(self, one: Human) -> None:
        """Enrolled, born, died; as far as it lies in the window."""
        for disease, began in one.life.enrolled.items():
            self.enrolments.add(
                self._next(self.enrolments), one.key, disease, one.home.unit, self._day(began), None, "entered"
            )
        if one.lived < WINDOW:
            self._birth(one)
        if one.died is not None:
            self._death(one)

    def begin(self, one: Human, latest: int) -> int:
        """How many days ago somebody was found to be ill: mostly before the window, some within it."""
        if self._random() < NEW_SHARE:
            return latest + int(self._random() * (WINDOW - latest)) if latest < WINDOW else latest
        return WINDOW + int(self._random() * 2500)

    # --- certificates

    def _version(self, table: Table, prefix: str, ago: int) -> tuple[object, ...]:
        # Six days after, at nine; yesterday at the latest, of today at midnight: no receipt lies ahead of the clock.
        number, taken = self._next(table), max(1, ago - 6) if ago else 0
        hour = "09" if taken else "00"
        return (number, "", f"{prefix}{number:07d}", 1, True, f"00000000-0000-0000-0001-{number:012x}", "sheet",
                f"{self._day(taken)}T{hour}:00:00+08:00", False)  # fmt: skip

    def _death(self, one: Human) -> None:
        assert one.died is not None  # noqa: S101 - asked before
        code, name = self._cause(one)
        place, where = ("home", "") if self._random() < 0.7 else ("ward", "介休市人民医院")
        self.deaths.add(
            *self._version(self.deaths, "SW1407", one.died), one.key, one.surname + one.given, one.id_card, one.sex,
            one.born, self._day(one.died), place, where, code, name, "[]", "李医生", "clinical", "applied",
        )  # fmt: skip
        one.life.cause = code

    def _cause(self, one: Human) -> tuple[str, str]:
        if one.age < 1:
            return self._chance.choice(OF_INFANTS)
        group = 0 if one.age < 45 else 1 if one.age < 65 else 2
        row = self._chance.choices(CAUSES, [row.weights[group] for row in CAUSES])[0]
        return row.code, row.name

    def _birth(self, one: Human) -> None:
        mother, gauss = one.mother, self._chance.gauss
        weeks = min(42, max(26, round(gauss(*WEEKS))))
        weight = int(max(700, gauss(WEIGHT[0] - max(0, 38 - weeks) * 160, WEIGHT[1])))
        place = "home" if self._random() < HOME_BIRTH_SHARE else "institution"
        self._write_birth(one.lived, mother, one, weight, weeks, place, "live")
        one.life.born_alive.append((one.lived, weight, weeks, place))
        if self._random() < STILL_SHARE:
            ago = max(1, one.lived - 400)
            self._write_birth(ago, mother, None, 1400, 30, "institution", "still")
            if mother:
                one.life.still_born.append(ago)

    def _write_birth(
        self, ago: int, mother: Human | None, child: Human | None, weight: int, weeks: int, place: str, outcome: str
    ) -> None:
        inside, site = place == "institution", self._maternity
        born_at = f"{self._day(ago)}T08:30:00+08:00"
        self.births.add(
            *self._version(self.births, "U1407", ago), mother.key if mother else None,
            mother.surname + mother.given if mother else "", child.key if child else None,
            child.surname + child.given if child else "", born_at, child.sex if child else "9", weight,
            weeks, 1, place, site.unit if inside else None, site.name if inside else "", outcome,
        )  # fmt: skip

    def _day(self, ago: int) -> str:
        return (self._today - timedelta(days=ago)).isoformat()

    @staticmethod
    def _next(table: Table) -> int:
        return table.written + len(table.lines) + 1
