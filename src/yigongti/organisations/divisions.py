"""Division codes in words: counties of the whole country as shipped, streets and villages as the county keeps them."""

from __future__ import annotations

import csv
import time
from functools import cache
from importlib import resources

from yigongti.organisations.models import County, Division


FRESH_SECONDS = 10.0
LENGTHS = (6, 9, 12)
"""Digits of a county, of a street or township in it, of a village or neighbourhood in that."""

COMMITTEES = {"居民委员会": "", "村民委员会": "村", "村民委会": "村", "村委会": "村"}
"""What the official name of a neighbourhood or village ends in, and what people say instead."""

_own: dict[str, str] = {}
_read_at = float("-inf")


def said(code: str) -> str:
    """The place of a code of six, nine or twelve digits in words, as far as its parts are known; '' for none."""
    own = _own_names()
    county = own.get(code[:6]) or _shipped().get(code[:6], "")
    below = [own.get(code[:length], "") for length in LENGTHS[1:] if len(code) >= length]
    return "".join([county, *map(_spoken, below)]) if county and all(below) else ""


def forget() -> None:
    """Read again at the next question: after a write, and between tests."""
    global _read_at
    _read_at = float("-inf")


def _spoken(name: str) -> str:
    for ending, instead in COMMITTEES.items():
        if name.endswith(ending):
            short = name.removesuffix(ending)
            return short if short.endswith(("社区", "村")) else short + instead
    return name


def _own_names() -> dict[str, str]:
    """The county's own rows; its own name needs no city before it."""
    global _own, _read_at
    if time.monotonic() - _read_at > FRESH_SECONDS:
        _own = dict(Division.objects.values_list("code", "name"))
        _own |= dict(County.objects.values_list("division", "name"))
        _read_at = time.monotonic()
    return _own


@cache
def _shipped() -> dict[str, str]:
    page = resources.files("yigongti.organisations").joinpath("data", "divisions.csv").read_text(encoding="utf-8")
    return {row["code"]: f"{row['city']}{row['name']}" for row in csv.DictReader(page.splitlines())}
