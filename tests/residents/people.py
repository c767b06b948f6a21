"""People with every column that registration writes, and forms as somebody would fill them in."""

from __future__ import annotations

from datetime import date

from tests import factories
from yigongti.residents import codes, pinyin


def card(*, born: date = date(1958, 3, 4), sequence: int = 4, division: str = "140781") -> str:
    """A well-formed ID number; an odd sequence is a man's."""
    first17 = f"{division}{born:%Y%m%d}{sequence:03d}"
    return first17 + codes.check_digit(first17)


def person(managing, name="张桂兰", **more):
    """A resident as registration would leave them: spelled, so that search finds them."""
    spelled, initials = pinyin.spell(name)
    return factories.resident(managing, name=name, pinyin=spelled, initials=initials, **more)


def form(**changes):
    """A form filled in for a woman of 1958 with an ID card."""
    filled = {
        "name": "张桂兰",
        "id_card": card(),
        "phone": "13812345678",
        "phone_owner": "self",
        "lives_address": "南街 3 号",
    }
    return {name: value for name, value in {**filled, **changes}.items() if value is not None}


def fields_of(refusal):
    """Which fields a refusal names."""
    many = getattr(refusal, "all", (refusal,))
    return sorted(one.field for one in many)
