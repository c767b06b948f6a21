"""How a person shows in a line of somebody else's list: name, sex, age."""

from __future__ import annotations

from yigongti.kernel import clock
from yigongti.residents.models import Resident


SEX_WORDS = {"1": "男", "2": "女"}


def named(resident: Resident) -> dict[str, str]:
    """Name, sex and completed years; of the dead, the age at death."""
    day, born = resident.died_on or clock.today(), resident.birth_date
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return {"name": resident.name, "sex": SEX_WORDS.get(resident.sex, ""), "age": str(years)}
