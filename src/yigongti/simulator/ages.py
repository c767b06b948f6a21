"""How old the county is: every person's sex and age, so that the sums agree with the census."""

from __future__ import annotations

from random import Random
from typing import Any

from yigongti.simulator.places import shared_out


# (first age, last age, weight at the first, weight at the last): straight lines inside the census's groups.
_CHILDREN = ((0, 2, 0.7, 0.8), (3, 8, 1.1, 1.2), (9, 14, 1.15, 1.0))
_WORKING = ((15, 19, 0.85, 0.75), (20, 29, 0.75, 1.1), (30, 39, 1.25, 1.0), (40, 49, 0.95, 1.15), (50, 59, 1.3, 1.0))
_SIXTIES = ((60, 64, 1.0, 1.05),)
_OLD = ((65, 69, 1.5, 1.2), (70, 79, 1.0, 0.4), (80, 89, 0.32, 0.06), (90, 99, 0.04, 0.002))
# Men to a hundred women at birth and among the old; the ages between take what is left of the census's sum.
_MEN_OF_CHILDREN, _MEN_OF_OLD = 109, 94


def structure(total: int, figures: dict[str, Any], chance: Random) -> list[tuple[str, int]]:
    """(sex, age) of each of `total` people, shuffled; groups and sexes in the census's proportions."""
    sixties = figures["aged_60_up"] - figures["aged_65_up"]
    groups = shared_out(total, (figures["aged_0_14"], figures["aged_15_59"], sixties, figures["aged_65_up"]))
    men = round(total * figures["men"] / figures["residents"])
    boys = _share(groups[0], _MEN_OF_CHILDREN)
    older = [_share(size, _MEN_OF_OLD) for size in groups[2:]]
    parts = [boys, men - boys - sum(older), *older]
    people: list[tuple[str, int]] = []
    for size, of_men, shape in zip(groups, parts, (_CHILDREN, _WORKING, _SIXTIES, _OLD), strict=True):
        ages, weights = _single_years(shape)
        for sex, count in (("1", of_men), ("2", size - of_men)):
            for age, number in zip(ages, shared_out(count, weights), strict=True):
                people += [(sex, age)] * number
    chance.shuffle(people)
    return people


def _share(size: int, men_to_hundred: int) -> int:
    return round(size * men_to_hundred / (100 + men_to_hundred))


def _single_years(shape: tuple[tuple[int, int, float, float], ...]) -> tuple[list[int], list[float]]:
    ages, weights = [], []
    for first, last, at_first, at_last in shape:
        for age in range(first, last + 1):
            ages.append(age)
            weights.append(at_first + (at_last - at_first) * (age - first) / max(last - first, 1))
    return ages, weights


def age_at_death(chance: Random) -> int:
    """Most who die are old."""
    return min(101, max(1, round(chance.gauss(73, 13))))
