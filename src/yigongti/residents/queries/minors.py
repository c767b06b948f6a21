"""Who is a minor, for every gate that asks: from birth to the birthday at which residents.minor_age is reached."""

from __future__ import annotations

from datetime import date

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values


GATE = "minors"
"""The gate on a role page that opens minors to the role."""

AGE = "residents.minor_age"


def minor_since(day: date) -> date:
    """Whoever was born after this day is a minor on `day`. Who was born on 29 February has a birthday on 1 March."""
    year = day.year - values.number(AGE, on=day)
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def closed_as_minor(*, for_: Actor, born: date) -> bool:
    """Whether somebody born that day is a minor today who stays closed to the actor's role page."""
    return GATE not in for_.role.gates and born > minor_since(clock.today())
