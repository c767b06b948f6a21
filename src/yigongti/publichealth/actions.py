"""Births and deaths taken in as told, taken back, and decided by data staff where a death contradicts what is known."""

from __future__ import annotations

from yigongti.publichealth.taking_births import take_in_births as take_in_births
from yigongti.publichealth.taking_births import withdraw_births as withdraw_births
from yigongti.publichealth.taking_deaths import decide_death as decide_death
from yigongti.publichealth.taking_deaths import take_in_deaths as take_in_deaths
from yigongti.publichealth.taking_deaths import withdraw_deaths as withdraw_deaths
from yigongti.publichealth.told import ToldBirth as ToldBirth
from yigongti.publichealth.told import ToldDeath as ToldDeath
from yigongti.publichealth.told import birth_checks as birth_checks
from yigongti.publichealth.told import death_checks as death_checks
