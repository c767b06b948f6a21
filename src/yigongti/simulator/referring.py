"""The truth of referrals: counted from the courses that were lived, by month and year of their submission.

It asks neither tables nor engine: what was taken when is what the stories say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from math import ceil


Course = tuple[str, Mapping[str, datetime]]
"""Which way somebody was referred, and when each step was taken."""

TIMELY = 24 * 60
WAYS = {"referral.upward": "up", "referral.downward": "down", "referral.outward": "out"}


def figures(courses: Iterable[Course]) -> dict[str, dict[str, list[str]]]:
    """Numerator and denominator (if it has one) of each figure in the county, by period."""
    by_period: dict[str, list[Course]] = defaultdict(list)
    for way, taken in courses:
        if way in WAYS and (submitted := taken.get("submit")):
            for period in (f"{submitted:%Y-%m}", f"{submitted:%Y}"):
                by_period[period].append((WAYS[way], taken))
    found: dict[str, dict[str, list[str]]] = {}
    for period, some in by_period.items():
        for code, numbers in _of(some).items():
            found.setdefault(code, {})[period] = [str(number) for number in numbers]
    return found


def _of(courses: list[Course]) -> dict[str, list[int]]:
    up = [taken for way, taken in courses if way == "up"]
    both = [taken for way, taken in courses if way in ("up", "down")]
    accepted, arrived = [one for one in up if "accept" in one], [one for one in up if "arrive" in one]
    waits = sorted(_minutes(one, "submit", "accept") for one in both if "accept" in one)
    ways = sorted(_minutes(one, "accept", "arrive") for _, one in courses if "arrive" in one)
    found = {
        "upward_referrals": [len(up)], "downward_referrals": [len(both) - len(up)],
        "outward_referrals": [len(courses) - len(both)],
        "referral_timely": [sum(minutes < TIMELY for minutes in waits), len(both)],
        "referral_arrival": [len(arrived), len(accepted)],
        "referral_returned": [sum("return" in one for one in arrived), len(arrived)],
        "referral_declined": [sum("decline" in one for one in both), len(both)],
    }  # fmt: skip
    if waits:
        found["referral_accept_median"] = [_quantile(waits, Fraction(1, 2))]
        found["referral_accept_p90"] = [_quantile(waits, Fraction(9, 10))]
    if ways:
        found["referral_arrive_median"] = [_quantile(ways, Fraction(1, 2))]
    return found


def _minutes(taken: Mapping[str, datetime], frm: str, to: str) -> int:
    return int((taken[to] - taken[frm]).total_seconds() // 60)


def _quantile(numbers: list[int], share: Fraction) -> int:
    return numbers[ceil(share * len(numbers)) - 1]
