"""One person with a long life in the record: two thousand entries, to see how a record reads when it is full."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random

from yigongti.simulator.households import Human
from yigongti.simulator.lives import Followed, Seen
from yigongti.simulator.organising import County
from yigongti.simulator.people import People
from yigongti.simulator.routine import FOLLOW_UP, GLUCOSE, HBA1C, PRESSURE, REFILLED
from yigongti.simulator.scribing import Scribe, detail, what
from yigongti.simulator.staffing import demo_room


PRESSED = "I10.x00x002"
ENTRIES = 2_000
DAYS = 4_200
LAST_REFILL = 20
MEDICINES = (
    ("苯磺酸氨氯地平片 5mg", "1片 一日1次 口服"), ("盐酸二甲双胍片 0.5g", "1片 一日3次 随餐"),
    ("阿司匹林肠溶片 100mg", "1片 一日1次"), ("阿托伐他汀钙片 20mg", "1片 每晚1次"),
)  # fmt: skip


def showcase(county: County, people: People, scribe: Scribe, *, chance: Random, today: date) -> Human:
    """An old woman of the shown village room, her readings at home and at the room over eleven years."""
    one = Human("2", 74)
    one.surname, one.given = "任", "桂兰"
    one.born = date(today.year - 74, 3, 8)
    if (one.born.month, one.born.day) > (today.month, today.day):
        one.born = date(today.year - 75, 3, 8)
    one.chronic = ("hypertension", "diabetes", "chd")
    home = demo_room(county)
    assert home.place  # noqa: S101 - village rooms have one
    people.single(one, home.place, home)
    _life(one, scribe, chance)
    return one


def _life(one: Human, scribe: Scribe, chance: Random) -> None:
    where, written, site = scribe.wheres[one.home.unit][0], len(scribe.entries.lines), one.home
    hospital = scribe.departments
    ward = next(wheres for (_, name), wheres in hospital.items() if name == "心血管内科")
    one.life.enrolled = dict.fromkeys(one.chronic, DAYS)
    scribe.entry(one.key, what("condition", "icd10", PRESSED, "高血压"), where, DAYS, 560)
    scribe.entry(one.key, what("condition", "icd10", "E11.900", "2型糖尿病"), where, DAYS - 400, 560)
    scribe.entry(one.key, what("condition", "icd10", "I25.100", "动脉硬化性心脏病"), ward[0], DAYS - 1500, 560)
    scribe.entry(one.key, what("allergy", "", "", "青霉素"), where, DAYS - 2, 600, more=detail(reaction="皮疹"))
    quarter = 0
    while len(scribe.entries.lines) - written < ENTRIES - len(MEDICINES) - 1:
        left = ENTRIES - (len(scribe.entries.lines) - written)
        ago = max(1, round(DAYS * left / ENTRIES))
        if ago // 91 != quarter:
            quarter = ago // 91
            scribe.visit(one.key, FOLLOW_UP, where, site, ago, 540, kind="public_health", code=PRESSED)
            one.life.visits.append(Seen(ago, "public_health", site, diagnosis=PRESSED))
            one.life.follow_ups.append(Followed(ago, face=True))
            _medicines(one, scribe, where, ago, (drug for drug in MEDICINES if chance.random() < 0.9))
        elif left % 3:
            upper = int(chance.gauss(141 - left * -0.002, 8))
            scribe.measure(
                one.key, "blood_pressure", PRESSURE, where, ago, 430 + left % 7, f"{upper}", "mmHg",
                second=f"{upper - 55 - left % 9}",
            )  # fmt: skip
        elif left % 60 == 0:
            scribe.measure(one.key, "hba1c", HBA1C, ward[0], ago, 600, f"{chance.gauss(7.1, 0.5):.1f}", "%")
        else:
            scribe.measure(
                one.key, "fasting_glucose", GLUCOSE, where, ago, 425, f"{chance.gauss(7.2, 0.9):.1f}", "mmol/L"
            )
    scribe.visit(one.key, REFILLED, where, site, LAST_REFILL, 540, kind="village")
    _medicines(one, scribe, where, LAST_REFILL, MEDICINES)


def _medicines(one: Human, scribe: Scribe, where: str, ago: int, drugs: Iterable[tuple[str, str]]) -> None:
    for name, dose in drugs:
        scribe.entry(one.key, what("medication", "", "", name), where, ago, 548, more=detail(dose=dose))
