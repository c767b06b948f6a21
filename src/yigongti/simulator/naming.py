"""Plausible names: surnames by frequency, given names by birth cohort and sex, a few rare characters, homophones."""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import Any

from yigongti.simulator.places import page


class Names:
    """Names from one stream of chance."""

    def __init__(self, chance: Random) -> None:
        names = page("names")
        self._chance = chance
        self._surnames = [char for char in names["surnames"] if not char.isspace()]
        self._weights = list(accumulate(1 / (place + 8) for place in range(len(self._surnames))))
        self._compound: list[str] = names["compound"]
        self._compound_share = 1 / names["compound_in"]
        self._cohorts = [_Cohort(row) for row in names["cohorts"]]
        self._by_year = {year: next(c for c in self._cohorts if year <= c.until) for year in range(1900, 2101)}
        self._rare: list[str] = names["rare"]["characters"]
        self._rare_share = 1 / names["rare"]["one_in"]
        self._minority = list(zip(names["minority"]["names"], names["minority"]["codes"], strict=True))
        self.minority_share = 1 / names["minority"]["one_in"]
        self._alike: dict[str, str] = names["homophones"]

    def surname(self) -> str:
        """A surname."""
        if self._chance.random() < self._compound_share:
            return self._chance.choice(self._compound)
        return self._chance.choices(self._surnames, cum_weights=self._weights)[0]

    def given(self, *, year: int, sex: str) -> str:
        """A given name as people born in a year got it."""
        draw = self._chance.random
        cohort = self._by_year[year]
        first, last = cohort.men if sex == "1" else cohort.women
        end = self._rare[int(draw() * len(self._rare))] if draw() < self._rare_share else last[int(draw() * len(last))]
        return end if draw() < cohort.single else first[int(draw() * len(first))] + end

    def minority(self) -> tuple[str, str]:
        """A name with a dot, and the code of the ethnicity."""
        return self._chance.choice(self._minority)

    def by_ear(self, name: str) -> str:
        """The name written by somebody who only heard it; the same when no character has a like-sounding one."""
        places = [i for i, char in enumerate(name) if self._alike.get(char, char) != char]
        if not places:
            return name
        at = places[-1]
        return name[:at] + self._alike[name[at]] + name[at + 1 :]


class _Cohort:
    def __init__(self, row: dict[str, Any]) -> None:
        self.until: int = row["until"]
        self.single: float = row["single"]
        self.men = (row["men_first"], row["men_last"])
        self.women = (row["women_first"], row["women_last"])
