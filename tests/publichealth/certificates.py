"""Certificates as a hospital or the registry would send them."""

from __future__ import annotations

from datetime import date
from itertools import count

from tests import factories
from yigongti.exchange.senders import the_inbox
from yigongti.publichealth.actions import ToldBirth, ToldDeath, take_in_births, take_in_deaths


_numbers = count(1)


def birth(**changes) -> ToldBirth:
    """A girl of the county hospital."""
    given = {
        "number": f"U14{next(_numbers):07d}", "born_at": factories.at("2026-11-01 03:20"), "sex": "2", "weight": 3250,
        "weeks": 39, "place": "institution", "institution_name": "县人民医院", "mother_name": "任小燕",
        "newborn_name": "任新雨",
    }  # fmt: skip
    return ToldBirth(**{**given, **changes})


def death(**changes) -> ToldDeath:
    """A woman who died at home of a stroke."""
    given = {
        "number": f"SW14{next(_numbers):07d}", "died_on": date(2026, 11, 2), "sex": "2", "name": "张桂兰",
        "born_on": date(1958, 3, 4), "place": "home", "underlying_code": "I63.900", "underlying_name": "脑梗死",
        "chain": (("J18.900", "肺炎", "3 天"), ("I63.900", "脑梗死", "2 年")), "certifier": "李医生",
        "how_known": "clinical",
    }  # fmt: skip
    return ToldDeath(**{**given, **changes})


def born(*births: ToldBirth, source: str = "table:1") -> list[dict]:
    """What becomes of these births."""
    return take_in_births(by=the_inbox(), births=births, source=source).data["births"]


def died(*deaths: ToldDeath, source: str = "table:1") -> list[dict]:
    """What becomes of these deaths."""
    return take_in_deaths(by=the_inbox(), deaths=deaths, source=source).data["deaths"]
