"""How a person shows in a line of somebody else's list: name, sex, age."""

from __future__ import annotations

from datetime import date

from yigongti.kernel import clock
from yigongti.residents.models import Resident


SEX_WORDS = {"1": "男", "2": "女"}


def named(resident: Resident) -> dict[str, str]:
    """Name, sex and completed years; of the dead, the age at death."""
    return said(resident.name, resident.sex, resident.birth_date, resident.died_on)


def said(name: str, sex: str, born: date, died: date | None) -> dict[str, str]:
    """The same from the bare columns, for lists that read no whole person."""
    day = died or clock.today()
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return {"name": name, "sex": SEX_WORDS.get(sex, ""), "age": str(years)}


SAID = ("name", "sex", "birth_date", "died_on")
"""The columns that `said` takes, in order."""
